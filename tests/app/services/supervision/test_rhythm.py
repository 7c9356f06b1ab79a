"""Rhythms of reports: set and changed, the cut-off, imports, wrong rules, what a closing costs."""

from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import event, func, insert, select, update

from app.core.errors import NotFoundError
from app.models.escalation import Episode
from app.models.item import Item, ItemClock
from app.models.ledger import ProgressSnapshot
from app.models.rule import RuleSet
from app.models.supervision import ReportOwed
from app.services.clocks import reset_episodes
from app.services.entering import NewItem
from app.services.loading import load
from app.services.recording import Acting
from app.services.rules import set_rule
from app.services.supervision.report_periods import close_periods
from app.services.supervision.reporting import answer_by_snapshots
from tests.app.services.supervision.owing import (
    clock_of,
    episodes,
    owed,
    periods,
    report,
    reporting_task,
    rows_of,
)
from tests.city import NOW, City
from tests.sweeping import local, rungs, running_task, sweep

WEEK = timedelta(days=7)
MONDAY = local(2026, 3, 9)


def test_a_rhythm_set_late_in_a_week_owes_from_the_next(city: City) -> None:
    """On Thursday four of seven days are left: this week; on Friday three: the next."""
    thursday = reporting_task(city, now=local(2026, 3, 5))
    friday = reporting_task(city, title="周五", now=local(2026, 3, 6))
    assert clock_of(city, thursday)[0] == date(2026, 3, 8)
    assert clock_of(city, friday)[0] == date(2026, 3, 15)
    sweep(city, MONDAY)
    assert (owed(city, thursday), owed(city, friday)) == (["2026-W10"], [])
    sweep(city, MONDAY + WEEK)
    assert owed(city, friday) == ["2026-W11"]


def test_a_rhythm_knows_the_report_of_the_day_before(city: City) -> None:
    """Reported on Tuesday, the rhythm set on Wednesday: the week has its report."""
    item_id = running_task(city)
    report(city, item_id, local(2026, 3, 3))
    assert clock_of(city, item_id) == (None, None)
    city.do("office1", item_id, "set_rhythm", {"rhythm": "weekly"}, now=local(2026, 3, 4))
    sweep(city, MONDAY)
    assert periods(city, item_id) == []


def test_no_rhythm_answers_what_is_owed(city: City) -> None:
    """Set to none, nothing is owed any more and nothing is closed."""
    item_id = reporting_task(city)
    sweep(city, MONDAY)
    city.do("office1", item_id, "set_rhythm", {"rhythm": "none"}, now=local(2026, 3, 10))
    assert (owed(city, item_id), episodes(city, item_id), clock_of(city, item_id)[0]) == ([], [], None)
    sweep(city, MONDAY + 2 * WEEK)
    assert periods(city, item_id) == ["2026-W10"]


def test_another_rhythm_keeps_what_is_owed_and_the_same_one_changes_nothing(city: City) -> None:
    """Weekly to monthly: the week stays owed, the month follows; the same again on a Friday gains no time."""
    item_id = reporting_task(city)
    city.do("office1", item_id, "set_rhythm", {"rhythm": "weekly"}, now=local(2026, 3, 6))
    assert clock_of(city, item_id)[0] == date(2026, 3, 8)
    # Monday before the sweep: the change closes the week first.
    city.do("office1", item_id, "set_rhythm", {"rhythm": "monthly"}, now=MONDAY)
    assert owed(city, item_id) == ["2026-W10"]
    assert [episode.anchor for episode in episodes(city, item_id)] == ["2026-W10"]
    assert clock_of(city, item_id)[0] == date(2026, 3, 31)
    sweep(city, local(2026, 4, 1))
    assert owed(city, item_id) == ["2026-W10", "2026-03"]


def test_ten_days_are_owed_by_the_third_of_a_month(city: City) -> None:
    """1-10, 11-20 and 21 to the month's end."""
    item_id = reporting_task(city, "ten_day")
    for at in (local(2026, 3, 11), local(2026, 3, 21), local(2026, 4, 1)):
        sweep(city, at)
    assert [(row.period, row.due_on) for row in rows_of(city, item_id)] == [
        ("2026-03-T1", date(2026, 3, 12)),
        ("2026-03-T2", date(2026, 3, 24)),
        ("2026-03-T3", date(2026, 4, 2)),
    ]


def test_projects_report_and_shares_do_not(city: City) -> None:
    """A project may be given a rhythm; a share has no such step and its reports ask for no clock."""
    project = city.project()
    city.do("office1", project, "set_rhythm", {"rhythm": "monthly"})
    assert clock_of(city, project)[0] == date(2026, 3, 31)
    item_id = city.task(supports=("ENE",))
    city.do("office1", item_id, "assign")
    with city.database.reading() as session:
        share = session.execute(select(Item.id).where(Item.parent_id == item_id)).scalar_one()
    with pytest.raises(NotFoundError):
        city.do("office1", share, "set_rhythm", {"rhythm": "weekly"})
    city.do("ene_head", share, "receive")
    city.do("ene_head", share, "start")
    city.do("ene_head", share, "report", {"text": "进展"})
    assert clock_of(city, share) == (None, None)


def test_a_closed_item_falls_asleep_and_wakes_re_opened(city: City) -> None:
    """Closed, its clock stops at the period's end; re-opened, the first sweep of the next day starts it again."""
    item_id = reporting_task(city)
    city.do("tra_staff", item_id, "submit", {"evidence": "佐证"}, now=local(2026, 3, 4))
    city.do("office1", item_id, "verify", now=local(2026, 3, 5))
    sweep(city, MONDAY)
    assert (clock_of(city, item_id)[0], periods(city, item_id)) == (None, [])
    city.do("office1", item_id, "reopen", {"reason": "复查"}, now=local(2026, 3, 17))
    sweep(city, local(2026, 3, 18))
    assert clock_of(city, item_id)[0] == date(2026, 3, 22)
    sweep(city, local(2026, 3, 23))
    assert owed(city, item_id) == ["2026-W12"]


def test_a_ledger_reports_by_its_own_dates(city: City) -> None:
    """A snapshot as of a day of the period is its report, come before or after the closing; a report's own is none."""
    before = reporting_task(city)
    after = reporting_task(city, title="后到")
    city.do("tra_staff", after, "report", {"text": "进展", "progress_pct": 30}, now=local(2026, 3, 3))

    def bring(item_id: int, on: date) -> None:
        with city.database.writing() as session:
            row = {"item_id": item_id, "as_of_on": on, "progress_pct": 50, "raw": None}
            session.execute(insert(ProgressSnapshot), [row])

    bring(before, date(2026, 3, 8))
    sweep(city, MONDAY)
    assert (periods(city, before), periods(city, after)) == ([], [])
    sweep(city, MONDAY + WEEK)
    assert (owed(city, before), owed(city, after)) == (["2026-W11"], ["2026-W11"])
    bring(after, date(2026, 3, 8))
    with city.database.writing() as session:
        answer_by_snapshots(session.connection(), city.book, [before, after], MONDAY + WEEK)
    assert owed(city, after) == ["2026-W11"]  # it speaks of the week before
    bring(after, date(2026, 3, 15))
    with city.database.writing() as session:
        answer_by_snapshots(session.connection(), city.book, [before, after], MONDAY + WEEK)
        answer_by_snapshots(session.connection(), city.book, [before, after], MONDAY + WEEK)
    assert (owed(city, before), owed(city, after)) == (["2026-W11"], [])
    assert episodes(city, after) == []


def test_the_closing_opens_what_a_step_would_open(city: City) -> None:
    """The set-based episodes equal those of `clocks.reset_episodes`, also where a ledger's clocks count from a day."""
    plain = reporting_task(city)
    floored = reporting_task(city, title="台账")
    with city.database.writing() as session:
        clock = update(ItemClock).where(ItemClock.item_id == floored)
        session.execute(clock.values(escalate_from=date(2026, 3, 20)))
    sweep(city, MONDAY)

    def opened() -> list[tuple[object, ...]]:
        return [
            (e.item_id, e.anchor, e.base_on, e.ladder_id, e.next_level, e.next_at)
            for item_id in (plain, floored)
            for e in episodes(city, item_id)
        ]

    ours = opened()
    with city.database.writing() as session:
        connection = session.connection()
        session.execute(Episode.__table__.delete())  # type: ignore[attr-defined]
        for item_id in (plain, floored):
            item = load(connection, item_id)
            machine = city.book.machine(connection, item.kind, item.workflow_version)
            reset_episodes(connection, city.book, machine, item, MONDAY)
    assert opened() == ours
    assert [row[2] for row in ours] == [date(2026, 3, 10), date(2026, 3, 20)]


def test_the_next_sweep_puts_right_what_a_step_at_the_same_moment_left(city: City) -> None:
    """An episode that lacks is opened, one that is due without being owed is ended before it raises."""
    item_id = reporting_task(city)
    answered = reporting_task(city, title="已答")
    sweep(city, MONDAY)
    with city.database.writing() as session:
        lost = update(Episode).where(Episode.item_id == item_id, Episode.cause == "report")
        session.execute(lost.values(ended_at=MONDAY, next_at=None))
        rows = update(ReportOwed).where(ReportOwed.item_id == answered)
        session.execute(rows.values(answered_at=MONDAY + timedelta(hours=1)))
    sweep(city, local(2026, 3, 11))
    assert rungs(city, item_id) == [("report", 1, False)]
    assert (rungs(city, answered), episodes(city, answered)) == ([], [])


def _set_cutoff(city: City, value: str) -> None:
    acting = Acting(city.people["office1"], "office")
    city.database.write(
        lambda session: set_rule(
            session, book=city.book, acting=acting, now=NOW, key="terms.report_cutoff_day", value=value, from_on=None,
            note="", apply_open=True, source="test",
        )
    )  # fmt: skip


def test_a_monthly_report_is_owed_by_the_cutoff(city: City) -> None:
    """With the 25th as cut-off March ends on the 25th; what is reported on the 30th counts for April."""
    _set_cutoff(city, "25")
    item_id = reporting_task(city, "monthly")
    assert clock_of(city, item_id)[0] == date(2026, 3, 25)
    sweep(city, local(2026, 3, 26))
    assert [(row.period, row.due_on) for row in rows_of(city, item_id)] == [("2026-03", date(2026, 3, 27))]
    report(city, item_id, local(2026, 3, 30))
    assert owed(city, item_id) == []
    sweep(city, local(2026, 4, 26))
    assert owed(city, item_id) == []  # the report of the 30th, after the limit, is April's too


def test_a_new_cutoff_keeps_the_running_month(city: City) -> None:
    """Set in the middle of a month: the month that runs is closed under its name, the next by the new day."""
    item_id = reporting_task(city, "monthly")
    _set_cutoff(city, "25")
    sweep(city, local(2026, 4, 1))
    sweep(city, local(2026, 4, 26))
    assert periods(city, item_id) == ["2026-03", "2026-04"]
    _set_cutoff(city, "0")
    sweep(city, local(2026, 5, 26))
    assert periods(city, item_id) == ["2026-03", "2026-04"]
    sweep(city, local(2026, 6, 1))
    assert periods(city, item_id) == ["2026-03", "2026-04", "2026-05"]


def test_a_rule_that_cannot_be_read_is_told_and_stops_nothing_else(city: City) -> None:
    """One rule set is broken: its items are named as a fault and wait; those of the other close."""
    broken, sound = reporting_task(city), reporting_task(city, title="正常")
    with city.database.writing() as session:
        body = session.execute(select(RuleSet.body).order_by(RuleSet.id.desc()).limit(1)).scalar_one()
        worse = {**body, "terms": {"report_limit": "两天"}}
        wrong = insert(RuleSet).values(effective_on=date(2030, 1, 1), note="", body=worse, created_at=NOW)
        rule_set_id = session.execute(wrong.returning(RuleSet.id)).scalar_one()
        session.execute(update(Item).where(Item.id == broken).values(rule_set_id=rule_set_id))
    result = sweep(city, MONDAY)
    told = [fault for fault in result.faults if fault["kind"] == "report"]
    assert [fault["items"] for fault in told] == [[broken]]
    assert (owed(city, broken), owed(city, sound)) == ([], ["2026-W10"])
    assert clock_of(city, broken)[0] == date(2026, 3, 8)


def test_an_item_entered_with_a_rhythm_owes_by_it(city: City) -> None:
    """What a form or a file enters with a rhythm has its clock at once; one entered as closed has none."""
    new = NewItem("task", "每月报告", city.departments["TRA"], report_rhythm="monthly", due_on=date(2026, 9, 1))
    done = NewItem("task", "已办", city.departments["TRA"], report_rhythm="monthly", state="done")
    ids = city.enter(new, done)
    assert [clock_of(city, item_id)[0] for item_id in ids] == [date(2026, 3, 31), None]


def test_a_rhythm_taken_away_behind_the_step_stops_the_clock(city: City) -> None:
    """An item whose rhythm is gone while its clock runs owes nothing; the clock stops."""
    item_id = reporting_task(city)
    with city.database.writing() as session:
        session.execute(update(Item).where(Item.id == item_id).values(report_rhythm=None))
    sweep(city, MONDAY)
    assert (periods(city, item_id), clock_of(city, item_id)[0]) == ([], None)


def test_the_statements_of_a_closing_do_not_grow_with_the_items(city: City) -> None:
    """Two items and thirty of one rhythm and period cost the same number of statements."""
    counted: list[int] = []

    def count(*_: object) -> None:
        counted[-1] += 1

    for size, at in ((2, MONDAY), (28, MONDAY + WEEK)):
        ids = city.enter(*[
            NewItem("task", f"批量{number}", city.departments["TRA"], report_rhythm="weekly", state="in_progress")
            for number in range(size)
        ], now=at - timedelta(days=6))  # fmt: skip
        counted.append(0)
        event.listen(city.database.engine, "before_cursor_execute", count)
        assert city.database.write(partial(close_periods, book=city.book, at=at)) == []
        event.remove(city.database.engine, "before_cursor_execute", count)
        assert all(owed(city, item_id) for item_id in ids)
    assert counted[0] == counted[1]
    with city.database.reading() as session:
        assert session.execute(select(func.count()).select_from(ReportOwed)).scalar_one() == 32
