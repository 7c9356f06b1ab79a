"""Which decisions come back, how well decisions are carried out, what is to be completed, one decision's way."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from app.core.errors import NotFoundError
from app.models.group import LeadershipGroup
from app.models.item import Item
from app.models.topic import Decision
from app.policy import access
from app.policy.people import Actor, find_actor
from app.queries.meeting.record.execution import BYS, ExecutionFilter, read_execution
from app.queries.meeting.record.follow_up import FollowPage, Frame, find_frame, find_last, list_followed
from app.queries.meeting.record.gaps import list_closable, list_gaps
from app.queries.meeting.record.life import read_life
from app.queries.meeting.record.standing import COUNTED, make_fate, standing_of
from app.services.meeting.planning import find_previous
from tests.city import City
from tests.meeting import Bench
from workflows.meeting.follow_up import Standing, find_return

NEXT_ON = date(2026, 4, 14)


def _actor(bench: Bench, connection: Any, login: str) -> Actor:  # noqa: ANN401  # a connection
    actor = find_actor(connection, bench.city.people[login], bench.today, bench.now)
    assert actor is not None
    return actor


def _frame(bench: Bench, connection: Any, meeting_id: int) -> Frame:  # noqa: ANN401  # a connection
    zone = bench.city.book.zone
    readers = _actor(bench, connection, "office1").readers
    frame = find_frame(connection, readers, meeting_id, zone)
    last_id = find_previous(connection, meeting_id)
    if last_id is None:
        return frame
    title, on = find_last(connection, readers, last_id, zone)
    values = {name: getattr(frame, name) for name in Frame.__slots__}
    return Frame(**{**values, "last_id": last_id, "last_title": title, "last_on": on})


def _follow(bench: Bench, meeting_id: int, login: str = "office1", **more: Any) -> FollowPage:  # noqa: ANN401
    with bench.city.database.reading() as session:
        connection = session.connection()
        frame = _frame(bench, connection, meeting_id)
        calendar = bench.city.book.calendar(connection)
        since = None if frame.last_on is None else calendar.day_end(frame.last_on)
        readers = _actor(bench, connection, login).readers
        return list_followed(connection, readers, frame, bench.today, since, bench.city.book.zone, **more)


def _decided(bench: Bench, *days: int) -> tuple[int, list[int]]:
    """Hold and issue a meeting with a decision due after so many days each."""
    meeting_id = bench.plan()
    bench.do("office1", meeting_id, "call_topics")
    topic_id = bench.put(meeting_id)
    bench.notify(meeting_id)
    bench.open(meeting_id)
    made = [bench.decide(meeting_id, topic_id, f"第{at}件事。", days=count) for at, count in enumerate(days, 1)]
    bench.do("office1", topic_id, "conclude", outcome="agreed")
    bench.do("office1", meeting_id, "end")
    bench.issue(meeting_id)
    return meeting_id, made


def _work(bench: Bench, task_id: int, *, until: str = "verify") -> None:
    """Carry a task of the energy bureau out, up to a step."""
    bench.do("ene_head", task_id, "receive")
    bench.do("ene_head", task_id, "start")
    if until == "start":
        return
    bench.do("ene_head", task_id, "report", text="接口已联调。", progress_pct=60)
    if until == "report":
        return
    with bench.city.database.writing() as session:
        session.execute(
            update(Item).where(Item.id == task_id).values(state="submitted", version=Item.version + 1)
        )  # fmt: skip
    bench.do("office1", task_id, "verify")


def test_what_is_late_due_or_changed_comes_back_and_the_rest_does_not(city: City) -> None:
    """Peers 50, issue 7.7: not the whole backlog; each row with its task, last report and why it comes back."""
    bench = Bench.found(city)
    _, (late, due, far, worked) = _decided(bench, 10, 35, 200, 300)
    next_id = bench.at(date(2026, 4, 8)).plan(NEXT_ON)
    _work(bench, bench.task_of(worked), until="report")
    page = _follow(bench, next_id)
    assert [(row.id, row.reason, row.standing) for row in page.items] == [
        (late, "late", "late"), (due, "due_soon", "open"), (worked, "changed", "open"),
    ]  # fmt: skip
    assert page.items[0].late_days == 19
    task = page.items[2].task
    assert task is not None
    assert task.report is not None
    assert (task.report.text, task.report.progress_pct) == ("接口已联调。", 60)
    every = _follow(bench, next_id, with_all=True)
    assert [row.id for row in every.items] == [late, due, far, worked]
    assert every.items[2].reason is None
    first = _follow(bench, next_id, with_all=True, limit=3)
    rest = _follow(bench, next_id, with_all=True, limit=3, cursor=first.next_cursor)
    assert [row.id for row in (*first.items, *rest.items)] == [late, due, far, worked]


def test_what_is_open_for_long_comes_back_as_the_rules_of_procedure_say(city: City) -> None:
    """Issue 7.1: `carry_on_days` binds: from that day on, in SQL and in Python; without the rule nothing returns."""
    bench = Bench.found(city, carry_on_days=35)
    _, (far, undated) = _decided(bench, 200, 300)
    with city.database.writing() as session:
        session.execute(update(Item).where(Item.id == undated).values(due_on=None))
    bench.at(date(2026, 4, 8))
    early, late = bench.plan(NEXT_ON - timedelta(1)), bench.plan(NEXT_ON)
    assert _follow(bench, early).items == ()
    assert {(row.id, row.reason) for row in _follow(bench, late).items} == {(far, "carried"), (undated, "carried")}
    with city.database.writing() as session:
        session.execute(update(LeadershipGroup).values(procedure={}))
    assert _follow(bench, late).items == ()


def test_a_decision_done_since_the_last_meeting_comes_back_once(city: City) -> None:
    """What was settled is told to the next meeting, not to the one after."""
    bench = Bench.found(city)
    _, (done,) = _decided(bench, 100)
    bench.at(date(2026, 3, 20))
    _work(bench, bench.task_of(done))
    assert bench.state(done) == "done"
    next_id = bench.plan(NEXT_ON)
    assert [(row.id, row.standing) for row in _follow(bench, next_id).items] == [(done, "done_in_time")]
    bench.do("office1", next_id, "call_topics")
    bench.put(next_id, "第二件事")
    bench.notify(next_id)
    bench.hold(next_id)
    later = bench.plan(date(2026, 5, 12))
    assert done not in [row.id for row in _follow(bench, later).items]


def test_the_slip_and_the_moved_date_of_the_task_are_shown(city: City) -> None:
    """Peers 70: every date change is a delay of so many days; the notice in force is named."""
    bench = Bench.found(city)
    _, (decision_id,) = _decided(bench, 10)
    task_id = bench.task_of(decision_id)
    bench.at(date(2026, 4, 1))
    with city.database.writing() as session:
        session.execute(update(Item).where(Item.id == task_id).values(due_on=date(2026, 3, 30)))
    next_id = bench.plan(NEXT_ON)
    (row,) = _follow(bench, next_id).items
    assert row.task is not None
    assert (row.due_on, row.task.due_on, row.late_days) == (date(2026, 3, 20), date(2026, 3, 30), 12)
    assert row.task.slip is None


def test_of_a_task_only_its_readers_hear_more(city: City) -> None:
    """Nothing restricted leaks: a unit reads how a decision stands, not the task that is not theirs."""
    bench = Bench.found(city)
    _, (decision_id,) = _decided(bench, 10)
    next_id = bench.at(date(2026, 4, 8)).plan(NEXT_ON)
    (seen,) = _follow(bench, next_id, "pol_head").items
    assert (seen.id, seen.standing, seen.task) == (decision_id, "late", None)
    (own,) = _follow(bench, next_id, "ene_head").items
    assert own.task is not None
    with city.database.writing() as session:
        session.execute(update(Item).where(Item.id == decision_id).values(confidential=True, parent_id=None))
        access.refresh(session.connection(), [decision_id])
    assert _follow(bench, next_id, "pol_head").items == ()
    assert [row.id for row in _follow(bench, next_id, "ene_head").items] == [decision_id]


def test_the_sql_standing_and_return_agree_with_the_rules(city: City) -> None:
    """Every predicate of a list has a Python and a SQL twin: all states, dates and settled days are compared."""
    bench = Bench.found(city)
    days = [None, *(bench.today + timedelta(one) for one in (-3, -1, 0, 1, 9))]
    meeting_id = bench.plan()
    made: list[int] = []
    with city.database.writing() as session:
        connection = session.connection()
        template = dict(connection.execute(select(*Item.__table__.c).where(Item.id == meeting_id)).mappings().one())
        cases = [
            (state, due_on, settled_on, is_information)
            for state in COUNTED
            for due_on in days
            for settled_on in days[:4]
            for is_information in (False, True)
        ]
        for seq, (state, due_on, settled_on, is_information) in enumerate(cases, 1):
            values = {name: value for name, value in template.items() if name not in ("id", "number")}
            values |= {"kind": "decision", "state": state, "due_on": due_on, "parent_id": meeting_id}
            item_id = connection.execute(insert(Item).values(**values).returning(Item.id)).scalar_one()
            connection.execute(
                insert(Decision).values(
                    item_id=item_id, meeting_id=meeting_id, seq=seq, text="x", wanted=[], flags=[],
                    settled_on=settled_on, is_information=is_information)
            )  # fmt: skip
            made.append(item_id)
    with city.database.reading() as session:
        connection = session.connection()
        found = dict(
            connection.execute(
                select(Item.id, standing_of(bench.today))
                .join(Decision, Decision.item_id == Item.id)
                .where(Item.id.in_(made))
            ).all()
        )
    expected: dict[int, Standing] = {
        item_id: make_fate(state, due_on, settled_on, is_information=is_information).standing(bench.today)
        for item_id, (state, due_on, settled_on, is_information) in zip(made, cases, strict=True)
    }
    assert found == expected


@pytest.mark.parametrize(
    ("due", "today", "reason"),
    [(-1, 0, "late"), (1, 0, "due_soon"), (5, 0, "due_soon"), (6, 0, None), (4, None, "late"), (5, None, "due_soon")],
)
def test_what_is_due_before_the_meeting_is_not_late_yet(due: int, today: int | None, reason: str | None) -> None:
    """Asked before the meeting, what falls due until then is due soon; asked on its day, what has passed is late."""
    start = date(2026, 4, 1)
    fate = make_fate("in_force", start + timedelta(due), None, is_information=False)
    asked = None if today is None else start + timedelta(today)
    assert find_return(fate, last_on=None, next_on=start + timedelta(5), today=asked) == reason


def test_execution_counts_what_is_due_by_meeting_department_year_and_group(city: City) -> None:
    """Issue 7.7: the rate names its denominator: done of done or late; each reader counts what they read."""
    bench = Bench.found(city)
    meeting_id, (late, done, far) = _decided(bench, 10, 20, 200)
    bench.at(date(2026, 3, 18))
    _work(bench, bench.task_of(done))
    bench.at(date(2026, 4, 1))
    with city.database.reading() as session:
        connection = session.connection()
        readers = _actor(bench, connection, "office1").readers
        for by in BYS:
            found = read_execution(connection, readers, by, ExecutionFilter(), bench.today, city.book.zone)
            (row,) = found.rows
            assert (row.rate.counted, row.rate.done, row.rate.in_time, row.rate.late, row.rate.open) == (2, 1, 1, 1, 1)
            assert (row.rate.pct, found.total) == (50, row.rate)
            assert row.id == {
                "meeting": meeting_id, "department": city.departments["ENE"], "year": 2026, "group": bench.group_id,
            }[by]  # fmt: skip
        foreign = ExecutionFilter(department_id=city.departments["POL"])
        assert read_execution(connection, readers, "meeting", foreign, bench.today, city.book.zone).rows == ()
        after = ExecutionFilter(begins_at=datetime(2027, 1, 1, tzinfo=UTC))
        assert read_execution(connection, readers, "year", after, bench.today, city.book.zone).total.pct is None
    with city.database.writing() as session:
        session.execute(update(Item).where(Item.id == late).values(confidential=True, parent_id=None))
        access.refresh(session.connection(), [late])
    with city.database.reading() as session:
        connection = session.connection()
        readers = _actor(bench, connection, "wea_head").readers
        found = read_execution(connection, readers, "meeting", ExecutionFilter(), bench.today, city.book.zone)
        assert (found.total.counted, found.total.late) == (1, 0)
    assert far


def test_a_decision_that_lacks_something_is_listed_for_the_office(city: City) -> None:
    """Issue 7.11 and 7.6: no owner, no date, flags of an import; a cancelled task's decision stays in force."""
    bench = Bench.found(city)
    _, (plain, bare, flagged, cancelled) = _decided(bench, 30, 30, 30, 30)
    with city.database.writing() as session:
        session.execute(update(Decision).where(Decision.item_id.in_((bare, flagged))).values(task_id=None))
        session.execute(update(Item).where(Item.id == bare).values(owner_department_id=None, due_on=None))
        session.execute(update(Decision).where(Decision.item_id == flagged).values(flags=["many_owners"]))
    bench.do("office1", bench.task_of(cancelled), "cancel", reason="另有安排")
    assert bench.state(cancelled) == "in_force"
    with city.database.reading() as session:
        connection = session.connection()
        readers = _actor(bench, connection, "office1").readers
        first = list_gaps(connection, readers, limit=2)
        rest = list_gaps(connection, readers, limit=2, cursor=first.next_cursor)
        found = {row.id: row.gaps for row in (*first.items, *rest.items)}
    assert found == {bare: ("no_owner", "no_date"), flagged: ("many_owners",), cancelled: ("task_cancelled",)}
    assert plain not in found
    # The office settles such a decision itself.
    bench.do("office1", cancelled, "report_done", evidence="已由另一项任务办结")
    assert bench.state(cancelled) == "done"


def test_a_meeting_whose_decisions_are_settled_waits_to_be_closed(city: City) -> None:
    """The last decision settled is a hint to the office: closing ends corrections, so nobody closes by machine."""
    bench = Bench.found(city)
    meeting_id, (decision_id,) = _decided(bench, 30)

    def closable() -> list[int]:
        with city.database.reading() as session:
            connection = session.connection()
            return [row.id for row in list_closable(connection, _actor(bench, connection, "office1").readers)]

    assert closable() == []
    _work(bench, bench.task_of(decision_id))
    assert closable() == [meeting_id]
    assert bench.state(meeting_id) == "issued"
    bench.do("office1", meeting_id, "close")
    assert closable() == []


def test_the_way_of_a_decision_runs_from_its_topic_to_the_report(city: City) -> None:
    """Issue 7.7: topic, discussion, decision, minutes, task, report, new date, slip, close, monthly report."""
    bench = Bench.found(city)
    _, (decision_id,) = _decided(bench, 30)
    task_id = bench.task_of(decision_id)
    bench.at(date(2026, 3, 16))
    _work(bench, task_id, until="report")
    bench.do("office1", task_id, "extend", new_due_on=date(2026, 4, 30), reason="等待设备")
    with city.database.reading() as session:
        connection = session.connection()
        life = read_life(connection, _actor(bench, connection, "office1"), decision_id,
                         city.book.calendar(connection), bench.today)  # fmt: skip
    assert [point.kind for point in life.points] == [
        "proposed", "discussed", "decided", "issued", "task", "reported", "extended", "due",
    ]  # fmt: skip
    assert (life.points[5].text, life.points[6].text) == ("接口已联调。 60%", "2026-04-30")
    assert life.points[-1].is_ahead
    with city.database.writing() as session:
        session.execute(update(Item).where(Item.id == task_id).values(state="submitted", version=Item.version + 1))
    bench.do("office1", task_id, "verify")
    with city.database.reading() as session:
        connection = session.connection()
        calendar = city.book.calendar(connection)
        told = read_life(connection, _actor(bench, connection, "office1"), decision_id, calendar, bench.today,
                         date(2026, 3, 31))  # fmt: skip
        assert [point.kind for point in told.points[-2:]] == ["settled", "in_report"]
        # Who may not read the task hears nothing of it.
        seen = read_life(connection, _actor(bench, connection, "pol_head"), decision_id, calendar, bench.today)
        assert {"task", "reported", "extended"}.isdisjoint(point.kind for point in seen.points)
        assert seen.task_id is None
        with pytest.raises(NotFoundError):
            read_life(connection, _actor(bench, connection, "admin"), decision_id, calendar, bench.today)
