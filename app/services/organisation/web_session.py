"""Browsers' sessions: 32 random bytes of which only the SHA-256 is kept; they end by log-out, by lapse, from outside.

A row whose limits have passed and that nobody ended (`ended_at` is null) has *lapsed*: what its browser still sends
may be kept as a draft of its person for a day, since nobody took the session away (docs/security.md).
"""

import hashlib
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, update
from sqlalchemy.engine import Connection

from app.core.sealing import seal
from app.core.text import NAME_MAX
from app.models.personal import WebSession

#: `seen_at` is renewed no more often than this.
_SEEN_EVERY = timedelta(minutes=1)
_KEEP = timedelta(days=30)
#: How long after its last sign of life the text of a lapsed session may still become a draft.
LAPSED_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session lasts without a request, and altogether."""

    idle: timedelta
    longest: timedelta

    def is_over(self, began_at: datetime, seen_at: datetime, now: datetime) -> bool:
        """Whether a session has lapsed."""
        return now >= seen_at + self.idle or now >= began_at + self.longest


def shorten_address(address: str) -> str:
    """Return what is kept of the address of a log-in: the network (/24, of IPv6 /48), which people recognise."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    bits = 24 if found.version == 4 else 48  # noqa: PLR2004  # IPv4
    network = ipaddress.ip_network((found, bits), strict=False).network_address
    return f"{str(network).removesuffix('.0')}.*" if bits == 24 else f"{str(network).removesuffix('::')}:*"  # noqa: PLR2004  # as above


def digest_key(key: str) -> str:
    """Return what is kept of a session's key."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def is_due(seen_at: datetime, now: datetime) -> bool:
    """Whether a session's last sign of life is to be written again."""
    return now >= seen_at + _SEEN_EVERY


def begin_session(connection: Connection, person_id: int, agent: str, now: datetime, *, address: str = "") -> str:
    """Begin a session of the browser that calls itself `agent`, at `address`; returns its key, never shown again."""
    key = secrets.token_urlsafe(32)
    sha256 = digest_key(key)
    shown, network = "".join(char for char in agent if char.isprintable())[:NAME_MAX], shorten_address(address)
    connection.execute(
        insert(WebSession).values(
            sha256=sha256, person_id=person_id, agent=seal(shown, WebSession.agent, sha256),
            address=seal(network, WebSession.address, sha256) if network else None, began_at=now, seen_at=now,
            ended_at=None,
        )
    )  # fmt: skip
    return key


def touch_session(connection: Connection, sha256: str, now: datetime) -> None:
    """Note a sign of life of a session that runs; of two at once the later one stays."""
    connection.execute(
        update(WebSession)
        .where(WebSession.sha256 == sha256, WebSession.ended_at.is_(None), WebSession.seen_at < now)
        .values(seen_at=now)
    )


def end_session(connection: Connection, sha256: str, now: datetime) -> None:
    """End a session (idempotent): a copy of its cookie opens nothing any more."""
    connection.execute(
        update(WebSession).where(WebSession.sha256 == sha256, WebSession.ended_at.is_(None)).values(ended_at=now)
    )


def end_sessions_of(connection: Connection, person_id: int, now: datetime, *, but: str | None = None) -> int:
    """End a person's sessions but the one whose SHA-256 is `but`; returns how many."""
    statement = update(WebSession).where(WebSession.person_id == person_id, WebSession.ended_at.is_(None))
    if but is not None:
        statement = statement.where(WebSession.sha256 != but)
    return int(connection.execute(statement.values(ended_at=now)).rowcount)


def forget_sessions(connection: Connection, now: datetime) -> int:
    """Delete sessions that ended, or were seen last, 30 days ago; returns how many."""
    last = func.coalesce(WebSession.ended_at, WebSession.seen_at)
    return int(connection.execute(delete(WebSession).where(last < now - _KEEP)).rowcount)
