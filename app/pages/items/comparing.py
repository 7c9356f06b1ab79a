"""Two texts beside each other: what somebody typed into a form, and how the item stands now."""

from collections.abc import Callable
from dataclasses import dataclass

from app.pages.items.form import ActionForm
from app.pages.items.item_row import name_department
from app.pages.show import say
from app.pages.telling import name_light
from app.queries.item_detail import ItemDetail
from app.services.offer import Offer, OfferedField
from reports.wording import UNKNOWN


@dataclass(frozen=True, slots=True)
class Compared:
    """A field with what was typed and what holds now; `differs`: they are not the same."""

    label: str
    typed: str
    present: str
    differs: bool


def compare_fields(offer: Offer, form: ActionForm, detail: ItemDetail) -> list[Compared]:
    """Return the fields of a form whose present value the item has, those that were filled in."""
    found = []
    for field in offer.fields:
        present, typed = _PRESENT.get(field.name), form.fields.get(field.name)
        if present is None or not isinstance(typed, str):
            continue
        told, now = _tell(field, typed), present(detail) or UNKNOWN
        found.append(Compared(say(field.label), told, now, told.strip() != now.strip()))
    return found


def _tell(field: OfferedField, typed: str) -> str:
    if field.kind == "percent":
        return f"{typed.strip().removesuffix('%')}%"
    return {option.value: say(option.label) for option in field.options}.get(typed, typed)


def _read_due(detail: ItemDetail) -> str:
    return detail.row.due_on.isoformat() if detail.row.due_on else ""


def _read_progress(detail: ItemDetail) -> str:
    pct = detail.details.get("progress_pct")
    return "" if pct is None else f"{pct}%"


def _read_text(name: str) -> Callable[[ItemDetail], str]:
    def read(detail: ItemDetail) -> str:
        value = detail.details.get(name)
        return "" if value is None else str(value)

    return read


def _read_department(detail: ItemDetail) -> str:
    return name_department(detail.row.department_name, detail.row.department_name_en)


#: How the item stands, by the field of a step that changes it.
_PRESENT: dict[str, Callable[[ItemDetail], str]] = {
    "new_due_on": _read_due,
    "promised_on": _read_text("promised_on"),
    "progress_pct": _read_progress,
    "forecast_on": _read_text("forecast_on"),
    "requirement": _read_text("requirement"),
    "demand": _read_text("demand"),
    "answer": _read_text("answer"),
    "department": _read_department,
    "person": lambda detail: detail.row.assignee_name or "",
    "light": lambda detail: name_light(detail.row.light, detail.row.light_rule),
}
