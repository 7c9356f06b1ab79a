"""What must hold before a step that moves money; the posting itself checks the balance once more, under its lock."""

from collections.abc import Callable

from workflows.facts import Guard
from workflows.money.facts import MoneyFacts
from workflows.words import Text


def _on_money(code: str, zh: str, en: str, holds: Callable[[MoneyFacts], bool]) -> Guard:
    return Guard(code, Text(zh, en), lambda facts: holds(facts.money), frozenset({"money"}))


year_open = _on_money(
    "fund_year_closed", "该资金本年度尚未开账或已结账。", "The fund's year is not open, or closed already.",
    lambda m: m.is_year_open,
)  # fmt: skip
has_goals = _on_money(
    "no_goals", "还没有填写绩效目标：没有目标不安排资金。", "No performance goal is stated: no goal, no money.",
    lambda m: m.goals > 0,
)  # fmt: skip
instalments_fit = _on_money(
    "instalments_do_not_fit", "各期金额之和须等于申请金额。", "The instalments must add up to the amount asked for.",
    lambda m: m.tranches_fen == m.wanted_fen,
)  # fmt: skip
within_balance = _on_money(
    "over_balance", "资金可用余额不足。", "The fund's free balance does not cover this.",
    lambda m: not m.is_short or m.control != "stop",
)  # fmt: skip
finance_decides = _on_money(
    "leaders_decide_money",
    "达到报领导小组审批的条件（金额、上次绩效评价或余额不足），请转报。",
    "The leadership group decides this (by its amount, the last evaluation, or because the balance is short);"
    " refer it upwards.",
    lambda m: not m.leaders_decide,
)  # fmt: skip
leaders_decide = _on_money(
    "finance_decides_money", "未达到报领导小组审批的条件，由财政审批。", "Finance decides this; it need not go up.",
    lambda m: m.leaders_decide,
)  # fmt: skip
needs_no_notice = _on_money(
    "notice_first", "该资金须先公示。", "The fund asks for a public notice first.", lambda m: m.notice_workdays == 0
)
needs_notice = _on_money(
    "no_notice", "该资金不要求公示。", "The fund asks for no public notice.", lambda m: m.notice_workdays > 0
)
notice_over = Guard(
    "notice_running", Text("公示期未满。", "The public notice is not over yet."),
    lambda f: f.money.notice_until_on is None or f.money.notice_until_on < f.today, frozenset({"money"}),
)  # fmt: skip
objections_answered = _on_money(
    "objection_open", "还有异议没有答复。", "An objection is not answered yet.", lambda m: m.objections_open == 0
)
objection_waits = _on_money(
    "no_objection", "没有待答复的异议。", "No objection waits for an answer.", lambda m: m.objections_open > 0
)
has_drawable = _on_money(
    "nothing_to_draw",
    "没有可以申请拨付的期次：已全部申请，或节点尚未完成。",
    "No instalment can be drawn: all are asked for, or the next one's milestone is not met.",
    lambda m: m.has_drawable,
)  # fmt: skip
no_transfer_pending = _on_money(
    "transfer_pending", "有一笔调剂待批。", "A transfer is being decided.", lambda m: not m.is_transfer_pending
)
transfer_for_finance = _on_money(
    "no_transfer_for_finance", "没有由财政审批的调剂。", "No transfer waits for finance.",
    lambda m: m.is_transfer_pending and not m.is_transfer_high,
)  # fmt: skip
transfer_for_leaders = _on_money(
    "no_transfer_for_leaders", "没有由领导小组审批的调剂。", "No transfer waits for the leadership group.",
    lambda m: m.is_transfer_pending and m.is_transfer_high,
)  # fmt: skip
transfer_waits = _on_money(
    "no_transfer", "没有待批的调剂。", "No transfer waits for a decision.", lambda m: m.is_transfer_pending
)
idle_warned = _on_money(
    "not_warned", "收回前须先预警，且预警期已满。", "Idle money is taken back only after a warning has run out.",
    lambda m: m.is_idle_warned,
)  # fmt: skip
has_left = _on_money("nothing_left", "没有未拨付的资金。", "Nothing is left undrawn.", lambda m: m.left_fen > 0)
spending_filed = _on_money(
    "nothing_filed", "没有待审核的支出或退回。", "No spending and no return waits to be checked.", lambda m: m.filed > 0
)
nothing_filed = _on_money(
    "filed_already", "还有支出或退回待审核。", "Spending or a return still waits to be checked.", lambda m: m.filed == 0
)
is_accounted = _on_money(
    "not_accounted", "已拨资金尚未全部核销或退回。", "What was paid is not all accounted for or returned.",
    lambda m: m.held_fen == 0,
)  # fmt: skip
has_held = _on_money(
    "all_accounted", "已拨资金已全部核销或退回。", "All that was paid is accounted for.", lambda m: m.held_fen > 0
)

MONEY_GUARDS = (
    year_open, has_goals, instalments_fit, within_balance, finance_decides, leaders_decide, needs_no_notice,
    needs_notice, notice_over, objections_answered, objection_waits, has_drawable, no_transfer_pending,
    transfer_for_finance, transfer_for_leaders, transfer_waits, idle_warned, has_left, spending_filed, nothing_filed,
    is_accounted, has_held,
)  # fmt: skip
