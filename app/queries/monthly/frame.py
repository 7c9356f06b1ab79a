"""What stands around a monthly report: departments' names of its time, the instant of its data, flagged values."""

from datetime import UTC, date, datetime

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from app.models.escalation import Sweep
from app.models.ledger import LedgerFlag
from app.models.organisation import Department, DepartmentName
from app.models.record import History
from app.queries.progress import Period, is_read


def read_department_names(connection: Connection, on: date) -> dict[int, tuple[str, str | None]]:
    """Return each department's (name as of `on`, English name): papers of a time keep the names of that time."""
    names = {row[0]: (row[1], row[2]) for row in connection.execute(
        select(Department.id, Department.name, Department.name_en)
    )}  # fmt: skip
    former = connection.execute(
        select(DepartmentName.department_id, DepartmentName.name).where(
            DepartmentName.from_on <= on, DepartmentName.to_on > on
        )
    ).all()
    return names | {row[0]: (row[1], names[row[0]][1]) for row in former}


def read_data_instant(connection: Connection, period: Period) -> datetime:
    """Return the instant that the report's data stand for: the last record or sweep, at most the month's end."""
    last = [
        connection.execute(select(func.max(History.recorded_at))).scalar_one(),
        connection.execute(select(func.max(Sweep.at))).scalar_one(),
    ]
    known = [instant for instant in last if instant is not None]
    return min(period.ends_at, max(known)) if known else period.ends_at.astimezone(UTC)


def count_flags(connection: Connection, period: Period) -> int:
    """Return how many odd values of items that the readers may read were imported as they stood."""
    return int(connection.execute(
        select(func.count()).select_from(LedgerFlag).where(
            is_read(LedgerFlag.item_id, period.readers)
        )
    ).scalar_one())  # fmt: skip
