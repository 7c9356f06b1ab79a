"""Reads when the last sweep ended: what the product's health is told by."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.models.escalation import Sweep


def find_last_sweep(connection: Connection) -> datetime | None:
    """Return when the last finished sweep ended; None when there was none."""
    return connection.execute(
        select(Sweep.finished_at).where(Sweep.finished_at.is_not(None)).order_by(Sweep.finished_at.desc()).limit(1)
    ).scalar_one_or_none()
