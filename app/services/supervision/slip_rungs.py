"""Reads the rungs that still lack their slip, and whom each concerns: a number of statements that does not grow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.models.escalation import Episode, Escalation
from app.models.item import Item
from app.models.record import SignSlot
from app.models.supervision import Slip
from workflows.machine import Cause

#: A request or a slip never brings forth a slip.
MATTERS = ("project", "task", "share")


@dataclass(frozen=True, slots=True)
class RungRow:
    """A rung of level 2 or 3 with its matter as it stands now."""

    id: int
    level: int
    cause: str
    due_at: datetime
    episode_id: int
    anchor: str
    base_on: date
    ended_at: datetime | None
    item_id: int
    kind: str
    title: str
    state: str
    workflow_version: int
    owner_department_id: int | None
    due_on: date | None
    original_due_on: date | None
    confidential: bool


@dataclass(frozen=True, slots=True)
class OpenSlip:
    """A slip that is open already; `id` None: it is being made in the same batch, as number `place`."""

    level: int
    id: int | None = None
    place: int | None = None


#: The matter and the department that must answer: at most one open slip of a level for each.
Key = tuple[int, int]


def lock_rungs(connection: Connection, ids: Sequence[int]) -> list[RungRow]:
    """Lock those of the rungs that still need a slip, the highest and oldest first, with their matters.

    The matters are locked first: two passes never look for open slips of one matter at the same time. What somebody
    else holds is left for the next pass.
    """
    wanted = select(Escalation.item_id).where(Escalation.id.in_(ids))
    matters = connection.execute(
        select(Item.id).where(Item.id.in_(wanted)).order_by(Item.id).with_for_update(key_share=True, skip_locked=True)
    ).scalars()
    rows: Any = connection.execute(
        select(
            Escalation.id, Escalation.level, Escalation.cause, Escalation.due_at, Episode.id, Episode.anchor,
            Episode.base_on, Episode.ended_at, Item.id, Item.kind, Item.title, Item.state, Item.workflow_version,
            Item.owner_department_id, Item.due_on, Item.original_due_on, Item.confidential,
        )
        .join(Episode, Episode.id == Escalation.episode_id)
        .join(Item, Item.id == Escalation.item_id)
        .where(Escalation.id.in_(ids), Escalation.needs_slip, Item.id.in_(matters.all()))
        .order_by(Escalation.level.desc(), Escalation.id)
        .with_for_update(of=Escalation, skip_locked=True)
    )  # fmt: skip
    return [RungRow(*row) for row in rows]


def find_departments(connection: Connection, rungs: Sequence[RungRow]) -> dict[int, tuple[int, ...]]:
    """Return by rung which departments must answer: the matter's own, in a sign-off whoever has not signed."""
    rounds = {rung.id: int(rung.anchor) for rung in rungs if rung.cause == Cause.SIGN_OFF.value}
    unsigned: dict[int, list[int]] = {}
    if rounds:
        found: Any = connection.execute(
            select(SignSlot.sign_off_id, SignSlot.department_id)
            .where(SignSlot.sign_off_id.in_(rounds.values()), SignSlot.department_id.is_not(None), SignSlot.is_due)
            .order_by(SignSlot.sign_off_id, SignSlot.slot)
        )
        for sign_off_id, department_id in found:
            unsigned.setdefault(sign_off_id, []).append(department_id)
    own = {rung.id: rung.owner_department_id for rung in rungs}
    return {
        rung_id: tuple(dict.fromkeys(unsigned.get(rounds[rung_id], ())))
        if rung_id in rounds
        else (() if department_id is None else (department_id,))
        for rung_id, department_id in own.items()
    }


def find_open_slips(connection: Connection, item_ids: Sequence[int]) -> dict[Key, dict[int, OpenSlip]]:
    """Return the open slips below the matters, by matter and department, then by level."""
    rows: Any = connection.execute(
        select(Item.parent_id, Item.owner_department_id, Slip.level, Item.id)
        .join(Slip, Slip.item_id == Item.id)
        .where(Item.parent_id.in_(item_ids), Item.closed_at.is_(None))
        .order_by(Item.id)
    )
    found: dict[Key, dict[int, OpenSlip]] = {}
    for parent_id, department_id, level, slip_id in rows:
        found.setdefault((parent_id, department_id), {}).setdefault(level, OpenSlip(level, slip_id))
    return found
