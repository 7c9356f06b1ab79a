"""Due dates in words, as minutes have them: "June", "end of January", "9 April 2020"; only what is certain is read."""

import re
from calendar import monthrange
from datetime import date

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
           "december")  # fmt: skip
_SHORT = 3
_WORDS = re.compile(r"(?:(?:by|before|in|the|end|of)\s+)*(?:(\d{1,2})(?:st|nd|rd|th)?\s+)?([a-z]+)\.?,?(?:\s+(\d{4}))?")
#: A month without a year means the next one; further ahead than this it may as well be the one that is over.
_AHEAD_MONTHS = 6


def read_due_text(text: str, said_on: date) -> date | None:
    """Return the day that `text` means when it was said on a day; None when none is certain.

    A month means its last day. A day before `said_on` is no due date.
    """
    found: date | None
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        found = _read_words(text, said_on)
    return None if found is None or found < said_on else found


def _read_words(text: str, said_on: date) -> date | None:
    matched = _WORDS.fullmatch(text.strip().lower())
    month = _find_month(matched[2]) if matched else None
    if matched is None or month is None:
        return None
    year = int(matched[3]) if matched[3] else said_on.year + (month < said_on.month)
    if not matched[3] and (month - said_on.month) % 12 > _AHEAD_MONTHS:
        return None
    if not date.min.year <= year <= date.max.year:
        return None
    last = monthrange(year, month)[1]
    day = int(matched[1]) if matched[1] else last
    return date(year, month, day) if 1 <= day <= last else None


def _find_month(word: str) -> int | None:
    for number, name in enumerate(_MONTHS, 1):
        if word == name or (len(word) >= _SHORT and word in (name[:_SHORT], "sept") and name.startswith(word)):
            return number
    return None
