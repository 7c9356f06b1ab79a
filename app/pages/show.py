"""How values read on a page: dates, instants, money, progress; the filters of the templates.

What must not break across lines (dates, numbers of papers, counts with a unit) is wrapped in `<span class="d">`.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Protocol

from flask import Flask, flash, session
from markupsafe import Markup, escape

from app.core.money import format_amount, format_wan
from app.edge.context import current_context
from app.pages.words import current_lang
from reports.wording import MONTHS_EN, UNKNOWN, name_currency

#: Parts two facts on one line.
GAP = Markup("&emsp;")


class Bilingual(Protocol):
    """Any text that is written in both languages."""

    def in_language(self, lang: str) -> str:
        """Return the text for `lang`."""
        ...


def say(text: Bilingual | None) -> str:
    """Return a text of the rules in the present language."""
    return UNKNOWN if text is None else text.in_language(current_lang())


def say_label(text: Bilingual | None) -> str:
    """Return a text of the rules as a label of its own: in English it begins with a capital."""
    label = say(text)
    return label[:1].upper() + label[1:]


def keep_together(text: object) -> Markup:
    """Return `text`, escaped, as a piece that does not break across lines."""
    return Markup(f'<span class="d">{escape(text)}</span>')  # noqa: S704  # escaped; `Markup.format` takes ten times as long


def read_day(value: date | str | None) -> date | None:
    """Return a date, also from the ISO text that histories keep."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def show_column_day(value: date | None) -> str:
    """Return a date for a column: 2026-06-16."""
    return UNKNOWN if value is None else value.isoformat()


def spell_day(value: date | str | None) -> str:
    """Return a date for a sentence: 6月16日, 16 June; with its year when that is not the present one."""
    day = read_day(value)
    if day is None:
        return UNKNOWN
    here = day.year == current_context().today().year
    if current_lang() == "zh":
        return f"{day.month}月{day.day}日" if here else f"{day.year}年{day.month}月{day.day}日"
    text = f"{day.day} {MONTHS_EN[day.month - 1]}"
    return text if here else f"{text} {day.year}"


def show_day(value: date | str | None) -> Markup:
    """Return a date for a sentence, kept together."""
    return keep_together(spell_day(value))


def show_instant(value: datetime | None) -> Markup:
    """Return an instant in the city's zone: 6月16日 09:41."""
    if value is None:
        return escape(UNKNOWN)
    local = value.astimezone(current_context().settings.timezone)
    return keep_together(f"{spell_day(local.date())} {local:%H:%M}")


def show_instant_day(value: datetime | None) -> Markup:
    """Return the day of an instant in the city's zone, for a sentence."""
    return show_day(None if value is None else value.astimezone(current_context().settings.timezone).date())


def show_iso(value: datetime) -> str:
    """Return an instant as `<time datetime>` wants it."""
    return value.isoformat()


def show_money(fen: int | None, currency: str | None) -> Markup:
    """Return an amount with its currency: 31,974,750,591.36 元."""
    if fen is None:
        return escape(UNKNOWN)
    return keep_together(f"{format_amount(fen)} {name_currency(currency or 'CNY', current_lang())}")


def show_wan(fen: int | None) -> str:
    """Return an amount in ten thousands for a column whose head names the unit: 1,234.50; rounded once, half up."""
    return UNKNOWN if fen is None else format_wan(fen).removesuffix(" 万元")


def show_amount(fen: int | None) -> str:
    """Return an amount for a column whose head names the currency: 31,974,750,591.36."""
    return UNKNOWN if fen is None else format_amount(fen)


def join_names(names: Iterable[str]) -> str:
    """Return names as a list within a sentence."""
    return ("、" if current_lang() == "zh" else ", ").join(names)


def flash_once(text: str, tone: str = "done") -> None:
    """Tell `text` on the next page, once: a repeated request does not say again what has not been read yet."""
    if (tone, text) not in {(known[0], known[1]) for known in session.get("_flashes", ())}:
        flash(text, tone)


def place(where: str, what: str) -> str:
    """Return a department with a post or a person in it: 能源局 局长; Energy Bureau, head."""
    return f"{where} {what}" if current_lang() == "zh" else f"{where}, {what}"


FILTERS: dict[str, Any] = {
    "say": say,
    "say_label": say_label,
    "d": keep_together,
    "column_day": show_column_day,
    "day": show_day,
    "instant": show_instant,
    "instant_day": show_instant_day,
    "iso": show_iso,
    "money": show_money,
    "amount": show_amount,
    "wan": show_wan,
    "names": join_names,
    "place": place,
}


def add_filters(app: Flask) -> None:
    """Give the templates their filters."""
    app.jinja_env.filters.update(FILTERS)
