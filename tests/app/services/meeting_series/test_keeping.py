"""A series is changed, ended, moved by a calendar: planned meetings follow, notified ones stay, none is lost."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, StaleError
from app.models.record import Outbox
from app.services.meeting.series.founding import Ended, SeriesDraft, change_series, end_series, found_series
from app.services.meeting.series.keeping import Kept
from tests.app.services.meeting_series.bench import days, draft, found, load, meetings, run
from tests.city import City
from tests.meeting import Bench
from tests.messaging import read

HOLIDAY = {"year": 2026, "source": "made up", "holidays": [
    {"name": "防汛假", "from": "2026-04-13", "to": "2026-04-17"}]}  # fmt: skip


@pytest.fixture
def bench(city: City) -> Bench:
    """Give the made-up group."""
    return Bench.found(city)


def change(bench: Bench, series_id: int, version: int = 1, login: str = "office1", **more: Any) -> tuple[int, Kept]:  # noqa: ANN401
    """Change a series."""
    new = draft(**more)
    return bench.by(
        login, lambda act, actor: change_series(act, bench.city.book, actor, series_id, new, version, "改为周四")
    )


def end(bench: Bench, series_id: int, version: int, month: str) -> Ended:
    """End a series."""
    return bench.by("office1", lambda act, actor: end_series(act, actor, series_id, version, month, "改为季度会"))


def notify(bench: Bench, meeting_id: int) -> None:
    """Bring a meeting to where its notice is out."""
    if bench.state(meeting_id) == "planned":
        bench.do("office1", meeting_id, "call_topics")
    bench.put(meeting_id)
    bench.notify(meeting_id)


def test_every_fault_of_a_series_at_once(bench: Bench) -> None:
    """Bad input: each fault beside its field, in both languages."""
    wrong = SeriesDraft(
        "", "council", "weekday:6:tue", "25:00", "2026-13", every="13", anchor="2026-01", policy="never",
        duration_minutes=5, last_month="1999-01", call_workdays=-1,
    )  # fmt: skip
    with pytest.raises(InvalidError) as refused:
        bench.by("office1", lambda act, actor: found_series(act, actor, bench.group_id, wrong))
    assert {one.field for one in refused.value.faults} == {
        "name", "forum", "day", "every", "policy", "starts", "duration_minutes", "first_month", "last_month",
        "call_workdays",
    }  # fmt: skip
    with pytest.raises(InvalidError) as refused:
        found(bench, cutoff_workdays=2, notice_workdays=3)
    assert [one.field for one in refused.value.faults] == ["cutoff_workdays"]


def test_the_office_alone_founds_and_nobody_sees_what_is_not_theirs(bench: Bench) -> None:
    """403 for who reads the group, 404 for what is no group; a stale version is refused."""
    with pytest.raises(ForbiddenError):
        bench.by("ene_head", lambda act, actor: found_series(act, actor, bench.group_id, draft()))
    task_id = bench.city.task()
    with pytest.raises(NotFoundError):
        bench.by("office1", lambda act, actor: found_series(act, actor, task_id, draft()))
    series_id = found(bench)
    with pytest.raises(StaleError):
        change(bench, series_id, 7)
    with pytest.raises(NotFoundError):
        change(bench, 4711)


def test_a_changed_rule_moves_what_nobody_was_told_of(bench: Bench) -> None:
    """Planned ones move with day, time, place and dates; notified and hand-moved ones stay and are named."""
    series_id = found(bench)
    run(bench)
    march, april = (row.id for row in meetings(bench))
    notify(bench, march)
    version, kept = change(bench, series_id, day="weekday:3:thu", starts="9:00", duration_minutes=60, place="1号会议室")
    assert (version, kept.moved, [(one.meeting_id, one.why) for one in kept.stays]) == (
        2, (april,), [(march, "notified")],
    )  # fmt: skip
    assert days(bench) == {"2026-03": date(2026, 3, 10), "2026-04": date(2026, 4, 16)}
    row = meetings(bench)[1]
    assert (row.ends_at - row.starts_at).seconds == 3600
    assert (row.place, row.planned_on, row.notice_on) == ("1号会议室", date(2026, 4, 14), date(2026, 4, 13))
    assert "改为周四" in str(row.moved_reason)
    bench.do("office1", april, "reschedule", day="2026-04-20", reason="场地冲突")
    version, kept = change(bench, series_id, 2, day="weekday:2:tue")
    assert (kept.moved, {one.why for one in kept.stays}) == ((), {"by_hand"})
    assert days(bench)["2026-04"] == date(2026, 4, 20)
    assert change(bench, series_id, version, day="weekday:2:tue") == (version, Kept())


def test_a_rhythm_that_leaves_months_out_loses_no_meeting(bench: Bench) -> None:
    """April is outside the new rhythm: its meeting stays for the office to cancel."""
    series_id = found(bench)
    run(bench)
    april = meetings(bench)[1].id
    _, kept = change(bench, series_id, every="3", anchor="2026-03")
    assert [(one.meeting_id, one.why) for one in kept.stays] == [(april, "no_day")]
    assert days(bench)["2026-04"] == date(2026, 4, 14)


def test_an_ended_series_cancels_nothing_and_plans_no_more(bench: Bench) -> None:
    """What was planned behind the last month is named and stays; ended earlier already is refused."""
    series_id = found(bench)
    run(bench)
    april = meetings(bench)[1].id
    assert end(bench, series_id, 1, "2026-03") == Ended(2, (april,))
    assert bench.state(april) == "planned"
    bench.at(date(2026, 4, 20))
    run(bench)
    assert list(days(bench)) == ["2026-03", "2026-04"]
    with pytest.raises(ConflictError):
        end(bench, series_id, 2, "2026-08")
    with pytest.raises(InvalidError):
        end(bench, series_id, 2, "2025-08")


def test_a_calendar_moves_planned_meetings_and_tells_of_notified_ones(bench: Bench) -> None:
    """P40, P37: the holiday moves April's meeting with its reason, once; a notified one stays and the office hears."""
    found(bench)
    run(bench)
    _, april = (row.id for row in meetings(bench))
    load(bench, HOLIDAY)
    assert run(bench).moved > 0
    assert days(bench)["2026-04"] == date(2026, 4, 20)
    row = meetings(bench)[1]
    assert "防汛假" in str(row.moved_reason)
    assert (row.planned_on, bench.state(april)) == (date(2026, 4, 14), "planned")
    assert run(bench).moved == 0
    load(bench, {"year": 2026, "source": "corrected", "holidays": [
        {"name": "劳动节", "from": "2026-05-01", "to": "2026-05-01"}]})  # fmt: skip
    assert run(bench).moved > 0  # the product's own move is no hand's: it follows again
    assert days(bench)["2026-04"] == date(2026, 4, 14)
    bench.at(date(2026, 4, 1))
    notify(bench, april)
    load(bench, HOLIDAY)
    assert (run(bench).told, run(bench).told) == (1, 0)
    assert days(bench)["2026-04"] == date(2026, 4, 14)
    told = read(bench.city, select(Outbox.payload).where(Outbox.topic == "meeting.off_day"))
    assert [(one.payload["why"], one.payload["rule_on"]) for one in told] == [("notified", "2026-04-20")]


def test_a_cancelled_occurrence_keeps_its_day_and_the_others(bench: Bench) -> None:
    """P39: cancelled, it shows the day for which it was planned; P38: the other months are untouched."""
    found(bench)
    run(bench)
    march = meetings(bench)[0].id
    bench.do("office1", march, "cancel", reason="无议题")
    run(bench)
    rows = meetings(bench)
    assert [(row.month, row.state, row.planned_on) for row in rows] == [
        ("2026-03", "cancelled", date(2026, 3, 10)), ("2026-04", "planned", date(2026, 4, 14)),
    ]  # fmt: skip
