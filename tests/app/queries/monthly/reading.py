"""Reads the report of a month of 2026 for some readers, on the city's own database."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from app.policy.people import OFFICE_READER
from app.queries.progress_report import Reader, read_report
from reports.progress import ProgressReport
from reports.wording import Text
from tests.app.queries.fund.reading import count_statements
from tests.city import City

#: A day on which all months of the tests are over.
TODAY = date(2026, 9, 1)


def read_month(
    city: City, month: int, readers: Sequence[str] = (OFFICE_READER,), *, today: date = TODAY, **more: Any  # noqa: ANN401  # the Reader's fields
) -> ProgressReport:  # fmt: skip
    """Return the report of a month; `more` are fields of the Reader."""
    return read_counted(city, month, readers, today=today, **more)[0]


def read_counted(
    city: City, month: int, readers: Sequence[str] = (OFFICE_READER,), *, today: date = TODAY, **more: Any  # noqa: ANN401  # the Reader's fields
) -> tuple[ProgressReport, int]:  # fmt: skip
    """Return the report of a month and the number of statements that it took."""
    with city.database.reading() as session:
        connection = session.connection()
        reader = Reader(
            Text("云州市", "Yunzhou"), Text("领导小组办公室", "Office"), city.book.calendar(connection),
            lambda rule_set_id: city.book.rules(connection, rule_set_id).light, tuple(readers), **more,
        )  # fmt: skip
        city.book.rules(connection, city.book.current_rule_set(connection, today))
        with count_statements(session) as counted:
            report = read_report(connection, reader, 2026, month, today)
    return report, counted[0]
