"""What a project's earned value means, in one plain sentence; and how many projects have none."""

from decimal import Decimal

from reports.monthly.inputs import EarnedLine
from reports.progress import ProgressReport
from reports.wording import Lang, Money, compact_money, show_number

#: Below this a project is told to be slower than planned; up to 1 it keeps the plan as far as it can be measured.
SPI_ON_PLAN = Decimal("0.95")
_FULL = 100


def explain_earned(line: EarnedLine, lang: Lang) -> str:
    """Return what SPI, CPI and the forecast mean, as said to somebody who never heard of them."""
    return f"{_tell_time(line, lang)}{'' if lang == 'zh' else ' '}{_tell_cost(line, lang)}"


def _tell_time(line: EarnedLine, lang: Lang) -> str:
    planned, done = show_number(line.planned_pct), show_number(line.done_pct)
    if line.spi is None:
        return "按计划尚未开工。" if lang == "zh" else "By plan nothing is due yet."
    if lang == "zh":
        told = f"按计划应完成{planned}%，实际完成{done}%，"
        if line.spi < SPI_ON_PLAN:
            return f"{told}只做到计划的{_share(line.spi)}。"
        return told + ("快于计划。" if line.spi > 1 else "基本按计划。")
    told = f"{planned}% should be done, {done}% is: "
    if line.spi < SPI_ON_PLAN:
        return f"{told}only {_share(line.spi)} of what was planned."
    return told + ("ahead of plan." if line.spi > 1 else "about on plan.")


def _tell_cost(line: EarnedLine, lang: Lang) -> str:
    paid, earned = _amount(line.paid, lang), _amount(line.earned, lang)
    if line.cpi is None:
        return "尚无付款或进度，费用不作预测。" if lang == "zh" else "Nothing is paid or done yet: no forecast of cost."
    if line.eac is None:
        if lang == "zh":
            return f"已付{paid}，明显少于已完成工作量{earned}，多为尚未结算，不据此预测总费用。"
        return f"{paid} paid for work worth {earned}: bills are still to come, so cost is not forecast."
    total, beyond = _amount(line.eac, lang), line.eac.minor - line.budget.minor
    gap = _amount(Money(abs(beyond), line.budget.currency), lang)
    if lang == "zh":
        told = f"按现有进度和付款，预计总费用{total}，"
        return f"{told}超预算{gap}。" if beyond > 0 else told + (f"比预算少{gap}。" if beyond else "与预算持平。")
    told = f"At this pace the whole will cost {total}, "
    return f"{told}{gap} above budget." if beyond > 0 else told + (f"{gap} below budget." if beyond else "as budgeted.")


def tell_missing(report: ProgressReport, lang: Lang) -> str:
    """Return how many open projects have earned value and how many have none, for want of data or as suspended."""
    total, known = report.lights.total, len(report.earned)
    lacking = total - known
    if lang == "zh":
        return (
            f"{show_number(total)}个在办项目中，{show_number(known)}个有预算、起止日期、完成比例和付款记录，可以测算；"
            f"{show_number(lacking)}个缺其中一项以上或者暂缓，不测算。"
        )
    return (
        f"Of {show_number(total)} open projects, {show_number(known)} have a budget, both dates, a share done and"
        f" payments on record; {show_number(lacking)} lack one of these or are suspended and are not measured."
    )


def _share(index: Decimal) -> str:
    return f"{show_number(round(index * _FULL))}%"


def _amount(money: Money, lang: Lang) -> str:
    number, unit = compact_money(money, lang)
    return f"{number}{unit}" if lang == "zh" else f"{number} {unit}"
