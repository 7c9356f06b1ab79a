"""Every department that a text may mean, read once: for files and forms that name many of them.

Finds as `department.find_department` does (code, present name, former name), then by English and short names that
only one department bears; what is not found or no longer open is told with what to write instead.
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, Sentence
from app.core.text import fold
from app.models.organisation import Department, DepartmentName

_SUGGESTIONS = 3
_SUGGESTED_MAX = 50
_CUTOFF = 0.5
_SHOWN_MAX = 40


@dataclass(frozen=True, slots=True)
class KnownDepartment:
    """A department as the directory knows it."""

    id: int
    code: str
    name: str
    name_en: str | None
    from_on: date
    to_on: date | None
    successor_id: int | None


@dataclass
class Directory:
    """The city's departments as of `today`."""

    today: date
    departments: dict[int, KnownDepartment] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    _suggested: dict[str, list[str]] = field(default_factory=dict)

    def find(self, given: int | str) -> KnownDepartment | Sentence:
        """Return the open department that an id, a code or a name means, else the sentence that refuses it."""
        if isinstance(given, int):
            found = self.departments.get(given)
            if found is None:
                return Sentence(f"没有编号为{given}的部门。", f"There is no department with the id {given}.")
        else:
            found = self.departments.get(self.ids.get(fold(given), 0))
            if found is None:
                return self._tell_unknown(given)
        if found.from_on > self.today:
            since = found.from_on.isoformat()
            return Sentence(f"“{found.name}”自{since}起才设立。", f"{found.name} exists from {since} on only.")
        if self._is_open(found):
            return found
        return self._tell_closed(found)

    def _is_open(self, department: KnownDepartment) -> bool:
        return department.from_on <= self.today and (department.to_on is None or department.to_on > self.today)

    def _tell_closed(self, found: KnownDepartment) -> Sentence:
        ended = "" if found.to_on is None else found.to_on.isoformat()
        heir, seen = found, {found.id}
        while not self._is_open(heir) and heir.successor_id in self.departments and heir.successor_id not in seen:
            heir = self.departments[heir.successor_id]
            seen.add(heir.id)
        if heir is found or not self._is_open(heir):
            return Sentence(f"“{found.name}”已于{ended}撤销。", f"{found.name} was closed on {ended}.")
        return Sentence(
            f"“{found.name}”已于{ended}撤销，其职责由“{heir.name}”承接，请改填“{heir.name}”。",
            f"{found.name} was closed on {ended}; {heir.name} took over its duties, name that one.",
        )

    def _tell_unknown(self, given: str) -> Sentence:
        shown = given if len(given) <= _SHOWN_MAX else f"{given[: _SHOWN_MAX - 1]}…"
        folded = fold(given)
        if folded not in self._suggested:
            # Comparing is slow: a file full of other names needs no more suggestions than a person reads.
            self._suggested[folded] = self._suggest(folded) if len(self._suggested) < _SUGGESTED_MAX else []
        nearest = self._suggested[folded]
        zh = f"，是否指{'、'.join(f'“{name}”' for name in nearest)}？" if nearest else "，请填名称、曾用名或代码。"
        en = f"; did you mean {', '.join(nearest)}?" if nearest else "; give its name, a former name or its code."
        return Sentence(f"没有部门“{shown}”{zh}", f"There is no department {shown!r}{en}")

    def _suggest(self, folded: str) -> list[str]:
        """Return the present names of the open departments whose name or code comes nearest."""
        if not folded:
            return []
        known = {key: self.departments[found] for key, found in self.ids.items()}
        known = {key: department for key, department in known.items() if self._is_open(department)}
        inside = [key for key in known if folded in key or (len(key) > 1 and key in folded)]
        near = difflib.get_close_matches(folded, known, n=_SUGGESTIONS * 2, cutoff=_CUTOFF)
        names = dict.fromkeys(known[key].name for key in (*near, *inside))
        return list(names)[:_SUGGESTIONS]


def read_directory(connection: Connection, today: date) -> Directory:
    """Return the directory; two statements."""
    found = Directory(today)
    rows = connection.execute(
        select(Department.id, Department.code, Department.name, Department.name_en, Department.from_on,
               Department.to_on, Department.successor_id, Department.short_name).order_by(Department.id)
    ).all()  # fmt: skip
    for row in rows:
        found.departments[row.id] = KnownDepartment(*row[:-1])
        found.ids.setdefault(fold(row.code), row.id)
    names = select(DepartmentName.folded, DepartmentName.department_id).order_by(
        DepartmentName.to_on.is_(None).desc(), DepartmentName.to_on.desc(), DepartmentName.department_id
    )
    for folded, department_id in connection.execute(names):
        found.ids.setdefault(folded, department_id)
    _add_others(found, [(other, row.id) for row in rows for other in (row.name_en, row.short_name) if other])
    return found


def _add_others(directory: Directory, names: list[tuple[str, int]]) -> None:
    bearers: dict[str, set[int]] = {}
    for name, department_id in names:
        bearers.setdefault(fold(name), set()).add(department_id)
    for folded, ids in bearers.items():
        if len(ids) == 1:
            directory.ids.setdefault(folded, *ids)


def hold_open(connection: Connection, department_ids: Iterable[int], today: date) -> None:
    """Keep departments from being closed until the unit ends; ConflictError when one was closed meanwhile."""
    rows = connection.execute(
        select(Department.name, Department.to_on)
        .where(Department.id.in_(sorted(set(department_ids))))
        .order_by(Department.id)
        .with_for_update(read=True)
    ).all()
    for row in rows:
        if row.to_on is not None and row.to_on <= today:
            said = Sentence(
                f"“{row.name}”刚刚撤销，请重新核对。", f"{row.name} was closed just now; check the rows again."
            )
            raise ConflictError("department_closed", said)
