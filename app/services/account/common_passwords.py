"""Common passwords: the most frequent passwords and words of the package zxcvbn, and what people make of them.

The list is read at the first password that is set, never at the start of a process.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib import import_module

#: Fewer different characters than this are no password, however many there are.
DIFFERENT_MIN = 5
_RUNS = tuple(run * 20 for run in ("0123456789", "1234567890", "9876543210", "abcdefghijklmnopqrstuvwxyz"))
_LISTS = ("passwords", "english_wikipedia")
_DIGITS_AROUND = re.compile(r"^[0-9]*(.*?)[0-9]*$")


def is_common(password: str) -> bool:
    """Whether a password is one of the most frequent ones or one frequent word, or made of one by the usual means.

    Compared without case and punctuation; the usual means are digits before or behind it, and repeating it. Runs of
    digits or letters are common, too, and few characters said many times.
    """
    plain = keep_letters(password)
    if len(set(_fold(password))) < DIFFERENT_MIN or any(plain in run for run in _RUNS if plain):
        return True
    core = _strip_digits(plain)
    known = _read_list()
    return any(part in known for part in (plain, core, _find_period(plain), _find_period(core)) if part)


def is_made_of(password: str, words: Iterable[str]) -> bool:
    """Whether a password consists of nothing but `words` and digits, compared without case and punctuation."""
    rest = keep_letters(password)
    known = sorted({plain for word in words if (plain := keep_letters(word))}, key=len, reverse=True)
    found = False
    for word in known:
        found = found or word in rest
        rest = rest.replace(word, "")
    return found and not _strip_digits(rest)


def keep_letters(text: str) -> str:
    """Return the letters and digits of a text, folded."""
    return "".join(char for char in _fold(text) if char.isalnum())


def _fold(text: str) -> str:
    """Return a text for comparison; unlike `text.fold` it remembers nothing, since these are passwords."""
    return unicodedata.normalize("NFKC", text).casefold()


def _strip_digits(plain: str) -> str:
    found = _DIGITS_AROUND.match(plain)
    return found[1] if found else plain


def _find_period(plain: str) -> str:
    """Return what a text repeats; the text itself when it repeats nothing."""
    return plain[: (plain + plain).find(plain, 1)] if plain else ""


@cache
def _read_list() -> frozenset[str]:
    # Imported by its name at the first use: the package reads all its dictionaries, and no start should wait for that.
    lists: dict[str, list[str]] = import_module("zxcvbn.frequency_lists").FREQUENCY_LISTS
    return frozenset(keep_letters(one) for name in _LISTS for one in lists[name])
