"""Puts jobs into the queue and takes back those that have become needless; PostgreSQL only.

A job says that something waits, no more: what waits and whose it is stands in tables of our own (`long_work`,
`outbox`), where a guarded UPDATE claims it. So a job may run twice, never, or for what is long done. Most are put by
triggers (migrations/queue.py), in the transaction of what they belong to.
"""

import json
from collections.abc import Iterable, Mapping

from sqlalchemy import bindparam, text
from sqlalchemy.engine import Connection

#: The two queues: long works, and messages, so that neither waits for the other.
WORKS, MESSAGES = "works", "messages"
#: The two tasks, by the names that the triggers know.
WORK, DELIVER = "work", "deliver"
_QUEUES = {WORK: WORKS, DELIVER: MESSAGES}

# No queueing lock: a second transaction would wait for the first one's end, then fail (docs/decisions/0035).
_DEFER = text(
    "SELECT procrastinate_defer_jobs_v1(ARRAY(SELECT"
    " ROW(:queue, :task, 0, NULL, NULL, CAST(one AS jsonb), NULL)::procrastinate_job_to_defer_v1"
    " FROM unnest(CAST(:arguments AS text[])) AS one))"
)
_DROP = text(
    "DELETE FROM procrastinate_jobs WHERE id IN (SELECT id FROM procrastinate_jobs"
    " WHERE task_name = :task AND status = 'todo' FOR UPDATE SKIP LOCKED)"
)
_HAS_WAITING = text(
    "SELECT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE status = 'todo' AND task_name = :task)"
).bindparams(bindparam("task"))


def defer(connection: Connection, task: str, arguments: Iterable[Mapping[str, object]]) -> None:
    """Put a job of `task` into its queue for each of the arguments, in the connection's transaction."""
    listed = [json.dumps(dict(one)) for one in arguments]
    if listed:
        connection.execute(_DEFER, {"queue": _QUEUES[task], "task": task, "arguments": listed})


def drop_waiting(connection: Connection, task: str) -> int:
    """Delete the jobs of `task` that nobody has begun; returns how many.

    For whoever is about to do all of it: a job that is seen was committed together with what it belongs to, so what
    is read afterwards holds that as well. Nothing to do on SQLite.
    """
    if connection.dialect.name != "postgresql":
        return 0
    return int(connection.execute(_DROP, {"task": task}).rowcount)


def has_waiting(connection: Connection, task: str) -> bool:
    """Whether a job of `task` waits that nobody has begun."""
    return bool(connection.execute(_HAS_WAITING, {"task": task}).scalar())
