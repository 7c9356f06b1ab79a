"""Drives the soak: moves the clock, kills and starts schedulers, lets people act, and keeps the books for the end."""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from sqlalchemy import select

from app.core.errors import DomainError
from app.models.escalation import JobRun
from app.models.item import Item
from app.policy.people import find_actor
from app.services.loading import load
from app.services.transitions import find_capacities
from tests.app.services.supervision.asking import add_section
from tests.city import City
from workflows.catalogue import WORKFLOWS
from workflows.machine import Step

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = ("office1", "office2", "director", "leader", "tra_head", "tra_staff", "ene_head", "ene_staff", "pol_head",
          "wea_head", "wea_staff")  # fmt: skip
_PATIENCE_SECONDS = 120
TICK = timedelta(minutes=15)


class Drive:
    """A city at work under a clock that only this object moves."""

    def __init__(self, city: City, folder: Path, start: datetime, seed: int) -> None:
        self.city = city
        self.now = start
        self.random = random.Random(seed)  # noqa: S311  # a repeatable story, no secret
        self.kills = 0
        self._clock = folder / "clock"
        self._workers: list[subprocess.Popen[bytes]] = []
        self._section = add_section(city)
        self._show(start)

    def __enter__(self) -> Self:
        self._workers = [self._start(), self._start()]
        return self

    def __exit__(self, *_: object) -> None:
        self._clock.unlink()
        for worker in self._workers:
            worker.kill()
            worker.wait()

    def _start(self) -> "subprocess.Popen[bytes]":
        url = self.city.database.engine.url.render_as_string(hide_password=False)
        arguments = [sys.executable, "-m", "tests.soak.worker", url, str(self._clock)]
        return subprocess.Popen(arguments, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})

    def _show(self, instant: datetime) -> None:
        fresh = self._clock.with_suffix(".new")
        fresh.write_text(instant.isoformat())
        fresh.replace(self._clock)
        self.now = instant

    def go_to(self, hour: float, days: int = 0) -> None:
        """Move the clock to the hour of the city's day; somebody may be killed; wait for the sweep of that instant."""
        local = self.now.astimezone(self.city.book.zone)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        self._show((midnight + timedelta(days=days, hours=hour)).astimezone(UTC))
        if self.random.random() < 0.08:  # one tick in twelve
            self._kill(self.random.randrange(2))
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not self._is_swept():
            if time.monotonic() > deadline:
                raise AssertionError(f"nobody swept for {self.now.isoformat()}")
            time.sleep(0.01)

    def _kill(self, which: int) -> None:
        """Kill a scheduler wherever it stands, and start another in its place."""
        time.sleep(self.random.random() * 0.05)
        worker = self._workers[which]
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        self.kills += 1
        self._workers[which] = self._start()

    def _is_swept(self) -> bool:
        with self.city.database.reading() as session:
            row = session.execute(select(JobRun.due_at, JobRun.outcome).where(JobRun.job == "sweep")).first()
        return row is not None and row.due_at is not None and row.due_at >= self.now and row.outcome == "done"

    def found(self) -> None:
        """Begin with some work on the tables: projects, and tasks with supporters and dates of all kinds."""
        for number in range(3):
            self.city.project(f"联合项目{number}", details={"template": "integration"})
        for number in range(8):
            self.new_task(number)

    def new_task(self, number: int) -> None:
        """Add a task whose due date lies some days ahead."""
        lead, support = self.random.sample(["TRA", "ENE", "POL", "WEA"], 2)
        due_on = (self.now + timedelta(days=self.random.randrange(4, 30))).date()
        supports = (support,) if number % 2 else ()
        rhythm = self.random.choice([None, "weekly", "ten_day"])
        task = self.city.task(f"任务{number}", lead, due_on=due_on, supports=supports, report_rhythm=rhythm)
        self.city.do("office1", task, "assign", now=self.now)

    def let_people_act(self, tries: int) -> int:
        """Let somebody try something that fits where an item stands; returns how many steps were taken."""
        with self.city.database.reading() as session:
            rows = session.execute(select(Item.id, Item.kind, Item.state).where(Item.closed_at.is_(None))).all()
        taken = 0
        for item_id, kind, state in self.random.sample(list(rows), min(tries, len(rows))):
            steps = [s for s in WORKFLOWS[kind].steps if state in [source.name for source in s.sources]]
            step = self.random.choice(steps)
            if step.action in ("cancel", "split", "merge") and self.random.random() < 0.8:  # seldom
                continue
            fields = self._fields({ask.name for ask in step.asks}, item_id)
            login = self._find_somebody(item_id, step)
            taken += login is not None and self._try(login, item_id, step.action, fields)
        return taken

    def _find_somebody(self, item_id: int, step: Step) -> str | None:
        """Return somebody who may take the step, if anybody may."""
        today = self.now.astimezone(self.city.book.zone).date()
        with self.city.database.reading() as session:
            connection = session.connection()
            item = load(connection, item_id)
            for login in self.random.sample(PEOPLE, len(PEOPLE)):
                actor = find_actor(connection, self.city.people[login], today)
                if actor is not None and find_capacities(connection, list(step.who), item, actor, today):
                    return login
        return None

    def _fields(self, names: set[str], item_id: int) -> dict[str, object]:
        ahead = (self.now + timedelta(days=self.random.randrange(3, 25))).date().isoformat()
        departments = self.city.departments
        code = self.random.choice(["TRA", "ENE", "POL", "WEA"])
        parts = [{"title": f"分项{c}", "department": departments[c], "due_on": ahead} for c in ("ENE", "POL")]
        known: dict[str, object] = {
            "new_due_on": ahead, "until_on": ahead, "department": departments[code], "section": self._section,
            "into": item_id + 1, "parts": parts, "person": self.city.people["tra_staff"], "channel": "message",
            "light": "yellow", "rhythm": "weekly", "progress_pct": self.random.randrange(101), "forecast_on": ahead,
        }  # fmt: skip
        texts = {"reason", "evidence", "decision", "text", "opinion", "late_reason", "note", "demand", "answer",
                 "progress"}  # fmt: skip
        return {name: known[name] for name in names & known.keys()} | dict.fromkeys(names & texts, "照实填写")

    def _try(self, login: str, item_id: int, action: str, fields: dict[str, object]) -> bool:
        try:
            self.city.do(login, item_id, action, fields, now=self.now)
        except DomainError:
            return False
        return True
