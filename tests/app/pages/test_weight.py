"""Issue 4 no. 13: at 10,000 items no page weighs more than 200 KB of HTML or asks the database more often."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from app.jobs.summary import make_summaries
from tests.lived import make_book
from tests.shown.city import NOW, Shown
from tests.shown.multiplying import multiply
from tests.shown.places import PLACES, Place
from tests.shown.window import WEIGHT_MAX

TIMES = 36
PAGES = [place for place in PLACES if place.login]


@contextmanager
def counted(shown: Shown) -> Iterator[list[str]]:
    """Count what the database is asked."""
    found: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:  # noqa: ANN401  # SQLAlchemy's arguments
        found.append(statement)

    engine = shown.database.engine
    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


def read(shown: Shown, place: Place) -> tuple[int, int]:
    """Return the bytes of a page and the statements that it took, on the second reading."""
    client = shown.app.test_client()
    client.set_cookie("session", shown.cookie(place.login))
    path = shown.locate(place.path)
    assert client.get(path).status_code == place.status, path
    with counted(shown) as statements:
        response = client.get(path)
    return len(response.data), len(statements)


@pytest.fixture(scope="module")
def sizes(shown: Shown) -> Iterator[dict[str, tuple[tuple[int, int], tuple[int, int]]]]:
    """Give bytes and statements of every page, by its name, in the lived city and in one of 10,000 items."""
    shown.reset()
    small = {place.name: read(shown, place) for place in PAGES}
    shown.reset()
    assert multiply(shown.database, TIMES, one_parent=shown.ids["project"]) >= 10_000
    make_summaries(shown.database, make_book(), NOW)
    large = {place.name: read(shown, place) for place in PAGES}
    yield {name: (small[name], large[name]) for name in small}
    shown.reset()


@pytest.mark.parametrize("place", PAGES, ids=lambda place: place.name)
def test_a_page_stays_light(sizes: dict[str, tuple[tuple[int, int], tuple[int, int]]], place: Place) -> None:
    """A page of the large city: at most 200 KB, and no statement more than in the small one."""
    (_, few), (size, many) = sizes[place.name]
    assert size <= WEIGHT_MAX
    assert many <= few
