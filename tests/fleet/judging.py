"""Judges a fleet after its ordeal: every promise is kept, once."""

from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from app.core.database import Database
from app.models.item import Item
from app.models.long_work import LongWork
from app.models.message import Mail, Message
from app.models.organisation import Person
from app.models.record import History, Outbox
from app.policy import access
from app.services.long_work.claiming import TRIES_MAX
from tests.city import City
from tests.fleet.calling import Books
from tests.outside import Postbox


def is_settled(database: Database) -> bool:
    """Whether nothing waits any more: no work, no message, no mail."""
    waiting = (
        select(LongWork.id).where(LongWork.status.in_(("waiting", "running"))),
        select(Outbox.id).where(Outbox.status == "pending"),
        select(Mail.id).where(Mail.status.in_(("queued", "sending"))),
    )
    with database.reading() as session:
        return all(session.execute(statement.limit(1)).first() is None for statement in waiting)


def find_faults(city: City, books: Books, box: Postbox, kills: int) -> list[str]:
    """Return what is wrong; `kills` is how many processes that send mail died: each may have sent one once more."""
    with city.database.reading() as session:
        connection = session.connection()
        return [*find_broken_promises(connection, city, books), *_mails(connection, box, kills)]


def find_broken_promises(connection: Connection, city: City, books: Books) -> list[str]:
    """Return what is wrong with steps, works and messages, and what was strange."""
    return [
        *books.strange,
        *_steps(connection, books),
        *_works(connection, books),
        *_messages(connection, city, books),
        *(f"access: {difference}" for difference in access.compare(connection)),
    ]


def _steps(connection: Connection, books: Books) -> list[str]:
    """Every step that was answered stands in the history once, in its order, and nothing else does."""
    rows = connection.execute(select(History.item_id, History.action).order_by(History.item_id, History.seq))
    found: dict[int, list[str]] = {}
    for item_id, action in rows:
        found.setdefault(item_id, []).append(action)
    versions = {row.id: row.version for row in connection.execute(select(Item.id, Item.version))}
    faults = []
    for task, steps in books.steps.items():
        promised = [action for action, _version in steps]
        taken = found.get(task, [])
        made = len(taken) - len(promised)  # the first row may be the making of the task
        if made not in (0, 1) or taken[made:] != promised:
            faults.append(f"steps of task {task}: promised {promised}, found {found.get(task)}")
        if steps and versions[task] != steps[-1][1]:
            faults.append(f"version of task {task}: promised {steps[-1][1]}, found {versions[task]}")
    return faults


def _works(connection: Connection, books: Books) -> list[str]:
    """Every work that was asked for has ended once and was told of once; one fails only after its last try."""
    promised = [work for mine in books.works.values() for work in mine]
    faults = [f"work {work} was promised twice" for work, times in Counter(promised).items() if times > 1]
    rows = connection.execute(select(LongWork.id, LongWork.status, LongWork.tries, LongWork.person_id)).all()
    told = Counter(
        work_id
        for (payload,) in connection.execute(select(Outbox.payload).where(Outbox.topic.startswith("work.")))
        if (work_id := payload.get("work_id"))
    )
    faults += [f"work {work} is lost" for work in set(promised) - {row.id for row in rows}]
    for row in rows:
        is_ended = row.status == "done" or (row.status == "failed" and row.tries >= TRIES_MAX)
        if not is_ended or told[row.id] != 1:
            faults.append(f"work {row.id}: {row.status}, try {row.tries}, told {told[row.id]} times")
    if len(rows) != len(set(promised)):
        faults.append(f"{len(rows)} works, {len(set(promised))} promised")
    return faults


def _messages(connection: Connection, city: City, books: Books) -> list[str]:
    """Whoever is to receive a task was told so once; nothing that is owed was left, no row told anybody twice."""
    told = Counter(
        connection.execute(
            select(Message.item_id).where(
                Message.topic == "task.assign", Message.person_id == city.people["tra_head"]
            )
        ).scalars()
    )  # fmt: skip
    faults = [
        f"task {task}: {told[task]} messages of its assignment"
        for task, steps in books.steps.items()
        if told[task] != (1 if steps else 0)
    ]
    doubled = connection.execute(
        select(Message.outbox_id, Message.person_id)
        .group_by(Message.outbox_id, Message.person_id)
        .having(func.count() > 1)
    ).all()
    left = connection.execute(select(Outbox.id, Outbox.status).where(Outbox.status.not_in(("sent", "muted")))).all()
    return [*faults, *(f"message doubled: {row}" for row in doubled), *(f"owed still: {row}" for row in left)]


def _mails(connection: Connection, box: Postbox, kills: int) -> list[str]:
    """Every mail that was sent came, under its one Message-ID; again only where a process died in between."""
    sent = set(
        connection.execute(
            select(Mail.ref).join(Person, Person.id == Mail.person_id).where(Mail.status == "sent")
        ).scalars()
    )  # fmt: skip
    unsent = connection.execute(
        select(Mail.id, Mail.status).where(Mail.status.not_in(("sent", "muted")))
    ).all()  # fmt: skip
    came = Counter(str(mail["Message-ID"]).strip("<>").partition("@")[0] for _address, mail in box.mails)
    again = sum(times - 1 for times in came.values())
    faults = [f"mail not sent: {row}" for row in unsent]
    faults += [f"mail {ref} never came" for ref in sent - came.keys()]
    faults += [f"mail {ref} came and is not known" for ref in came.keys() - sent]
    if again > kills:
        faults.append(f"{again} mails came again, {kills} processes died")
    return faults
