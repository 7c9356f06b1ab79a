"""`flask keys …`: another key without a pause, everything moved to it, what does not open named and left as it is."""

import hashlib
import json
import shutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from subprocess import run
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import insert, select, text, update

from app.core.clock import FixedClock
from app.core.errors import UnavailableError
from app.core.ring import AES, SM, RingFile, make_ring, open_ring, read_ring, write_ring
from app.core.sealing import SealError, choose_ring, chosen_ring, read_key_id, seal, unseal
from app.core.setting import SettingError
from app.factory import create_app
from app.models.account import OutsideIdentity, SecondFactor
from app.models.data_key import DataKeyMark
from app.models.organisation import Person
from app.models.personal import Draft
from app.models.record import Audit
from app.queries.person import read_person
from app.services.account.identity import find_person_of, link_identity
from app.services.organisation.person import keep_email
from app.services.organisation.web_session import begin_session
from app.services.personal.draft import save_draft
from config import read_settings
from tests.app.api.test_attachment import stored, upload
from tests.app.core.test_sealing import seal_as_before
from tests.app.services.attachment.files import PDF
from tests.city import NOW, City
from tests.client import Caller, make_settings
from tests.databases import SECRET_KEY


@dataclass
class Keeper:
    """An installation with data keys of its own."""

    caller: Caller
    path: Path

    def run(self, *words: str) -> Result:
        """Run `flask keys …`."""
        return self.caller.app.test_cli_runner().invoke(args=["keys", *words])

    @property
    def active(self) -> str:
        """The name of the active key, as the file has it."""
        return read_ring(self.path).active.id


@pytest.fixture
def keeper(city: City, database_url: str, tmp_path: Path) -> Keeper:
    """Give an installation whose data keys nobody else has."""
    path = open_ring("", tmp_path, AES, NOW).path
    clock = FixedClock(NOW)
    app = create_app(replace(make_settings(database_url, tmp_path), data_keys=str(path)), clock)
    return Keeper(Caller(app, city, clock), path)


def fill(keeper: Keeper) -> None:
    """Write something into sealed columns of several tables, and a file."""
    city = keeper.caller.city
    one, two = city.people["office1"], city.people["office2"]
    with city.database.writing() as session:
        connection = session.connection()
        for login, person_id in city.people.items():
            keep_email(connection, person_id, f"{login}@city.example")
        link_identity(keeper.caller.act(connection), one, "https://id.example", "person-1")
        save_draft(connection, one, "task.new", None, {"title": "水利"}, NOW)
        begin_session(connection, two, "Firefox", NOW, address="10.1.2.3")
        secret = seal("ABC", SecondFactor.secret, two)
        connection.execute(insert(SecondFactor).values(person_id=two, secret=secret, begun_at=NOW))
    upload(keeper.caller, "office1", f"/items/{city.task()}/attachments", PDF, "a.pdf")


def take_back(keeper: Keeper) -> None:
    """Make rows and the file as they were before there were data keys."""
    city = keeper.caller.city
    with city.database.writing() as session:
        connection = session.connection()
        connection.execute(text("UPDATE person SET email = login || '@city.example', email_index = NULL"))
        connection.execute(text("UPDATE outside_identity SET subject = 'person-1', subject_index = NULL"))
        connection.execute(text('UPDATE draft SET data = \'{"title": "水利"}\''))
        connection.execute(update(SecondFactor).values(secret=seal_as_before("ABC")))
        connection.execute(text("UPDATE web_session SET agent = 'Firefox', address = NULL"))
    for path in stored(keeper.caller):
        path.write_bytes(PDF)
    assert [path.name for path in stored(keeper.caller)] == [hashlib.sha256(PDF).hexdigest()]


def read_all(keeper: Keeper) -> tuple[Any, ...]:
    """Read what `fill` wrote, as the product does."""
    city = keeper.caller.city
    one, two = city.people["office1"], city.people["office2"]
    with city.database.reading() as session:
        connection = session.connection()
        factor = connection.execute(select(SecondFactor.secret)).scalar_one()
        draft = connection.execute(select(Draft.data)).scalar_one()
        return (
            read_person(connection, one, NOW.date()).email,
            find_person_of(connection, "https://id.example", "person-1") == one,
            unseal(factor, SecondFactor.secret, two),
            json.loads(unseal(draft, Draft.data, one, "task.new")),
        )


EXPECTED = ("office1@city.example", True, "ABC", {"title": "水利"})


def list_keys_used(keeper: Keeper) -> set[str | None]:
    """Return which keys have sealed the values and files that lie there; None: a plain one."""
    found: set[str | None] = set()
    with keeper.caller.city.database.reading() as session:
        for column in (Person.email, SecondFactor.secret, Draft.data, OutsideIdentity.subject):
            found |= {read_key_id(one.token) for one in session.execute(select(column)).scalars() if one is not None}
    for path in stored(keeper.caller):
        head = path.read_bytes().partition(b"\n")[0].decode("latin-1")
        found.add(read_key_id(head.rpartition(" ")[2]))
    return found


def test_a_new_key_takes_over_and_everything_moves(keeper: Keeper) -> None:
    """What the old one sealed opens all along; a second time there is nothing to do; the old key stays for backups."""
    fill(keeper)
    old = keeper.active
    assert list_keys_used(keeper) == {old}
    done = keeper.run("rotate")
    assert (done.exit_code, done.stdout) == (0, f"{keeper.active}\n")
    assert keeper.active != old
    assert read_all(keeper) == EXPECTED
    with keeper.caller.city.database.writing() as session:
        keep_email(session.connection(), keeper.caller.city.people["office2"], "new@city.example")
    assert list_keys_used(keeper) == {old, keeper.active}
    done = keeper.run("rewrap")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "files: 1\n" in done.stdout
    assert list_keys_used(keeper) == {keeper.active}
    assert read_all(keeper) == EXPECTED
    assert keeper.run("rewrap").stdout == f"keys: 0 sealed anew with {keeper.active}, 0 faults\n"
    listed = [line.split("\t") for line in keeper.run("list").stdout.splitlines()]
    assert [(row[0], row[3]) for row in listed] == [(old, "old"), (keeper.active, "active")]
    assert (int(listed[0][4]), int(listed[1][4]) > 10) == (0, True)
    with keeper.caller.city.database.reading() as session:
        marks = set(session.execute(select(DataKeyMark.id)).scalars())
        audits = session.execute(select(Audit.subject).where(Audit.action == "keys.rotate")).scalars().all()
    assert marks == {old, keeper.active}
    assert audits == [f"data_key:{keeper.active}"]


def test_what_stood_there_before_is_read_and_then_sealed(keeper: Keeper) -> None:
    """Addresses, drafts, second factors under Fernet and plain files; afterwards nothing plain is read any more."""
    fill(keeper)
    take_back(keeper)
    assert read_all(keeper) == EXPECTED
    assert None in list_keys_used(keeper)
    assert "plain\tnot sealed" in keeper.run("list").stdout
    done = keeper.run("rewrap")
    assert (done.exit_code, done.stderr) == (0, "")
    assert list_keys_used(keeper) == {keeper.active}
    assert read_all(keeper) == EXPECTED
    assert not read_ring(keeper.path).takes_plain
    with keeper.caller.city.database.writing() as session:
        session.execute(text("UPDATE person SET email = 'planted@city.example' WHERE login = 'office1'"))
    for path in stored(keeper.caller):
        path.write_bytes(PDF)
    assert read_all_fails(keeper)
    done = keeper.run("check")
    assert done.exit_code == 1
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == [
        f"person.email {keeper.caller.city.people['office1']}", f"file {hashlib.sha256(PDF).hexdigest()}",
    ]  # fmt: skip


def read_all_fails(keeper: Keeper) -> bool:
    with pytest.raises(SealError):
        read_all(keeper)
    return True


def test_what_does_not_open_is_named_and_left(keeper: Keeper) -> None:
    """A value from another row stays as it is, the others move; status 1 until somebody has mended it."""
    fill(keeper)
    people = keeper.caller.city.people
    copied = "UPDATE person SET email = (SELECT email FROM person WHERE login = 'office2') WHERE login = 'office1'"
    with keeper.caller.city.database.writing() as session:
        session.execute(text(copied))
    done = keeper.run("check")
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert f"person.email {people['office1']}: " in done.stderr
    old = keeper.active
    keeper.run("rotate")
    done = keeper.run("rewrap")
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert list_keys_used(keeper) == {old, keeper.active}
    assert read_ring(keeper.path).takes_plain
    with keeper.caller.city.database.writing() as session:
        keep_email(session.connection(), people["office1"], "office1@city.example")
    assert keeper.run("rewrap").exit_code == 0
    assert keeper.run("check").exit_code == 0


def test_several_machines_know_a_key_before_it_seals(keeper: Keeper) -> None:
    """Prepared here, copied there, then made active: at no moment does a machine meet a key that it lacks."""
    fill(keeper)
    there = keeper.path.with_name("there.json")
    old = keeper.active
    prepared = keeper.run("rotate", "--prepare").stdout.strip()
    assert keeper.active == old
    shutil.copy(keeper.path, there)
    assert keeper.run("rotate", "--to", prepared).stdout.strip() == prepared == keeper.active
    with keeper.caller.city.database.writing() as session:
        keep_email(session.connection(), keeper.caller.city.people["office1"], "office1@city.example")
    choose_ring(RingFile(there), SECRET_KEY)
    assert chosen_ring().ring.active.id == old
    assert read_all(keeper) == EXPECTED


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_bad_use_is_refused(keeper: Keeper) -> None:
    """Status 2, and the keys stay as they are."""
    before = keeper.path.read_bytes()
    for words, said in ((("rotate", "--to", "k1"), "k1"), (("rotate", "--prepare", "--to", "k1"), "--prepare")):
        done = keeper.run(*words)
        assert (done.exit_code, said in done.stderr, done.stdout) == (2, True, "")
        assert keeper.path.read_bytes() == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_should_be_seen_to_is_said(city: City, database_url: str, tmp_path: Path) -> None:
    """An old key, another algorithm in the settings, a file that others may read: told, and no fault."""
    path = open_ring("", tmp_path, AES, NOW).path
    clock = FixedClock(NOW.replace(year=NOW.year + 2))
    settings = replace(make_settings(database_url, tmp_path), data_keys=str(path), data_cipher=SM)
    keeper = Keeper(Caller(create_app(settings, clock), city, clock), path)
    path.chmod(0o644)
    done = keeper.run("check")
    assert done.exit_code == 0
    assert [said in done.stderr for said in ("days old", "SM4-GCM", "chmod 600")] == [True] * 3
    keeper.run("rotate")
    assert read_ring(path).active.algorithm == SM
    assert keeper.run("check").stderr == ""


def test_a_wrong_or_missing_key_stops_the_start(keeper: Keeper, database_url: str, tmp_path: Path) -> None:
    """Said with the key's name; neither database nor files nor the file of keys are touched."""
    fill(keeper)
    before = [path.read_bytes() for path in stored(keeper.caller)]
    other = tmp_path / "other.json"
    write_ring(other, make_ring(AES, NOW))
    spoilt = json.loads(keeper.path.read_text())
    spoilt["keys"][0]["secret"] = json.loads(other.read_text())["keys"][0]["secret"]
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps(spoilt))
    for path, code in ((other, "data_key_missing"), (wrong, "data_key_other")):
        with pytest.raises(UnavailableError, match=code) as caught:
            create_app(replace(make_settings(database_url, tmp_path), data_keys=str(path)), FixedClock(NOW))
        assert keeper.active in caught.value.sentence.zh
        assert str(path) in caught.value.sentence.en
    choose_ring(RingFile(keeper.path), SECRET_KEY)
    assert read_all(keeper) == EXPECTED
    with keeper.caller.city.database.reading() as session:
        assert list(session.execute(select(DataKeyMark.id)).scalars()) == [keeper.active]
    assert [path.read_bytes() for path in stored(keeper.caller)] == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_process_that_runs_takes_up_what_another_has_rotated(
    keeper: Keeper, database_url: str, tmp_path: Path
) -> None:
    """Two processes on one file: the command's key seals in the web's next request, without a new start."""
    fill(keeper)
    old = keeper.active
    env = {
        "LIANBAN_DATABASE_URL": database_url, "LIANBAN_VAR": str(tmp_path), "LIANBAN_SECRET_KEY": SECRET_KEY,
        "LIANBAN_DATA_KEYS": str(keeper.path), "PATH": "/usr/bin:/bin", "FLASK_APP": "wsgi",
    }  # fmt: skip
    root = Path(__file__).resolve().parents[4]
    done = run(
        [sys.executable, "-m", "flask", "keys", "rotate"], cwd=root, env=env, check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == keeper.active != old
    with keeper.caller.city.database.writing() as session:
        keep_email(session.connection(), keeper.caller.city.people["office1"], "office1@city.example")
    assert list_keys_used(keeper) == {old, keeper.active}
    assert read_all(keeper) == EXPECTED


def test_the_settings_name_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is not there, one that is none, an algorithm that nobody knows: refused with the variable's name."""
    monkeypatch.setattr("config.open_ring", open_ring)
    base = {"LIANBAN_VAR": str(tmp_path), "LIANBAN_SECRET_KEY": SECRET_KEY}
    with pytest.raises(SettingError, match="LIANBAN_DATA_CIPHER='DES': expected one of AES-256-GCM, SM4-GCM"):
        read_settings({**base, "LIANBAN_DATA_CIPHER": "DES"})
    with pytest.raises(SettingError, match=r"LIANBAN_DATA_KEYS: .*absent\.json: cannot be read"):
        read_settings({**base, "LIANBAN_DATA_KEYS": str(tmp_path / "absent.json")}).open_ring()
    assert not (tmp_path / "keys").exists()
    made = read_settings({**base, "LIANBAN_DATA_CIPHER": SM}).open_ring()
    assert made.path == tmp_path / "keys" / "data.json"
    assert made.ring.active.algorithm == SM
    assert read_settings(base).open_ring().ring == made.ring
