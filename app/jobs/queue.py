"""The scheduler's look at the queue, each minute: what was lost gets a job again, what is needless goes."""

from datetime import datetime

from app.jobs.tools import Tools
from app.queries.worker import has_workers
from app.services.queue.deferring import DELIVER, defer, has_waiting
from app.services.queue.mending import mend
from app.services.queue.presence import forget_workers


def queue_job(tools: Tools, _due_at: datetime) -> str:
    """Put the queue right as of now (idempotent); returns what was done, for the table of runs."""
    if not tools.database.is_postgresql:
        return "no queue with SQLite"
    now = tools.clock.now()
    mended = tools.database.write(lambda session: mend(session, now))
    tools.database.write(lambda session: forget_workers(session, now))
    return f"jobs begun anew {mended.retried}, lost works found {mended.deferred}, needless jobs {mended.dropped}"


def hand_delivery_over(tools: Tools) -> bool:
    """Leave a pass of the delivery to the processes that take jobs, if any lives; whether one does."""
    now = tools.clock.now()
    with tools.database.reading() as session:
        if not has_workers(session, now):
            return False
        is_asked_for = has_waiting(session.connection(), DELIVER)
    if not is_asked_for:
        tools.database.write(lambda session: defer(session.connection(), DELIVER, [{}]))
    return True
