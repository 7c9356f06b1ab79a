"""The ledger's one writer: a posting moves fen from account to account, whole or not at all.

Order inside the unit of work: the fund's year first (one UPDATE that counts the posting, adds to the totals and refuses
a closed year: it is the lock for which all writers of that year wait), then the accounts (conditional UPDATEs that
refuse to go below what the account allows), the departments' totals, the posting, its legs. Whoever locks items beside
takes them before the fund's year. On SQLite the unit itself is the lock.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, case, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from app.core.errors import ConflictError, Sentence
from app.core.money import MAX_FEN, format_amount
from app.models.fund import ACCOUNT_KINDS, FundAccount, FundDepartment, FundEntry, FundPosting, FundYear
from app.services.recording import Acting
from workflows.money.wording import ACCOUNT_LABELS

_DEPARTMENT_KINDS = ("reserved", "committed", "paid", "spent", "returned")
_UNBOUND = ("source", "carried_over")


@dataclass(frozen=True, slots=True)
class Account:
    """Where money stands: a kind in a fund's year, and whose (`models.fund.FundAccount`)."""

    kind: str
    year: int
    holder_id: int = 0
    department_id: int | None = None
    allocation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Leg:
    """So many fen (above zero) from one account to another."""

    source: Account
    target: Account
    amount_fen: int


@dataclass(frozen=True, slots=True)
class NewPosting:
    """What is to be posted. `year` numbers it; legs may name the year after as well (a carry-over).

    `key` names what may be posted only once. `is_exception`: the free balance may be overdrawn, by the rule `rule_id`.
    """

    fund_id: int
    year: int
    operation: str
    legs: Sequence[Leg]
    on_day: date
    rule_id: int
    item_id: int | None = None
    reverses_id: int | None = None
    voucher: str | None = None
    basis: str | None = None
    note: str | None = None
    key: str | None = None
    is_exception: bool = False


@dataclass(frozen=True, slots=True)
class Posted:
    """A posting as it stands in the ledger: its id and its number in the fund's year."""

    id: int
    seq: int


@dataclass(slots=True)
class _Sums:
    """What a posting changes, by account, by year and kind, and by department, year and kind."""

    accounts: dict[Account, int] = field(default_factory=lambda: defaultdict(int))
    years: dict[int, dict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: dict.fromkeys(ACCOUNT_KINDS, 0))
    )
    departments: dict[tuple[int, int], dict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: dict.fromkeys(_DEPARTMENT_KINDS, 0))
    )

    def add(self, account: Account, fen: int) -> None:
        self.accounts[account] += fen
        self.years[account.year][account.kind] += fen
        if account.department_id is not None and account.kind in _DEPARTMENT_KINDS:
            self.departments[account.year, account.department_id][account.kind] += fen


def post(connection: Connection, acting: Acting, now: datetime, new: NewPosting) -> Posted:
    """Write a posting; ConflictError when the year is closed, an account has too little, or it was posted before.

    Six statements for one leg. Nothing is written when it raises, once the edge rolls back.
    """
    sums = _Sums()
    for leg in new.legs:
        if not 0 < leg.amount_fen < MAX_FEN or leg.source == leg.target:
            raise ValueError(f"no leg of a posting: {leg}")
        sums.add(leg.source, -leg.amount_fen)
        sums.add(leg.target, leg.amount_fen)
    if not new.legs:
        raise ValueError("a posting without legs")
    seq = _lock_years(connection, new, sums.years)
    ids = _move(connection, new, sums.accounts)
    _add_departments(connection, new.fund_id, sums.departments)
    posting_id = _write(connection, acting, now, new, seq)
    connection.execute(
        _INSERT_ENTRY,
        [
            {"posting_id": posting_id, "from_account_id": ids[leg.source], "to_account_id": ids[leg.target],
             "amount_fen": leg.amount_fen}
            for leg in new.legs
        ],
    )  # fmt: skip
    return Posted(posting_id, seq)


_Y, _A, _D = FundYear, FundAccount, FundDepartment
_YEAR = (
    update(_Y)
    .where(_Y.fund_id == bindparam("b_fund"), _Y.year == bindparam("b_year"), _Y.closed_at.is_(None))
    .values(
        posted=_Y.posted + bindparam("b_count"),
        **{f"{kind}_fen": getattr(_Y, f"{kind}_fen") + bindparam(f"b_{kind}") for kind in ACCOUNT_KINDS},
    )
    .returning(_Y.posted)
)
_THIS_ACCOUNT = (
    (_A.fund_id == bindparam("b_fund"))
    & (_A.year == bindparam("b_year"))
    & (_A.kind == bindparam("b_kind"))
    & (_A.holder_id == bindparam("b_holder"))
)
_BALANCE = select(_A.id, _A.balance_fen, _A.overdraft_fen).where(_THIS_ACCOUNT)
_AFTER = _A.balance_fen - bindparam("b_fen")
_TAKE = update(_A).where(_THIS_ACCOUNT).values(balance_fen=_AFTER).returning(_A.id)
_TAKE_HELD = _TAKE.where(-_A.overdraft_fen <= _AFTER)
_OVERDRAW = _TAKE.values(overdraft_fen=case((_AFTER < 0, -_AFTER), else_=0))
_INSERT_POSTING = insert(FundPosting).returning(FundPosting.id)
_INSERT_ENTRY = insert(FundEntry)


def _give(make: Any) -> Any:  # noqa: ANN401  # either dialect's INSERT
    row = make(_A).values(
        fund_id=bindparam("b_fund"), year=bindparam("b_year"), kind=bindparam("b_kind"),
        holder_id=bindparam("b_holder"), department_id=bindparam("b_department"),
        allocation_id=bindparam("b_allocation"), balance_fen=bindparam("b_fen"), overdraft_fen=0,
    )  # fmt: skip
    after = _A.balance_fen + row.excluded.balance_fen
    # What an exception once allowed is not allowed again: the overdraft shrinks as money comes in.
    kept = case((after < 0, -after), else_=0)
    return row.on_conflict_do_update(
        index_elements=["fund_id", "year", "kind", "holder_id"],
        set_={"balance_fen": after, "overdraft_fen": case((_A.overdraft_fen > 0, kept), else_=0)},
    ).returning(_A.id)


def _add(make: Any) -> Any:  # noqa: ANN401  # either dialect's INSERT
    given: dict[str, Any] = {f"{kind}_fen": bindparam(f"b_{kind}") for kind in _DEPARTMENT_KINDS}
    row = make(_D).values(
        fund_id=bindparam("b_fund"), year=bindparam("b_year"), department_id=bindparam("b_department"), **given
    )
    return row.on_conflict_do_update(
        index_elements=["fund_id", "year", "department_id"],
        set_={name: getattr(_D, name) + getattr(row.excluded, name) for name in given},
    )


_GIVE: dict[str, Any] = {"postgresql": _give(postgresql_insert), "sqlite": _give(sqlite_insert)}
_ADD: dict[str, Any] = {"postgresql": _add(postgresql_insert), "sqlite": _add(sqlite_insert)}


def _lock_years(connection: Connection, new: NewPosting, years: Mapping[int, Mapping[str, int]]) -> int:
    """Count the posting in its year and add to the years' totals; earlier years first. Return its number."""
    seq = 0
    for year in sorted({*years, new.year}):
        own = years.get(year) or dict.fromkeys(ACCOUNT_KINDS, 0)
        given = {f"b_{kind}": fen for kind, fen in own.items()}
        given |= {"b_fund": new.fund_id, "b_year": year, "b_count": int(year == new.year)}
        found = connection.execute(_YEAR, given).scalar_one_or_none()
        if found is None:
            raise _closed(connection, new.fund_id, year)
        seq = int(found) if year == new.year else seq
    return seq


def _closed(connection: Connection, fund_id: int, year: int) -> ConflictError:
    known = connection.execute(select(_Y.year).where(_Y.fund_id == fund_id, _Y.year == year)).first()
    if known is None:
        said = Sentence(f"该资金{year}年度尚未开账。", f"The fund's year {year} is not open yet.")
        return ConflictError("fund_year_unknown", said)
    said = Sentence(
        f"该资金{year}年度已结账，不能再记账；请在当前年度办理。",
        f"The fund's year {year} is closed: nothing more is posted in it; post in the present year.",
    )
    return ConflictError("fund_year_closed", said)


def _move(connection: Connection, new: NewPosting, accounts: Mapping[Account, int]) -> dict[Account, int]:
    """Write the balances; return the accounts' ids. What gives comes first, so that a refusal writes the least."""
    ids: dict[Account, int] = {}
    for account, change in sorted(
        accounts.items(), key=lambda pair: (pair[1], pair[0].year, pair[0].kind, pair[0].holder_id)
    ):
        place = {
            "b_fund": new.fund_id, "b_year": account.year, "b_kind": account.kind, "b_holder": account.holder_id,
            "b_fen": abs(change),
        }  # fmt: skip
        if change < 0:
            ids[account] = _take(connection, new, account, place)
        else:
            give = _GIVE[connection.dialect.name]
            whose = {"b_department": account.department_id, "b_allocation": account.allocation_id}
            ids[account] = connection.execute(give, place | whose).scalar_one()
    return ids


def _take(connection: Connection, new: NewPosting, account: Account, place: Mapping[str, Any]) -> int:
    may_overdraw = new.is_exception and account.kind == "uncommitted"
    statement = _OVERDRAW if may_overdraw else _TAKE if account.kind in _UNBOUND else _TAKE_HELD
    found = connection.execute(statement, place).scalar_one_or_none()
    if found is not None:
        return int(found)
    row = connection.execute(_BALANCE, place).first()
    if row is None and (may_overdraw or account.kind in _UNBOUND):
        blank = {**place, "b_department": account.department_id, "b_allocation": account.allocation_id, "b_fen": 0}
        connection.execute(_GIVE[connection.dialect.name], blank)
        return int(connection.execute(statement, place).scalar_one())
    raise _too_little(account, 0 if row is None else int(row.balance_fen), int(place["b_fen"]))


def _too_little(account: Account, balance: int, wanted: int) -> ConflictError:
    label = ACCOUNT_LABELS[account.kind]
    left = max(balance, 0)
    said = Sentence(
        f"{label.zh}余额不足：现有{format_amount(left)}元，需要{format_amount(wanted)}元，"
        f"差{format_amount(wanted - left)}元。",
        f"Not enough {label.en}: {format_amount(left)} is there, {format_amount(wanted)} is needed,"
        f" {format_amount(wanted - left)} is missing.",
    )
    code = "over_balance" if account.kind == "uncommitted" else f"over_{account.kind}"
    return ConflictError(code, said)


def _add_departments(
    connection: Connection, fund_id: int, departments: Mapping[tuple[int, int], Mapping[str, int]]
) -> None:
    rows = [
        {"b_fund": fund_id, "b_year": year, "b_department": department_id}
        | {f"b_{kind}": fen for kind, fen in own.items()}
        for (year, department_id), own in sorted(departments.items())
        if any(own.values())
    ]
    if rows:
        connection.execute(_ADD[connection.dialect.name], rows)


def _write(connection: Connection, acting: Acting, now: datetime, new: NewPosting, seq: int) -> int:
    row = {
        "fund_id": new.fund_id, "year": new.year, "seq": seq, "operation": new.operation, "on_day": new.on_day,
        "recorded_at": now, "item_id": new.item_id, "reverses_id": new.reverses_id, "rule_id": new.rule_id,
        "is_exception": new.is_exception, "voucher": new.voucher, "basis": new.basis, "note": new.note,
        "unique_key": new.key, **acting.columns(),
    }  # fmt: skip
    try:
        return int(connection.execute(_INSERT_POSTING, row).scalar_one())
    except IntegrityError as error:
        raise _find_double(error, new) from error


def _find_double(error: IntegrityError, new: NewPosting) -> Exception:
    """Return the refusal that a broken unique key stands for; anything else stays what it is."""
    told = str(error.orig)
    if "voucher" in told:
        said = Sentence(
            f"凭证号“{new.voucher}”已经用过，未重复记账。",
            f"The voucher number {new.voucher!r} was used before; nothing was posted twice.",
        )
        return ConflictError("voucher_used", said)
    if "unique_key" in told or "reverses_id" in told:
        return ConflictError(
            "posted_already", Sentence("已经记过账，未重复记账。", "It was posted before; nothing twice.")
        )
    return error
