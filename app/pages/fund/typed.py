"""The fields of the funds' forms: what each is, what was typed into it, and how it goes to its schema."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from app.core.typed import read_day
from app.pages.items.form import read_number
from app.pages.listing.choices import Choice

_TEXT_MAX = 20_000


@dataclass(frozen=True, slots=True)
class Ask:
    """A field of a form; `kind`: line, text, amount, number, year, date, choice, id (a choice by number) or check."""

    name: str
    label: str
    kind: str = "line"
    hint: str = ""
    is_required: bool = True
    options: tuple[Choice, ...] = ()
    value: str = ""
    sentence: str = ""


def read_typed(form: MultiDict[str, str], asks: Sequence[Ask]) -> dict[str, str]:
    """Return what was typed, by field."""
    return {ask.name: form.get(ask.name, "")[:_TEXT_MAX].replace("\r\n", "\n") for ask in asks}


def make_given(asks: Sequence[Ask], typed: Mapping[str, str]) -> dict[str, Any]:
    """Return the values as a schema takes them: empty fields are left out, numbers are numbers where they are some."""
    found: dict[str, Any] = {}
    for ask in asks:
        text = typed.get(ask.name, "")
        if ask.kind == "check":
            found[ask.name] = text == "1"
        elif text.strip():
            found[ask.name] = make_value(ask.kind, text)
    return found


def make_value(kind: str, text: str) -> Any:  # noqa: ANN401  # as its schema takes it
    """Return one value; what cannot be read goes on as it is, and its schema says what was expected."""
    if kind in ("number", "year", "id"):
        number = read_number(text.strip())
        return text if number is None else number
    if kind == "date":
        day = read_day(text)
        return text if day is None else day.isoformat()
    return text


def fill(asks: Sequence[Ask], typed: Mapping[str, str], sentences: Mapping[str, str]) -> list[Ask]:
    """Return the fields with what was typed and the sentence that speaks of each."""
    return [
        replace(
            ask,
            value=typed.get(ask.name, ask.value),
            sentence=sentences.get(ask.name, ""),
            options=tuple(replace(one, is_chosen=one.value == typed.get(ask.name, ask.value)) for one in ask.options),
        )
        for ask in asks
    ]
