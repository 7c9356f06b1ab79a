"""Reads a calendar table that somebody sends, and says every fault in both languages."""

import json
import re
from collections.abc import Iterable

from app.core.errors import Fault, InvalidError, Sentence
from workflows.calendar_table import CalendarTable, CalendarTableError, TableFault, read_table

#: A year's table is a few thousand characters.
TEXT_MAX = 200_000
_QUOTED = re.compile(r'^"([^"]{1,40})"')
_CHINESE = {
    "contradiction": "同一天既列为放假又列为上班",
    "doubled_year": "同一年有两份安排",
    "ends_before": "结束日期早于开始日期",
    "missing": "缺少必填项",
    "no_day_of_year": "没有一天属于所写的年份",
    "no_working_day": "有的月份没有一个工作日",
    "not_a_date": "不是日期，应为YYYY-MM-DD",
    "not_a_flag": "应为true或false",
    "not_a_list": "应为列表",
    "not_a_name": "没有节日名称",
    "not_a_text": "应为文字",
    "not_a_year": "不是1990至2100之间的年份",
    "not_an_object": "应为对象",
    "not_published": "没有列出任何一天：该年安排尚未公布",
    "one_shape": "holidays和days两种写法应有且只有一种",
    "other_year": "日期不属于该年（上年12月至次年1月之间）",
    "too_long": "一个假期不会超过31天",
    "unknown": "不认识的项",
}


def read_calendar_text(text: str, field: str = "table") -> CalendarTable:
    """Return the table that a JSON text holds; InvalidError with every fault, each named by its place in it."""
    if len(text) > TEXT_MAX:
        said = Sentence("文件过大，一年的安排不超过200KB。", "The file is too big: a year's table has at most 200 KB.")
        raise InvalidError([Fault(field, said)])
    try:
        payload = json.loads(text)
    except (ValueError, RecursionError):
        said = Sentence("不是JSON文件，请核对文件内容。", "This is no JSON file; please check what it holds.")
        raise InvalidError([Fault(field, said)]) from None
    return read_calendar_payload(payload, field)


def read_calendar_payload(payload: object, field: str = "table") -> CalendarTable:
    """Return the table that a parsed JSON value holds; InvalidError as `read_calendar_text`."""
    try:
        return read_table(payload)
    except CalendarTableError as error:
        raise InvalidError(list(_tell(error.faults, field))) from None


def _tell(faults: Iterable[TableFault], field: str) -> Iterable[Fault]:
    for fault in faults:
        named = _QUOTED.match(fault.sentence)
        key = f"“{named[1]}”" if named and fault.code in ("missing", "unknown") else ""
        chinese = f"{_CHINESE[fault.code]}{key}。"
        place = f"{field}.{fault.place}" if fault.place else field
        english = fault.sentence[:1].upper() + fault.sentence[1:]
        yield Fault(place, Sentence(chinese, english if english.endswith(".") else f"{english}."))
