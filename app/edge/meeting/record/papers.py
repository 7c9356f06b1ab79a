"""Makes the papers of a meeting: read in one unit of work, rendered after it has ended.

Each paper is for one reader, who gets what they may read: restricted topics of others are left out and counted, their
files with them. What is issued is frozen and printed as it was for whoever may read all of it; the rest get an
extract. A paper that could not be made is simply asked for again.
"""

from dataclasses import dataclass
from functools import partial

from app.core.errors import ConflictError, NotFoundError, Sentence, UnavailableError
from app.core.store import Store
from app.edge.attachment import open_store
from app.edge.auth import require_actor
from app.edge.context import Context
from app.edge.meeting.record.reading import read_minutes
from app.edge.meeting.record.sitting import (
    NO_NOTICE,
    Sitting,
    fill_minutes_paper,
    list_sitting_files,
    make_notice,
    number_of,
    pick,
    prepares,
    read_sitting,
    write_line,
)
from app.edge.paperwork.frozen.demand import print_frozen
from app.edge.paperwork.kind import Ask
from app.edge.reading import log_reading_of
from app.edge.reporting import render_pdf
from app.policy.people import Actor
from app.queries.meeting.record.paper import FileRow, find_change, find_participant, list_posts
from app.queries.meeting.sitting import Attendee
from reports.meeting.bundle import build_bundle
from reports.meeting.inputs import (
    BundleInput,
    Paper,
    SheetInput,
    SheetRow,
)
from reports.meeting.minutes import build_minutes_pdf
from reports.meeting.minutes_docx import build_minutes_docx
from reports.meeting.notice import build_notice_pdf
from reports.meeting.sheet import build_sheet_pdf
from reports.wording import Lang

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: A bundle of more bytes or files is made as long work, not while somebody waits.
BUNDLE_BYTES_MAX = 8 * 1024 * 1024
BUNDLE_FILES_MAX = 12
#: Those who are named without their unit.
_BY_NAME = ("leader", "deputy")
_TOO_LONG = Sentence(
    "材料较多，请在后台生成（后台任务“会议材料”）。",
    "There are many papers: ask for them as long work (kind meeting_bundle).",
)


@dataclass(frozen=True, slots=True)
class PrintedPaper:
    """A rendered paper, a plain name for its file, its media type."""

    content: bytes
    file_name: str
    media_type: str = PDF


def print_minutes(
    context: Context, person_id: int, meeting_id: int, lang: Lang, *, version: int | None = None,
    is_docx: bool = False, source: str,
) -> PrintedPaper:  # fmt: skip
    """Return minutes as PDF or DOCX: of a version, the last one, or the marked draft. NotFoundError as `read_minutes`.

    UnavailableError when this machine cannot make PDFs.
    """
    with context.database.reading() as unit:
        actor = require_actor(unit, person_id)
        minutes = read_minutes(unit, actor, meeting_id, version)
        paper = fill_minutes_paper(context, unit, minutes, lang)
    log_reading_of(context, actor, meeting_id, source=source)
    ending = "docx" if is_docx else "pdf"
    number = None if minutes.version is None else str(minutes.version.version)
    printed = print_frozen(context, actor, "minutes", Ask(meeting_id, number), ending, lang)
    stage = "draft" if minutes.version is None else f"v{minutes.version.version}"
    name = f"minutes-{meeting_id}-{stage}-{lang}"
    state = printed.name_state(lang)
    if is_docx:
        return PrintedPaper(printed.content or build_minutes_docx(paper, state=state), f"{name}.docx", DOCX)
    content = printed.content or render_pdf(partial(build_minutes_pdf, paper, state=state))
    return PrintedPaper(content, f"{name}.pdf")


def print_notice(context: Context, person_id: int, meeting_id: int, lang: Lang, *, source: str) -> PrintedPaper:
    """Return the notice of a meeting as it stands; before it went out to the office and the chair only."""
    with context.database.reading() as unit:
        actor = require_actor(unit, person_id)
        sitting = read_sitting(context, unit, actor, meeting_id, lang)
        if sitting.meeting.notified_at is None and not prepares(actor, sitting.meeting):
            raise NotFoundError(*NO_NOTICE)
        change = find_change(unit.connection(), meeting_id) if sitting.meeting.sequence else None
        files = list_sitting_files(unit, actor, sitting)
    log_reading_of(context, actor, meeting_id, source=source)
    printed = print_frozen(context, actor, "notice", Ask(meeting_id), "pdf", lang)
    notice = make_notice(context, sitting, change, files, lang)
    content = printed.content or render_pdf(partial(build_notice_pdf, notice, state=printed.name_state(lang)))
    return PrintedPaper(content, f"notice-{meeting_id}-{lang}.pdf")


def print_sheet(context: Context, person_id: int, meeting_id: int, lang: Lang, *, source: str) -> PrintedPaper:
    """Return the attendance sheet of a meeting, to be signed on paper."""
    with context.database.reading() as unit:
        actor = require_actor(unit, person_id)
        sitting = read_sitting(context, unit, actor, meeting_id, lang)
        posts = list_posts(unit.connection(), meeting_id)
    log_reading_of(context, actor, meeting_id, source=source)
    meeting = sitting.meeting
    sheet = SheetInput(
        lang, meeting.title, meeting.starts_at.astimezone(sitting.zone), meeting.place or "", sitting.issuer,
        tuple(_sheet_row(one, posts, sitting, lang) for one in sitting.people), context.now(),
        f"sheet:{meeting_id}:{meeting.sequence}",
    )  # fmt: skip
    return PrintedPaper(render_pdf(partial(build_sheet_pdf, sheet)), f"sheet-{meeting_id}-{lang}.pdf")


def print_bundle(
    context: Context, actor: Actor, meeting_id: int, lang: Lang, *, is_long: bool, source: str
) -> PrintedPaper:
    """Return the papers of a meeting as one PDF for somebody, without what they may not read.

    ConflictError (`bundle_too_long`) for more than is rendered while somebody waits, unless it runs as long work.
    """
    with context.database.reading() as unit:
        sitting = read_sitting(context, unit, actor, meeting_id, lang)
        if sitting.meeting.notified_at is None and not prepares(actor, sitting.meeting):
            raise NotFoundError(*NO_NOTICE)
        files = list_sitting_files(unit, actor, sitting)
        who = find_participant(unit.connection(), meeting_id, actor.person_id)
    size = sum(one.size_bytes for one in files)
    if not is_long and (size > BUNDLE_BYTES_MAX or len(files) > BUNDLE_FILES_MAX):
        raise ConflictError("bundle_too_long", _TOO_LONG)
    log_reading_of(context, actor, meeting_id, source=source)
    meeting = sitting.meeting
    unit_name = "" if who is None else pick(who[0], who[1], lang)
    bundle = BundleInput(
        lang, meeting.title, unit_name, actor.name, meeting.starts_at.astimezone(sitting.zone), meeting.place or "",
        sitting.issuer, tuple(write_line(row, sitting, lang) for row in sitting.agenda),
        tuple(_paper(open_store(context), one, sitting, lang) for one in files), context.now(),
        f"bundle:{meeting_id}:{actor.person_id}", ends_at=meeting.ends_at.astimezone(sitting.zone),
        chair=sitting.chair,
    )  # fmt: skip
    return PrintedPaper(render_pdf(partial(build_bundle, bundle)), f"papers-{meeting_id}-{lang}.pdf")


def _paper(store: Store, file: FileRow, sitting: Sitting, lang: Lang) -> Paper:
    number = next((number_of(row) for row in sitting.agenda if row.topic.id == file.item_id), "")
    title = file.name.rpartition(".")[0] or file.name
    unit = pick(file.unit, file.unit_en, lang)
    return Paper(title, file.name, file.media_type, partial(_read_file, store, file.sha256), file.size_bytes, number,
                 unit)  # fmt: skip


def _read_file(store: Store, sha256: str) -> bytes:
    try:
        with store.open(sha256) as stream:
            return stream.read()
    except FileNotFoundError:
        said = Sentence(
            "一份材料的文件无法读取，请联系系统管理员。", "A paper's file cannot be read; tell the administrator."
        )
        raise UnavailableError("file_missing", said) from None


def _sheet_row(
    one: Attendee, posts: dict[int, tuple[str, str | None]], sitting: Sitting, lang: Lang
) -> SheetRow:  # fmt: skip
    """Return a row of the sheet; whoever sends a stand-in is signed for by that person."""
    post = posts.get(one.id)
    remark = ""
    name = one.name or ""
    if one.reply == "stand_in" and one.stand_in_name:
        remark = f"代{name}" if lang == "zh" else f"for {name}"
        name = one.stand_in_name
    elif one.reply == "leave":
        remark = "请假" if lang == "zh" else "on leave"
    if one.topic_id is not None:
        number = next((number_of(row) for row in sitting.agenda if row.topic.id == one.topic_id), "")
        remark = f"列席第{number}项" if lang == "zh" else f"item {number}"
    unit = pick(one.department_name, one.department_name_en, lang)
    return SheetRow(unit, name, "" if post is None else pick(post[0], post[1], lang), one.role == "guest", remark)
