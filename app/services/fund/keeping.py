"""Keeping a fund: it is opened, given rules from a day on, and its year's money comes in, grows, shrinks or is kept."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from app.core.errors import ConflictError, Fault, InvalidError, NotFoundError, Sentence, StaleError
from app.core.money import MAX_FEN
from app.models.fund import CONTROLS, SURPLUS, Fund, FundEarmark, FundRule
from app.models.organisation import Holding, Post
from app.services.act import Act
from app.services.fund.posting import Account, Leg, NewPosting, Posted, post
from app.services.fund.standing import require_rule
from app.services.fund.years import find_homes, list_balances, open_year
from app.services.supervision.departments import require_open

#: What a keeper posts by hand, and whether the money comes in (+) or goes out (-) of the account that is free.
BUDGET_OPERATIONS = ("appropriate", "supplement", "cut", "earmark", "release_earmark", "reuse")
_NO_FUND = ("没有这个资金，或您无权查看。", "No such fund, or not for you to see.")
_SPAN_MAX = 10


@dataclass(frozen=True, slots=True)
class FundText:
    """What a fund is called and rests on; `source_document` is the paper that set it up."""

    code: str
    name: str
    name_en: str | None
    purpose: str
    source_document: str
    currency: str
    first_year: int
    last_year: int


@dataclass(frozen=True, slots=True)
class RuleText:
    """The rules of a fund from a day on (`models.fund.FundRule`)."""

    from_on: date
    control: str
    surplus: str
    number_sign: str
    reason: str
    exception_post_id: int | None = None
    leaders_from_fen: int | None = None
    notice_workdays: int = 0
    idle_workdays: int | None = None
    warning_workdays: int = 10


@dataclass(frozen=True, slots=True)
class BudgetEntry:
    """An entry on a fund's year: `basis` is the document that orders it; `earmark` names or takes an earmark."""

    operation: str
    year: int
    amount_fen: int
    basis: str
    note: str | None = None
    earmark: str | None = None
    department_id: int | None = None


def open_fund(act: Act, department_id: int, text: FundText, rule: RuleText) -> int:
    """Open a fund that `department_id` manages, with its first rules; return its id."""
    faults = []
    if not 0 <= text.last_year - text.first_year < _SPAN_MAX or text.last_year < act.today.year:
        said = Sentence(
            f"年度应为{act.today.year}年或以后结束、最多{_SPAN_MAX}年的一段。",
            f"Years that end in {act.today.year} or later, {_SPAN_MAX} at most.",
        )
        faults.append(Fault("last_year", said))
    faults += _check_rule(act, rule)
    if faults:
        raise InvalidError(faults)
    require_open(act.connection, department_id, act.today, "department")
    row = {
        "code": text.code, "name": text.name, "name_en": text.name_en, "department_id": department_id,
        "purpose": text.purpose, "source_document": text.source_document, "currency": text.currency,
        "first_year": text.first_year, "last_year": text.last_year, "created_by": act.acting.person_id,
        "created_at": act.now,
    }  # fmt: skip
    try:
        fund_id = int(act.connection.execute(insert(Fund).returning(Fund.id), row).scalar_one())
    except IntegrityError as error:
        said = Sentence(f"编码“{text.code}”已经用过。", f"The code {text.code!r} is taken.")
        raise ConflictError("code_taken", said) from error
    act.audit("open_fund", f"fund:{fund_id}", after={"code": text.code, "name": text.name})
    _write_rule(act, fund_id, rule)
    return fund_id


def change_rule(act: Act, fund_id: int, version: int | None, rule: RuleText) -> int:
    """Give a fund other rules from a day on, today at the earliest; return the fund's new version."""
    faults = _check_rule(act, rule)
    if faults:
        raise InvalidError(faults)
    new = _bump(act, fund_id, version)
    _write_rule(act, fund_id, rule)
    return new


def extend_fund(act: Act, fund_id: int, version: int | None, last_year: int, basis: str) -> int:
    """Let a fund run until a later year; return its new version."""
    current = act.connection.execute(select(Fund.last_year).where(Fund.id == fund_id)).scalar_one()
    if not current < last_year <= current + _SPAN_MAX:
        said = Sentence(
            f"应为{current + 1}至{current + _SPAN_MAX}年。", f"A year from {current + 1} to {current + _SPAN_MAX}."
        )
        raise InvalidError([Fault("last_year", said)])
    new = _bump(act, fund_id, version)
    act.connection.execute(update(Fund).where(Fund.id == fund_id).values(last_year=last_year))
    act.audit("extend_fund", f"fund:{fund_id}", before={"last_year": current},
              after={"last_year": last_year, "basis": basis})  # fmt: skip
    return new


def _bump(act: Act, fund_id: int, version: int | None) -> int:
    if version is None:
        current = act.connection.execute(select(Fund.version).where(Fund.id == fund_id)).scalar_one()
        raise StaleError(current, None)
    bumped = update(Fund).where(Fund.id == fund_id, Fund.version == version).values(version=version + 1)
    if act.connection.execute(bumped).rowcount != 1:
        raise StaleError(act.connection.execute(select(Fund.version).where(Fund.id == fund_id)).scalar_one(), version)
    return version + 1


def _check_rule(act: Act, rule: RuleText) -> list[Fault]:
    faults = []
    if rule.from_on < act.today:
        # What was spent is judged by the rule of its day: a rule for days gone by would judge it anew.
        said = Sentence(
            "规则不能溯及既往，应从今天或以后起。", "Rules do not reach back: from today on at the earliest."
        )
        faults.append(Fault("from_on", said))
    if rule.control not in CONTROLS:
        faults.append(Fault("control", Sentence(f"应为{'、'.join(CONTROLS)}之一。", f"One of {', '.join(CONTROLS)}.")))
    if rule.surplus not in SURPLUS:
        faults.append(Fault("surplus", Sentence(f"应为{'、'.join(SURPLUS)}之一。", f"One of {', '.join(SURPLUS)}.")))
    if (rule.control == "warn") != (rule.exception_post_id is not None):
        said = Sentence("“超出须特批”要指定特批岗位，其他方式不能指定。", "Named with `warn`, and only then.")
        faults.append(Fault("exception_post", said))
    elif rule.exception_post_id is not None and not _is_leaders_post(act, rule.exception_post_id):
        said = Sentence("应为领导小组在任的岗位。", "A post of the leadership group that somebody holds.")
        faults.append(Fault("exception_post", said))
    if rule.leaders_from_fen is not None and not 0 < rule.leaders_from_fen < MAX_FEN:
        faults.append(Fault("leaders_from", Sentence("金额须大于零。", "An amount above zero.")))
    return faults


def _is_leaders_post(act: Act, post_id: int) -> bool:
    found = act.connection.execute(
        select(Post.id)
        .join(Holding, Holding.post_id == Post.id)
        .where(
            Post.id == post_id,
            Post.duty == "leader",
            Holding.from_on <= act.today,
            Holding.to_on.is_(None) | (Holding.to_on > act.today),
        )
    )
    return found.first() is not None


def _write_rule(act: Act, fund_id: int, rule: RuleText) -> None:
    row = {
        "fund_id": fund_id, "from_on": rule.from_on, "control": rule.control,
        "exception_post_id": rule.exception_post_id, "leaders_from_fen": rule.leaders_from_fen,
        "notice_workdays": rule.notice_workdays, "idle_workdays": rule.idle_workdays,
        "warning_workdays": rule.warning_workdays, "surplus": rule.surplus, "number_sign": rule.number_sign,
        "reason": rule.reason, "made_by": act.acting.person_id, "made_at": act.now,
    }  # fmt: skip
    act.connection.execute(insert(FundRule), row)
    kept = {key: value for key, value in row.items() if key not in ("fund_id", "made_by", "made_at")}
    act.audit("change_fund_rule", f"fund:{fund_id}", after=kept)


def find_managing_department(connection: Connection, fund_id: int) -> int:
    """Return the department that manages a fund; NotFoundError when there is none."""
    found = connection.execute(select(Fund.department_id).where(Fund.id == fund_id)).scalar_one_or_none()
    if found is None:
        raise NotFoundError(*_NO_FUND)
    return int(found)


def post_budget(act: Act, fund_id: int, entry: BudgetEntry) -> Posted:
    """Post an entry on a fund's year: its money, a supplement, a cut, an earmark, returned money freed.

    The first appropriation opens the year. InvalidError for what cannot be; ConflictError when there is too little.
    """
    _check_entry(act, fund_id, entry)
    if entry.operation == "appropriate":
        open_year(act.connection, fund_id, entry.year, act.now)
    legs = _make_legs(act, fund_id, entry)
    rule = require_rule(act.connection, fund_id, act.today)
    new = NewPosting(fund_id, entry.year, entry.operation, legs, act.today, rule.id, basis=entry.basis, note=entry.note)
    posted = post(act.connection, act.acting, act.now, new)
    act.audit("post_budget", f"fund:{fund_id}", after={
        "posting_id": posted.id, "operation": entry.operation, "year": entry.year, "amount_fen": entry.amount_fen,
        "basis": entry.basis,
    })  # fmt: skip
    return posted


def _check_entry(act: Act, fund_id: int, entry: BudgetEntry) -> None:
    faults = []
    if entry.operation not in BUDGET_OPERATIONS:
        listed = ", ".join(BUDGET_OPERATIONS)
        faults.append(Fault("operation", Sentence(f"应为{listed}之一。", f"One of {listed}.")))
    if not 0 < entry.amount_fen < MAX_FEN:
        faults.append(Fault("amount", Sentence("金额须大于零。", "An amount above zero.")))
    first, last = act.connection.execute(select(Fund.first_year, Fund.last_year).where(Fund.id == fund_id)).one()
    if not first <= entry.year <= last:
        said = Sentence(f"该资金的年度为{first}至{last}年。", f"The fund's years are {first} to {last}.")
        faults.append(Fault("year", said))
    elif entry.year != act.today.year:
        said = Sentence(
            f"只能在当年（{act.today.year}年）记账。", f"Posted in its own year only, now {act.today.year}."
        )
        faults.append(Fault("year", said))
    if (entry.earmark is not None) != (entry.operation in ("earmark", "release_earmark")):
        said = Sentence("划定或解除专用额度时填写，其他不填。", "Given with an earmark, and only then.")
        faults.append(Fault("earmark", said))
    if faults:
        raise InvalidError(faults)


def _make_legs(act: Act, fund_id: int, entry: BudgetEntry) -> list[Leg]:
    source, free = Account("source", entry.year), Account("uncommitted", entry.year)
    match entry.operation:
        case "appropriate" | "supplement":
            return [Leg(source, free, entry.amount_fen)]
        case "cut":
            return [Leg(free, source, entry.amount_fen)]
        case "reuse":
            return list(_free_returned(act, fund_id, entry))
    held = Account("uncommitted", entry.year, _find_earmark(act, fund_id, entry))
    pair = (free, held) if entry.operation == "earmark" else (held, free)
    return [Leg(*pair, entry.amount_fen)]


def _find_earmark(act: Act, fund_id: int, entry: BudgetEntry) -> int:
    """Return the earmark of that name, made when it is new.

    InvalidError when one that is to be released is unknown, or a known one is said to be for another department.
    """
    own = (FundEarmark.fund_id == fund_id) & (FundEarmark.name == entry.earmark)
    found = act.connection.execute(select(FundEarmark.id, FundEarmark.department_id).where(own)).first()
    if found is not None:
        if entry.department_id not in (None, found.department_id):
            said = Sentence(
                "该专用额度已经划定，使用单位不能改；另行划定请换一个用途名称。",
                "The earmark exists and for whom it is does not change; another one needs another name.",
            )
            raise InvalidError([Fault("department", said)])
        return int(found.id)
    if entry.operation == "release_earmark":
        said = Sentence("没有这个专用额度。", "There is no such earmark.")
        raise InvalidError([Fault("earmark", said)])
    if entry.department_id is not None:
        require_open(act.connection, entry.department_id, act.today, "department")
    row = {"fund_id": fund_id, "name": entry.earmark, "department_id": entry.department_id}
    return int(act.connection.execute(insert(FundEarmark).returning(FundEarmark.id), row).scalar_one())


def _free_returned(act: Act, fund_id: int, entry: BudgetEntry) -> list[Leg]:
    """Return legs that free returned money, the oldest returns first; ConflictError when less was returned.

    What was drawn from an earmark goes back into it.
    """
    from_accounts = list_balances(act.connection, fund_id, entry.year, "returned")
    homes = find_homes(act.connection, (account for account, _ in from_accounts))
    left, legs = entry.amount_fen, []
    for account, balance in from_accounts:
        part = min(left, balance)
        if part:
            home = homes.get(account.allocation_id or 0, 0)
            legs.append(Leg(account, Account("uncommitted", entry.year, home), part))
        left -= part
    if left:
        said = Sentence("退回的资金没有这么多。", "Less than that was returned.")
        raise ConflictError("over_returned", said)
    return legs
