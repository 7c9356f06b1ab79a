"""Which departments and sections may be given work now."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.core.errors import Fault, InvalidError, Sentence
from app.models.organisation import Department


def require_open(connection: Connection, department_id: int, today: date, field: str) -> None:
    """InvalidError at `field` unless the department exists today; a closed one names its successor.

    Its row is held until the unit ends: a merge that has just begun takes along what it is given here.
    """
    row = connection.execute(
        select(Department.name, Department.to_on, Department.successor_id)
        .where(Department.id == department_id)
        .with_for_update(read=True)
    ).first()
    if row is None:
        said = Sentence(f"没有编号为{department_id}的部门。", f"There is no department with the id {department_id}.")
        raise InvalidError([Fault(field, said)])
    if row.to_on is None or row.to_on > today:
        return
    successor = connection.execute(select(Department.name).where(Department.id == row.successor_id)).scalar()
    heir = (f"，其职责由“{successor}”承接", f"; {successor} took over its duties") if successor else ("", "")
    said = Sentence(
        f"“{row.name}”已于{row.to_on.isoformat()}撤销{heir[0]}。",
        f"{row.name} was closed on {row.to_on.isoformat()}{heir[1]}.",
    )
    raise InvalidError([Fault(field, said)])


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
