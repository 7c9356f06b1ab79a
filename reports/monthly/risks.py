"""Points of risk 风险提示: what the month's own figures say, each with its basis; there is no register of risks."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from reports.monthly.inputs import Risk
from reports.progress import Light, ProgressReport
from reports.wording import Text, Words, say

#: So many examples stand with a point.
EXAMPLES = 3
_SUPERVISED = 3
SPI_LOW = Decimal("0.8")


def list_risks(report: ProgressReport) -> tuple[Risk, ...]:
    """Return the points that the data bear out, in a fixed order; none where the count is 0."""
    return tuple(risk for risk in _find(report) if risk.count)


def _find(report: ProgressReport) -> Iterable[Risk]:
    running = [line for line in report.projects if line.is_open]
    red = sorted((line for line in running if line.light is Light.RED), key=lambda line: -(line.slip_days or 0))
    yield Risk(
        Text("红灯项目", "Red projects"), len(red), len(running), _name([line.title for line in red]),
        Text("灯色规则：逾期，或落后计划超过红灯界限", "rules of the lights: overdue, or far behind plan"),
    )  # fmt: skip
    slow = sorted((line for line in report.earned if line.spi is not None and line.spi < SPI_LOW), key=_spi)
    yield Risk(
        Text("进度明显慢于计划", "Much slower than planned"), len(slow), len(report.earned),
        _name([line.title for line in slow]),
        Text("挣值测算：进度绩效指数SPI低于0.80", "earned value: SPI below 0.80"),
    )  # fmt: skip
    over = [line for line in report.earned if line.eac is not None and line.eac.minor > line.budget.minor]
    yield Risk(
        Text("预计超预算", "Forecast above budget"), len(over), len(report.earned),
        _name([line.title for line in over]),
        Text("挣值测算：预计总费用EAC高于预算", "earned value: EAC above the budget"),
    )  # fmt: skip
    stuck = sorted(
        (line for line in report.stalled if line.rung >= _SUPERVISED), key=lambda line: (-line.rung, -(line.days or 0))
    )
    yield Risk(
        Text("停滞至督办单及以上", "Stalled up to supervision or higher"), len(stuck), len(report.stalled),
        _name([line.title for line in stuck]),
        Text("催办层级第3级和第4级", "rungs 3 and 4 of the ladder"),
    )  # fmt: skip
    yield from _find_money(report)
    if report.decisions is not None:
        late = report.decisions.late
        yield Risk(
            Text("议定事项逾期", "Late decisions"), report.decisions.late_total, None,
            _name([line.title for line in late]),
            Text("会议议定事项超过完成期限", "decisions of meetings past their date"),
        )  # fmt: skip
    yield Risk(
        Text("未定完成期限", "Without a due date"), report.undated or 0, report.dated_base,
        Text("无法判断是否逾期，请补定期限", "cannot be judged; give them a date"),
        Text("在办的项目、任务和配合分工", "open projects, tasks and shares"),
    )  # fmt: skip


def _find_money(report: ProgressReport) -> Iterable[Risk]:
    funds = report.funds or ()
    behind = sorted(
        (line for line in funds if line.light in ("yellow", "red")), key=lambda line: -(line.behind_pct or Decimal(0))
    )
    yield Risk(
        Text("资金执行落后序时进度", "Funds behind the calendar"), len(behind), len(funds),
        _name([line.name for line in behind]),
        Text("执行率低于序时进度10个百分点以上", "execution more than 10 points behind the calendar"),
    )  # fmt: skip


def _spi(line: object) -> Decimal:
    found = getattr(line, "spi", None)
    return found if isinstance(found, Decimal) else Decimal(0)


def _name(titles: Sequence[Words]) -> Words:
    """Return the first titles in both languages, and that there are others."""
    shown = titles[:EXAMPLES]
    more = len(titles) > EXAMPLES
    return Text(
        "、".join(say(one, "zh").rstrip("。") for one in shown) + ("等" if more else ""),
        "; ".join(say(one, "en").rstrip("。.") for one in shown) + (" and others" if more else ""),
    )
