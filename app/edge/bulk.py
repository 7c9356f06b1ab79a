"""One step on many items: each through the same transition in a unit of work of its own, with an answer of its own.

What is refused for one holds up no other, and nothing is undone for its sake (PEERS 27).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import DBAPIError

from app.core.errors import DomainError, ForbiddenError
from app.edge.context import Context
from app.edge.errors import answer_for, as_domain_error
from app.services.idempotency import check_key
from app.services.recording import Acting, write_audit
from app.services.transitions import Request, perform

ITEMS_MAX = 100
_DONE = 200


@dataclass(frozen=True, slots=True)
class Pick:
    """An item that was chosen: the version that was seen, the post in which to act (None: the only one that fits)."""

    item_id: int
    version: int | None = None
    as_post: int | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one item: the item after the step, or why it was refused."""

    item_id: int
    answer: dict[str, Any] | None = None
    error: DomainError | None = None
    is_replay: bool = False

    @property
    def status(self) -> int:
        """The HTTP status that this item alone would have been answered with."""
        return _DONE if self.error is None else answer_for(self.error).status

    @property
    def code(self) -> str:
        """The refusal's code; done where there was none."""
        return "done" if self.error is None else self.error.code


def perform_each(
    context: Context,
    person_id: int,
    action: str,
    picks: Sequence[Pick],
    fields: dict[str, Any],
    *,
    key: str | None,
    source: str,
) -> list[Result]:
    """Take a step on every item of `picks` in their order; `key` is derived for each, so that a repetition is safe.

    InvalidError for a key that no request may carry.
    """
    if key is not None:
        check_key(key)
    return [_perform(context, person_id, action, pick, fields, key=key, source=source) for pick in picks]


def _perform(
    context: Context, person_id: int, action: str, pick: Pick, fields: dict[str, Any], *, key: str | None, source: str
) -> Result:
    now = context.now()
    wanted = Request(action, fields, pick.version, derive_key(key, pick.item_id), pick.as_post, source)
    try:
        outcome = context.database.write(lambda unit: perform(unit, context.book, person_id, now, pick.item_id, wanted))
    except (DomainError, DBAPIError) as error:
        found = as_domain_error(error)
        if found is None:
            raise
        if isinstance(found, ForbiddenError):
            _audit(context, person_id, action, pick.item_id, found, source=source)
        return Result(pick.item_id, error=found)
    return Result(pick.item_id, outcome.answer, is_replay=outcome.is_replay)


def derive_key(key: str | None, item_id: int) -> str | None:
    """Return the key of one item of a request that carries `key`; None for a request without one."""
    return None if key is None else "bulk-" + hashlib.sha256(f"{item_id}:{key}".encode()).hexdigest()


def _audit(context: Context, person_id: int, action: str, item_id: int, error: ForbiddenError, *, source: str) -> None:
    """Record a refused attempt, as the edge does for a single step."""
    now = context.now()
    context.database.write(
        lambda unit: write_audit(
            unit.connection(), Acting(person_id, "self"), now, action=action[:60], source=source, outcome="refused",
            item_id=item_id, after={"code": error.code},
        )
    )  # fmt: skip
