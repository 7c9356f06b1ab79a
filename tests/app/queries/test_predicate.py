"""A listing and an item agree: each predicate's Python and SQL twins give the same answer."""

from datetime import date, timedelta

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select, update

from app.models.item import Item, ItemClock
from app.queries.predicate import DUE_SOON, PREDICATES, Standing, make_day
from tests.city import NOW, City
from workflows.light import LightFacts, LightThresholds, judge

TODAY = date(2026, 9, 28)
STANDINGS = st.builds(
    Standing,
    is_open=st.booleans(),
    is_paused=st.booleans(),
    due_on=st.none() | st.integers(-40, 40).map(lambda days: TODAY + timedelta(days)),
    rung=st.integers(0, 4),
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(standings=st.lists(STANDINGS, min_size=4, max_size=4), later=st.integers(0, 30), soon=st.integers(0, 10))
def test_the_twins_agree(city: City, standings: list[Standing], later: int, soon: int) -> None:
    """STYLE: every predicate that lists need has a Python and an SQL twin."""
    with city.database.writing() as session:
        connection = session.connection()
        ids = list(connection.execute(select(Item.id).order_by(Item.id)).scalars())
    if not ids:
        ids = [city.task(title=f"事项{number}") for number in range(4)]
    with city.database.writing() as session:
        connection = session.connection()
        for item_id, standing in zip(ids, standings, strict=True):
            values = {
                "closed_at": None if standing.is_open else NOW,
                "paused_state": "in_progress" if standing.is_paused else None,
                "due_on": standing.due_on,
            }
            connection.execute(update(Item).where(Item.id == item_id).values(**values))
            connection.execute(update(ItemClock).where(ItemClock.item_id == item_id).values(rung=standing.rung))
        day = make_day(city.book.calendar(connection), TODAY + timedelta(later), soon)
        for predicate in PREDICATES.values():
            statement = select(Item.id).join(ItemClock, ItemClock.item_id == Item.id).where(predicate.where(day))
            listed = set(connection.execute(statement).scalars())
            single = {i for i, standing in zip(ids, standings, strict=True) if predicate.holds(standing, day)}
            assert listed == single, predicate.name


def test_due_soon_is_the_yellow_light(city: City) -> None:
    """Due soon in lists is what a task's light shows as due soon, over the holiday too, for every threshold."""
    with city.database.reading() as session:
        calendar = city.book.calendar(session.connection())
    for soon in range(6):
        thresholds = LightThresholds(soon_workdays=soon)
        for ahead in range(12):
            today = TODAY + timedelta(ahead)
            day = make_day(calendar, today, soon)
            for days in range(-2, 20):
                due_on = today + timedelta(days)
                light = judge(LightFacts(is_open=True, due_on=due_on), today, calendar, thresholds)
                standing = Standing(is_open=True, is_paused=False, due_on=due_on, rung=0)
                assert DUE_SOON.holds(standing, day) == (light.rule == "due_soon"), (today, due_on, soon)
