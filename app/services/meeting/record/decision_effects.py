"""What the steps of a decision set off: the task made of it, and what settles it when that task is closed."""

from collections.abc import Iterable

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from app.core.text import TITLE_MAX
from app.models.item import Item, ItemLink, Support
from app.models.meeting import Meeting
from app.models.topic import Decision
from app.services.entering import NewItem, enter_items
from app.services.linking import lay_links
from app.services.supervision.departments import require_open
from app.services.working import FollowUp, Work

_DECIDES = "decides"
#: A task that ended so is no longer what the decision waits for.
_GONE = ("cancelled", "superseded")


def make_task(work: Work) -> None:
    """Make the one task of a decision and assign it without a message of its own: the minutes tell of all of them."""
    decision = work.connection.execute(
        select(Decision.text, Decision.wanted, Decision.seq, Decision.task_id, Meeting.minutes_number)
        .join(Meeting, Meeting.item_id == Decision.meeting_id)
        .where(Decision.item_id == work.item.id)
    ).one()
    if decision.task_id is not None:
        return
    supports = work.connection.execute(
        select(Support.department_id, Support.owes, Support.due_on)
        .where(Support.item_id == work.item.id)
        .order_by(Support.department_id)
    ).all()
    new = NewItem(
        kind="task",
        title=work.item.title,
        owner_department_id=work.item.owner_department_id,
        source_item_id=work.item.id,
        due_on=work.item.due_on,
        confidential=work.item.confidential,
        supports=[(row.department_id, row.owes, row.due_on) for row in supports],
        criteria=decision.wanted,
        details={
            "source_kind": "meeting",
            "source_reference": f"{decision.minutes_number or ''}（{decision.seq}）"[:TITLE_MAX],
            "requirement": decision.text,
        },
        note={"decision": work.item.id},
    )
    task_id = enter_items(work.connection, work.book, work.acting, work.now, [new], source=work.source)[0]
    lay_links(work.connection, [(work.item.id, task_id)], _DECIDES)
    work.connection.execute(update(Decision).where(Decision.item_id == work.item.id).values(task_id=task_id))
    work.values["task_id"] = task_id
    work.follow_ups.append(FollowUp(task_id, "assign", is_quiet=True))


def settle_decision(work: Work) -> None:
    """Keep the day on which a decision was carried out or revoked."""
    work.connection.execute(update(Decision).where(Decision.item_id == work.item.id).values(settled_on=work.today))


def unsettle_decision(work: Work) -> None:
    """Take that day back: it is carried out anew."""
    work.connection.execute(update(Decision).where(Decision.item_id == work.item.id).values(settled_on=None))


def complete_decision(work: Work) -> None:
    """Give a decision in force the lead department and the due date that it lacks (imported ones)."""
    require_open(work.connection, work.values["department"], work.today, "department")
    work.changes |= {
        "owner_department_id": work.values["department"], "due_on": work.values["new_due_on"],
        "original_due_on": work.item.original_due_on or work.values["new_due_on"],
    }  # fmt: skip
    work.readers_changed = True
    # Whatever an import could not read of lead and date is settled by it; `raw` still says what stood there.
    work.connection.execute(update(Decision).where(Decision.item_id == work.item.id).values(flags=[]))


def settle_by_task(work: Work) -> None:
    """Settle the decisions that a task carries out once it is closed; taken up again, take them up again.

    A decision is carried out when no task of it is open any more and one was done; parts into which a task was split
    count for it.
    """
    for decision_id in find_decisions(work.connection, work.item.id):
        states = _read_states(work.connection, decision_id)
        row = work.connection.execute(select(Item.state).where(Item.id == decision_id)).scalar_one()
        is_done = "done" in states.values() and all(state in ("done", *_GONE) for state in states.values())
        if is_done and row == "in_force":
            work.follow_ups.append(FollowUp(decision_id, "settle", {"note": work.item.title}))
        elif not is_done and row == "done":
            work.follow_ups.append(FollowUp(decision_id, "reopen", {"reason": work.item.title}))


def find_decisions(connection: Connection, task_id: int) -> list[int]:
    """Return the decisions that a task carries out, by itself or as a part of one that was split or merged into it."""
    links = select(ItemLink.from_id, ItemLink.to_id, ItemLink.kind)
    seen, wave, found = {task_id}, [task_id], set[int]()
    while wave:
        rows = connection.execute(links.where(ItemLink.to_id.in_(wave) | ItemLink.from_id.in_(wave))).all()
        found |= {row.from_id for row in rows if row.kind == _DECIDES and row.to_id in wave}
        # A part points to what it was split from; what was merged points to where it went.
        above = {row.to_id for row in rows if row.kind == "split_from" and row.from_id in wave}
        above |= {row.from_id for row in rows if row.kind == "merged_into" and row.to_id in wave}
        wave = sorted(above - seen)
        seen |= above
    return sorted(found)


def _read_states(connection: Connection, decision_id: int) -> dict[int, str]:
    """Return the states of all tasks that carry a decision out, by id."""
    first = connection.execute(
        select(ItemLink.to_id).where(ItemLink.from_id == decision_id, ItemLink.kind == _DECIDES)
    ).scalars()
    return _states_below(connection, first.all())


def _states_below(connection: Connection, task_ids: Iterable[int]) -> dict[int, str]:
    states: dict[int, str] = {}
    wave = sorted(task_ids)
    while wave:
        rows = connection.execute(select(Item.id, Item.state).where(Item.id.in_(wave))).all()
        states |= {row.id: row.state for row in rows}
        parts = connection.execute(
            select(ItemLink.from_id).where(ItemLink.to_id.in_(wave), ItemLink.kind == "split_from")
        ).scalars()
        into = connection.execute(
            select(ItemLink.to_id).where(ItemLink.from_id.in_(wave), ItemLink.kind == "merged_into")
        ).scalars()
        wave = sorted({*parts.all(), *into.all()} - states.keys())
    return states
