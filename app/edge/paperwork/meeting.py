"""Papers of meetings as kinds of papers: the notice as it went out, each issued version of the minutes."""

from app.edge.context import Context, Unit
from app.edge.meeting.record.reading import read_minutes
from app.edge.meeting.record.sitting import fill_minutes_paper, list_sitting_files, make_notice, read_sitting
from app.edge.paperwork.asking import require_item, require_post
from app.edge.paperwork.kind import Ask, Filled, PaperKind
from app.policy.people import Actor
from app.queries.meeting.record.paper import find_change
from app.queries.paperwork.waiting import list_minutes, list_notices
from reports.meeting.inputs import MinutesInput, NoticeInput
from reports.meeting.minutes import build_minutes_pdf
from reports.meeting.minutes_docx import build_minutes_docx
from reports.meeting.notice import build_notice_pdf
from reports.proof import Proof
from reports.wording import Lang, Text


def _fill_minutes(context: Context, unit: Unit, actor: Actor, ask: Ask, lang: Lang) -> Filled:
    """Fill minutes; `ask.period` names a version, without one the last is meant, before any is issued the draft."""
    meeting_id = require_item(ask)
    wanted = None if ask.period is None else int(ask.period)
    minutes = read_minutes(unit, actor, meeting_id, wanted)
    paper, row = fill_minutes_paper(context, unit, minutes, lang), minutes.version
    stage = "draft" if row is None else f"v{row.version}"
    name = f"minutes-{meeting_id}-{stage}"
    if row is None:
        return Filled(paper, paper.made_at, None, name)
    content = minutes.cut.content
    told = tuple(int(one["id"]) for one in (*content["topics"], *content["decisions"]))
    return Filled(
        paper, paper.made_at, None, name, row.number, str(row.version), issued_at=row.issued_at, tells_of=told
    )  # fmt: skip


def _fill_notice(context: Context, unit: Unit, actor: Actor, ask: Ask, lang: Lang) -> Filled:
    meeting_id = require_item(ask)
    sitting = read_sitting(context, unit, actor, meeting_id, lang)
    meeting = sitting.meeting
    change = find_change(unit.connection(), meeting_id) if meeting.sequence else None
    paper = make_notice(context, sitting, change, list_sitting_files(unit, actor, sitting), lang)
    name = f"notice-{meeting_id}"
    if meeting.notified_at is None:
        return Filled(paper, paper.made_at, None, name)
    return Filled(
        paper, paper.made_at, None, name, f"会议通知{meeting_id}-{meeting.sequence + 1}", str(meeting.sequence),
        issued_at=context.now() if meeting.sequence else meeting.notified_at,
        tells_of=tuple(row.topic.id for row in sitting.agenda),
    )  # fmt: skip


def _draw_minutes(paper: MinutesInput, _lang: Lang, proof: Proof | None) -> bytes:
    return build_minutes_pdf(paper, proof)


def _draw_minutes_docx(paper: MinutesInput, _lang: Lang, proof: Proof | None) -> bytes:
    return build_minutes_docx(paper, proof)


def _draw_notice(paper: NoticeInput, _lang: Lang, proof: Proof | None) -> bytes:
    return build_notice_pdf(paper, proof)


def _find_minutes(unit: Unit) -> list[Ask]:
    return [Ask(meeting_id, str(version)) for meeting_id, version in list_minutes(unit.connection())]


def _find_notices(unit: Unit) -> list[Ask]:
    return [Ask(meeting_id) for meeting_id in list_notices(unit.connection())]


MINUTES = PaperKind(
    name="minutes",
    label=Text("会议纪要", "Minutes"),
    scope="item",
    period="none",
    template=1,
    allow=require_post,
    fill=_fill_minutes,
    draw={"pdf": _draw_minutes, "docx": _draw_minutes_docx},
    items=("meeting",),
    find_waiting=_find_minutes,
)
NOTICE = PaperKind(
    name="notice",
    label=Text("会议通知", "Notice of meeting"),
    scope="item",
    period="none",
    template=1,
    allow=require_post,
    fill=_fill_notice,
    draw={"pdf": _draw_notice},
    items=("meeting",),
    find_waiting=_find_notices,
)
