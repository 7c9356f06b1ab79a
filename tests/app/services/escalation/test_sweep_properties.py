"""Any sequence of steps and sweeps keeps levels unique and the rung shown equal to what its rows say."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from app.core.database import Database, make_engine
from app.core.errors import DomainError
from app.models.escalation import Episode, Escalation
from app.models.item import ItemClock
from app.services.rulebook import Rulebook
from tests.city import NOW, City, build_city
from tests.databases import copy_sqlite
from tests.postgres import make_folder
from tests.sweeping import running_task, sweep
from workflows.hours import Hours

STEPS: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("tra_staff", "report", {"text": "进展", "progress_pct": 50}),
    ("tra_staff", "submit", {"evidence": "佐证", "late_reason": "原因"}),
    ("office1", "return", {"reason": "不全"}),
    ("office1", "verify", {}),
    ("office1", "reopen", {"reason": "复查"}),
    ("office1", "suspend", {"reason": "等待"}),
    ("office1", "resume", {}),
    ("office1", "resume", {"new_due_on": "2026-06-30"}),
    ("tra_staff", "report", {"text": "要晚", "forecast_on": "2026-07-31"}),
)
_FOLDER = make_folder("sweeps")


class Stalling(RuleBasedStateMachine):
    """Two tasks that stall, move, pause and come back while sweeps run."""

    @initialize()
    def open_city(self) -> None:
        """Begin with two running tasks."""
        book = Rulebook(ZoneInfo("Asia/Shanghai"), Hours())
        self.city: City = build_city(Database(make_engine(copy_sqlite(_FOLDER))), book)
        self.now: datetime = NOW
        self.tasks = [
            running_task(self.city, title=f"事项{day}", due_on=date(2026, 3, day), supports=()) for day in (10, 25)
        ]

    def teardown(self) -> None:
        """Give the file's handles back."""
        if hasattr(self, "city"):
            self.city.database.engine.dispose()

    @rule(hours=st.integers(1, 400))
    def wait(self, hours: int) -> None:
        """Let time pass."""
        self.now += timedelta(hours=hours)

    @rule()
    def sweep(self) -> None:
        """Sweep, and sweep again: the second time nothing is raised."""
        sweep(self.city, self.now)
        again = sweep(self.city, self.now)
        assert (again.raised, again.lights, again.faults) == (0, 0, ())

    @rule(which=st.sampled_from((0, 1)), step=st.sampled_from(STEPS))
    def act(self, which: int, step: tuple[str, str, dict[str, object]]) -> None:
        """Take a step, where it is open."""
        login, action, fields = step
        self.now += timedelta(minutes=1)
        try:
            self.city.do(login, self.tasks[which], action, dict(fields), now=self.now)
        except DomainError as error:
            assert error.code  # noqa: PT017  # a refusal has its code; nothing was written

    @invariant()
    def levels_are_unique_and_the_rung_is_true(self) -> None:
        """Check levels, unique in each episode; the rung shown and its cause are the highest running episode's."""
        if not hasattr(self, "city"):
            return
        with self.city.database.reading() as session:
            connection = session.connection()
            rows = connection.execute(
                select(Escalation.episode_id, Escalation.level, Escalation.item_id, Escalation.cause, Episode.ended_at)
                .join(Episode, Episode.id == Escalation.episode_id)
                .order_by(Escalation.id)
            ).all()
            clocks = connection.execute(select(ItemClock.item_id, ItemClock.rung, ItemClock.rung_cause)).all()
        assert len({(row.episode_id, row.level) for row in rows}) == len(rows)
        for item_id, rung, cause in clocks:
            running = [(row.level, row.cause) for row in rows if row.item_id == item_id and row.ended_at is None]
            highest = max((level for level, _ in running), default=0)
            assert rung == highest
            assert cause in {name for level, name in running if level == highest} or (cause, highest) == (None, 0)


TestStalling = Stalling.TestCase
TestStalling.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
