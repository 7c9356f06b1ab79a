"""Drafts and versions for the tests: written by one of the office, published by its director, items moved."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.models.item import Item
from app.policy.people import find_actor
from app.services.act import Act
from app.services.recording import Acting
from app.services.ruling.drafting import Proposal, draft_change
from app.services.ruling.moving import MovedItem, move_item
from app.services.ruling.publishing import Published, publish_change
from tests.city import NOW, City

ZONE = ZoneInfo("Asia/Shanghai")
Result = TypeVar("Result")


def as_person(city: City, login: str, work: Callable[[Act], Result], now: datetime = NOW) -> Result:
    """Do `work` in a unit of its own, as somebody in their first post."""

    def run(session: object) -> Result:
        connection = session.connection()  # type: ignore[attr-defined]  # a session
        today = now.astimezone(ZONE).date()
        actor = find_actor(connection, city.people[login], today, now)
        assert actor is not None
        capacity = actor.capacities[0]
        return work(Act(connection, Acting(actor.person_id, capacity.duty.value, capacity), now, today, "test"))

    return city.database.write(run)


def draft(
    city: City, changes: Mapping[str, str], *, by: str = "office1", reason: str = "季度调整", now: datetime = NOW,
    effective_on: date | None = None,
) -> int:  # fmt: skip
    """Store a draft and return its id."""
    proposal = Proposal(changes, reason, effective_on)
    return as_person(city, by, lambda act: draft_change(act, proposal), now)


def publish(city: City, change_id: int, *, by: str = "director", now: datetime = NOW, version: int = 1) -> Published:
    """Publish a draft."""
    return as_person(city, by, lambda act: publish_change(act, change_id, version), now)


def change_rules(
    city: City, changes: Mapping[str, str], *, now: datetime = NOW, effective_on: date | None = None
) -> int:
    """Draft and publish; returns the new version."""
    return publish(city, draft(city, changes, now=now, effective_on=effective_on), now=now).rule_set_id


def move(city: City, item_id: int, rule_set_id: int, *, by: str = "office1", now: datetime = NOW) -> MovedItem:
    """Move one item to a version."""
    return as_person(city, by, lambda act: move_item(act, city.book, item_id, rule_set_id, "按新规定办理"), now)


def rules_of(city: City, item_id: int) -> int:
    """Return the version of the rules under which an item stands."""
    with city.database.reading() as session:
        return session.execute(select(Item.rule_set_id).where(Item.id == item_id)).scalar_one()
