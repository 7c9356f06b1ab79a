"""The scheduler's process: APScheduler with its jobs in memory, while it holds the `scheduler` lease.

Only this process schedules anything; web workers never do (cases P19, P20). A second one waits for the lease. The
lease is looked at every tick: once lost, running jobs end at their next good place and it is taken anew. A job
that fails (a cut connection, a busy database) is tried again after a minute, and the next tick comes anyway (P109).
A clock that is put forward or back is noticed at the next tick, and everything is scheduled anew by what it says now.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event, Thread
from zoneinfo import ZoneInfo

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from app.core.clock import Clock, SystemClock
from app.core.lease import Lease, make_lease, take
from app.core.watch.running import watched
from app.jobs.long_work import WORKERS, serve_works
from app.jobs.table import JOBS, Job
from app.jobs.tools import Tools
from app.services.escalation.job_run import beat, finish_run, last_done, start_run

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 20
_TICK_SECONDS = 2.0
_AGAIN = timedelta(minutes=1)
#: A clock that goes so much faster or slower than time passes, from one tick to the next, was put.
_PUT = timedelta(minutes=1)
#: Later than this, a run is told to be late.
_LATE = timedelta(minutes=1)
_THREADS = 4


def run_scheduler(
    tools: Tools, stop: Event, *, jobs: Sequence[Job] = JOBS, tick_seconds: float = _TICK_SECONDS,
    again: timedelta = _AGAIN,
) -> None:  # fmt: skip
    """Run `jobs` until `stop` is set; waits for the lease first, and again whenever it was lost."""
    lease = make_lease(tools.database, "scheduler")
    while not stop.is_set():
        if not take(lease, stop.is_set):
            break
        log.info("scheduler: the lease is taken")
        try:
            Scheduling(tools, jobs, again).serve(lease, stop, tick_seconds)
        finally:
            lease.release()
    log.info("scheduler: stopped")


class Rhythm(BaseTrigger):  # type: ignore[misc]  # APScheduler 3 carries no types
    """A job's times for APScheduler, whose own cron trigger skips the day after a clock change (case P23)."""

    def __init__(self, job: Job, zone: ZoneInfo) -> None:
        self._job = job
        self._zone = zone

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """Return the next time after the previous one, at first after `now`."""
        return self._job.when.next_after(previous_fire_time or now, self._zone).astimezone(self._zone)


class Steadiness:
    """Whether a clock goes as time passes, from one look to the next."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen = clock.now(), time.monotonic()

    def was_put(self) -> bool:
        """Whether the clock was put since the last look by a minute or more, or the machine slept."""
        now, passed = self._clock.now(), time.monotonic()
        then, before = self._seen
        self._seen = now, passed
        return abs(now - then - timedelta(seconds=passed - before)) >= _PUT


class Scheduling:
    """One term of the lease: from its taking to its loss, the process's end or a clock that was put."""

    def __init__(self, tools: Tools, jobs: Sequence[Job], again: timedelta = _AGAIN) -> None:
        self._lost = Event()
        self._tools = tools
        self._jobs = jobs
        self._again = again
        self._started_at = tools.clock.now()
        self._scheduler = BackgroundScheduler(
            timezone=tools.book.zone,
            executors={"default": ThreadPoolExecutor(_THREADS)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def serve(self, lease: Lease, stop: Event, tick_seconds: float) -> None:
        """Schedule the jobs until `stop` is set, the lease is lost or the clock was put."""
        self._tools = replace(self._tools, stopped=lambda: stop.is_set() or self._lost.is_set())
        for job in self._jobs:
            self._scheduler.add_job(self._run_now, Rhythm(job, self._tools.book.zone), args=[job], id=job.name)
        self._scheduler.add_job(
            self._beat, "interval", seconds=HEARTBEAT_SECONDS, id="beat",
            next_run_time=SystemClock().now(),
        )  # fmt: skip
        self._scheduler.add_job(self._make_up, id="make-up")
        self._scheduler.start()
        workers = [Thread(target=serve_works, args=(self._tools,), name=f"works-{n}") for n in range(WORKERS)]
        for worker in workers if self._tools.kinds else ():
            worker.start()
        steady = Steadiness(self._tools.clock)
        try:
            while not stop.wait(tick_seconds):
                if not lease.still_held():
                    log.warning("scheduler: the lease is lost; running jobs end, it is taken anew")
                    return
                if steady.was_put():
                    # What is planned stands where the clock was: put back by hours, no job would run for hours.
                    log.warning("scheduler: the clock was put; running jobs end, everything is scheduled anew")
                    return
        finally:
            self._lost.set()
            self._scheduler.shutdown(wait=True)
            for worker in workers if self._tools.kinds else ():
                worker.join()
            self._write("last heartbeat", lambda: self._beat("stopped"))

    def missed(self) -> list[tuple[Job, datetime]]:
        """Return the jobs whose latest run is still owed, with the instant to which it belongs."""
        now = self._tools.clock.now()
        done = self._tools.database.write(last_done)
        latest = [(job, job.when.latest(now, self._tools.book.zone)) for job in self._jobs]
        return [
            (job, due_at)
            for job, due_at in latest
            if now - due_at <= job.grace and (job.name not in done or done[job.name] < due_at)
        ]

    def _make_up(self) -> None:
        try:
            owed = self.missed()
        except Exception:  # the edge of a process: whatever it is, the scheduler lives on
            log.exception("scheduler: what was missed cannot be read; tried again")
            self._later(self._make_up, "make-up")
            return
        for job, due_at in owed:
            self.run(job, due_at)

    def _run_now(self, job: Job) -> None:
        self.run(job, job.when.latest(self._tools.clock.now(), self._tools.book.zone))

    def run(self, job: Job, due_at: datetime) -> None:
        """Run `job` for the instant `due_at` and record how it went; a failure is logged and tried again."""
        tools, started_at = self._tools, self._tools.clock.now()
        late = started_at - due_at
        if late > _LATE:
            log.warning(
                "job %s due at %s runs late, by %d minutes", job.name, due_at.isoformat(), late // timedelta(minutes=1)
            )
        with watched("job", job.name, due_at=due_at.isoformat()) as run:
            try:
                tools.database.write(lambda session: start_run(session, job.name, due_at, started_at))
                message = job.run(tools, due_at)
                outcome = "stopped" if tools.stopped() else "done"
            except Exception as error:  # the edge of a process: whatever it is, the scheduler lives on
                log.exception("job %s of %s failed", job.name, due_at.isoformat())
                message, outcome = f"{type(error).__name__}: {error}", "failed"
                self._later(lambda: self.run(job, due_at), f"{job.name}:again")
            run.outcome = outcome
        finished_at = tools.clock.now()
        self._write(
            f"end of job {job.name}",
            lambda: tools.database.write(
                lambda session: finish_run(session, job.name, finished_at, outcome=outcome, message=message)
            ),
        )

    def _beat(self, outcome: str = "alive") -> None:
        now = self._tools.clock.now()
        self._tools.database.write(lambda session: beat(session, self._started_at, now, outcome=outcome))

    def _later(self, work: Callable[[], None], name: str) -> None:
        if not self._lost.is_set():
            at = SystemClock().now() + self._again
            self._scheduler.add_job(work, "date", run_date=at, id=name, replace_existing=True)

    def _write(self, what: str, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception:  # the edge of a process: the database may be away
            log.exception("scheduler: %s was not recorded", what)
