"""Two passes at once, a killed process, any sequence of steps and sweeps: one matter one slip, somebody for each."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import func, select

from app.core.database import Database, make_engine
from app.core.errors import DomainError
from app.jobs import sweep as sweeping
from app.models.escalation import Escalation
from app.models.item import Item
from app.models.supervision import SlipCover
from app.services.offering import list_offers
from app.services.rulebook import Rulebook
from app.services.supervision import slip_making, slip_settling
from app.services.supervision.slip_batch import Batch
from tests.app.services.acts import rows
from tests.app.services.supervision.stalling import DUE_ON, YELLOW_AT, pass_slips, slips
from tests.city import NOW, City, build_city
from tests.databases import copy_sqlite
from tests.postgres import make_folder
from tests.sweeping import running_task, sweep
from workflows.hours import Hours

ROOT = Path(__file__).resolve().parents[4]


def _stalled(city: City, count: int) -> list[int]:
    """Return tasks whose rungs of level 2 still lack their slips."""
    tasks = [running_task(city, title=f"竞赛{number}", due_on=DUE_ON) for number in range(count)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweeping, "run_slips", lambda *_: Batch())
        sweep(city, YELLOW_AT)
    return tasks


def _check(city: City, count: int) -> None:
    """One slip a rung, one cover a rung, numbers without a gap, nothing left over."""
    found = slips(city)
    assert len({slip.parent_id for slip in found}) == len(found) == count
    assert sorted(slip.number for slip in found) == sorted(f"预警〔2026〕{number}号" for number in range(1, count + 1))
    assert rows(city, select(func.count()).select_from(SlipCover)) == [(count,)]
    assert rows(city, select(Escalation.id).where(Escalation.needs_slip)) == []


def test_two_passes_at_once_make_each_slip_once(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever holds a rung decides it; the other goes on, and what both left the next pass takes."""
    monkeypatch.setattr(slip_making, "BATCH", 3)
    monkeypatch.setattr(slip_settling, "BATCH", 3)
    tasks = _stalled(city, 9)
    people: list[Callable[[], object]] = [partial(_extend, city, task) for task in tasks[:2]]
    with ThreadPoolExecutor(5) as pool:
        work = [pool.submit(pass_slips, city, YELLOW_AT) for _ in range(3)]
        moved = [pool.submit(one) for one in people]
        results = [future.result() for future in work]
        assert {future.result() for future in moved} <= {"done", "stale"}
    assert [fault for result in results for fault in result.faults] == []
    pass_slips(city, YELLOW_AT)
    made = slips(city)
    assert len({slip.parent_id for slip in made}) == len(made) >= 7
    assert sorted(slip.number for slip in made) == sorted(f"预警〔2026〕{n}号" for n in range(1, len(made) + 1))
    assert rows(city, select(func.count()).select_from(SlipCover)) == [(9,)]


def _extend(city: City, task: int) -> str:
    try:
        city.do("office1", task, "extend", {"new_due_on": "2026-06-30", "reason": "另定"}, now=YELLOW_AT)
    except DomainError as error:
        return error.code
    return "done"


def test_a_killed_process_leaves_whole_batches(
    city: City, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed (-9) in the middle of a command: what was committed is whole, the next sweep makes the rest."""
    monkeypatch.setenv("LIANBAN_DATABASE_URL", database_url)
    monkeypatch.setenv("LIANBAN_VAR", str(tmp_path))
    monkeypatch.setenv("LIANBAN_SECRET_KEY", "k" * 40)
    _stalled(city, 8)
    command = [sys.executable, "-c", _COMMAND]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    deadline = time.monotonic() + 120
    while not slips(city) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert 1 <= len(slips(city)) <= 8
    sweep(city, YELLOW_AT)
    _check(city, 8)


#: One batch a rung, so that the kill falls between batches.
_COMMAND = """
from app.services.supervision import slip_making
slip_making.BATCH = 1
from app.factory import create_app
create_app().test_cli_runner().invoke(args=["escalate", "--at", "2026-03-23T09:00"])
"""


MATTER: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("tra_staff", "report", {"text": "进展", "progress_pct": 50}),
    ("tra_staff", "report", {"text": "要晚", "forecast_on": "2026-07-31"}),
    ("tra_staff", "submit", {"evidence": "佐证", "late_reason": "原因"}),
    ("office1", "return", {"reason": "不全"}),
    ("office1", "verify", {}),
    ("office1", "reopen", {"reason": "复查"}),
    ("office1", "suspend", {"reason": "等待"}),
    ("office1", "resume", {}),
    ("office1", "extend", {"new_due_on": "2026-06-30", "reason": "另定"}),
)
SLIP: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("office1", "issue", {}),
    ("office1", "correct", {"demand": "改"}),
    ("tra_head", "answer", {"answer": "已办"}),
    ("office1", "accept", {}),
    ("office1", "return", {"reason": "不全"}),
    ("tra_head", "appeal", {"reason": "不服"}),
    ("director", "uphold", {"reason": "属实"}),
    ("director", "dismiss", {"reason": "维持"}),
    ("director", "withdraw", {"reason": "误"}),
    ("office1", "close", {}),
)
_FOLDER = make_folder("slips")


class Noticing(RuleBasedStateMachine):
    """Two tasks that stall, move, pause and come back; their slips are issued, answered, appealed meanwhile."""

    @initialize()
    def open_city(self) -> None:
        """Begin with two running tasks."""
        book = Rulebook(ZoneInfo("Asia/Shanghai"), Hours())
        self.city: City = build_city(Database(make_engine(copy_sqlite(_FOLDER))), book)
        self.now: datetime = NOW
        self.tasks = [running_task(self.city, title=f"事项{day}", due_on=date(2026, 3, day)) for day in (5, 16)]

    def teardown(self) -> None:
        """Give the file's handles back."""
        if hasattr(self, "city"):
            self.city.database.engine.dispose()

    @rule(hours=st.integers(4, 200))
    def wait_and_sweep(self, hours: int) -> None:
        """Let time pass and sweep; the second time nothing more is raised, made, issued or settled."""
        self.now += timedelta(hours=hours)
        assert sweep(self.city, self.now).faults == ()
        again = sweep(self.city, self.now)
        done = (again.raised, again.slips_made, again.slips_issued, again.slips_settled, again.faults)
        assert done == (0, 0, 0, 0, ())

    @rule(which=st.sampled_from((0, 1)), step=st.sampled_from(MATTER))
    def move_matter(self, which: int, step: tuple[str, str, dict[str, object]]) -> None:
        """Take a step on a task, where it is open."""
        self._try(self.tasks[which], step)

    @rule(step=st.sampled_from(SLIP))
    def move_slip(self, step: tuple[str, str, dict[str, object]]) -> None:
        """Take a step on every open slip that allows it."""
        for slip in slips(self.city):
            if slip.closed_at is None:
                self._try(slip.id, step)

    def _try(self, item_id: int, step: tuple[str, str, dict[str, object]]) -> None:
        login, action, fields = step
        self.now += timedelta(minutes=1)
        try:
            self.city.do(login, item_id, action, dict(fields), now=self.now)
        except DomainError as error:
            assert error.code  # noqa: PT017  # a refusal has its code; nothing was written

    @invariant()
    def one_matter_has_one_slip_of_a_level(self) -> None:
        """Check that no matter has two open slips of one level, and numbers have no gap."""
        if not hasattr(self, "city"):
            return
        found = slips(self.city)
        still_open = [slip for slip in found if slip.closed_at is None]
        places = Counter((slip.parent_id, slip.owner_department_id, slip.level) for slip in still_open)
        assert max(places.values(), default=0) <= 1
        for level, sign in ((2, "预警"), (3, "督")):
            numbers = sorted(
                int(slip.number.split("〕")[1][:-1]) for slip in found if slip.number and slip.level == level
            )
            assert numbers == list(range(1, len(numbers) + 1)), sign

    @invariant()
    def somebody_can_act_on_every_open_slip(self) -> None:
        """Check that for each open slip one of the people it may wait for has an open step."""
        if not hasattr(self, "city"):
            return
        with self.city.database.reading() as session:
            connection = session.connection()
            for slip in slips(self.city):
                if slip.closed_at is None:
                    people = [self.city.people[login] for login in ("tra_head", "office1", "office2", "director")]
                    offers = [list_offers(connection, self.city.book, one, slip.id, self.now) for one in people]
                    assert any(offer.is_open and offer.action != "urge" for given in offers for offer in given.offers)

    @invariant()
    def every_decided_rung_has_its_cover(self) -> None:
        """Check that a slip stands for every rung that was decided, and none for two departments."""
        if not hasattr(self, "city"):
            return
        with self.city.database.reading() as session:
            connection = session.connection()
            doubled = connection.execute(
                select(SlipCover.escalation_id)
                .group_by(SlipCover.escalation_id, SlipCover.department_id)
                .having(func.count() > 1)
            ).all()
            bare = connection.execute(
                select(Item.id).where(
                    Item.kind == "slip", ~select(SlipCover.id).where(SlipCover.slip_id == Item.id).exists()
                )
            ).all()
            waiting = connection.execute(
                select(Escalation.id).where(Escalation.needs_slip, Escalation.raised_at < self.now - timedelta(days=30))
            ).all()
        assert (doubled, bare, waiting) == ([], [], [])


TestNoticing = Noticing.TestCase
TestNoticing.settings = settings(
    max_examples=15, stateful_step_count=18, deadline=None, suppress_health_check=list(HealthCheck)
)
