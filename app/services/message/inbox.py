"""What a person does with their own messages: reads them, and chooses how mail comes."""

from sqlalchemy import select, update

from app.core.database import make_insert
from app.core.errors import Fault, InvalidError, NotFoundError, Sentence
from app.models.message import MAIL_CHOICES, Message, MessagePreference
from app.services.act import Act


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


def set_mail_choice(act: Act, choice: str) -> None:
    """Keep how the acting person gets mail: digest, once, none; what is critical always comes at once."""
    if choice not in MAIL_CHOICES:
        known = ", ".join(MAIL_CHOICES)
        raise InvalidError([Fault("mail", Sentence(f"应为{known}之一。", f"expected one of {known}."))])
    person_id = act.acting.person_id
    act.connection.execute(
        make_insert(act.connection, MessagePreference)
        .values(person_id=person_id, mail=choice)
        .on_conflict_do_update(index_elements=["person_id"], set_={"mail": choice})
    )
    act.audit("set_mail_choice", f"person:{person_id}", after={"mail": choice})
