"""Processes that post under load are killed at random moments, a hundred times: what was acknowledged is there, once.

Fifty deaths on each database (issue 6, no. 10). What a process had not committed leaves nothing; the ledger is whole.
"""

import json
import os
import random
import select as polling
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import func, select, text

from app.models.allocation import Disbursement
from app.models.fund import FundEntry, FundPosting
from tests.city import City
from tests.money import WAN, Treasury

ROOT = Path(__file__).resolve().parents[4]
DEATHS = int(os.environ.get("LIANBAN_DEATHS", "50"))
SECONDS_MAX = 120


def _kill_at_random(process: "subprocess.Popen[bytes]") -> list[str]:
    """Kill workers one after another at random moments; return everything that was said.

    On a busy machine a worker might be killed before it did anything: a death waits until more was done than died.
    """
    assert process.stdout is not None
    chance = random.Random()  # noqa: S311  # no secret: when to kill
    living: set[int] = set()
    told: list[str] = []
    rest, done, deaths, next_at, until = b"", 0, 0, 0.0, time.monotonic() + SECONDS_MAX
    while deaths < DEATHS and time.monotonic() < until:
        if polling.select([process.stdout], [], [], 0.005)[0]:
            read = os.read(process.stdout.fileno(), 65_536)
            assert read, "the workers' keeper ended by itself"
            *lines, rest = (rest + read).split(b"\n")
            told += [line.decode() for line in lines]
            born = {int(line.split()[1]) for line in lines if line.startswith(b"born")}
            living |= born
            done += len(lines) - len(born)
        if living and done > deaths and time.monotonic() >= next_at:
            victim = chance.choice(sorted(living))
            os.kill(victim, signal.SIGKILL)
            living.discard(victim)
            deaths += 1
            next_at = time.monotonic() + chance.uniform(0.02, 0.12)
    assert deaths == DEATHS
    assert process.stdin is not None
    process.stdin.close()
    told += (rest + process.stdout.read()).decode().splitlines()
    process.stdout.close()
    return told


def _wait_for_the_dead(city: City) -> None:
    """Wait until the server has noticed that its clients are gone (PostgreSQL)."""
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    until = time.monotonic() + 20
    city.database.engine.dispose()
    while city.database.is_postgresql and time.monotonic() < until:
        with city.database.reading() as session:
            if session.execute(others).scalar_one() == 0:  # this unit's own connection is the only one
                return
        time.sleep(0.05)


def test_every_acknowledged_posting_survives_fifty_deaths(city: City, database_url: str) -> None:
    """Killed in the middle of whatever they did: no acknowledged posting is lost or doubled, no half one is there."""
    money = Treasury.found(city, 100 * WAN)
    project = money.project()
    kept = json.dumps({"departments": city.departments, "people": city.people, "posts": city.posts})
    arguments = [sys.executable, "-m", "tests.app.services.fund.forker", database_url, kept]
    process = subprocess.Popen(
        [*arguments, str(money.fund_id), str(project)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    try:
        told = [line.split() for line in _kill_at_random(process) if not line.startswith("born")]
    finally:
        process.kill()
        process.wait(timeout=30)
    _wait_for_the_dead(city)
    with city.database.reading() as session:
        rows = session.execute(select(FundPosting.id, FundPosting.operation, FundPosting.item_id)).all()
        entries = set(session.execute(select(FundEntry.posting_id)).scalars())
        dated = select(func.count()).select_from(Disbursement).where(Disbursement.paid_on.is_not(None))
        paid = session.execute(dated).scalar_one()
    there = Counter(f"{row.operation} {row.item_id}" for row in rows)
    ids = [int(number) for word, number in told if word == "posted"]
    assert len(ids) == len(set(ids))
    assert set(ids) <= {row.id for row in rows}
    acknowledged = [f"{word} {number}" for word, number in told if word != "posted"]
    assert len(acknowledged) == len(set(acknowledged))
    assert {key: there[key] for key in acknowledged} == dict.fromkeys(acknowledged, 1)
    assert entries == {row.id for row in rows}
    assert paid == sum(row.operation == "pay" for row in rows)
    # What was written but not acknowledged is at most one posting a death (and one a worker at the end).
    assert 0 <= len(rows) - 1 - len(told) <= DEATHS + 4
    assert len(told) >= DEATHS
    assert money.check().faults == []
