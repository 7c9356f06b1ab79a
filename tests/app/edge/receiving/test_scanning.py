"""ASVS 5.4.3: every file that people send is scanned where the installation has a scanner; pages and API alike."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.core.scanner import Scanner
from app.edge.context import current_context
from app.edge.doctor.outside import check_scanner
from app.edge.doctor.patient import Patient
from app.edge.receiving.scanning import Request
from tests.app.api.test_attachment import stored, upload
from tests.app.pages.conftest import Visit, give_passwords
from tests.app.services.attachment.files import PDF
from tests.city import NOW
from tests.client import Caller
from tests.servers.scanner import EICAR, SIGNATURE, SmallScanner, serve_scanner

ROOT = Path(__file__).resolve().parents[4]


def set_scanner(app: Flask, scanner: Scanner | None) -> None:
    """Let an installation have a scanner."""
    with app.app_context():
        context = current_context()
    app.extensions["lianban"] = replace(context, settings=replace(context.settings, scanner=scanner))


@pytest.fixture
def scanner(caller: Caller) -> Iterator[SmallScanner]:
    """Give a scanner that runs, and the installation that asks it."""
    with serve_scanner() as found:
        set_scanner(caller.app, Scanner.parse(found.url, "refuse"))
        yield found


def test_a_clean_file_is_scanned_and_taken(caller: Caller, scanner: SmallScanner) -> None:
    """Byte by byte what lies in the store afterwards."""
    made = upload(caller, "tra_staff", f"/items/{caller.city.task()}/attachments")
    assert (made.status_code, scanner.scanned) == (201, [PDF])


API = ("/items/{task}/attachments", "/imports", "/tasks/batch")
LOGINS = {"/imports": "office1", "/tasks/batch": "office1"}


@pytest.mark.parametrize("path", API)
def test_an_infected_file_is_refused_at_every_address_of_the_api(
    caller: Caller, scanner: SmallScanner, path: str
) -> None:
    """422 with the name of what was found, in both languages; nothing is stored."""
    task = caller.city.task()
    content = PDF + EICAR
    answer = upload(caller, LOGINS.get(path, "tra_staff"), path.format(task=task), content)
    assert (answer.status_code, answer.json["code"]) == (422, "file_infected"), answer.json
    (fault,) = answer.json["faults"]
    assert (fault["field"], SIGNATURE in str(fault)) == ("file", True)
    assert (scanner.scanned, stored(caller)) == ([content], [])


def test_nobody_passes_while_the_scanner_is_away(caller: Caller, scanner: SmallScanner) -> None:
    """503 that says so; taken unscanned only where the installation chose that."""
    path = f"/items/{caller.city.task()}/attachments"
    set_scanner(caller.app, Scanner.parse("clamd:///nowhere/clamd.ctl", "refuse"))
    answer = upload(caller, "tra_staff", path)
    assert (answer.status_code, answer.json["code"]) == (503, "scanner_away")
    for fault in ("cut", "nonsense", "error"):
        scanner.fault = fault
        set_scanner(caller.app, Scanner.parse(scanner.url, "refuse"))
        assert (upload(caller, "tra_staff", path).status_code, stored(caller)) == (503, []), fault
    set_scanner(caller.app, Scanner.parse(scanner.url, "accept"))
    assert upload(caller, "tra_staff", path).status_code == 201


def test_pages_say_it_in_both_languages(caller: Caller, scanner: SmallScanner) -> None:
    """An attachment, a ledger, a calendar of days off, a paper that a stranger has checked."""
    give_passwords(caller.city.database)
    task = caller.city.task()
    for login, form, address, said in (
        (
            "tra_head",
            f"/items/{task}",
            f"/items/{task}/attachments",
            "文件含有病毒（Eicar-Test-Signature），没有接收。",
        ),
        ("office1", "/imports", "/imports", "文件含有病毒"),
        ("", "/verify", "/verify", "file is infected"),
    ):
        visit = Visit(caller.app.test_client(), login)
        if login:
            assert visit.log_in(login).status_code == 303
        visit.client.set_cookie("lang", "zh" if login else "en")
        visit.get(form)
        data: dict[str, Any] = {"csrf_token": visit.token, "kind": "scan", "file": (io.BytesIO(PDF + EICAR), "a.pdf")}
        answer = visit.client.post(address, data=data, content_type="multipart/form-data", follow_redirects=True)
        assert said in answer.text, (address, answer.status_code, answer.text[:2000])
    assert (len(scanner.scanned), stored(caller)) == (3, [])


def test_whatever_takes_a_file_takes_it_from_there(caller: Caller) -> None:
    """The application's requests are those that scan, and no module reads a file's bytes by another way."""
    assert caller.app.request_class is Request
    pattern = re.compile(r"request\.(?:stream|get_data|data)\b|\.parse_form_data|FormDataParser")
    found = {str(path.relative_to(ROOT)) for path in (ROOT / "app").rglob("*.py") if pattern.search(path.read_text())}
    assert found == {"app/api/body.py"}  # JSON


def test_the_doctor_knocks(caller: Caller, scanner: SmallScanner) -> None:
    """Well, a fault while files are refused, a warning while they are taken unscanned."""

    def look(chosen: Scanner | None) -> str:
        set_scanner(caller.app, chosen)
        (found,) = check_scanner(Patient(caller.context, NOW, "up", None))
        return found.state

    assert look(None) == "ok"
    assert look(Scanner.parse(scanner.url, "refuse")) == "ok"
    scanner.fault = "nonsense"
    assert look(Scanner.parse(scanner.url, "refuse")) == "fault"
    assert look(Scanner.parse("clamd:///nowhere/clamd.ctl", "accept")) == "warning"
