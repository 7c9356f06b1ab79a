"""Who was asked to a meeting, who comes, who came: in figures and by name."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.pages.items.item_row import name_department
from app.pages.show import join_names, say, say_label
from app.pages.words import gettext as _
from app.queries.meeting.sitting import Attendee, Sitting
from workflows.meeting.attendance import ATTENDANCES, REPLIES, Quorum

_NAMED = 6


@dataclass(frozen=True, slots=True)
class AbsenceView:
    """Somebody who is not coming, or did not come, with whoever comes instead and what they wrote."""

    who: str
    told: str


@dataclass(frozen=True, slots=True)
class PresenceView:
    """The panel: a sentence in figures, and lists by name; `missing` says what keeps it from a quorum."""

    figures: str
    head: str
    absences: list[AbsenceView]
    members: str
    guests: str
    recorders: str
    missing: str


def make_presence(
    sitting: Sitting, attendees: Sequence[Attendee], quorum: Quorum, *, shows_reasons: bool = True
) -> PresenceView:
    """Return the panel: replies until the meeting begins, attendance from then on.

    Why somebody is away is for the office and the leaders (`app.policy.attending`).
    """
    seated = [one for one in attendees if one.seat is not None]
    guests = [one for one in attendees if one.role == "guest"]
    recorders = [one for one in attendees if one.role == "recorder"]
    marked = [one for one in attendees if one.attendance is not None]
    if marked:
        figures = _("应到%(units)s个单位，实到%(present)s个", units=quorum.units, present=quorum.present)
        head = _("出席%(there)s人，缺席%(away)s人", there=sum(one.attendance != "absent" for one in marked),
                 away=sum(one.attendance == "absent" for one in marked))  # fmt: skip
        away = [one for one in attendees if one.attendance == "absent" or one.reply in ("leave", "stand_in")]
    else:
        answered = sum(one.reply != "none" for one in seated)
        figures = _("邀请%(count)s人，已回复%(answered)s人", count=len(seated), answered=answered)
        head = figures if seated else ""
        away = [one for one in seated if one.reply in ("leave", "stand_in")]
    is_open = sitting.state in ("notified", "held")
    return PresenceView(
        figures if attendees else "", head, [_tell_away(one, shows_reasons=shows_reasons) for one in away],
        _name_some([one for one in seated if one not in away]), _name_some(guests), _name_some(recorders),
        say(quorum.missing) if is_open and marked and quorum.missing is not None else "",
    )  # fmt: skip


def _name(one: Attendee) -> str:
    department = name_department(one.department_name, one.department_name_en)
    return _("%(department)s　%(name)s", department=department, name=one.name) if department else one.name or _("空缺")


def _name_some(people: Sequence[Attendee]) -> str:
    names = join_names(one.name or name_department(one.department_name, one.department_name_en)
                       for one in people[:_NAMED])  # fmt: skip
    return names if len(people) <= _NAMED else _("%(names)s等%(count)s人", names=names, count=len(people))


def _tell_away(one: Attendee, *, shows_reasons: bool) -> AbsenceView:
    told = []
    if one.reply == "stand_in" and one.stand_in_name:
        told.append(_("由%(name)s代会", name=one.stand_in_name))
    elif one.reply == "leave":
        told.append(say_label(REPLIES["leave"]))
    elif one.attendance:
        told.append(say_label(ATTENDANCES[one.attendance]))
    if one.reply_reason and shows_reasons:
        told.append(one.reply_reason)
    if one.opinion and shows_reasons:
        told.append(_("书面意见：%(text)s", text=one.opinion))
    return AbsenceView(_name(one), join_names(told))
