"""What time does to slips: drafts whose matter moved are dropped, others issue themselves, settled ones close."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from app.models.escalation import Episode, Escalation
from app.models.item import Item
from app.models.supervision import Slip, SlipCover
from app.services.loading import load_many
from app.services.recording import Acting
from app.services.rulebook import Rulebook
from app.services.supervision.slip_batch import BATCH, Batch, act_as_product, narrow
from app.services.transitions import take

SOURCE = "slip"
DRAFTED, ACCEPTED = "drafted", "accepted"
_STEPS = {DRAFTED: "drop", ACCEPTED: "close"}


def _is_stalled() -> ColumnElement[bool]:
    """Whether a cause that the slip of the row covers still runs."""
    return (
        select(Episode.id)
        .join(Escalation, Escalation.episode_id == Episode.id)
        .join(SlipCover, SlipCover.escalation_id == Escalation.id)
        .where(SlipCover.slip_id == Item.id, Episode.ended_at.is_(None))
        .exists()
    )


def settle_batch(session: Session, book: Rulebook, at: datetime, after: int) -> Batch:
    """Close the next accepted slips behind the slip `after` whose matter has moved, and drop drafts about such."""
    connection = session.connection()
    settled = (Item.kind == "slip", Item.state.in_((DRAFTED, ACCEPTED)), ~_is_stalled())
    ids = _find(connection, after, *settled)
    total = Batch(ids[-1] if ids else None)
    if ids:
        acting = act_as_product(connection)

        def settle(part: Sequence[int], done: Batch) -> None:
            done.settled = _take_all(connection, book, acting, at, _lock(connection, part, *settled))

        narrow(connection, ids, total, settle, "slip_settling")
    return total


def issue_batch(session: Session, book: Rulebook, at: datetime, after: int) -> Batch:
    """Issue the next drafts behind the slip `after` whose day has come; a matter that moved is never issued about."""
    connection = session.connection()
    if after == 0:
        _forget_closed(connection, at)
    due = (Slip.issue_at <= at, Item.state == DRAFTED)
    ids = _find(connection, after, *due)
    total = Batch(ids[-1] if ids else None)
    if ids:
        acting = act_as_product(connection)

        def issue(part: Sequence[int], done: Batch) -> None:
            drafts = _lock(connection, part, *due)
            moved = connection.execute(select(Item.id).where(Item.id.in_(drafts), ~_is_stalled())).scalars().all()
            done.settled = _take_all(connection, book, acting, at, moved)
            for slip in load_many(connection, [slip_id for slip_id in drafts if slip_id not in set(moved)]):
                take(connection, book, acting, at, slip, "issue", {}, source=SOURCE)
                done.issued += 1

        narrow(connection, ids, total, issue, "slip_issuing")
    return total


def _find(connection: Connection, after: int, *which: ColumnElement[bool]) -> Sequence[int]:
    """Return the ids of the next slips; nothing is locked yet."""
    statement = select(Item.id).join(Slip, Slip.item_id == Item.id).where(Item.id > after, *which)
    return connection.execute(statement.order_by(Item.id).limit(BATCH)).scalars().all()


def _lock(connection: Connection, ids: Sequence[int], *which: ColumnElement[bool]) -> list[int]:
    """Lock those that are still so, whatever somebody else did meanwhile; what is held is for the next pass."""
    statement = select(Item.id).join(Slip, Slip.item_id == Item.id).where(Item.id.in_(ids), *which)
    locked: Any = statement.order_by(Item.id).with_for_update(of=Item, skip_locked=True)
    return list(connection.execute(locked).scalars())


def _take_all(connection: Connection, book: Rulebook, acting: Acting, at: datetime, ids: Sequence[int]) -> int:
    slips = load_many(connection, ids) if ids else []
    for slip in slips:
        take(connection, book, acting, at, slip, _STEPS[slip.state], {}, source=SOURCE)
    return len(slips)


def _forget_closed(connection: Connection, at: datetime) -> None:
    """Drafts that ended otherwise issue no more."""
    ended = select(Item.id).where(Item.id == Slip.item_id, Item.state != DRAFTED).exists()
    connection.execute(update(Slip).where(Slip.issue_at <= at, ended).values(issue_at=None))
