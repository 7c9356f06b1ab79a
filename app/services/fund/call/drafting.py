"""A call is drafted for a fund's year and corrected until it is opened; every fault is told at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from app.core.errors import Fault, InvalidError, NotFoundError, Sentence
from app.core.money import MAX_FEN, format_amount
from app.core.text import NAME_MAX, TEXT_MAX, TITLE_MAX, clean
from app.models.call import CallLimit, CallReviewer, FundCall
from app.models.fund import Fund
from app.models.organisation import Department, Holding, Person
from app.services.act import Act, read_name
from app.services.fund.call.holding import move, read_call, require_state, require_version
from workflows.money.call import CRITERIA_MAX, WEIGHTS_SUM

REVIEWERS_MAX, LIMITS_MAX = 30, 100
_NO_FUND = ("没有这个资金，或您无权查看。", "No such fund, or not for you to see.")
_NEEDED = Sentence("请填写。", "This is needed.")


@dataclass(frozen=True, slots=True)
class Criterion:
    """What requests are scored by, and how much it weighs (1 to 100)."""

    name: str
    weight: int


@dataclass(frozen=True, slots=True)
class DepartmentLimit:
    """What a department gets at least and at most, in fen; None: nothing is said."""

    department_id: int
    floor_fen: int | None = None
    ceiling_fen: int | None = None


@dataclass(frozen=True, slots=True)
class CallText:
    """What a call says; `closes_on` is the last day for requests, `reviewers` are people's ids."""

    year: int
    title: str
    text: str
    opens_on: date
    closes_on: date
    cap_fen: int
    criteria: Sequence[Criterion]
    reviewers: Sequence[int] = ()
    limits: Sequence[DepartmentLimit] = ()


def draft_call(act: Act, fund_id: int, text: CallText) -> int:
    """Draft a call for a fund; return its id. NotFoundError without a fund, InvalidError with every fault."""
    _check(act, fund_id, text)
    row = {
        **_columns(text), "fund_id": fund_id, "created_by": act.acting.person_id, "created_at": act.now,
        "changed_at": act.now,
    }  # fmt: skip
    call_id = int(act.connection.execute(insert(FundCall).returning(FundCall.id), row).scalar_one())
    _write_parts(act.connection, call_id, text)
    act.audit("draft_call", f"call:{call_id}", after={"fund_id": fund_id, "cap_fen": text.cap_fen})
    return call_id


def edit_call(act: Act, call_id: int, version: int | None, text: CallText) -> int:
    """Correct a call that is not open yet; return its new version."""
    call = read_call(act.connection, call_id, act.today, lock=True)
    require_version(call, version)
    require_state(call, ("drafted",))
    _check(act, call.fund_id, text)
    new = move(act, call, "edit_call", **_columns(text))
    for table in (CallLimit, CallReviewer):
        act.connection.execute(delete(table).where(table.call_id == call_id))
    _write_parts(act.connection, call_id, text)
    return new


def _columns(text: CallText) -> dict[str, Any]:
    return {
        "year": text.year, "title": clean(text.title), "text": clean(text.text, newlines=True),
        "opens_on": text.opens_on, "closes_on": text.closes_on, "cap_fen": text.cap_fen,
        "criteria": [{"name": clean(one.name), "weight": one.weight} for one in text.criteria],
    }  # fmt: skip


def _write_parts(connection: Connection, call_id: int, text: CallText) -> None:
    limits = [
        {"call_id": call_id, "department_id": one.department_id, "floor_fen": one.floor_fen,
         "ceiling_fen": one.ceiling_fen}
        for one in text.limits
    ]  # fmt: skip
    reviewers = [{"call_id": call_id, "person_id": person_id} for person_id in text.reviewers]
    if limits:
        connection.execute(insert(CallLimit), limits)
    if reviewers:
        connection.execute(insert(CallReviewer), reviewers)


def _check(act: Act, fund_id: int, text: CallText) -> None:
    faults: list[Fault] = []
    read_name(faults, "title", text.title, TITLE_MAX)
    if len(text.text) > TEXT_MAX:
        faults.append(Fault("text", Sentence(f"最多{TEXT_MAX}字。", f"At most {TEXT_MAX} characters.")))
    if not clean(text.text, newlines=True):
        faults.append(Fault("text", _NEEDED))
    if not 0 < text.cap_fen < MAX_FEN:
        faults.append(Fault("cap", Sentence("金额须大于零。", "An amount above zero.")))
    faults += _check_days(act, fund_id, text)
    faults += _check_criteria(text.criteria)
    faults += _check_reviewers(act, text.reviewers)
    faults += _check_limits(act, text)
    if faults:
        raise InvalidError(faults)


def _check_days(act: Act, fund_id: int, text: CallText) -> list[Fault]:
    fund = act.connection.execute(select(Fund.first_year, Fund.last_year).where(Fund.id == fund_id)).first()
    if fund is None:
        raise NotFoundError(*_NO_FUND)
    faults = []
    first, last = max(fund.first_year, act.today.year), fund.last_year
    if not first <= text.year <= last:
        faults.append(Fault("year", Sentence(f"应为{first}至{last}年。", f"A year from {first} to {last}.")))
    if text.closes_on < text.opens_on:
        said = Sentence("截止日不能早于开始日。", "Not before the first day.")
        faults.append(Fault("closes_on", said))
    elif text.closes_on < act.today:
        said = Sentence("截止日不能是过去的日期。", "The last day lies in the past.")
        faults.append(Fault("closes_on", said))
    return faults


def _check_criteria(criteria: Sequence[Criterion]) -> list[Fault]:
    if not 1 <= len(criteria) <= CRITERIA_MAX:
        said = Sentence(f"应有1至{CRITERIA_MAX}项评审标准。", f"1 to {CRITERIA_MAX} criteria.")
        return [Fault("criteria", said)]
    faults: list[Fault] = []
    seen: set[str] = set()
    for place, one in enumerate(criteria, 1):
        name = read_name(faults, f"criteria[{place}].name", one.name, NAME_MAX)
        if name in seen:
            said = Sentence("与前面的标准重名。", "Named twice.")
            faults.append(Fault(f"criteria[{place}].name", said))
        seen.add(name or "")
        if not 1 <= one.weight <= WEIGHTS_SUM:
            said = Sentence(f"应为1至{WEIGHTS_SUM}的整数。", f"A whole number from 1 to {WEIGHTS_SUM}.")
            faults.append(Fault(f"criteria[{place}].weight", said))
    total = sum(one.weight for one in criteria)
    if not faults and total != WEIGHTS_SUM:
        said = Sentence(
            f"各项权重之和应为{WEIGHTS_SUM}，现为{total}。", f"The weights add up to {total}, not to {WEIGHTS_SUM}."
        )
        faults.append(Fault("criteria", said))
    return faults


def _check_reviewers(act: Act, reviewers: Sequence[int]) -> list[Fault]:
    if not 1 <= len(reviewers) <= REVIEWERS_MAX:
        said = Sentence(f"应有1至{REVIEWERS_MAX}名评审人。", f"1 to {REVIEWERS_MAX} reviewers.")
        return [Fault("reviewers", said)]
    if len(set(reviewers)) != len(reviewers):
        return [Fault("reviewers", Sentence("评审人重复。", "A reviewer is named twice."))]
    found = act.connection.execute(
        select(Person.id)
        .join(Holding, Holding.person_id == Person.id)
        .where(
            Person.id.in_(tuple(reviewers)), Person.is_active, Holding.from_on <= act.today,
            Holding.to_on.is_(None) | (Holding.to_on > act.today),
        )
    ).scalars()  # fmt: skip
    missing = set(reviewers) - set(found)
    if not missing:
        return []
    said = Sentence("评审人应为在岗人员。", "Reviewers are people who hold a post.")
    return [Fault(f"reviewers[{place}]", said) for place, person_id in enumerate(reviewers, 1) if person_id in missing]


def _check_limits(act: Act, text: CallText) -> list[Fault]:
    faults = []
    known = set(
        act.connection.execute(
            select(Department.id).where(
                Department.id.in_(tuple(one.department_id for one in text.limits)),
                Department.to_on.is_(None) | (Department.to_on > act.today),
            )
        ).scalars()
    )
    seen: set[int] = set()
    for place, one in enumerate(text.limits, 1):
        here = f"limits[{place}]"
        if one.department_id not in known:
            said = Sentence("没有这个部门，或已撤并。", "There is no such department, or it is closed.")
            faults.append(Fault(f"{here}.department", said))
        elif one.department_id in seen:
            faults.append(Fault(f"{here}.department", Sentence("同一部门只填一行。", "One line a department.")))
        seen.add(one.department_id)
        if one.floor_fen is None and one.ceiling_fen is None:
            said = Sentence("请填写最低或最高额度。", "Give a floor or a ceiling.")
            faults.append(Fault(f"{here}.floor", said))
        if one.floor_fen is not None and not 0 < one.floor_fen < MAX_FEN:
            faults.append(Fault(f"{here}.floor", Sentence("金额须大于零。", "An amount above zero.")))
        if one.ceiling_fen is not None and not (one.floor_fen or 0) <= one.ceiling_fen < MAX_FEN:
            said = Sentence("最高额度不能低于最低额度。", "Not below the floor.")
            faults.append(Fault(f"{here}.ceiling", said))
    if len(text.limits) > LIMITS_MAX:
        faults.append(Fault("limits", Sentence(f"最多{LIMITS_MAX}行。", f"At most {LIMITS_MAX} lines.")))
    floors = sum(one.floor_fen or 0 for one in text.limits)
    if not faults and floors > text.cap_fen:
        over = format_amount(floors - text.cap_fen)
        said = Sentence(f"各部门最低额度之和超出总额{over}元。", f"The floors add up to {over} more than the cap.")
        faults.append(Fault("limits", said))
    return faults
