"""What the papers about the city and about one item share: who may have them, of which period, whose paper it is."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from app.core.errors import Fault, ForbiddenError, InvalidError, NotFoundError, Sentence
from app.edge.context import Context, Unit
from app.edge.paperwork.kind import Ask, Draw, Ending, FindWaiting, Waiting
from app.edge.reporting import OFFICE, find_cutoff
from app.policy.people import OFFICE_READER, OVERSIGHT_READER, Actor
from app.queries.paper.work import Span, make_span
from app.queries.progress import find_first_day, find_first_day_of_data
from app.queries.slip_paper import Issuer
from app.services.long_work.kind import require_post
from reports.proof import Proof
from reports.wording import Lang, Text
from workflows.period import read_period

__all__ = [
    "draw_all",
    "find_items",
    "make_issuer",
    "read_month",
    "read_year",
    "require_item",
    "require_post",
    "require_whole",
    "whole_readers",
]

_YEAR = re.compile(r"20\d\d", re.ASCII)
_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])", re.ASCII)
_WHOLE_ONLY = Sentence(
    "全市性的通报和总结由协调办、领导小组或者审计人员生成：其他单位看到的事项不全。",
    "Papers about the whole city are made by the office, the leadership group or auditors: others see a part of it.",
)
Builder = Callable[[Any, Lang, Proof | None], bytes]


def require_whole(actor: Actor) -> None:
    """Raise ForbiddenError for whoever does not see the whole city: their figures would mislead."""
    if not {OFFICE_READER, OVERSIGHT_READER} & set(actor.readers):
        raise ForbiddenError("whole_city_only", _WHOLE_ONLY)


def whole_readers(actor: Actor) -> tuple[str, ...]:
    """Return the common key by which the person sees the city, so that everybody's paper has the same figures."""
    return tuple(key for key in (OVERSIGHT_READER, OFFICE_READER) if key in actor.readers)[:1]


def make_issuer(context: Context, unit: Unit) -> Issuer:
    """Return whose papers they are, by whose calendar."""
    settings = context.settings
    calendar = context.book.calendar(unit.connection())
    return Issuer(Text(settings.city_zh, settings.city_en), OFFICE, calendar)


def require_item(ask: Ask) -> int:
    """Return the item of which a paper tells; NotFoundError without one."""
    if ask.scope_id is None:
        raise NotFoundError
    return ask.scope_id


def read_month(context: Context, unit: Unit, ask: Ask) -> Span:
    """Return the month (YYYY-MM, by its cut-off day) up to now; InvalidError for none, one ahead, one without data."""
    period = ask.period or ""
    if not _MONTH.fullmatch(period):
        raise _refuse("请选择月份，如2026-11。", "Choose a month, such as 2026-11.")
    year, month = int(period[:4]), int(period[5:])
    cutoff = find_cutoff(context, unit, year, month)
    first_on = find_first_day(year, month, lambda of_year, of_month: find_cutoff(context, unit, of_year, of_month))
    return _make_span(context, unit, first_on, read_period(period, cutoff).ends_on)


def read_year(context: Context, unit: Unit, ask: Ask) -> Span:
    """Return the year (YYYY) up to now; InvalidError for none, one ahead, one without data."""
    if not _YEAR.fullmatch(ask.period or ""):
        raise _refuse("请选择年度，如2026。", "Choose a year, such as 2026.")
    year = int(ask.period or 0)
    return _make_span(context, unit, date(year, 1, 1), date(year, 12, 31))


def _make_span(context: Context, unit: Unit, first_on: date, last_on: date) -> Span:
    connection, today = unit.connection(), context.today()
    known_on = find_first_day_of_data(connection) or today
    if first_on > today or last_on < known_on:
        raise _refuse(
            f"没有该期间的数据；最早的数据为{known_on.isoformat()}。",
            f"There are no data of that period; the earliest are of {known_on.isoformat()}.",
        )
    return make_span(context.book.calendar(connection), first_on, last_on, context.now())


def _refuse(zh: str, en: str) -> InvalidError:
    return InvalidError([Fault("period", Sentence(zh, en))])


def find_items(listing: Callable[[Any, int], Sequence[int]]) -> FindWaiting:
    """Return the search for what waits by a list (connection, place) of the items of one kind."""

    def find(_context: Context, unit: Unit, after: int) -> list[Waiting]:
        return [(item_id, Ask(item_id)) for item_id in listing(unit.connection(), after)]

    return find


def draw_all(**builders: Builder) -> Mapping[Ending, Draw]:
    """Return the builders by ending, in their order."""
    endings: tuple[Ending, ...] = ("pdf", "docx", "xlsx")
    return {ending: builders[ending] for ending in endings if ending in builders}
