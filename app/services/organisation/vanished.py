"""What became of a department that is closed: the sentence that names where its work went."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.core.errors import Fault, InvalidError, Sentence
from app.models.organisation import Department

_UNKNOWN = Sentence("没有这个部门。", "There is no such department.")


@dataclass(frozen=True, slots=True)
class _Known:
    name: str
    to_on: date | None
    successor_id: int | None


def require_running(connection: Connection, department_id: int, today: date, field: str) -> None:
    """Raise InvalidError at `field` unless the department runs on `today`; the sentence names the successor."""
    said = tell_vanished(connection, department_id, today)
    if said is not None:
        raise InvalidError([Fault(field, said)])


def tell_vanished(connection: Connection, department_id: int, today: date) -> Sentence | None:
    """Return why a department takes nothing any more, None while it runs.

    Names the department that answers for it now, however many merges lie between.
    """
    rows = connection.execute(select(Department.id, Department.name, Department.to_on, Department.successor_id)).all()
    known = {row.id: _Known(row.name, row.to_on, row.successor_id) for row in rows}
    gone = known.get(department_id)
    if gone is None:
        return _UNKNOWN
    if gone.to_on is None or gone.to_on > today:
        return None
    heir = _find_heir(known, department_id, today)
    if heir is None:
        return Sentence(
            f"“{gone.name}”已于{gone.to_on}撤销，没有承接部门。",
            f"{gone.name} was closed on {gone.to_on}; no department took over from it.",
        )
    return Sentence(
        f"“{gone.name}”已于{gone.to_on}并入“{heir}”，请改用“{heir}”。",
        f"{gone.name} was merged into {heir} on {gone.to_on}; use {heir} instead.",
    )


def _find_heir(known: dict[int, _Known], department_id: int, today: date) -> str | None:
    seen: set[int] = set()
    current: int | None = department_id
    while current is not None and current not in seen:
        seen.add(current)
        here = known[current]
        if here.to_on is None or here.to_on > today:
            return here.name
        current = here.successor_id
    return None
