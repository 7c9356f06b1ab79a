"""The light of an item over time, with the overrides of it: who, why, until when. Two statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.item import Item, LightChange
from app.models.organisation import Person
from app.models.record import History
from app.queries.item import is_readable

LIGHTS_MAX = 200
_Behalf = aliased(Person, name="behalf")


@dataclass(frozen=True, slots=True)
class LightRow:
    """A light as it was from a day on, and the rule that fired."""

    on_day: date
    light: str
    light_rule: str


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """A light that was set by hand (`light` None: the override was ended by hand)."""

    at: datetime
    light: str | None
    until_on: date | None
    reason: str | None
    by_name: str
    request_id: int | None
    on_behalf_of_name: str | None


@dataclass(frozen=True, slots=True)
class LightHistory:
    """The last lights, the oldest first; `is_more`: older ones are not shown."""

    rows: tuple[LightRow, ...]
    overrides: tuple[OverrideRow, ...]
    is_more: bool


def read_lights(
    connection: Connection, readers: Sequence[str], item_id: int, *, limit: int = LIGHTS_MAX
) -> LightHistory:
    """Return how an item's light went; empty when none of `readers` may read it."""
    statement = (
        select(LightChange.on_day, LightChange.light, LightChange.light_rule)
        .join(Item, Item.id == LightChange.item_id)
        .where(LightChange.item_id == item_id, is_readable(readers))
        .order_by(LightChange.on_day.desc(), LightChange.id.desc())
        .limit(limit + 1)
    )
    rows = [LightRow(*row) for row in connection.execute(statement)]
    return LightHistory(tuple(reversed(rows[:limit])), _read_overrides(connection, readers, item_id), len(rows) > limit)


def _read_overrides(connection: Connection, readers: Sequence[str], item_id: int) -> tuple[OverrideRow, ...]:
    statement = (
        select(History.occurred_at, History.action, History.data, Person.name, _Behalf.name)
        .join(Item, Item.id == History.item_id)
        .join(Person, Person.id == History.actor_id)
        .outerjoin(_Behalf, _Behalf.id == History.on_behalf_of)
        .where(History.item_id == item_id, History.action.in_(("override_light", "clear_light")), is_readable(readers))
        .order_by(History.seq)
    )
    found = []
    for at, action, data, name, behalf in connection.execute(statement):
        given: dict[str, Any] = data or {}
        is_set = action == "override_light"
        until = given.get("until_on") if is_set else None
        found.append(
            OverrideRow(
                at,
                str(given["light"]) if is_set and "light" in given else None,
                date.fromisoformat(str(until)) if until else None,
                given.get("reason"),
                name,
                given.get("request_id"),
                behalf,
            )
        )
    return tuple(found)
