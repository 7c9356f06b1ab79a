"""`flask audit`: seal, verify, export, prove, keys, as an operator and an auditor outside use them."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import func, select, text

from app.edge.seal.heads_file import find_path
from app.models.record import Audit
from tests.app.edge.seal.tampering import run
from tests.city import NOW
from tests.client import Caller, make_app


def invoke(caller: Caller, *args: str) -> Result:
    """Run `flask audit …`."""
    return caller.app.test_cli_runner().invoke(args=["audit", *args])


@pytest.fixture
def sealed(caller: Caller) -> Caller:
    """Give a caller whose log is sealed twice: an ordinary item's entries, then a confidential one's."""
    city = caller.city
    city.do("office1", city.task("公开事项"), "assign")
    assert invoke(caller, "seal").exit_code == 0
    caller.clock.set(NOW + timedelta(minutes=5))
    city.do("director", city.task("限知事项", confidential=True), "assign")
    assert json.loads(invoke(caller, "seal").stdout)["sealed"] > 0
    return caller


def read_acts(caller: Caller, action: str) -> list[str | None]:
    with caller.city.database.reading() as session:
        return list(session.execute(select(Audit.subject).where(Audit.action == action)).scalars())


def test_verify_tells_one_object_and_a_line_a_fault(sealed: Caller) -> None:
    """Exit 0 when all is well, 1 with the entry named; the object goes to stdout, lines to stderr."""
    good = invoke(sealed, "verify")
    told = json.loads(good.stdout)
    assert (good.exit_code, good.stderr, told["faults"], told["source"]) == (0, "", 0, "database")
    assert told["rows"] == told["tree_size"] == told["leaves"]
    run(sealed.city.database, "UPDATE audit SET outcome = 'refused' WHERE id = 2")
    bad = invoke(sealed, "verify")
    assert (bad.exit_code, json.loads(bad.stdout)["by_kind"]) == (1, {"altered": 1})
    assert bad.stderr.startswith("altered: audit 2, leaf 1: ")
    assert len(bad.stderr.splitlines()) == 1


def test_heads_and_keys_from_elsewhere(sealed: Caller, tmp_path: Path) -> None:
    """A printed root, a file of heads, a key's id: compared; wrong ones are faults, unreadable ones bad use."""
    told = json.loads(invoke(sealed, "verify").stdout)
    fitting = f"{told['tree_size']}:{told['root']}"
    for head in (fitting, told["root"], str(find_path(sealed.context))):
        assert invoke(sealed, "verify", "--head", head, "--key", told["key_id"]).exit_code == 0
    assert "head differs" in invoke(sealed, "verify", "--head", f"{told['tree_size']}:{'0' * 64}").stderr
    assert "cut off" in invoke(sealed, "verify", "--head", f"{told['tree_size'] + 1}:{told['root']}").stderr
    (tmp_path / "bad.jsonl").write_text("x\n")
    for head in ("nowhere.jsonl", str(tmp_path / "bad.jsonl")):
        answer = invoke(sealed, "verify", "--head", head)
        assert (answer.exit_code, len(answer.stderr.splitlines())) == (2, 1)
    assert invoke(sealed, "verify", "--key", "nothing").exit_code == 2


def test_a_bundle_is_verified_without_the_database(sealed: Caller, tmp_path: Path) -> None:
    """Exported, on record, readable by its owner only, never over another file; a byte changed is refused."""
    file = tmp_path / "log.jsonl"
    told = json.loads(invoke(sealed, "export", str(file)).stdout)
    assert (told["first_leaf"], told["hashes"], told["rows"]) == (0, 0, told["tree_size"])
    assert file.stat().st_mode & 0o777 == 0o600
    assert read_acts(sealed, "export_audit") == [f"audit_head:{told['tree_size']}"]
    assert invoke(sealed, "export", str(file)).exit_code == 2
    key_id = json.loads(invoke(sealed, "verify").stdout)["key_id"]
    empty = make_app(f"sqlite:///{tmp_path / 'empty.sqlite3'}", tmp_path, sealed.clock)
    offline = Caller(empty, sealed.city, sealed.clock)
    assert invoke(offline, "verify").exit_code == 1  # there is no database to be verified
    good = invoke(offline, "verify", "--bundle", str(file), "--key", key_id)
    assert (good.exit_code, json.loads(good.stdout)["anchored"]) == (0, True)
    assert "wrong key" in invoke(offline, "verify", "--bundle", str(file), "--key", "0" * 32).stderr
    content = file.read_bytes()
    file.write_bytes(content.replace(b"assign", b"assigm", 1))
    refused = invoke(offline, "verify", "--bundle", str(file))
    assert (refused.exit_code, refused.stdout, "a byte was changed" in refused.stderr or "改" in refused.stderr) == (
        2, "", True,
    )  # fmt: skip


def test_a_bundle_carries_no_more_than_its_reader_may_see(sealed: Caller, tmp_path: Path) -> None:
    """An auditor gets all, an administrator no contents, others nothing; confidential acts as hashes; since a day."""
    counts = {}
    for login in ("auditor", "admin"):
        file = tmp_path / f"{login}.jsonl"
        counts[login] = json.loads(invoke(sealed, "export", str(file), "--as", login).stdout)
        assert invoke(sealed, "verify", "--bundle", str(file)).exit_code == 0
        assert (b'"item_id":1' in file.read_bytes()) == (login == "auditor")
    assert counts["auditor"]["hashes"] == 0 < counts["admin"]["hashes"]
    assert invoke(sealed, "export", str(tmp_path / "no"), "--as", "office1").exit_code == 1
    assert invoke(sealed, "export", str(tmp_path / "no"), "--as", "nobody").exit_code == 2
    assert not (tmp_path / "no").exists()
    file = tmp_path / "redacted.jsonl"
    told = json.loads(invoke(sealed, "export", str(file), "--redact").stdout)
    assert told["hashes"] > 0
    assert invoke(sealed, "verify", "--bundle", str(file)).exit_code == 0
    file = tmp_path / "since.jsonl"
    told = json.loads(invoke(sealed, "export", str(file), "--since", "2026-03-02T10:03").stdout)
    assert 0 < told["first_leaf"] < told["tree_size"]
    assert invoke(sealed, "verify", "--bundle", str(file)).exit_code == 0


def test_proofs_of_an_entry_of_an_item_and_of_growth(sealed: Caller, tmp_path: Path) -> None:
    """Each verifies offline; asking for one is on record; what is not there or not sealed yet is said."""
    out = tmp_path / "proof.json"
    assert invoke(sealed, "prove", "2", "--out", str(out)).exit_code == 0
    good = invoke(sealed, "verify", "--proof", str(out))
    assert (good.exit_code, json.loads(good.stdout)["rows"]) == (0, 1)
    assert invoke(sealed, "prove", "--item", "1", "--out", str(out), "--as", "admin").exit_code == 1
    assert invoke(sealed, "prove", "--item", "1", "--out", str(out), "--as", "auditor").exit_code == 0
    assert json.loads(invoke(sealed, "verify", "--proof", str(out)).stdout)["leaves"] >= 2
    assert read_acts(sealed, "export_audit_proof") == ["audit:2", "item:1"]
    changed = out.read_bytes().replace(b'"leaf":1', b'"leaf":0')
    out.write_bytes(changed)
    assert invoke(sealed, "verify", "--proof", str(out)).exit_code == 1
    out.write_bytes(changed + b" ")
    assert invoke(sealed, "verify", "--proof", str(out)).exit_code == 2
    assert invoke(sealed, "consistency", "--from", "1", "--out", str(out)).exit_code == 0
    assert invoke(sealed, "verify", "--proof", str(out)).exit_code == 0
    assert invoke(sealed, "consistency", "--from", "9999").exit_code == 2
    assert '"kind":"consistency"' in invoke(sealed, "consistency", "--from", "2").stdout
    with sealed.city.database.reading() as session:
        newest = session.execute(select(func.max(Audit.id))).scalar_one()
    assert invoke(sealed, "prove", str(newest), "--out", str(out)).exit_code == 1
    for args in (("prove", "--out", str(out)), ("prove", "1", "--item", "1", "--out", str(out)),
                 ("verify", "--bundle", str(out), "--proof", str(out))):  # fmt: skip
        assert invoke(sealed, *args).exit_code == 2


def test_keys_are_listed_and_rotated(sealed: Caller) -> None:
    """Before anything is sealed there is none; afterwards the old one signs the new one."""
    new = invoke(sealed, "key", "rotate").stdout.strip()
    lines = invoke(sealed, "key", "list").stdout.splitlines()
    assert lines[0].endswith("signed by itself")
    assert lines[1].split("\t")[:2] == ["2", new]
    assert lines[0].split("\t")[1] in lines[1].split("\t")[3]
    assert read_acts(sealed, "audit_key.turn") == [f"audit_key:{new}"]
    assert invoke(sealed, "seal").exit_code == 0
    assert invoke(sealed, "verify").exit_code == 0


def test_nothing_sealed_is_said(caller: Caller, tmp_path: Path) -> None:
    """No head, no key: export, proof and rotation say so; an empty seal verifies and tells what waits."""
    for args in (("export", str(tmp_path / "x")), ("prove", "1", "--out", str(tmp_path / "x")), ("key", "rotate")):
        assert invoke(caller, *args).exit_code == 1
    told = json.loads(invoke(caller, "verify").stdout)
    with caller.city.database.reading() as session:
        assert told["pending"] == session.execute(text("SELECT count(*) FROM audit")).scalar_one()
    assert (told["tree_size"], told["root"], told["faults"]) == (0, None, 0)
