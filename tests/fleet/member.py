"""One process of a fleet: a web server, a worker or a scheduler as the product runs it, with short times of waiting.

All members tell the same made-up time, so that it is always a working day's morning; it can be put forward or back
while they run, each for itself. What the product waits minutes for (a silent process, a lease, the pause after a mail
that was not taken) is seconds here: a test lasts a minute. What is waited for is the same.
"""

import mmap
import struct
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from gunicorn.app.base import BaseApplication

from app.commands.scheduler import begin_serving
from app.core.clock import Clock, SystemClock
from app.core.mail import Mailer
from app.edge.context import current_context
from app.edge.sending import make_tools
from app.factory import create_app
from app.jobs import delivery, long_work, worker
from app.jobs.queue import queue_job
from app.jobs.runner import run_scheduler
from app.jobs.sweep import sweep_job
from app.jobs.table import ALWAYS, Every, Job
from app.jobs.worker import run_worker
from app.queries import worker as presence
from app.services.long_work import claiming
from app.services.long_work.kind import Kind, Outcome, Running
from app.services.message import claiming as claiming_mails
from app.services.message import sending
from app.services.queue import mending
from workflows.words import Text

#: How far a member's clock is from the machine's, in seconds: one number in a file that it looks at each time.
_SHIFT = struct.Struct("d")
ROLES = ("web", "worker", "scheduler")
_WORD = Text("试", "test")
#: How often a work says that it is alive, in how many steps, how far apart.
_STEPS, _STEP_SECONDS = 6, 0.1


def write_shift(path: Path, seconds: float) -> None:
    """Say how far a clock is from the machine's; whoever looks at the file tells so from now on."""
    with path.open("r+b" if path.exists() else "wb") as file:
        file.write(_SHIFT.pack(seconds))


class ShiftedClock:
    """The machine's clock, as far away as a file says."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._shift = mmap.mmap(file.fileno(), _SHIFT.size, access=mmap.ACCESS_READ)

    def now(self) -> datetime:
        """Return the present instant."""
        (seconds,) = _SHIFT.unpack(self._shift)
        return SystemClock().now() + timedelta(seconds=seconds)


class EachSeconds(Every):
    """A rhythm of so many seconds, where the product has minutes."""

    def latest(self, now: datetime, zone: ZoneInfo) -> datetime:
        """Return the last instant up to `now`."""
        del zone
        return datetime.fromtimestamp(now.timestamp() // self.minutes * self.minutes, UTC)

    def next_after(self, instant: datetime, zone: ZoneInfo) -> datetime:
        """Return the first instant after `instant`."""
        return self.latest(instant, zone) + timedelta(seconds=self.minutes)


JOBS = (
    Job("sweep", Every(15), sweep_job, ALWAYS, _WORD, _WORD),
    Job("deliver", EachSeconds(2), delivery.deliver_job, ALWAYS, _WORD, _WORD),
    Job("queue", EachSeconds(2), queue_job, ALWAYS, _WORD, _WORD),
)


#: What the product waits, as long as it is here: (module, name, value). A name that others import stands in each.
SHORT = (
    (claiming, "SILENCE", timedelta(seconds=4)),
    (long_work, "BEAT_SECONDS", 0.5),
    (long_work, "LOOK_SECONDS", 0.5),
    (mending, "STALLED_SECONDS", 5.0),
    (worker, "STALLED_SECONDS", 5.0),
    (mending, "LOST", timedelta(seconds=3)),
    (worker, "BEAT_SECONDS", 1.0),
    (presence, "WORKER_LATE", timedelta(seconds=4)),
    (claiming_mails, "LEASE", timedelta(seconds=5)),
    (delivery, "LEASE", timedelta(seconds=5)),
    (sending, "PAUSES_MINUTES", (0.02, 0.05, 0.1, 0.2, 0.4)),
    # How long a mail server may say nothing: the default of its only parameter that has one.
    (Mailer.__init__, "__defaults__", (1.5,)),
)


def shorten() -> None:
    """Let seconds stand for minutes, the same in every member."""
    for module, name, value in SHORT:
        if not hasattr(module, name):
            raise AttributeError(f"{module} waits for no {name} any more")
        setattr(module, name, value)


def serve(role: str, port: int, clock_path: Path) -> None:
    """Be a member until killed, or told to end by SIGTERM."""
    shorten()
    clock: Clock = ShiftedClock(clock_path)
    if role == "web":
        Server(port, partial(create_app, clock=clock)).run()
        return
    app = create_app(clock=clock)
    with app.app_context():
        context = current_context()
        tools = make_tools(context)
        slow = {name: _make_slow(kind) for name, kind in tools.kinds.items()}
        tools.kinds.clear()  # type: ignore[attr-defined]  # a dictionary of its own
        tools.kinds.update(slow)  # type: ignore[attr-defined]
        stop = begin_serving(context, None)
        if role == "worker":
            run_worker(tools, stop)
        else:
            run_scheduler(tools, stop, jobs=JOBS, again=timedelta(seconds=1))


def _make_slow(kind: Kind) -> Kind:
    """Return a kind that takes its time, so that a kill meets it."""

    def run(running: Running) -> Outcome | None:
        pause = Event()
        for step in range(_STEPS):
            running.tell(step, _STEPS)
            pause.wait(_STEP_SECONDS)
        return kind.run(running)

    return Kind(kind.name, kind.allow, kind.check, run, kind.read, kind.admit)


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn carries no types
    """Gunicorn as scripts/run.sh starts it, with one worker."""

    def __init__(self, port: int, make: "partial[Flask]") -> None:
        self._port, self._make = port, make
        super().__init__()

    def load_config(self) -> None:
        """Say how to serve."""
        options: dict[str, Any] = {
            "bind": f"127.0.0.1:{self._port}", "workers": 1, "threads": 4, "worker_class": "gthread",
            "loglevel": "warning", "accesslog": None, "control_socket_disable": True,
        }  # fmt: skip
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the application."""
        return self._make()
