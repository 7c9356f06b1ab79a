"""Bearer tokens: 32 random bytes of which only the SHA-256 is kept; they expire and can be revoked."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from app.core.errors import Fault, InvalidError, NotFoundError
from app.core.text import NAME_MAX
from app.models.organisation import AccessToken, Person
from app.services.act import Act, read_name

TOKEN_DAYS = 90
_PREFIX = "lb_"


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token as it is shown once."""

    id: int
    text: str
    expires_at: datetime


def issue_token(act: Act, person_id: int, label: str) -> IssuedToken:
    """Make a token for an active person; its text can never be read again. InvalidError for a wrong label."""
    faults: list[Fault] = []
    name = read_name(faults, "label", label, NAME_MAX)
    if faults:
        raise InvalidError(faults)
    text = _PREFIX + secrets.token_urlsafe(32)
    expires_at = act.now + timedelta(days=TOKEN_DAYS)
    token_id = act.connection.execute(
        insert(AccessToken)
        .values(person_id=person_id, sha256=_digest(text), label=name, created_at=act.now, expires_at=expires_at)
        .returning(AccessToken.id)
    ).scalar_one()
    act.audit("issue_token", f"person:{person_id}", after={"token": token_id, "expires_at": expires_at})
    return IssuedToken(token_id, text, expires_at)


def revoke_token(act: Act, token_id: int) -> None:
    """End a token at once (idempotent); NotFoundError when there is none."""
    person_id = act.connection.execute(
        select(AccessToken.person_id).where(AccessToken.id == token_id)
    ).scalar_one_or_none()
    if person_id is None:
        raise NotFoundError("没有这个令牌。", "There is no such token.")
    act.connection.execute(
        update(AccessToken)
        .where(AccessToken.id == token_id, AccessToken.revoked_at.is_(None))
        .values(revoked_at=act.now)
    )
    act.audit("revoke_token", f"person:{person_id}", after={"token": token_id})


def revoke_tokens_of(act: Act, person_id: int) -> None:
    """End every token of a person at once."""
    act.connection.execute(
        update(AccessToken)
        .where(AccessToken.person_id == person_id, AccessToken.revoked_at.is_(None))
        .values(revoked_at=act.now)
    )


def find_token_holder(connection: Connection, text: str, now: datetime) -> int | None:
    """Return the id of the active person whose token `text` is, None when it is unknown, expired or revoked."""
    return connection.execute(
        select(AccessToken.person_id)
        .join(Person, Person.id == AccessToken.person_id)
        .where(
            AccessToken.sha256 == _digest(text),
            AccessToken.revoked_at.is_(None),
            AccessToken.expires_at > now,
            Person.is_active,
        )
    ).scalar_one_or_none()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
