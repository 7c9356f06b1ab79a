"""Tables of days off: both shapes, every fault at once, the shipped files against the public collection."""

import json
import os
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest

from workflows.calendar_table import (
    CalendarDay,
    CalendarTable,
    CalendarTableError,
    TableFault,
    merge_tables,
    read_table,
)

ROOT = Path(__file__).resolve().parents[2]
TEST_DATA = Path(os.environ.get("LIANBAN_TEST_DATA") or ROOT.parent / "shared" / "data")


def refuse(payload: object) -> list[tuple[str, str]]:
    with pytest.raises(CalendarTableError) as caught:
        read_table(payload)
    return [(fault.place, fault.code) for fault in caught.value.faults]


def table_of(*days: Mapping[str, object], year: object = 2026) -> dict[str, object]:
    return {"year": year, "days": list(days)}


def day(on: object, *, is_off: object = True, name: object = "元旦") -> dict[str, object]:
    return {"name": name, "date": on, "isOffDay": is_off}


def holiday(first_on: object, last_on: object, *working: object, name: object = "元旦") -> dict[str, object]:
    return {"name": name, "from": first_on, "to": last_on, "working": list(working)}


@pytest.mark.realdata
@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_shipped_tables_equal_the_public_collection(year: int) -> None:
    """DOMAIN 2.7: the shipped years list the same days under the same names as holiday-cn."""
    folder = TEST_DATA / "holiday-cn"
    assert folder.is_dir(), f"{folder} is missing: set LIANBAN_TEST_DATA to the folder of the real ledgers"
    public = read_table(json.loads((folder / f"{year}.json").read_text(encoding="utf-8")))
    shipped = read_table(json.loads((ROOT / f"app/calendars/cn-{year}.json").read_text(encoding="utf-8")))
    assert shipped.year == public.year == year
    assert shipped.days == public.days
    assert f"国务院办公厅关于{year}年部分节假日安排的通知" in shipped.source
    assert "gov.cn/zhengce/" in public.source


def test_both_shapes_say_the_same() -> None:
    """DOMAIN 2.7: a holiday with its make-up days, told by holiday or by day."""
    by_holiday = read_table(
        {"year": 2026, "source": " 通知 ", "holidays": [holiday("2026-01-01", "2026-01-03", "2026-01-04")]}
    )
    days = [day("2026-01-04", is_off=False), day("2026-01-03"), day("2026-01-01"), day("2026-01-02")]
    by_day = read_table({"$id": "x", "year": 2026, "papers": ["a", "b"], "days": days})
    assert by_holiday.days == by_day.days
    assert by_day.days[-1] == CalendarDay(date(2026, 1, 4), "元旦", working=True)
    assert (by_holiday.source, by_day.source) == ("通知", "a\nb")
    assert read_table(table_of(*days)).source == ""


def test_a_holiday_without_make_up_days_needs_no_key() -> None:
    """DOMAIN 2.7: Dragon Boat 2024 is one day without make-up days."""
    entry = {"name": "端午节", "from": "2024-06-10", "to": "2024-06-10"}
    table = read_table({"year": 2024, "holidays": [entry]})
    assert table.days == (CalendarDay(date(2024, 6, 10), "端午节", working=False),)


def test_p32_an_empty_table_is_not_published() -> None:
    """P32, SOURCES 6: holiday-cn ships next year's file empty; that is no year without holidays."""
    with pytest.raises(CalendarTableError, match="the days of 2027 are not published yet: the list is empty"):
        read_table({"year": 2027, "papers": [], "days": []})
    assert refuse({"year": 2027, "holidays": []}) == [("holidays", "not_published")]
    assert refuse({"year": "x", "days": []}) == [("year", "not_a_year"), ("days", "not_published")]


def test_neighbouring_years_weekday_make_ups_and_weekend_days_off_are_accepted() -> None:
    """SOURCES 6: 2022-12-31 stands in the file of 2023; a weekday may be made up, a Saturday be off."""
    days = [
        day("2022-12-31"),
        day("2023-01-01"),
        day("2023-01-04", is_off=False),
        day("2023-01-07"),
        day("2022-12-01", is_off=False),
        day("2024-01-31"),
    ]
    assert len(read_table(table_of(*days, year=2023)).days) == 6


def test_a_day_told_twice_keeps_both_names() -> None:
    """SOURCES 6 (combined names): the same day under two holidays is one day."""
    days = [
        day("2025-10-06", name="国庆节"),
        day("2025-10-06", name="中秋节"),
        day("2025-10-06", name="国庆节"),
    ]
    table = read_table(table_of(*days, year=2025))
    assert table.days == (CalendarDay(date(2025, 10, 6), "国庆节、中秋节", working=False),)


def test_contradictions_are_faults() -> None:
    """P31: a day cannot be off and made up for in the same table."""
    assert refuse(table_of(day("2026-01-04"), day("2026-01-04", is_off=False))) == [("days[1].date", "contradiction")]
    own = [holiday("2026-01-01", "2026-01-04", "2026-01-04"), holiday("2026-01-04", "2026-01-04")]
    assert refuse({"year": 2026, "holidays": own}) == [("holidays[0].working[0]", "contradiction")]


def test_every_fault_is_told_at_once_with_its_place() -> None:
    """STYLE "nothing is skipped in silence": one reading of a file tells all that is wrong."""
    faults = refuse(
        {
            "year": 2026,
            "papers": ["a", 3],
            "forecast": "no",
            "day": 1,
            "days": [
                day("2026-02-30"),
                day("20260101"),
                day(None),
                day("2025-11-30"),
                day("2027-02-01"),
                day("2026-01-01", is_off=1),
                day("2026-01-02", name=" "),
                {"name": "元旦", "date": "2026-01-03"},
                {"name": "元旦", "isOffDay": True, "isOfDay": True},
                "2026-01-01",
            ],
        }
    )
    assert faults == [
        ("", "unknown"),
        ("days[0].date", "not_a_date"),
        ("days[1].date", "not_a_date"),
        ("days[2].date", "not_a_date"),
        ("days[3].date", "other_year"),
        ("days[4].date", "other_year"),
        ("days[5].isOffDay", "not_a_flag"),
        ("days[6].name", "not_a_name"),
        ("days[7]", "missing"),
        ("days[8]", "missing"),
        ("days[8]", "unknown"),
        ("days[9]", "not_an_object"),
        ("papers", "not_a_text"),
        ("forecast", "not_a_flag"),
    ]


def test_faults_of_our_own_shape() -> None:
    """STYLE "a refusal has a code and a sentence": a holiday that runs backwards, too long, misspelt."""
    entries = [
        holiday("2026-01-03", "2026-01-01"),
        holiday("2026-01-01", "2026-10-07"),
        holiday("2026-01-01", None, None),
        {"name": "元旦", "from": "2026-01-01", "workng": []},
        {"name": "元旦", "from": "2026-01-01", "to": "2026-01-01", "working": "2026-01-04"},
        {"name": "元旦", "to": "2026-01-01"},
    ]
    assert refuse({"year": 2026, "source": 7, "holidays": entries}) == [
        ("holidays[0].to", "ends_before"),
        ("holidays[1].to", "too_long"),
        ("holidays[2].to", "not_a_date"),
        ("holidays[2].working[0]", "not_a_date"),
        ("holidays[3]", "missing"),
        ("holidays[3]", "unknown"),
        ("holidays[4].working", "not_a_list"),
        ("holidays[5]", "missing"),
        ("source", "not_a_text"),
    ]


@pytest.mark.parametrize("odd", ["\0", "a\x1b[31m", "\ud800", "a\udfff"])
def test_texts_that_no_database_keeps_are_faults(odd: str) -> None:
    """Control characters and half characters in a name or a source, which JSON can spell, are named by their place."""
    payload = {"year": 2026, "source": odd, "days": [day("2026-01-01", name=f"元旦{odd}")]}
    with pytest.raises(CalendarTableError) as caught:
        read_table(payload)
    assert [(fault.place, fault.code) for fault in caught.value.faults] == [
        ("days[0].name", "not_a_name"), ("source", "not_a_text"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ([], [("", "not_an_object"), ("", "one_shape")]),
        ({"days": [day("2026-01-01")]}, [("", "missing")]),
        ({"year": 2026}, [("", "one_shape")]),
        ({"year": 2026, "days": [], "holidays": []}, [("", "one_shape")]),
        ({"year": 2026, "days": {}}, [("days", "not_a_list")]),
        ({"year": 2026, "papers": "a", "days": [day("2026-01-01")]}, [("papers", "not_a_list")]),
        (table_of(day("2026-01-01"), year=True), [("year", "not_a_year")]),
        (table_of(day("2026-01-01"), year=None), [("year", "not_a_year")]),
        (table_of(day("2026-01-01"), year=1989), [("year", "not_a_year")]),
        (table_of(day("2026-01-01"), year=2101), [("year", "not_a_year")]),
        (table_of(day("1989-12-31"), year=1990), [("days[0].date", "other_year")]),
        (table_of(day("2101-01-01"), year=2100), [("days[0].date", "other_year")]),
        (table_of(day("2025-12-31"), year=2026), [("year", "no_day_of_year")]),
    ],
)
def test_wrong_tables_are_refused(payload: object, expected: list[tuple[str, str]]) -> None:
    """STYLE "a refusal has a code and a sentence": what is no table of a year at all."""
    assert refuse(payload) == expected


def test_a_month_without_a_working_day_is_refused() -> None:
    """A calendar without working days would let every limit run for ever: each such month is named."""
    first = date(2026, 3, 1)
    march = [{"name": "假", "date": (first + timedelta(n)).isoformat(), "isOffDay": True} for n in range(31)]
    with pytest.raises(CalendarTableError) as caught:
        read_table({"year": 2026, "days": march})
    assert [(fault.place, fault.code) for fault in caught.value.faults] == [("days", "no_working_day")]
    assert "2026-03" in str(caught.value)
    worked = [{**day, "isOffDay": day["date"] != "2026-03-31"} for day in march]
    assert read_table({"year": 2026, "days": worked}).year == 2026


def test_the_error_reads_line_by_line() -> None:
    """STYLE "Errors": the message of the exception lists place and sentence of each fault."""
    error = CalendarTableError([TableFault("days[0].date", "a", "one."), TableFault("", "b", "two.")])
    assert str(error) == "days[0].date: one.\ntwo."
    assert isinstance(error, ValueError)


def test_merging_gives_what_a_calendar_takes() -> None:
    """DOMAIN 2.7: days off, days worked, published years; the newer notice decides about a shared day."""
    older = read_table(table_of(day("2022-12-31", is_off=False), day("2022-10-01"), year=2022))
    newer = read_table(table_of(day("2022-12-31"), day("2023-01-28", is_off=False), year=2023))
    off, on, official_years = merge_tables([newer, older])
    assert off == {date(2022, 10, 1), date(2022, 12, 31)}
    assert on == {date(2023, 1, 28)}
    assert official_years == {2022, 2023}
    assert merge_tables([]) == (frozenset(), frozenset(), frozenset())


def test_p33_a_forecast_publishes_nothing() -> None:
    """P33: forecast days count in their own year only, which stays provisional; published days stand."""
    official = read_table(table_of(day("2026-01-01"), day("2027-01-02", is_off=False)))
    guess = [day("2026-12-31"), day("2027-01-01"), day("2027-01-02")]
    forecast = read_table({**table_of(*guess, year=2027), "forecast": True})
    off, on, official_years = merge_tables([official, forecast])
    assert forecast.forecast
    assert off == {date(2026, 1, 1), date(2027, 1, 1)}
    assert on == {date(2027, 1, 2)}
    assert official_years == {2026}


def test_two_tables_of_a_year_are_refused() -> None:
    """P29: a new arrangement replaces the old one; both at once are a fault."""
    table = CalendarTable(2026, (CalendarDay(date(2026, 1, 1), "元旦", working=False),), "")
    other = CalendarTable(2026, (), "")
    with pytest.raises(CalendarTableError, match=r"tables\[1\].year: there is another table for 2026"):
        merge_tables([table, other])
