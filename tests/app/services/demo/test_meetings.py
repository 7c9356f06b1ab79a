"""The story of the meetings is whole, and its series find their days on whatever day it ends."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

import pytest

from app.services.demo.meeting.choosing import Chosen, choose
from app.services.demo.meeting.story import TopicStory, read_meetings
from app.services.demo.stage import Stage
from app.services.demo.story import FIRST_DAY, read_demo
from tests.city import City
from workflows.calendar import Calendar
from workflows.meeting.attendance import REPLIES
from workflows.meeting.procedure import MATTERS, SEATS, read_procedure
from workflows.meeting.recurrence import Occurrence, occurrences

CITY, STORY = read_demo(), read_meetings()
HEADS = {person.login: person.department for person in CITY.people if person.duty == "head"}
LOGINS = {person.login for person in CITY.people}
CODES = {department.code for department in CITY.departments}
BY_KEY = {told["key"]: told for told in STORY.series}


def list_topics() -> Iterator[tuple[Mapping[str, Any], TopicStory]]:
    """Yield every topic with the table of its meeting."""
    for meeting in (*STORY.meetings.values(), *STORY.specials):
        yield from ((meeting.told, topic) for topic in meeting.topics)


def test_seats_are_held_by_people_of_the_city() -> None:
    """Seats name roles and log-ins; the rules of procedure can hold; leaders sit as leader and deputies."""
    for group in (STORY.group, *STORY.working):
        assert {role for role, _ in group["seats"]} <= set(SEATS)
        assert {login for _, login in group["seats"]} <= LOGINS
        assert sum(role == "leader" for role, _ in group["seats"]) == 1
        assert FIRST_DAY < group["day"] < 0
    assert read_procedure(STORY.group["procedure"]).deputies_fen
    for change in STORY.changes:
        assert {login for _, login in change["add"]} <= LOGINS


def test_topics_come_from_member_units_and_name_departments() -> None:
    """Who proposes is head of a unit that sits there; everybody named is a department, once; keys are unique."""
    members = {HEADS[login] for _, login in STORY.group["seats"] if login in HEADS}
    members |= {HEADS[login] for _, login in STORY.changes[0]["add"]}
    keys = [topic.key for _, topic in list_topics()]
    assert len(set(keys)) == len(keys)
    for told, topic in list_topics():
        assert HEADS[topic.by] in members or told.get("series") == "sharing", topic.key
        assert set(topic.concerned) <= CODES - {HEADS[topic.by]}, topic.key
        assert topic.told.get("matter", "coordination") in MATTERS
        for one in topic.told.get("decisions", ()):
            given = {one["lead"], *one.get("supports", ())} if "lead" in one else set()
            assert given <= CODES, topic.key
            assert one.get("lead") not in one.get("supports", ()), topic.key
            assert one.get("information") or one["workdays"] > 0, topic.key
        fate, _, other = topic.told.get("fate", "").partition(":")
        assert fate in ("", "merge", "defer", "return", "wait"), topic.key
        assert not other or other in keys
        assert topic.told.get("dissent", topic.concerned[0]) in topic.concerned


def test_meetings_name_people_and_topics_that_are_there() -> None:
    """Leave, stand-ins, guests, votes, conflicts: log-ins and topics of the story."""
    keys = {topic.key for _, topic in list_topics()}
    assert {"leave", "stand_in"} <= set(REPLIES)
    for meeting in (*STORY.meetings.values(), *STORY.specials):
        told = meeting.told
        assert {*told.get("leave", {}), *told.get("stand_in", {}), *told.get("stand_in", {}).values()} <= LOGINS
        assert {guest["topic"] for guest in told.get("guests", ())} | set(told.get("votes", {})) <= keys
        assert all(guest["name"].startswith("示例·") for guest in told.get("guests", ()))
    assert {series for series, _ in STORY.meetings} <= set(BY_KEY)
    assert all(back <= BY_KEY[series]["back"] for series, back in STORY.meetings)


@dataclass
class _Day:
    """As much of a stage as the choice of days asks for."""

    calendar: Calendar
    last_on: date

    def on(self, day: int) -> date:
        return self.calendar.add_workdays(self.last_on, day) if day else self.last_on


def _choose(calendar: Calendar, last_on: date, key: str) -> tuple[Chosen, dict[str, Occurrence]]:
    chosen = choose(cast("Stage", _Day(calendar, last_on)), BY_KEY[key])
    count = len(chosen.backs)
    return chosen, {one.month: one for one in occurrences(chosen.rule, calendar, chosen.first_month, count)}


@pytest.fixture
def calendar(city: City) -> Calendar:
    """Give the calendar that the product ships."""
    with city.database.reading() as session:
        return city.book.calendar(session.connection())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_series_find_their_days_whatever_the_last_day(calendar: Calendar) -> None:
    """A meeting ahead whose notice can be out, one just held; a month each before; one moved off a rest day."""
    last_on, until = date(2024, 9, 1), date(2027, 3, 1)
    while last_on < until:
        if calendar.is_working(last_on):
            chosen, found = _choose(calendar, last_on, "monthly")
            days = {chosen.backs[month]: one.on for month, one in found.items() if one.on is not None}
            assert sorted(days) == list(range(8))
            assert 1 <= calendar.workdays_between(last_on, days[0]) <= 3, last_on
            assert days[7] > calendar.add_workdays(last_on, FIRST_DAY + 1), last_on
            assert days[1] < last_on - timedelta(days=14)
            chosen, found = _choose(calendar, last_on, "sharing")
            days = {chosen.backs[month]: one.on for month, one in found.items() if one.on is not None}
            assert 3 <= calendar.workdays_between(days[1], last_on) <= 5, last_on
            assert days[0] > last_on, last_on
            chosen, found = _choose(calendar, last_on, "leaders")
            assert any(one.is_moved and one.on is not None and one.on < last_on for one in found.values()), last_on
        last_on += timedelta(days=4)
