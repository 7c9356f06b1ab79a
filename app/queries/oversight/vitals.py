"""The installation's vital signs: what waits, how long already, what ran last. Each statement is bounded by an index.

For figures and checks only: nothing here tells an item, a person or a text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from app.models.alert import BackupMade
from app.models.escalation import Episode, Escalation, Sweep
from app.models.item import ItemClock
from app.models.long_work import LongWork
from app.models.message import Mail, WebhookDelivery
from app.models.record import Audit, Outbox
from app.models.seal import AuditHead, AuditLeaf
from app.queries.job import SchedulerHealth, last_runs

#: What is not settled; the settled rest is never counted.
OUTBOX_OPEN = ("pending", "sending", "failed")
DELIVERY_OPEN = ("queued", "sending", "failed", "held")
WORK_OPEN = ("waiting", "running")


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits somewhere: how many by status, and since when the oldest of what is due waits."""

    counts: Mapping[str, int]
    oldest_at: datetime | None

    def age(self, now: datetime) -> timedelta:
        """Return how long the oldest has waited beyond its time."""
        return max(timedelta(), now - self.oldest_at) if self.oldest_at else timedelta()


@dataclass(frozen=True, slots=True)
class Vitals:
    """The signs as of `at`."""

    at: datetime
    #: Items that stall, by the level of the rung on which they stand.
    rungs: Mapping[int, int]
    oldest_rung_at: datetime | None
    #: The earliest instant at which a rung is reached that no sweep has raised yet; past: sweeps lag.
    next_rung_at: datetime | None
    outbox: Queue
    mails: Queue
    webhooks: Queue
    works: Queue
    #: Since when the first entry of the log that has no seal yet could have been sealed: it was written, and the last
    #: head was signed before it. What a clock of the past wrote has not waited since then.
    unsealed_since: datetime | None
    sweep_started_at: datetime | None
    sweep_finished_at: datetime | None
    scheduler: SchedulerHealth
    #: Of which moment the last backup is, and how many files it lacks; None: none was made of this database.
    backup_at: datetime | None = None
    backup_faults: int = 0

    @property
    def sweep_seconds(self) -> float | None:
        """How long the last finished sweep took."""
        if self.sweep_started_at is None or self.sweep_finished_at is None:
            return None
        return (self.sweep_finished_at - self.sweep_started_at).total_seconds()


def read_vitals(session: Session, now: datetime) -> Vitals:
    """Return the signs as of `now`; eleven statements."""
    connection = session.connection()
    rungs = connection.execute(
        select(ItemClock.rung, func.count()).where(ItemClock.rung > 0).group_by(ItemClock.rung)
    )  # fmt: skip
    oldest = connection.execute(
        select(func.min(Escalation.raised_at))
        .select_from(ItemClock)
        .join(Escalation, Escalation.item_id == ItemClock.item_id)
        .join(Episode, Episode.id == Escalation.episode_id)
        .where(ItemClock.rung > 0, Episode.ended_at.is_(None))
    ).scalar()
    following = connection.execute(
        select(func.min(Episode.next_at)).where(Episode.ended_at.is_(None), Episode.next_at.is_not(None))
    ).scalar()
    sealed = select(AuditLeaf.audit_id).order_by(AuditLeaf.leaf_index.desc()).limit(1).scalar_subquery()
    signed = select(AuditHead.signed_at).order_by(AuditHead.tree_size.desc()).limit(1).scalar_subquery()
    unsealed: Any = connection.execute(
        select(Audit.recorded_at, signed.label("signed_at"))
        .where(Audit.id > func.coalesce(sealed, 0))
        .order_by(Audit.id)
        .limit(1)
    ).first()  # fmt: skip
    sweep: Any = connection.execute(
        select(Sweep.started_at, Sweep.finished_at)
        .where(Sweep.finished_at.is_not(None))
        .order_by(Sweep.id.desc())
        .limit(1)
    ).first()  # fmt: skip
    backup: Any = connection.execute(
        select(BackupMade.taken_at, BackupMade.file_faults).order_by(BackupMade.taken_at.desc()).limit(1)
    ).first()  # fmt: skip
    return Vitals(
        at=now,
        rungs={row[0]: row[1] for row in rungs},
        oldest_rung_at=oldest,
        next_rung_at=following,
        outbox=_read_queue(connection, _count(Outbox.status, Outbox.not_before, OUTBOX_OPEN), "pending", now),
        mails=_read_queue(connection, _count(Mail.status, Mail.next_at, DELIVERY_OPEN), "queued", now),
        webhooks=_read_queue(
            connection, _count(WebhookDelivery.status, WebhookDelivery.next_at, DELIVERY_OPEN), "queued", now
        ),
        works=_read_queue(connection, _count(LongWork.status, LongWork.asked_at, WORK_OPEN), "waiting", now),
        unsealed_since=max(unsealed.recorded_at, unsealed.signed_at or unsealed.recorded_at) if unsealed else None,
        sweep_started_at=sweep.started_at if sweep else None,
        sweep_finished_at=sweep.finished_at if sweep else None,
        scheduler=last_runs(session, now),
        backup_at=backup.taken_at if backup else None,
        backup_faults=backup.file_faults if backup else 0,
    )


def _count(status: Any, since: Any, wanted: tuple[str, ...]) -> Select[Any]:  # noqa: ANN401  # columns of any table
    return select(status, func.count(), func.min(since)).where(status.in_(wanted)).group_by(status)


def _read_queue(connection: Connection, statement: Select[Any], waiting: str, now: datetime) -> Queue:
    """Return the queue; what is due later only is not late."""
    rows = connection.execute(statement).all()
    oldest = next((row[2] for row in rows if row[0] == waiting), None)
    return Queue({row[0]: row[1] for row in rows}, oldest if oldest is not None and oldest <= now else None)
