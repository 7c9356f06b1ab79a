"""What was wrong with the installation and was told: open alerts first, then those that ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import Sentence
from app.core.watch.finding import TOLD_AGAIN, State
from app.models.alert import Alert

_STATES: dict[str, State] = {"warning": "warning", "fault": "fault"}


@dataclass(frozen=True, slots=True)
class AlertView:
    """An alert: what was found last, since when, until when (None: still)."""

    check: str
    state: State
    said: Sentence
    mend: Sentence | None
    opened_at: datetime
    seen_at: datetime
    closed_at: datetime | None


def list_alerts(session: Session, limit: int) -> tuple[AlertView, ...]:
    """Return the open alerts, and of those that ended the last ones, `limit` together; one statement."""
    rows = session.connection().execute(
        select(Alert.check_name, Alert.severity, Alert.found, Alert.opened_at, Alert.seen_at, Alert.closed_at)
        .order_by(Alert.closed_at.is_not(None), Alert.opened_at.desc(), Alert.id.desc())
        .limit(limit)
    )  # fmt: skip
    return tuple(
        AlertView(
            check, _STATES[state], _read(found["said"]) or Sentence("", ""), _read(found.get("mend")), opened_at,
            seen_at, closed_at,
        )
        for check, state, found, opened_at, seen_at, closed_at in rows
    )  # fmt: skip


def is_told(session: Session, check: str, now: datetime) -> bool:
    """Whether administrators heard of this check within the last day, and it is not well yet; one statement."""
    told = select(Alert.id).where(
        Alert.check_name == check,
        Alert.closed_at.is_(None),
        Alert.severity == "fault",
        Alert.told_at > now - TOLD_AGAIN,
    )
    return session.connection().execute(told).first() is not None


def _read(said: Any) -> Sentence | None:  # noqa: ANN401  # JSON
    return Sentence(str(said["zh"]), str(said["en"])) if isinstance(said, Mapping) else None
