"""The sentences with which the monthly report begins: how things stand, in the words of PDF and Word alike."""

from reports.monthly.inputs import FundLine
from reports.progress import Light, ProgressReport
from reports.progress_words import LIGHTS_LONG
from reports.wording import Lang, say, show_number, spell_day

TOP_RUNG = 4


def write_lead(report: ProgressReport, lang: Lang) -> str:
    """Return the opening sentences: projects by light, the change of red, stalled items, money, decisions."""
    parts = [
        _tell_running(report, lang), _tell_projects(report, lang), _tell_stalled(report, lang),
        _tell_funds(report.funds or (), lang), _tell_decisions(report, lang),
    ]  # fmt: skip
    return ("" if lang == "zh" else " ").join(part for part in parts if part)


def _tell_running(report: ProgressReport, lang: Lang) -> str:
    if not report.is_running:
        return ""
    return (
        "本月尚未结束，以下为截至上述时点的情况。"
        if lang == "zh"
        else "The month is not over; this is how things stand at that time."
    )


def _tell_projects(report: ProgressReport, lang: Lang) -> str:
    if not report.projects:
        return "本期没有登记的联合项目。" if lang == "zh" else "No joint project is registered this month."
    lights, sentences = report.lights, []
    shown = [(light, lights.of(light)) for light in Light if lights.of(light)]
    if shown and lang == "zh":
        told = "，".join(f"{LIGHTS_LONG[light].zh}{show_number(count)}个" for light, count in shown)
        sentences.append(f"{show_number(lights.total)}个在办联合项目中，{told}。")
    elif shown:
        told = ", ".join(
            f"{show_number(count)} {'is' if count == 1 else 'are'} {LIGHTS_LONG[light].en}" for light, count in shown
        )
        word = "project" if lights.total == 1 else "projects"
        sentences.append(f"Of {show_number(lights.total)} open joint {word}, {told}.")
    if shown:
        sentences.append(_tell_red(report, lang))
    ended = len(report.projects) - lights.total
    if ended:
        sentences.append(
            f"本月办结{show_number(ended)}个。"
            if lang == "zh"
            else f"{show_number(ended)} {'was' if ended == 1 else 'were'} closed this month."
        )
    return ("" if lang == "zh" else " ").join(filter(None, sentences))


def _tell_red(report: ProgressReport, lang: Lang) -> str:
    if report.lights_before is None or report.previous_on is None:
        return ""
    change, day = report.lights.red - report.lights_before.red, spell_day(report.previous_on, lang)
    number = show_number(abs(change))
    if lang == "zh":
        return f"红灯数与{day}持平。" if not change else f"红灯比{day}{'增加' if change > 0 else '减少'}{number}个。"
    return f"Red is unchanged since {day}." if not change else (
        f"Red is {'up' if change > 0 else 'down'} by {number} since {day}."
    )  # fmt: skip


def _tell_stalled(report: ProgressReport, lang: Lang) -> str:
    stuck = len(report.stalled)
    top = sum(1 for line in report.stalled if line.rung == TOP_RUNG)
    if not stuck:
        return "没有停滞事项。" if lang == "zh" else "No item is stalled."
    number = show_number(stuck)
    if lang == "zh":
        return f"停滞事项{number}件" + (f"，其中{show_number(top)}件已升至提交会议层级。" if top else "。")
    told = f"{number} {'item is' if stuck == 1 else 'items are'} stalled"
    return told + (f"; {show_number(top)} of them {'goes' if top == 1 else 'go'} to the meeting." if top else ".")


def _tell_funds(funds: tuple[FundLine, ...], lang: Lang) -> str:
    """Return the fund that is farthest behind the calendar, where one is yellow or red."""
    late = [line for line in funds if line.light in ("yellow", "red") and line.behind_pct is not None]
    if not late:
        return ""
    worst = max(late, key=lambda line: (line.behind_pct or 0, line.code))
    name, behind = say(worst.name, lang), show_number(worst.behind_pct)
    if lang == "zh":
        return f"{name}执行率{show_number(worst.rate_pct)}%，落后序时进度{behind}个百分点。"
    return f"{name} is {show_number(worst.rate_pct)}% executed, {behind} points behind the calendar."


def _tell_decisions(report: ProgressReport, lang: Lang) -> str:
    found = report.decisions
    if found is None or not found.late_total:
        return ""
    number = show_number(found.late_total)
    if lang == "zh":
        return f"会议议定事项逾期{number}项。"
    return f"{number} {'decision of a meeting is' if found.late_total == 1 else 'decisions of meetings are'} late."
