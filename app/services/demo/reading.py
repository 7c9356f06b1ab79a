"""People read their messages now and then; those of the last days are still unread when a visitor comes."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.models.record import Outbox
from app.services.act import Act
from app.services.demo.stage import SOURCE, Stage
from app.services.message.inbox import mark_all_read
from app.services.recording import Acting


def read_messages(stage: Stage, now: datetime) -> None:
    """Have everybody read what lies in their inbox."""
    connection = stage.session.connection()
    for person_id in stage.people.values():
        mark_all_read(Act(connection, Acting(person_id, "self"), now, stage.today, SOURCE))


def mute_all(session: Session) -> None:
    """Owe nobody what happened before the city's eight months."""
    session.execute(update(Outbox).where(Outbox.status == "pending").values(status="muted"))
