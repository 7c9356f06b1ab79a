"""What the tests of long work share: tools with made-up kinds, ways to ask and to look."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from app.core.clock import FixedClock
from app.core.database import Database
from app.jobs.tools import Tools
from app.models.long_work import LongWork
from app.models.record import Outbox
from app.policy.people import Actor
from app.services.act import Act
from app.services.long_work.asking import ask
from app.services.long_work.kind import Kind, Outcome, Running, require_post
from app.services.recording import Acting
from tests.city import NOW, City

Run = Callable[[Running], Outcome | None]


def make_kind(run: Run, allow: Callable[[Actor], None] = require_post) -> Kind:
    """Return a made-up kind."""
    return Kind("made_up", allow, dict, run)


def make_tools(city: City, run: Run, *, at: datetime = NOW, stopped: Callable[[], bool] | None = None) -> Tools:
    """Return tools that know the one made-up kind."""
    tools = Tools(city.database, city.book, FixedClock(at), kinds={"made_up": make_kind(run)})
    return tools if stopped is None else replace(tools, stopped=stopped)


def make_act(session: Any, city: City, login: str = "office1", now: datetime = NOW) -> Act:  # noqa: ANN401  # a session
    """Return what a write by `login` takes along."""
    today = now.astimezone(city.book.zone).date()
    return Act(session.connection(), Acting(city.people[login], "self"), now, today, "test")


def ask_for(
    city: City, login: str = "office1", arguments: Mapping[str, Any] | None = None, *, now: datetime = NOW,
    kind: str = "made_up",
) -> int:  # fmt: skip
    """Ask for a made-up work; returns its id."""
    with city.database.writing() as session:
        return ask(make_act(session, city, login, now), kind, arguments or {}, lang="zh")


def look_at(database: Database, work_id: int) -> Row[Any]:
    """Return a work's row."""
    with database.reading() as session:
        return session.execute(select(*LongWork.__table__.c).where(LongWork.id == work_id)).one()


def messages_owed(database: Database) -> list[Row[Any]]:
    """Return what the outbox owes about works."""
    with database.reading() as session:
        statement = select(Outbox.recipient, Outbox.topic, Outbox.payload).where(Outbox.topic.startswith("work."))
        return list(session.execute(statement.order_by(Outbox.id)))
