"""Makes slips from rungs: one matter one slip, each rung decided once.

Whatever ran before: a rung that needs a slip is locked, decided and marked in one transaction, so that two passes,
a killed one and a repeated one leave one slip. A yellow slip is issued as it is made; a red one lies with the
office for correction and then issues itself (`slip_settling`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from app.core.text import TITLE_MAX
from app.models.escalation import Escalation
from app.models.item import Item, ItemLink
from app.models.record import Audit
from app.models.supervision import SlipCover
from app.services.entering import NewItem, enter_items
from app.services.loading import load_many
from app.services.recording import INSERT_HISTORY, Acting, plain
from app.services.rulebook import Rulebook
from app.services.supervision.slip_batch import BATCH, Batch, act_as_product, narrow
from app.services.supervision.slip_rungs import (
    MATTERS,
    Key,
    OpenSlip,
    RungRow,
    find_departments,
    find_open_slips,
    lock_rungs,
)
from app.services.transitions import take
from workflows.calendar import Calendar
from workflows.slip import RED, YELLOW, is_red, name_slip

#: What a history says of a slip that a further cause joins, and of a red one that stands for a yellow one.
JOIN, SUPERSEDE = "join", "supersede"
SOURCE = "slip"


@dataclass
class _Plan:
    """What a batch is to write; covers point to an open slip or, by its place, to one of `new`."""

    new: list[tuple[RungRow, int]] = field(default_factory=list)
    covers: list[tuple[RungRow, int | None, OpenSlip | None, str]] = field(default_factory=list)
    #: (yellow slip, place of the red one that stands for it)
    replaced: list[tuple[int, int]] = field(default_factory=list)


def make_batch(session: Session, book: Rulebook, at: datetime, after: int) -> Batch:
    """Decide the next rungs that lack a slip, behind the rung `after`; a bad one is told and left."""
    connection = session.connection()
    ids = connection.execute(
        select(Escalation.id)
        .where(Escalation.needs_slip, Escalation.id > after)
        .order_by(Escalation.id)
        .limit(BATCH)
    ).scalars().all()  # fmt: skip
    total = Batch(ids[-1] if ids else None)
    if ids:
        acting = act_as_product(connection)
        narrow(connection, ids, total, lambda part, done: _make(connection, book, acting, at, part, done), "slip")
    return total


def _make(
    connection: Connection, book: Rulebook, acting: Acting, at: datetime, ids: Sequence[int], done: Batch
) -> None:
    rungs = lock_rungs(connection, ids)
    if not rungs:
        return
    departments = find_departments(connection, rungs)
    plan = _decide(rungs, departments, find_open_slips(connection, sorted({rung.item_id for rung in rungs})))
    made = _enter(connection, book, acting, at, plan)
    _cover(connection, at, plan, made)
    _note_joined(connection, acting, at, plan, made)
    decided = update(Escalation).where(Escalation.id.in_([rung.id for rung in rungs]))
    connection.execute(decided.values(needs_slip=False))
    _replace(connection, book, acting, at, plan, made)
    yellow = [slip_id for (rung, _), slip_id in zip(plan.new, made, strict=True) if not is_red(rung.level)]
    for slip in load_many(connection, yellow) if yellow else ():
        take(connection, book, acting, at, slip, "issue", {}, source=SOURCE)
    done.made, done.issued = len(made), len(yellow)


def _decide(
    rungs: Sequence[RungRow], departments: dict[int, tuple[int, ...]], open_slips: dict[Key, dict[int, OpenSlip]]
) -> _Plan:
    """Decide each rung, the highest first: a new slip, an open one that covers it, or none."""
    plan = _Plan()
    for rung in rungs:
        if rung.kind not in MATTERS:
            continue
        if rung.ended_at is not None:
            plan.covers.append((rung, rung.owner_department_id, None, "answered"))
            continue
        if not departments[rung.id]:
            plan.covers.append((rung, None, None, "nobody"))
        for department_id in departments[rung.id]:
            there = open_slips.setdefault((rung.item_id, department_id), {})
            # An open red one covers a new yellow rung as well.
            covering = there.get(RED) or (None if is_red(rung.level) else there.get(YELLOW))
            if covering is not None:
                plan.covers.append((rung, department_id, covering, "joined"))
                continue
            place = len(plan.new)
            plan.new.append((rung, department_id))
            new = OpenSlip(rung.level, place=place)
            plan.covers.append((rung, department_id, new, "made"))
            milder = there.pop(YELLOW, None)
            if milder is not None and milder.id is not None:
                plan.replaced.append((milder.id, place))
            there[rung.level] = new
    return plan


def _enter(connection: Connection, book: Rulebook, acting: Acting, at: datetime, plan: _Plan) -> list[int]:
    calendar = book.calendar(connection)
    rules = book.rules(connection, book.current_rule_set(connection, calendar.local_date(at)))
    wait = rules.terms.red_correction.count
    issue_at = calendar.opening(calendar.add_workdays(calendar.start_day(at), wait))
    new = [
        NewItem(
            kind="slip",
            title=name_slip(rung.level, rung.title, TITLE_MAX),
            owner_department_id=department_id,
            parent_id=rung.item_id,
            confidential=rung.confidential,
            details={
                "level": rung.level,
                "cause": rung.cause,
                "episode_id": rung.episode_id,
                "issue_at": issue_at if is_red(rung.level) else None,
                "basis": _freeze(connection, book, calendar, at, rung),
            },
            note={"cause": rung.cause, "level": rung.level, "escalation_id": rung.id},
        )
        for rung, department_id in plan.new
    ]
    return enter_items(connection, book, acting, at, new, source=SOURCE)


def _freeze(
    connection: Connection, book: Rulebook, calendar: Calendar, at: datetime, rung: RungRow
) -> dict[str, object]:
    """Return what the slip rests on as it is now: it stays so whatever becomes of the matter."""
    state = book.machine(connection, rung.kind, rung.workflow_version).states[rung.state]
    late = calendar.workdays_between(rung.base_on, calendar.local_date(at))
    basis: dict[str, object] = plain({
        "cause": rung.cause, "due_on": rung.due_on, "original_due_on": rung.original_due_on, "base_on": rung.base_on,
        "reached_at": rung.due_at, "late_workdays": max(0, late), "state": rung.state, "state_zh": state.label.zh,
        "state_en": state.label.en,
    })  # fmt: skip
    return basis


def _cover(connection: Connection, at: datetime, plan: _Plan, made: Sequence[int]) -> None:
    rows = [
        {
            "escalation_id": rung.id, "department_id": department_id, "slip_id": _find_id(slip, made),
            "outcome": outcome, "decided_at": at,
        }
        for rung, department_id, slip, outcome in plan.covers
    ]  # fmt: skip
    if rows:
        connection.execute(insert(SlipCover), rows)


def _find_id(slip: OpenSlip | None, made: Sequence[int]) -> int | None:
    if slip is None or slip.place is None:
        return None if slip is None else slip.id
    return made[slip.place]


def _note_joined(connection: Connection, acting: Acting, at: datetime, plan: _Plan, made: Sequence[int]) -> None:
    """Name the further cause in the history of the slip that covers it."""
    joined = [(rung, _find_id(slip, made)) for rung, _, slip, outcome in plan.covers if outcome == "joined"]
    notes = [
        (slip_id, JOIN, {"cause": rung.cause, "level": rung.level, "escalation_id": rung.id})
        for rung, slip_id in joined
        if slip_id is not None
    ]
    write_notes(connection, acting, at, notes)


def write_notes(
    connection: Connection, acting: Acting, at: datetime, notes: Sequence[tuple[int, str, dict[str, Any]]]
) -> None:
    """Add rows (slip, what, data) to the histories of slips that stay in their state, each with its audit row."""
    if not notes:
        return
    ids = {slip_id for slip_id, _, _ in notes}
    found = connection.execute(select(Item.id, Item.state, Item.workflow_version).where(Item.id.in_(ids)))
    states = {row[0]: (row[1], row[2]) for row in found}
    history, audit = [], []
    for slip_id, action, data in notes:
        state, version = states[slip_id]
        shared = {
            "item_id": slip_id, "action": action, "occurred_at": at, "recorded_at": at, **acting.columns(),
        }  # fmt: skip
        history.append(shared | {
            "b_item_id": slip_id, "from_state": state, "to_state": state, "workflow_version": version, "data": data,
        })  # fmt: skip
        audit.append(shared | {"outcome": "done", "source": SOURCE, "subject": None, "before": None, "after": data})
    connection.execute(INSERT_HISTORY, history)
    connection.execute(insert(Audit), audit)


def _replace(
    connection: Connection, book: Rulebook, acting: Acting, at: datetime, plan: _Plan, made: Sequence[int]
) -> None:
    """Close the yellow slips for which a red one stands now; both say so, and a link leads from one to the other."""
    if not plan.replaced:
        return
    reds = {yellow_id: made[place] for yellow_id, place in plan.replaced}
    connection.execute(
        insert(ItemLink), [{"from_id": yellow, "to_id": red, "kind": "merged_into"} for yellow, red in reds.items()]
    )
    write_notes(
        connection, acting, at, [(red, SUPERSEDE, {"slip_id": yellow}) for yellow, red in reds.items()]
    )  # fmt: skip
    for slip in load_many(connection, list(reds)):
        take(connection, book, acting, at, slip, "replace", {"slip_id": reds[slip.id]}, source=SOURCE)
