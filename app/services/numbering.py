"""Numbers of papers, by kind, year and issuer: gap-free, since a unit that is rolled back gives its number back.

Take a number after everything that can refuse, just before the rows that carry it: on PostgreSQL the series stays
locked until the unit ends, and other takers of the same series wait for it.
"""

from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection

from app.models.record import NumberSeries


def _take(make: Any) -> Any:  # noqa: ANN401  # either dialect's INSERT
    first = make(NumberSeries).values(
        kind=bindparam("kind"), year=bindparam("year"), issuer=bindparam("issuer"), next=2
    )
    following = first.on_conflict_do_update(
        index_elements=["kind", "year", "issuer"], set_={"next": NumberSeries.next + 1}
    )
    return following.returning(NumberSeries.next - 1)


_TAKE: dict[str, Any] = {"postgresql": _take(postgresql_insert), "sqlite": _take(sqlite_insert)}


def take_number(connection: Connection, kind: str, year: int, issuer: str) -> int:
    """Return the next number of a series and count it up; a new year's series begins with 1.

    `kind` is the series' name (20 characters at most), `issuer` who numbers (60 at most, "" for the city's office).
    One statement; two units never get the same number.
    """
    given = {"kind": kind, "year": year, "issuer": issuer}
    return int(connection.execute(_TAKE[connection.dialect.name], given).scalar_one())


def peek_number(connection: Connection, kind: str, year: int, issuer: str) -> int:
    """Return the number that `take_number` would give now; somebody else may take it before."""
    series = NumberSeries
    found = connection.execute(
        select(series.next).where(series.kind == kind, series.year == year, series.issuer == issuer)
    ).scalar_one_or_none()
    return 1 if found is None else int(found)


def format_number(word: str, year: int, number: int) -> str:
    """Return a number as papers carry it: 督〔2026〕17号."""
    return f"{word}〔{year}〕{number}号"
