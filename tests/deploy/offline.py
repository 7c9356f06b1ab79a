"""Installs a bundle and runs the product in a network namespace that has a loopback and nothing else.

`unshare --net -- python -m tests.deploy.offline ARCHIVE FOLDER [--whole]`; status 0 when all of it went well. Started
by `test_bundle.py`, and by `make bundle-check` (`--whole`: compiled, and as an upgrade of an older release).
"""

import errno
import fcntl
import hashlib
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import requests

from tests.reports.measure import list_fonts

SITE = "http://127.0.0.1:8000"
#: What the operator gives, and what the person makes of it at the first log-in.
GIVEN, PASSWORD = "a-made-up-one-for-the-first-time", "a-long-made-up-password-of-the-test"
_IFF_UP, _GET_FLAGS, _SET_FLAGS = 0x1, 0x8913, 0x8914


def bring_up_loopback() -> None:
    """Bring up `lo`, as `ip link set lo up` does; nothing is installed for it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        asked = fcntl.ioctl(probe, _GET_FLAGS, struct.pack("16sh14x", b"lo", 0))
        (flags,) = struct.unpack_from("h", asked, 16)
        fcntl.ioctl(probe, _SET_FLAGS, struct.pack("16sh14x", b"lo", flags | _IFF_UP))


def prove_that_nothing_is_reached() -> None:
    """There is no other interface, and no way to any other machine."""
    assert [name for _, name in socket.if_nameindex()] == ["lo"]
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        assert probe.connect_ex(("192.0.2.1", 80)) == errno.ENETUNREACH


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack the bundle; return its one folder."""
    with tarfile.open(archive) as tree:
        tree.extractall(folder, filter="data")
    (top,) = folder.iterdir()
    return top


def environment(place: Path) -> dict[str, str]:
    """Return what the product's own processes run with: nothing of the caller's environment."""
    return {"PATH": os.defpath, "LANG": "C.UTF-8", "FLASK_APP": "wsgi", "LIANBAN_VAR": str(place / "var")}


def install(bundle: Path, place: Path, *options: str) -> None:
    """Run the bundle's installer into `place`, with the Python that runs this."""
    own = Path(sys.base_prefix) / "bin" / "python3.11"
    env = {"PATH": os.defpath, "PYTHON": str(own)}
    subprocess.run([bundle / "install.sh", "--into", place, *options], env=env, check=True)


def run(place: Path, *command: str, given: str | None = None) -> str:
    """Run a command of the installed product; return what it printed."""
    current = place / "current"
    done = subprocess.run(
        [current / ".venv/bin/flask", *command], cwd=current, env=environment(place), input=given, text=True,
        stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    return done.stdout


@contextmanager
def serving(place: Path) -> Iterator[None]:
    """Run web server and scheduler as install.sh says; both end by themselves, with status 0, when told to."""
    current = place / "current"
    commands = (
        [".venv/bin/gunicorn", "--config", "scripts/deploy/gunicorn_settings.py", "wsgi:application"],
        [".venv/bin/flask", "scheduler"],
    )
    running = [subprocess.Popen(command, cwd=current, env=environment(place)) for command in commands]
    try:
        yield
        for process in running:
            process.terminate()
        assert [process.wait(60) for process in running] == [0, 0]
    finally:
        for process in running:
            process.kill()


def wait_for(told: str, look: Callable[[], Any], seconds: int = 240) -> Any:  # noqa: ANN401  # what `look` finds
    """Return what `look` finds as soon as it finds something; AssertionError after `seconds` without."""
    end_at = time.monotonic() + seconds
    while time.monotonic() < end_at:
        if found := look():
            return found
        time.sleep(0.2)
    raise AssertionError(f"not within {seconds} s: {told}")


def is_ready() -> bool:
    """Whether the installation serves and its scheduler was heard."""
    try:
        told = requests.get(f"{SITE}/readyz", timeout=30).json()
    except (requests.ConnectionError, requests.Timeout):
        return False
    return bool(told["status"] == "ok" and told["scheduler"] == "alive")


def _send(browser: requests.Session, path: str, **fields: str) -> None:
    """Fill in the form at an address, with its token, and see that it leads on."""
    page = browser.get(f"{SITE}{path}", timeout=60).text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    answer = browser.post(f"{SITE}{path}", {"csrf_token": token, **fields}, timeout=60, allow_redirects=False)
    assert answer.status_code == requests.codes.see_other, (path, answer.status_code)


def log_in(*, is_first: bool) -> None:
    """Log in as a person does, the page behind; the first time the password that was given is changed before."""
    with requests.Session() as browser:
        _send(browser, "/login", name="clerk", password=GIVEN if is_first else PASSWORD)
        if is_first:
            led = browser.get(f"{SITE}/", timeout=60, allow_redirects=False).headers["Location"]
            assert led == "/me/password", led
            _send(browser, led, old_password=GIVEN, new_password=PASSWORD, again_password=PASSWORD)
        home = browser.get(f"{SITE}/", timeout=60, allow_redirects=False)
        assert home.status_code == requests.codes.ok
        assert "协调办公室" in home.text


def fetch_report(folder: Path, lang: str) -> Path:
    """Ask the API for a monthly report, wait until the scheduler has made it, fetch the PDF."""
    month = f"{datetime.now(ZoneInfo('Asia/Shanghai')):%Y-%m}"  # the only one with data in a new installation
    body: dict[str, Any] = {"login": "clerk", "password": PASSWORD, "label": "offline", "expires_in_days": 1}
    token = requests.post(f"{SITE}/api/v1/tokens", json=body, timeout=60).json()["token"]
    with requests.Session() as caller:
        caller.headers["Authorization"] = f"Bearer {token}"
        asked = caller.post(f"{SITE}/api/v1/reports", json={"month": month, "lang": lang}, timeout=60)
        assert asked.ok, asked.text
        place = SITE + asked.headers["Location"]
        ended = wait_for("the report", lambda: _find_end(caller, place))
        assert ended["status"] == "done", ended
        path = folder / f"report-{lang}.pdf"
        path.write_bytes(caller.get(f"{place}/file", timeout=60).content)
    return path


def _find_end(caller: requests.Session, place: str) -> dict[str, Any] | None:
    work: dict[str, Any] = caller.get(place, timeout=60).json()
    return work if work["status"] not in {"waiting", "running"} else None


def check_fonts(path: Path) -> None:
    """Both shipped Chinese faces lie in the file, and no other (DEPENDENCIES trap 1: boxes come without any error)."""
    assert list_fonts(path.read_bytes()) == {"Lianban-Sans": True, "Lianban-Song": True}


def make_older(bundle: Path, older: Path) -> Path:
    """Return a copy of an unpacked bundle that calls itself 0.0.1: what was installed before."""
    shutil.copytree(bundle, older)
    told, sums = older / "RELEASE", older / "SHA256SUMS"
    before = told.read_bytes()
    told.write_bytes(re.sub(rb"version=.*", b"version=0.0.1", before))
    known, changed = (hashlib.sha256(each).hexdigest() for each in (before, told.read_bytes()))
    sums.write_text(sums.read_text().replace(known, changed))
    return older


def use(folder: Path, place: Path, *, is_first: bool = True) -> None:
    """Serve, log in, make a report, look at its faces, stop."""
    with serving(place):
        wait_for("ready", is_ready)
        log_in(is_first=is_first)
        check_fonts(fetch_report(folder, "zh"))


def main(arguments: Sequence[str]) -> int:
    """Do all of it."""
    archive, folder, whole = Path(arguments[0]), Path(arguments[1]), "--whole" in arguments
    bring_up_loopback()
    prove_that_nothing_is_reached()
    bundle, place = unpack(archive, folder / "unpacked"), folder / "place"
    first = make_older(bundle, folder / "older") if whole else bundle
    install(first, place, *(() if whole else ("--no-compile",)))
    run(place, "department", "add", "OFF", "协调办公室")
    run(place, "user", "add", "clerk", "--department", "OFF", "--role", "office", "--password-stdin", given=GIVEN)
    use(folder, place)
    if whole:
        before = (place / "current").resolve()
        install(bundle, place)
        after = (place / "current").resolve()
        assert (before.name.startswith("0.0.1-"), before.is_dir(), after != before) == (True, True, True)
        use(folder, place, is_first=False)
        install(bundle, place)  # once more: nothing is left to do
        assert (place / "current").resolve() == after
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
