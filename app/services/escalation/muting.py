"""Takes back messages that are no longer owed: their cause was answered between queueing and sending."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.models.escalation import Episode
from app.models.record import Outbox


def mute_answered(session: Session, outbox_ids: Sequence[int]) -> list[int]:
    """Mute those of the messages that speak of a rung whose episode has ended; returns their ids (idempotent).

    Whoever sends the outbox calls this for what it has claimed, in the same unit of work, so that nobody is
    reminded of what is done (case P24).
    """
    if not outbox_ids:
        return []
    episode_id = Outbox.payload["episode"].as_integer()
    ended = select(Episode.id).where(Episode.id == episode_id, Episode.ended_at.is_not(None)).exists()
    statement = (
        update(Outbox)
        .where(
            Outbox.id.in_(outbox_ids),
            Outbox.topic == "rung",
            Outbox.status.in_(("pending", "sending", "failed")),
            ended,
        )
        .values(status="muted")
        .returning(Outbox.id)
        .execution_options(synchronize_session=False)
    )
    return sorted(session.connection().execute(statement).scalars())
