"""The overview's figures as a page shows them: in words, with their bars and the lists to which they lead."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from app.edge.city import Overview
from app.edge.context import Unit, current_context
from app.pages.city.links import link_items, link_projects, name_department_filter
from app.pages.show import say, say_label
from app.pages.words import current_lang
from app.pages.words import gettext as _
from app.queries.city.figures import DepartmentRate, Figures, JointCell, StateDays
from app.queries.city.summary import DepartmentName
from app.queries.listing.conditions import NO_PHASE
from reports.bars import Part, draw_columns, draw_rate, draw_spread, draw_stack
from workflows.interpreter import Machine
from workflows.light import COLOUR_LABELS
from workflows.words import Text

KINDS = ("project", "task", "share", "slip", "request")
#: Tones by kind for the stacked bars, far apart in lightness.
TONES = {"project": "dark", "task": "strong", "share": "middle", "slip": "yellow", "request": "bare"}
_FINISHED = ("done", "accepted")


@dataclass(frozen=True, slots=True)
class CountRow:
    """A row of a table: a label, how many, the bar and the list; `tone` names a light."""

    label: str
    count: int
    bar: Markup
    address: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class RateRow:
    """A department's rate with its numbers, month by month and in all."""

    name: str
    rate: DepartmentRate
    bar: Markup
    columns: Markup
    finished_address: str
    overdue_address: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class StateRow:
    """How long stays in a state lasted; texts of working days."""

    label: str
    median: str
    most: str
    count: int
    bar: Markup
    address: str


@dataclass(frozen=True, slots=True)
class StateGroup:
    """The states of one kind, in the order of its workflow."""

    label: str
    rows: tuple[StateRow, ...]


@dataclass(frozen=True, slots=True)
class LoadRow:
    """Open items of a stretch of time by kind: (count, address) each, and in all."""

    label: str
    cells: tuple[tuple[int, str], ...]
    count: int
    bar: Markup
    address: str
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """Joint work of a pair of departments; `weight` from 0 to 4 shades it."""

    count: int
    told: str
    address: str
    weight: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """Lead departments down, supporting ones across; None where both are the same or nothing is joint."""

    across: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, str, int, tuple[MatrixCell | None, ...]], ...]


def make_view(unit: Unit, overview: Overview, figures: Figures) -> dict[str, Any]:
    """Return the values of the page's template."""
    connection, book = unit.connection(), current_context().book
    machines = {kind: book.current_machine(connection, kind) for kind in KINDS}
    names = {one: say_short(name) for one, name in overview.names.items()}
    return {
        "figures": figures,
        "lights": tuple(_list_lights(figures)),
        "phases": tuple(_list_phases(figures)),
        "rates": tuple(_list_rates(figures, names)),
        "city_rate": _sum_rates(figures),
        "months": tuple(_name_month(month) for month in figures.months),
        "states": tuple(_list_states(figures, machines)),
        "load": tuple(_list_load(figures)),
        "kinds": tuple((say_label(machines[kind].label), TONES[kind], draw_stack([Part(1, TONES[kind])], 1))
                       for kind in KINDS),
        "matrix": make_matrix(figures.joint, names),
    }  # fmt: skip


def say_short(name: DepartmentName) -> str:
    """Return what a department is called where there is little room."""
    if current_lang() == "en":
        return name.name_en or name.name
    return name.short_name or name.name


def _list_lights(figures: Figures) -> Iterator[CountRow]:
    for row in figures.lights:
        bar = draw_stack([Part(row.projects, row.light)], figures.projects)
        label = say_label(COLOUR_LABELS[row.light])
        yield CountRow(label, row.projects, bar, link_projects(light=row.light), row.light)


def _list_phases(figures: Figures) -> Iterator[CountRow]:
    for row in figures.phases:
        bar = draw_stack([Part(row.projects, "strong")], figures.projects)
        if row.name is None:
            yield CountRow(_("尚未进入阶段"), row.projects, bar, link_projects(phase=NO_PHASE))
        else:
            label = say(Text(row.name, row.name_en or row.name))
            yield CountRow(label, row.projects, bar, link_projects(phase=row.name))


def _sum_rates(figures: Figures) -> dict[str, Any]:
    rates = figures.rates
    months = tuple(
        (sum(rate.months[place].on_time for rate in rates), sum(rate.months[place].dated for rate in rates))
        for place in range(len(figures.months))
    )
    on_time, dated = sum(rate.on_time for rate in rates), sum(rate.dated for rate in rates)
    return {
        "on_time": on_time,
        "dated": dated,
        "finished": sum(rate.finished for rate in rates),
        "rate_pct": None if not dated else (on_time * 200 + dated) // (dated * 2),
        "cells": tuple(_tell_share(*pair) for pair in months),
        "columns": draw_columns(months),
    }


def _tell_share(on_time: int, dated: int) -> str:
    return f"{on_time}/{dated}" if dated else "—"


def _list_rates(figures: Figures, names: Mapping[int, str]) -> Iterator[RateRow]:
    order = {one: place for place, one in enumerate(names)}
    for rate in sorted(figures.rates, key=lambda one: order.get(one.department_id, len(order))):
        concerned: dict[str, Any] = {
            "kind": ("task", "share"),
            "department": name_department_filter(rate.department_id),
            "part": "lead",
        }
        # What was archived since counts as finished too.
        closed = concerned | {"state": _FINISHED, "archived": "all"}
        yield RateRow(
            name=names.get(rate.department_id, "—"),
            rate=rate,
            bar=draw_rate(rate.on_time, rate.dated),
            columns=draw_columns([(month.on_time, month.dated) for month in rate.months]),
            finished_address=link_items(**closed, closed_from=figures.months[0], closed_until=figures.today),
            overdue_address=link_items(**concerned, overdue=1),
            cells=tuple(
                (_tell_share(month.on_time, month.dated),
                 link_items(**closed, closed_from=first, closed_until=_last_day(figures, place)))
                for place, (first, month) in enumerate(zip(figures.months, rate.months, strict=True))
            ),
        )  # fmt: skip


def _last_day(figures: Figures, place: int) -> date:
    if place + 1 == len(figures.months):
        return figures.today
    return date.fromordinal(figures.months[place + 1].toordinal() - 1)


def _name_month(month: date) -> str:
    return f"{month.year}-{month.month:02d}"


def _list_states(figures: Figures, machines: Mapping[str, Machine]) -> Iterator[StateGroup]:
    far = max((row.most_halves for row in figures.states), default=0)
    for kind in KINDS:
        order = {name: place for place, name in enumerate(machines[kind].states)}
        own = [row for row in figures.states if row.kind == kind]
        own.sort(key=lambda row: order.get(row.state, len(order)))
        if own:
            yield StateGroup(
                say_label(machines[kind].label), tuple(_state_row(row, machines[kind], far) for row in own)
            )


def _state_row(row: StateDays, machine: Machine, far: int) -> StateRow:
    state = machine.states.get(row.state)
    return StateRow(
        label=say_label(state.label) if state else row.state,
        median=_tell_halves(row.median_halves),
        most=_tell_halves(row.most_halves),
        count=row.count,
        bar=draw_spread(row.median_halves, row.most_halves, far),
        address=link_items(kind=row.kind, state=row.state),
    )


def _tell_halves(halves: int) -> str:
    return f"{halves // 2}.5" if halves % 2 else str(halves // 2)


def _list_load(figures: Figures) -> Iterator[LoadRow]:
    load = figures.load
    stretches: list[tuple[str, Mapping[str, int], dict[str, Any]]] = [(_("已逾期"), load.overdue, {"overdue": 1})]
    for week in load.weeks:
        days = {"due_from": week.from_on, "due_until": week.until_on}
        stretches.append((f"{week.from_on:%m-%d} — {week.until_on:%m-%d}", week.kinds, days))
    after = date.fromordinal(load.weeks[-1].until_on.toordinal() + 1)
    stretches.append((_("以后"), load.later, {"due_from": after}))
    full = max((sum(kinds.values()) for _label, kinds, _days in stretches), default=0)
    for label, kinds, days in stretches:
        yield LoadRow(
            label=label,
            cells=tuple((kinds.get(kind, 0), link_items(kind=kind, **days)) for kind in KINDS),
            count=sum(kinds.values()),
            bar=draw_stack([Part(kinds.get(kind, 0), TONES[kind]) for kind in KINDS], full),
            address=link_items(**days),
            is_late=days == {"overdue": 1},
        )


def make_matrix(cells: Sequence[JointCell], names: Mapping[int, str]) -> Matrix:
    """Return the matrix with the departments in the order of `names`; those without joint work are left out."""
    leads = [one for one in names if any(cell.lead_id == one for cell in cells)]
    supports = [one for one in names if any(cell.support_id == one for cell in cells)]
    known = {(cell.lead_id, cell.support_id): cell for cell in cells}
    most = max((cell.projects + cell.tasks for cell in cells), default=1)
    joint: dict[str, Any] = {"kind": ("project", "task")}
    return Matrix(
        tuple(
            (names[one], link_items(**joint, department=name_department_filter(one), part="support"))
            for one in supports
        ),
        tuple(
            (
                names[lead],
                link_items(**joint, department=name_department_filter(lead), part="lead"),
                sum(cell.projects + cell.tasks for cell in cells if cell.lead_id == lead),
                tuple(_matrix_cell(known.get((lead, support)), most, names) for support in supports),
            )
            for lead in leads
        ),
    )


def _matrix_cell(cell: JointCell | None, most: int, names: Mapping[int, str]) -> MatrixCell | None:
    if cell is None:
        return None
    count = cell.projects + cell.tasks
    told = _("%(lead)s牵头、%(support)s配合：项目%(projects)s个，任务%(tasks)s项", lead=names[cell.lead_id],
             support=names[cell.support_id], projects=cell.projects, tasks=cell.tasks)  # fmt: skip
    address = link_items(
        kind=("project", "task"), department=name_department_filter(cell.lead_id), part="lead",
        support=name_department_filter(cell.support_id)
    )  # fmt: skip
    return MatrixCell(count, told, address, min(4, max(1, round(4 * count / most))))
