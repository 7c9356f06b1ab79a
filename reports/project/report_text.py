"""What the report of one project 项目进展报告 says, before any layout: PDF and DOCX are both written from it."""

from collections import Counter
from collections.abc import Callable
from datetime import date

from reports.charts import draw_gantt_head
from reports.paper.labels import LIGHT_SIGNS, RUNGS, count_en, number_heading
from reports.paper.report import Figure, Grid, Line, Part, Report, Section
from reports.paper.table import Column, TableText
from reports.paper.words import clean, end_sentence
from reports.project.drawing import draw_point, draw_span, make_axis
from reports.project.inputs import ProjectReport
from reports.project.report_parts import write_changes, write_decisions, write_funds, write_stalled, write_tasks
from reports.wording import (
    UNKNOWN,
    Lang,
    Money,
    compact_money,
    name_currency,
    say,
    show_day,
    spell_day,
    spell_instant,
)

__all__ = ["list_next", "write_report"]

_GANTT_MM = 62
_NEXT_DAYS = 30
_FULL_PCT = 100


def write_report(paper: ProjectReport, lang: Lang) -> Report:
    """Return the report in one language."""
    zh = lang == "zh"
    city, office = say(paper.city, lang), say(paper.office, lang)
    lead = clean(say(paper.lead, lang))
    as_of = (
        f"数据截至{spell_instant(paper.made_at, lang)}" if zh else f"Data as of {spell_instant(paper.made_at, lang)}"
    )
    writers: tuple[Callable[[ProjectReport, Lang], tuple[str, tuple[Part, ...]]], ...] = (
        _write_time, write_tasks, write_changes, write_funds, write_decisions, write_stalled, _write_next,
    )  # fmt: skip
    written = [write(paper, lang) for write in writers]
    return Report(
        title="联合项目进展报告" if zh else "Joint Project: Progress Report",
        subject=clean(paper.title),
        subtitle=(
            *([clean(paper.number)] if paper.number else []),
            f"牵头单位：{lead}" if zh else f"Lead: {lead}", as_of,
        ),
        say=_judge(paper, lang),
        figures=tuple(_list_figures(paper, lang)),
        sections=tuple(Section(number_heading(at, head, lang), parts) for at, (head, parts) in enumerate(written, 1)),
        notes=tuple(_list_notes(paper, lang)),
        author=f"{city}{office}" if zh else office,
        running=as_of,
        identifier=paper.identifier,
        made_at=paper.made_at,
    )  # fmt: skip


def find_base(paper: ProjectReport) -> date | None:
    """Return the due date that counts: an extension never makes a project less late, an earlier date holds."""
    known = [day for day in (paper.original_due_on, paper.due_on) if day is not None]
    return min(known, default=None)


def _slip_days(paper: ProjectReport) -> int | None:
    """Return by how many calendar days the forecast (or the end) lies behind the date that counts."""
    base, end = find_base(paper), paper.closed_on or paper.forecast_on
    return None if base is None or end is None else (end - base).days


def _tell_slip(days: int | None, lang: Lang) -> str:
    if days is None:
        return UNKNOWN
    if not days:
        return "按期" if lang == "zh" else "on plan"
    if lang == "zh":
        return f"{'晚' if days > 0 else '提前'}{abs(days)}天"
    return f"{abs(days)} d {'late' if days > 0 else 'early'}"


def _judge(paper: ProjectReport, lang: Lang) -> str:
    """Return the sentence that judges the project."""
    slip = _slip_days(paper)
    rule = say(paper.light_rule, lang)
    if lang == "zh":
        text = f"项目现处{say(paper.state, 'zh')}状态" if paper.phase is None else (
            f"项目处于{clean(say(paper.phase, 'zh'))}阶段（{say(paper.state, 'zh')}）"
        )  # fmt: skip
        text += f"，{say(paper.light, 'zh')}" + (f"（{rule}）" if rule else "")
        if paper.progress_pct is not None:
            planned = "" if paper.planned_pct is None else f"，按工期应完成{paper.planned_pct}%"
            text += f"；报告进度{paper.progress_pct}%{planned}"
        if slip is not None:
            when = spell_day(paper.closed_on or paper.forecast_on, "zh")
            word = "已于" if paper.closed_on else "预计"
            text += f"；{word}{when}{'结束' if paper.closed_on else '完成'}，{_versus(slip, 'zh')}"
        if paper.late_tasks:
            text += f"。{paper.all_tasks}项任务中有{paper.late_tasks}项逾期"
        return text + "。"
    phase = "" if paper.phase is None else f", phase {clean(say(paper.phase, 'en'))}"
    text = f"State: {say(paper.state, 'en')}{phase}. Light: {say(paper.light, 'en').lower()}"
    text += f" ({rule})" if rule else ""
    if paper.progress_pct is not None:
        planned = "" if paper.planned_pct is None else f", {paper.planned_pct}% of the time has passed"
        text += f"; {paper.progress_pct}% reported done{planned}"
    if slip is not None:
        when = spell_day(paper.closed_on or paper.forecast_on, "en")
        text += f"; {'ended' if paper.closed_on else 'expected'} {when}, {_versus(slip, 'en')}"
    if paper.late_tasks:
        late, tasks = paper.late_tasks, count_en(paper.all_tasks, "task")
        text += f". {late} of {tasks} {'is' if late == 1 else 'are'} late"
    return text + "."


def _versus(days: int, lang: Lang) -> str:
    if lang == "zh":
        return "与期限一致" if not days else f"比期限{'晚' if days > 0 else '早'}{abs(days)}天"
    span = count_en(abs(days), "day")
    return "on the due date" if not days else f"{span} {'after' if days > 0 else 'before'} the due date"


def _list_figures(paper: ProjectReport, lang: Lang) -> list[Figure]:
    zh = lang == "zh"
    light = f"{LIGHT_SIGNS[paper.tone]} {say(paper.light, lang)}".strip()
    progress = UNKNOWN if paper.progress_pct is None else str(paper.progress_pct)
    planned = UNKNOWN if paper.planned_pct is None else f"{paper.planned_pct}%"
    slip = _slip_days(paper)
    end = paper.closed_on or paper.forecast_on
    shown, unit, given = _tell_paid(paper, lang)
    return [
        Figure(light, "", "信号灯" if zh else "Light", say(paper.light_rule, lang), paper.tone),
        Figure(progress, "" if paper.progress_pct is None else "%", "报告进度" if zh else "Reported done",
               f"按工期应为{planned}" if zh else f"time passed {planned}"),
        Figure(show_day(end), "", ("结束日期" if paper.closed_on else "预计完成") if zh else
               ("Ended" if paper.closed_on else "Forecast"), _tell_slip(slip, lang),
               "red" if slip is not None and slip > 0 else ""),
        Figure(f"{paper.done_tasks}/{paper.all_tasks}", "", "办结任务" if zh else "Tasks done",
               f"逾期{paper.late_tasks}项" if zh else f"{paper.late_tasks} late", "red" if paper.late_tasks else ""),
        Figure(shown, unit, "净拨付资金" if zh else "Net paid", given),
    ]  # fmt: skip


def _tell_paid(paper: ProjectReport, lang: Lang) -> tuple[str, str, str]:
    """Return the large figure of what was paid with its unit, and of how much that was granted.

    Sums never cross currencies: shown is the project's own where anything was granted in it, else the first; the
    others are named, their amounts stand in the table.
    """
    zh = lang == "zh"
    granted: Counter[str] = Counter()
    paid: Counter[str] = Counter()
    for fund in paper.funds:
        granted[fund.currency] += fund.granted_fen or 0
        paid[fund.currency] += fund.paid_fen
    names = sorted((name for name in granted if granted[name] > 0), key=lambda name: (name != paper.currency, name))
    if not names:
        if paper.funds:
            return UNKNOWN, "", "尚未核定" if zh else "nothing granted yet"
        return UNKNOWN, "", "没有资金安排" if zh else "no allocation"
    chief, *others = names
    shown, unit = compact_money(Money(paid[chief], chief), lang)
    given = " ".join(compact_money(Money(granted[chief], chief), lang))
    rest = ("、" if zh else ", ").join(name_currency(name, lang) for name in others)
    if zh:
        return shown, unit, f"核定{given.replace(' ', '')}" + (f"，另有{rest}" if rest else "")
    return shown, unit, f"of {given} granted" + (f"; more in {rest}" if rest else "")


def _write_time(paper: ProjectReport, lang: Lang) -> tuple[str, tuple[Part, ...]]:
    zh = lang == "zh"
    days = [
        paper.start_on, paper.due_on, paper.original_due_on, paper.forecast_on, paper.closed_on,
        *(day for one in paper.phases for day in (one.planned_on, one.entered_on, one.passed_on)),
        *(day for one in paper.milestones for day in (one.planned_on, one.forecast_on, one.reached_on)),
    ]  # fmt: skip
    axis = make_axis(days, paper.as_of_on, _GANTT_MM)
    rows, drawn = [], []
    whole_end = paper.closed_on or paper.forecast_on
    base = find_base(paper)
    rows.append((
        "整个项目" if zh else "Whole project", show_day(base), show_day(whole_end), _tell_slip(_slip_days(paper), lang)
    ))  # fmt: skip
    share = 1.0 if paper.closed_on else (paper.progress_pct or 0) / _FULL_PCT
    drawn.append(draw_span(axis, paper.as_of_on, paper.start_on, base, whole_end, share))
    since = paper.start_on
    for phase in paper.phases:
        name = clean(say(phase.name, lang))
        slip = (
            None if phase.passed_on is None or phase.planned_on is None else (phase.passed_on - phase.planned_on).days
        )
        state = (
            _tell_slip(slip, lang) if phase.passed_on else _tell_ahead(phase.planned_on, phase.entered_on, paper, lang)
        )
        rows.append((f"　{name}" if zh else f"  {name}", show_day(phase.planned_on), show_day(phase.passed_on), state))
        drawn.append(
            draw_span(axis, paper.as_of_on, since, phase.planned_on, phase.passed_on, 1.0 if phase.passed_on else 0.0)
        )
        since = phase.planned_on or since
    for one in paper.milestones:
        actual = one.reached_on or one.forecast_on
        slip = None if actual is None else (actual - one.planned_on).days
        state = _tell_slip(slip, lang) if slip is not None else _tell_point(one.planned_on, paper, lang)
        mark = "◆" if one.reached_on else "◇"
        rows.append((f"{mark} {clean(one.name)}", show_day(one.planned_on), show_day(actual), state))
        drawn.append(draw_point(axis, paper.as_of_on, one.planned_on, actual, is_reached=one.reached_on is not None))
    table = TableText(
        "",
        (
            Column("项目、阶段、里程碑" if zh else "Project, phase, milestone", 38),
            Column("计划" if zh else "Planned", 20),
            Column("实际或预计" if zh else "Actual or forecast", 20),
            Column("偏差" if zh else "Against plan", 18),
        ),
        tuple(rows),
    )  # fmt: skip
    note = (
        "空心框为计划，灰色为已完成，虚线为晚于计划的部分；◆已达到、◇未达到的里程碑；竖线为数据时间。"
        if zh else
        "Frame: plan; grey: done; dashes: beyond the plan; ◆ reached, ◇ ahead; upright line: the data time."
    )  # fmt: skip
    grid = Grid(table, tuple(drawn), draw_gantt_head(axis), _GANTT_MM + 4)
    parts: list[Part] = [Line(note, "note"), grid]
    if paper.last_report:
        day = spell_day(paper.last_report_on, lang)
        text = end_sentence(clean(paper.last_report), "。" if zh else ".")
        parts.append(Line(f"最近一次进展报告（{day}）：{text}" if zh else f"Last report ({day}): {text}"))
    return ("时间安排和里程碑" if zh else "Time and milestones"), tuple(parts)


def _tell_ahead(planned: date | None, entered: date | None, paper: ProjectReport, lang: Lang) -> str:
    if entered is None:
        return "未开始" if lang == "zh" else "ahead"
    if planned is not None and planned < paper.as_of_on:
        return "已过计划" if lang == "zh" else "past plan"
    return "进行中" if lang == "zh" else "under way"


def _tell_point(planned: date, paper: ProjectReport, lang: Lang) -> str:
    if planned < paper.as_of_on:
        return "未登记" if lang == "zh" else "not recorded"
    return "未到" if lang == "zh" else "ahead"


def list_next(paper: ProjectReport, lang: Lang) -> list[str]:
    """Return what comes next, in sentences: what is late, what falls due within 30 days, the next milestone, slips."""
    zh = lang == "zh"
    stop = "。" if zh else "."
    out: list[str] = []
    late = [one for one in paper.tasks if one.late_workdays]
    for one in late[:3]:
        who = clean(say(one.department, lang))
        out.append(
            f"{who}：办结已逾期{one.late_workdays}个工作日的“{clean(one.title)}”{stop}"
            if zh
            else f"{who}: finish “{clean(one.title)}”, {count_en(one.late_workdays, 'working day')} late{stop}"
        )
    soon = [
        one for one in paper.tasks
        if one.due_on is not None and not one.late_workdays and 0 <= (one.due_on - paper.as_of_on).days <= _NEXT_DAYS
    ]  # fmt: skip
    for one in soon[:5]:
        who, day = clean(say(one.department, lang)), spell_day(one.due_on, lang)
        out.append(
            f"{who}：{day}前完成“{clean(one.title)}”{stop}" if zh else f"{who}: “{clean(one.title)}” by {day}{stop}"
        )
    ahead = [one for one in paper.milestones if one.reached_on is None and one.planned_on >= paper.as_of_on]
    if ahead:
        point = min(ahead, key=lambda one: one.planned_on)
        day = spell_day(point.planned_on, lang)
        out.append(
            f"下一里程碑：{clean(point.name)}，计划{day}{stop}"
            if zh
            else f"Next milestone: {clean(point.name)}, {day}{stop}"
        )
    waiting = [one for one in paper.slips if one.is_open and one.answer_by is not None]
    for slip in waiting[:3]:
        who, day = clean(say(slip.department, lang)), spell_day(slip.answer_by, lang)
        number = clean(slip.number) or say(RUNGS[slip.level], lang)
        out.append(f"{who}：{day}前答复{number}{stop}" if zh else f"{who}: answer {number} by {day}{stop}")
    return out


def _write_next(paper: ProjectReport, lang: Lang) -> tuple[str, tuple[Part, ...]]:
    zh = lang == "zh"
    steps = list_next(paper, lang)
    if not steps:
        steps = [f"今后{_NEXT_DAYS}天没有到期的任务。" if zh else f"Nothing falls due within {_NEXT_DAYS} days."]
        return ("下一步" if zh else "Next steps"), (Line(steps[0]),)
    return ("下一步" if zh else "Next steps"), tuple(
        Line(f"{at}.{step}" if zh else f"{at}. {step}") for at, step in enumerate(steps, 1)
    )


def _list_notes(paper: ProjectReport, lang: Lang) -> list[str]:
    zh = lang == "zh"
    names = ("、" if zh else ", ").join(clean(say(name, lang)) for name in paper.supports)
    notes = [f"配合单位：{names}。" if zh else f"Supporting departments: {names}."] if names else []
    if paper.original_due_on and paper.due_on and paper.due_on != paper.original_due_on:
        old, new = spell_day(paper.original_due_on, lang), spell_day(paper.due_on, lang)
        counts = spell_day(find_base(paper), lang)
        notes.append(
            f"完成期限经批准由{old}调整为{new}；偏差按较早的{counts}计算。" if zh
            else f"The due date was moved from {old} to {new} with approval; lateness is against the earlier, {counts}."
        )  # fmt: skip
    notes.append(
        "本报告只列阅表人有权查看的事项。" if zh else "Only what the reader may read is in this report."
    )  # fmt: skip
    return notes
