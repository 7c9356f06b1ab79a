"""A fleet: starts its members, kills any of them at any moment, starts another in its place."""

import os
import random
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Self, cast

from app.core.clock import SystemClock
from tests.databases import SECRET_KEY, ring_path
from tests.fleet.member import SHIFT
from tests.messaging import FROM
from tests.outside import find_port

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE_SECONDS = 90.0


@dataclass
class Member:
    """A process of the fleet; `port` is a web server's, 0 for the others."""

    role: str
    port: int
    process_id: int = 0


class Fleet:
    """Members on one database; `now` is the instant that they take the present one for."""

    def __init__(
        self, url: str, folder: Path, now: datetime, *, smtp: str, roles: tuple[str, ...], seed: int
    ) -> None:  # fmt: skip
        self.members = [Member(role, find_port() if role == "web" else 0) for role in roles]
        self.kills: dict[str, int] = dict.fromkeys(roles, 0)
        self.folder = folder
        self._random = random.Random(seed)  # noqa: S311  # a repeatable story, no secret
        shift = (now - SystemClock().now()).total_seconds()
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("LIANBAN_")},
            "PYTHONPATH": str(ROOT), SHIFT: str(shift), "LIANBAN_DATABASE_URL": url, "LIANBAN_VAR": str(folder / "var"),
            "LIANBAN_SECRET_KEY": SECRET_KEY, "LIANBAN_DATA_KEYS": str(ring_path()),
            "LIANBAN_RATE_LIMIT": "off", "LIANBAN_LOG_IN_LIMIT": "off",
            "LIANBAN_SMTP_URL": smtp, "LIANBAN_MAIL_FROM": FROM, "LIANBAN_RENDERERS": "0", "LIANBAN_LOG": "text",
        }  # fmt: skip
        self._mother: subprocess.Popen[str]

    def __enter__(self) -> Self:
        arguments = [sys.executable, "-m", "tests.fleet.mother"]
        self._mother = subprocess.Popen(
            arguments, cwd=ROOT, env=self.env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for member in self.members:
            self.start(member)
        for port in self.ports:
            self._await(port)
        return self

    def __exit__(self, *_: object) -> None:
        for member in self.members:
            self._kill(member)
        cast("IO[str]", self._mother.stdin).close()
        self._mother.wait(30)
        cast("IO[str]", self._mother.stdout).close()

    @property
    def ports(self) -> list[int]:
        """The web servers' ports."""
        return [member.port for member in self.members if member.role == "web"]

    def start(self, member: Member) -> None:
        """Start a member, anew or for the first time."""
        asked, told = cast("IO[str]", self._mother.stdin), cast("IO[str]", self._mother.stdout)
        number = self.members.index(member)
        asked.write(f"{member.role} {member.port} {self.folder / f'{member.role}-{number}.log'}\n")
        asked.flush()
        member.process_id = int(told.readline())

    def kill_one(self) -> str:
        """Kill any member wherever it stands, and start another in its place; returns its role."""
        least = min(self.kills.values())
        member = self._random.choice([one for one in self.members if self.kills[one.role] <= least + 1])
        self._kill(member)
        self.kills[member.role] += 1
        self.start(member)
        return member.role

    @staticmethod
    def _kill(member: Member) -> None:
        with suppress(ProcessLookupError):
            os.killpg(member.process_id, signal.SIGKILL)

    def _await(self, port: int) -> None:
        """Wait until a web server answers."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
            if time.monotonic() > deadline:
                raise AssertionError(f"the web server on port {port} does not answer; see {self.folder}")
            time.sleep(0.1)

    def read_logs(self) -> str:
        """Return what the members said, for whoever looks why something failed."""
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log")))
