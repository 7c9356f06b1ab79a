"""What the page of a call shows beside the call itself: the one thing that waits, candidates, the decision's fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from app.core.errors import Fault, InvalidError, Sentence
from app.core.money import AmountError, parse_amount, to_decimal_string
from app.edge.context import Context, Unit
from app.edge.fund.calls import CallView
from app.pages.show import join_names, say_label, spell_day
from app.pages.words import gettext as _
from app.policy.fund import find_keeper, list_drafting, list_own_departments
from app.policy.people import Actor
from app.queries.fund.call import Candidate, EntryRow, list_candidates
from app.queries.fund.overview import FundRow
from app.services.fund.call.deciding import Decision
from workflows.money.call import CALL_STATE_LABELS, ENTERABLE, format_score
from workflows.money.telling import OBJECTIVE, TIE_RULE


@dataclass(frozen=True, slots=True)
class Waiting:
    """The one thing that waits for the visitor: what, why, and which form does it (none: somebody else is asked)."""

    say: str
    why: str
    action: str = ""


@dataclass(frozen=True, slots=True)
class TypedDecision:
    """A row of the decision's form."""

    entry: EntryRow
    place: int
    proposed_fen: int
    amount: str
    reason: str


def list_asks(actor: Actor, fund: FundRow | None) -> bool:
    """Whether the visitor may draft a call for the fund."""
    return fund is not None and fund.closed_at is None and find_keeper(actor, fund.department_id) is not None


def make_page(unit: Unit, context: Context, view: CallView, actor: Actor) -> dict[str, Any]:
    """Return the parts of the page that the template does not read off the call."""
    candidates = _find_candidates(unit, context, view, actor)
    today = context.today()
    own = set(list_own_departments(actor))
    may_withdraw = view.call.state == "open" and view.call.opens_on <= today <= view.call.closes_on
    return {
        "state": say_label(CALL_STATE_LABELS[view.call.state]),
        "waiting": _find_waiting(view, actor, context, candidates),
        "candidates": candidates,
        "withdrawable": {one.id for one in view.entries if may_withdraw and one.takes_part and one.is_readable
                         and one.department_id in own},
        "owed": [one for one in view.entries if one.id in view.owed and one.is_shown and view.call.state == "scoring"],
        "own_scores": {one.entry_id: one for one in view.scores if one.reviewer_id == actor.person_id},
        "by_entry": _group(view),
        "averages": {entry_id: format_score(score) for entry_id, score in view.averages.items()},
        "may_end": view.is_keeper and view.call.state not in ("decided", "cancelled"),
        "reviewer_names": join_names(view.reviewers.values()),
        "objective": OBJECTIVE, "tie_rule": TIE_RULE, "format_score": format_score,
    }  # fmt: skip


def _group(view: CallView) -> dict[int, list[tuple[str, str, str]]]:
    """Return each entry's scores as (reviewer, points, score)."""
    found: dict[int, list[tuple[str, str, str]]] = {}
    for one in view.scores:
        points = " / ".join(str(point) for point in one.points)
        found.setdefault(one.entry_id, []).append((one.reviewer_name, points, format_score(one.score)))
    return found


def _find_candidates(unit: Unit, context: Context, view: CallView, actor: Actor) -> tuple[Candidate, ...]:
    call = view.call
    if call.state != "open" or not call.opens_on <= context.today() <= call.closes_on:
        return ()
    own = sorted({one.department_id for one in list_drafting(actor)})
    return list_candidates(unit.connection(), call, actor.readers, own, ENTERABLE) if own else ()


def _find_waiting(view: CallView, actor: Actor, context: Context, candidates: tuple[Candidate, ...]) -> Waiting | None:
    call, today = view.call, context.today()
    if call.state in ("scoring", "proposed"):
        return _find_judging(view, actor)
    match call.state:
        case "drafted" if view.is_keeper:
            return Waiting(_("核对后公布，各单位方可申报"), _("公布后不能再修改。"), "open")
        case "open" if view.is_keeper and today > call.closes_on:
            return Waiting(_("申报已截止，请转入评审"), _("转入评审后不再受理或退出。"), "score")
        case "open" if candidates:
            why = _("可申报至%(day)s；在此之前可以退出。", day=spell_day(call.closes_on))
            return Waiting(_("本单位有申请可以参加"), why, "enter")
        case "open":
            return Waiting(
                _("申报时间：%(first)s至%(last)s", first=spell_day(call.opens_on), last=spell_day(call.closes_on)),
                _("由申请单位提出；参加的须是该资金当年度尚未决定的申请。"),
            )  # fmt: skip
    return None


def _find_judging(view: CallView, actor: Actor) -> Waiting:
    """Return what waits while a call is scored and decided."""
    if view.call.state == "scoring":
        return _find_scoring(view)
    if view.may_decide and view.proposal is not None:
        if view.proposal.computed_by != actor.person_id:
            return Waiting(_("请对方案作出决定"), _("与方案不同的，须写明理由，理由对外公开。"), "decide")
        return Waiting(_("方案由您提出，须由另一人决定"), _("决定前可以重新生成方案。"))
    who = _("领导小组") if view.is_high else _("资金主管部门负责人")
    return Waiting(_("等待%(who)s决定", who=who), _("方案由财政提出，决定由另一人作出。"))


def _find_scoring(view: CallView) -> Waiting:
    if view.owed:
        count = len(view.owed)
        return Waiting(_("请为%(count)s项申请评分", count=count), _("评分独立进行，保存后不能更改。"), "points")
    if not view.is_keeper:
        return Waiting(_("正在评审"), _("还缺%(count)s份评分。", count=view.missing))
    if view.missing:
        why = _("齐备后生成方案；确需提前结束评审的，请注明。")
        return Waiting(_("还缺%(count)s份评分", count=view.missing), why, "propose")
    return Waiting(_("评分已齐，可以生成分配方案"), _("生成方案即结束评审。"), "propose")


def make_decisions(view: CallView, form: Mapping[str, str]) -> list[TypedDecision]:
    """Return the rows of the decision's form, in the entries' order: as proposed, or as typed."""
    if view.proposal is None or view.call.state != "proposed":
        return []
    proposed = {line["id"]: int(line["granted_fen"]) for line in view.proposal.body["lines"]}
    rows = [one for one in view.entries if one.id in proposed and one.takes_part]
    return [
        TypedDecision(
            one, place, proposed[one.id], form.get(f"amount.{one.id}", to_decimal_string(proposed[one.id])),
            form.get(f"reason.{one.id}", ""),
        )
        for place, one in enumerate(rows, 1)
    ]  # fmt: skip


def read_decisions(view: CallView) -> list[Decision]:
    """Return the decisions that were typed; InvalidError with what is no amount."""
    faults: list[Fault] = []
    found = []
    for row in make_decisions(view, request.form):
        try:
            fen = parse_amount(row.amount)
        except AmountError as error:
            said = Sentence(f"{error.zh}。", f"Expected {error.en}.")
            faults.append(Fault(f"decisions[{row.place}].amount", said))
            continue
        found.append(Decision(row.entry.id, fen, row.reason or None))
    if faults:
        raise InvalidError(faults)
    return found
