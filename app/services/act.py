"""Who writes what when: what every write to the organisation takes along."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Connection

from app.core.errors import Fault, Sentence
from app.core.text import clean
from app.services.recording import Acting, write_audit


@dataclass(frozen=True, slots=True)
class Act:
    """A write in its unit of work; `today` is the city's date of `now`, `source` the edge (api, page, command)."""

    connection: Connection
    acting: Acting
    now: datetime
    today: date
    source: str

    def audit(
        self,
        action: str,
        subject: str,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        item_id: int | None = None,
    ) -> None:
        """Add the audit row of this write; `subject` names what was written, as `department:5`."""
        write_audit(
            self.connection,
            self.acting,
            self.now,
            action=action,
            source=self.source,
            item_id=item_id,
            subject=subject,
            before=before,
            after=after,
        )

    def take_turn(self, table: str) -> None:
        """Let one writer at a time decide about `table` until the unit ends (SQLite has only one anyway)."""
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(text(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE"))


def read_name(faults: list[Fault], field: str, raw: str | None, limit: int, *, required: bool = True) -> str | None:
    """Return the cleaned text of a short field, or None when it is left out; faults are added to `faults`."""
    value = clean(raw or "")
    if not value:
        if required:
            faults.append(Fault(field, Sentence("请填写。", "This is needed.")))
        return None
    if len(value) > limit:
        said = Sentence(f"最多{limit}字，现为{len(value)}字。", f"At most {limit} characters, got {len(value)}.")
        faults.append(Fault(field, said))
    return value
