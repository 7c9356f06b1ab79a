"""Which departments and sections may be given work now."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.core.errors import Fault, InvalidError, Sentence
from app.models.organisation import Department
from app.services.organisation.vanished import require_running


def require_open(connection: Connection, department_id: int, today: date, field: str) -> None:
    """InvalidError at `field` unless the department exists today; a closed one names its successor.

    Its row is held until the unit ends: a merge that has just begun takes along what it is given here.
    """
    connection.execute(select(Department.id).where(Department.id == department_id).with_for_update(read=True))
    require_running(connection, department_id, today, field)


def require_section(
    connection: Connection, section_id: int, department_id: int | None, today: date, field: str
) -> None:
    """InvalidError at `field` unless the section stands directly below the department and exists today."""
    parent_id = connection.execute(select(Department.parent_id).where(Department.id == section_id)).scalar()
    if parent_id is None or parent_id != department_id:
        raise InvalidError([
            Fault(field, Sentence("须是本部门的下设科室。", "It must be a section of the lead department."))
        ])  # fmt: skip
    require_open(connection, section_id, today, field)
