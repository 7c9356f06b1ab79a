"""Statements are counted to their trace and timed; a slow one is told with its text and none of its values."""

import logging
from collections.abc import Iterator

import pytest
from sqlalchemy import select, text

from app.core.database import Database, make_engine
from app.core.watch import statements
from app.core.watch.statements import choose_slow, fingerprint, strip_values
from app.core.watch.trace import Trace, tracing
from app.models.organisation import Person


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Put the limit back."""
    yield
    choose_slow(500)


def test_a_trace_counts_what_was_asked(database: Database) -> None:
    """The same on both databases: the frame of a unit of work (BEGIN) is no statement."""
    with tracing(Trace("job", "x")) as trace:
        with database.reading() as session:
            session.execute(select(Person.id).limit(1)).all()
            session.execute(select(Person.name).limit(1)).all()
        database.write(lambda unit: unit.execute(text("UPDATE person SET name = name WHERE id < 0")))
    assert trace.statements == 3
    assert trace.statement_seconds > 0


def test_a_slow_statement_is_told_without_its_values(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its fingerprint, text and milliseconds; what it was given, and what was written out in it, is not told."""
    engine = make_engine("sqlite://")
    choose_slow(20)
    ask = text("SELECT length(:name), 'zhang-literal'")
    with caplog.at_level(logging.WARNING), tracing(Trace("request", "x", "/items")), engine.connect() as connection:
        connection.begin()
        monkeypatch.setattr(statements, "perf_counter", iter([1.0, 1.019, 2.0, 2.020]).__next__)
        connection.execute(ask, {"name": "zhang-private"})
        assert not caplog.records
        connection.execute(ask, {"name": "zhang-private"})
    engine.dispose()
    (told,) = [record.getMessage() for record in caplog.records]
    assert "slow statement" in told
    assert "SELECT length(" in told
    assert "'milliseconds': 20" in told
    assert "/items" in told
    assert "zhang" not in told


def test_nought_tells_of_no_statement(caplog: pytest.LogCaptureFixture) -> None:
    """LIANBAN_SLOW_MS=0."""
    choose_slow(0)
    engine = make_engine("sqlite://")
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    engine.dispose()
    assert not caplog.records


def test_a_fingerprint_knows_a_statement_again() -> None:
    """However many values its list holds, whatever is written out in it, however it is broken into lines."""
    first = "SELECT a FROM t WHERE b IN (%(b_1)s, %(b_2)s, %(b_3)s) AND c = 'x''y'"
    again = "SELECT a FROM t\nWHERE b IN (%(b_1)s) AND c = 'z'"
    assert fingerprint(first) == fingerprint(again)
    assert fingerprint(first) != fingerprint(first.replace("SELECT a", "SELECT b"))
    assert strip_values(first) == "SELECT a FROM t WHERE b IN (…) AND c = '…'"
    assert strip_values("VALUES (?, ?)") == "VALUES (…)"
