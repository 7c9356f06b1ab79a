"""Makes the panel of one's own reply, on a meeting's page and on the page that stands alone."""

from dataclasses import dataclass
from datetime import datetime

from app.core.errors import DomainError
from app.edge.context import Context, Unit
from app.edge.meeting.notice import OwnReply, read_own
from app.pages.organisation_form import tell_refusal
from app.pages.show import say
from app.pages.words import gettext as _
from app.policy.people import Actor
from workflows.meeting.attendance import REPLIES


@dataclass(frozen=True, slots=True)
class ReplyPanel:
    """One's own reply: what was answered, in which capacity one is asked, what may be answered now."""

    meeting_id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    capacity: str
    said: str
    why_closed: str
    is_open: bool
    may_send: bool
    reply: str
    reason: str
    opinion: str
    stand_in_id: int | None
    stand_ins: tuple[tuple[int, str], ...]
    has_entry: bool
    faults: list[tuple[str, str]]
    sentences: dict[str, str]


def make_reply_panel(
    context: Context, unit: Unit, actor: Actor, meeting_id: int, error: DomainError | None = None,
    typed: dict[str, str] | None = None,
) -> ReplyPanel | None:  # fmt: skip
    """Return the panel; None for whoever is not asked to the meeting."""
    own = read_own(unit, actor, meeting_id, context.today())
    return None if own is None else show_reply(own, error, typed)


def show_reply(own: OwnReply, error: DomainError | None = None, typed: dict[str, str] | None = None) -> ReplyPanel:
    """Return the panel of what was read; what was typed stands in place of what was answered."""
    asked, kept = own.asked, typed or {}
    refusal = tell_refusal(error)
    return ReplyPanel(
        asked.meeting_id, asked.title, asked.starts_at, asked.ends_at, asked.place or "", _name_capacity(own),
        _tell_reply(own), _tell_closed(own), own.is_open, asked.role != "chair",
        kept.get("reply", asked.reply), kept.get("reason", asked.reply_reason or ""),
        kept.get("opinion", asked.opinion or ""), asked.stand_in_id, own.stand_ins, own.has_entry, refusal["faults"],
        refusal["sentences"],
    )  # fmt: skip


def _name_capacity(own: OwnReply) -> str:
    asked = own.asked
    if asked.is_stand_in:
        return _("您代%(name)s参会", name=asked.person_name or _("空缺"))
    if asked.topic_title:
        return _("请您列席议题“%(title)s”", title=asked.topic_title)
    names = {"chair": _("请您主持会议"), "recorder": _("请您做会议记录"), "guest": _("请您列席会议")}
    return names.get(asked.role, _("请您出席会议"))


def _tell_reply(own: OwnReply) -> str:
    asked = own.asked
    if asked.is_stand_in:
        return ""
    if asked.reply == "stand_in":
        return _("由%(name)s代会", name=asked.stand_in_name)
    return say(REPLIES[asked.reply])


def _tell_closed(own: OwnReply) -> str:
    if own.is_open or own.asked.is_stand_in:
        return ""
    if own.asked.state in ("planned", "collecting", "agenda_set"):
        return _("会议通知尚未发出，届时请答复。")
    if own.asked.state == "postponed":
        return _("会议已延期，重新安排后再请答复。")
    if own.asked.state == "cancelled":
        return _("会议已取消。")
    return _("会议已开始，不再受理答复。")
