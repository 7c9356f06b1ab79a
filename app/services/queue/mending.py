"""Puts right what killed processes and lost jobs leave behind in the queue; PostgreSQL only, each part idempotent."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from app.models.long_work import LongWork
from app.services.long_work.claiming import is_free
from app.services.queue.deferring import WORK, defer

#: A process that the queue has not heard of for so long was killed; it beats every ten seconds.
STALLED_SECONDS = 60.0
#: What waits so long without a job has lost it.
LOST = timedelta(minutes=1)
_KEEP_FAILED_HOURS = 7 * 24
#: A job that a living process has had for so long is one that it knows nothing of: a cut connection lost the answer.
_UNKNOWN_HOURS = 24

_RETRY = text(
    "WITH stalled AS (SELECT job.id FROM procrastinate_jobs job"
    " LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id"
    " WHERE job.status = 'doing' AND (worker.id IS NULL"
    " OR worker.last_heartbeat < now() - make_interval(secs => :seconds)) FOR UPDATE OF job SKIP LOCKED)"
    " SELECT procrastinate_retry_job_v2(id, now(), NULL, NULL, NULL) FROM stalled"
)
_FORGET_PROCESSES = text("SELECT procrastinate_prune_stalled_workers_v1(:seconds)")
_WITH_JOB = text(
    "SELECT (args->>'work_id')::bigint FROM procrastinate_jobs WHERE task_name = 'work' AND status = 'todo'"
)
_DROP_ENDED = text(
    "DELETE FROM procrastinate_jobs WHERE id IN (SELECT job.id FROM procrastinate_jobs job"
    " LEFT JOIN long_work work ON work.id = (job.args->>'work_id')::bigint"
    " WHERE job.task_name = 'work' AND job.status = 'todo'"
    " AND (work.id IS NULL OR work.status NOT IN ('waiting', 'running')) FOR UPDATE OF job SKIP LOCKED)"
)
_DROP_OLD = text(
    "DELETE FROM procrastinate_jobs WHERE id IN (SELECT job.id FROM procrastinate_jobs job"
    " WHERE (job.status IN ('succeeded', 'failed', 'cancelled', 'aborted') AND NOT EXISTS (SELECT 1"
    " FROM procrastinate_events event WHERE event.job_id = job.id"
    " AND event.at > now() - make_interval(hours => :hours)))"
    " OR (job.status = 'doing' AND NOT EXISTS (SELECT 1 FROM procrastinate_events event WHERE event.job_id = job.id"
    " AND event.at > now() - make_interval(hours => :unknown_hours))) FOR UPDATE OF job SKIP LOCKED)"
)


@dataclass(frozen=True, slots=True)
class Mended:
    """What was put right: jobs of killed processes begun anew, works that had no job, needless jobs deleted."""

    retried: int
    deferred: int
    dropped: int


def mend(session: Session, now: datetime) -> Mended:
    """Put the queue right as of `now`."""
    connection = session.connection()
    retried = len(connection.execute(_RETRY, {"seconds": STALLED_SECONDS}).all())
    connection.execute(_FORGET_PROCESSES, {"seconds": STALLED_SECONDS})
    deferred = _defer_lost(connection, now)
    dropped = connection.execute(_DROP_ENDED).rowcount
    dropped += connection.execute(_DROP_OLD, {"hours": _KEEP_FAILED_HOURS, "unknown_hours": _UNKNOWN_HOURS}).rowcount
    return Mended(retried, deferred, int(dropped))


def _defer_lost(connection: Connection, now: datetime) -> int:
    """Give a job to each work that waits, or whose process fell silent, without one."""
    waiting = connection.execute(
        select(LongWork.id).where(is_free(now), LongWork.asked_at < now - LOST).order_by(LongWork.id)
    ).scalars()
    with_job = set(connection.execute(_WITH_JOB).scalars())
    lost = [work_id for work_id in waiting if work_id not in with_job]
    defer(connection, WORK, ({"work_id": work_id} for work_id in lost))
    return len(lost)
