"""How money is told on pages: amounts in 元 for papers, in 万元 for overviews, always with their unit."""

from dataclasses import dataclass

from app.pages.show import say_label
from app.pages.words import current_lang
from app.pages.words import gettext as _
from reports.wording import UNKNOWN, name_currency
from workflows.money.execution import Execution
from workflows.money.wording import ACCOUNT_LABELS, OPERATION_LABELS


def name_unit(currency: str) -> str:
    """Return the currency's name for the head of a column: 元, CNY."""
    return name_currency(currency, current_lang())


def name_wan(currency: str) -> str:
    """Return the unit of ten thousand for the head of a column: 万元."""
    return _("万%(unit)s", unit=name_unit(currency))


def name_fund(name: str, name_en: str | None) -> str:
    """Return a fund's name in the present language."""
    return name_en or name if current_lang() == "en" else name


def name_kind(kind: str) -> str:
    """Return the label of an account kind."""
    return say_label(ACCOUNT_LABELS[kind])


def name_operation(operation: str) -> str:
    """Return the label of an operation of the ledger."""
    return say_label(OPERATION_LABELS[operation])


@dataclass(frozen=True, slots=True)
class Rate:
    """An execution rate for reading: figures as texts, the light with its word, the bar in per cent."""

    rate: str
    elapsed: str
    light: str
    light_label: str
    told: str
    bar_pct: float
    plan_pct: float


def tell_rate(execution: Execution) -> Rate:
    """Return the execution rate as pages show it; undefined is a dash, never 0 %."""
    labels = {"green": _("正常"), "yellow": _("偏慢"), "red": _("滞后"), "grey": _("无预算")}
    elapsed = f"{execution.elapsed_pct:.1f}%"
    behind = execution.behind_pct
    if execution.rate_pct is None or behind is None:
        rate, told, shown = UNKNOWN, _("没有可用预算，不计算执行率。"), 0.0
    else:
        rate, shown = f"{execution.rate_pct:.1f}%", min(100.0, execution.rate_pct)
        points = f"{abs(behind):.1f}"
        told = _("落后%(points)s个百分点", points=points) if behind > 0 else _("领先%(points)s个百分点", points=points)
        told = _("与序时进度持平") if behind == 0 else told
    return Rate(rate, elapsed, execution.light, labels[execution.light], told, shown, execution.elapsed_pct)
