"""Locks the rows that a step's guards rest on, then reads the facts: parent before child, then by id."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from app.models.item import Criterion, Item, Phase, Support
from app.models.record import SignOff
from app.services.loading import Loaded
from workflows.facts import Facts
from workflows.guards import RestsOn

_PARENT = select(Item.closed_at, Item.state, Item.paused_state).with_for_update(read=True)
_CHILDREN = select(Item.kind, Item.closed_at).order_by(Item.id).with_for_update(read=True)
_SELF = select(Item.version).with_for_update()


def gather(
    connection: Connection,
    item: Loaded,
    today: date,
    rests_on: Iterable[RestsOn],
    fields: Mapping[str, Any] | None = None,
) -> Facts:
    """Return the facts that guards resting on `rests_on` need; what nobody asked for keeps its default.

    `fields` are the step's own inputs: answers that it brings count as answered.
    """
    wanted = frozenset(rests_on)
    found: dict[str, Any] = {}
    if "parent" in wanted and item.parent_id is not None:
        closed_at, _, paused_state = connection.execute(_PARENT.where(Item.id == item.parent_id)).one()
        found |= {"parent_open": closed_at is None, "parent_suspended": paused_state is not None}
    if "children" in wanted:
        found |= _read_children(connection, item.id)
    if "supports" in wanted:
        found["support_count"] = _count(connection, select(func.count()).where(Support.item_id == item.id))
    if "criteria" in wanted:
        found["criteria_open"] = _count_criteria(connection, item.id, fields or {})
    if "phases" in wanted and item.kind == "project":
        total = _count(connection, select(func.count()).where(Phase.project_id == item.id))
        passed = _count(
            connection, select(func.count()).where(Phase.project_id == item.id, Phase.passed_at.is_not(None))
        )
        found["gates_left"] = max(0, total - passed - 1)
    if "sign_off" in wanted:
        statement = select(func.count()).where(SignOff.item_id == item.id, SignOff.closed_at.is_(None))
        found["sign_off_open"] = _count(connection, statement) > 0
    return Facts(
        state=item.state,
        today=today,
        due_on=item.due_on,
        has_owner=item.owner_department_id is not None,
        **found,
    )


def _count(connection: Connection, statement: Any) -> int:  # noqa: ANN401  # a count statement
    return int(connection.execute(statement).scalar_one())


def _read_children(connection: Connection, item_id: int) -> dict[str, int]:
    # The item itself first: who reopens a child locks its parent before the child.
    connection.execute(_SELF.where(Item.id == item_id))
    rows = connection.execute(_CHILDREN.where(Item.parent_id == item_id)).all()
    waiting = [kind for kind, closed_at in rows if closed_at is None]
    return {"children_open": len(waiting), "shares_open": waiting.count("share")}


def _count_criteria(connection: Connection, item_id: int, fields: Mapping[str, Any]) -> int:
    rows = connection.execute(select(Criterion.seq, Criterion.answer).where(Criterion.item_id == item_id)).all()
    brought = {int(seq) for seq, text in (fields.get("answers") or {}).items() if str(text).strip()}
    return sum(1 for seq, answer in rows if answer is None and seq not in brought)
