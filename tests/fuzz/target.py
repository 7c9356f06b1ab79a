"""What is fuzzed: a reader, what it is fed, how it may refuse, and what holds of whatever it takes."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from hypothesis.strategies import SearchStrategy

from app.core.errors import InvalidError

#: A reader that is done walks through at most so many values of what it gave.
_LOOKED_AT = 20_000


class BrokenContractError(AssertionError):
    """A reader gave or said what it must not."""


@dataclass(frozen=True, slots=True)
class Target:
    """A reader under test.

    `read` takes one value of `food` and either returns what it made of it or raises one of `refusals`. Refusals must
    say something in both languages. With `is_kept` no text of the result may hold what no database keeps.
    """

    name: str
    food: SearchStrategy[Any]
    read: Callable[[Any], object]
    refusals: tuple[type[Exception], ...] = (InvalidError,)
    is_kept: bool = True


def feed(target: Target, value: object) -> bool:
    """Feed one value; returns whether it was taken. What is neither taken nor refused properly gets out as it is."""
    try:
        found = target.read(value)
    except target.refusals as error:
        _check_refusal(error)
        return False
    if target.is_kept:
        for text in _find_texts(found):
            _check_text(text)
    return True


def _check_refusal(error: Exception) -> None:
    """Raise BrokenContractError for a refusal that names nothing, or is silent in one language."""
    if isinstance(error, InvalidError) and not error.faults:
        raise BrokenContractError("a refusal without a fault")
    for one in getattr(error, "faults", ()) or [error]:
        sentence: Any = getattr(one, "sentence", getattr(one, "said", one))
        texts = [sentence.zh, sentence.en] if hasattr(sentence, "zh") else [str(sentence)]
        if not all(str(text).strip() for text in texts):
            raise BrokenContractError(f"a refusal that says nothing: {error!r}")


def _check_text(text: str) -> None:
    for char in text:
        if char == "\0" or unicodedata.category(char) == "Cs":
            raise BrokenContractError(f"kept although no database keeps it: {char!r} in {text[:80]!r}")


def _find_texts(found: object) -> Iterable[str]:
    """Yield the texts in a result, at most _LOOKED_AT values of it."""
    waiting, looked = [found], 0
    while waiting and looked < _LOOKED_AT:
        looked += 1
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif is_dataclass(one) and not isinstance(one, type):
            waiting += [getattr(one, field.name, None) for field in fields(one)]
        elif isinstance(one, Mapping):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list | tuple | set | frozenset):
            waiting += list(one)
