"""The form of a series: what was typed stays; the rule for the day is put together from three choices."""

from dataclasses import dataclass
from typing import Any

from flask import request

from app.core.errors import Fault, InvalidError, Sentence
from app.edge.meeting.series import read_series_draft
from app.pages.items.form import read_number
from app.pages.show import say_label
from app.pages.words import gettext as _
from app.queries.meeting.series import SeriesRow
from app.services.meeting.series.founding import SeriesDraft
from workflows.meeting.procedure import FORUMS
from workflows.meeting.recurrence import KIND_LABELS, LAST, REST_LABELS, WEEKDAYS, RuleKind, parse_rule

_TEXTS = (
    "group", "name", "name_en", "forum", "kind", "number", "weekday", "every", "anchor", "policy", "starts",
    "duration_minutes", "place", "first_month", "last_month", "call_workdays", "cutoff_workdays", "notice_workdays",
    "reason", "version",
)  # fmt: skip
#: The form of a meeting outside of any series.
PLAN_FIELDS = ("group", "title", "forum", "day", "clock", "minutes", "place", "cutoff_on", "confidential")
_NUMBERS = ("duration_minutes", "call_workdays", "cutoff_workdays", "notice_workdays")
_NO_NUMBER = Sentence("应为整数。", "A whole number.")
_LAST_NUMBER = 31


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a select."""

    value: str
    label: str


def begin(group_id: int | None, month: str) -> dict[str, str]:
    """Return the form of a new series: the second Tuesday, 14:30."""
    return {
        "group": "" if group_id is None else str(group_id), "forum": "office", "kind": "weekday", "number": "2",
        "weekday": "tue", "every": "1", "anchor": month, "policy": "next", "starts": "14:30",
        "duration_minutes": "120", "first_month": month, "call_workdays": "10", "cutoff_workdays": "5",
        "notice_workdays": "3",
    }  # fmt: skip


def fill_from(row: SeriesRow) -> dict[str, str]:
    """Return the form as a series fills it."""
    rule = parse_rule(row.rule)
    filled = {name: "" if getattr(row, name, None) is None else str(getattr(row, name)) for name in _TEXTS}
    return filled | {
        "group": str(row.group_id), "kind": rule.kind.value, "number": "last" if rule.number == LAST else
        str(rule.number), "weekday": "tue" if rule.weekday is None else WEEKDAYS[rule.weekday],
        "every": str(rule.every), "anchor": rule.anchor or row.first_month, "policy": rule.rest.value,
    }  # fmt: skip


def read_typed() -> dict[str, str]:
    """Return the sent form as it was typed."""
    return {name: request.form.get(name, "").strip()[:400] for name in _TEXTS}


def make_draft(typed: dict[str, str]) -> tuple[SeriesDraft, list[Fault]]:
    """Return the draft of a form, and what is no number in it."""
    faults = []
    given: dict[str, Any] = {
        name: typed[name] for name in ("name", "forum", "every", "policy", "starts", "first_month")
    }
    given |= {name: typed[name] or None for name in ("name_en", "place", "last_month")}
    day = [typed["kind"], typed["number"], *([typed["weekday"]] if typed["kind"] == RuleKind.WEEKDAY else [])]
    given["day"] = ":".join(day)
    given["anchor"] = typed["anchor"] if typed["every"] != "1" else ""
    for name in _NUMBERS:
        number = read_number(typed[name])
        if number is None:
            faults.append(Fault(name, _NO_NUMBER))
        else:
            given[name] = min(number, 10**6)
    return read_series_draft(given), faults


def make_plan(typed: dict[str, str]) -> dict[str, Any]:
    """Return the body that the form of a meeting asks for, as the API takes it; what is left out is left out."""
    given: dict[str, Any] = {name: text for name, text in typed.items() if text}
    for name in ("group", "minutes"):
        number = read_number(typed[name])
        given |= {} if number is None else {name: number}
    return given | {"confidential": bool(typed["confidential"])}


def tell_all(faults: list[Fault], error: InvalidError | None) -> InvalidError | None:
    """Return one refusal of what the form and what the service found, each field once."""
    named = {one.field for one in faults}
    more = [one for one in error.faults if one.field not in named] if error is not None else []
    return InvalidError([*faults, *more]) if faults or more else None


def list_weekdays() -> tuple[str, ...]:
    """Return the names of the days of a week, Monday first."""
    return (_("星期一"), _("星期二"), _("星期三"), _("星期四"), _("星期五"), _("星期六"), _("星期日"))


def list_choices() -> dict[str, list[Choice]]:
    """Return the choices of the form's selects."""
    numbers = [Choice(str(one), str(one)) for one in range(1, _LAST_NUMBER + 1)]
    names = list_weekdays()
    return {
        "forum": [Choice(name, say_label(label)) for name, label in FORUMS.items()],
        "kind": [Choice(kind.value, say_label(label)) for kind, label in KIND_LABELS.items()],
        "number": [*numbers, Choice("last", _("最后一个"))],
        "weekday": [Choice(name, label) for name, label in zip(WEEKDAYS, names, strict=True)],
        "every": [Choice(str(one), _("每月") if one == 1 else _("每%(count)s个月", count=one)) for one in range(1, 13)],
        "policy": [Choice(rest.value, say_label(label)) for rest, label in REST_LABELS.items()],
    }
