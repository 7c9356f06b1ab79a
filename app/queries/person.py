"""Reads people: the account behind a session or a token."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.models.organisation import Person


@dataclass(frozen=True, slots=True)
class Account:
    """What every request must know of who calls."""

    person_id: int
    login: str
    name: str
    locale: str | None
    theme: str
    session_epoch: int
    is_active: bool


def find_account(connection: Connection, person_id: int) -> Account | None:
    """Return the account, active or not; None when there is no such person."""
    row = connection.execute(
        select(
            Person.id, Person.login, Person.name, Person.locale, Person.theme, Person.session_epoch, Person.is_active
        ).where(Person.id == person_id)
    ).first()
    return Account(*row) if row else None
