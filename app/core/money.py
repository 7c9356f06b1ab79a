"""Amounts of money: whole fen (hundredths of the currency's unit), exact, within one documented limit.

Binary floats never enter a sum: what a spreadsheet or JSON hands over as a float is read through its
shortest decimal text (9.95 is 995 fen). The limit lies below what a BIGINT column holds, with room
for sums.
"""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

from app.core.text import clean

MAX_FEN = 10**17
"""Amounts lie strictly between -MAX_FEN and MAX_FEN: less than 1,000,000,000,000,000 units."""

UNITS = {"元": 1, "千元": 1_000, "万元": 10_000, "百万元": 1_000_000, "亿元": 100_000_000}
"""The Chinese names of units that a header or a cell may carry: name -> how many 元."""

_TEXT_MAX = 60
_FLOAT_DIGITS = 15
_NUMBER = re.compile(r"(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<part>\d+))?")
_SIGNS = re.compile(r"^(?:[¥$£€]|RMB|CNY)\s*")
_UNIT_SUFFIX = re.compile(r"\s*(亿元|百万元|万元|千元|元|万|亿)$")
_MINUS = str.maketrans({"−": "-", "–": "-"})


class AmountError(ValueError):
    """Something is no amount; carries a code and one sentence in each language."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        self.code = code
        self.zh = zh
        self.en = en
        super().__init__(f"{zh} / {en}")


def parse_amount(value: str | float | Decimal, *, unit: int = 1, allow_negative: bool = False) -> int:
    """Return the amount in fen; `unit` says how many 元 (pounds, dollars) one of the value's units is.

    Accepts full-width digits, thousands separators in their places, a currency sign, 元 or 万元 behind
    the number (when `unit` does not contradict) and (500.00) for a negative amount. Raises AmountError
    for anything else: no number, NaN, Infinity, 1e3, 0x10, a negative amount without `allow_negative`,
    more than two decimals, beyond MAX_FEN.
    """
    if isinstance(value, bool):
        raise _not_an_amount()
    if isinstance(value, float):
        return _parse_float(value, unit=unit, allow_negative=allow_negative)
    number, unit = _parse_text(value, unit) if isinstance(value, str) else (Decimal(value), unit)
    if not number.is_finite():
        raise _not_an_amount()
    if number.is_signed() and not allow_negative:
        raise AmountError("negative_amount", "金额不能为负数", "an amount that is not negative")
    return _to_fen(number, unit)


def format_amount(fen: int) -> str:
    """Return the amount for readers: 31,974,750,591.36."""
    sign, whole, part = _split(fen)
    return f"{sign}{whole:,}.{part:02d}"


def to_decimal_string(fen: int) -> str:
    """Return the amount for machines (JSON, CSV): 31974750591.36, always with two decimals."""
    sign, whole, part = _split(fen)
    return f"{sign}{whole}.{part:02d}"


def format_wan(fen: int, *, decimals: int = 2) -> str:
    """Return the amount in 万元 with its label (12.50 万元), rounded once from fen: display only."""
    wan = (Decimal(fen) / 1_000_000).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return f"{wan:,f} 万元"


def _not_an_amount() -> AmountError:
    return AmountError("bad_amount", "应为金额，如 1234.56", "an amount like 1234.56")


def _split(fen: int) -> tuple[str, int, int]:
    whole, part = divmod(abs(fen), 100)
    return ("-" if fen < 0 else ""), whole, part


def _parse_float(value: float, *, unit: int, allow_negative: bool) -> int:
    """Read a spreadsheet's float by its shortest text, or by the 15 digits that the spreadsheet shows."""
    try:
        return parse_amount(Decimal(repr(value)), unit=unit, allow_negative=allow_negative)
    except AmountError as error:
        if error.code != "too_many_decimals":
            raise
    shown = Decimal(f"{value:.{_FLOAT_DIGITS}g}")
    return parse_amount(shown, unit=unit, allow_negative=allow_negative)


def _parse_text(value: str, unit: int) -> tuple[Decimal, int]:
    """Return the number written in a text and the unit that holds for it."""
    text = unicodedata.normalize("NFKC", clean(value)).translate(_MINUS)
    if len(text) > _TEXT_MAX:
        raise _not_an_amount()
    text, unit = _take_unit(text, unit)
    negative = False
    if text.startswith("(") and text.endswith(")"):
        negative, text = True, text[1:-1].strip()
    elif text[:1] in {"-", "+"}:
        negative, text = text[0] == "-", text[1:].strip()
    without_sign = _SIGNS.sub("", text)
    if without_sign != text and without_sign[:1] == "-" and not negative:
        negative, without_sign = True, without_sign[1:]
    match = _NUMBER.fullmatch(without_sign)
    if match is None or not without_sign.isascii():
        raise _not_an_amount()
    number = Decimal(f"{match['whole'].replace(',', '')}.{match['part'] or '0'}")
    return (number.copy_negate() if negative else number), unit


def _take_unit(text: str, unit: int) -> tuple[str, int]:
    """Take 元, 万元 … off the end of a text; one that contradicts the column's unit is refused."""
    match = _UNIT_SUFFIX.search(text)
    if match is None:
        return text, unit
    named = UNITS[match[1] if match[1].endswith("元") else match[1] + "元"]
    if unit not in {1, named}:
        raise AmountError("bad_amount", "单元格与列的金额单位不一致", "an amount in the unit of its column")
    return text[: match.start()], named


def _to_fen(number: Decimal, unit: int) -> int:
    """Scale a finite number to fen; exact or refused."""
    if number.adjusted() > _TEXT_MAX or len(number.as_tuple().digits) > 2 * _TEXT_MAX:
        raise _too_large()
    numerator, denominator = number.as_integer_ratio()
    fen, rest = divmod(numerator * unit * 100, denominator)
    if rest:
        raise AmountError("too_many_decimals", "金额最多两位小数", "an amount with at most two decimals")
    if abs(fen) >= MAX_FEN:
        raise _too_large()
    return fen


def _too_large() -> AmountError:
    return AmountError(
        "amount_too_large", f"金额须小于 {MAX_FEN // 100:,}", f"an amount below {MAX_FEN // 100:,} units"
    )
