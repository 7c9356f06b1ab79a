"""A fund's ledger as it was posted: a page of postings, one posting with its legs.

A page walks the index of a fund's year, or the entries of the one account that a filter names; nothing is counted or
summed beyond the rows shown. What belongs to an item that the reader may not read is shown with its amount and day,
without item, title, papers, notes and who posted it; asked for by such an item, nothing is found.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union_all
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import NotFoundError
from app.models.fund import Fund, FundAccount, FundEarmark, FundEntry, FundPosting
from app.models.item import Item
from app.models.organisation import Department, Person
from app.policy.fund import Sight
from app.queries.cursor import read_cursor, write_cursor
from app.queries.item import is_readable

NO_POSTING = ("没有这笔账，或您无权查看。", "No such posting, or not for you to see.")
LIMIT_MAX = 200
#: A posting with more legs (a carry-over) shows so many of them.
LEGS_MAX = 200
_SORT = "ledger"
#: Kinds with one account a year: what touches them is found from their entries.
_SINGLE = ("source", "carried_over")
_BY_ACCOUNT = {
    "appropriate": "source", "supplement": "source", "cut": "source", "surrender": "source", "carry": "carried_over",
}  # fmt: skip
#: Operations whose legs are not all their amount: a cut request frees the rest, a carry-over goes out and in again.
_AMOUNT_INTO = {"commit": "committed", "carry": "carried_over"}


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """What a ledger's page shows; None does not restrict. `kind` is an account kind that is touched.

    `earmark_id` 0: the general free money, else an earmark's (its account only).
    """

    operation: str | None = None
    kind: str | None = None
    department_id: int | None = None
    allocation_id: int | None = None
    earmark_id: int | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """So much went from accounts of one kind to accounts of another."""

    from_kind: str
    to_kind: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class PostingRow:
    """A posting as a ledger's page shows it.

    `is_hidden`: it belongs to an item that the reader may not read; then item, title, voucher, basis, note and who
    posted it are None.
    `moves` are its legs summed by kinds: for whoever sees only some departments' part, of the legs that touch these.
    """

    id: int
    fund_id: int
    year: int
    seq: int
    operation: str
    on_day: date
    recorded_at: datetime
    item_id: int | None
    item_kind: str | None
    item_number: str | None
    item_title: str | None
    voucher: str | None
    basis: str | None
    note: str | None
    reverses_id: int | None
    reversed_by_id: int | None
    is_exception: bool
    rule_id: int
    actor_id: int | None
    actor_name: str | None
    is_hidden: bool
    moves: tuple[Move, ...] = ()

    @property
    def amount_fen(self) -> int:
        """What it moved, in sum; of an allocation what was committed, of a carry-over what goes on."""
        into = _AMOUNT_INTO.get(self.operation)
        return sum(one.amount_fen for one in self.moves if into in (None, one.to_kind))

    def change_fen(self, kind: str) -> int:
        """By how much it changed what stands on accounts of a kind."""
        into = sum(one.amount_fen for one in self.moves if one.to_kind == kind)
        return into - sum(one.amount_fen for one in self.moves if one.from_kind == kind)


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """One page, the last posted first, and the cursor behind it; None on the last one."""

    postings: tuple[PostingRow, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Side:
    """An account that a leg touches: its kind and year, whose. Item and earmark None where it has none or is hidden."""

    kind: str
    year: int
    department_id: int | None
    department_name: str | None
    department_name_en: str | None
    item_id: int | None
    item_title: str | None
    earmark: str | None
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class LegRow:
    """One leg: so many fen from one account to another."""

    source: Side
    target: Side
    amount_fen: int


@dataclass(frozen=True, slots=True)
class PostingDetail:
    """A posting with its fund and its legs; `has_more_legs` when more than LEGS_MAX were posted."""

    row: PostingRow
    fund_code: str
    fund_name: str
    fund_name_en: str | None
    fund_department_id: int
    acting_role: str
    acting_department: str | None
    acting_department_en: str | None
    on_behalf_of_name: str | None
    legs: tuple[LegRow, ...]
    has_more_legs: bool


_Reversal, _Behalf = aliased(FundPosting), aliased(Person)
_From, _To = aliased(FundAccount), aliased(FundAccount)
_HEAD = 20


def _select(readers: Sequence[str]) -> Select[*tuple[Any, ...]]:
    own = FundPosting
    hidden = and_(own.item_id.is_not(None), ~is_readable(readers, own.item_id))
    return (
        select(
            own.id, own.fund_id, own.year, own.seq, own.operation, own.on_day, own.recorded_at, own.item_id, Item.kind,
            Item.number, Item.title, own.voucher, own.basis, own.note, own.reverses_id, _Reversal.id, own.is_exception,
            own.rule_id, own.actor_id, Person.name, hidden,
        )
        .join(Person, Person.id == own.actor_id)
        .outerjoin(Item, Item.id == own.item_id)
        .outerjoin(_Reversal, _Reversal.reverses_id == own.id)
    )  # fmt: skip


def _touches(account: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that one of a posting's legs touches such an account, asked posting by posting."""
    touched = or_(FundEntry.from_account_id == FundAccount.id, FundEntry.to_account_id == FundAccount.id)
    return (
        select(FundEntry.id)
        .join(FundAccount, touched)
        .where(FundEntry.posting_id == FundPosting.id, account)
        .correlate(FundPosting)
        .exists()
    )


def _is_among(account: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the same from the other end: the postings of the entries of a few accounts."""
    ids = select(FundAccount.id).where(account)
    given = select(FundEntry.posting_id).where(FundEntry.from_account_id.in_(ids))
    got = select(FundEntry.posting_id).where(FundEntry.to_account_id.in_(ids))
    return FundPosting.id.in_(union_all(given, got))


def _conditions(readers: Sequence[str], fund_id: int, year: int, wanted: LedgerFilter) -> list[ColumnElement[bool]]:
    account = FundAccount
    here = and_(account.fund_id == fund_id, account.year == year)
    found: list[ColumnElement[bool]] = []
    if wanted.operation is not None:
        found.append(FundPosting.operation == wanted.operation)
        if wanted.operation in _BY_ACCOUNT:
            found.append(_is_among(and_(here, account.kind == _BY_ACCOUNT[wanted.operation])))
        if wanted.operation == "reverse":
            found.append(FundPosting.reverses_id.is_not(None))
    if wanted.allocation_id is not None:
        kind = (account.kind == wanted.kind) if wanted.kind else account.kind.is_not(None)
        # Which of the hidden postings belong together is hidden as well: such an item is as good as none.
        own = and_(account.allocation_id == wanted.allocation_id, is_readable(readers, account.allocation_id))
        found.append(_is_among(and_(here, own, kind)))
    elif wanted.earmark_id:
        held = and_(here, account.kind == "uncommitted", account.holder_id == wanted.earmark_id)
        found.append(_is_among(held))
    elif wanted.earmark_id == 0:
        found.append(_touches(and_(here, account.kind == "uncommitted", account.holder_id == 0)))
    elif wanted.kind in _SINGLE:
        found.append(_is_among(and_(here, account.kind == wanted.kind)))
    elif wanted.kind is not None or wanted.department_id is not None:
        kind = (account.kind == wanted.kind) if wanted.kind else account.kind.is_not(None)
        whose = account.department_id == wanted.department_id if wanted.department_id else account.kind.is_not(None)
        found.append(_touches(and_(account.year == year, kind, whose)))
    return found


def list_postings(
    connection: Connection, sight: Sight, fund_id: int, year: int, wanted: LedgerFilter = LedgerFilter(), *,
    limit: int = 50, cursor: str | None = None,
) -> LedgerPage:  # fmt: skip
    """Return one page of a fund's year. Two statements.

    A department or an allocation that the reader does not see, as a filter, finds nothing. InvalidError for a broken
    cursor.
    """
    statement = (
        _select(sight.readers)
        .where(
            FundPosting.fund_id == fund_id, FundPosting.year == year, *_conditions(sight.readers, fund_id, year, wanted)
        )
        .order_by(FundPosting.seq.desc())
        .limit(limit + 1)
    )
    if sight.department_ids is not None:
        statement = statement.where(_touches(FundAccount.department_id.in_(sight.department_ids)))
    if cursor is not None:
        statement = statement.where(FundPosting.seq < read_cursor(cursor, _SORT)[1])
    found: Any = connection.execute(statement).all()
    rows = [_make(row) for row in found]
    more = write_cursor(_SORT, "", rows[limit - 1].seq) if len(rows) > limit else None
    return LedgerPage(_add_moves(connection, sight, rows[:limit]), more)


def _make(row: Any) -> PostingRow:  # noqa: ANN401  # a row
    own = PostingRow(*row)
    if not own.is_hidden:
        return own
    return replace(own, item_id=None, item_kind=None, item_number=None, item_title=None, voucher=None, basis=None,
                   note=None, actor_id=None, actor_name=None)  # fmt: skip


def _add_moves(connection: Connection, sight: Sight, rows: Sequence[PostingRow]) -> tuple[PostingRow, ...]:
    if not rows:
        return ()
    statement = (
        select(FundEntry.posting_id, _From.kind, _To.kind, func.sum(FundEntry.amount_fen))
        .join(_From, _From.id == FundEntry.from_account_id)
        .join(_To, _To.id == FundEntry.to_account_id)
        .where(FundEntry.posting_id.in_([row.id for row in rows]), *_seen_legs(sight))
        .group_by(FundEntry.posting_id, _From.kind, _To.kind)
        .order_by(func.min(FundEntry.id))
    )
    found: dict[int, list[Move]] = {}
    for posting_id, from_kind, to_kind, fen in connection.execute(statement).all():
        found.setdefault(posting_id, []).append(Move(from_kind, to_kind, int(fen)))
    return tuple(replace(row, moves=tuple(found.get(row.id, ()))) for row in rows)


def _seen_legs(sight: Sight) -> list[ColumnElement[bool]]:
    if sight.department_ids is None:
        return []
    return [or_(_From.department_id.in_(sight.department_ids), _To.department_id.in_(sight.department_ids))]


def find_posting_fund(connection: Connection, posting_id: int) -> tuple[int, int]:
    """Return (fund id, id of the department that manages it) of a posting; NotFoundError when there is none."""
    row = connection.execute(
        select(FundPosting.fund_id, Fund.department_id)
        .join(Fund, Fund.id == FundPosting.fund_id)
        .where(FundPosting.id == posting_id)
    ).first()
    if row is None:
        raise NotFoundError(*NO_POSTING)
    return row.fund_id, row.department_id


def find_posting(connection: Connection, sight: Sight, posting_id: int) -> PostingDetail:
    """Return one posting with its legs, as far as `sight` goes; NotFoundError when none of it is seen."""
    statement = (
        _select(sight.readers)
        .add_columns(
            Fund.code, Fund.name, Fund.name_en, Fund.department_id, FundPosting.acting_role, Department.name,
            Department.name_en, _Behalf.name,
        )
        .join(Fund, Fund.id == FundPosting.fund_id)
        .outerjoin(Department, Department.id == FundPosting.acting_department_id)
        .outerjoin(_Behalf, _Behalf.id == FundPosting.on_behalf_of)
        .where(FundPosting.id == posting_id)
    )  # fmt: skip
    if sight.department_ids is not None:
        statement = statement.where(_touches(FundAccount.department_id.in_(sight.department_ids)))
    found: Any = connection.execute(statement).first()
    if found is None:
        raise NotFoundError(*NO_POSTING)
    row = _add_moves(connection, sight, [_make(found[: _HEAD + 1])])[0]
    legs = _list_legs(connection, sight, posting_id)
    detail = PostingDetail(*[row, *found[_HEAD + 1 :], tuple(legs[:LEGS_MAX]), len(legs) > LEGS_MAX])
    if not row.is_hidden:
        return detail
    return replace(detail, acting_department=None, acting_department_en=None, on_behalf_of_name=None)


_WIDTH = 9


def _side(account: Any, item: Any, earmark: Any, department: Any, readers: Sequence[str]) -> list[Any]:  # noqa: ANN401  # aliases
    hidden = and_(account.allocation_id.is_not(None), ~is_readable(readers, account.allocation_id))
    return [account.kind, account.year, account.department_id, department.name, department.name_en,
            account.allocation_id, item.title, earmark.name, hidden]  # fmt: skip


def _list_legs(connection: Connection, sight: Sight, posting_id: int) -> list[LegRow]:
    from_item, to_item = aliased(Item), aliased(Item)
    from_mark, to_mark = aliased(FundEarmark), aliased(FundEarmark)
    from_place, to_place = aliased(Department), aliased(Department)
    statement = (
        select(
            *_side(_From, from_item, from_mark, from_place, sight.readers),
            *_side(_To, to_item, to_mark, to_place, sight.readers),
            FundEntry.amount_fen,
        )
        .select_from(FundEntry)
        .join(_From, _From.id == FundEntry.from_account_id)
        .join(_To, _To.id == FundEntry.to_account_id)
        .outerjoin(from_item, from_item.id == _From.allocation_id)
        .outerjoin(to_item, to_item.id == _To.allocation_id)
        .outerjoin(from_mark, and_(from_mark.id == _From.holder_id, _From.kind == "uncommitted"))
        .outerjoin(to_mark, and_(to_mark.id == _To.holder_id, _To.kind == "uncommitted"))
        .outerjoin(from_place, from_place.id == _From.department_id)
        .outerjoin(to_place, to_place.id == _To.department_id)
        .where(FundEntry.posting_id == posting_id, *_seen_legs(sight))
        .order_by(FundEntry.id)
        .limit(LEGS_MAX + 1)
    )
    rows: Any = connection.execute(statement).all()
    return [LegRow(_make_side(row[:_WIDTH]), _make_side(row[_WIDTH : 2 * _WIDTH]), row[2 * _WIDTH]) for row in rows]


def _make_side(row: Any) -> Side:  # noqa: ANN401  # a row
    side = Side(*row)
    return replace(side, item_id=None, item_title=None) if side.is_hidden else side
