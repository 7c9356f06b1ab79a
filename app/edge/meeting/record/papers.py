"""Makes the papers of a meeting: read in one unit of work, rendered after it has ended.

Each paper is for one reader, who gets what they may read: restricted topics of others are left out and counted, their
files with them. Nothing is kept: an issued version is printed from its frozen content, so a paper that could not be
made is simply asked for again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from app.core.errors import ConflictError, NotFoundError, Sentence, UnavailableError
from app.core.store import Store
from app.edge.attachment import open_store
from app.edge.auth import require_actor
from app.edge.context import Context, Unit
from app.edge.meeting.record.reading import Minutes, read_minutes
from app.edge.reading import log_reading_of
from app.edge.reporting import OFFICE
from app.policy.people import Actor
from app.queries.meeting.agenda import AgendaRow, list_agenda
from app.queries.meeting.record.minutes import MeetingHead, find_meeting, find_tasks
from app.queries.meeting.record.minutes_paper import Edition, fill_minutes
from app.queries.meeting.record.paper import FileRow, find_change, find_participant, list_files, list_posts
from app.queries.meeting.sitting import Attendee, list_attendees
from reports.meeting.bundle import build_bundle
from reports.meeting.inputs import (
    AgendaLine,
    BundleInput,
    Invited,
    MinutesInput,
    MinutesState,
    NoticeInput,
    NoticeKind,
    Paper,
    SheetInput,
    SheetRow,
)
from reports.meeting.minutes import build_minutes_pdf
from reports.meeting.minutes_docx import build_minutes_docx
from reports.meeting.notice import build_notice_pdf
from reports.meeting.sheet import build_sheet_pdf
from reports.pdf import PdfUnavailable
from reports.wording import Lang
from workflows.roles import Duty

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: A bundle of more bytes or files is made as long work, not while somebody waits.
BUNDLE_BYTES_MAX = 8 * 1024 * 1024
BUNDLE_FILES_MAX = 12
#: Those who are named without their unit.
_BY_NAME = ("leader", "deputy")
_NO_NOTICE = ("会议通知尚未发出，或您无权查看。", "The notice is not out yet, or not for you to see.")
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


@dataclass(frozen=True, slots=True)
class _Sitting:
    """What notice, sheet and bundle are made from, for one reader."""

    meeting: MeetingHead
    agenda: tuple[AgendaRow, ...]
    people: tuple[Attendee, ...]
    chair: str
    issuer: str
    zone: ZoneInfo


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
        paper = _fill(context, unit, minutes, lang)
    log_reading_of(context, actor, meeting_id, source=source)
    stage = "draft" if minutes.version is None else f"v{minutes.version.version}"
    name = f"minutes-{meeting_id}-{stage}-{lang}"
    if is_docx:
        return PrintedPaper(build_minutes_docx(paper), f"{name}.docx", DOCX)
    return PrintedPaper(_render(partial(build_minutes_pdf, paper)), f"{name}.pdf")


def _fill(context: Context, unit: Unit, minutes: Minutes, lang: Lang) -> MinutesInput:
    row = minutes.version
    state: MinutesState = "issued" if row else "comment" if minutes.meeting.is_commented else "draft"
    edition = Edition(minutes.meeting.id, state, context.now(), row, minutes.before)
    decided = [one["id"] for one in minutes.cut.content["decisions"]]
    tasks = {} if row is None else find_tasks(unit.connection(), decided)
    return fill_minutes(minutes.cut, edition, tasks, _name_issuer(context, lang), context.settings.timezone, lang)


def _name_issuer(context: Context, lang: Lang) -> str:
    city = context.settings.city_zh if lang == "zh" else context.settings.city_en
    return f"{city}{OFFICE.zh}" if lang == "zh" else f"{city}: {OFFICE.en}"


def print_notice(context: Context, person_id: int, meeting_id: int, lang: Lang, *, source: str) -> PrintedPaper:
    """Return the notice of a meeting as it stands; before it went out to the office and the chair only."""
    with context.database.reading() as unit:
        actor = require_actor(unit, person_id)
        sitting = _read(context, unit, actor, meeting_id, lang)
        if sitting.meeting.notified_at is None and not _prepares(actor, sitting.meeting):
            raise NotFoundError(*_NO_NOTICE)
        change = find_change(unit.connection(), meeting_id) if sitting.meeting.sequence else None
        files = _list_files(unit, actor, sitting)
    log_reading_of(context, actor, meeting_id, source=source)
    notice = _make_notice(context, sitting, change, files, lang)
    return PrintedPaper(_render(partial(build_notice_pdf, notice)), f"notice-{meeting_id}-{lang}.pdf")


def print_sheet(context: Context, person_id: int, meeting_id: int, lang: Lang, *, source: str) -> PrintedPaper:
    """Return the attendance sheet of a meeting, to be signed on paper."""
    with context.database.reading() as unit:
        actor = require_actor(unit, person_id)
        sitting = _read(context, unit, actor, meeting_id, lang)
        posts = list_posts(unit.connection(), meeting_id)
    log_reading_of(context, actor, meeting_id, source=source)
    meeting = sitting.meeting
    sheet = SheetInput(
        lang, meeting.title, meeting.starts_at.astimezone(sitting.zone), meeting.place or "", sitting.issuer,
        tuple(_sheet_row(one, posts, sitting, lang) for one in sitting.people), context.now(),
        f"sheet:{meeting_id}:{meeting.sequence}",
    )  # fmt: skip
    return PrintedPaper(_render(partial(build_sheet_pdf, sheet)), f"sheet-{meeting_id}-{lang}.pdf")


def print_bundle(
    context: Context, actor: Actor, meeting_id: int, lang: Lang, *, is_long: bool, source: str
) -> PrintedPaper:
    """Return the papers of a meeting as one PDF for somebody, without what they may not read.

    ConflictError (`bundle_too_long`) for more than is rendered while somebody waits, unless it runs as long work.
    """
    with context.database.reading() as unit:
        sitting = _read(context, unit, actor, meeting_id, lang)
        if sitting.meeting.notified_at is None and not _prepares(actor, sitting.meeting):
            raise NotFoundError(*_NO_NOTICE)
        files = _list_files(unit, actor, sitting)
        who = find_participant(unit.connection(), meeting_id, actor.person_id)
    size = sum(one.size_bytes for one in files)
    if not is_long and (size > BUNDLE_BYTES_MAX or len(files) > BUNDLE_FILES_MAX):
        raise ConflictError("bundle_too_long", _TOO_LONG)
    log_reading_of(context, actor, meeting_id, source=source)
    meeting = sitting.meeting
    unit_name = "" if who is None else _pick(who[0], who[1], lang)
    bundle = BundleInput(
        lang, meeting.title, unit_name, actor.name, meeting.starts_at.astimezone(sitting.zone), meeting.place or "",
        sitting.issuer, tuple(_line(row, sitting, lang) for row in sitting.agenda),
        tuple(_paper(open_store(context), one, sitting, lang) for one in files), context.now(),
        f"bundle:{meeting_id}:{actor.person_id}", ends_at=meeting.ends_at.astimezone(sitting.zone),
        chair=sitting.chair,
    )  # fmt: skip
    return PrintedPaper(_render(partial(build_bundle, bundle)), f"papers-{meeting_id}-{lang}.pdf")


def _read(context: Context, unit: Unit, actor: Actor, meeting_id: int, lang: Lang) -> _Sitting:
    connection = unit.connection()
    meeting = find_meeting(connection, actor.readers, meeting_id)
    people = list_attendees(connection, actor.readers, meeting_id)
    chair = next((one.name for one in people if one.role == "chair" and one.name), "")
    issuer = _pick(meeting.office, meeting.office_en, lang) or _name_issuer(context, lang)
    agenda = list_agenda(connection, actor.readers, meeting_id)
    return _Sitting(meeting, agenda, people, chair, issuer, context.settings.timezone)


def _prepares(actor: Actor, meeting: MeetingHead) -> bool:
    """Whether somebody prepares the meeting, and so sees its papers before they go out."""
    held = actor.on_kind("meeting").capacities
    return any(one.duty is Duty.OFFICE or one.post_id == meeting.chair_post_id for one in held)


def _list_files(unit: Unit, actor: Actor, sitting: _Sitting) -> tuple[FileRow, ...]:
    ids = [sitting.meeting.id, *(row.topic.id for row in sitting.agenda)]
    order = {item_id: place for place, item_id in enumerate(ids)}
    found = list_files(unit.connection(), actor.readers, ids)
    return tuple(sorted(found, key=lambda one: order[one.item_id]))


def _pick(zh: str | None, en: str | None, lang: Lang) -> str:
    return (en or zh or "") if lang == "en" else (zh or "")


def _number(row: AgendaRow) -> str:
    return str(row.topic.position or row.place)


def _line(row: AgendaRow, sitting: _Sitting, lang: Lang) -> AgendaLine:
    topic = row.topic
    guests = tuple(one.name for one in sitting.people if one.topic_id == topic.id and one.name)
    unit = _pick(topic.department_name, topic.department_name_en, lang)
    begins_at = row.begins_at.astimezone(sitting.zone)
    return AgendaLine(_number(row), topic.title, begins_at, topic.minutes_wanted, unit, guests, topic.sought or "")


def _paper(store: Store, file: FileRow, sitting: _Sitting, lang: Lang) -> Paper:
    number = next((_number(row) for row in sitting.agenda if row.topic.id == file.item_id), "")
    title = file.name.rpartition(".")[0] or file.name
    unit = _pick(file.unit, file.unit_en, lang)
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


def _make_notice(
    context: Context, sitting: _Sitting, change: tuple[str, str] | None, files: tuple[FileRow, ...], lang: Lang
) -> NoticeInput:
    meeting, zone = sitting.meeting, sitting.zone
    made_at = (meeting.notified_at or context.now()).astimezone(zone)
    kind: NoticeKind = "first"
    if change is not None:
        kind = "cancelled" if change[0] == "cancelled" else "changed"
    members = [one for one in sitting.people if one.topic_id is None]
    return NoticeInput(
        lang, sitting.issuer, "", meeting.title, "各成员单位" if lang == "zh" else "Member units",
        meeting.starts_at.astimezone(zone), meeting.place or "", sitting.chair,
        tuple(_line(row, sitting, lang) for row in sitting.agenda), made_at.date(), made_at,
        f"notice:{meeting.id}:{meeting.sequence}", ends_at=meeting.ends_at.astimezone(zone),
        invited=tuple(
            Invited(
                "" if one.seat in _BY_NAME else _pick(one.department_name, one.department_name_en, lang),
                one.name or "", one.role == "guest",
            )
            for one in members
        ),
        papers=tuple(one.name for one in files), kind=kind, reason="" if change is None else change[1],
    )  # fmt: skip


def _sheet_row(
    one: Attendee, posts: dict[int, tuple[str, str | None]], sitting: _Sitting, lang: Lang
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
        number = next((_number(row) for row in sitting.agenda if row.topic.id == one.topic_id), "")
        remark = f"列席第{number}项" if lang == "zh" else f"item {number}"
    unit = _pick(one.department_name, one.department_name_en, lang)
    return SheetRow(unit, name, "" if post is None else _pick(post[0], post[1], lang), one.role == "guest", remark)


def _render(build: Callable[[], bytes]) -> bytes:
    try:
        return build()
    except PdfUnavailable as error:
        raise UnavailableError(
            "pdf_unavailable",
            Sentence(f"本机暂不能生成PDF，请稍后重试：{error}", f"No PDF can be made on this machine: {error}"),
        ) from error
