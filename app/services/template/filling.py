"""Finds the departments that fill a template's roles, all in one statement; a closed one names who took over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.core.errors import Fault, Sentence
from app.core.text import fold
from app.models.organisation import Department, DepartmentName
from workflows.template import Template


@dataclass(frozen=True, slots=True)
class Filled:
    """The department in a role."""

    department_id: int
    name: str


class _Directory:
    """The city's departments by id, and by every code and name; a present name comes before a former one."""

    def __init__(self, connection: Connection) -> None:
        rows = connection.execute(
            select(
                Department.id, Department.code, Department.name, Department.to_on, Department.successor_id,
                DepartmentName.folded, DepartmentName.to_on.label("name_to_on"),
            )
            .outerjoin(DepartmentName, DepartmentName.department_id == Department.id)
            .order_by(Department.id, DepartmentName.id)
        ).all()  # fmt: skip
        self.rows: dict[int, Any] = {row.id: row for row in rows}
        former = {row.folded: row.id for row in sorted(rows, key=lambda row: row.name_to_on or date.max)}
        self.names: dict[str, int] = {**former, **{fold(row.code): row.id for row in rows}}

    def find(self, given: int | str) -> Any:  # noqa: ANN401  # a row
        """Return the department's row, None when there is none."""
        known = given if isinstance(given, int) else self.names.get(fold(given))
        return None if known is None else self.rows.get(known)

    def find_successor(self, row: Any, today: date) -> Any:  # noqa: ANN401  # rows
        """Return the open department that took a closed one's work over, None when nobody did. Ends on old loops."""
        seen = {row.id}
        while row is not None and not _is_open(row, today):
            row = self.rows.get(row.successor_id)
            if row is not None and row.id in seen:
                return None
            seen |= {row.id} if row is not None else set()
        return row


def _is_open(row: Any, today: date) -> bool:  # noqa: ANN401  # a row
    return row.to_on is None or row.to_on > today


def fill_roles(
    connection: Connection, template: Template, given: Mapping[str, int | str], today: date
) -> tuple[dict[str, Filled], list[Fault]]:
    """Return the department in each role, and what is wrong; parties outside government may be left out."""
    directory = _Directory(connection)
    faults: list[Fault] = []
    roles = {role.key: role for role in template.roles}
    listed = ", ".join(roles)
    faults += [
        Fault(f"departments.{key}",
              Sentence(f"模板中没有此角色，可填：{listed}。", f"Not a role of this template; known are: {listed}."))
        for key in given if key not in roles
    ]  # fmt: skip
    filled: dict[str, Filled] = {}
    for key, role in roles.items():
        place = f"departments.{key}"
        wanted = given.get(key)
        if wanted is None or wanted == "":
            if not role.is_outside:
                said = Sentence(
                    f"请为角色“{role.label.zh}”指定单位。", f"Name a department for the role {role.label.en}."
                )
                faults.append(Fault(place, said))
            continue
        row = directory.find(wanted)
        if row is None:
            faults.append(Fault(place, Sentence(f"没有部门“{wanted}”。", f"There is no department {wanted!r}.")))
        elif not _is_open(row, today):
            faults.append(Fault(place, _say_closed(row, directory.find_successor(row, today))))
        else:
            filled[key] = Filled(row.id, row.name)
    return filled, faults


def _say_closed(row: Any, successor: Any) -> Sentence:  # noqa: ANN401  # rows
    if successor is None:
        return Sentence(f"“{row.name}”已撤销。", f"{row.name} is closed.")
    return Sentence(
        f"“{row.name}”已撤销，职责由“{successor.name}”承接，请改填。",
        f"{row.name} is closed; {successor.name} took over: name that one.",
    )
