"""Reports owed: set by a rhythm, closed by the sweep, answered by a report or a ledger; what of them is plausible."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from app.core.errors import InvalidError
from app.models.item import Item, Task
from tests.app.services.supervision.owing import (
    clock_of,
    episodes,
    lapsed,
    owed,
    periods,
    report,
    reporting_task,
    rows_of,
)
from tests.city import NOW, City
from tests.sweeping import local, messages, rungs, shown, sweep

WEEK = timedelta(days=7)
MONDAY = local(2026, 3, 9)


def test_p111_every_week_is_owed_once(city: City) -> None:
    """P111: from 2 March for five weeks, twice on one day: five periods, in order, none doubled."""
    item_id = reporting_task(city)
    for week in range(1, 6):
        sweep(city, NOW + week * WEEK)
        sweep(city, NOW + week * WEEK)
        sweep(city, NOW + week * WEEK + timedelta(hours=3))
    assert periods(city, item_id) == ["2026-W10", "2026-W11", "2026-W12", "2026-W13", "2026-W14"]
    assert [row.due_on.isoformat() for row in rows_of(city, item_id)][:2] == ["2026-03-10", "2026-03-17"]
    assert clock_of(city, item_id)[0] == date(2026, 4, 12)
    assert [episode.anchor for episode in episodes(city, item_id)] == periods(city, item_id)


def test_a_report_in_the_period_leaves_nothing_owed(city: City) -> None:
    """A report in the week answers the week before it is asked; the next week is asked for again."""
    item_id = reporting_task(city)
    report(city, item_id, local(2026, 3, 5))
    assert clock_of(city, item_id)[1] == local(2026, 3, 5)
    sweep(city, MONDAY)
    assert periods(city, item_id) == []
    sweep(city, MONDAY + WEEK)
    assert owed(city, item_id) == ["2026-W11"]


def test_a_report_within_the_limit_counts_for_the_period_owed_alone(city: City) -> None:
    """Sent on the Tuesday after, it answers the week before and does not excuse the running one."""
    item_id = reporting_task(city)
    sweep(city, MONDAY)
    report(city, item_id, local(2026, 3, 10, 17))
    assert owed(city, item_id) == []
    assert rows_of(city, item_id)[0].answered_at == local(2026, 3, 10, 17)
    assert episodes(city, item_id) == []
    sweep(city, MONDAY + WEEK)
    assert owed(city, item_id) == ["2026-W11"]


def test_a_late_report_counts_for_the_running_period_too(city: City) -> None:
    """After the limit it answers what is owed, and the week in which it comes has its report."""
    item_id = reporting_task(city)
    sweep(city, MONDAY)
    report(city, item_id, local(2026, 3, 11))
    sweep(city, MONDAY + WEEK)
    assert periods(city, item_id) == ["2026-W10"]


def test_a_report_before_the_late_sweep_counts_as_if_the_sweep_had_run(city: City) -> None:
    """On Monday before any sweep: the report closes the week first, then answers it."""
    item_id = reporting_task(city)
    report(city, item_id, MONDAY)
    assert [(row.period, row.answered_at) for row in rows_of(city, item_id)] == [("2026-W10", MONDAY)]
    sweep(city, MONDAY + timedelta(hours=1))
    sweep(city, MONDAY + WEEK)
    assert owed(city, item_id) == ["2026-W11"]


def test_a_submission_answers_everything_owed(city: City) -> None:
    """Handing the work in is the report; while it is checked no report is owed; returned, it is again."""
    item_id = reporting_task(city)
    sweep(city, MONDAY)
    sweep(city, MONDAY + WEEK)
    assert len(owed(city, item_id)) == 2
    city.do("tra_staff", item_id, "submit", {"evidence": "佐证"}, now=MONDAY + WEEK)
    assert owed(city, item_id) == []
    assert episodes(city, item_id) == []
    sweep(city, MONDAY + 2 * WEEK)
    assert owed(city, item_id) == []
    city.do("office1", item_id, "return", {"reason": "不全"}, now=MONDAY + 2 * WEEK)
    sweep(city, MONDAY + 3 * WEEK)
    assert owed(city, item_id) == ["2026-W13"]


def test_rungs_rise_while_a_report_is_missing(city: City) -> None:
    """One, three and six working days after the limit (Tuesday the 10th); the report ends it."""
    item_id = reporting_task(city)
    for at in (MONDAY, local(2026, 3, 10, 18)):
        sweep(city, at)
    assert rungs(city, item_id) == []
    sweep(city, local(2026, 3, 11))
    assert rungs(city, item_id) == [("report", 1, False)]
    sweep(city, local(2026, 3, 13))
    sweep(city, local(2026, 3, 18))
    mine = [rung for rung in rungs(city, item_id) if rung[0] == "report"]
    assert [level for _, level, _ in mine] == [1, 2, 3, 1]  # the last one is the second week's
    assert shown(city, item_id) == (3, "report")
    report(city, item_id, local(2026, 3, 18, 10))
    assert shown(city, item_id) == (0, None)
    assert messages(city, item_id)[0].recipient == f"U:{city.people['tra_staff']}"


def test_who_is_not_at_work_owes_nothing_and_the_period_rolls_on(city: City) -> None:
    """A draft with a rhythm and a received task owe nothing; begun, the task owes from that week on."""
    draft = city.task(report_rhythm="weekly", due_on=date(2026, 12, 31))
    received = city.task(report_rhythm="weekly", due_on=date(2026, 12, 31))
    city.do("office1", received, "assign")
    city.do("tra_head", received, "receive")
    assert clock_of(city, draft)[0] == date(2026, 3, 8)
    for week in range(1, 4):
        sweep(city, NOW + week * WEEK)
    assert (periods(city, draft), periods(city, received)) == ([], [])
    assert clock_of(city, draft)[0] == date(2026, 3, 29)
    city.do("tra_head", received, "start", now=NOW + 3 * WEEK)
    sweep(city, NOW + 4 * WEEK)
    assert (periods(city, draft), periods(city, received)) == ([], ["2026-W13"])


def test_a_pause_owes_nothing_for_periods_within_it(city: City) -> None:
    """Suspended over two Sundays, resumed on a Wednesday: that week owes again, the paused ones never."""
    item_id = reporting_task(city)
    city.do("office1", item_id, "suspend", {"reason": "等待"}, now=local(2026, 3, 4))
    for week in (1, 2):
        sweep(city, NOW + week * WEEK)
    city.do("office1", item_id, "resume", now=local(2026, 3, 18))
    assert periods(city, item_id) == []
    sweep(city, NOW + 3 * WEEK)
    assert periods(city, item_id) == ["2026-W12"]


def test_what_is_owed_waits_through_a_pause(city: City) -> None:
    """What was owed before the pause is owed after it; within it no rung rises."""
    item_id = reporting_task(city)
    sweep(city, MONDAY)
    city.do("office1", item_id, "suspend", {"reason": "等待"}, now=MONDAY)
    sweep(city, local(2026, 3, 20))
    assert (rungs(city, item_id), episodes(city, item_id), owed(city, item_id)) == ([], [], ["2026-W10"])
    city.do("office1", item_id, "resume", now=local(2026, 3, 23))
    assert [episode.anchor for episode in episodes(city, item_id)] == ["2026-W10"]


def test_a_pause_above_is_a_pause(city: City) -> None:
    """A task below a suspended project owes nothing for the weeks of the pause."""
    project = city.project()
    item_id = reporting_task(city, parent_id=project)
    with city.database.writing() as session:
        paused = {"state": "suspended", "paused_state": "in_progress", "state_since": local(2026, 3, 4)}
        session.execute(update(Item).where(Item.id == project).values(paused))
    sweep(city, MONDAY)
    assert periods(city, item_id) == []
    with city.database.writing() as session:
        running = {"state": "in_progress", "paused_state": None, "state_since": local(2026, 3, 3)}
        session.execute(update(Item).where(Item.id == project).values(running))
    sweep(city, MONDAY + WEEK)
    assert periods(city, item_id) == ["2026-W11"]


def test_after_a_long_stop_three_periods_are_owed_and_one_report_answers_them(city: City) -> None:
    """Ten weeks without a sweep: three owed, seven on record as lapsed, three messages at most; one report for all."""
    item_id = reporting_task(city)
    sweep(city, NOW + timedelta(hours=1))
    at = NOW + 10 * WEEK
    sweep(city, at)
    assert len(periods(city, item_id)) == 10
    assert owed(city, item_id) == ["2026-W17", "2026-W18", "2026-W19"]
    assert lapsed(city, item_id) == periods(city, item_id)[:7]
    assert [episode.anchor for episode in episodes(city, item_id)] == owed(city, item_id)
    assert len([row for row in messages(city, item_id) if row.payload["cause"] == "report"]) <= 3
    report(city, item_id, at + timedelta(hours=1))
    assert owed(city, item_id) == []
    sweep(city, at + timedelta(days=1))
    assert len(periods(city, item_id)) == 10


def test_a_late_sweep_judges_each_period_by_its_own_end(city: City) -> None:
    """No sweep for five weeks in which the task was paused for two and submitted over one: only the others are owed."""
    item_id = reporting_task(city)
    report(city, item_id, local(2026, 3, 3))
    city.do("office1", item_id, "suspend", {"reason": "等待"}, now=local(2026, 3, 10))
    city.do("office1", item_id, "resume", now=local(2026, 3, 24))
    city.do("tra_staff", item_id, "submit", {"evidence": "佐证"}, now=local(2026, 4, 3))
    city.do("office1", item_id, "return", {"reason": "不全"}, now=local(2026, 4, 7))
    sweep(city, local(2026, 4, 13))
    # W10 reported, W11 and W12 paused at their end, W13 missed (the submission answered it late), W14 submitted.
    assert [(row.period, row.answered_at) for row in rows_of(city, item_id)] == [
        ("2026-W13", local(2026, 4, 3)),
        ("2026-W15", None),
    ]


def begin(city: City) -> int:
    """Return a task that stands at 68 %."""
    task = city.task()
    city.do("office1", task, "assign")
    city.do("tra_head", task, "receive")
    city.do("tra_head", task, "start")
    city.do("tra_head", task, "report", {"text": "过半", "progress_pct": 68})
    return task


def read_pct(city: City, task: int) -> int | None:
    """Return the progress that stands."""
    with city.database.reading() as session:
        return session.execute(select(Task.progress_pct).where(Task.item_id == task)).scalar_one()


def test_less_than_last_time_wants_its_reason(city: City) -> None:
    """The fault names the field; with the reason it stands; the same or more is never asked about."""
    task = begin(city)
    with pytest.raises(InvalidError) as caught:
        city.do("tra_head", task, "report", {"text": "更正", "progress_pct": 20})
    assert [fault.field for fault in caught.value.faults] == ["lower_reason"]
    assert "68%" in caught.value.faults[0].sentence.zh
    assert read_pct(city, task) == 68
    city.do("tra_head", task, "report", {"text": "更正", "progress_pct": 20, "lower_reason": "上次误填"})
    assert read_pct(city, task) == 20
    city.do("tra_head", task, "report", {"text": "恢复", "progress_pct": 20})


def test_a_finish_in_the_past_is_refused_beside_a_lower_progress(city: City) -> None:
    """Every fault at once; today itself may be foreseen."""
    task = begin(city)
    today = NOW.astimezone(city.book.zone).date()
    past = (today - timedelta(days=1)).isoformat()
    with pytest.raises(InvalidError) as caught:
        city.do("tra_head", task, "report", {"text": "更正", "progress_pct": 20, "forecast_on": past})
    assert {fault.field for fault in caught.value.faults} == {"lower_reason", "forecast_on"}
    city.do("tra_head", task, "report", {"text": "今天完成", "forecast_on": today.isoformat()})
