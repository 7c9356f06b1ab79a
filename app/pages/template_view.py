"""What the pages of templates show: cards by where they come from, the grid of phases and stages, duties of roles."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.pages.words import gettext as _
from app.queries.template import TemplateRow
from workflows.template import STAGE_KEYS, STAGE_LABELS, PhasePlan, RoleSlot, TaskPlan, Template
from workflows.words import Text


@dataclass(frozen=True, slots=True)
class CardGroup:
    """Cards under one heading."""

    label: str
    rows: tuple[TemplateRow, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """What a phase does in a stage: its tasks and the documents expected."""

    stage: Text
    tasks: tuple[TaskPlan, ...]
    outputs: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class GridRow:
    """A phase across the four stages."""

    phase: PhasePlan
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class RoleView:
    """A role with the tasks that it leads and those that it supports."""

    role: RoleSlot
    leads: tuple[TaskPlan, ...]
    supports: tuple[TaskPlan, ...]


def list_cards(rows: Sequence[TemplateRow], lang: str) -> list[CardGroup]:
    """Return the templates by where they come from, by name; a group without any is left out."""
    groups = ((_("随产品提供"), "shipped"), (_("本市自建"), "made"))
    found = []
    for label, source in groups:
        mine = sorted(
            (row for row in rows if row.source == source), key=lambda row: row.template.label.in_language(lang)
        )
        if mine:
            found.append(CardGroup(label, tuple(mine)))
    return found


def make_grid(template: Template) -> list[GridRow]:
    """Return the phases across the stages."""
    return [
        GridRow(phase, tuple(
            Cell(
                STAGE_LABELS[stage],
                tuple(task for task in template.tasks if (task.phase, task.stage) == (phase.key, stage)),
                phase.outputs.get(stage, ()),
            )
            for stage in STAGE_KEYS
        ))
        for phase in template.phases
    ]  # fmt: skip


def make_roles(template: Template) -> list[RoleView]:
    """Return the roles with their tasks."""
    return [
        RoleView(
            role,
            tuple(task for task in template.tasks if task.lead == role.key),
            tuple(task for task in template.tasks if any(one.role == role.key for one in task.supports)),
        )
        for role in template.roles
    ]
