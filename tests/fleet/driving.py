"""A fleet: starts its members, kills any of them at any moment, starts another in its place."""

import os
import random
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Self, cast

from app.core.clock import SystemClock
from tests.databases import SECRET_KEY, ring_path
from tests.fleet.member import write_shift
from tests.messaging import FROM
from tests.outside import find_port

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE_SECONDS = 90.0


@dataclass(eq=False)
class Member:
    """A process of the fleet; `port` is a web server's, 0 for the others."""

    role: str
    port: int
    process_id: int = 0
    #: Stopped in the middle (SIGSTOP), until it is let go on or killed.
    is_paused: bool = False


class Fleet:
    """Members on one database; `now` is the instant that they take the present one for."""

    def __init__(
        self, url: str, folder: Path, now: datetime, *, smtp: str, roles: tuple[str, ...], seed: int
    ) -> None:  # fmt: skip
        self.members = [Member(role, find_port() if role == "web" else 0) for role in roles]
        self.kills: dict[str, int] = dict.fromkeys(roles, 0)
        self.folder = folder
        #: Members that ended by themselves, and were started again as a supervisor does.
        self.ended = 0
        self._random = random.Random(seed)  # noqa: S311  # a repeatable story, no secret
        self._shift = (now - SystemClock().now()).total_seconds()
        for member in self.members:
            self.put_clock(member, 0)
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("LIANBAN_")},
            "PYTHONPATH": str(ROOT), "LIANBAN_DATABASE_URL": url, "LIANBAN_VAR": str(folder / "var"),
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
        self.wait()
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
        asked.write(
            f"{member.role} {member.port} {self.folder / f'{member.role}-{number}.log'} {self._clock(member)}\n"
        )  # fmt: skip
        asked.flush()
        member.process_id, member.is_paused = int(told.readline()), False

    def wait(self) -> None:
        """Wait until every web server answers."""
        for port in self.ports:
            self._await(port)

    def kill_one(self) -> str:
        """Kill any member wherever it stands, and start another in its place; returns its role."""
        least = min(self.kills.values())
        member = self._random.choice([one for one in self.members if self.kills[one.role] <= least + 1])
        self._replace([member])
        return member.role

    def kill_all(self) -> None:
        """Kill every member at once, then start others in their places."""
        self._replace(self.members)

    def _replace(self, members: Sequence[Member]) -> None:
        for member in members:
            self._kill(member)
            self.kills[member.role] += 1
        for member in members:
            self.start(member)

    def pause(self, member: Member) -> None:
        """Stop a member in the middle of whatever it does."""
        self._signal(member, signal.SIGSTOP)
        member.is_paused = True

    def resume(self, member: Member) -> None:
        """Let a member go on that was stopped; one that was killed meanwhile has a successor that was not."""
        if member.is_paused:
            self._signal(member, signal.SIGCONT)
            member.is_paused = False

    def put_clock(self, member: Member, seconds: float) -> None:
        """Put a member's clock so far before (or behind) the fleet's, while it runs."""
        write_shift(self._clock(member), self._shift + seconds)

    def revive(self) -> int:
        """Start members again that ended by themselves, as a supervisor does; returns how many."""
        ended = [member for member in self.members if not _lives(member.process_id)]
        for member in ended:
            self.start(member)
        self.ended += len(ended)
        return len(ended)

    def list_processes(self) -> list[int]:
        """Return the members' processes, with all that they started."""
        groups = {member.process_id for member in self.members}
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(ProcessLookupError):
                if os.getpgid(int(folder.name)) in groups:
                    found.append(int(folder.name))
        return found

    def _clock(self, member: Member) -> Path:
        return self.folder / f"{member.role}-{self.members.index(member)}.clock"

    def _kill(self, member: Member) -> None:
        self._signal(member, signal.SIGKILL)

    @staticmethod
    def _signal(member: Member, number: signal.Signals) -> None:
        """Send a signal to all that a member started."""
        with suppress(ProcessLookupError):
            os.killpg(member.process_id, number)

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


def _lives(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True
