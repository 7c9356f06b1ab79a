"""What the organisation's forms share: days that were typed, faults told all at once and beside their fields."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from flask import request

from app.core import typed
from app.core.errors import DomainError, Fault, InvalidError, Sentence
from app.edge.errors import faults_of
from app.pages.show import say

_FAR_DAY = Sentence(
    f"日期应在{typed.FIRST_YEAR}年至{typed.LAST_YEAR}年之间。",
    f"The date must lie between {typed.FIRST_YEAR} and {typed.LAST_YEAR}.",
)
_WRONG_DAY = Sentence("应为日期，如2026-03-02。", "expected a date like 2026-03-02.")


def tell_refusal(refusal: DomainError | None) -> dict[str, Any]:
    """Return what the template says of a refusal: every fault at once and by field, else its sentence."""
    if refusal is None:
        return {"faults": [], "sentences": {}}
    faults = [(say(fault.sentence), fault.field) for fault in faults_of(refusal)]
    sentences: dict[str, str] = {}
    for text, field in faults:
        sentences[field] = f"{sentences[field]} {text}" if field in sentences else text
    return {"faults": faults or [(say(refusal.sentence), "")], "sentences": sentences}


def read_day(name: str) -> tuple[date | None, list[Fault]]:
    """Return a day that was typed, and what is wrong with it."""
    text = request.form.get(name, "").strip()
    day = typed.read_day(text)
    if day is not None and not typed.is_usable_day(day):
        return None, [Fault(name, _FAR_DAY)]
    return day, [Fault(name, _WRONG_DAY)] if text and day is None else []


@contextmanager
def with_faults(faults: list[Fault]) -> Iterator[None]:
    """Tell `faults` together with those that the service finds; nothing is written when there are any."""
    try:
        yield
    except InvalidError as error:
        raise InvalidError([*error.faults, *faults]) from None
    if faults:
        raise InvalidError(faults)
