"""Finds the departments that a ledger names: by code, present or former name, all folded; or makes them.

A merged department stands for its successor, except where an item has the old one already: what was done under it
stays there.
"""

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from app.core.text import clean, fold, sort_key
from app.ledger.consistency import check_departments
from app.ledger.findings import Findings
from app.ledger.rows import Ledger
from app.models.organisation import Department, DepartmentName, Holding, Post
from app.services.act import Act
from app.services.organisation.department import CODE_MAX, DepartmentNames, add_department
from workflows.roles import Duty

_CODE_CUT = CODE_MAX - 10


@dataclass
class Departments:
    """The departments by folded code, present and former name; `successors` of those that were merged."""

    ids: dict[str, int] = field(default_factory=dict)
    codes: dict[int, str] = field(default_factory=dict)
    successors: dict[int, int] = field(default_factory=dict)
    created: list[str] = field(default_factory=list)

    def find(self, name: str | None, kept: AbstractSet[int | None] = frozenset()) -> int | None:
        """Return the id of the department that `name` means; one of `kept` is taken as it is, also when merged."""
        found = self.ids.get(fold(name)) if name else None
        seen: set[int] = set()
        while found is not None and found not in kept and found in self.successors and found not in seen:
            seen.add(found)
            found = self.successors[found]
        return found

    def find_all(self, names: Iterable[str], kept: AbstractSet[int | None] = frozenset()) -> frozenset[int]:
        """Return the ids of all that `names` mean."""
        return frozenset(found for name in names if (found := self.find(name, kept)) is not None)

    def check(self, ledger: Ledger) -> Findings:
        """Report the departments that the ledger names and the city does not know."""
        return check_departments(ledger, {name: self.codes[found] for name, found in self.ids.items()})


def read_departments(connection: Connection) -> Departments:
    """Return the city's departments; a code comes before a present name, that before a former one."""
    found = Departments()
    rows = connection.execute(select(Department.id, Department.code, Department.successor_id)).all()
    for department_id, code, successor_id in rows:
        found.codes[department_id] = code
        found.ids[fold(code)] = department_id
        if successor_id is not None:
            found.successors[department_id] = successor_id
    names = (
        select(DepartmentName.folded, DepartmentName.department_id)
        .order_by(DepartmentName.to_on.is_(None).desc(), DepartmentName.to_on.desc(), DepartmentName.department_id)
    )  # fmt: skip
    for folded, department_id in connection.execute(names):
        found.ids.setdefault(folded, department_id)
    return found


def create_departments(act: Act, departments: Departments, names: Iterable[str]) -> None:
    """Add the departments among `names` that are not known, without posts; a code is derived from each name."""
    taken = {fold(code) for code in departments.codes.values()}
    wanted = {fold(name): name for name in names}
    for folded, name in wanted.items():
        if not folded or folded in departments.ids:
            continue
        code = _derive_code(name, taken | (wanted.keys() - {folded}))
        department_id = add_department(act, code, DepartmentNames(name))
        taken.add(fold(code))
        departments.codes[department_id] = code
        departments.ids |= {folded: department_id, fold(code): department_id}
        departments.created.append(clean(name))


def _derive_code(name: str, taken: AbstractSet[str]) -> str:
    text = clean(name) if name.isascii() else sort_key(name).partition(" ")[0]
    plain = re.sub(r"[^0-9A-Z]+", "-", text.upper()).strip("-")[:_CODE_CUT].strip("-") or "DEPARTMENT"
    code, number = plain, 1
    while fold(code) in taken:
        number += 1
        code = f"{plain}-{number}"
    return code


def has_office(act: Act) -> bool:
    """Whether somebody holds an office post today, so that no item waits for nobody."""
    statement = (
        select(Holding.id)
        .join(Post, Post.id == Holding.post_id)
        .where(
            Post.duty == Duty.OFFICE.value,
            or_(Post.to_on.is_(None), Post.to_on > act.today),
            Holding.from_on <= act.today,
            or_(Holding.to_on.is_(None), Holding.to_on > act.today),
        )
        .limit(1)
    )
    return act.connection.execute(statement).first() is not None
