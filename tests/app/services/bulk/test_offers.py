"""What a list offers is what the item's own page offers."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from app.policy.access import can_read
from app.policy.people import find_actor
from app.services.bulk.offers import list_offers_of
from app.services.offer import Offer
from app.services.offering import list_offers
from app.services.signing.input import SIGNERS_MOVES
from tests.app.queries.work.waiting import TODAY, fill, vacate
from tests.city import NOW, City

#: Looked up for one item alone; the step's own form has them.
LOOKED_UP = frozenset({"person", "department", "section", "parts"})


def strip(offer: Offer) -> Offer:
    """Return the offer without the options that a list leaves out."""
    fields = tuple(replace(one, options=()) if one.kind in LOOKED_UP else one for one in offer.fields)
    return replace(offer, fields=fields)


@pytest.mark.parametrize("missing", [(), ("pol_head", "director"), ("ene_head", "ene_staff"), ("leader",)])
def test_many_are_offered_what_each_alone_is(city: City, missing: tuple[str, ...]) -> None:
    """STYLE: a listing and an instance agree, for every person and item, closed steps with their reason too."""
    ids = list(fill(city).values())
    vacate(city, *missing)
    compared = 0
    with city.database.reading() as session:
        connection = session.connection()
        for login, person_id in city.people.items():
            actor = find_actor(connection, person_id, TODAY)
            assert actor is not None
            readable = [item_id for item_id in ids if can_read(connection, actor.readers, item_id)]
            found = list_offers_of(connection, city.book, actor, readable, NOW)
            for item_id in readable:
                alone = list_offers(connection, city.book, person_id, item_id, NOW)
                listed = [offer for offer in alone.offers if offer.action not in SIGNERS_MOVES]
                assert found[item_id] == replace(alone, offers=tuple(map(strip, listed))), (login, item_id)
                compared += len(alone.offers)
    assert compared > 50


@pytest.fixture
def statements(city: City) -> Iterator[list[str]]:
    """Give the statements that the city's database runs."""
    found: list[str] = []

    def note(*given: Any) -> None:  # noqa: ANN401
        found.append(given[2])

    event.listen(city.database.engine, "before_cursor_execute", note)
    yield found
    event.remove(city.database.engine, "before_cursor_execute", note)


def test_offers_of_many_take_no_more_statements(city: City, statements: list[str]) -> None:
    """STYLE: no statement for each row."""
    ids = list(fill(city).values())
    counts = []
    with city.database.reading() as session:
        connection = session.connection()
        actor = find_actor(connection, city.people["director"], TODAY)
        assert actor is not None
        list_offers_of(connection, city.book, actor, ids, NOW)
        for some in (ids[:5], ids):
            statements.clear()
            list_offers_of(connection, city.book, actor, some, NOW)
            counts.append(len(statements))
    assert counts[1] <= counts[0] + 3 <= 15
