"""What people type into a field, read the same everywhere: dates, whole numbers, percentages, lists of names.

Full-width digits and signs count as plain ones. Nothing is guessed: a date has its year first, a number may carry the
unit that its field has and no other.
"""

import re
import unicodedata
from datetime import date

from app.core.text import clean

FIRST_YEAR, LAST_YEAR = 2000, 2099
_DAY = re.compile(r"(\d{4})(?:[-/.]|\s*年\s*)(\d{1,2})(?:[-/.]|\s*月\s*)(\d{1,2})\s*[日号]?", re.ASCII)
_DENSE = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_NUMBER = re.compile(r"(\d{1,18})", re.ASCII)
_SEPARATORS = re.compile(r"[,，、;；\n\r\t]")
#: What may stand behind a number of days.
DAY_UNITS = ("个工作日", "工作日", "天", "日", "working days", "working day", "workdays", "workday", "days", "day")
_PERCENT = ("%", "percent")
_PCT_MAX = 100


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", clean(text)).strip()


def read_day(text: str) -> date | None:
    """Return the date in 2026-03-05, 2026/3/5, 2026.3.5, 20260305 or 2026年3月5日; None for anything else."""
    plain = _plain(text)
    match = _DAY.fullmatch(plain) or _DENSE.fullmatch(plain)
    try:
        return date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        return None


def is_usable_day(day: date) -> bool:
    """Whether a date lies where the product's calendar is of use."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def read_usable_day(text: str) -> date | None:
    """Return the date as `read_day` does; None also for one beyond the product's calendar."""
    day = read_day(text)
    return day if day is not None and is_usable_day(day) else None


def read_count(text: str, units: tuple[str, ...] = ()) -> int | None:
    """Return a whole number of digits, with one of `units` behind it or none; None for anything else."""
    plain = _plain(text).casefold()
    unit = next((one for one in units if plain.endswith(one)), "")
    match = _NUMBER.fullmatch(plain.removesuffix(unit).strip())
    return int(match[1]) if match else None


def read_percent(text: str) -> int | None:
    """Return a whole percentage from 0 to 100, with its sign or without; None for anything else."""
    found = read_count(text, _PERCENT)
    return found if found is not None and found <= _PCT_MAX else None


def split_names(text: str) -> list[str]:
    """Return the parts of a list in which every usual separator parts two names: , ， 、 ; ； and lines."""
    return [part for one in _SEPARATORS.split(text) if (part := clean(one))]
