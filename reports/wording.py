"""How values read in a document, in Chinese and in English: dates, numbers, money, texts in two languages."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from markupsafe import Markup, escape

Lang = Literal["zh", "en"]
UNKNOWN = "—"
MINUS = "−"
MONTHS_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_EXPONENTS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "KWD": 3, "BHD": 3, "OMR": 3, "JOD": 3, "TND": 3}
_SCALES: dict[Lang, tuple[tuple[int, str], ...]] = {
    "zh": ((10**8, "亿"), (10**4, "万")),
    "en": ((10**9, "bn"), (10**6, "m"), (10**3, "k")),
}
_TAIL = 3
_CJK_FIRST, _CJK_LAST = "\u3400", "\u9fff"


@dataclass(frozen=True, slots=True)
class Text:
    """A text of ours in both languages."""

    zh: str
    en: str


Words = str | Text


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole minor units (fen, cents) of an ISO 4217 currency."""

    minor: int
    currency: str


def say(words: Words | None, lang: Lang) -> str:
    """Return the words in the language; data texts are the same in both, nothing is the sign for unknown."""
    if words is None:
        return UNKNOWN
    if isinstance(words, Text):
        return words.zh if lang == "zh" else words.en
    return words


def show_number(value: int | Decimal | None, *, signed: bool = False) -> str:
    """Return the number with thousands separators and a true minus; signed puts + before what grows."""
    if value is None:
        return UNKNOWN
    return f"{value:{'+' if signed else ''},}".replace("-", MINUS)


def show_change(value: int | Decimal | None) -> str:
    """Return a signed number, a plain 0 where nothing changed."""
    return "0" if value == 0 else show_number(value, signed=True)


def show_share(part: int, base: int) -> str:
    """Return part of base in per cent with one decimal, rounded half up; unknown when the base is empty."""
    if base <= 0:
        return UNKNOWN
    share = (Decimal(part) * 100 / Decimal(base)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{share}%"


def show_day(day: date | None) -> str:
    """Return the date as ISO 8601, for tables."""
    return UNKNOWN if day is None else day.isoformat()


def spell_day(day: date | None, lang: Lang) -> str:
    """Return the date as it stands in a sentence."""
    if day is None:
        return UNKNOWN
    if lang == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {MONTHS_EN[day.month - 1]} {day.year}"


def spell_month(year: int, month: int, lang: Lang) -> str:
    """Return the month as it stands in a title."""
    return f"{year}年{month}月" if lang == "zh" else f"{MONTHS_EN[month - 1]} {year}"


def spell_instant(instant: datetime, lang: Lang) -> str:
    """Return the instant with its offset from UTC, in the zone that it carries."""
    offset = instant.strftime("%z")
    zone = f"UTC{offset[:3]}:{offset[3:5]}" if offset.strip("+-0") else "UTC"
    return f"{spell_day(instant.date(), lang)} {instant:%H:%M} {zone}"


#: A currency's code has three letters; what else may stand there must fit the same columns.
_CODE_CELLS = 3


def name_currency(currency: str, lang: Lang) -> str:
    """Return the currency's usual name beside an amount: 元 in Chinese for CNY, else the code."""
    return "元" if lang == "zh" and currency == "CNY" else clip(currency, _CODE_CELLS)


def show_money(money: Money | None, lang: Lang, *, signed: bool = False) -> str:
    """Return the exact amount with its currency; nothing is rounded."""
    if money is None:
        return UNKNOWN
    amount = f"{whole_units(money):{'+' if signed else ''},}".replace("-", MINUS)
    return f"{amount} {name_currency(money.currency, lang)}"


def compact_money(money: Money | None, lang: Lang) -> tuple[str, str]:
    """Return (number, unit) rounded half up to two decimals of 万 or 亿, in English of k, m or bn."""
    if money is None:
        return UNKNOWN, ""
    units = whole_units(money)
    name = name_currency(money.currency, lang)
    for size, word in _SCALES[lang]:
        if abs(units) >= size:
            scaled = (units / size).quantize(Decimal("0.01"), ROUND_HALF_UP)
            gap = "" if lang == "zh" and name == "元" else " "
            return f"{scaled:,}".replace("-", MINUS), f"{word}{gap}{name}".strip()
    return f"{units:,}".replace("-", MINUS), name


def whole_units(money: Money) -> Decimal:
    """Return the exact amount in units of its currency: yuan, not fen."""
    return Decimal(money.minor).scaleb(-_EXPONENTS.get(money.currency, 2))


def keep_tail(text: str, cells: int) -> Markup:
    """Return the escaped text whose last three Chinese characters stay together: no line holds a lone one.

    A full stop at the end goes with them.

    A text of at most `cells` characters fits its line and stays as it is.
    """
    end = text[-_TAIL - 1 :] if text.endswith("。") else text[-_TAIL:]
    if len(text) <= max(cells, _TAIL) or not all(_CJK_FIRST <= char <= _CJK_LAST for char in end.rstrip("。")):
        return escape(text)
    return Markup('{}<span class="nb">{}</span>').format(text[: -len(end)], end)


def clip(text: str, cells: int) -> str:
    """Return the text cut to so many full-width cells, with an ellipsis where something was left out."""
    room = cells * 2
    for index, char in enumerate(text):
        room -= 2 if ord(char) > 0x2E7F else 1  # noqa: PLR2004 - where the full-width scripts begin
        if room < 0:
            return text[: max(index - 1, 0)].rstrip() + "…"
    return text
