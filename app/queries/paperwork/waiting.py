"""What was issued by a step of its workflow and has no frozen paper of its present state yet; one statement a kind."""

from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, exists, literal, select
from sqlalchemy.engine import Connection

from app.models.allocation import Allocation, Disbursement
from app.models.issued import IssuedPaper
from app.models.item import Item
from app.models.meeting import Meeting
from app.models.record import History
from app.models.supervision import Slip, SupervisionRequest
from app.models.topic import MinutesIssue
from app.queries.paper.ruling import RULINGS

#: So many of a kind are looked for at a time; the rest is for the next run.
WAITING_MAX = 200
#: The one state in which a paper is printed that never changes.
ONLY = "1"


def list_slips(connection: Connection) -> list[int]:
    """Return the slips that were issued."""
    statement = select(Slip.item_id).where(Slip.issued_at.is_not(None), _is_missing("slip", Slip.item_id, ONLY))
    return list(connection.execute(statement.order_by(Slip.item_id).limit(WAITING_MAX)).scalars())


def list_minutes(connection: Connection) -> list[tuple[int, int]]:
    """Return (meeting, version) of issued minutes, earlier versions first."""
    own = MinutesIssue
    statement = select(own.meeting_id, own.version).where(
        _is_missing("minutes", own.meeting_id, cast(own.version, String))
    )
    return [(row[0], row[1]) for row in connection.execute(statement.order_by(own.id).limit(WAITING_MAX))]


def list_notices(connection: Connection) -> list[int]:
    """Return the meetings whose present notice is out."""
    own = Meeting
    statement = select(own.item_id).where(
        own.notified_at.is_not(None), _is_missing("notice", own.item_id, cast(own.sequence, String))
    )
    return list(connection.execute(statement.order_by(own.item_id).limit(WAITING_MAX)).scalars())


def list_allocations(connection: Connection) -> list[int]:
    """Return the allocations whose money is allocated."""
    own = Allocation
    statement = select(own.item_id).where(
        own.allocated_on.is_not(None), own.granted_fen.is_not(None), _was_in(own.item_id, "allocated"),
        _is_missing("allocation", own.item_id, ONLY),
    )  # fmt: skip
    return list(connection.execute(statement.order_by(own.item_id).limit(WAITING_MAX)).scalars())


def list_acceptances(connection: Connection) -> list[int]:
    """Return the projects that were accepted and closed."""
    statement = select(Item.id).where(
        Item.kind == "project", Item.state == "closed", _was_taken(("close",)), _is_missing("acceptance", Item.id, ONLY)
    )
    return list(connection.execute(statement.order_by(Item.id).limit(WAITING_MAX)).scalars())


def list_rulings(connection: Connection) -> list[int]:
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
    return list(connection.execute(statement.order_by(Item.id).limit(WAITING_MAX)).scalars())


def _was_taken(actions: tuple[str, ...]) -> ColumnElement[bool]:
    """Return the condition that one of these steps was taken: not declined elsewhere, not brought in by a ledger."""
    return exists().where(History.item_id == Item.id, History.action.in_(actions))


def list_orders(connection: Connection) -> list[int]:
    """Return the disbursements that are checked, paid or reversed and have no order of that state."""
    state = case((Item.state == "settled", "paid"), else_=Item.state)
    statement = (
        select(Item.id)
        .join(Disbursement, Disbursement.item_id == Item.id)
        .where(
            Item.kind == "disbursement", Item.state.in_(("checked", "paid", "settled", "reversed")),
            Disbursement.order_number.is_not(None), _is_missing("order", Item.id, state),
        )
    )  # fmt: skip
    return list(connection.execute(statement.order_by(Item.id).limit(WAITING_MAX)).scalars())


def _is_missing(kind: str, item_id: Any, edition: Any) -> ColumnElement[bool]:  # noqa: ANN401  # columns
    own = IssuedPaper
    wanted = literal(edition) if isinstance(edition, str) else edition
    return ~exists().where(own.kind == kind, own.scope_id == item_id, own.period == "", own.edition == wanted)


def _was_in(item_id: Any, state: str) -> ColumnElement[bool]:  # noqa: ANN401  # a column
    return exists().where(History.item_id == item_id, History.to_state == state)
