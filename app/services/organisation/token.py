"""Bearer tokens: 32 random bytes of which only the SHA-256 is kept; they have scopes, expire and can be revoked."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.engine import Connection

from app.core.database import UtcDateTime
from app.core.errors import Fault, InvalidError, NotFoundError, Sentence
from app.core.text import NAME_MAX
from app.models.organisation import SCOPES, AccessToken, Person
from app.policy.people import OWN, Own, read_own, with_posts
from app.services.act import Act, read_name

TOKEN_DAYS = 90
DAYS_MAX = 365
#: A token's last use is written at most so often: reading must not cost a write each time.
USE_KEPT = timedelta(minutes=10)
_PREFIX = "lb_"
_NO_TOKEN = ("没有这个令牌。", "There is no such token.")


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token as it is shown once."""

    id: int
    text: str
    label: str
    scopes: tuple[str, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class HeldToken:
    """A token that is valid now, whose it is with their own posts, and the language that they chose, if any."""

    id: int
    own: Own
    scopes: frozenset[str]
    used_at: datetime | None
    locale: str | None

    @property
    def person_id(self) -> int:
        """The person's id."""
        return self.own.actor.person_id

    def has_news(self, now: datetime) -> bool:
        """Whether a use at `now` is to be written."""
        return self.used_at is None or now - self.used_at >= USE_KEPT


#: A valid token of an active person with their posts. Built once: every request of the API asks for it.
_HELD = with_posts(
    select(AccessToken.id, AccessToken.person_id, AccessToken.scopes, AccessToken.used_at, Person.locale, *OWN)
    .join(Person, Person.id == AccessToken.person_id)
    .where(
        AccessToken.sha256 == bindparam("sha256"),
        AccessToken.revoked_at.is_(None),
        AccessToken.expires_at > bindparam("now", type_=UtcDateTime),
        Person.is_active,
    )
)
#: How many columns are the token's.
_WIDTH = 5


def issue_token(
    act: Act, person_id: int, label: str, *, scopes: Iterable[str] = SCOPES, days: int = TOKEN_DAYS
) -> IssuedToken:
    """Make a token for an active person; its text can never be read again. InvalidError lists what is wrong.

    `scopes` are words of SCOPES, one at least; it ends after `days` (1 to 365).
    """
    faults: list[Fault] = []
    name = read_name(faults, "label", label, NAME_MAX)
    chosen = tuple(scope for scope in SCOPES if scope in set(scopes))
    if not chosen or not set(scopes) <= set(SCOPES):
        known = "、".join(SCOPES), ", ".join(SCOPES)
        faults.append(
            Fault("scopes", Sentence(f"应为{known[0]}中的一项或多项。", f"expected one or more of {known[1]}."))
        )
    if not 1 <= days <= DAYS_MAX:
        said = Sentence(f"应为1至{DAYS_MAX}的整数。", f"expected a whole number from 1 to {DAYS_MAX}.")
        faults.append(Fault("expires_in_days", said))
    if faults or name is None:
        raise InvalidError(faults)
    text = _PREFIX + secrets.token_urlsafe(32)
    expires_at = act.now + timedelta(days=days)
    values = {
        "person_id": person_id, "sha256": _digest(text), "label": name, "scopes": " ".join(chosen),
        "created_at": act.now, "expires_at": expires_at,
    }  # fmt: skip
    token_id = act.connection.execute(insert(AccessToken).values(values).returning(AccessToken.id)).scalar_one()
    after = {"token": token_id, "scopes": " ".join(chosen), "expires_at": expires_at}
    act.audit("issue_token", f"person:{person_id}", after=after)
    return IssuedToken(token_id, text, name, chosen, expires_at)


def revoke_token(act: Act, token_id: int) -> None:
    """End a token at once (idempotent); NotFoundError when there is none."""
    person_id = act.connection.execute(
        select(AccessToken.person_id).where(AccessToken.id == token_id)
    ).scalar_one_or_none()
    if person_id is None:
        raise NotFoundError(*_NO_TOKEN)
    act.connection.execute(
        update(AccessToken)
        .where(AccessToken.id == token_id, AccessToken.revoked_at.is_(None))
        .values(revoked_at=act.now)
    )
    act.audit("revoke_token", f"person:{person_id}", after={"token": token_id})


def revoke_own_token(act: Act, token_id: int) -> None:
    """End one of the acting person's own tokens (idempotent); NotFoundError for anybody else's."""
    holder = select(AccessToken.person_id).where(AccessToken.id == token_id)
    if act.connection.execute(holder).scalar_one_or_none() != act.acting.person_id:
        raise NotFoundError(*_NO_TOKEN)
    revoke_token(act, token_id)


def revoke_token_of(act: Act, person_id: int, token_id: int) -> bool:
    """End a token of a person at once; returns whether there was one that nobody had ended."""
    theirs = (AccessToken.id == token_id, AccessToken.person_id == person_id, AccessToken.revoked_at.is_(None))
    return bool(act.connection.execute(update(AccessToken).where(*theirs).values(revoked_at=act.now)).rowcount)


def revoke_tokens_of(act: Act, person_id: int) -> None:
    """End every token of a person at once."""
    act.connection.execute(
        update(AccessToken)
        .where(AccessToken.person_id == person_id, AccessToken.revoked_at.is_(None))
        .values(revoked_at=act.now)
    )


def find_token(connection: Connection, text: str, now: datetime, today: date) -> HeldToken | None:
    """Return the token `text` of an active person, None when it is unknown, expired or revoked; one statement."""
    rows = connection.execute(_HELD, {"sha256": _digest(text), "now": now, "today": today}).all()
    if not rows:
        return None
    token_id, person_id, scopes, used_at, locale, *_ = rows[0]
    own = read_own(person_id, [row[_WIDTH:] for row in rows])
    return HeldToken(token_id, own, frozenset(scopes.split()), used_at, locale)


def mark_used(connection: Connection, token_id: int, now: datetime) -> None:
    """Write that a token was used."""
    connection.execute(update(AccessToken).where(AccessToken.id == token_id).values(used_at=now))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
