"""How the monthly report's values stand in its templates: the words and forms of one language."""

import functools
from datetime import date
from decimal import Decimal

import jinja2
from markupsafe import Markup, escape

from reports import charts
from reports.monthly.earned import explain_earned
from reports.monthly.inputs import FundLine
from reports.paper.table import round_wan
from reports.progress import Figure, Light, Money, ProjectLine
from reports.progress_words import BASES, CAUSES, LIGHTS, LIGHTS_LONG, RUNGS
from reports.wording import (
    MINUS,
    UNKNOWN,
    Lang,
    Text,
    Words,
    clip,
    compact_money,
    keep_tail,
    say,
    show_change,
    show_day,
    show_money,
    show_number,
    show_share,
    spell_day,
    spell_instant,
)

BULLET_WIDTH = 27.0
UNIT_CELLS = 4


@functools.cache
def load_templates(lang: Lang) -> jinja2.Environment:
    """Return the templates with the words and the forms of one language; compiled once a process."""
    env = jinja2.Environment(
        loader=jinja2.PackageLoader("reports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def translate(zh: object, en: object) -> object:
        return zh if lang == "zh" else en

    def words(value: Words | None, cells: int = 8) -> Markup:
        text = say(value, lang)
        return keep_tail(text, cells) if lang == "zh" else escape(text)

    env.globals.update(
        t=translate,
        w=words,
        zh=lang == "zh",
        charts=charts,
        newline="\n",
        project_head=translate("项目、编号、牵头单位", "Project, number, lead"),
        sign=lambda light: charts.sign_light(light.value, say(LIGHTS[light], lang)) if light else UNKNOWN,
        shape=lambda light: charts.mark_light(light.value),
        light_words=[(light, LIGHTS_LONG[light]) for light in Light],
        cause=lambda cause: say(CAUSES[cause], lang),
        rung=lambda rung: say(RUNGS[rung], lang),
        rungs=RUNGS,
        basis=lambda basis: say(BASES[basis], lang),
        number=show_number,
        change=show_change,
        share=show_share,
        day=show_day,
        long_day=functools.partial(spell_day, lang=lang),
        instant=functools.partial(spell_instant, lang=lang),
        money=functools.partial(show_money, lang=lang),
        compact=functools.partial(compact_money, lang=lang),
        figure_value=functools.partial(_show_value, lang=lang),
        figure_change=functools.partial(_show_figure_change, lang=lang),
        money_change=functools.partial(_show_money_change, lang=lang),
        percent=_show_percent,
        plan=_draw_plan,
        plan_head=Markup("{}").format(
            translate("起始 / 计划完成 / 预测完成", "Start / planned finish / forecast finish")
        ),
        figure_cells=functools.partial(_write_figure_cells, lang=lang),
        is_money=lambda value: isinstance(value, Money),
        unit=lambda words: clip(say(words, lang), UNIT_CELLS),
        clip=lambda words: clip(say(words, lang), 11 if lang == "zh" else 13),
        wan=functools.partial(_show_wan, lang=lang),
        bullet=_draw_bullet,
        explain=functools.partial(explain_earned, lang=lang),
        workdays=functools.partial(_show_workdays, lang=lang),
        days_late=functools.partial(_show_slip, lang=lang),
        days_moved=functools.partial(_show_move, lang=lang),
    )
    return env


def _write_figure_cells(figure: Figure, lang: Lang) -> Markup:
    """Return value with unit, base and change as three right-aligned cells."""
    value = _show_value(figure.value, lang)
    unit = "%" if figure.measure == "share" else clip(say(figure.unit, lang), UNIT_CELLS)
    if figure.value is not None and unit and not isinstance(figure.value, Money):
        value = f"{value}{'' if lang == 'zh' or unit == '%' else ' '}{unit}"
    change = _show_figure_change(figure.change, lang)
    return Markup('<td class="n">{}</td><td class="n">{}</td><td class="n">{}</td>').format(
        value, show_number(figure.base), change
    )


def _draw_plan(axis: charts.Axis, today: date, line: ProjectLine) -> Markup:
    days = (line.start_on, line.planned_finish_on, line.forecast_finish_on)
    marks = tuple((mark.on, mark.is_reached) for mark in line.marks)
    return charts.draw_plan(axis, today, charts.Plan(*days, line.done_pct, line.light.value, marks))


def _draw_bullet(line: FundLine) -> Markup:
    whole = line.budget.minor
    allocated = Decimal(line.allocated.minor) * 100 / whole if whole > 0 else None
    return charts.draw_bullet((allocated, line.rate_pct), line.elapsed_pct, BULLET_WIDTH)


def _show_wan(money: Money | None, lang: Lang) -> str:
    """Return an amount in ten thousands of yuan where Chinese has them, else in the language's short form."""
    if money is None:
        return UNKNOWN
    if lang == "zh" and money.currency == "CNY":
        return f"{round_wan(money.minor):,}".replace("-", MINUS)
    return " ".join(compact_money(money, lang)).strip()


def _show_workdays(days: int | None, lang: Lang) -> str:
    if days is None:
        return ""
    number = show_number(abs(days))
    return f"{number}个工作日" if lang == "zh" else f"{number} working {'day' if abs(days) == 1 else 'days'}"


def _show_value(value: int | Decimal | Money | None, lang: Lang) -> str:
    return show_money(value, lang) if isinstance(value, Money) else show_number(value)


def _show_figure_change(value: int | Decimal | Money | None, lang: Lang) -> str:
    if isinstance(value, Money):
        return show_money(value, lang, signed=value.minor != 0)
    return show_change(value)


def _show_money_change(before: Money | None, now: Money | None, lang: Lang) -> str:
    """Return the difference, or the sign for unknown where one is missing or the currencies differ."""
    if before is None or now is None or before.currency != now.currency:
        return UNKNOWN
    difference = now.minor - before.minor
    return show_money(Money(difference, now.currency), lang, signed=difference != 0)


def _show_percent(value: int | Decimal | None) -> str:
    return UNKNOWN if value is None else f"{show_number(value)}%"


def _show_slip(days: int | None, lang: Lang) -> str:
    """Return calendar days against the plan in words, without a sign: 滞后12天, 提前3天."""
    return _tell_days(days, Text("滞后", "late"), lang)


def _show_move(days: int | None, lang: Lang) -> str:
    """Return by how many calendar days a forecast moved, in words: 推迟12天, 提前3天."""
    return _tell_days(days, Text("推迟", "later"), lang)


def _tell_days(days: int | None, after: Text, lang: Lang) -> str:
    if days is None:
        return UNKNOWN
    number = show_number(abs(days))
    if days == 0:
        return "0天" if lang == "zh" else "0 d"
    if lang == "zh":
        return f"{after.zh if days > 0 else '提前'}{number}天"
    return f"{number} d {after.en if days > 0 else 'early' if after.en == 'late' else 'earlier'}"
