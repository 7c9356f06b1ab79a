"""What the tests of messages share: people with addresses, one pass of the delivery, what it left behind."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select

from app.core.clock import FixedClock
from app.core.mail import MailServer
from app.core.webhook import NOTHING_ALLOWED, AllowList
from app.jobs.delivery import DeliveryResult, deliver
from app.jobs.tools import Tools
from app.models.message import Mail, Message, WebhookDelivery
from app.models.record import Outbox
from app.services.act import Act
from app.services.message.hook import add_webhook
from app.services.message.restoring import end_pass
from app.services.message.sending import Sending
from app.services.organisation.person import keep_email
from app.services.recording import Acting
from tests.city import NOW, City

INSIDE = AllowList.parse("127.0.0.1")
FROM = "lianban@city.example"


def address_of(login: str) -> str:
    """Return the address that `give_addresses` gives to somebody."""
    return f"{login}@city.example"


def give_addresses(city: City, *logins: str) -> None:
    """Give everybody (or only `logins`) a mail address."""
    with city.database.writing() as session:
        for login in logins or tuple(city.people):
            keep_email(session.connection(), city.people[login], address_of(login))


def begin(city: City, at: datetime = NOW) -> None:
    """Say that the delivery has been running up to `at`."""
    with city.database.writing() as session:
        end_pass(session, at)


def make_act(session: Any, city: City, login: str = "admin", now: datetime = NOW) -> Act:  # noqa: ANN401  # a session
    """Return what a write takes along."""
    today = now.astimezone(city.book.zone).date()
    return Act(session.connection(), Acting(city.people[login], "admin"), now, today, "test")


def make_tools(city: City, at: datetime, server: MailServer | None = None, allow: AllowList = NOTHING_ALLOWED) -> Tools:
    """Return tools whose clock stands at `at`."""
    sending = Sending(server, FROM, "https://lianban.example", "zh", allow)
    return Tools(city.database, city.book, FixedClock(at), sending=sending)


def deliver_at(
    city: City, at: datetime, server: MailServer | None = None, allow: AllowList = NOTHING_ALLOWED, **more: Any  # noqa: ANN401  # deliver's options
) -> DeliveryResult:  # fmt: skip
    """Make one pass at `at`, with the clock standing there."""
    return deliver(make_tools(city, at, server, allow), at, **more)


def owe(
    city: City, recipient: str, topic: str = "task.assign", *, item_id: int | None = None, at: datetime = NOW,
    payload: Mapping[str, Any] | None = None, not_before: datetime | None = None,
) -> int:  # fmt: skip
    """Put one row into the outbox."""
    with city.database.writing() as session:
        return session.execute(
            insert(Outbox)
            .values(
                item_id=item_id, recipient=recipient, topic=topic, payload=dict(payload or {}), status="pending",
                not_before=not_before or at, created_at=at,
            )
            .returning(Outbox.id)
        ).scalar_one()  # fmt: skip


def add_hook(city: City, url: str, *topics: str) -> int:
    """Keep a webhook, its address unseen."""
    with city.database.writing() as session:
        return add_webhook(make_act(session, city), url, topics, "a-secret-of-the-tests")[0]


def read(city: City, statement: Any) -> Sequence[Row[Any]]:  # noqa: ANN401  # any statement
    """Return the rows of a statement."""
    with city.database.reading() as session:
        return session.connection().execute(statement).all()


def inbox(city: City, login: str) -> Sequence[Row[Any]]:
    """Return somebody's messages, in order."""
    return read(city, select(Message).where(Message.person_id == city.people[login]).order_by(Message.id))


def told(city: City) -> list[str]:
    """Return the logins of whoever has messages, one name a message, sorted."""
    names = {person_id: login for login, person_id in city.people.items()}
    return sorted(names[row.person_id] for row in read(city, select(Message)))


def mails(city: City) -> Sequence[Row[Any]]:
    """Return the mails, in order."""
    return read(city, select(Mail).order_by(Mail.id))


def calls(city: City) -> Sequence[Row[Any]]:
    """Return the webhook deliveries, in order."""
    return read(city, select(WebhookDelivery).order_by(WebhookDelivery.id))


def outbox_statuses(city: City) -> list[str]:
    """Return the outbox's statuses, in order."""
    return [row.status for row in read(city, select(Outbox.status).order_by(Outbox.id))]
