"""What the tests of ledgers share: files made of text, imports into a city, what they left behind."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import func, select

from app.edge.ledger import find_mapping, write_ledger
from app.ledger.mapping import LedgerMapping
from app.ledger.read import read_ledger, read_ledger_bytes
from app.ledger.rows import Ledger
from app.models.item import Item, ItemClock, Project, Task
from app.models.ledger import LedgerFlag, LedgerImport, ProgressSnapshot
from app.models.record import Audit, History, Outbox
from app.policy.access import compare
from app.policy.people import OFFICE_READER
from app.queries.ledger import list_ledger_rows
from app.services.ledger.importing import ImportReport, import_ledger
from app.services.organisation.person import find_person
from app.services.recording import Acting
from tests.city import NOW, City

_COUNTED = (Item, History, Audit, ProgressSnapshot, LedgerFlag, Outbox)


def read_text(text: str, mapping: LedgerMapping | None = None, *, create: bool = False) -> Ledger:
    """Return the ledger that a CSV text holds, in our own format unless a mapping says otherwise."""
    chosen = mapping or find_mapping(None)
    return read_ledger_bytes(text.encode(), replace(chosen, departments="create") if create else chosen)


def bring_in(
    city: City, ledger: Ledger, *, now: datetime = NOW, dry_run: bool = False,
    escalate_from: date | Literal["source"] | None = None, name: str = "ledger.csv",
) -> ImportReport:  # fmt: skip
    """Import a ledger as the import account."""

    def work(session: Any) -> ImportReport:  # noqa: ANN401  # a session
        person_id = find_person(session.connection(), "system-import")
        assert person_id is not None
        sha256 = hashlib.sha256(f"{name} {ledger.rows}".encode()).hexdigest()
        return import_ledger(
            session, city.book, Acting(person_id, "system"), now, ledger, file_name=name, sha256=sha256,
            dry_run=dry_run, escalate_from=escalate_from,
        )  # fmt: skip

    return city.database.write(work)


def bring_in_text(city: City, text: str, **more: Any) -> ImportReport:  # noqa: ANN401  # bring_in's options
    """Import a CSV text in our own format."""
    return bring_in(city, read_text(text, create=more.pop("create", False)), **more)


def bring_in_file(city: City, folder: Path, name: str, **more: Any) -> ImportReport:  # noqa: ANN401  # as above
    """Import a real ledger under its shipped mapping."""
    return bring_in(city, read_ledger(folder / f"{name}.csv", find_mapping(name)), name=f"{name}.csv", **more)


def export(city: City, ending: str = "csv", readers: tuple[str, ...] = (OFFICE_READER,)) -> bytes:
    """Return the city's items as a file."""
    with city.database.reading() as session:
        rows = list(list_ledger_rows(session.connection(), readers))
    return write_ledger(rows, ending, lang="zh", created_at=NOW)


def bring_back(city: City, ending: str = "csv") -> ImportReport:
    """Export everything and import the file again."""
    return bring_in(city, read_ledger_bytes(export(city, ending), find_mapping(None)), name=f"again.{ending}")


def count(city: City) -> dict[str, int]:
    """Return how many rows the tables hold that an import may write."""
    with city.database.reading() as session:
        return {t.__tablename__: session.execute(select(func.count()).select_from(t)).scalar_one() for t in _COUNTED}


def count_imports(city: City) -> int:
    """Return how many imports are on record."""
    with city.database.reading() as session:
        return session.execute(select(func.count()).select_from(LedgerImport)).scalar_one()


def find(city: City, key: str) -> Mapping[str, Any]:
    """Return an item by its outside key, with the columns of its kind and its clock."""
    with city.database.reading() as session:
        statement = select(
            *Item.__table__.c, ItemClock.light, ItemClock.rung, ItemClock.escalate_from
        ).join(ItemClock, ItemClock.item_id == Item.id)  # fmt: skip
        row = dict(session.execute(statement.where(Item.external_key == key)).mappings().one())
        table: Any = {"project": Project, "task": Task}[row["kind"]].__table__
        return row | dict(session.execute(select(table).where(table.c.item_id == row["id"])).mappings().one())


def check_access(city: City) -> None:
    """Assert that the readers' table is what a rebuild would write."""
    with city.database.reading() as session:
        assert compare(session.connection()) == []
