"""Ends one way into an account: a browser's session, a token, a calendar feed; by its person or an administrator."""

import re
from typing import Literal

from sqlalchemy import func, select, update

from app.core.errors import Fault, InvalidError, NotFoundError
from app.models.organisation import Person
from app.models.personal import MARK_CHARS, CalendarFeed, WebSession
from app.services.act import Act, read_name
from app.services.organisation.token import revoke_token_of, revoke_tokens_of
from app.services.organisation.web_session import end_sessions_of
from app.services.personal.feed import revoke_feeds_of

REASON_MAX = 500
_NUMBER = re.compile(r"[0-9]{1,18}")
_NOTHING = ("没有这处登录，或已结束。", "There is no such access, or it has ended.")

Way = Literal["session", "token", "feed", "all"]
WAYS: tuple[Way, ...] = ("session", "token", "feed", "all")


def end_session_of(act: Act, person_id: int, mark: str) -> None:
    """End one session of a person, named by its mark; NotFoundError when none of that mark runs."""
    done = act.connection.execute(
        update(WebSession)
        .where(
            WebSession.person_id == person_id, WebSession.ended_at.is_(None),
            func.substr(WebSession.sha256, 1, MARK_CHARS) == mark,
        )
        .values(ended_at=act.now)
    )  # fmt: skip
    if not done.rowcount:
        raise NotFoundError(*_NOTHING)
    act.audit("session.end", f"person:{person_id}", after={"session": mark})


def end_access(act: Act, person_id: int, way: Way, name: str, reason: str) -> None:
    """End a way into somebody's account, or all of them, with a reason, which stands in the log.

    `name` is a session's mark, a token's or a feed's number; nothing for all. InvalidError without a reason,
    NotFoundError when there is no such person or no such way of theirs.
    """
    faults: list[Fault] = []
    said = read_name(faults, "reason", reason, REASON_MAX)
    if faults:
        raise InvalidError(faults)
    if act.connection.execute(select(Person.id).where(Person.id == person_id, ~Person.is_system)).first() is None:
        raise NotFoundError("没有这个人员。", "There is no such person.")
    if way == "session":
        end_session_of(act, person_id, name)
    elif way == "token":
        _require(revoke_token_of(act, person_id, _read_id(name)))
    elif way == "feed":
        _require(_revoke_feed(act, person_id, _read_id(name)))
    else:
        end_sessions_of(act.connection, person_id, act.now)
        revoke_tokens_of(act, person_id)
        revoke_feeds_of(act, person_id)
    act.audit("access.end", f"person:{person_id}", after={"way": way, "name": name, "reason": said})


def _read_id(name: str) -> int:
    """Return the number of a token or feed; 0, which none has, for what is no number."""
    return int(name) if _NUMBER.fullmatch(name) else 0


def _revoke_feed(act: Act, person_id: int, feed_id: int) -> bool:
    theirs = (CalendarFeed.id == feed_id, CalendarFeed.person_id == person_id, CalendarFeed.revoked_at.is_(None))
    return bool(act.connection.execute(update(CalendarFeed).where(*theirs).values(revoked_at=act.now)).rowcount)


def _require(done: bool) -> None:  # noqa: FBT001  # one condition
    if not done:
        raise NotFoundError(*_NOTHING)
