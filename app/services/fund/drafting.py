"""An allocation is drafted under a joint project, and corrected while it is a draft or was returned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select, update

from app.core.errors import ConflictError, Fault, ForbiddenError, InvalidError, NotFoundError, Sentence, StaleError
from app.core.money import MAX_FEN, format_amount
from app.core.text import clean, sort_key
from app.models.allocation import GOAL_KINDS, Allocation, AllocationGoal, AllocationTranche
from app.models.fund import Fund, FundEarmark, FundYear
from app.models.item import Item
from app.policy import access
from app.policy.fund import list_drafting
from app.policy.people import Actor
from app.services.act import Act
from app.services.entering import NewItem, enter_items, search_text
from app.services.fund.call.decided import require_amendable
from app.services.loading import Loaded, load, load_for_actor
from app.services.recording import Acting, write_history
from app.services.rulebook import Rulebook
from app.services.submission import several_fit
from workflows.roles import Capacity

_EDITABLE = ("draft", "returned")
GOALS_MAX, TRANCHES_MAX = 30, 24


@dataclass(frozen=True, slots=True)
class Goal:
    """A performance goal: its kind, what is measured, what is aimed at."""

    kind: str
    indicator: str
    target: str


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of the money; `milestone` must be met before it is drawn, None: nothing holds it."""

    amount_fen: int
    milestone: str | None = None
    planned_on: date | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What is asked for."""

    title: str
    fund_id: int
    purpose: str
    need: str
    requested_fen: int
    minimum_fen: int | None = None
    earmark_id: int | None = None
    due_on: date | None = None
    goals: Sequence[Goal] = ()
    instalments: Sequence[Instalment] = ()


def draft_allocation(act: Act, book: Rulebook, actor: Actor, project_id: int, draft: Draft, as_post: int | None) -> int:
    """Draft an allocation under a project for one of its departments; return its id. It reserves nothing yet.

    NotFoundError when the project may not be read, ForbiddenError for whoever works in none of its departments,
    ConflictError when it is closed, InvalidError with every fault.
    """
    project, _ = load_for_actor(act.connection, project_id, actor.person_id, act.now, act.today, lock=True)
    if project.kind != "project":
        said = Sentence("资金只安排给联合项目。", "Money is allocated to joint projects only.")
        raise InvalidError([Fault("project", said)])
    capacity = _find_capacity(actor, project, as_post)
    if project.closed_at is not None:
        raise ConflictError("parent_closed", Sentence("该项目已办结或取消。", "The project is closed or cancelled."))
    _check(act, draft, capacity.department_id)
    fund_department = act.connection.execute(select(Fund.department_id).where(Fund.id == draft.fund_id)).scalar_one()
    new = NewItem(
        kind="allocation",
        title=draft.title,
        parent_id=project_id,
        owner_department_id=capacity.department_id,
        due_on=draft.due_on or project.due_on,
        confidential=project.confidential,
        supports=[(fund_department, None, None)],
        details=_columns(draft) | {"first_year": act.today.year, "year": act.today.year},
    )
    acting = Acting(act.acting.person_id, "lead_staff", capacity)
    item_id = enter_items(act.connection, book, acting, act.now, [new], source=act.source)[0]
    _write_parts(act, item_id, draft)
    return item_id


def amend_allocation(act: Act, actor: Actor, item_id: int, version: int | None, draft: Draft) -> int:
    """Correct a draft or a returned request; return the item's new version. What was asked before stays in history."""
    item, _ = load_for_actor(act.connection, item_id, actor.person_id, act.now, act.today, lock=True)
    if item.kind != "allocation":
        raise NotFoundError
    capacity = next(iter(list_drafting(actor, (item.owner_department_id,))), None)
    if capacity is None:
        raise ForbiddenError("not_yours", Sentence("由申请单位修改。", "This is for the department that asks."))
    if version != item.version:
        raise StaleError(item.version, version)
    if item.state not in _EDITABLE:
        said = Sentence(
            "已提交的申请不能修改；需要更正的，先撤回或由审批人退回。",
            "What was submitted is not changed; withdraw it, or have it returned.",
        )
        raise ConflictError("wrong_state", said)
    require_amendable(act.connection, item_id)
    before = act.connection.execute(
        select(Allocation.requested_fen, Allocation.fund_id).where(Allocation.item_id == item_id)
    ).one()
    if draft.fund_id != before.fund_id:
        said = Sentence("不能改换资金；请另行申请。", "The fund is not changed; ask anew instead.")
        raise InvalidError([Fault("fund", said)])
    _check(act, draft, capacity.department_id)
    title = clean(draft.title)
    changed = {
        "title": title, "sort_key": sort_key(title), "search_text": search_text(title, None),
        "due_on": draft.due_on or item.due_on, "version": item.version + 1,
    }  # fmt: skip
    guarded = update(Item).where(Item.id == item_id, Item.version == item.version)
    if act.connection.execute(guarded.values(**changed)).rowcount != 1:
        raise StaleError(item.version + 1, version)
    act.connection.execute(update(Allocation).where(Allocation.item_id == item_id).values(**_columns(draft)))
    for table in (AllocationGoal, AllocationTranche):
        act.connection.execute(delete(table).where(table.item_id == item_id))
    _write_parts(act, item_id, draft)
    access.mark(act.connection, item_id, is_open=True, due_on=changed["due_on"])  # type: ignore[arg-type]  # a date or None
    amended: Loaded = load(act.connection, item_id)
    acting = Acting(act.acting.person_id, "lead_staff", capacity)
    data = {"amount": draft.requested_fen, "amount_before": before.requested_fen}
    write_history(act.connection, amended, acting, act.now, action="amend", from_state=item.state, to_state=item.state,
                  data=data)  # fmt: skip
    act.audit("amend", f"item:{item_id}", item_id=item_id, before={"requested_fen": before.requested_fen},
              after={"requested_fen": draft.requested_fen})  # fmt: skip
    return amended.version


def _find_capacity(actor: Actor, project: Loaded, as_post: int | None) -> Capacity:
    departments = {project.owner_department_id, project.section_id, *project.support_ids}
    found = [one for one in list_drafting(actor, departments) if as_post in (None, one.post_id)]
    if not found:
        said = Sentence("由项目的牵头或配合单位申请。", "This is for the project's lead or supporting departments.")
        raise ForbiddenError("not_yours", said)
    if len({one.department_id for one in found}) > 1:
        raise several_fit(found)
    return found[0]


def _columns(draft: Draft) -> dict[str, Any]:
    return {
        "fund_id": draft.fund_id, "earmark_id": draft.earmark_id, "purpose": draft.purpose, "need": draft.need,
        "requested_fen": draft.requested_fen, "minimum_fen": draft.minimum_fen,
    }  # fmt: skip


def _write_parts(act: Act, item_id: int, draft: Draft) -> None:
    goals = [
        {"item_id": item_id, "seq": seq, "kind": one.kind, "indicator": one.indicator, "target": one.target}
        for seq, one in enumerate(draft.goals, 1)
    ]
    instalments = [
        {"item_id": item_id, "seq": seq, "milestone": one.milestone, "planned_on": one.planned_on,
         "amount_fen": one.amount_fen}
        for seq, one in enumerate(draft.instalments, 1)
    ]  # fmt: skip
    for table, rows in ((AllocationGoal, goals), (AllocationTranche, instalments)):
        if rows:
            act.connection.execute(insert(table), rows)


def _check(act: Act, draft: Draft, department_id: int) -> None:
    faults = [*_check_fund(act, draft, department_id), *_check_amounts(draft)]
    if not clean(draft.title):
        faults.append(Fault("title", Sentence("请填写标题。", "A title is needed.")))
    for place, one in enumerate(draft.goals, 1):
        if one.kind not in GOAL_KINDS:
            listed = ", ".join(GOAL_KINDS)
            faults.append(Fault(f"goals[{place}].kind", Sentence(f"应为{listed}之一。", f"One of {listed}.")))
    if len(draft.goals) > GOALS_MAX:
        faults.append(Fault("goals", Sentence(f"最多{GOALS_MAX}条。", f"At most {GOALS_MAX}.")))
    if len(draft.instalments) > TRANCHES_MAX:
        faults.append(Fault("instalments", Sentence(f"最多{TRANCHES_MAX}期。", f"At most {TRANCHES_MAX}.")))
    if faults:
        raise InvalidError(faults)


def _check_fund(act: Act, draft: Draft, department_id: int) -> list[Fault]:
    year = act.today.year
    found = act.connection.execute(
        select(Fund.id, FundYear.year)
        .outerjoin(FundYear, (FundYear.fund_id == Fund.id) & (FundYear.year == year) & FundYear.closed_at.is_(None))
        .where(Fund.id == draft.fund_id, Fund.closed_at.is_(None))
    ).first()
    if found is None:
        return [Fault("fund", Sentence("没有这个资金，或已关闭。", "There is no such fund, or it is closed."))]
    if found.year is None:
        said = Sentence(f"该资金{year}年度未开账或已结账。", f"The fund's year {year} is not open.")
        return [Fault("fund", said)]
    if draft.earmark_id is None:
        return []
    earmark = act.connection.execute(
        select(FundEarmark.department_id).where(
            FundEarmark.id == draft.earmark_id, FundEarmark.fund_id == draft.fund_id
        )
    ).first()
    if earmark is None:
        return [Fault("earmark", Sentence("该资金没有这个专用额度。", "The fund has no such earmark."))]
    if earmark.department_id not in (None, department_id):
        return [Fault("earmark", Sentence("该专用额度不供本单位使用。", "The earmark is for another department."))]
    return []


def _check_amounts(draft: Draft) -> list[Fault]:
    faults = []
    if not 0 < draft.requested_fen < MAX_FEN:
        faults.append(Fault("amount", Sentence("金额须大于零。", "An amount above zero.")))
    if draft.minimum_fen is not None and not 0 < draft.minimum_fen <= draft.requested_fen:
        said = Sentence("最低金额应大于零、不超过申请金额。", "Above zero and not above the amount asked for.")
        faults.append(Fault("minimum", said))
    faults += [
        Fault(f"instalments[{place}].amount", Sentence("金额须大于零。", "An amount above zero."))
        for place, one in enumerate(draft.instalments, 1)
        if not 0 < one.amount_fen < MAX_FEN
    ]
    total = sum(one.amount_fen for one in draft.instalments)
    if not faults and draft.instalments and total != draft.requested_fen:
        off = total - draft.requested_fen
        said = Sentence(
            f"各期之和为{format_amount(total)}元，与申请金额相差{format_amount(off)}元。",
            f"The instalments add up to {format_amount(total)}, off by {format_amount(off)}.",
        )
        faults.append(Fault("instalments", said))
    return faults
