"""One scheduler of the soak: takes the lease and does what the table of the day owes, by a clock in a file.

Run as `python -m tests.soak.worker DATABASE_URL CLOCK_FILE`; it ends when it is killed, or when the file goes.
"""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from app.core.database import Database, make_engine
from app.core.lease import make_lease, take
from app.jobs.runner import Scheduling
from app.jobs.table import JOBS
from app.jobs.tools import Tools
from app.services.rulebook import Rulebook
from workflows.hours import Hours

_PAUSE_SECONDS = 0.02


class FileClock:
    """A clock whose instant stands in a file: whoever drives the city moves it for all its processes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        """Return the instant in the file."""
        return datetime.fromisoformat(self._path.read_text()).astimezone(UTC)


def work(url: str, clock_file: Path) -> None:
    """Hold the lease while it can be held, and run every job that is owed."""
    tools = Tools(Database(make_engine(url)), Rulebook(ZoneInfo("Asia/Shanghai"), Hours()), FileClock(clock_file))
    lease = make_lease(tools.database, "scheduler")
    while clock_file.exists():
        if not take(lease, lambda: not clock_file.exists()):
            return
        scheduling = Scheduling(tools, JOBS)
        while clock_file.exists() and lease.still_held():
            for job, due_at in scheduling.missed():
                scheduling.run(job, due_at)
            time.sleep(_PAUSE_SECONDS)


if __name__ == "__main__":
    work(sys.argv[1], Path(sys.argv[2]))
