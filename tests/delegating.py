"""Delegations for tests: offered and accepted in the made-up city."""

from datetime import UTC, datetime, timedelta
from typing import Any

from app.policy.people import Actor, find_actor
from app.services.act import Act
from app.services.delegation.checking import NewDelegation
from app.services.delegation.making import (
    accept_delegation,
    decline_delegation,
    end_delegation,
    offer_delegation,
)
from app.services.recording import Acting
from tests.city import NOW, City

#: Midnight in Shanghai on Tuesday the 3rd of March, and twenty days later.
BEGIN = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
END = BEGIN + timedelta(days=20)
DURING = BEGIN + timedelta(hours=10)


def act_as(city: City, connection: Any, login: str, now: datetime = NOW) -> Act:  # noqa: ANN401  # a connection
    """Return a write by a person."""
    acting = Acting(city.people[login], "self")
    return Act(connection, acting, now, now.astimezone(city.book.zone).date(), "test")


def offer(
    city: City, principal: str, substitute: str, *, by: str | None = None, now: datetime = NOW, **more: Any  # noqa: ANN401
) -> int:  # fmt: skip
    """Offer a delegation from BEGIN to END unless said otherwise."""
    given = NewDelegation(
        city.people[principal], city.people[substitute], more.pop("from_at", BEGIN), more.pop("to_at", END),
        more.pop("reason", "年休假"), **more,
    )  # fmt: skip
    return city.database.write(
        lambda session: offer_delegation(
            act_as(city, session.connection(), by or principal, now), given, city.book.zone
        )
    )


def accept(city: City, delegation_id: int, login: str, now: datetime = NOW) -> None:
    """Accept as a person."""
    city.database.write(
        lambda session: accept_delegation(act_as(city, session.connection(), login, now), delegation_id, city.book.zone)
    )


def decline(city: City, delegation_id: int, login: str, now: datetime = NOW, note: str | None = None) -> None:
    """Decline as a person."""
    city.database.write(
        lambda session: decline_delegation(act_as(city, session.connection(), login, now), delegation_id, note)
    )


def end(city: City, delegation_id: int, login: str, now: datetime = DURING, note: str | None = None) -> None:
    """End as a person."""
    city.database.write(
        lambda session: end_delegation(act_as(city, session.connection(), login, now), delegation_id, note)
    )


def lend(city: City, principal: str, substitute: str, **more: Any) -> int:  # noqa: ANN401  # fields of a delegation
    """Offer a delegation and accept it at once."""
    delegation_id = offer(city, principal, substitute, **more)
    accept(city, delegation_id, substitute, more.get("now", NOW))
    return delegation_id


def find(city: City, login: str, now: datetime = DURING) -> Actor:
    """Return a person with the capacities of an instant."""
    with city.database.reading() as session:
        today = now.astimezone(city.book.zone).date()
        actor = find_actor(session.connection(), city.people[login], today, now)
    assert actor is not None
    return actor


def lent_to(city: City, login: str, now: datetime = DURING) -> set[tuple[str, str]]:
    """Return what is lent to a person: the first login whose post it is, and whom it is for."""
    posts = {post_id: name for name, post_id in reversed(city.posts.items())}
    people = {person_id: name for name, person_id in city.people.items()}
    return {(posts[one.post_id], people[one.holder_id]) for one in find(city, login, now).lent}
