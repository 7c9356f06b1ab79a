"""What the tests of papers share: an issuer, a month, the work of a month done in a made-up city."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.queries.paper.work import Span, make_span
from app.queries.slip_paper import Issuer
from reports.wording import Text
from tests.city import City
from tests.sweeping import local, running_task

OFFICE = ("OFFICE",)
#: What is said with work that is sent in.
SENT = {"evidence": "材料", "late_reason": "汛期"}
#: When the papers are made: the month of March is over.
NOW = local(2026, 4, 6)


def make_issuer(city: City, unit: Session) -> Issuer:
    """Return whose papers they are."""
    calendar = city.book.calendar(unit.connection())
    return Issuer(Text("云州市", "Yunzhou"), Text("领导小组办公室", "Office"), calendar)


def march(city: City, unit: Session, now: datetime = NOW) -> Span:
    """Return March 2026 as of `now`."""
    return make_span(city.book.calendar(unit.connection()), date(2026, 3, 1), date(2026, 3, 31), now)


def finish(city: City, title: str, due_on: date, sent_at: datetime, checked_at: datetime, **more: Any) -> int:  # noqa: ANN401  # City.task's options
    """Return a task of the transport bureau that was sent in and verified at these instants."""
    task = running_task(city, title=title, due_on=due_on, **more)
    city.do("tra_staff", task, "submit", dict(SENT), now=sent_at)
    city.do("office1", task, "verify", {"opinion": "同意"}, now=checked_at)
    return task
