"""What the steps of a topic set off: consent kept, its place on the agenda, its way onwards, its outcome."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, Fault, InvalidError, Sentence
from app.models.item import Item
from app.models.record import Signature, SignOff, SignSlot
from app.models.topic import AgendaItem
from app.policy.access import can_read, refresh
from app.policy.people import find_actor
from app.services.linking import lay_links
from app.services.meeting.planning import find_next
from app.services.meeting.standing import read_meeting_facts
from app.services.working import Work

_ON_AGENDA = ("accepted", "concluded")
_NO_NEXT = Sentence(
    "没有可以转入的下次会议，请先安排下次会议。", "There is no further meeting yet; arrange the next one first."
)


def keep_consent(work: Work) -> None:
    """Keep who countersigned."""
    _write(work, consent=_read_consent(work.connection, work.item.id))


def keep_dissent(work: Work) -> None:
    """Keep who agreed and who did not, with their reasons: the chair sees both sides."""
    _write(work, consent=_read_consent(work.connection, work.item.id))


def _read_consent(connection: Connection, item_id: int) -> dict[str, object]:
    round_id = connection.execute(select(func.max(SignOff.id)).where(SignOff.item_id == item_id)).scalar()
    rows = connection.execute(
        select(SignSlot.department_id, Signature.verdict, Signature.remark)
        .join(Signature, (Signature.sign_off_id == SignSlot.sign_off_id) & (Signature.slot == SignSlot.slot))
        .where(SignSlot.sign_off_id == round_id, SignSlot.department_id.is_not(None))
        .order_by(SignSlot.slot)
    ).all()
    return {
        "agreed": sorted({row.department_id for row in rows if row.verdict == "agree"}),
        "dissent": [[row.department_id, row.remark] for row in rows if row.verdict != "agree"],
    }


def ask_chair(work: Work) -> None:
    """Keep which standing orders are in the way, for the chair to see."""
    stands = read_meeting_facts(work.connection, {work.item.id: work.item.kind}, work.today)[work.item.id]
    _write(work, overruled_codes=list(stands.objections))
    work.values["objections"] = list(stands.objections)


def overrule(work: Work) -> None:
    """Keep the chair's ruling that admits a topic against the standing orders."""
    codes = _get(work, AgendaItem.overruled_codes) or []
    _write(work, overruled=work.values["reason"], is_late="last_minute" in codes)


def put_on_agenda(work: Work) -> None:
    """Give a topic the last place on its meeting's agenda; the member units may read it from now on."""
    meeting_id = _get(work, AgendaItem.meeting_id)
    _write(work, position=_count(work.connection, meeting_id) + 1)
    # A restricted topic stays with those concerned: below the meeting all its units would read it.
    if not work.item.confidential:
        _hang(work, meeting_id)


def leave_agenda(work: Work) -> None:
    """Take a topic off the agenda; those behind it move up."""
    meeting_id, place = _get(work, AgendaItem.meeting_id), _get(work, AgendaItem.position)
    if place is not None:
        _write(work, position=None)
        _close_gap(work.connection, meeting_id, place)
    if work.item.parent_id is not None:
        _hang(work, None)


def defer_topic(work: Work) -> None:
    """Send a topic to the next meeting, off this one's agenda; ConflictError while there is none."""
    meeting_id = _get(work, AgendaItem.meeting_id)
    next_id = find_next(work.connection, meeting_id)
    if next_id is None:
        raise ConflictError("no_next_meeting", _NO_NEXT)
    leave_agenda(work)
    _write(work, meeting_id=next_id, deferrals=AgendaItem.deferrals + 1, started_at=None, ended_at=None)
    due_on = work.connection.execute(select(Item.due_on).where(Item.id == next_id)).scalar_one()
    redate_topics(work.connection, [work.item.id], due_on)
    work.item.due_on = due_on
    work.values |= {"from_meeting": meeting_id, "to_meeting": next_id}


def redate_topics(connection: Connection, item_ids: Sequence[int], due_on: date | None) -> None:
    """Let topics be due on the day of the meeting to which they come."""
    if item_ids:
        connection.execute(update(Item).where(Item.id.in_(item_ids)).values(due_on=due_on, original_due_on=due_on))
        refresh(connection, item_ids)


def merge_topic(work: Work) -> None:
    """Put a topic into another one of the same meeting that is still open; linked both ways."""
    into = work.values["into"]
    row = work.connection.execute(
        select(Item.kind, Item.state, Item.confidential, AgendaItem.meeting_id)
        .outerjoin(AgendaItem, AgendaItem.item_id == Item.id)
        .where(Item.id == into)
    ).first()
    actor = find_actor(work.connection, work.acting.person_id, work.today, work.now)
    is_there = row is not None and actor is not None and can_read(work.connection, actor.readers, into)
    if not is_there or row is None or row.kind != "agenda_item" or into == work.item.id:
        said = Sentence(f"没有编号为{into}的议题。", f"There is no topic with the id {into}.")
        raise InvalidError([Fault("into", said)])
    if row.meeting_id != _get(work, AgendaItem.meeting_id) or row.state not in ("submitted", "accepted"):
        said = Sentence("只能并入同一会议中尚未审议的议题。", "It goes into an open topic of the same meeting only.")
        raise InvalidError([Fault("into", said)])
    if work.item.confidential and not row.confidential:
        said = Sentence(
            "限定范围的议题只能并入同为限定范围的议题。", "A restricted topic goes into another restricted one only."
        )
        raise InvalidError([Fault("into", said)])
    lay_links(work.connection, [(work.item.id, into)], "merged_into")


def keep_outcome(work: Work) -> None:
    """Keep how a topic ended; it lasted until now."""
    started = _get(work, AgendaItem.started_at)
    _write(
        work, outcome=work.values["outcome"], conclusion=work.values.get("conclusion"), ended_at=work.now,
        started_at=started or work.now,
    )  # fmt: skip


def clear_outcome(work: Work) -> None:
    """Take the outcome of a topic back while the meeting is in session; history keeps what it was."""
    work.values["was"] = {"outcome": _get(work, AgendaItem.outcome), "conclusion": _get(work, AgendaItem.conclusion)}
    _write(work, outcome=None, ended_at=None)


def order_topics(connection: Connection, order: Sequence[int]) -> None:
    """Write the places of topics on an agenda in this order, from 1."""
    for place, item_id in enumerate(order, 1):
        connection.execute(update(AgendaItem).where(AgendaItem.item_id == item_id).values(position=place))


def list_order(connection: Connection, meeting_id: int) -> list[int]:
    """Return the topics on an agenda in their order."""
    rows = connection.execute(
        select(AgendaItem.item_id)
        .join(Item, Item.id == AgendaItem.item_id)
        .where(AgendaItem.meeting_id == meeting_id, Item.state.in_(_ON_AGENDA))
        .order_by(AgendaItem.position.is_(None), AgendaItem.position, AgendaItem.item_id)
    )
    return list(rows.scalars())


def _count(connection: Connection, meeting_id: int) -> int:
    last = select(func.max(AgendaItem.position)).where(AgendaItem.meeting_id == meeting_id)
    return connection.execute(last).scalar() or 0


def _close_gap(connection: Connection, meeting_id: int, place: int) -> None:
    behind = (AgendaItem.meeting_id == meeting_id) & (AgendaItem.position > place)
    connection.execute(update(AgendaItem).where(behind).values(position=AgendaItem.position - 1))


def _hang(work: Work, parent_id: int | None) -> None:
    """Put the topic below its meeting, or take it out; whoever may read it changes with it."""
    work.connection.execute(update(Item).where(Item.id == work.item.id).values(parent_id=parent_id))
    work.item.parent_id = parent_id
    work.readers_changed = True


def _get(work: Work, column: Any) -> Any:  # noqa: ANN401  # a column of the topic
    return work.connection.execute(select(column).where(AgendaItem.item_id == work.item.id)).scalar_one()


def _write(work: Work, **values: object) -> None:
    work.connection.execute(update(AgendaItem).where(AgendaItem.item_id == work.item.id).values(**values))
