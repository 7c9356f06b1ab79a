"""The grid of a project's page: phases × stages, or phases × how far their tasks are where no stage is known."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for
from markupsafe import Markup, escape

from app.pages.show import say_label, show_day
from app.pages.words import current_lang, ngettext
from app.pages.words import gettext as _
from app.queries.item_detail import ItemDetail, PhaseRow
from app.queries.project.below import NO_PHASE, NO_STAGE
from app.queries.project.plan import GridCell
from app.queries.project.tasks import STANDINGS
from workflows.template import STAGE_KEYS, STAGE_LABELS

_FULL_PCT = 100


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell: its reading, how many tasks it counts, where their list is; without tasks only a dash."""

    text: str
    count: Markup
    address: str
    css: str


@dataclass(frozen=True, slots=True)
class GridLine:
    """A phase across the columns."""

    name: str
    dates: Markup
    cells: tuple[CellView, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """The grid; `says` tells what is counted."""

    heading: str
    says: str
    columns: tuple[str, ...]
    lines: tuple[GridLine, ...]


def make_grid(detail: ItemDetail, cells: Sequence[GridCell]) -> Grid | None:
    """Return the grid of a project; None for one without phases or without tasks."""
    if not detail.phases or not cells:
        return None
    has_stages = any(cell.stage != NO_STAGE for cell in cells)
    keys = _list_keys(cells, has_stages=has_stages)
    lines = [_make_line(detail, cells, phase, keys, has_stages=has_stages) for phase in detail.phases]
    if any(cell.phase_seq == NO_PHASE for cell in cells):
        lines.append(_make_line(detail, cells, None, keys, has_stages=has_stages))
    return Grid(
        heading=_("阶段 × 环节") if has_stages else _("阶段 × 办理情况"),
        says=_("按最初期限归入阶段；百分数为各项任务进度的平均，了结的计100%")
        if has_stages
        else _("任务没有标明环节，按办理情况计；按最初期限归入阶段"),
        columns=tuple(_name_column(key) for key in keys),
        lines=tuple(lines),
    )


def _list_keys(cells: Sequence[GridCell], *, has_stages: bool) -> tuple[str, ...]:
    if not has_stages:
        return STANDINGS
    return (*STAGE_KEYS, NO_STAGE) if any(cell.stage == NO_STAGE for cell in cells) else STAGE_KEYS


def _name_column(key: str) -> str:
    if key in STAGE_LABELS:
        return say_label(STAGE_LABELS[key])
    return {"closed": _("已了结"), "begun": _("办理中"), "ahead": _("未开始")}.get(key, _("未标环节"))


def _make_line(
    detail: ItemDetail, cells: Sequence[GridCell], phase: PhaseRow | None, keys: Sequence[str], *, has_stages: bool
) -> GridLine:
    seq = phase.seq if phase else NO_PHASE
    found = []
    is_marked = phase is None or phase.passed_at is not None or phase.seq != (detail.details.get("phase_seq") or 0)
    for key in keys:
        mine = [c for c in cells if c.phase_seq == seq and (c.stage if has_stages else c.state) == key]
        found.append(_make_cell(detail.row.id, seq, key, mine, has_stages=has_stages))
    busy = [place for place, view in enumerate(found) if view.css == "busy"]
    if busy and not is_marked:
        # Where work has come furthest in the present phase.
        found[busy[-1]] = replace(found[busy[-1]], css="here")
    if phase is None:
        return GridLine(_("未定期限"), Markup(), tuple(found))
    name = phase.name_en if current_lang() == "en" else phase.name
    dates = Markup()
    if phase.passed_at is None and phase.planned_on is not None:
        dates = escape(_("计划%(day)s")) % {"day": show_day(phase.planned_on)}
    elif phase.passed_at is not None:
        dates = escape(_("✓ 已通过"))
    return GridLine(name, dates, tuple(found))


def _make_cell(project_id: int, seq: int, key: str, cells: Sequence[GridCell], *, has_stages: bool) -> CellView:
    total = sum(cell.tasks for cell in cells)
    if not total:
        return CellView("—", Markup(), "", "off")
    closed, begun = sum(cell.closed for cell in cells), sum(cell.begun for cell in cells)
    overdue = sum(cell.overdue for cell in cells)
    place: dict[str, Any] = {"stage": key} if has_stages else {"standing": key}
    address = url_for("project.list_plan", item_id=project_id, phase=seq, **place)
    count = ngettext("%(num)s项任务", "%(num)s项任务", total)
    late = ngettext("%(num)s项逾期", "%(num)s项逾期", overdue)
    told = escape(_("%(one)s，%(other)s", one=count, other=late)) if overdue else escape(count)
    if not has_stages:
        return CellView("", told, address, "busy" if key == "begun" else "")
    if closed == total:
        return CellView(_("✓ 完成"), told, address, "")
    if not begun:
        return CellView(_("○ 未开始"), told, address, "off")
    pct = sum(cell.progress_pct * cell.tasks for cell in cells) // total
    return CellView(f"● {min(pct, _FULL_PCT)}%", told, address, "busy")
