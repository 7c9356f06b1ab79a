"""Sealing while people work: nobody waits for it, no row is left out, and one that becomes visible late gets a leaf."""

import threading
from typing import Any

import pytest
from sqlalchemy import event, func, select, text

from app.core.database import Database, make_engine
from app.edge.seal.passing import seal_log
from app.edge.seal.verifying import verify_log
from app.models.record import Audit
from app.models.seal import AuditLeaf
from app.services.audit_seal.rows import read_unsealed
from tests.app.edge.seal.test_passing import write_rows
from tests.city import City
from tests.client import Caller


def count(city: City, column: object) -> int:
    with city.database.reading() as session:
        return int(session.execute(select(func.count(column))).scalar_one())  # type: ignore[arg-type]  # a column


def test_writers_and_two_sealers_at_once(caller: Caller) -> None:
    """Four writers, two sealers: every row gets exactly one leaf, and all of it verifies (P108, parallel writes)."""
    city, errors = caller.city, list[BaseException]()
    writing = threading.Event()

    def write() -> None:
        try:
            for _ in range(8):
                write_rows(city, 5)
        except BaseException as error:  # noqa: BLE001  # a thread tells everything
            errors.append(error)

    def seal() -> None:
        try:
            while not writing.is_set():
                seal_log(caller.context, is_full=False)
        except BaseException as error:  # noqa: BLE001  # as above
            errors.append(error)

    writers = [threading.Thread(target=write) for _ in range(4)]
    sealers = [threading.Thread(target=seal) for _ in range(2)]
    for thread in (*writers, *sealers):
        thread.start()
    for thread in writers:
        thread.join()
    writing.set()
    for thread in sealers:
        thread.join()
    seal_log(caller.context, is_full=True)
    assert errors == []
    assert count(city, Audit.id) == count(city, AuditLeaf.audit_id)
    assert verify_log(caller.context, (), ()).lines() == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_row_that_becomes_visible_late_gets_the_next_leaf(caller: Caller, database_url: str) -> None:
    """P90: ids become visible out of order on PostgreSQL; "an id above the last" would lose the row for good."""
    city = caller.city
    other = Database(make_engine(database_url))
    with other.writing() as slow:
        slow.execute(
            text(
                "INSERT INTO audit (action, outcome, occurred_at, recorded_at, source)"
                " VALUES ('slow', 'done', '2026-03-02 02:00+00', '2026-03-02 02:00+00', 'api')"
            )
        )
        write_rows(city, 3)
        seal_log(caller.context, is_full=False)
        assert count(city, AuditLeaf.audit_id) == count(city, Audit.id)
    other.engine.dispose()
    assert count(city, AuditLeaf.audit_id) == count(city, Audit.id) - 1
    assert seal_log(caller.context, is_full=False).entries == 1
    with city.database.reading() as session:
        leaves = session.execute(select(AuditLeaf.audit_id).order_by(AuditLeaf.leaf_index)).scalars().all()
    assert leaves[-1] < max(leaves)
    assert verify_log(caller.context, (), ()).lines() == []


def test_a_pass_walks_indexes(caller: Caller) -> None:
    """What has no leaf is found from an id on, by two indexes, whatever lies before it."""
    write_rows(caller.city, 600)
    seal_log(caller.context, is_full=True)
    write_rows(caller.city, 5)
    database, sent = caller.city.database, list[tuple[str, Any]]()
    event.listen(database.engine, "before_cursor_execute", lambda *given: sent.append((given[2], given[3])))
    with database.reading() as session:
        connection = session.connection()
        if database.is_postgresql:
            connection.execute(text("SET LOCAL enable_seqscan = off"))  # of 605 rows it would rather read all
        last = connection.execute(select(func.max(AuditLeaf.audit_id))).scalar_one()
        assert len(read_unsealed(connection, last - 100, 50)) == 5
        statement, parameters = sent[-1]
        explain = "EXPLAIN" if database.is_postgresql else "EXPLAIN QUERY PLAN"
        told = [" ".join(map(str, row)) for row in connection.exec_driver_sql(f"{explain} {statement}", parameters)]
    if database.is_postgresql:
        assert any("uq_audit_leaf_audit_id" in line for line in told), told
        assert not any("Seq Scan" in line for line in told), told
    else:
        assert any(line.startswith("SEARCH l USING") or " SEARCH l USING" in line for line in told), told
        assert not any(" SCAN " in f" {line}" for line in told), told
