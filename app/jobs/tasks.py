"""What can be asked for by the queue, in ONE table: the same functions that the scheduler's process runs by itself."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Event
from typing import Any

from app.jobs.delivery import deliver
from app.jobs.long_work import do_work
from app.jobs.tools import Tools
from app.services.queue.deferring import DELIVER, MESSAGES, WORK, WORKS

#: A pass of the delivery takes all that is owed; under load the next one begins so long after it began.
PASS_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Task:
    """A task: its name and queue, as the jobs name them, and what it does with a job's arguments."""

    name: str
    queue: str
    run: Callable[[Tools, Mapping[str, Any]], object]


def _work(tools: Tools, arguments: Mapping[str, Any]) -> object:
    return do_work(tools, int(arguments["work_id"]))


def _deliver(tools: Tools, _arguments: Mapping[str, Any]) -> object:
    """Deliver what is owed now, then let a second pass: what comes meanwhile is one pass, not one for each."""
    began, pause = time.monotonic(), Event()
    deliver(tools, tools.clock.now())
    while not tools.stopped() and time.monotonic() - began < PASS_SECONDS:
        pause.wait(PASS_SECONDS / 10)
    return None


TASKS = (
    Task(WORK, WORKS, _work),
    Task(DELIVER, MESSAGES, _deliver),
)
