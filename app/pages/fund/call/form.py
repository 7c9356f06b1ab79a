"""The form of a call: what was typed stays, and goes to the same schema as the API's."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request

from app.core.errors import Fault, InvalidError, Sentence
from app.core.money import to_decimal_string
from app.edge.fund.calls import CallView
from app.pages.fund.typed import make_value
from app.queries.fund.call import match_people
from app.schemas.fund.call import CallBodySchema
from app.schemas.loading import load

ROWS_MIN, ROWS_MAX = 4, 30
_NAMES_MAX = 4000
_LINES = (("title", "line"), ("text", "text"), ("year", "year"), ("opens_on", "date"), ("closes_on", "date"),
          ("cap", "amount"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class TypedCall:
    """The form as it was typed, or as a call would fill it; rows are mappings of texts."""

    lines: dict[str, str]
    criteria: list[dict[str, str]]
    reviewers: str
    limits: list[dict[str, str]]


def begin(today: date) -> TypedCall:
    """Return an empty form for this year."""
    return TypedCall({"year": str(today.year)}, [], "", [])


def fill_from(view: CallView) -> TypedCall:
    """Return the form as a call fills it."""
    call = view.call
    lines = {
        "title": call.title, "text": call.text, "year": str(call.year), "opens_on": call.opens_on.isoformat(),
        "closes_on": call.closes_on.isoformat(), "cap": to_decimal_string(call.cap_fen),
    }  # fmt: skip
    criteria = [{"name": one["name"], "weight": str(one["weight"])} for one in call.criteria]
    limits = [
        {"department": one.department_name, "floor": _show(one.floor_fen), "ceiling": _show(one.ceiling_fen)}
        for one in view.limits
    ]
    return TypedCall(lines, criteria, "、".join(view.reviewers.values()), limits)


def _show(fen: int | None) -> str:
    return "" if fen is None else to_decimal_string(fen)


def read_typed() -> TypedCall:
    """Return the sent form; rows without anything in them are left out."""
    lines = {name: request.form.get(name, "").replace("\r\n", "\n") for name, _ in _LINES}
    return TypedCall(
        lines, _read_rows("criteria", ("name", "weight")), request.form.get("reviewers", "")[:_NAMES_MAX],
        _read_rows("limits", ("department", "floor", "ceiling")),
    )  # fmt: skip


def _read_rows(group: str, names: tuple[str, ...]) -> list[dict[str, str]]:
    rows = [
        {name: request.form.get(f"{group}[{place}].{name}", "").strip() for name in names}
        for place in range(1, ROWS_MAX + 1)
    ]
    return [row for row in rows if any(row.values())]


def read_given(unit: Any, typed: TypedCall, today: date) -> dict[str, Any]:  # noqa: ANN401  # a unit of work
    """Return the body that the form asks for, loaded; InvalidError with every fault."""
    given: dict[str, Any] = {
        name: make_value(kind, text) for name, kind in _LINES if (text := typed.lines.get(name, "")).strip()
    }
    given["criteria"] = [
        {name: make_value("number" if name == "weight" else "line", text) for name, text in row.items() if text}
        for row in typed.criteria
    ]
    given["limits"] = [{name: text for name, text in row.items() if text} for row in typed.limits]
    reviewers, faults = _read_reviewers(unit, typed.reviewers, today)
    if reviewers:
        given["reviewers"] = reviewers
    try:
        loaded = load(CallBodySchema, given)
    except InvalidError as error:
        told = [fault for fault in error.faults if not (faults and fault.field == "reviewers")]
        raise InvalidError([*told, *faults]) from None
    if faults:
        raise InvalidError(faults)
    return loaded


def _read_reviewers(unit: Any, text: str, today: date) -> tuple[list[int], list[Fault]]:  # noqa: ANN401  # as above
    names = [name for part in text.replace("、", "\n").replace("，", "\n").replace(",", "\n").split("\n")
             if (name := part.strip())]  # fmt: skip
    found = match_people(unit.connection(), names, today) if names else {}
    faults = []
    for name in names:
        count = len(found.get(name, ()))
        if count == 0:
            said = Sentence(f"没有在岗人员“{name}”。", f"Nobody called {name!r} holds a post.")
            faults.append(Fault("reviewers", said))
        elif count > 1:
            said = Sentence(
                f"有{count}人名为“{name}”，请填登录名。", f"{count} people are called {name!r}: give the log-in."
            )
            faults.append(Fault("reviewers", said))
    return [found[name][0] for name in names if len(found.get(name, ())) == 1], faults
