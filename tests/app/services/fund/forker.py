"""Keeps some processes posting to a fund, whatever happens to them; run by test_killed as a process of its own.

Prints one line a fact, each in one write: `born PID`, and only after the commit `posted ID`, `reserve ITEM`, `commit
ITEM`, `pay ITEM`. Ends when its input ends. Forked, not started, so that a hundred deaths cost little.
"""

import json
import os
import select
import signal
import sys
import time
from zoneinfo import ZoneInfo

from app.core.database import Database, make_engine
from app.core.errors import ConflictError
from app.services.rulebook import Rulebook
from tests.city import City
from tests.money import Treasury
from workflows.hours import Hours

WORKERS = 4


def say(line: str) -> None:
    """Write a line whole."""
    os.write(1, f"{line}\n".encode())


def post_one(money: Treasury, project: int) -> None:
    """Post what a keeper posts, then take one request from its draft to its payment."""
    say(f"posted {money.budget('supplement', 1_000).id}")
    item_id = money.draft(project, 500)
    for login, action, word in (
        ("tra_staff", "submit", "reserve"), ("tra_head", "endorse", ""), ("fin1", "approve", "commit"),
    ):  # fmt: skip
        money.do(login, item_id, action)
        if word:
            say(f"{word} {item_id}")
    paid = money.drawn(item_id)
    money.do("fin1", paid, "check")
    money.do("fin2", paid, "pay", voucher=f"{os.getpid()}-{time.time_ns()}")
    say(f"pay {paid}")
    try:
        say(f"posted {money.budget('cut', 400).id}")
    except ConflictError:  # all of it is reserved at this moment
        return


def work(money: Treasury, project: int) -> None:
    """Post until the end."""
    while True:
        post_one(money, project)


def main() -> None:
    """Keep the workers going."""
    url, kept, fund_id, project = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    database = Database(make_engine(url))
    city = City(database, Rulebook(ZoneInfo("Asia/Shanghai"), Hours()), **kept)
    money = Treasury(city, fund_id)
    post_one(money, project)  # what SQLAlchemy compiles is compiled once
    database.engine.dispose()
    children: set[int] = set()
    while not select.select([0], [], [], 0.01)[0]:
        while len(children) < WORKERS:
            pid = os.fork()
            if not pid:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                work(money, project)
            children.add(pid)
            say(f"born {pid}")
        gone, _ = os.waitpid(-1, os.WNOHANG)
        children.discard(gone)
    for pid in children:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


if __name__ == "__main__":
    main()
