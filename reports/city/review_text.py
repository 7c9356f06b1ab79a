"""What the year's review 年度总结 says, before any layout: PDF, DOCX and XLSX are all written from it."""

from collections.abc import Callable

from reports.city.inputs import Review, YearCounts
from reports.city.review_parts import (
    write_departments,
    write_funds,
    write_meetings,
    write_projects,
    write_supervision,
    write_work,
)
from reports.paper.labels import count_en, number_heading
from reports.paper.report import Figure, Report, Section
from reports.wording import (
    Lang,
    say,
    show_change,
    show_share,
    spell_day,
    spell_instant,
)

__all__ = ["write_report"]


def write_report(paper: Review, lang: Lang) -> Report:
    """Return the review in one language."""
    zh = lang == "zh"
    city, office = say(paper.city, lang), say(paper.office, lang)
    until = spell_instant(paper.made_at, lang) if paper.is_running else spell_day(paper.as_of_on, lang)
    as_of = f"数据截至{until}" if zh else f"As of {until}"
    unfinished = ("，本年未结束" if zh else ", not over") if paper.is_running else ""
    writers = (write_projects, write_work, write_departments, write_supervision, write_meetings, write_funds)
    sections = [(heading, parts) for heading, parts in (write(paper, lang) for write in writers) if parts]
    return Report(
        title=f"{city}联合工作年度总结" if zh else f"{city} Joint Work: Review of the Year",
        subject=f"{paper.year}年" if zh else str(paper.year),
        subtitle=(f"{city}{office}" if zh else office, as_of + unfinished),
        say=_judge(paper, lang),
        figures=tuple(_list_figures(paper, lang)),
        sections=tuple(
            Section(number_heading(at, heading, lang), parts) for at, (heading, parts) in enumerate(sections, 1)
        ),
        notes=tuple(_list_notes(paper, lang)),
        author=f"{city}{office}" if zh else office,
        running=as_of + unfinished,
        identifier=paper.identifier,
        made_at=paper.made_at,
    )


def _judge(paper: Review, lang: Lang) -> str:
    """Return the sentence that judges the year."""
    own, before = paper.counts, paper.before
    done, rate = own.tasks_done + own.shares_accepted, show_share(own.on_time, own.base)
    compared = ""
    if before is not None and before.rate_pct is not None and own.rate_pct is not None:
        points = round(own.rate_pct - before.rate_pct, 1)
        if lang == "zh":
            compared = (
                "，与上年持平" if not points else f"，比上年{'提高' if points > 0 else '下降'}{abs(points)}个百分点"
            )
        else:
            compared = ", as the year before" if not points else (
                f", {abs(points)} points {'above' if points > 0 else 'below'} the year before"
            )  # fmt: skip
    if lang == "zh":
        span = "截至目前" if paper.is_running else "全年"
        return (
            f"{span}启动联合项目{own.projects_started}个、结项{own.projects_closed}个，办结任务和分工{done}项，"
            f"按期办结率{rate}{compared}；逾期未办结{own.late_open}项，签发督办单{own.red_slips}份。"
        )
    return (
        f"{count_en(own.projects_started, 'joint project')} begun, {own.projects_closed} closed; "
        f"{count_en(done, 'task or share', 'tasks and shares')} finished, {rate} of what was due in time{compared}. "
        f"Late and open: {own.late_open}; {count_en(own.red_slips, 'supervision notice')} issued."
    )


def _list_figures(paper: Review, lang: Lang) -> list[Figure]:
    zh, own, before = lang == "zh", paper.counts, paper.before

    def compare(pick: Callable[[YearCounts], int]) -> str:
        if before is None:
            return "上年无记录" if zh else "no record of the year before"
        change = show_change(pick(own) - pick(before))
        return f"比上年{change}" if zh else f"{change} on the year before"

    done = own.tasks_done + own.shares_accepted
    rate = show_share(own.on_time, own.base)
    unit = "个" if zh else ""
    return [
        Figure(str(own.projects_started), unit, "启动项目" if zh else "Projects begun",
               compare(lambda one: one.projects_started)),
        Figure(str(own.projects_closed), unit, "结项项目" if zh else "Projects closed",
               compare(lambda one: one.projects_closed)),
        Figure(f"{done:,}", "项" if zh else "", "办结任务和分工" if zh else "Tasks and shares done",
               compare(lambda one: one.tasks_done + one.shares_accepted)),
        Figure(rate.removesuffix("%"), "%" if rate.endswith("%") else "", "按期办结率" if zh else "Finished in time",
               f"按期{own.on_time}÷应办结{own.base}" if zh else f"{own.on_time} of {own.base} due"),
        Figure(f"{own.late_open:,}", "项" if zh else "", "逾期未办结" if zh else "Late and open",
               f"在办{own.open_items:,}项" if zh else f"of {own.open_items:,} open", "red" if own.late_open else ""),
    ]  # fmt: skip


def _list_notes(paper: Review, lang: Lang) -> list[str]:
    zh = lang == "zh"
    notes = [
        "涉密事项不列入统计；未明确单位的任务和分工不计入办结数、逾期数和按期办结率。" if zh
        else "Confidential items are not counted; work of no department is in no count of finished or late work."
    ]  # fmt: skip
    if paper.before is None:
        notes.append(
            f"{paper.year - 1}年系统内没有记录，不作比较。" if zh
            else f"Nothing of {paper.year - 1} is on record here; no comparison is made."
        )  # fmt: skip
    elif paper.is_running:
        notes.append(
            "本年未结束，上年为全年数。" if zh else "The year is not over; the year before is whole."
        )  # fmt: skip
    return notes
