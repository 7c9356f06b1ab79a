"""docs/api.md and docs/examples/client.py: what they show is done against a served application."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from app.services.organisation.password import hash_password
from app.services.organisation.person import set_password_hash
from tests.city import City
from tests.client import Caller

DOCS = Path(__file__).resolve().parents[3] / "docs"
PASSWORD = "made-up-but-long-enough"
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: A command whose output the text promises: `command  # output`.
_PROMISE = re.compile(r"^(.*\S)  # (\S+)$")


@dataclass(frozen=True)
class Served:
    """A served application and somebody of the office who can log in."""

    caller: Caller
    address: str

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command with the log-in in its environment."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        given = {"LIANBAN": self.address, "LOGIN": "office1", "PASSWORD": PASSWORD, "LIANBAN_PASSWORD": PASSWORD}
        env = {**kept, **given, "LC_ALL": "C.UTF-8"}
        return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture
def served(caller: Caller, city: City) -> Iterator[Served]:
    """Serve the application from a loopback port."""
    hashed = hash_password("office1", PASSWORD)
    with city.database.writing() as session:
        set_password_hash(caller.act(session.connection()), city.people["office1"], hashed)
    city.task()
    server = make_server("127.0.0.1", 0, caller.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield Served(caller, f"http://127.0.0.1:{server.port}")
    server.shutdown()
    thread.join()
    server.server_close()


def _make_script(text: str) -> tuple[str, int]:
    """Return the text's commands as one script that stops where an output is not the promised one."""
    lines: list[str] = ["set -euo pipefail"]
    promises = 0
    for block in _BLOCK.findall(text):
        for line in block.splitlines():
            found = _PROMISE.match(line)
            if found is None:
                lines.append(line)
                continue
            promises += 1
            lines.append(f"said=$({found[1]})")
            lines.append(f'test "$said" = "{found[2]}" || {{ echo "promise {promises}: $said"; exit 9; }}')
    return "\n".join(lines), promises


def test_every_command_of_the_text_does_what_it_says(served: Served) -> None:
    """The fenced blocks of docs/api.md, one after another in one shell, with the outputs that they promise."""
    script, promises = _make_script((DOCS / "api.md").read_text())
    assert promises > 10
    done = served.run("bash", "-c", script)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "office1" in done.stdout


def test_the_client_lists_and_acts(served: Served, city: City) -> None:
    """The example client shows what waits and what is open, takes a step, and says why one is refused."""
    client = [sys.executable, str(DOCS / "examples" / "client.py"), served.address, "office1"]
    task = city.task("示例任务")
    acted = served.run(*client, str(task), "assign")
    assert (acted.returncode, acted.stdout) == (0, f"#{task} is now assigned, version 2\n"), acted.stderr
    listed = served.run(*client)
    assert listed.returncode == 0, listed.stderr
    assert f"open   #{task} 示例任务" in listed.stdout
    refused = served.run(*client, str(task), "assign")
    assert refused.returncode == 1
    assert refused.stderr.startswith("409 ")
