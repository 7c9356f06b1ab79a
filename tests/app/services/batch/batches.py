"""Batches of tasks in the made-up city: rows as JSON gives them, issued as somebody."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, insert, select

from app.core.errors import InvalidError
from app.models.document import SourceDocument
from app.models.item import Item
from app.policy.people import find_actor
from app.services.batch.reading import read_row
from app.services.supervision.batch import BatchOutcome, BatchPlan, issue_batch, plan_batch
from tests.city import NOW, City

ROW = {"title": "信号机数据对接", "department": "交通局", "due_on": "2026-04-01"}


def rows_of(*given: Any) -> list[Any]:  # noqa: ANN401  # rows as JSON
    """Return rows as the service takes them, numbered from 1."""
    return [read_row(number, row) for number, row in enumerate(given, 1)]


def issue(city: City, *given: Any, by: str = "office1", now: datetime = NOW, **more: Any) -> BatchOutcome:  # noqa: ANN401
    """Issue rows as `by`."""
    return city.database.write(
        lambda session: issue_batch(session, city.book, city.people[by], now, rows_of(*given), source="test", **more)
    )


def plan(city: City, *given: Any, by: str = "office1", document_id: int | None = None) -> BatchPlan:  # noqa: ANN401
    """Return what rows would become."""
    with city.database.reading() as session:
        connection = session.connection()
        actor = find_actor(connection, city.people[by], date(2026, 3, 2))
        assert actor is not None
        return plan_batch(connection, city.book, actor, NOW, rows_of(*given), document_id=document_id)


def faults(error: InvalidError) -> dict[str, str]:
    """Return the English sentences by field."""
    return {fault.field: fault.sentence.en for fault in error.faults}


def count_items(city: City) -> int:
    """Return how many items there are."""
    with city.database.reading() as session:
        return int(session.execute(select(func.count()).select_from(Item)).scalar_one())


def add_document(city: City, *, confidential: bool = False, by: str = "office1", closed_at: datetime | None = None,
                 number: str | None = "云政函〔2026〕3号") -> int:  # fmt: skip
    """Register a letter."""
    with city.database.writing() as session:
        return int(
            session.execute(
                insert(SourceDocument)
                .values(
                    kind="letter", register_number=f"收〔2026〕{count_documents(session)}号", number=number,
                    title="关于数据对接的函", search_text="x", received_on=date(2026, 3, 2), urgency="normal",
                    confidential=confidential, registered_by=city.people[by], registered_at=NOW, version=1,
                    closed_at=closed_at,
                )
                .returning(SourceDocument.id)
            ).scalar_one()
        )  # fmt: skip


def count_documents(session: Any) -> int:  # noqa: ANN401  # a session
    """Return how many documents there are."""
    return int(session.execute(select(func.count()).select_from(SourceDocument)).scalar_one())
