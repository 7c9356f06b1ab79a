"""What was issued by a step of its workflow and has no frozen paper of its present state yet; one statement a kind.

Each list is a page of at most WAITING_MAX behind the place `after`, so that what cannot be frozen hides nothing.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, literal, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.allocation import Allocation, Disbursement
from app.models.issued import IssuedPaper
from app.models.item import Item
from app.models.meeting import Meeting
from app.models.record import History
from app.models.supervision import Slip, SupervisionRequest
from app.models.topic import MinutesIssue
from app.queries.paper.ruling import RULINGS
from app.queries.paperwork.state import ORDER_EDITION

#: So many of a kind are looked for at a time.
WAITING_MAX = 200
#: The one state in which a paper is printed that never changes.
ONLY = "1"


def list_slips(connection: Connection, after: int = 0) -> list[int]:
    """Return the slips that were issued."""
    own = Slip
    statement = select(own.item_id).where(own.issued_at.is_not(None), _is_missing("slip", own.item_id, ONLY))
    return _read_page(connection, statement, own.item_id, after)


def list_minutes(connection: Connection, after: int = 0) -> list[tuple[int, int, int]]:
    """Return (place, meeting, version) of issued minutes, earlier versions first; none that a later frozen one bars."""
    own = MinutesIssue
    statement = select(own.id, own.meeting_id, own.version).where(own.id > after, *_minutes_wait())
    return [(row[0], row[1], row[2]) for row in connection.execute(statement.order_by(own.id).limit(WAITING_MAX))]


def list_versions_before(connection: Connection, meeting_id: int, version: int | None) -> list[int]:
    """Return the versions of minutes as `list_minutes` does, before one (None: all), the first first."""
    own = MinutesIssue
    statement = select(own.version).where(own.meeting_id == meeting_id, *_minutes_wait())
    if version is not None:
        statement = statement.where(own.version < version)
    return list(connection.execute(statement.order_by(own.version)).scalars())


def _minutes_wait() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the conditions that minutes are not frozen, nor any later version of them: papers never go back."""
    own, later, paper = MinutesIssue, aliased(MinutesIssue), IssuedPaper
    is_barred = exists().where(
        later.meeting_id == own.meeting_id, later.version > own.version, paper.kind == "minutes",
        paper.scope_id == own.meeting_id, paper.period == "", paper.edition == cast(later.version, String),
    )  # fmt: skip
    return _is_missing("minutes", own.meeting_id, cast(own.version, String)), ~is_barred


def list_notices(connection: Connection, now: datetime, after: int = 0) -> list[int]:
    """Return the meetings ahead whose notice is out: whether one of what it says now is frozen is still to be asked."""
    own = Meeting
    statement = select(own.item_id).where(own.notified_at.is_not(None), _is_ahead(now))
    return _read_page(connection, statement, own.item_id, after)


def is_ahead(connection: Connection, meeting_id: int, now: datetime) -> bool:
    """Whether a meeting has neither begun nor passed: only then does what is read now tell what its notice says."""
    statement = select(Meeting.item_id).where(Meeting.item_id == meeting_id, _is_ahead(now))
    return connection.execute(statement).first() is not None


def _is_ahead(now: datetime) -> ColumnElement[bool]:
    return and_(Meeting.opened_at.is_(None), Meeting.ends_at > now)


def list_allocations(connection: Connection, after: int = 0) -> list[int]:
    """Return the allocations whose money is allocated."""
    own = Allocation
    statement = select(own.item_id).where(
        own.allocated_on.is_not(None), own.granted_fen.is_not(None), _was_in(own.item_id, "allocated"),
        _is_missing("allocation", own.item_id, ONLY),
    )  # fmt: skip
    return _read_page(connection, statement, own.item_id, after)


def list_acceptances(connection: Connection, after: int = 0) -> list[int]:
    """Return the projects that were accepted and closed."""
    statement = select(Item.id).where(
        Item.kind == "project", Item.state == "closed", _was_taken(("close",)), _is_missing("acceptance", Item.id, ONLY)
    )
    return _read_page(connection, statement, Item.id, after)


def list_rulings(connection: Connection, after: int = 0) -> list[int]:
    """Return the disputes that were ruled."""
    own = SupervisionRequest
    statement = (
        select(Item.id)
        .join(own, own.item_id == Item.id)
        .where(
            own.request_kind == "dispute", Item.state.in_(("approved", "refused")),
            _was_taken(RULINGS), _is_missing("ruling", Item.id, ONLY),
        )
    )  # fmt: skip
    return _read_page(connection, statement, Item.id, after)


def _was_taken(actions: tuple[str, ...]) -> ColumnElement[bool]:
    """Return the condition that one of these steps was taken: not declined elsewhere, not brought in by a ledger."""
    return exists().where(History.item_id == Item.id, History.action.in_(actions))


def list_orders(connection: Connection, after: int = 0) -> list[int]:
    """Return the disbursements that are checked, paid or reversed and have no order of that step."""
    statement = (
        select(Item.id)
        .join(Disbursement, Disbursement.item_id == Item.id)
        .where(
            Item.kind == "disbursement", ORDER_EDITION.is_not(None), Disbursement.order_number.is_not(None),
            _is_missing("order", Item.id, ORDER_EDITION),
        )
    )  # fmt: skip
    return _read_page(connection, statement, Item.id, after)


def _read_page(connection: Connection, statement: Select[int], place: Any, after: int) -> list[int]:  # noqa: ANN401  # a column
    rows = connection.execute(statement.where(place > after).order_by(place).limit(WAITING_MAX))
    return list(rows.scalars())


def _is_missing(kind: str, item_id: Any, edition: Any) -> ColumnElement[bool]:  # noqa: ANN401  # columns
    own = IssuedPaper
    wanted = literal(edition) if isinstance(edition, str) else edition
    return ~exists().where(own.kind == kind, own.scope_id == item_id, own.period == "", own.edition == wanted)


def _was_in(item_id: Any, state: str) -> ColumnElement[bool]:  # noqa: ANN401  # a column
    return exists().where(History.item_id == item_id, History.to_state == state)
