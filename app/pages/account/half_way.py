"""A log-in that is half done: who has shown a right password, and for how long a code may follow.

It stands in the signed cookie and opens nothing: no row in `web_session`, no person. It lapses after some minutes and
with the person's epoch, and the beginning of a session clears it.
"""

from datetime import datetime, timedelta
from typing import Any

from flask import session

from app.edge.context import current_context
from app.edge.personal.log_in import Passed, Then
from app.pages.address import keep_inside

_KEY = "half_way"
#: A longer target would make the cookie too long for browsers.
_TARGET_MAX = 2000
#: To read a code off a telephone; to install an app first.
LASTS = {Then.CODE: timedelta(minutes=5), Then.SET_UP: timedelta(minutes=20)}


def keep(passed: Passed, target: str) -> None:
    """Remember who has got half way, and where they want to go."""
    session[_KEY] = {
        "person": passed.person_id, "epoch": passed.session_epoch, "then": passed.then.value,
        "vouched": passed.is_vouched,
        "next": target if len(target) <= _TARGET_MAX else "/", "at": current_context().now().isoformat(),
    }  # fmt: skip


def find(then: Then) -> tuple[Passed, str] | None:
    """Return who has got half way to `then`, and where they want to go; None when nobody has, or it has lapsed."""
    kept: Any = session.get(_KEY)
    if not isinstance(kept, dict) or kept.get("then") != then.value:
        return None
    if not timedelta(0) <= current_context().now() - datetime.fromisoformat(kept["at"]) < LASTS[then]:
        drop()
        return None
    return Passed(kept["person"], kept["epoch"], then, is_vouched=kept.get("vouched") is True), keep_inside(
        kept["next"]
    )


def drop() -> None:
    """Forget it."""
    session.pop(_KEY, None)
