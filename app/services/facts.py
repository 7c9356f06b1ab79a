"""Locks the rows that a step's guards rest on, then reads the facts: parent before child, then by id."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.engine import Connection

from app.models.item import Item, Phase
from app.services.loading import Loaded
from workflows.facts import Facts
from workflows.guards import RestsOn

_PARENT = select(Item.closed_at, Item.paused_state).where(Item.id == bindparam("b_id"))
_PARENT_LOCKED = _PARENT.with_for_update(read=True)
#: The item itself first: who reopens a child locks its parent before the child.
_FAMILY = (
    select(Item.kind, Item.closed_at, Item.parent_id)
    .where(or_(Item.id == bindparam("b_id"), Item.parent_id == bindparam("b_id")))
    .order_by(Item.id != bindparam("b_id"), Item.id)
)
_FAMILY_LOCKED = _FAMILY.with_for_update()


def gather(
    connection: Connection,
    item: Loaded,
    today: date,
    rests_on: Iterable[RestsOn],
    fields: Mapping[str, Any] | None = None,
    *,
    lock: bool = True,
) -> Facts:
    """Return the facts that guards resting on `rests_on` need; what nobody asked for keeps its default.

    `fields` are the step's own inputs: answers that it brings count as answered. Without `lock` the rows are only
    read: enough to show what could be done, not to do it.
    """
    wanted = frozenset(rests_on)
    found: dict[str, Any] = {}
    if "parent" in wanted and item.parent_id is not None:
        parent = _PARENT_LOCKED if lock else _PARENT
        closed_at, paused_state = connection.execute(parent, {"b_id": item.parent_id}).one()
        found |= {"parent_open": closed_at is None, "parent_suspended": paused_state is not None}
    if "children" in wanted:
        found |= _read_children(connection, item.id, lock=lock)
    if "criteria" in wanted:
        found["criteria_open"] = len(item.open_criteria - _answered(fields or {}))
    if "phases" in wanted and item.kind == "project":
        total = _count(connection, select(func.count()).where(Phase.project_id == item.id))
        passed = _count(
            connection, select(func.count()).where(Phase.project_id == item.id, Phase.passed_at.is_not(None))
        )
        found["gates_left"] = max(0, total - passed - 1)
    return Facts(
        state=item.state,
        today=today,
        due_on=item.due_on,
        has_owner=item.owner_department_id is not None,
        support_count=len(item.support_ids),
        sign_off_open=item.sign_off_id is not None,
        **found,
    )


def _count(connection: Connection, statement: Any) -> int:  # noqa: ANN401  # a count statement
    return int(connection.execute(statement).scalar_one())


def _read_children(connection: Connection, item_id: int, *, lock: bool) -> dict[str, int]:
    rows = connection.execute(_FAMILY_LOCKED if lock else _FAMILY, {"b_id": item_id}).all()
    waiting = [kind for kind, closed_at, parent_id in rows if closed_at is None and parent_id == item_id]
    return {"children_open": len(waiting), "shares_open": waiting.count("share")}


def _answered(fields: Mapping[str, Any]) -> frozenset[int]:
    answers = fields.get("answers")
    if not isinstance(answers, Mapping):
        return frozenset()
    return frozenset(int(seq) for seq, text in answers.items() if str(seq).isdecimal() and str(text).strip())
