"""Makes the office's list of who is asked, and the page of the door."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.edge.context import Context, Unit
from app.pages.items.item_row import name_department
from app.pages.show import say, say_label
from app.pages.words import current_lang
from app.pages.words import gettext as _
from app.policy.people import Actor
from app.queries.meeting.asked import Listed, list_conflicts, list_head_posts, list_listed, list_topics
from app.queries.meeting.sitting import find_sitting
from app.services.meeting.group.founding import require_office
from app.services.meeting.notice.attending import is_marking
from app.services.meeting.notice.listing import OPEN
from app.services.meeting.standing import read_quorums
from workflows.meeting.attendance import ATTENDANCES, REPLIES
from workflows.meeting.procedure import SEATS


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody on the list: who, in which capacity, what they answered, how they attended."""

    id: int
    name: str
    unit: str
    capacity: str
    topic: str
    reply: str
    reply_label: str
    note: str
    replied_at: datetime | None
    attendance: str
    attendance_label: str
    opinion: str
    may_remove: bool
    may_reply: bool


def make_list(context: Context, unit: Unit, actor: Actor, meeting_id: int) -> dict[str, Any]:
    """Return what the list's page shows; NotFoundError, ForbiddenError for whoever is not of the office."""
    values = _read(context, unit, actor, meeting_id)
    people: list[PersonView] = values["people"]
    state = values["sitting"].state
    counts = [(say_label(label), sum(one.reply == name for one in people)) for name, label in REPLIES.items()]
    chair = next((one for one in values["listed"] if one.role == "chair"), None)
    return values | {
        "counts": counts, "is_open": state in OPEN, "may_reply": state == "notified",
        "chair_away": chair is not None and chair.reply == "leave",
        "roles": [("guest", _("列席人员")), ("recorder", _("记录人员"))],
        "posts": [
            (post_id, " ".join([name_department(name, name_en), say_post(title, title_en)]))
            for post_id, name, name_en, title, title_en in list_head_posts(unit.connection(), context.today())
        ],
        "replies": [(name, say_label(label)) for name, label in REPLIES.items() if name in ("yes", "leave")],
    }  # fmt: skip


def make_door(context: Context, unit: Unit, actor: Actor, meeting_id: int) -> dict[str, Any]:
    """Return what the door's page shows. Errors as `make_list`."""
    values = _read(context, unit, actor, meeting_id)
    connection = unit.connection()
    quorum = read_quorums(connection, [meeting_id])[meeting_id]
    names = {one.id: one.name for one in values["people"]}
    conflicts = [
        (one.topic_id, one.topic_title, one.participant_id, names.get(one.participant_id, ""), one.note)
        for one in list_conflicts(connection, actor.readers, meeting_id)
    ]
    return values | {
        "quorum": quorum, "missing": say(quorum.missing) if quorum.missing is not None else "",
        "is_open": is_marking(values["sitting"].state), "conflicts": conflicts,
        "marks": [(name, say_label(label)) for name, label in ATTENDANCES.items()],
    }  # fmt: skip


def _read(context: Context, unit: Unit, actor: Actor, meeting_id: int) -> dict[str, Any]:
    connection = unit.connection()
    sitting = find_sitting(connection, actor.readers, meeting_id, context.today())
    require_office(actor, "meeting")
    topics = list_topics(connection, actor.readers, meeting_id)
    listed = list_listed(connection, actor.readers, meeting_id)
    return {
        "sitting": sitting, "listed": listed, "topics": topics,
        "people": [_show(one, dict(topics), sitting.state) for one in listed],
    }  # fmt: skip


def say_post(title: str | None, title_en: str | None) -> str:
    """Return the title of a post in the present language; empty without one."""
    return (title_en if current_lang() == "en" else None) or title or ""


def _show(one: Listed, topics: dict[int, str], state: str) -> PersonView:
    post = say_post(one.post_title, one.post_title_en)
    label = SEATS[one.seat] if one.seat is not None else None
    capacity = say_label(label) if label is not None else {"guest": _("列席"), "recorder": _("记录")}.get(one.role, "")
    if one.role == "chair":
        capacity = _("主持")
    note = one.reply_reason or ""
    if one.stand_in_name:
        note = _("由%(name)s代会", name=one.stand_in_name) + (f"；{note}" if note else "")
    may_remove = one.role != "chair" and state in OPEN and not (
        state == "held" and (one.seat is not None or one.attendance is not None)
    )  # fmt: skip
    return PersonView(
        one.id, one.name or _("空缺"),
        " ".join(part for part in (name_department(one.department_name, one.department_name_en), post) if part),
        capacity, topics.get(one.topic_id or 0, ""), one.reply, say_label(REPLIES[one.reply]), note, one.replied_at,
        one.attendance or "", say_label(ATTENDANCES[one.attendance]) if one.attendance else _("未登记"),
        one.opinion or "", may_remove, state == "notified",
    )  # fmt: skip
