"""Makes what the template of a list is filled with."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from app.edge.context import Context
from app.edge.unit import Unit
from app.pages.items.item_row import make_rows
from app.pages.items.listing import LIGHTS, PAGE_ROWS, Choice, Filters, name_order, name_views
from app.pages.show import join_names, say_label
from app.pages.words import current_lang
from app.pages.words import gettext as _
from app.queries.department import DepartmentRow, list_departments
from app.queries.item import list_items
from workflows.interpreter import Machine
from workflows.light import COLOUR_LABELS


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head: its label, its order now, and the address that sorts by it."""

    label: str
    css: str = ""
    sorted: str = ""
    address: str = ""


def make_list(
    unit: Unit, context: Context, readers: tuple[str, ...], person_id: int, filters: Filters, kinds: tuple[str, ...]
) -> dict[str, Any]:
    """Return the template's values for one page of a list."""
    connection, today = unit.connection(), context.today()
    page = list_items(
        connection, readers, today, filters.wanted(kinds, person_id),
        sort=filters.sort, limit=PAGE_ROWS, cursor=filters.cursor,
    )  # fmt: skip
    machines = [context.book.current_machine(connection, kind) for kind in kinds]
    departments = _department_choices(list_departments(connection, today), filters)
    lights = _light_choices(filters)
    states = _state_choices(machines, filters)
    rows = make_rows(unit, context, page.items)
    has_progress = not rows or any(row.progress_pct is not None for row in rows)
    chosen = [choice.label for choice in (*lights, *states, *departments) if choice.is_chosen]
    chosen += [_("只看逾期")] if filters.overdue else []
    return {
        "filters": filters,
        "has_kinds": len(kinds) > 1,
        "is_filtered": filters.is_filtered,
        "filter_text": join_names(([f"“{filters.q}”"] if filters.q else []) + chosen),
        "clear": Filters(view=filters.view, sort=filters.sort).address(request.path),
        "views": [
            {"address": Filters(view=view).address(request.path), "label": label, "is_here": view == filters.view}
            for view, label in name_views().items()
        ],
        "lights": lights,
        "states": states,
        "departments": departments,
        "columns": _columns(filters, has_progress=has_progress),
        "has_progress": has_progress,
        "rows": rows,
        "order_text": name_order(filters.sort),
        "next_page": filters.address(request.path, cursor=page.next_cursor) if page.next_cursor else "",
    }


def _light_choices(filters: Filters) -> list[Choice]:
    return [Choice(light, say_label(COLOUR_LABELS[light]), light in filters.lights) for light in LIGHTS]


def _state_choices(machines: list[Machine], filters: Filters) -> list[Choice]:
    labels: dict[str, str] = {}
    for machine in machines:
        for name, state in machine.states.items():
            labels.setdefault(name, say_label(state.label))
    return [Choice(name, label, name == filters.state) for name, label in labels.items()]


def _department_choices(rows: list[DepartmentRow], filters: Filters) -> list[Choice]:
    lang = current_lang()
    return [
        Choice(str(row.id), (row.name_en or row.name) if lang == "en" else row.name, row.id == filters.department)
        for row in rows
    ]


def _columns(filters: Filters, *, has_progress: bool) -> list[Column]:
    path = request.path
    by_title = {"title": "ascending", "-title": "descending"}.get(filters.sort, "")
    other = "-title" if filters.sort == "title" else "title"
    by_due = "ascending" if filters.sort == "due" else ""
    return [
        Column(_("灯")),
        Column(_("事项"), sorted=by_title, address=filters.address(path, sort=other)),
        Column(_("牵头／配合")),
        Column(_("状态／阶段")),
        *([Column(_("进度"))] if has_progress else []),
        Column(_("完成期限"), css="fig", sorted=by_due, address=filters.address(path, sort="")),
    ]


def find_list_address(kind: str) -> str:
    """Return the address of the list in which an item of a kind stands."""
    lists = {"project": "item.list_projects", "slip": "slip.list_all", "request": "item.list_items"}
    return url_for(lists.get(kind, "item.list_tasks"))
