"""Opens an alert for a check that is not well; tells administrators once, again each day that it lasts, and of its end.

Idempotent: the same findings at the same moment tell nothing twice, however many processes look.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from app.core.database import make_insert
from app.core.errors import Sentence
from app.core.watch.finding import TOLD_AGAIN, Finding
from app.models.alert import Alert
from app.models.message import Message
from app.models.organisation import Holding, Person, Post
from app.models.record import Outbox
from app.services.message.topics import is_critical
from workflows.roles import Duty

FAULT, WARNING, MENDED = "system.fault", "system.warning", "system.mended"
_TOPICS = {"fault": FAULT, "warning": WARNING}


@dataclass(slots=True)
class Alerted:
    """What one look changed, in alerts."""

    opened: int = 0
    repeated: int = 0
    closed: int = 0


def keep_alerts(
    session: Session, findings: Sequence[Finding], now: datetime, today: date, *, at_once: bool = False
) -> Alerted:
    """Bring the alerts in line with `findings`, all findings of each check that is named.

    `at_once` puts what is told into the inboxes itself: for who finds that nobody delivers any more.
    """
    connection = session.connection()
    alerted = Alerted()
    worst = _find_worst(findings)
    rows: Any = connection.execute(
        select(Alert.id, Alert.check_name, Alert.severity, Alert.told_at, Alert.told_count)
        .where(Alert.closed_at.is_(None), Alert.check_name.in_(worst))
        .with_for_update()
    )  # fmt: skip
    known = {row.check_name: row for row in rows}
    for check, found in worst.items():
        row = known.get(check)
        if found.state == "ok":
            if row is not None:
                connection.execute(update(Alert).where(Alert.id == row.id).values(closed_at=now, seen_at=now))
                _tell(connection, MENDED, f"alert:{row.id}:end", found, now, today, at_once=at_once)
                alerted.closed += 1
        elif row is None:
            alerted.opened += _open(connection, found, now, today, at_once=at_once)
        else:
            is_worse = row.severity == "warning" and found.state == "fault"
            is_due = is_worse or now - row.told_at >= TOLD_AGAIN
            values: dict[str, Any] = {"severity": found.state, "found": _write(found), "seen_at": now}
            if is_due:
                values |= {"told_at": now, "told_count": row.told_count + 1}
                key = f"alert:{row.id}:{row.told_count + 1}"
                _tell(connection, _TOPICS[found.state], key, found, now, today, at_once=at_once)
                alerted.repeated += 1
            connection.execute(update(Alert).where(Alert.id == row.id).values(**values))
    return alerted


def _find_worst(findings: Iterable[Finding]) -> dict[str, Finding]:
    """Return the worst finding of each check; of several that are as bad all is said."""
    found: dict[str, Finding] = {}
    for one in findings:
        before = found.get(one.check)
        if before is None or one.rank > before.rank:
            found[one.check] = one
        elif one.rank == before.rank and one.state != "ok" and one.said != before.said:
            said = Sentence(f"{before.said.zh}；{one.said.zh}", f"{before.said.en}; {one.said.en}")
            found[one.check] = Finding(one.check, one.state, said, before.mend)
    return found


def _open(connection: Connection, found: Finding, now: datetime, today: date, *, at_once: bool) -> int:
    statement = (
        make_insert(connection, Alert)
        .values(
            check_name=found.check, severity=found.state, found=_write(found), opened_at=now, seen_at=now, told_at=now,
            told_count=1,
        )
        .on_conflict_do_nothing()
        .returning(Alert.id)
    )  # fmt: skip
    alert_id = connection.execute(statement).scalar()
    if alert_id is None:  # somebody else found it in this moment, and tells
        return 0
    _tell(connection, _TOPICS[found.state], f"alert:{alert_id}:1", found, now, today, at_once=at_once)
    return 1


def _write(found: Finding) -> dict[str, object]:
    def both(sentence: Sentence | None) -> dict[str, str] | None:
        return None if sentence is None else {"zh": sentence.zh, "en": sentence.en}

    return {"said": both(found.said), "mend": both(found.mend)}


def _tell(
    connection: Connection, topic: str, key: str, found: Finding, now: datetime, today: date, *, at_once: bool
) -> None:
    payload: Mapping[str, object] = {"check": found.check, **_write(found)}
    for person_id in find_admins(connection, today):
        statement = (
            make_insert(connection, Outbox)
            .values(
                item_id=None, recipient=f"U:{person_id}", topic=topic, payload=payload, status="pending",
                unique_key=f"{key}:{person_id}", not_before=now, created_at=now,
            )
            .on_conflict_do_nothing(index_elements=["unique_key"])
            .returning(Outbox.id)
        )  # fmt: skip
        outbox_id = connection.execute(statement).scalar()
        if at_once and outbox_id is not None:
            message = {
                "outbox_id": outbox_id, "person_id": person_id, "item_id": None, "topic": topic, "level": None,
                "is_critical": is_critical(topic, None), "payload": payload, "told_at": now, "created_at": now,
                "read_at": None,
            }  # fmt: skip
            connection.execute(make_insert(connection, Message).values(**message))


def find_admins(connection: Connection, today: date) -> list[int]:
    """Return who is an administrator on `today`."""
    return list(
        connection.execute(
            select(Person.id)
            .distinct()
            .join(Holding, Holding.person_id == Person.id)
            .join(Post, Post.id == Holding.post_id)
            .where(
                Post.duty == Duty.ADMIN.value,
                Person.is_active.is_(True),
                Holding.from_on <= today,
                or_(Holding.to_on.is_(None), Holding.to_on > today),
            )
            .order_by(Person.id)
        ).scalars()
    )
