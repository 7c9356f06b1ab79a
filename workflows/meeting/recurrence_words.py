"""How the days of a meeting series are said, in both languages: the rule itself, and why a day is not the usual one."""

from collections.abc import Iterable
from datetime import date

from workflows.words import Text

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip
_DAYS_ZH = "一二三四五六日"
_DAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_COUNTS_EN = ("first", "second", "third", "fourth", "fifth")
_TEENS = range(11, 14)
#: What every month has: up to there a rule needs no word about months that lack the day.
_SURE = {"monthday": 28, "weekday": 4, "workday": 15}


def say_day(kind: str, number: int, weekday: int | None) -> Text:
    """Return the rule for the day within its month: number 0 is the last one."""
    if weekday is not None:
        zh, en = f"星期{_DAYS_ZH[weekday]}", _DAYS_EN[weekday]
        if not number:
            return Text(f"最后一个{zh}", f"the last {en}")
        note = _note(kind, number, "（没有的月份取最后一个）", " (the last one where there are four)")
        return Text(f"第{_DAYS_ZH[number - 1]}个{zh}{note.zh}", f"the {_COUNTS_EN[number - 1]} {en}{note.en}")
    if kind == "workday":
        if not number:
            return Text("最后一个工作日", "the last working day")
        note = _note(kind, number, "（不足的月份取最后一个）", " (the last one where there are fewer)")
        return Text(f"第{number}个工作日{note.zh}", f"the {_rank(number)} working day{note.en}")
    if not number:
        return Text("最后一天", "the last day")
    note = _note(kind, number, "（没有的月份取最后一天）", " (the last day of shorter months)")
    return Text(f"{number}日{note.zh}", f"the {_rank(number)}{note.en}")


def say_when(day: Text, every: int, months: range, year: int, month: int) -> Text:
    """Return day and rhythm together.

    `months` are the months (1-12) in which the series meets each year, empty when they differ from year to year;
    then it is counted from `month` of `year`.
    """
    if every == 1:
        return Text(f"每月{day.zh}", f"{day.en} of every month")
    if not months:
        return Text(
            f"自{year}年{month}月起每{every}个月一次，为当月{day.zh}",
            f"{day.en} of the month, every {every} months counted from {_MONTHS[month - 1]} {year}",
        )
    names = [_MONTHS[one - 1] for one in months]
    listed = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else f"{names[0]} each year"
    return Text(f"每年{'、'.join(f'{one}月' for one in months)}的{day.zh}", f"{day.en} of {listed}")


def say_short(kind: str, number: int, weekday: int | None, taken_on: date, *, is_worked: bool) -> Text:
    """Return that the month of `taken_on` lacks the rule's day, and what is taken instead."""
    month = Text(f"{taken_on.year}年{taken_on.month}月", f"{_MONTHS[taken_on.month - 1]} {taken_on.year}")
    if weekday is not None:
        zh, en = f"第{_DAYS_ZH[number - 1]}个星期{_DAYS_ZH[weekday]}", f"{_COUNTS_EN[number - 1]} {_DAYS_EN[weekday]}"
        return Text(
            f"{month.zh}没有{zh}，取最后一个（{taken_on.day}日）。",
            f"{month.en} has no {en}: its last one is taken, the {_rank(taken_on.day)}.",
        )
    if kind == "workday" and is_worked:
        return Text(
            f"{month.zh}没有第{number}个工作日，取最后一个工作日（{taken_on.day}日）。",
            f"{month.en} has no {_rank(number)} working day: its last one is taken, the {_rank(taken_on.day)}.",
        )
    if kind == "workday":
        return Text(
            f"{month.zh}没有工作日，取最后一天（{taken_on.day}日）。",
            f"{month.en} has no working day: its last day is taken, the {_rank(taken_on.day)}.",
        )
    return Text(
        f"{month.zh}没有{number}日，取最后一天（{taken_on.day}日）。",
        f"{month.en} has no {_rank(number)}: its last day is taken, the {_rank(taken_on.day)}.",
    )


def say_rest_day(on: date, name: str, *, is_holiday: bool) -> Text:
    """Return what sort of rest day `on` is, as the beginning of a sentence; `name` is the holiday's, if known."""
    zh, en = _say_date(on)
    if not is_holiday:
        return Text(f"{zh}是休息日", f"{en} is a rest day")
    return Text(
        f"{zh}是节假日{f'（{name}）' if name else ''}", f"{en} is a public holiday{f' ({name})' if name else ''}"
    )


def say_moved(rest_day: Text, policy: str, nominal_on: date, on: date | None, *, is_worked: bool) -> Text:
    """Return the whole sentence: the rest day and what became of the meeting."""
    if on is None:
        tail = Text("，本期会议不召开。", ": no meeting is held this time.")
    elif on == nominal_on:
        tail = Text("，会期不变。", ": the meeting stays on it.")
        if not is_worked:
            tail = Text("，当月没有工作日，会期不变。", " and the month has no working day: the meeting stays on it.")
    else:
        zh, en = f"{on.month}月{on.day}日（星期{_DAYS_ZH[on.weekday()]}）", _say_date(on)[1]
        tail = _say_move(policy, zh, en, is_later=on > nominal_on)
    return Text(rest_day.zh + tail.zh, rest_day.en + tail.en)


def say_made_up(on: date) -> Text:
    """Return that the weekend day `on` is worked."""
    zh, en = _say_date(on)
    return Text(f"{zh}为调休上班日。", f"{en} is worked to make up for a holiday.")


def say_provisional(year: int) -> Text:
    """Return that no table of the year is published yet."""
    return Text(
        f"{year}年节假日安排尚未公布，日期为暂定。",
        f"The holidays of {year} are not published yet: the day may change.",
    )


def join_texts(texts: Iterable[Text]) -> Text:
    """Return sentences one after the other."""
    listed = list(texts)
    return Text("".join(one.zh for one in listed), " ".join(one.en for one in listed))


def _say_move(policy: str, zh: str, en: str, *, is_later: bool) -> Text:
    if policy == "next":
        if is_later:
            return Text(f"，顺延至下一工作日{zh}。", f": moved to the next working day, {en}.")
        return Text(
            f"，当月其后没有工作日，提前至{zh}。", f" with no working day after it in the month: moved back to {en}."
        )
    if is_later:
        return Text(
            f"，当月此前没有工作日，顺延至{zh}。", f" with no working day before it in the month: moved on to {en}."
        )
    return Text(f"，提前至上一工作日{zh}。", f": moved to the working day before, {en}.")


def _say_date(on: date) -> tuple[str, str]:
    return (
        f"{on.year}年{on.month}月{on.day}日（星期{_DAYS_ZH[on.weekday()]}）",
        f"{_DAYS_EN[on.weekday()]} {on.day} {_MONTHS[on.month - 1]} {on.year}",
    )


def _note(kind: str, number: int, zh: str, en: str) -> Text:
    return Text(zh, en) if number > _SURE[kind] else Text("", "")


def _rank(number: int) -> str:
    tail = "th" if number % 100 in _TEENS else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{tail}"
