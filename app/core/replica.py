"""A streaming standby of PostgreSQL that reads may be served from, as soon as it has all that the primary had.

The rule (docs/decisions/0036): the primary is asked where its log stands; the replica serves a unit only once it has
replayed that far, which is waited for a few hundredths of a second, else the primary serves it. So nobody misses what
they or anybody else was told is written, and no process remembers who wrote what.

A replica that is away, behind, no standby, or a standby of another primary is passed over for some seconds; the log
says so once, and once that it serves again.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

log = logging.getLogger(__name__)

#: What every connection to PostgreSQL asks for. Pages read some fifty rows from an index and stop; from a few million
#: items on, the planner starts parallel processes for that, which cost more than the whole reading (6 ms became 40).
#: Only what reads whole tables (the dashboard's figures) is worth them.
SESSION_OPTIONS = "-c timezone=UTC -c lock_timeout=5000 -c parallel_setup_cost=100000"
#: How long a reader waits for the replica to catch up, and how often it looks.
WAIT_SECONDS = 0.05
_PAUSE_SECONDS = 0.004
#: After that long the primary is asked to flush its log.
_NUDGE_SECONDS = 0.012
#: How long a replica that did not serve is passed over.
REST_SECONDS = 5.0
_CONNECT_SECONDS = 2
_POOL_SECONDS = 2.0
#: PostgreSQL: cannot execute in a read-only transaction.
_READ_ONLY = "25006"

Status = Literal["serving", "away", "behind", "no_standby", "other_primary"]
_SAID: dict[Status, str] = {
    "away": "cannot be reached",
    "behind": "is behind",
    "no_standby": "is no standby (it takes writes of its own, or was promoted)",
    "other_primary": "follows another primary, or has not come to this one's timeline yet",
}

#: What has been acknowledged is in the log up to here: flushed, or inserted where commits do not wait for the disk.
_POSITION = text("""
    SELECT lsn::text, ('x' || left(pg_walfile_name(lsn), 8))::bit(32)::int, system_identifier::text
    FROM pg_control_system(), (
        SELECT CASE
            WHEN pg_is_in_recovery() THEN NULL
            WHEN current_setting('synchronous_commit') = 'off' THEN pg_current_wal_insert_lsn()
            ELSE pg_current_wal_flush_lsn()
        END AS lsn
    ) AS here
""")
_REPLAYED = text("""
    SELECT pg_is_in_recovery(), system_identifier::text = :system AND timeline_id = :timeline,
        coalesce(pg_last_wal_replay_lsn() >= CAST(:lsn AS pg_lsn), false)
    FROM pg_control_system(), pg_control_checkpoint()
""")


#: Committed by itself, it has the log flushed to the end of a record, all before it included.
_NUDGE = text("SELECT pg_logical_emit_message(true, 'lianban', '')")


@dataclass(frozen=True, slots=True)
class Position:
    """Where the primary's log stands: the place, the timeline, whose log it is."""

    lsn: str
    timeline: int
    system: str


def ask_position(session: Session) -> Position | None:
    """Return where the primary's log stands, by one statement; None where it is itself a standby."""
    lsn, timeline, system = session.execute(_POSITION).one()
    return None if lsn is None else Position(lsn, timeline, system)


def nudge(primary: Engine) -> None:
    """Have the primary's log flushed to a record's end.

    It may be flushed to the middle of a record that nobody waits for (a page cleaned while it was read): no standby
    comes that far until the rest follows, which on a quiet evening takes a quarter of a minute.
    """
    with suppress(DBAPIError), primary.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(_NUDGE)


def make_replica_engine(url: str) -> Engine:
    """Make the engine for a replica: whoever is away is given up soon, also in the middle of an answer."""
    return create_engine(
        url,
        pool_recycle=1800,
        pool_timeout=_POOL_SECONDS,
        connect_args={
            "options": SESSION_OPTIONS, "prepare_threshold": 2,
            "application_name": "lianban-replica", "connect_timeout": _CONNECT_SECONDS,
            "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 2, "tcp_user_timeout": 5000,
        },
    )  # fmt: skip


def read_replica_url(url: str, primary: str) -> str:
    """Read LIANBAN_REPLICA_URL (empty: none), beside the database's address; ValueError shows neither's password."""
    if not url:
        return ""
    replica = url.replace("postgresql://", "postgresql+psycopg://", 1)
    if not replica.startswith("postgresql+psycopg://"):
        shown = url.rsplit("@", maxsplit=1)[-1]
        raise ValueError(f"LIANBAN_REPLICA_URL={shown!r}: expected postgresql+psycopg://…")
    if not primary.startswith("postgresql"):
        raise ValueError("LIANBAN_REPLICA_URL: needs PostgreSQL as the database; SQLite has no replica")
    if make_url(replica) == make_url(primary):
        raise ValueError("LIANBAN_REPLICA_URL: expected another server than LIANBAN_DATABASE_URL")
    return replica


class ReplicaFailedError(Exception):
    """The replica broke off a unit of work that it had begun; the primary serves it."""


class Replica:
    """Serves units that only read, where it can; several threads may ask at once."""

    def __init__(self, engine: Engine, elapsed: Callable[[], float] = time.monotonic) -> None:
        self.engine = engine
        self.status: Status = "serving"
        self._elapsed = elapsed
        self._rests_until = 0.0

    @property
    def is_resting(self) -> bool:
        """Whether it is passed over for now."""
        return self.status != "serving" and self._elapsed() < self._rests_until

    @contextmanager
    def reading(self, position: Position, primary: Engine) -> Iterator[Session | None]:
        """Open a unit on the replica that sees at least all up to the primary's `position`; None where it does not.

        What goes wrong for the database's sake in the unit itself becomes ReplicaFailedError.
        """
        has_begun = False
        try:
            with Session(self.engine, autoflush=False, expire_on_commit=False) as session:
                status = self._catch_up(session, position, primary)
                self._note(status)
                if status == "serving":
                    has_begun = True
                    yield session
        except Exception as error:
            cause = _find_cause(error)
            if cause is None:
                raise
            if getattr(getattr(cause, "orig", None), "sqlstate", None) == _READ_ONLY:
                log.error("a unit that is to read only tried to write, and was refused by the replica")  # noqa: TRY400  # the primary's answer follows
            else:
                self._note("away", cause)  # it went away, or what it replays conflicts with what was read
            if has_begun:
                raise ReplicaFailedError from error
        if not has_begun:
            yield None

    def _catch_up(self, session: Session, position: Position, primary: Engine) -> Status:
        given = {"lsn": position.lsn, "timeline": position.timeline, "system": position.system}
        until = time.monotonic() + WAIT_SECONDS
        nudge_at: float | None = time.monotonic() + _NUDGE_SECONDS
        while True:
            is_standby, is_ours, has_replayed = session.execute(_REPLAYED, given).one()
            if not is_standby:
                return "no_standby"
            if not is_ours:
                return "other_primary"
            if has_replayed:
                return "serving"
            if time.monotonic() >= until:
                return "behind"
            if nudge_at is not None and time.monotonic() >= nudge_at:
                nudge(primary)
                nudge_at = None
            time.sleep(_PAUSE_SECONDS)

    def _note(self, status: Status, error: BaseException | None = None) -> None:
        if status != "serving":
            self._rests_until = self._elapsed() + REST_SECONDS
        if status == self.status:
            return
        self.status = status
        if status == "serving":
            log.info("the replica serves again")
        else:
            cause: Any = "" if error is None else f" ({type(error).__name__})"
            log.warning("the replica %s%s and is passed over; the primary serves", _SAID[status], cause)


def _find_cause(error: BaseException) -> BaseException | None:
    """Return the database's error in an error or in what caused it (others say it in words of their own)."""
    seen: BaseException | None = error
    while seen is not None and not isinstance(seen, DBAPIError | PoolTimeoutError):
        seen = seen.__cause__ or seen.__context__
    return seen
