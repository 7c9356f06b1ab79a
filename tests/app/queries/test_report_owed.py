"""Which reports are owed: the departments' counts, the list, the API, the pages that show them."""

from datetime import date, timedelta

import pytest
from sqlalchemy import event, update

from app.models.item import Item
from app.queries.report_owed import OwedCount, count_owed, find_reports, list_coming, list_owed, make_day
from tests.app.services.supervision.owing import report, reporting_task
from tests.city import NOW, City
from tests.client import Caller
from tests.sweeping import local, sweep

MONDAY = local(2026, 3, 9)
READERS = ("OFFICE",)


def _counts(city: City, today: date, readers: tuple[str, ...] = READERS, department: str = "") -> dict[str, list[int]]:
    """Return by department's name: reporting, owed, late, due soon."""
    with city.database.reading() as session:
        connection = session.connection()
        day = make_day(city.book.calendar(connection), today)
        rows: tuple[OwedCount, ...] = count_owed(
            connection, readers, day, city.departments[department] if department else None
        )
    return {str(row.department_name): [row.reporting, row.owed, row.late, row.due_soon] for row in rows}


def test_each_department_sees_how_many_it_owes(city: City) -> None:
    """Owed, of these late, and what ends within five working days, by department; a report moves them."""
    first, second = reporting_task(city), reporting_task(city, title="第二")
    monthly = city.project(lead="ENE", supports=())
    city.do("office1", monthly, "set_rhythm", {"rhythm": "monthly"})
    assert _counts(city, date(2026, 3, 2)) == {"交通局": [2, 0, 0, 2]}
    report(city, first, local(2026, 3, 3))
    assert _counts(city, date(2026, 3, 3)) == {"交通局": [2, 0, 0, 1]}
    sweep(city, MONDAY)
    assert _counts(city, date(2026, 3, 9)) == {"交通局": [2, 1, 0, 2]}
    assert _counts(city, date(2026, 3, 11)) == {"交通局": [2, 1, 1, 2]}
    with city.database.writing() as session:
        session.execute(update(Item).where(Item.id == monthly).values(state="in_progress"))
    assert _counts(city, date(2026, 3, 25)) == {"交通局": [2, 1, 1, 0], "能源局": [1, 0, 0, 1]}
    assert _counts(city, date(2026, 3, 25), department="ENE") == {"能源局": [1, 0, 0, 1]}
    assert _counts(city, date(2026, 3, 25), (f"D:{city.departments['POL']}",)) == {}
    city.do("office1", second, "suspend", {"reason": "等待"}, now=MONDAY)
    assert _counts(city, date(2026, 3, 11))["交通局"] == [1, 0, 0, 1]


@pytest.mark.parametrize(
    ("rhythm", "ends_on", "reported_on", "comes"),
    [
        ("monthly", date(2026, 3, 25), None, True),
        ("monthly", date(2026, 3, 25), date(2026, 2, 26), False),
        ("monthly", date(2026, 3, 25), date(2026, 2, 25), True),
        ("ten_day", date(2026, 3, 20), date(2026, 3, 10), True),
        ("ten_day", date(2026, 3, 20), date(2026, 3, 11), False),
        ("weekly", date(2026, 3, 22), date(2026, 3, 16), False),
        ("weekly", date(2026, 3, 29), None, False),
    ],
)
def test_what_ends_soon_knows_where_its_period_began(
    city: City, rhythm: str, ends_on: date, reported_on: date | None, *, comes: bool
) -> None:
    """On 18 March: a month ends with its cut-off day; a report before the period's first day does not count."""
    item_id = reporting_task(city, rhythm)
    at = None if reported_on is None else local(reported_on.year, reported_on.month, reported_on.day)
    with city.database.writing() as session:
        connection = session.connection()
        clock = update(Item.metadata.tables["item_clock"]).where(
            Item.metadata.tables["item_clock"].c.item_id == item_id
        )
        connection.execute(clock.values(report_ends_on=ends_on, reported_at=at))
        day = make_day(city.book.calendar(connection), date(2026, 3, 18))
        rows = list_coming(connection, READERS, day, [city.departments["TRA"]])
    assert [row.item_id for row in rows] == ([item_id] if comes else [])
    assert all(row.ends_on == ends_on and row.id is None for row in rows)


def test_pages_of_what_is_owed_show_each_once(city: City) -> None:
    """Page by page, the earliest limit first; an item's own page says the same; others read nothing."""
    ids = [reporting_task(city, title=f"事项{number}") for number in range(3)]
    for week in (1, 2):
        sweep(city, NOW + week * timedelta(days=7))
    with city.database.reading() as session:
        connection = session.connection()
        day = make_day(city.book.calendar(connection), date(2026, 3, 16))
        seen, cursor = [], None
        for _ in range(3):
            page = list_owed(connection, READERS, day, limit=2, cursor=cursor)
            seen += [(row.period, row.item_id, row.is_late) for row in page.rows]
            cursor = page.next_cursor
        assert cursor is None
        assert seen == [("2026-W10", i, True) for i in ids] + [("2026-W11", i, False) for i in ids]
        assert list_owed(connection, ("U:0",), day).rows == ()
        found = find_reports(connection, READERS, ids[0])
        assert found is not None
        assert [period for period, _ in found.owed] == ["2026-W10", "2026-W11"]
        assert find_reports(connection, ("U:0",), ids[0]) is None


def test_the_api_lists_what_is_owed(caller: Caller) -> None:
    """GET /reports/owed: counts and rows, by department; wrong input is named."""
    city = caller.city
    item_id = reporting_task(city)
    sweep(city, MONDAY)
    caller.clock.set(MONDAY)
    for login, path in (("office1", ""), ("office1", "?department=TRA"), ("tra_staff", "?department=交通局")):
        answer = caller.get(login, f"/reports/owed{path}")
        assert answer.status_code == 200, answer.text
        assert [(row["item_id"], row["period"], row["due_on"]) for row in answer.json["items"]] == [
            (item_id, "2026-W10", "2026-03-10")
        ]
        assert answer.json["items"][0]["period_label"] == {"zh": "2026年第10周", "en": "week 10 of 2026"}
        assert [(row["department_name"], row["owed"]) for row in answer.json["departments"]] == [("交通局", 1)]
    nothing: dict[str, object] = {"departments": [], "items": [], "next_cursor": None}
    assert caller.get("pol_head", "/reports/owed").json == nothing
    assert caller.get("office1", "/reports/owed?department=ENE").json == nothing
    for wrong in ("?department=无此局", "?limit=0", "?cursor=x", "?rhythm=weekly"):
        assert caller.get("office1", f"/reports/owed{wrong}").status_code == 422, wrong
    assert caller.get(None, "/reports/owed").status_code == 401


def test_the_counts_cost_one_statement(city: City) -> None:
    """However many departments and items: one statement for the counts, one for a page."""
    for number in range(3):
        reporting_task(city, title=f"事项{number}")
    sweep(city, MONDAY)
    statements: list[str] = []
    with city.database.reading() as session:
        connection = session.connection()
        day = make_day(city.book.calendar(connection), date(2026, 3, 9))
        listen = (city.database.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
        event.listen(*listen)
        count_owed(connection, READERS, day)
        list_owed(connection, READERS, day)
        event.remove(*listen)
    assert len(statements) == 2
