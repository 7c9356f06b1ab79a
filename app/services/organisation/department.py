"""Departments as a tree through time: added, renamed, moved, merged and closed, never deleted.

Names are compared folded (NFKC, case, blanks), so that the second look-alike is refused; what was typed is shown.
A former name stays with its dates: papers keep it, searches and imports still find the department by it.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, or_, select, update
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, Fault, InvalidError, NotFoundError, Sentence, StaleError
from app.core.text import NAME_MAX, clean, fold, sort_key
from app.models.organisation import Department, DepartmentName
from app.services.act import Act, read_name
from app.services.organisation.department_reference import find_references, refresh_readers
from app.services.organisation.vanished import require_running, tell_vanished

CODE_MAX = 60
_FOLDED_MAX = NAME_MAX * 2


@dataclass(frozen=True, slots=True)
class DepartmentNames:
    """What a department is called; only `name` must be given."""

    name: str
    name_en: str | None = None
    short_name: str | None = None


@dataclass(frozen=True, slots=True)
class DepartmentState:
    """A department as a write to it begins with."""

    id: int
    name: str
    name_en: str | None
    short_name: str | None
    parent_id: int | None
    from_on: date
    to_on: date | None
    version: int


_STATE = select(
    Department.id, Department.name, Department.name_en, Department.short_name, Department.parent_id,
    Department.from_on, Department.to_on, Department.version,
)  # fmt: skip


def find_department(connection: Connection, name_or_code: str) -> int | None:
    """Return the id of the department with this code, else with this present, else with this former name.

    All compared folded. Where several once had the name, the one that had it last is meant.
    """
    folded = fold(name_or_code)
    if not folded:
        return None
    by_code = connection.execute(
        select(Department.id).where(Department.code.in_({clean(name_or_code), folded, folded.upper()}))
    ).scalar()
    if by_code is not None:
        return by_code
    # An interval that still runs comes first, then the one that ended last.
    return connection.execute(
        select(DepartmentName.department_id)
        .where(DepartmentName.folded == folded)
        .order_by(DepartmentName.to_on.is_(None).desc(), DepartmentName.to_on.desc(), DepartmentName.department_id)
        .limit(1)
    ).scalar_one_or_none()


def require_department(connection: Connection, name_or_code: str, field: str) -> int:
    """Return the id of the department that `find_department` finds; InvalidError names `field` when there is none."""
    found = find_department(connection, name_or_code)
    if found is None:
        said = Sentence(f"没有部门“{name_or_code}”。", f"There is no department {name_or_code!r}.")
        raise InvalidError([Fault(field, said)])
    return found


def add_department(
    act: Act, code: str, names: DepartmentNames, *, parent_id: int | None = None, from_on: date | None = None
) -> int:
    """Add a department that exists from `from_on` (default today) and return its id; InvalidError lists all faults."""
    act.take_turn("department")
    faults: list[Fault] = []
    given = read_name(faults, "code", code, CODE_MAX)
    if given is not None and len(given.split()) > 1:
        faults.append(Fault("code", Sentence("代码中不能有空格。", "A code has no blanks in it.")))
    if given is not None and _is_code_taken(act.connection, given):
        faults.append(Fault("code", Sentence(f"代码“{given}”已有部门使用。", f"The code {given!r} is taken.")))
    shown = _read_names(act, faults, names, None)
    gone = None if parent_id is None else tell_vanished(act.connection, parent_id, act.today)
    if gone is not None:
        faults.append(Fault("parent", gone))
    if faults:
        raise InvalidError(faults)
    begins = from_on or act.today
    values = {"name": shown.name, "name_en": shown.name_en, "short_name": shown.short_name}
    department_id = int(
        act.connection.execute(
            insert(Department)
            .values(code=given, parent_id=parent_id, sort_key=sort_key(shown.name), from_on=begins, **values)
            .returning(Department.id)
        ).scalar_one()
    )
    act.connection.execute(
        insert(DepartmentName).values(
            department_id=department_id, name=shown.name, folded=fold(shown.name), from_on=begins
        )
    )
    act.audit("add_department", f"department:{department_id}", after={"code": given, "parent": parent_id, **values})
    return department_id


def rename_department(act: Act, department_id: int, names: DepartmentNames, *, on: date | None = None) -> None:
    """Give a department another name from `on` (default today); the former one stays with its dates."""
    act.take_turn("department")
    row = lock_department(act.connection, department_id)
    faults: list[Fault] = []
    shown = _read_names(act, faults, names, department_id)
    begins = on or act.today
    faults += [Fault("on", said) for said in _check_beginning(act, row, begins)]
    if faults:
        raise InvalidError(faults)
    values = {"name": shown.name, "name_en": shown.name_en, "short_name": shown.short_name}
    if shown.name != row.name:
        _write_name(act.connection, department_id, shown.name, begins)
    act.connection.execute(
        update(Department)
        .where(Department.id == department_id)
        .values(sort_key=sort_key(shown.name), version=Department.version + 1, **values)
    )
    before = {"name": row.name, "name_en": row.name_en, "short_name": row.short_name}
    act.audit("rename_department", f"department:{department_id}", before=before, after={**values, "on": begins})


def _check_beginning(act: Act, row: DepartmentState, begins: date) -> list[Sentence]:
    """Return what is wrong with the day from which a name is to hold: a closed department, the wrong order."""
    if row.to_on is not None and row.to_on <= act.today:
        return [Sentence(f"“{row.name}”已撤销，不再更名。", f"{row.name} is closed; its name stays as it is.")]
    if begins > act.today:
        return [Sentence("更名在当天办理，日期不能晚于今天。", "A name is given on its day: not after today.")]
    since = act.connection.execute(
        select(DepartmentName.from_on).where(
            DepartmentName.department_id == row.id, DepartmentName.folded == fold(row.name)
        )
    ).scalar()
    first = row.from_on if since is None else max(since, row.from_on)
    if begins < first:
        return [Sentence(f"现用名称自{first}起，不能更早。", f"The present name began on {first}; not before that.")]
    return []


def _write_name(connection: Connection, department_id: int, name: str, begins: date) -> None:
    mine = DepartmentName.department_id == department_id
    folded = fold(name)
    current = connection.execute(
        select(DepartmentName.id, DepartmentName.folded, DepartmentName.from_on).where(
            mine, DepartmentName.to_on.is_(None)
        )
    ).first()
    if current is not None and current.folded == folded:
        connection.execute(update(DepartmentName).where(DepartmentName.id == current.id).values(name=name))
        return
    if current is not None:
        connection.execute(update(DepartmentName).where(DepartmentName.id == current.id).values(to_on=begins))
    again = connection.execute(
        update(DepartmentName).where(mine, DepartmentName.folded == folded).values(name=name, to_on=None)
    )
    if again.rowcount == 0:
        connection.execute(
            insert(DepartmentName).values(department_id=department_id, name=name, folded=folded, from_on=begins)
        )


def move_department(act: Act, department_id: int, parent_id: int | None) -> None:
    """Put a department under another one, or on top; InvalidError shows the chain when that would close a loop."""
    act.take_turn("department")
    row = lock_department(act.connection, department_id)
    if parent_id is not None:
        require_running(act.connection, parent_id, act.today, "parent")
        chain = chain_above(act.connection, parent_id)
        if department_id in [known for known, _ in chain]:
            raise InvalidError([Fault("parent", say_loop(row.name, department_id, chain))], code="loop")
    act.connection.execute(
        update(Department)
        .where(Department.id == department_id)
        .values(parent_id=parent_id, version=Department.version + 1)
    )
    refresh_readers(act.connection, department_id)
    act.audit("move_department", f"department:{department_id}", before={"parent": row.parent_id},
              after={"parent": parent_id})  # fmt: skip


def say_loop(name: str, department_id: int, chain: list[tuple[int, str]]) -> Sentence:
    """Return the sentence that shows the loop which `chain`, from the new place upwards, would close."""
    ids = [known for known, _ in chain]
    names = [shown for _, shown in chain][: ids.index(department_id) + 1]
    path = " → ".join([name, *names])
    return Sentence(f"会形成循环：{path}。", f"This would close a loop: {path}.")


def close_department(act: Act, department_id: int, *, on: date | None = None) -> None:
    """Close a department from `on` (default today); it stays on record under its name.

    ConflictError lists what still refers to it: open items, open posts, departments below.
    """
    act.take_turn("department")
    row = lock_department(act.connection, department_id)
    if row.to_on is not None:
        return
    ends = check_end(row.from_on, on or act.today, act.today)
    references = find_references(act.connection, department_id, act.today)
    if references:
        zh = "；".join(reference.zh for reference in references)
        en = "; ".join(reference.en for reference in references)
        raise ConflictError(
            "department_in_use",
            Sentence(
                f"不能撤销“{row.name}”，仍有：{zh}。可先办结或移交，或并入其他部门。",
                f"{row.name} cannot be closed; it still has {en}. Finish or hand these over, or merge it into another.",
            ),
        )
    end_department(act, department_id, ends, successor_id=None)
    act.audit("close_department", f"department:{department_id}", after={"to_on": ends})


def require_version(connection: Connection, department_id: int, given: int | None) -> None:
    """Raise StaleError unless `given` is the department's present version, which is locked until the unit ends."""
    current = lock_department(connection, department_id).version
    if given != current:
        raise StaleError(current, given)


def end_department(act: Act, department_id: int, ends: date, *, successor_id: int | None) -> None:
    """Write that a department ended, and which one answers for it from then on."""
    # A merged department hangs below its successor from then on: the successor reads what it left behind.
    parent = {} if successor_id is None else {"parent_id": successor_id}
    act.connection.execute(
        update(Department)
        .where(Department.id == department_id)
        .values(to_on=ends, successor_id=successor_id, version=Department.version + 1, **parent)
    )
    act.connection.execute(
        update(DepartmentName)
        .where(DepartmentName.department_id == department_id, DepartmentName.to_on.is_(None))
        .values(to_on=ends)
    )


def check_end(from_on: date, ends: date, today: date) -> date:
    """Return the day on which a department ends; InvalidError when it is not between its first day and today."""
    if ends > today:
        raise InvalidError(
            [Fault("on", Sentence("在当天办理，日期不能晚于今天。", "This is done on its day: not after today."))]
        )
    if ends <= from_on:
        first = (from_on + timedelta(days=1)).isoformat()
        raise InvalidError([Fault("on", Sentence(f"最早为{first}。", f"Not before {first}."))])
    return ends


def read_department(connection: Connection, department_id: int) -> DepartmentState:
    """Return a department as it is; NotFoundError when there is none."""
    return _found(connection.execute(_STATE.where(Department.id == department_id)).first())


def lock_department(connection: Connection, department_id: int) -> DepartmentState:
    """Return the same under a lock that lasts until the unit ends."""
    return _found(connection.execute(_STATE.where(Department.id == department_id).with_for_update()).first())


def _found(row: Any) -> DepartmentState:  # noqa: ANN401  # a row of _STATE
    if row is None:
        raise NotFoundError("没有这个部门。", "There is no such department.")
    return DepartmentState(*row)


def _is_code_taken(connection: Connection, code: str) -> bool:
    known = connection.execute(select(Department.code)).scalars()
    return fold(code) in {fold(other) for other in known}


def chain_above(connection: Connection, department_id: int) -> list[tuple[int, str]]:
    """Return the department and those above it; ends even where old data hold a loop."""
    rows = connection.execute(select(Department.id, Department.name, Department.parent_id)).all()
    known = {row.id: row for row in rows}
    chain: list[tuple[int, str]] = []
    current: int | None = department_id
    while current is not None and current not in [seen for seen, _ in chain]:
        chain.append((current, known[current].name))
        current = known[current].parent_id
    return chain


def _read_names(act: Act, faults: list[Fault], names: DepartmentNames, own_id: int | None) -> DepartmentNames:
    name = read_name(faults, "name", names.name, NAME_MAX)
    name_en = read_name(faults, "name_en", names.name_en, NAME_MAX, required=False)
    short_name = read_name(faults, "short_name", names.short_name, NAME_MAX, required=False)
    if name is not None:
        folded = fold(name)
        if not 0 < len(folded) <= _FOLDED_MAX:
            faults.append(
                Fault("name", Sentence("名称无法用于比较，请改写。", "A name with letters or digits is needed."))
            )
        twin = act.connection.execute(
            select(Department.name)
            .join(DepartmentName, DepartmentName.department_id == Department.id)
            .where(
                DepartmentName.folded == folded,
                or_(DepartmentName.to_on.is_(None), DepartmentName.to_on > act.today),
                DepartmentName.department_id != (own_id or 0),
            )
        ).scalar()
        if twin is not None:
            faults.append(
                Fault("name", Sentence(f"已有同名部门“{twin}”。", f"A department of this name exists: {twin}."))
            )
    return DepartmentNames(name or "", name_en, short_name)
