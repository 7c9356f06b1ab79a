"""The whole day in ONE table: which job runs when, and how late a missed run is still made up.

Times are the city's. A missed run is made up once, when the scheduler starts or gets its lease back, and is dated
with the instant to which it belongs; of several missed ones only the latest (case P21).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.jobs.sweep import sweep_job
from app.jobs.tools import Tools
from app.jobs.upkeep import upkeep_job


@dataclass(frozen=True, slots=True)
class Every:
    """Every `minutes` of each hour, counted from the full hour; `minutes` divides 60."""

    minutes: int

    def __post_init__(self) -> None:
        if not 1 <= self.minutes <= 60 or 60 % self.minutes:  # noqa: PLR2004  # minutes of an hour
            raise ValueError(f"{self.minutes} minutes do not divide an hour")

    def latest(self, now: datetime, zone: ZoneInfo) -> datetime:
        """Return the last instant of this rhythm up to `now`, in UTC."""
        local = now.astimezone(zone)
        passed = timedelta(minutes=local.minute % self.minutes, seconds=local.second, microseconds=local.microsecond)
        return now.astimezone(UTC) - passed

    def next_after(self, instant: datetime, zone: ZoneInfo) -> datetime:
        """Return the first instant of this rhythm after `instant`, in UTC."""
        return self.latest(instant, zone) + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Daily:
    """Every day at a wall-clock time of the city."""

    at: time

    def latest(self, now: datetime, zone: ZoneInfo) -> datetime:
        """Return the last instant of this rhythm up to `now`, in UTC."""
        today = now.astimezone(zone).date()
        for on in (today, today - timedelta(1)):
            instant = datetime.combine(on, self.at, tzinfo=zone).astimezone(UTC)
            if instant <= now:
                return instant
        raise AssertionError("yesterday's time has passed")

    def next_after(self, instant: datetime, zone: ZoneInfo) -> datetime:
        """Return the first instant of this rhythm after `instant`, in UTC; no day is skipped by a clock change."""
        today = instant.astimezone(zone).date()
        for on in (today, today + timedelta(1)):
            found = datetime.combine(on, self.at, tzinfo=zone).astimezone(UTC)
            if found > instant:
                return found
        raise AssertionError("tomorrow's time is still to come")


@dataclass(frozen=True, slots=True)
class Job:
    """A job: its name, its rhythm, what it does, how late a missed run is still made up. Every job is idempotent."""

    name: str
    when: Every | Daily
    run: Callable[[Tools, datetime], str]
    grace: timedelta


JOBS = (
    #   name      when                 what         grace
    Job("sweep", Every(minutes=15), sweep_job, timedelta(days=3650)),
    Job("upkeep", Daily(time(3, 30)), upkeep_job, timedelta(hours=20)),
)
