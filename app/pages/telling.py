"""Sentences that a page makes of facts: how late something is, why a light shows, what happened."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup, escape

from app.pages.show import GAP, join_names, keep_together, say, say_label, show_day, show_instant_day
from app.pages.words import gettext as _
from app.pages.words import ngettext
from app.queries.report_owed import ItemReports
from workflows.calendar import Calendar
from workflows.light import COLOUR_LABELS, RULE_LABELS
from workflows.machine import LEVEL_LABELS
from workflows.period import RHYTHM_LABELS, Rhythm, name_period

SOON_WORKDAYS = 3
#: Farther away a due date speaks for itself.
FAR_WORKDAYS = 10


@dataclass(frozen=True, slots=True)
class Telling:
    """A sentence and how loud it is: "" plain, "yellow" close, "red" late."""

    text: Markup
    tone: str = ""


def tell_due(due_on: date | None, today: date, calendar: Calendar, *, is_open: bool) -> Telling:
    """Return how a due date stands: 逾期2个工作日, 还剩2个工作日; empty when there is nothing to say.

    A count that rests on a year without a published calendar says so.
    """
    if due_on is None or not is_open:
        return Telling(Markup())
    if due_on < today:
        count = calendar.workdays_between(due_on, today)
        return Telling(_together(ngettext("逾期%(num)s个工作日", "逾期%(num)s个工作日", count)), "red")
    if due_on == today:
        return Telling(_together(_("今天到期")), "red")
    count = calendar.workdays_between(today, due_on)
    if count > FAR_WORKDAYS:
        return Telling(Markup())
    text = _together(ngettext("还剩%(num)s个工作日", "还剩%(num)s个工作日", count))
    if calendar.rests_on_provisional(today, due_on):
        text = escape(_("%(day)s（暂定）")) % {"day": text}
    return Telling(text, "yellow" if count <= SOON_WORKDAYS else "")


def tell_limit(due_on: date | None, telling: Telling) -> Markup:
    """Return a due date with how it stands, as a sentence of a page's head."""
    if due_on is None:
        return escape(_("未定期限"))
    day = escape(_("期限%(day)s")) % {"day": show_day(due_on)}
    return escape(_("%(limit)s，%(how)s")) % {"limit": day, "how": telling.text} if telling.text else day


def name_rise(level: int) -> str:
    """Return what reaching a level means, behind a condition: a paper is sent, or it goes to the meeting."""
    label = say(LEVEL_LABELS[level])
    return label if level == max(LEVEL_LABELS) else _("发%(paper)s", paper=label)


def name_light(colour: str, rule: str) -> str:
    """Return the light's word; a suspended or closed item says that instead of "not rated"."""
    if rule in {"suspended", "closed"}:
        return say_label(RULE_LABELS[rule])
    return say_label(COLOUR_LABELS[colour])


def tell_rule(rule: str, facts: Mapping[str, Any] | None) -> Markup:
    """Return the rule that fired in few words, with its value: 落后计划34点."""
    known = facts or {}
    match rule:
        case "behind_plan" if "points" in known:
            return _together(_("落后计划%(points)s点", points=known["points"]))
        case "forecast_late" if "days" in known:
            days = int(known["days"])
            return _together(ngettext("预计晚%(num)s天", "预计晚%(num)s天", days))
        case "suspended" | "closed":
            return Markup()
        case _:
            label = RULE_LABELS.get(rule)
            return escape(say_label(label) if label else rule)


def tell_rule_values(rule: str, facts: Mapping[str, Any] | None) -> Markup:
    """Return both values that the light's rule compared, as a sentence; empty when it compared nothing."""
    known = facts or {}
    if {"plan_pct", "progress_pct"} <= known.keys():
        return escape(_("进度%(actual)s%%，计划%(plan)s%%", actual=known["progress_pct"], plan=known["plan_pct"]))
    if "forecast_on" in known:
        return escape(_("预计%(day)s完成")) % {"day": show_day(known["forecast_on"])}
    if "due_on" in known and rule != "on_time":
        return escape(_("期限%(day)s")) % {"day": show_day(known["due_on"])}
    return Markup()


def _together(text: str) -> Markup:
    return keep_together(text)


def tell_reports(reports: ItemReports | None) -> Iterator[tuple[str, Markup]]:
    """Yield label and value of how an item reports: its rhythm, the running period's end, what is owed."""
    if reports is None:
        return
    parts = [escape(say_label(RHYTHM_LABELS[Rhythm(reports.rhythm)]))]
    if reports.ends_on is not None:
        parts.append(escape(_("本期截至%(day)s")) % {"day": show_day(reports.ends_on)})
    if reports.reported_at is not None:
        parts.append(escape(_("%(day)s已报")) % {"day": show_instant_day(reports.reported_at)})
    yield _("报告周期"), GAP.join(parts)
    if reports.owed:
        names = join_names(say(name_period(period)) for period, _due_on in reports.owed)
        yield _("欠报"), Markup('<span class="b">{}</span>').format(names)
