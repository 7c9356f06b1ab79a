"""Each check finds what it is there for, says it in both languages with what mends it, and never breaks the others."""

import shutil
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from app.core.mail import MailServer
from app.core.sealing import chosen_ring
from app.core.store import FolderStore
from app.core.watch.finding import Finding
from app.edge.context import Context
from app.edge.doctor import outside, papers, parts, place, running, sealing
from app.edge.doctor.database import check_calendar, check_database, check_version
from app.edge.doctor.patient import Check, Patient, look_at
from app.edge.doctor.table import CHEAP, CHECKS, examine
from app.queries.job import JobRunView, SchedulerHealth
from app.queries.oversight.vitals import Queue
from tests.city import NOW, City
from tests.client import Caller
from tests.outside import serve_mail
from workflows.words import Text


class Usage(NamedTuple):
    """How a disk is filled, in bytes."""

    total: int
    used: int
    free: int


_GB = 1024**3


@pytest.fixture
def context(caller: Caller) -> Context:
    """Give the context of an installation whose secret key lies in its folder."""
    made = caller.context
    (made.settings.var / "secret_key").write_text(made.settings.secret_key)
    (made.settings.var / "secret_key").chmod(0o600)
    return made


@pytest.fixture
def patient(context: Context, city: City) -> Patient:
    """Give the installation on which the checks look."""
    assert city
    return look_at(context)


def states(found: Iterator[Finding]) -> list[str]:
    """Return the states; every finding that is not well says in both languages what mends it."""
    findings = list(found)
    for one in findings:
        assert one.said.zh
        assert one.said.en
        assert (one.mend is None) == (one.state == "ok")
        assert one.mend is None or (one.mend.zh and one.mend.en)
    return [one.state for one in findings]


def test_an_installation_is_looked_at_whole(context: Context, city: City) -> None:
    """Every check of the table finds something; the cheap ones are a part; what breaks is a finding of its own."""
    assert city
    assert {one.check for one in examine(context, CHEAP)} == {one.name for one in CHECKS if one.cost == "cheap"}

    def fail(_patient: Patient) -> Iterator[Finding]:
        raise RuntimeError("zhang-private")

    broken = Check("disk", Text("磁盘", "Disk"), fail)
    (found,) = examine(context, CHEAP, [broken])
    assert found.state == "fault"
    assert "RuntimeError" in found.said.en
    assert "zhang-private" not in found.said.en


@pytest.mark.parametrize(
    ("free", "total", "state"),
    [
        (100, 1000, "ok"),
        (15, 1000, "fault"),
        (15, 200, "warning"),
        (15, 100, "ok"),
        (0.4, 2, "fault"),
        (30, 1000, "ok"),
    ],
)
def test_a_disk_that_fills_up(
    patient: Patient, monkeypatch: pytest.MonkeyPatch, free: float, total: int, state: str
) -> None:
    """A share and an amount: a tenth of a large disk is room enough, half a gigabyte is none."""
    usage = Usage(total * _GB, 0, int(free * _GB))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert states(place.check_disk(patient)) == [state, state]


def test_files_that_others_could_read(patient: Patient) -> None:
    """The key and whatever lies beside it: mode 0600, or the finding names the file and the command."""
    var = patient.context.settings.var
    assert states(place.check_var(patient)) == ["ok"]
    (var / "keys").mkdir(mode=0o700)
    (var / "keys" / "audit.pem").write_text("x")
    (var / "keys" / "audit.pem").chmod(0o644)
    (found,) = place.check_var(patient)
    assert found.mend is not None
    assert found.mend.en == "chmod go= $LIANBAN_VAR/keys/audit.pem"


def test_a_folder_that_cannot_be_written_to(patient: Patient) -> None:
    """LIANBAN_VAR is gone, as an unmounted disk is."""
    gone = replace(patient.context.settings, var=Path("/nowhere/lianban"))
    assert states(place.check_var(replace(patient, context=replace(patient.context, settings=gone)))) == ["fault"]


def test_keys_that_are_gone_or_others(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gone: a restart would make a new one; another one: sessions of two machines do not know each other."""
    monkeypatch.delenv("LIANBAN_SECRET_KEY", raising=False)
    file = patient.context.settings.var / "secret_key"
    assert states(place.check_keys(patient)) == ["ok"]
    file.write_text("another-key" * 4)
    assert states(place.check_keys(patient)) == ["fault"]
    file.unlink()
    assert states(place.check_keys(patient)) == ["warning"]
    monkeypatch.setenv("LIANBAN_SECRET_KEY", "k" * 40)
    assert states(place.check_keys(patient)) == ["ok"]


def test_a_store_that_fails_or_does_not_answer(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are told within a moment: whoever asks is waiting."""
    assert states(place.check_store(patient)) == ["ok"]
    monkeypatch.setattr(FolderStore, "exists", lambda *_: 1 / 0)
    assert states(place.check_store(patient)) == ["fault"]
    monkeypatch.setattr(place, "STORE_SECONDS", 0.0)
    assert states(place.check_store(patient)) == ["fault"]


def test_the_database_and_its_version(patient: Patient) -> None:
    """Away and behind are faults with the command that mends them; the present one is of a version that is tried."""
    assert states(check_database(patient)) == ["ok"]
    assert states(check_database(replace(patient, database="away"))) == ["fault"]
    (behind,) = check_database(replace(patient, database="behind"))
    assert behind.mend is not None
    assert "flask db upgrade" in behind.mend.en
    assert states(check_version(patient)) == ["ok"]


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (datetime(2026, 10, 31, 4, tzinfo=UTC), ["ok"]),
        (datetime(2026, 11, 1, 4, tzinfo=UTC), ["warning"]),
        (datetime(2026, 12, 1, 4, tzinfo=UTC), ["fault"]),
        (datetime(2027, 1, 1, 4, tzinfo=UTC), ["fault"]),
    ],
)
def test_next_years_calendar_is_missed_from_november_on(patient: Patient, on: datetime, expected: list[str]) -> None:
    """The State Council publishes it in November: a warning first, a fault once dates rest on it everywhere."""
    assert states(check_calendar(replace(patient, now=on))) == expected


def vitals(patient: Patient, **changes: Any) -> Patient:  # noqa: ANN401  # signs of any kind
    """Return the installation with other vital signs."""
    assert patient.vitals is not None
    return replace(patient, vitals=replace(patient.vitals, **changes))


def test_what_runs_and_what_does_not(patient: Patient) -> None:
    """Scheduler, jobs, sweeps, messages, works, the seal: well, a warning, a fault, by how long it lasts."""
    long_ago, while_ago = NOW - timedelta(days=1), NOW - timedelta(minutes=45)
    alive = SchedulerHealth(is_alive=True, heard_at=NOW, runs=())
    silent = SchedulerHealth(is_alive=False, heard_at=long_ago, runs=())
    assert states(running.check_scheduler(patient)) == ["warning"]  # never started
    assert states(running.check_scheduler(vitals(patient, scheduler=alive))) == ["ok"]
    assert states(running.check_scheduler(vitals(patient, scheduler=silent))) == ["fault"]
    for check, name in ((running.check_sweep, "next_rung_at"), (running.check_seal, "unsealed_since")):
        assert states(check(vitals(patient, **{name: NOW}))) == ["ok"]
        assert states(check(vitals(patient, **{name: while_ago}))) == ["warning"]
        assert states(check(vitals(patient, **{name: long_ago}))) == ["fault"]
    late, due = Queue({"pending": 1}, long_ago), Queue({"queued": 1}, NOW - timedelta(minutes=20))
    assert states(running.check_outbox(vitals(patient, outbox=late, mails=due))) == ["fault", "warning"]
    assert states(running.check_outbox(vitals(patient, mails=Queue({"held": 2}, None)))) == ["ok", "warning"]
    assert states(running.check_works(vitals(patient, works=late))) == ["fault"]
    assert states(running.check_rungs(vitals(patient, rungs={2: 3}, oldest_rung_at=long_ago))) == ["ok"]
    runs = tuple(JobRunView(name, NOW, NOW, NOW, "failed", "", count) for name, count in (("a", 1), ("b", 3)))
    assert states(running.check_jobs(vitals(patient, scheduler=replace(alive, runs=runs)))) == ["warning", "fault"]
    assert states(running.check_lease(patient)) == ["ok"]
    assert states(running.check_lease(vitals(patient, scheduler=alive))) == ["warning"]


def test_keys_that_seal(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ring's file gone, too old, of another algorithm; the log's own key on another machine."""
    kept = chosen_ring()
    assert states(sealing.check_data_keys(replace(patient, now=kept.ring.active.created_at))) == ["ok"]
    old = replace(patient, now=kept.ring.active.created_at + sealing.KEY_AGE)
    assert states(sealing.check_data_keys(old)) == ["warning"]
    other = replace(patient.context, settings=replace(patient.context.settings, data_cipher="SM4-GCM"))
    assert states(sealing.check_data_keys(replace(patient, context=other))) == ["warning"]
    monkeypatch.setattr(sealing, "chosen_ring", lambda: SimpleNamespace(path=Path("/nowhere/data.json")))
    assert states(sealing.check_data_keys(patient)) == ["fault"]
    assert states(sealing.check_audit_key(patient)) == ["ok"]  # no seal yet
    monkeypatch.setattr(sealing, "list_keys", lambda _: [SimpleNamespace(key_id="k1")])
    assert states(sealing.check_audit_key(patient)) == ["warning"]
    monkeypatch.setattr(sealing, "list_own_ids", lambda _: ["k1"])
    assert states(sealing.check_audit_key(patient)) == ["ok"]


def test_workers_are_missed_on_postgresql_alone(patient: Patient) -> None:
    """With SQLite the scheduler does everything, and nothing is missing."""
    expected = "warning" if patient.context.database.is_postgresql else "ok"
    assert states(running.check_workers(patient)) == [expected]


def test_clocks_that_differ(patient: Patient) -> None:
    """A heartbeat from the future is another machine's clock."""
    for seconds, state in ((0, "ok"), (20, "warning"), (600, "fault")):
        ahead = SchedulerHealth(is_alive=True, heard_at=patient.now + timedelta(seconds=seconds), runs=())
        found = states(running.check_clock(vitals(patient, scheduler=ahead)))
        # The made-up clock of the test is far from PostgreSQL's own.
        assert found == ["fault" if patient.context.database.is_postgresql else state]


def test_papers_are_really_set(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line of Chinese is set and its face found in the file; a library that is missing names its package."""
    assert states(papers.check_pdf(patient)) == ["ok"]
    assert states(papers.check_libraries(patient)) == ["ok"]
    monkeypatch.setattr(papers, "find_library", lambda name: None if "subset" in name else name)
    (found,) = papers.check_libraries(patient)
    assert (found.state, found.mend and found.mend.en) == ("warning", "apt-get install libharfbuzz-subset0")
    monkeypatch.setattr(papers, "list_embedded", lambda _: ["Helvetica"])
    assert states(papers.check_pdf(patient)) == ["fault"]
    font = patient.context.settings.var / "fang.ttf"
    font.write_bytes(b"no font")
    settings = replace(patient.context.settings, font_files={"FANG": font})
    assert states(papers.check_fonts(replace(patient, context=replace(patient.context, settings=settings)))) == [
        "fault", "warning",
    ]  # fmt: skip


def test_packages_are_compared_with_the_lock(patient: Patient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Those of this installation are the lock's; another version and a package that is missing are named."""
    assert states(parts.check_packages(patient)) == ["ok"]
    (tmp_path / "requirements.lock").write_text("flask==0.1 \\\n    --hash=sha256:00\nnothing-such==1.0 \\\n")
    monkeypatch.setattr(parts, "ROOT", tmp_path)
    (found,) = parts.check_packages(patient)
    assert found.state == "fault"
    assert "flask" in found.said.en
    assert "nothing-such" in found.said.en
    (tmp_path / "requirements.lock").unlink()
    assert states(parts.check_packages(patient)) == ["warning"]


def test_settings_that_do_not_go_together(patient: Patient) -> None:
    """Https without secure cookies, mails whose links lead nowhere, no mail at all."""

    def look(**changes: Any) -> list[str]:  # noqa: ANN401  # settings of any kind
        settings = replace(patient.context.settings, **changes)
        return states(parts.check_settings(replace(patient, context=replace(patient.context, settings=settings))))

    server = MailServer("mail.example.gov", 25)
    good = {"mail_server": server, "mail_from": "a@example.gov", "base_url": "https://l.example.gov", "https": True}
    assert look(**good, proxies=1) == ["ok"]
    assert look(**good) == ["warning"]
    assert look(**{**good, "https": False}, proxies=1) == ["fault"]
    assert look(mail_server=server) == ["warning"]
    assert look() == ["warning"]


def test_a_mail_server_is_knocked_at(patient: Patient) -> None:
    """A real server: nothing is sent; the test mail is; one that is not there is a fault that names it."""

    def at(port: int) -> Patient:
        server = MailServer("127.0.0.1", port)
        settings = replace(patient.context.settings, mail_server=server, mail_from="lianban@example.gov")
        return replace(patient, context=replace(patient.context, settings=settings))

    with serve_mail() as post:
        here = at(post.server.port)
        assert states(outside.check_mail(here)) == ["ok"]
        assert not post.mails
        assert outside.send_test(here.context, "admin@example.gov").state == "ok"
        assert len(post.to("admin@example.gov")) == 1
    assert states(outside.check_mail(here)) == ["fault"]
    assert outside.send_test(here.context, "admin@example.gov").state == "fault"
    assert outside.send_test(patient.context, "admin@example.gov").state == "fault"
    assert states(outside.check_mail(patient)) == ["ok"]


def test_a_certificate_that_ends_soon(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three weeks ahead a warning, one week ahead a fault; one that cannot be verified is a fault."""
    settings = replace(patient.context.settings, base_url="https://lianban.example.gov")
    served = replace(patient, context=replace(patient.context, settings=settings))
    for days, state in ((90, "ok"), (20, "warning"), (6, "fault"), (-1, "fault")):
        monkeypatch.setattr(outside, "_read_end", lambda *_, days=days: NOW + timedelta(days=days, hours=1))
        assert states(outside.check_certificate(served)) == [state]

    def refuse(*_: object) -> datetime:
        raise ssl.SSLCertVerificationError("self-signed")

    monkeypatch.setattr(outside, "_read_end", refuse)
    assert states(outside.check_certificate(served)) == ["fault"]
    assert states(outside.check_certificate(patient)) == ["ok"]


def test_a_port_without_tls_is_no_certificate() -> None:
    """The connection is really made: whoever answers without TLS raises what the check tells."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def hang_up() -> None:
            server.accept()[0].close()

        answering = threading.Thread(target=hang_up, daemon=True)
        answering.start()
        with pytest.raises(OSError):  # noqa: PT011  # as the system tells it
            outside._read_end("127.0.0.1", port)  # noqa: SLF001
        answering.join()
