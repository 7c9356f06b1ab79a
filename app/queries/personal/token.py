"""Lists a person's own bearer tokens; what they read like is not kept anywhere."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import desc, select
from sqlalchemy.engine import Connection

from app.models.organisation import AccessToken
from app.queries.cursor import read_cursor, write_cursor

_SORT = "token"


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token that was not revoked; one that has expired stays in the list until it is revoked."""

    id: int
    label: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    is_expired: bool


@dataclass(frozen=True, slots=True)
class TokenPage:
    """A page of tokens."""

    items: tuple[TokenRow, ...]
    next_cursor: str | None


def list_tokens(
    connection: Connection, person_id: int, now: datetime, *, limit: int = 50, cursor: str | None = None
) -> TokenPage:
    """Return a person's tokens that were not revoked, the newest first; one statement."""
    statement = (
        select(
            AccessToken.id, AccessToken.label, AccessToken.scopes, AccessToken.created_at, AccessToken.expires_at,
            AccessToken.used_at,
        )
        .where(AccessToken.person_id == person_id, AccessToken.revoked_at.is_(None))
        .order_by(desc(AccessToken.id))
        .limit(limit + 1)
    )  # fmt: skip
    if cursor is not None:
        statement = statement.where(AccessToken.id < read_cursor(cursor, _SORT)[1])
    rows = connection.execute(statement).all()
    shown = tuple(
        TokenRow(row.id, row.label, tuple(row.scopes.split()), row.created_at, row.expires_at, row.used_at,
                 row.expires_at <= now)
        for row in rows[:limit]
    )  # fmt: skip
    return TokenPage(shown, write_cursor(_SORT, "", shown[-1].id) if len(rows) > limit else None)
