"""A process that does one made-up long work and would take a very long time over it: to be killed.

Run as `python -m tests.app.jobs.work_worker DATABASE_URL INSTANT`.
"""

import sys
import time
from datetime import datetime
from zoneinfo import ZoneInfo

from app.core.clock import FixedClock
from app.core.database import Database, make_engine
from app.jobs.long_work import work_once
from app.jobs.tools import Tools
from app.services.long_work.kind import Outcome, Running
from app.services.rulebook import Rulebook
from tests.app.jobs.long_works import make_kind
from workflows.hours import Hours


def _linger(running: Running) -> Outcome:
    for step in range(1000):
        running.tell(step, 1000)
        time.sleep(0.2)
    return Outcome()


def work(url: str, instant: str) -> None:
    """Do one work."""
    book = Rulebook(ZoneInfo("Asia/Shanghai"), Hours())
    clock = FixedClock(datetime.fromisoformat(instant))
    work_once(Tools(Database(make_engine(url)), book, clock, kinds={"made_up": make_kind(_linger)}))


if __name__ == "__main__":
    work(*sys.argv[1:])
