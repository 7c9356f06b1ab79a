"""Who reads an internal note 内部备注: decision 0027.

Whoever may read the item and holds a post in the department whose note it is, or in one above it; so do auditors,
whose reading is on record. The coordination office, the leadership group and administrators do not.
"""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import CTE, ColumnElement, and_, or_, select, true
from sqlalchemy.engine import Connection

from app.models.organisation import Department, Holding, Post
from app.models.remark import Remark
from app.policy.people import Actor
from workflows.roles import Capacity, Duty

#: Posts that are no part of their department's work: they stand in a department, and read none of its notes.
_APART = frozenset({Duty.AUDITOR, Duty.ADMIN, Duty.LEADER})


def list_note_departments(actor: Actor) -> tuple[int, ...]:
    """Return the departments in whose name the actor may write notes: those of the posts, lent ones last."""
    return tuple(dict.fromkeys(held.department_id for held in actor.capacities if counts_for_notes(held)))


def counts_for_notes(capacity: Capacity) -> bool:
    """Whether a post makes its holder one of the department's own people."""
    return capacity.duty not in _APART


def is_note_readable(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that the actor may read the remark of the row, if they may read its item."""
    if actor.has(Duty.AUDITOR):
        return true()
    departments = list_note_departments(actor)
    if not departments:
        return Remark.department_id.is_(None)
    return or_(Remark.department_id.is_(None), Remark.department_id.in_(select(_below(departments).c.id)))


def _below(departments: Iterable[int]) -> CTE:
    """Return the departments, those below them, and those that were merged into any of these."""
    below = select(Department.id).where(Department.id.in_(tuple(departments))).cte("note_departments", recursive=True)
    further = select(Department.id).join(
        below, or_(Department.parent_id == below.c.id, Department.successor_id == below.c.id)
    )
    return below.union(further)


def list_above(connection: Connection, department_id: int) -> frozenset[int]:
    """Return the department, those above it and its successors: whose people read its notes. One statement."""
    above = (
        select(Department.id, Department.parent_id, Department.successor_id)
        .where(Department.id == department_id)
        .cte("above_note", recursive=True)
    )
    above = above.union(
        select(Department.id, Department.parent_id, Department.successor_id).join(
            above, or_(Department.id == above.c.parent_id, Department.id == above.c.successor_id)
        )
    )
    return frozenset(connection.execute(select(above.c.id)).scalars())


def holds_note_post(departments: Iterable[int], today: date) -> ColumnElement[bool]:
    """Return the condition on Holding and Post that it makes its holder one of `departments`' own people today."""
    return and_(
        Post.department_id.in_(tuple(departments)),
        Post.duty.not_in([duty.value for duty in _APART]),
        Holding.from_on <= today,
        or_(Holding.to_on.is_(None), Holding.to_on > today),
        or_(Post.to_on.is_(None), Post.to_on > today),
    )
