"""Series are planned once (issue 7 deliver 2): horizon, months without the day, holidays, two processes, outages."""

from datetime import date
from threading import Thread

import pytest
from sqlalchemy import select

from app.core.clock import FixedClock
from app.jobs.meeting import plan_due, run_meetings
from app.jobs.tools import Tools
from app.models.message import Message
from app.models.record import History, Outbox
from app.services.meeting.series.occurring import find_next_day, preview
from tests.app.services.meeting_series.bench import days, found, meetings, run
from tests.city import City
from tests.meeting import Bench
from tests.messaging import begin, deliver_at, inbox, read
from workflows.meeting.recurrence import parse_rule


@pytest.fixture
def bench(city: City) -> Bench:
    """Give the made-up group."""
    return Bench.found(city)


def plan(bench: Bench, month: str | None = None) -> tuple[int, int, list[str]]:
    """Run `flask meeting plan`'s work; return how many were planned, existed, and the months skipped."""
    tools = Tools(bench.city.database, bench.city.book, FixedClock(bench.now))
    done = plan_due(tools, bench.now, month, source="test")
    return len(done.planned), len(done.existing), [one.month for one in done.skipped]


def test_what_is_due_is_planned_once(bench: Bench) -> None:
    """To the end of next month; twice makes nothing twice; dates before it count working days."""
    found(bench)
    assert plan(bench) == (2, 0, [])
    assert plan(bench) == (0, 2, [])
    assert days(bench) == {"2026-03": date(2026, 3, 10), "2026-04": date(2026, 4, 14)}
    april = meetings(bench)[1]
    assert (april.title, april.place, april.state) == ("月度协调会（2026年4月）", "3号会议室", "planned")
    assert april.starts_at.astimezone(bench.city.book.zone).hour == 14
    assert [april.notice_on, april.cutoff_on, april.call_on] == [date(2026, 4, 9), date(2026, 4, 7), date(2026, 3, 30)]


def test_calls_that_open_early_are_planned_early(bench: Bench) -> None:
    """A meeting of the month after next is planned when its call opens by today."""
    found(bench, call_workdays=60)
    bench.at(date(2026, 3, 2))
    assert plan(bench) == (3, 0, [])
    assert list(days(bench)) == ["2026-03", "2026-04", "2026-05"]


def test_one_month_alone_and_months_without(bench: Bench) -> None:
    """`--month` plans that month however far ahead, and says why it plans none: outside the rhythm, past, ended."""
    found(bench, every="3", anchor="2026-03", last_month="2026-12")
    assert plan(bench, "2026-09") == (1, 0, [])
    assert plan(bench, "2026-09") == (0, 1, [])
    assert plan(bench, "2026-08") == (0, 0, ["2026-08"])
    bench.at(date(2026, 3, 20))
    assert plan(bench, "2026-03") == (0, 0, ["2026-03"])
    assert plan(bench, "2027-03") == (0, 0, [])


def test_the_31st_and_a_skipped_month(bench: Bench) -> None:
    """P36: a month without the 31st has its last day; P41: skip leaves a period out, and the next one stays."""
    found(bench, day="monthday:31", policy="keep")
    assert plan(bench, "2026-04") == (1, 0, [])
    assert days(bench) == {"2026-04": date(2026, 4, 30)}
    other = found(bench, name="逢一", day="monthday:2", policy="skip")
    assert plan(bench, "2026-05")[0] == 1
    assert [row.month for row in meetings(bench) if row.series_id == other] == []
    assert plan(bench, "2026-06")[0] == 2


def test_two_processes_at_once_make_one(bench: Bench) -> None:
    """Both may run at the same time: the month is planned once, and neither fails."""
    found(bench)
    faults: list[BaseException] = []

    def work() -> None:
        try:
            run_meetings(Tools(bench.city.database, bench.city.book, FixedClock(bench.now)), bench.now)
        except BaseException as error:  # noqa: BLE001  # told below
            faults.append(error)

    threads = [Thread(target=work) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert faults == []
    assert sorted(row.month for row in meetings(bench)) == ["2026-03", "2026-04"]


def test_the_call_opens_units_and_office_are_reminded_once(bench: Bench) -> None:
    """Call on its day, cut-off two working days before, notice on its day; each once, and made up after an outage."""
    found(bench)
    begin(bench.city, bench.now)
    bench.at(date(2026, 3, 2))
    first = run(bench)
    march = meetings(bench)[0].id
    assert (first.day.called, bench.state(march)) == ([march], "collecting")
    assert run(bench).day.called == []
    bench.at(date(2026, 3, 3))  # the cut-off is the 3rd: five working days before the 10th
    assert run(bench).day.reminded == 0
    keys = read(bench.city, select(Outbox.recipient).where(Outbox.topic == "meeting.cutoff_near"))
    assert len(keys) == 4
    bench.at(date(2026, 3, 5))
    assert run(bench).day.reminded == 1
    bench.at(date(2026, 3, 6))
    assert run(bench).day.reminded == 0
    deliver_at(bench.city, bench.now)
    assert [row.topic for row in inbox(bench.city, "office1")].count("meeting.notice_due") == 1
    assert [row.topic for row in inbox(bench.city, "ene_head")].count("meeting.cutoff_near") == 1
    assert read(bench.city, select(Message.id).where(Message.topic == "meeting.call_topics")) != []


def test_after_an_outage_the_call_opens_late_and_nothing_comes_twice(bench: Bench) -> None:
    """The server was down over the call and the cut-off: the call opens, units are not reminded of what has passed."""
    found(bench)
    plan(bench)
    bench.at(date(2026, 3, 9))
    done = run(bench)
    march = meetings(bench)[0].id
    assert (march in done.day.called, bench.state(march)) == (True, "collecting")
    assert read(bench.city, select(Outbox.id).where(Outbox.topic == "meeting.cutoff_near")) == []
    before = read(bench.city, select(History.id))
    run(bench)
    assert read(bench.city, select(History.id)) == before


def test_the_day_after_next_is_known(bench: Bench) -> None:
    """P41: what is due "next meeting" follows the next one: as planned, as moved, by the rule where none is planned."""
    found(bench)
    plan(bench)
    march, april = (row.id for row in meetings(bench))
    with bench.city.database.reading() as session:
        connection = session.connection()
        assert find_next_day(connection, bench.city.book, march) == date(2026, 4, 14)
        assert find_next_day(connection, bench.city.book, april) == date(2026, 5, 12)
    bench.do("office1", april, "reschedule", day="2026-04-16", reason="场地冲突")
    with bench.city.database.reading() as session:
        assert find_next_day(session.connection(), bench.city.book, march) == date(2026, 4, 16)
    bench.do("office1", april, "cancel", reason="议题不足")
    with bench.city.database.reading() as session:
        assert find_next_day(session.connection(), bench.city.book, march) == date(2026, 5, 12)
    alone = bench.plan(date(2026, 3, 12), forum="leaders")
    with bench.city.database.reading() as session:
        assert find_next_day(session.connection(), bench.city.book, alone) is None


def test_a_years_preview_names_holidays_and_marks_what_is_provisional(bench: Bench) -> None:
    """P40: moved off a listed holiday by its name; a year without a table is marked; no day is lost."""
    with bench.city.database.reading() as session:
        rule = parse_rule("monthday:1;rest:next")
        year = preview(session.connection(), bench.city.book, rule, "2026-01")
        assert len(year) == 12
        beyond = preview(session.connection(), bench.city.book, rule, "2100-06")
        assert len(beyond) <= 12
    assert all(one.on is not None and one.on.strftime("%Y-%m") == one.month for one in year)
