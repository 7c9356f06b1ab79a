"""What must not go on by itself in a restored city: sessions, tokens, works, planned reports, messages (case P22)."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, case, func, select, update
from sqlalchemy.orm import Session

from app.models.long_work import LongWork
from app.models.message import Mail, WebhookDelivery
from app.models.organisation import AccessToken
from app.models.personal import CalendarFeed, WebSession
from app.models.report_plan import ReportPlan
from app.models.worker import Worker
from app.services.message.telling import tell_batch
from app.services.report_plan.entering import open_watch
from app.services.rulebook import Rulebook

#: Whatever clock wrote it: all that stands in a backup is old.
_AHEAD = timedelta(days=3650)


def end_entries(connection: Connection, now: datetime) -> dict[str, int]:
    """End every session, token and feed: what was ended after the backup would open doors again. Returns counts."""
    began = case((WebSession.began_at > now, WebSession.began_at), else_=now)
    ends: dict[str, Any] = {
        "sessions": update(WebSession).where(WebSession.ended_at.is_(None)).values(ended_at=began),
        "tokens": update(AccessToken)
        .where(AccessToken.revoked_at.is_(None), AccessToken.expires_at > now)
        .values(revoked_at=now),
        "feeds": update(CalendarFeed).where(CalendarFeed.revoked_at.is_(None)).values(revoked_at=now),
    }
    return {name: int(connection.execute(statement).rowcount) for name, statement in ends.items()}


def stop_works(connection: Connection, now: datetime) -> int:
    """Take back all work that waits or runs; its person can ask for it again. Returns how much.

    The processes that did it are not here: they are ended, too.
    """
    connection.execute(update(Worker).where(Worker.ended_at.is_(None)).values(ended_at=now))
    waiting = LongWork.status.in_(("waiting", "running"))
    done = connection.execute(update(LongWork).where(waiting).values(status="cancelled", finished_at=now))
    return int(done.rowcount)


def pass_over_plans(session: Session, book: Rulebook, now: datetime) -> list[int]:
    """Let planned reports begin anew from now on; returns the plans that owed something, for somebody to look at.

    What fell due since the backup was most likely made and sent in the city that is gone, under a number of its own.
    """
    connection = session.connection()
    watch = open_watch(session, book, now)
    owing = [plan_id for plan_id in watch.plans if watch.owes(plan_id, now)]
    connection.execute(
        update(ReportPlan).where(ReportPlan.is_active, ReportPlan.since_at < now).values(since_at=now)
    )  # fmt: skip
    return sorted(owing)


def hold_messages(session: Session, book: Rulebook, now: datetime) -> dict[str, int]:
    """Bring what is owed by now into the inboxes and hold every mail and call of it, until an administrator decides.

    `flask message held release|mute` does. What is owed later goes out in its time. Returns counts (idempotent).
    """
    told = tell_batch(session, book, now, hold_before=now + _AHEAD)
    while not told.is_last:
        batch = tell_batch(session, book, now, hold_before=now + _AHEAD)
        told.add(batch)
    connection = session.connection()
    values = {"status": "held", "next_at": None, "claim": None, "claimed_until": None}
    for table in (Mail, WebhookDelivery):
        connection.execute(update(table).where(table.status.in_(("queued", "sending"))).values(values))
    counts = {
        name: int(
            connection.execute(select(func.count()).select_from(table).where(table.status == "held")).scalar_one()
        )
        for name, table in (("mails", Mail), ("webhooks", WebhookDelivery))
    }
    return {"messages": told.messages, **counts}
