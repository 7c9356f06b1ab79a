"""The days of meeting series: known vectors, the cases of the field, nonsense (P36, P40, P41, DOMAIN 2.7)."""

import json
import os
from datetime import date
from pathlib import Path

import pytest

from tests.workflows.calendars import CHINA, SHANGHAI, SHIPPED, build, run
from workflows.calendar import Calendar
from workflows.calendar_table import CalendarTable, merge_tables, read_table
from workflows.hours import Hours
from workflows.meeting.recurrence import (
    COUNT_MAX,
    KIND_LABELS,
    REST_LABELS,
    Occurrence,
    RestPolicy,
    RuleFault,
    RuleKind,
    SeriesRule,
    WrongRuleError,
    describe,
    occurrences,
    parse_rule,
    read_rule,
)
from workflows.words import Text

ROOT = Path(__file__).resolve().parents[3]
TEST_DATA = Path(os.environ.get("LIANBAN_TEST_DATA") or ROOT.parent / "shared" / "data")
FREE = build(official_years=range(1990, 2101), weekend=())


def find_days(rule: str, first_month: str, count: int, calendar: Calendar = CHINA) -> list[str | None]:
    found = occurrences(parse_rule(rule), calendar, first_month, count)
    return [one.on.isoformat() if one.on else None for one in found]


def find_one(rule: str, month: str, calendar: Calendar = CHINA, name: str = "") -> Occurrence:
    found = occurrences(parse_rule(rule), calendar, month, 1)[0]
    names = {found.nominal_on: name} if name else None
    (found,) = occurrences(parse_rule(rule), calendar, month, 1, names)
    assert found.month == month
    return found


def refuse(text: str) -> list[str]:
    with pytest.raises(WrongRuleError) as caught:
        parse_rule(text)
    return [fault.place for fault in caught.value.faults]


@pytest.mark.parametrize("day", [29, 30, 31])
def test_a_month_without_the_day_meets_on_its_last_one(day: int) -> None:
    """P36: twelve meetings in twelve months, the short ones on their last day, and that is said."""
    found = occurrences(parse_rule(f"monthday:{day};rest:keep"), FREE, "2026-01", 12)
    lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    assert [one.on for one in found] == [
        date(2026, month, min(day, length)) for month, length in enumerate(lengths, start=1)
    ]
    assert [one.is_short for one in found] == [length < day for length in lengths]
    assert [one.reason is not None for one in found] == [length < day for length in lengths]
    assert found[1].reason == Text(
        f"2026年2月没有{day}日，取最后一天（28日）。",
        f"February 2026 has no {day}{'st' if day == 31 else 'th'}: its last day is taken, the 28th.",
    )


def test_a_leap_year_has_the_29th() -> None:
    """P36: 29 February is an ordinary day where there is one."""
    assert find_days("monthday:29;rest:keep", "2028-02", 1) == ["2028-02-29"]
    assert find_days("monthday:31;rest:keep", "2028-02", 1) == ["2028-02-29"]


def test_the_first_of_2024_moves_to_the_next_working_day() -> None:
    """P40: 6 May, 3 June, 8 October, one a month, and the reason names the holiday."""
    assert find_days("monthday:1;rest:next", "2024-01", 12) == [
        "2024-01-02", "2024-02-01", "2024-03-01", "2024-04-01", "2024-05-06", "2024-06-03",
        "2024-07-01", "2024-08-01", "2024-09-02", "2024-10-08", "2024-11-01", "2024-12-02",
    ]  # fmt: skip
    found = find_one("monthday:1;rest:next", "2024-05", name="劳动节")
    assert found.is_moved
    assert found.reason == Text(
        "2024年5月1日（星期三）是节假日（劳动节），顺延至下一工作日5月6日（星期一）。",
        "Wednesday 1 May 2024 is a public holiday (劳动节): moved to the next working day, Monday 6 May 2024.",
    )
    found = find_one("monthday:1;rest:next", "2024-06")
    assert found.reason is not None
    assert found.reason.zh == "2024年6月1日（星期六）是休息日，顺延至下一工作日6月3日（星期一）。"


def test_skipping_leaves_the_period_and_nothing_else() -> None:
    """P41: no October meeting, November stays on the 1st; the period is there and says why."""
    assert find_days("monthday:1;rest:skip", "2024-09", 3) == [None, None, "2024-11-01"]
    found = find_one("monthday:1;rest:skip", "2024-10", name="国庆节")
    assert found.is_skipped
    assert not found.is_moved
    assert found.nominal_on == date(2024, 10, 1)
    assert found.reason == Text(
        "2024年10月1日（星期二）是节假日（国庆节），本期会议不召开。",
        "Tuesday 1 October 2024 is a public holiday (国庆节): no meeting is held this time.",
    )


def test_keeping_says_that_the_day_is_a_holiday() -> None:
    """P40: participants see that the day is a rest day even where it is kept."""
    found = find_one("monthday:1;rest:keep", "2024-10")
    assert found.on == date(2024, 10, 1)
    assert found.reason is not None
    assert found.reason.zh == "2024年10月1日（星期二）是节假日，会期不变。"
    assert found.reason.en.endswith("is a public holiday: the meeting stays on it.")


def test_a_meeting_never_leaves_its_month() -> None:
    """P40: previous on the 1st turns forwards, next on the last day turns back, so that no month loses its meeting."""
    forwards = find_one("monthday:1;rest:previous", "2024-05")
    assert forwards.on == date(2024, 5, 6)
    assert forwards.reason is not None
    assert "当月此前没有工作日，顺延至5月6日" in forwards.reason.zh
    back = find_one("monthday:31;rest:next", "2026-01")
    assert back.on == date(2026, 1, 30)
    assert back.reason is not None
    assert "当月其后没有工作日，提前至1月30日" in back.reason.zh
    assert find_days("monthday:10;rest:previous", "2026-05", 1) == ["2026-05-09"]


def test_make_up_days_are_working_days() -> None:
    """DOMAIN 2.7: the worked Saturday 9 May 2026 is the 4th working day of its month and is said to be one."""
    assert find_days("workday:5", "2026-05", 1) == ["2026-05-11"]
    saturday = find_one("workday:4", "2026-05")
    assert saturday.on == date(2026, 5, 9)
    assert saturday.reason == Text(
        "2026年5月9日（星期六）为调休上班日。", "Saturday 9 May 2026 is worked to make up for a holiday."
    )
    assert find_one("weekday:2:sat;rest:skip", "2026-05").on == date(2026, 5, 9)


def test_weekdays_and_working_days_of_2026() -> None:
    """DOMAIN 2.4: second Tuesdays, last Fridays, last working days, counted by hand from the calendar of 2026."""
    assert find_days("weekday:2:tue", "2026-01", 4) == ["2026-01-13", "2026-02-10", "2026-03-10", "2026-04-14"]
    assert find_days("weekday:last:fri", "2026-01", 4) == ["2026-01-30", "2026-02-27", "2026-03-27", "2026-04-24"]
    assert find_days("workday:last", "2026-01", 4) == ["2026-01-30", "2026-02-28", "2026-03-31", "2026-04-30"]
    assert find_days("workday:1", "2026-01", 4) == ["2026-01-04", "2026-02-02", "2026-03-02", "2026-04-01"]
    assert find_days("monthday:last;rest:keep", "2026-01", 2) == ["2026-01-31", "2026-02-28"]


def test_a_month_without_a_fifth_friday_or_a_22nd_working_day() -> None:
    """P36: the last possible day is taken and the reason says so."""
    friday = find_one("weekday:5:fri", "2026-02")
    assert (friday.on, friday.is_short) == (date(2026, 2, 27), True)
    assert friday.reason == Text(
        "2026年2月没有第五个星期五，取最后一个（27日）。",
        "February 2026 has no fifth Friday: its last one is taken, the 27th.",
    )
    working = find_one("workday:22", "2026-02")
    assert (working.on, working.is_short) == (date(2026, 2, 28), True)
    assert working.reason is not None
    assert "没有第22个工作日，取最后一个工作日（28日）" in working.reason.zh
    assert "has no 22nd working day" in working.reason.en


def test_a_month_without_working_days_meets_all_the_same() -> None:
    """P40: a whole month off moves nothing; skip alone leaves it out."""
    closed = build(run(date(2026, 2, 1), date(2026, 2, 28)), official_years=[2026])
    for rest in ("next", "previous", "keep"):
        found = find_one(f"monthday:10;rest:{rest}", "2026-02", closed)
        assert found.on == date(2026, 2, 10)
        assert found.reason is not None
        assert "会期不变" in found.reason.zh
    found = find_one("workday:3", "2026-02", closed)
    assert (found.on, found.is_short) == (date(2026, 2, 28), True)
    assert found.reason == Text(
        "2026年2月没有工作日，取最后一天（28日）。2026年2月28日（星期六）是节假日，当月没有工作日，会期不变。",
        "February 2026 has no working day: its last day is taken, the 28th. Saturday 28 February 2026 is a public"
        " holiday and the month has no working day: the meeting stays on it.",
    )
    assert find_days("workday:3;rest:skip", "2026-02", 1, closed) == [None]


def test_several_months_keep_step_with_the_anchor() -> None:
    """DOMAIN 2.4: some groups meet quarterly; asked from any month on, the step is the anchor's."""
    rule = parse_rule("monthday:10;every:3:2026-02;rest:keep")
    for first in ("2023-12", "2024-01", "2024-02"):
        found = occurrences(rule, CHINA, first, 3)
        assert [one.month for one in found] == ["2024-02", "2024-05", "2024-08"]
    assert [month for month in range(1, 13) if rule.meets_in(f"2031-{month:02d}")] == [2, 5, 8, 11]
    assert parse_rule("workday:3").meets_in("2031-03")


def test_a_year_without_a_table_is_provisional() -> None:
    """DOMAIN 2.7: 2027 is not published: what rests on its calendar says so, what does not, does not."""
    found = find_one("monthday:10;rest:next", "2027-03")
    assert found.is_provisional
    assert found.reason == Text(
        "2027年节假日安排尚未公布，日期为暂定。", "The holidays of 2027 are not published yet: the day may change."
    )
    assert find_one("workday:3;rest:keep", "2027-03").is_provisional
    assert find_one("monthday:10;rest:skip", "2027-03").is_provisional
    assert not find_one("monthday:10;rest:keep", "2027-03").is_provisional
    assert not find_one("monthday:10;rest:next", "2026-12").is_provisional


@pytest.mark.realdata
def test_the_public_collection_gives_the_same_days() -> None:
    """DOMAIN 2.7: four real years of holiday-cn, by a table read anew: every policy, first and last days."""
    folder = TEST_DATA / "holiday-cn"
    assert folder.is_dir(), f"{folder} is missing: set LIANBAN_TEST_DATA to the folder of the real ledgers"
    payloads = [json.loads((folder / f"{year}.json").read_text(encoding="utf-8")) for year in range(2023, 2027)]
    calendar = Calendar(SHANGHAI, Hours(), *merge_tables(map(read_table, payloads)))
    listed = {one["date"]: one["isOffDay"] for payload in payloads for one in payload["days"]}

    def is_worked(on: date) -> bool:
        return not listed.get(on.isoformat(), on.weekday() > 4)

    for month in range(48):
        year, number = 2023 + month // 12, month % 12 + 1
        key, first_on = f"{year}-{number:02d}", date(year, number, 1)
        after = date(year + number // 12, number % 12 + 1, 1)
        worked = [on for on in run(first_on, after)[:-1] if is_worked(on)]
        assert find_days("monthday:1;rest:next", key, 1, calendar) == [worked[0].isoformat()]
        assert find_days("workday:last", key, 1, calendar) == [worked[-1].isoformat()]
        assert find_days("workday:3", key, 1, calendar) == [worked[2].isoformat()]
        assert find_days("monthday:31;rest:previous", key, 1, calendar) == [worked[-1].isoformat()]
        skipped = None if not is_worked(first_on) else first_on.isoformat()
        assert find_days("monthday:1;rest:skip", key, 1, calendar) == [skipped]


def test_names_come_from_the_shipped_tables() -> None:
    """P40: the names that the tables list are told in the reasons."""
    table: CalendarTable = read_table(json.loads((SHIPPED / "cn-2024.json").read_text(encoding="utf-8")))
    names = {one.on: one.name for one in table.days}
    found = occurrences(parse_rule("monthday:1;rest:next"), CHINA, "2024-01", 12, names)
    assert [one.month for one in found if one.reason and "（元旦）" in one.reason.zh] == ["2024-01"]
    assert [one.month for one in found if one.reason and "（劳动节）" in one.reason.zh] == ["2024-05"]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("", ["day"]),
        ("monthday:0", ["day"]),
        ("monthday:32", ["day"]),
        ("monthday:03", ["day"]),
        ("monthday:-1", ["day"]),
        ("monthday:１", ["day"]),
        ("monthday:1\n", []),
        ("monthday:2:tue", ["day"]),
        ("weekday:6:tue", ["day"]),
        ("weekday:2", ["day"]),
        ("weekday:2:Tue", ["day"]),
        ("workday:24", ["day"]),
        ("yearday:1", ["day"]),
        ("monthday:1;every:0:2026-01", ["every"]),
        ("monthday:1;every:13:2026-01", ["every"]),
        ("monthday:1;every:3", ["anchor"]),
        ("monthday:1;every:3:2026-13", ["anchor"]),
        ("monthday:1;every:3:1989-12", ["anchor"]),
        ("monthday:1;every:1:x", ["anchor"]),
        ("monthday:1;rest:later", ["rest"]),
        ("monthday:1;rest:next;rest:next", ["text"]),
        ("monthday:1;", ["text"]),
        ("monthday:1;until:2026-12", ["text"]),
        ("weekday:6:tue;every:x;until:1;rest:", ["text", "day", "every", "rest"]),
    ],
)
def test_nonsense_is_refused_with_every_place(text: str, places: list[str]) -> None:
    """Every fault at once, each with its place; blanks around are not a fault."""
    if places:
        assert refuse(text) == places
    else:
        assert parse_rule(text) == SeriesRule(RuleKind.MONTHDAY, 1)


def test_a_rule_in_code_is_checked_as_well() -> None:
    """A weekday belongs to a weekday's rule and to no other; the sentence is there in both languages."""
    wrong = [
        (RuleKind.MONTHDAY, 1, 2),
        (RuleKind.WEEKDAY, 1, None),
        (RuleKind.WEEKDAY, 1, 7),
        (RuleKind.WORKDAY, -1, None),
    ]
    for kind, number, weekday in wrong:
        with pytest.raises(WrongRuleError, match=r"^day: expected monthday") as caught:
            SeriesRule(kind, number, weekday)
        (fault,) = caught.value.faults
        assert fault == RuleFault("day", fault.says)
        assert fault.says.zh.startswith("请写明日期规则")
    with pytest.raises(WrongRuleError, match="every: expected"):
        read_rule("monthday:1", "13", "2026-01")


@pytest.mark.parametrize(
    ("first_month", "count", "says"),
    [
        ("2026-1", 1, "month: expected YYYY-MM"),
        ("2101-01", 1, "month: expected"),
        ("1989-12", 1, "month: expected"),
        ("2026-01", 0, "count: expected 1 to"),
        ("2026-01", COUNT_MAX + 1, "count: expected"),
        ("2100-12", 2, "count: 2 periods from 2100-12 on lead beyond 2100-12-31"),
    ],
)
def test_occurrences_outside_the_calendar_are_refused(first_month: str, count: int, says: str) -> None:
    """Nothing is cut off in silence: what the calendar cannot say is an error."""
    with pytest.raises(ValueError, match=says):
        occurrences(parse_rule("monthday:1"), CHINA, first_month, count)
    with pytest.raises(ValueError, match="month: expected"):
        parse_rule("monthday:1").meets_in("2026-00")


def test_the_whole_calendar_is_one_series() -> None:
    """The first and the last month that the calendar knows have their meetings, moved within them."""
    found = occurrences(parse_rule("monthday:31;rest:next"), CHINA, "1990-01", COUNT_MAX)
    assert (found[0].month, found[-1].month, len(found)) == ("1990-01", "2100-12", COUNT_MAX)
    assert found[-1].on == date(2100, 12, 31)


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        (
            "weekday:2:tue;rest:next",
            "每月第二个星期二，遇休息日顺延至当月下一工作日",
            "the second Tuesday of every month, moved off a rest day to the next working day of the month",
        ),
        (
            "monthday:31;every:3:2026-01;rest:previous",
            "每年1月、4月、7月、10月的31日（没有的月份取最后一天），遇休息日提前至当月上一工作日",
            (
                "the 31st (the last day of shorter months) of January, April, July and October, "
                "moved off a rest day to the working day before it in the month"
            ),
        ),
        (
            "monthday:last;every:12:2026-12;rest:keep",
            "每年12月的最后一天，遇休息日不调整",
            "the last day of December each year, kept on a rest day",
        ),
        (
            "weekday:last:fri;rest:skip",
            "每月最后一个星期五，遇休息日不召开",
            "the last Friday of every month, left out on a rest day",
        ),
        (
            "weekday:5:sun;every:5:2026-02",
            "自2026年2月起每5个月一次，为当月第五个星期日（没有的月份取最后一个），遇休息日顺延至当月下一工作日",
            (
                "the fifth Sunday (the last one where there are four) of the month, every 5 months counted from "
                "February 2026, moved off a rest day to the next working day of the month"
            ),
        ),
        ("workday:last", "每月最后一个工作日", "the last working day of every month"),
        ("workday:3;rest:skip", "每月第3个工作日", "the 3rd working day of every month"),
        (
            "workday:22",
            "每月第22个工作日（不足的月份取最后一个）",
            "the 22nd working day (the last one where there are fewer) of every month",
        ),
    ],
)
def test_a_rule_is_said_in_both_languages(text: str, zh: str, en: str) -> None:
    """DOMAIN 2.4: the rule as the standing orders would write it."""
    assert describe(parse_rule(text)) == Text(zh, en)


def test_every_choice_has_a_label() -> None:
    """Names of choices stand in workflows."""
    assert set(KIND_LABELS) == set(RuleKind)
    assert set(REST_LABELS) == set(RestPolicy)
