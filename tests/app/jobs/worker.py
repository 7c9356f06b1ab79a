"""A scheduler in a process of its own, ticking each second on a clock in a file, with the real sweep as its job.

Run as `python -m tests.app.jobs.worker DATABASE_URL CLOCK_FILE`; SIGTERM ends it.
"""

import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo

from app.core.database import Database, make_engine
from app.jobs.runner import run_scheduler
from app.jobs.sweep import sweep_job
from app.jobs.table import ALWAYS, Every, Job
from app.jobs.tools import Tools
from app.services.rulebook import Rulebook
from tests.soak.worker import FileClock
from workflows.hours import Hours
from workflows.words import Text


class EachSecond(Every):
    """Fires each second of the machine; the run belongs to the quarter of an hour of the clock in the file."""

    def next_after(self, instant: datetime, zone: ZoneInfo) -> datetime:
        """Return the next second."""
        del zone
        return instant.astimezone(UTC) + timedelta(seconds=1)


def work(url: str, clock_file: Path) -> None:
    """Serve until SIGTERM."""
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    tools = Tools(Database(make_engine(url)), Rulebook(ZoneInfo("Asia/Shanghai"), Hours()), FileClock(clock_file))
    word = Text("巡检", "sweep")
    job = Job("sweep", EachSecond(15), sweep_job, ALWAYS, word, word)
    run_scheduler(tools, stop, jobs=(job,), tick_seconds=0.2, again=timedelta(seconds=0.5))


if __name__ == "__main__":
    work(sys.argv[1], Path(sys.argv[2]))
