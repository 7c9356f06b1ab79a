"""Loading a calendar: what was computed moves and is audited, what was typed stays; a forecast stays provisional."""

import json
from datetime import date, datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy import delete, insert, select

from app.core.errors import ConflictError
from app.models.item import Item, ItemAccess, ItemClock
from app.models.record import Audit, Outbox
from app.models.rule import CalendarDay, CalendarYear
from app.policy import access
from app.queries.calendar import read_year
from app.services.calendar import Loading, load_table, provisional_years
from app.services.escalation.upkeep import missing_year, warn_of_calendar
from app.services.recording import Acting
from app.services.upgrade import store_rules
from config import ROOT
from tests.city import NOW, City
from tests.sweeping import assigned_task, episode_of, local, messages, running_task, sweep
from workflows.calendar_table import CalendarTable, read_table

SHIPPED = ROOT / "app" / "calendars" / "cn-2026.json"


def table(year: int = 2026, **more: Any) -> CalendarTable:  # noqa: ANN401  # a table's keys
    """Return a table; 2026 is the shipped one."""
    if year == 2026 and not more:
        return read_table(json.loads(SHIPPED.read_text(encoding="utf-8")))
    holidays = [{"name": "元旦", "from": f"{year}-01-01", "to": f"{year}-01-03", "working": []}]
    return read_table({"year": year, "source": "国办发明电", "holidays": holidays, **more})


def forget_2026(city: City) -> None:
    """Make 2026 a year without a table."""
    with city.database.writing() as session:
        session.execute(delete(CalendarDay).where(CalendarDay.table_year == 2026))
        session.execute(delete(CalendarYear).where(CalendarYear.year == 2026))
        loaded_at = datetime(2025, 12, 31, tzinfo=NOW.tzinfo)
        session.execute(insert(CalendarYear).values(year=2023, source="旧", loaded_at=loaded_at, is_forecast=False))


def load(city: City, loaded: CalendarTable, now: datetime = NOW) -> Loading:
    """Load a table as the office."""
    acting = Acting(city.people["office1"], "office")
    return city.database.write(lambda session: load_table(session, city.book, acting, now, loaded, source="test"))


def column(city: City, item_id: int, name: str) -> Any:  # noqa: ANN401  # a column's value
    """Return a column of an item."""
    with city.database.reading() as session:
        return session.execute(select(getattr(Item, name)).where(Item.id == item_id)).scalar_one()


def audits(city: City, action: str) -> list[tuple[int | None, Any, Any]]:
    """Return the audit rows of an action: (item, before, after)."""
    statement = select(Audit.item_id, Audit.before, Audit.after).where(Audit.action == action).order_by(Audit.id)
    with city.database.reading() as session:
        return [(row[0], row[1], row[2]) for row in session.execute(statement)]


def test_p29_a_load_moves_computed_dates_and_their_clocks(city: City) -> None:
    """P29: computed due dates across 10-01..10-07 move with readers' keys and clocks; typed and closed ones stay."""
    forget_2026(city)
    basis = {"from": "2026-09-28", "workdays": 5}
    # 2026-09-28 is a Monday; without a table five working days later is Monday 10-05.
    moved = running_task(city, title="计算的", due_on=date(2026, 10, 5), due_basis=basis)
    typed = running_task(city, title="手填的", due_on=date(2026, 10, 5))
    closed = city.task(title="已取消的", due_on=date(2026, 10, 5), due_basis=basis)
    city.do("office1", closed, "cancel", {"reason": "不办了"})
    before = city.version(moved)
    done = load(city, table())
    assert done.moved.due_dates == 1
    due_on = column(city, moved, "due_on")
    assert due_on == date(2026, 10, 10)
    assert column(city, moved, "original_due_on") == due_on
    assert column(city, typed, "due_on") == column(city, closed, "due_on") == date(2026, 10, 5)
    assert city.version(moved) == before
    episode = episode_of(city, moved, "due")
    assert (episode.anchor, episode.base_on) == ("2026-10-10", due_on)
    assert audits(city, "calendar.due") == [
        (
            moved,
            {"due_on": "2026-10-05", "original_due_on": "2026-10-05"},
            {"due_on": "2026-10-10", "original_due_on": "2026-10-10"},
        )
    ]
    with city.database.reading() as session:
        keys = session.execute(select(ItemAccess.due_key).where(ItemAccess.item_id == moved)).scalars().all()
        assert access.compare(session.connection()) == []
    assert set(keys) == {due_on}


def test_p29_a_load_moves_the_rungs_of_typed_dates_and_limits(city: City) -> None:
    """P29: escalation times of open items change with the calendar, receipt and idle limits too; all is audited."""
    forget_2026(city)
    start = local(2026, 9, 25, 10)
    item_id = city.task(due_on=date(2026, 10, 9))
    city.do("office1", item_id, "assign", now=start)
    idle = running_task(city, title="停滞", due_on=date(2027, 3, 1))
    sweep(city, local(2026, 9, 30))
    rung = episode_of(city, item_id, "due")
    assert rung.next_at == local(2026, 10, 6)
    idle_before = episode_of(city, idle, "idle").base_on
    done = load(city, table(), now=local(2026, 9, 30, 10))
    after = episode_of(city, item_id, "due")
    # Working days before Friday 10-09: 10-08, then 09-30 and 09-29 beyond the holiday.
    assert after.next_at == local(2026, 9, 29)
    assert after.base_on == date(2026, 10, 9)
    assert done.moved.instants > 0
    assert episode_of(city, idle, "idle").base_on >= idle_before
    rows = [row for row in audits(city, "calendar.rung") if row[0] == item_id]
    assert rows[-1][1:] == (
        {"next_at": "2026-10-06T01:00:00+00:00"},
        {"next_at": "2026-09-29T01:00:00+00:00"},
    )


def test_p29_limits_are_counted_anew(city: City) -> None:
    """P29: a receipt limit that runs over the holiday ends later once the arrangement is loaded."""
    forget_2026(city)
    item_id = city.task(due_on=date(2026, 12, 1))
    city.do("office1", item_id, "assign", now=local(2026, 9, 30, 10))
    assert episode_of(city, item_id, "receipt").base_on == date(2026, 10, 2)
    done = load(city, table(), now=local(2026, 9, 30, 11))
    assert done.moved.bases == 1
    receipt = episode_of(city, item_id, "receipt")
    # After 09-30: 10-08 and 10-09; the first rung on the make-up Saturday.
    assert (receipt.base_on, receipt.next_at) == (date(2026, 10, 9), local(2026, 10, 10))
    assert audits(city, "calendar.limit") == [(item_id, {"base_on": "2026-10-02"}, {"base_on": "2026-10-09"})]


def test_the_same_table_again_changes_nothing(city: City) -> None:
    """A load is idempotent: no day changes, nothing moves, one audit row says that it was loaded."""
    running_task(city)
    done = load(city, table())
    assert (done.days, done.moved.due_dates, done.moved.bases, done.moved.instants) == (0, 0, 0, 0)
    assert len(audits(city, "calendar.load")) == 1


def test_a_load_has_the_lights_judged_anew(city: City) -> None:
    """Lights count working days too: the next sweep judges those near the changed days."""
    forget_2026(city)
    item_id = running_task(city, due_on=date(2026, 10, 9))
    sweep(city, local(2026, 9, 29, 8))
    load(city, table(), now=local(2026, 9, 29, 9))
    assert sweep(city, local(2026, 9, 29, 10)).lights >= 1
    with city.database.reading() as session:
        row = session.execute(select(ItemClock.light, ItemClock.light_rule).where(ItemClock.item_id == item_id)).one()
    assert tuple(row) == ("yellow", "due_soon")


def test_p33_a_forecast_stays_provisional_until_the_official_table(city: City) -> None:
    """P33: days of a forecast count, its year stays provisional; the official table replaces it, never the reverse."""
    forecast = table(2027, forecast=True)
    load(city, forecast)
    with city.database.reading() as session:
        calendar = city.book.calendar(session.connection())
        assert not calendar.is_working(date(2027, 1, 1))
        assert calendar.is_provisional(date(2027, 1, 1))
        assert provisional_years(session.connection(), (2026, 2027)) == [2027]
        view = read_year(session, 2027)
    assert (view.is_official, view.is_forecast, len(view.days)) == (False, True, 3)
    load(city, table(2027))
    with city.database.reading() as session:
        assert not city.book.calendar(session.connection()).is_provisional(date(2027, 1, 1))
    with pytest.raises(ConflictError, match="year_is_official"):
        load(city, forecast)


def test_p33_an_upgrade_that_brings_the_year_takes_the_forecasts_place(city: City) -> None:
    """P33: a shipped official table replaces a forecast of its year at upgrade."""
    load(city, table(2027, forecast=True))
    with city.database.writing() as session:
        store_rules(session.connection(), local(2026, 12, 1), [table(2027)])
    with city.database.reading() as session:
        assert read_year(session, 2027).is_official


def test_a_day_in_two_tables_follows_the_newer_one(city: City) -> None:
    """A December day that next year's notice lists follows that; this year's table loaded again changes nothing."""
    holidays = [{"name": "元旦", "from": "2026-12-31", "to": "2027-01-02", "working": []}]
    newer = read_table({"year": 2027, "source": "新", "holidays": holidays})
    load(city, newer)
    older = {"name": "补班", "date": "2026-12-31", "isOffDay": False}
    payload = {"year": 2026, "days": [older, {"name": "元旦", "date": "2026-01-01", "isOffDay": True}]}
    load(city, read_table(payload))
    with city.database.reading() as session:
        kinds = {day.on_day: day.kind for day in read_year(session, 2026).days}
    assert kinds[date(2026, 12, 31)] == "holiday"


def test_p32_next_year_without_a_table_is_provisional_and_warned_of(city: City) -> None:
    """P32: no 500 in the new year, weekends are used, one warning a year from November on, dates move when it comes."""
    item_id = assigned_task(city, due_on=date(2027, 1, 4))
    with city.database.reading() as session:
        connection = session.connection()
        calendar = city.book.calendar(connection)
        far = calendar.add_workdays(date(2026, 11, 16), 60)
        assert calendar.is_provisional(far)
        assert missing_year(session, city.book, local(2026, 10, 31)) is None
        assert missing_year(session, city.book, local(2026, 11, 1)) == 2027
    assert sweep(city, local(2027, 1, 1, 9)).faults == ()
    for day in (2, 3):
        at = local(2026, 11, day, 3, 30)
        assert city.database.write(partial(warn_of_calendar, book=city.book, due_at=at, now=at)) == 2027
    with city.database.reading() as session:
        rows = session.execute(select(Outbox.recipient, Outbox.payload).where(Outbox.topic == "calendar.missing"))
        assert [tuple(row) for row in rows] == [("OFFICE", {"year": 2027})]
    next_at = episode_of(city, item_id, "due").next_at
    load(city, table(2027), now=local(2027, 1, 1, 10))
    assert episode_of(city, item_id, "due").next_at == next_at
    with city.database.reading() as session:
        assert missing_year(session, city.book, local(2026, 11, 4)) is None
    assert [row for row in messages(city, item_id) if row.payload["cause"] == "due"]
