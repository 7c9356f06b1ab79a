"""Sealing on both databases: nothing twice, nothing left out, nobody in the way; what was tampered with is named."""

import json
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, func, select, text

from app.core.errors import ConflictError, UnavailableError
from app.core.lease import held
from app.core.merkle.signed import make_private_pem, read_signer
from app.core.setting import SettingError
from app.edge.seal import passing
from app.edge.seal.heads_file import find_path, read_kept
from app.edge.seal.passing import Sealer, seal_log, turn_key
from app.edge.seal.verifying import verify_log
from app.jobs.seal import seal_job
from app.jobs.tools import Tools
from app.models.record import Audit
from app.models.seal import AuditHead, AuditLeaf
from app.services.audit_seal.rows import COLUMNS, read_rows
from app.services.recording import Acting, write_audit
from config import read_settings
from tests.app.edge.seal.tampering import run
from tests.city import NOW, City
from tests.client import Caller
from tests.sweeping import local

#: A row that says it was written two months ago.
OLD_ROW = (
    "INSERT INTO audit (action, outcome, occurred_at, recorded_at, source) VALUES"
    " ('assign', 'done', '2026-01-02 00:00:00', '2026-01-02 00:00:00', 'api')"
)


def write_rows(city: City, count: int, note: str = "记录") -> None:
    """Write rows of the log as the product does."""
    with city.database.writing() as session:
        for number in range(count):
            write_audit(
                session.connection(), Acting(city.people["office1"], "self"), NOW, action="note", source="api",
                subject=f"note:{number}", after={"text": f"{note}{number}", "share": 0.1, "none": None},
            )  # fmt: skip


def verify(caller: Caller, *heads: str) -> list[str]:
    """Return the lines of a verification."""
    return verify_log(caller.context, heads, ()).lines()


def test_what_waits_is_sealed_once(caller: Caller) -> None:
    """Every row gets one leaf; a second pass finds nothing; the heads stand beside the database as well."""
    city, context = caller.city, caller.context
    write_rows(city, 20)
    first = seal_log(context, is_full=False)
    assert (first.entries, first.heads) == (first.head.size if first.head else 0, 1)
    again = seal_log(context, is_full=False)
    assert (again.entries, again.heads) == (0, 0)
    write_rows(city, 3)
    caller.clock.set(NOW + timedelta(minutes=5))
    assert Sealer(context)(lambda: False, False).startswith("sealed 3, size ")  # noqa: FBT003  # as the job calls it
    assert len(list(read_kept(find_path(context)))) == 2
    verdict = verify_log(context, (), ())
    assert (verdict.lines(), verdict.is_anchored, verdict.pending) == ([], True, 0)
    assert [path.stat().st_mode & 0o777 for path in (context.settings.var / "keys").iterdir()] == [0o600]


def test_batches_are_heads_that_follow_each_other(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log that was there before is sealed in batches; tiles are kept; stopped in between, the next pass goes on."""
    monkeypatch.setattr(passing, "BATCH", 300)
    write_rows(caller.city, 700)
    stops = iter([False, True])
    part = seal_log(caller.context, is_full=True, stopped=lambda: next(stops, True))
    assert (part.entries, part.heads) == (300, 1)
    caller.clock.set(NOW + timedelta(minutes=5))
    done = seal_log(caller.context, is_full=True)
    assert done.heads == 2
    assert verify(caller) == []
    with caller.city.database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM audit_node")).scalar_one() == 2
    run(caller.city.database, "UPDATE audit_node SET hash = (SELECT hash FROM audit_leaf WHERE leaf_index = 0)")
    assert "bad node" in verify(caller)[0]


def test_the_canonical_form_is_the_same_on_both_databases(city: City) -> None:
    """A move between databases changes no hash: instants, JSON, nulls, the columns themselves."""
    write_rows(city, 1, "汉字，'引号' \"quote\" ")
    with city.database.reading() as session:
        last = list(read_rows(session.connection()))[-1]
    assert last["recorded_at"] == "2026-03-02T02:00:00.000000Z"
    assert last["after"] == {"text": "汉字，'引号' \"quote\" 0", "share": 0.1, "none": None}
    assert (last["before"], last["item_id"], last["outcome"]) == (None, None, "done")
    assert tuple(column.name for column in Audit.__table__.columns) == COLUMNS


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE audit SET after = '{\"text\": \"x\"}' WHERE id = {id}", "altered: audit {id}, leaf "),
        ("UPDATE audit SET recorded_at = '2020-01-01 00:00:00' WHERE id = {id}", "altered: audit {id}, leaf "),
        ("UPDATE audit SET actor_id = NULL WHERE id = {id}", "altered: audit {id}, leaf "),
        ("DELETE FROM audit WHERE id = {id}", "removed: audit {id}, leaf "),
        ("DELETE FROM audit_leaf WHERE audit_id = {id}", "gap in leaves: leaf "),
        ("UPDATE audit_leaf SET hash = (SELECT hash FROM audit_leaf WHERE leaf_index = 0) WHERE audit_id = {id}",
         "altered: audit {id}, leaf "),
        (OLD_ROW, "inserted: audit "),
        ("DELETE FROM audit_head", "head missing: leaves 0–"),
        ("UPDATE audit_head SET root = 'x'", "bad signature: leaf "),
        ("DELETE FROM audit_key", "wrong key: "),
    ],
)  # fmt: skip
def test_tampering_with_the_database_is_named(caller: Caller, statement: str, kind: str) -> None:
    """P108: past the triggers, by somebody with the database's own tools; the first bad row is told."""
    write_rows(caller.city, 8)
    seal_log(caller.context, is_full=True)
    with caller.city.database.reading() as session:
        audit_id = session.execute(select(func.max(Audit.id) - 4)).scalar_one()
    run(caller.city.database, statement.replace("{id}", str(audit_id)))
    lines = verify(caller)
    assert any(line.startswith(kind.replace("{id}", str(audit_id))) for line in lines), lines


def test_what_is_no_json_any_more_is_told(caller: Caller) -> None:
    """SQLite keeps any text: it is told as altered, the reading does not end there."""
    if caller.city.database.is_postgresql:
        assert caller.city.database.engine.dialect.name == "postgresql"  # its type takes JSON alone
        return
    write_rows(caller.city, 3)
    seal_log(caller.context, is_full=True)
    run(caller.city.database, "UPDATE audit SET after = 'no json' WHERE id = (SELECT max(id) FROM audit)")
    assert [line.split(":")[0] for line in verify(caller)] == ["altered"]


def test_the_newest_rows_cut_off_with_all_that_seals_them(caller: Caller) -> None:
    """Seen against the heads beside the database; sealing on top of it is refused until it is said to be meant."""
    write_rows(caller.city, 5)
    seal_log(caller.context, is_full=True)
    write_rows(caller.city, 2)
    seal_log(caller.context, is_full=True)
    with caller.city.database.reading() as session:
        sizes = session.execute(select(AuditHead.tree_size).order_by(AuditHead.tree_size)).scalars().all()
        keep = session.execute(select(AuditLeaf.audit_id).where(AuditLeaf.leaf_index == sizes[0] - 1)).scalar_one()
    run(
        caller.city.database, f"DELETE FROM audit WHERE id > {keep}",
        f"DELETE FROM audit_leaf WHERE leaf_index >= {sizes[0]}",
        f"DELETE FROM audit_head WHERE tree_size > {sizes[0]}",
    )  # fmt: skip
    assert [line.split(":")[0] for line in verify(caller)] == ["cut off"]
    with pytest.raises(ConflictError):
        seal_log(caller.context, is_full=True)
    find_path(caller.context).rename(kept := find_path(caller.context).with_name("kept.jsonl"))
    assert verify(caller) == []
    assert "cut off" in verify(caller, str(kept))[0]
    kept.rename(find_path(caller.context))
    assert seal_log(caller.context, is_full=True, is_restored=True).entries == 1
    assert verify(caller) == []


def test_two_at_once_seal_once_and_a_key_that_is_gone_is_told(caller: Caller) -> None:
    """The second waits or goes; without the private key nothing is sealed and the reason is said."""
    write_rows(caller.city, 5)
    with held(caller.city.database, "seal"):
        assert Sealer(caller.context)(lambda: False, False) == "another pass is running"  # noqa: FBT003  # as the job
    threads = [threading.Thread(target=seal_log, args=(caller.context,), kwargs={"is_full": True}) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verify(caller) == []
    for path in (caller.context.settings.var / "keys").iterdir():
        path.rename(path.with_suffix(".away"))
    write_rows(caller.city, 1)
    with pytest.raises(UnavailableError, match="audit_key_missing"):
        seal_log(caller.context, is_full=True)
    turn_key(caller.context, is_lost=True)
    seal_log(caller.context, is_full=True)
    assert verify(caller) == []  # the new key lies on this machine, so it is known


def test_keys_are_turned_over(caller: Caller) -> None:
    """The old key signs the new one; heads of both verify; one that begins anew is named where it is not known."""
    context = caller.context
    write_rows(caller.city, 2)
    seal_log(context, is_full=True)
    first = {path.name for path in (context.settings.var / "keys").iterdir()}
    caller.clock.set(NOW + timedelta(minutes=7))
    turn_key(context)
    write_rows(caller.city, 2)
    seal_log(context, is_full=True)
    verdict = verify_log(context, (), ())
    assert (verdict.lines(), verdict.keys) == ([], 2)
    for name in first:
        (context.settings.var / "keys" / name).unlink()
    assert verify(caller) == []
    caller.clock.set(NOW + timedelta(minutes=9))
    turn_key(context, is_lost=True)
    for path in (context.settings.var / "keys").iterdir():
        path.unlink()
    assert "new beginning" in verify(caller)[0]


def test_adding_a_row_costs_no_statement_more(city: City) -> None:
    """Sealing is a job's work: one row of the log is one statement, as before."""
    found: list[str] = []

    def note(*given: object) -> None:
        found.append(str(given[2]))

    event.listen(city.database.engine, "before_cursor_execute", note)
    write_rows(city, 1)
    event.remove(city.database.engine, "before_cursor_execute", note)
    assert [one.split(" (")[0] for one in found if not one.startswith("BEGIN")] == ["INSERT INTO audit"]


def test_a_line_that_a_crash_broke_off_is_mended(caller: Caller) -> None:
    """The next head drops what is no whole line; a head that never came to the file is added from the database."""
    write_rows(caller.city, 2)
    seal_log(caller.context, is_full=True)
    path = find_path(caller.context)
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    write_rows(caller.city, 1)
    seal_log(caller.context, is_full=True)
    lines = path.read_bytes().splitlines()
    assert lines[0] + b"\n" == whole
    assert len(lines) == 2
    assert json.loads(lines[1])["head"]["previous"] == json.loads(lines[0])["head"]["tree_size"]
    assert verify(caller) == []


def test_the_job_looks_through_all_of_the_log_once_a_night(caller: Caller) -> None:
    """Every five minutes it seals what is new; at four in the city's morning it looks for late rows everywhere."""
    given: list[bool] = []

    def seal(_stopped: object, is_full: bool) -> str:  # noqa: FBT001  # as Tools has it
        given.append(is_full)
        return "sealed"

    tools = Tools(caller.city.database, caller.city.book, caller.clock, seal=seal)
    for at in (local(2026, 3, 2, 3, 55), local(2026, 3, 2, 4, 0), local(2026, 3, 2, 4, 5)):
        assert seal_job(tools, at) == "sealed"
    assert given == [False, True, False]
    assert seal_job(Tools(caller.city.database, caller.city.book, caller.clock), NOW) == "no seal"


def test_a_key_that_is_named_signs_first(caller: Caller, tmp_path: Path) -> None:
    """LIANBAN_AUDIT_KEY: its key begins the chain, none is made in LIANBAN_VAR; a file without one stops the start."""
    file = tmp_path / "own.pem"
    file.write_bytes(pem := make_private_pem())
    context = replace(caller.context, settings=replace(caller.context.settings, audit_key=file))
    write_rows(caller.city, 2)
    head = seal_log(context, is_full=True).head
    assert head is not None
    assert head.key_id == read_signer(pem).key_id
    assert not (context.settings.var / "keys").exists()
    assert verify_log(context, (), (str(file),)).is_anchored
    file.write_bytes(b"no key")
    for value in (str(file), str(tmp_path / "none.pem")):
        with pytest.raises(SettingError, match=r"LIANBAN_AUDIT_KEY=.*expected a file with an Ed25519 key"):
            read_settings({"LIANBAN_VAR": str(tmp_path / "var"), "LIANBAN_AUDIT_KEY": value})
