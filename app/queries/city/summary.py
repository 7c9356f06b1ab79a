"""Reads the figures that the job has made for a reader, and whether there is little enough to count them at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from app.models.item import ItemAccess
from app.models.organisation import Department
from app.models.summary import Summary
from app.queries.city.figures import Figures, read_figures

NAME = "city"
#: Up to so many items are counted while a visitor waits.
SMALL = 2000


@dataclass(frozen=True, slots=True)
class MadeFigures:
    """Figures and the instant at which they were made."""

    figures: Figures
    made_at: datetime


def find_summary(connection: Connection, reader: str) -> MadeFigures | None:
    """Return the figures made for `reader`; None while there are none, or another release's. One statement."""
    row = connection.execute(
        select(Summary.data, Summary.made_at).where(Summary.reader == reader, Summary.name == NAME)
    ).first()
    if row is None:
        return None
    try:
        return MadeFigures(read_figures(row.data), row.made_at)
    except (KeyError, TypeError, ValueError):
        return None


def is_small(connection: Connection, reader: str) -> bool:
    """Whether `reader` reads few enough items to count them at once. One statement, which stops at the limit."""
    statement = select(ItemAccess.item_id).where(ItemAccess.reader == reader).limit(1).offset(SMALL)
    return connection.execute(statement).first() is None


def list_running(connection: Connection, today: date) -> Sequence[int]:
    """Return the ids of the departments that exist on `today`."""
    statement = select(Department.id).where(or_(Department.to_on.is_(None), Department.to_on > today))
    return connection.execute(statement.order_by(Department.id)).scalars().all()


@dataclass(frozen=True, slots=True)
class DepartmentName:
    """What a department is called now, short where it has a short name."""

    name: str
    name_en: str | None
    short_name: str | None


def name_by_id(connection: Connection, department_ids: Iterable[int]) -> dict[int, DepartmentName]:
    """Return names by id, in the order of their pinyin. One statement."""
    rows = connection.execute(
        select(Department.id, Department.name, Department.name_en, Department.short_name)
        .where(Department.id.in_(set(department_ids)))
        .order_by(Department.sort_key, Department.id)
    )
    return {row.id: DepartmentName(row.name, row.name_en, row.short_name) for row in rows}
