"""Words that papers share: paragraphs by role, clean texts, spans of time, Chinese numerals."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from reports.wording import Lang, spell_day

Role = Literal["heading", "text", "decision", "facts", "note", "people"]
_DIGITS = "〇一二三四五六七八九"
_NOON = 12
_HALVES = ((6, "凌晨"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph: its role, a label in another face before it, its text."""

    role: Role
    text: str
    label: str = ""


def clean(text: str) -> str:
    """Return the text on one line, without control and format characters."""
    kept = (" " if char.isspace() else char for char in text if char.isspace() or unicodedata.category(char)[0] != "C")
    return "".join(kept).strip()


def join_title(title: str, lang: Lang) -> str:
    r"""Return a title that is broken by hand with "\n" on one line."""
    return clean(title.replace("\n", "" if lang == "zh" else " "))


def spell_chinese(number: int) -> str:
    """Return a positive number below 1,000 in Chinese numerals, larger ones in digits."""
    if not 0 < number < 1000:  # noqa: PLR2004 - no agenda is longer
        return str(number)
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    words = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        words += "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    elif hundreds and ones:
        words += "〇"
    return words + (_DIGITS[ones] if ones else "")


def spell_span(start: datetime, end: datetime | None, lang: Lang) -> str:
    """Return when it was, as a sentence has it: day and hours in the zone that the instants carry."""
    day = spell_day(start.date(), lang)
    if end is not None and end.date() != start.date():
        last = spell_day(end.date(), lang)
        if lang == "en":
            return f"{day}, {start:%H:%M} to {last}, {end:%H:%M}"
        return f"{day}{_name_half(start)}{_spell_hour(start)}至{last}{_name_half(end)}{_spell_hour(end)}"
    if lang == "en":
        return f"{day}, {start:%H:%M}" + (f"–{end:%H:%M}" if end else "")
    half = _name_half(start)
    text = f"{day}{half}{_spell_hour(start)}"
    if end is None:
        return text
    return f"{text}至{_name_half(end).removeprefix(half)}{_spell_hour(end)}"


def _name_half(instant: datetime) -> str:
    return next(name for hour, name in _HALVES if instant.hour < hour)


def _spell_hour(instant: datetime) -> str:
    """Return the hour as it is said behind 上午 or 下午."""
    hour = instant.hour if instant.hour <= _NOON else instant.hour - _NOON
    return f"{hour}:{instant:%M}"


def end_sentence(text: str, stop: str = "。") -> str:
    """Return the text with a full stop unless it ends in a closing mark."""
    return text if text.endswith(("。", "！", "？", ".", "!", "?", "；", "：", "”")) else text + stop
