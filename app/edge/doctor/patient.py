"""What checks look at: the process's context, the moment, the vital signs; and how a check words what it finds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.exc import DBAPIError

from app.core.errors import Sentence
from app.core.migration import is_upgraded
from app.core.watch.finding import Finding
from app.edge.context import Context
from app.queries.oversight.vitals import Vitals, read_vitals
from workflows.words import Text

Database = Literal["up", "behind", "away"]
Cost = Literal["cheap", "network", "dear"]


@dataclass(frozen=True, slots=True)
class Patient:
    """The installation as of `now`; `vitals` None: the database is away or not upgraded."""

    context: Context
    now: datetime
    database: Database
    vitals: Vitals | None


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name, its label, and what looks.

    Cheap ones are looked at again and again by a running product, those of the network once an hour; dear ones (a paper
    is set, every package asked for its version) by `flask doctor` alone.
    """

    name: str
    label: Text
    look: Callable[[Patient], Iterable[Finding]]
    cost: Cost = "cheap"
    #: It says nothing while the database is away or not upgraded: that is found by another.
    needs_database: bool = False


def look_at(context: Context) -> Patient:
    """Return the installation as of now; eleven statements where the database is there."""
    now = context.now()
    try:
        with context.database.reading() as unit:
            if not is_upgraded(unit.connection()):
                return Patient(context, now, "behind", None)
            return Patient(context, now, "up", read_vitals(unit, now))
    except DBAPIError:
        return Patient(context, now, "away", None)


def well(check: str, zh: str, en: str) -> Finding:
    """Return that all is well."""
    return Finding(check, "ok", Sentence(zh, en))


def warn(check: str, zh: str, en: str, mend_zh: str, mend_en: str) -> Finding:
    """Return a warning with what mends it."""
    return Finding(check, "warning", Sentence(zh, en), Sentence(mend_zh, mend_en))


def fault(check: str, zh: str, en: str, mend_zh: str, mend_en: str) -> Finding:
    """Return a fault with what mends it."""
    return Finding(check, "fault", Sentence(zh, en), Sentence(mend_zh, mend_en))
