"""What a person does with their own messages: reads them, and chooses how mail comes."""

from collections.abc import Mapping

from sqlalchemy import select, update

from app.core.database import make_insert
from app.core.errors import Fault, InvalidError, NotFoundError, Sentence
from app.models.message import MAIL_CHOICES, Message, MessagePreference
from app.services.act import Act
from app.services.message.choosing import OPEN_KINDS

_NOT_OPEN = Sentence("没有这类消息，或此类消息不能选择。", "There is no such kind, or it cannot be chosen.")


def mark_read(act: Act, message_id: int) -> int | None:
    """Mark a message of the acting person's own as read (idempotent); returns its item's id, None without one.

    NotFoundError for anybody else's.
    """
    mine = (Message.id == message_id, Message.person_id == act.acting.person_id)
    found = act.connection.execute(select(Message.item_id).where(*mine)).scalars().all()
    if not found:
        raise NotFoundError("没有这条消息。", "There is no such message.")
    act.connection.execute(update(Message).where(*mine, Message.read_at.is_(None)).values(read_at=act.now))
    return found[0]


def mark_all_read(act: Act, up_to: int | None = None) -> int:
    """Mark the acting person's messages as read, up to one that was seen; returns how many were unread."""
    statement = update(Message).where(Message.person_id == act.acting.person_id, Message.read_at.is_(None))
    if up_to is not None:
        statement = statement.where(Message.id <= up_to)
    return int(act.connection.execute(statement.values(read_at=act.now)).rowcount)


def set_mail_choice(act: Act, choice: str, kinds: Mapping[str, str] | None = None) -> None:
    """Keep how the acting person gets mail: digest, once, none; what is critical always comes at once.

    `kinds` says so for single kinds, those that it leaves out follow `choice`; None leaves the present ones.
    InvalidError lists every fault.
    """
    given = {"mail": choice, **{f"kinds.{kind}": mail for kind, mail in (kinds or {}).items()}}
    known = ", ".join(MAIL_CHOICES)
    faults = [
        Fault(place, Sentence(f"应为{known}之一。", f"expected one of {known}."))
        for place, mail in given.items()
        if mail not in MAIL_CHOICES
    ]
    faults += [Fault(f"kinds.{kind}", _NOT_OPEN) for kind in kinds or {} if kind not in OPEN_KINDS]
    if faults:
        raise InvalidError(faults)
    person_id = act.acting.person_id
    values = {"mail": choice} if kinds is None else {"mail": choice, "kinds": dict(kinds)}
    act.connection.execute(
        make_insert(act.connection, MessagePreference)
        .values(person_id=person_id, **values)
        .on_conflict_do_update(index_elements=["person_id"], set_=values)
    )
    act.audit("set_mail_choice", f"person:{person_id}", after=values)
