"""One cell into one typed value, or a CellError that says what was expected: nothing is guessed, nothing cut."""

import math
import re
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from app.core.money import AmountError, parse_amount
from app.core.text import TextTooLongError, check_length, clean, fold, unguard_formula
from app.ledger.mapping import ColumnSpec, LedgerMapping
from app.ledger.sheet import Cell

_DIGITS_MAX = 15
_LONG_NUMBER = 10**_DIGITS_MAX
_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)
_LOST = re.compile("锟斤拷|烫烫烫|屯屯屯")
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_CHINESE = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日?")
_COMPACT = re.compile(r"((?:19|20|21)\d\d)(\d\d)(\d\d)")
_TIME = re.compile(r"[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?$")
_DAY_FIRST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}")
_SERIAL = re.compile(r"\d{1,5}")
_SERIAL_MAX = 99_999
#: Longer texts are no dates; what looks for a time in them would look from each of their blanks anew.
_DATE_TEXT_MAX = 100
_INTEGER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)")
_INTEGER_MAX = 1_000_000
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,12})?)\s*(%?)")
_HUNDRED = Decimal(100)


class CellError(ValueError):
    """A cell that is not what its column expects; `value` is what stays when a mapping lowers the check."""

    def __init__(self, code: str, zh: str, en: str, value: object = None) -> None:
        self.code = code
        self.zh = zh
        self.en = en
        self.value = value
        super().__init__(f"{zh} / {en}")


@dataclass(frozen=True, slots=True)
class Context:
    """What the reading of a cell needs beside its column.

    The mapping, the workbook's epoch, the unit that the heading names, and whether texts carry the guard of
    our CSV exports.
    """

    mapping: LedgerMapping
    date1904: bool = False
    unit: int | None = None
    guarded: bool = False


def show_raw(cell: Cell) -> str:
    """Return the cell as text, as a person would see it: 1002.0 is 1002, a date is ISO."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _LONG_NUMBER else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ") if value.time() != value.min.time() else value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def convert(cell: Cell, spec: ColumnSpec, context: Context) -> object:
    """Return the cell's value of the column's kind, None when it is empty; raises CellError."""
    if cell.fault == "formula_without_value":
        raise CellError(
            cell.fault,
            "公式没有可用的值，请粘贴为数值",
            "formula without value: a plain value is expected",
        )
    text = clean(show_raw(cell), newlines=spec.field.lines)
    if not text or (spec.empty and fold(text) in spec.folded_empty):
        return None
    if cell.fault or text in _ERRORS:
        raise CellError("error_value", "单元格是错误值", "a value, not a spreadsheet's error")
    if spec.vague and not spec.split and fold(text) in spec.folded_vague:
        raise _vague(None)
    value = _CONVERTERS[spec.kind](cell, text, spec, context)
    if not text.isascii() and isinstance(value, str | tuple):
        _refuse_lost_characters(text, value)
    return value


def _refuse_lost_characters(text: str, value: object) -> None:
    """Raise for the traces of an earlier wrong conversion: what stood there cannot be told any more."""
    code = "lost_characters" if _LOST.search(text) else "replacement_character" if "\ufffd" in text else ""
    if code:
        raise CellError(
            code,
            "文字在此前的转换中已损坏，请用原始文件重新导出",
            "text that an earlier conversion has not destroyed; export the original anew",
            value,
        )


def _vague(value: object) -> CellError:
    return CellError("vague_value", "内容不明确，未采用", "something definite; this is not used", value)


def _convert_text(cell: Cell, text: str, spec: ColumnSpec, context: Context) -> str | None:
    _refuse_long_number(cell)
    if context.guarded:
        text = unguard_formula(text)
    if spec.split:
        parts = _pick(_split_parts(text, spec, context), spec)
        return _limit("、".join(parts), spec) or None
    return _limit(_translate(text, spec, context), spec)


def _convert_code(cell: Cell, text: str, spec: ColumnSpec, context: Context) -> str:
    _refuse_long_number(cell)
    if context.guarded:
        text = unguard_formula(text)
    text = clean(unicodedata.normalize("NFKC", text)) if not context.mapping.own else text
    return _limit(_translate(text, spec, context), spec)


def _convert_choice(cell: Cell, text: str, spec: ColumnSpec, context: Context) -> str:
    _refuse_long_number(cell)
    if context.guarded:
        text = unguard_formula(text)
    if not spec.values:
        return _limit(text, spec)
    value = spec.folded_values.get(fold(text))
    if value is None:
        known = "、".join(list(spec.values)[:12])
        raise CellError(f"unknown_{spec.field.name}", f"应为下列之一：{known}", f"one of: {known}")
    return value


def _convert_list(cell: Cell, text: str, spec: ColumnSpec, context: Context) -> tuple[str, ...] | None:
    _refuse_long_number(cell)
    if context.guarded:
        text = unguard_formula(text)
    parts = _pick(_split_parts(text, spec, context), spec)
    return tuple(_limit(part, spec) for part in parts) or None


def _split_parts(text: str, spec: ColumnSpec, context: Context) -> list[str]:
    """Return the parts of a cell in order, each once; a vague part is left out and reported with the others kept."""
    separators = "|".join(re.escape(separator) for separator in spec.split)
    if context.mapping.own:
        marked = re.sub(rf"\\(.)|(?:{separators})", lambda m: m[1] or "\x00", text)
        raw = marked.split("\x00")
    else:
        raw = re.split(separators, text)
    kept: dict[str, None] = {}
    vague = False
    for part in (clean(part) for part in raw):
        if not part or fold(part) in spec.folded_empty:
            continue
        if fold(part) in spec.folded_vague:
            vague = True
        else:
            kept.setdefault(_translate(part, spec, context))
    parts = sorted(kept) if spec.sort else list(kept)
    if vague:
        picked = _pick(parts, spec)
        raise _vague(tuple(picked) or None if spec.kind == "list" else "、".join(picked) or None)
    return parts


def _pick(parts: list[str], spec: ColumnSpec) -> list[str]:
    if spec.part == "first":
        return parts[:1]
    return parts[1:] if spec.part == "rest" else parts


def _translate(text: str, spec: ColumnSpec, context: Context) -> str:
    if spec.values:
        text = spec.folded_values.get(fold(text), text)
    if context.mapping.aliases and spec.field.name in {"lead", "supports"}:
        text = context.mapping.folded_aliases.get(fold(text), text)
    return text


def _limit(text: str, spec: ColumnSpec) -> str:
    try:
        return check_length(text, spec.field.limit, spec.field.headings[0])
    except TextTooLongError as error:
        raise CellError("too_long", error.zh, f"at most {error.limit} characters, not {error.length}") from error


def _refuse_long_number(cell: Cell) -> None:
    """Raise for a numeric code beyond 15 digits: the spreadsheet has lost its last ones already."""
    if isinstance(cell.value, float | int) and abs(cell.value) >= _LONG_NUMBER:
        raise CellError(
            "long_number",
            f"数字超过 {_DIGITS_MAX} 位，末位已丢失，请以文本格式填写",
            f"a text cell: a number keeps only {_DIGITS_MAX} digits",
        )


def _convert_date(cell: Cell, text: str, spec: ColumnSpec, context: Context) -> date:
    value = cell.value
    if isinstance(value, datetime):
        day: date | None = value.date()
    elif isinstance(value, date):
        day = value
    elif isinstance(value, float | int) and not isinstance(value, bool):
        day = _read_number(value, date1904=context.date1904)
    elif isinstance(value, str):
        day = _read_text_date(text, spec.formats or context.mapping.date_formats, context)
    else:
        day = None
    if day is None:
        raise _bad_date()
    earliest, latest = spec.earliest or context.mapping.earliest, context.mapping.latest
    if day < earliest:
        raise CellError("date_too_early", f"日期不得早于 {earliest}", f"a date from {earliest} on", day)
    if day > latest:
        raise CellError("date_too_late", f"日期不得晚于 {latest}", f"a date up to {latest}", day)
    return day


def _bad_date() -> CellError:
    return CellError("bad_date", "应为日期，如 2024-03-05", "a date like 2024-03-05")


def _read_number(value: float, *, date1904: bool) -> date | None:
    if not math.isfinite(value) or value < 0:
        return None
    if value <= _SERIAL_MAX:
        epoch = date(1904, 1, 1) if date1904 else date(1899, 12, 30)
        return epoch + timedelta(days=int(value))
    return _read_parts(_COMPACT.fullmatch(str(int(value)))) if value == int(value) else None


def _read_parts(match: re.Match[str] | None) -> date | None:
    if match is None:
        return None
    groups = [group for group in match.groups() if group.isdigit()]
    try:
        return date(int(groups[0]), int(groups[1]), int(groups[2]))
    except ValueError:
        return None


def _read_text_date(text: str, formats: tuple[str, ...], context: Context) -> date | None:
    if len(text) > _DATE_TEXT_MAX:
        return None
    found = _find_dates(text, formats)
    if len(found) > 1:
        raise CellError("ambiguous_date", "日期有多种读法", "a date that can be read in one way only")
    if found:
        return found[0]
    plain = unicodedata.normalize("NFKC", text)
    if _SERIAL.fullmatch(plain):
        return _read_number(int(plain), date1904=context.date1904)
    if _DAY_FIRST.fullmatch(_TIME.sub("", plain)):
        raise CellError(
            "ambiguous_date",
            "日、月次序不明，请写成 2024-03-05 或在映射中写明 date_formats",
            "a date like 2024-03-05, or its format named in the mapping (date_formats)",
        )
    return None


@lru_cache(maxsize=20_000)
def _find_dates(text: str, formats: tuple[str, ...]) -> tuple[date, ...]:
    """Return every day that the text can mean: by its own form, and by the formats that a mapping names."""
    plain = unicodedata.normalize("NFKC", text)
    found: dict[date, None] = {}
    for form in formats:
        try:
            moment = time.strptime(plain, form)
        except ValueError:
            continue
        found.setdefault(date(moment.tm_year, moment.tm_mon, moment.tm_mday))
    timeless = _TIME.sub("", plain)
    for pattern in (_YEAR_FIRST, _CHINESE, _COMPACT):
        day = _read_parts(pattern.fullmatch(timeless))
        if day is not None:
            found.setdefault(day)
    return tuple(found)


def _number_of(cell: Cell, text: str) -> str | float:
    """Return the number behind a cell, also behind one that is formatted as a date."""
    if cell.serial is not None:
        return cell.serial
    if isinstance(cell.value, bool):
        return text
    return cell.value if isinstance(cell.value, float | int) else text


def _convert_amount(cell: Cell, text: str, spec: ColumnSpec, context: Context) -> int:
    unit = spec.unit or context.unit or context.mapping.amount_unit
    value = _number_of(cell, text)
    try:
        return parse_amount(value, unit=unit, allow_negative=spec.field.negative)
    except AmountError as error:
        kept = None
        if error.code == "negative_amount":
            try:
                kept = parse_amount(value, unit=unit, allow_negative=True)
            except AmountError as worse:
                error = worse
        raise CellError(error.code, error.zh, error.en, kept) from error


def _convert_integer(cell: Cell, text: str, spec: ColumnSpec, context: Context) -> int:  # noqa: ARG001 one signature
    value = _number_of(cell, text)
    number: int | None = None
    if isinstance(value, str):
        plain = unicodedata.normalize("NFKC", value).replace("−", "-")
        number = int(plain.replace(",", "")) if _INTEGER.fullmatch(plain) and plain.isascii() else None
    elif float(value).is_integer():
        number = int(value)
    if number is None or abs(number) > _INTEGER_MAX or (number < 0 and not spec.field.negative):
        raise CellError("bad_integer", "应为整数", "a whole number")
    return number


def _convert_percent(cell: Cell, text: str, spec: ColumnSpec, context: Context) -> Decimal:  # noqa: ARG001 one signature
    value = _number_of(cell, text)
    match = _PERCENT.fullmatch(unicodedata.normalize("NFKC", value if isinstance(value, str) else repr(value)))
    if match is None or not match[1].isascii():
        raise _bad_percent()
    number = Decimal(match[1])
    if (cell.percent or spec.share) and not match[2]:
        number = (number * _HUNDRED).quantize(Decimal("0.000000001"))
    if number > _HUNDRED or number != number.quantize(Decimal("0.01")):
        raise _bad_percent()
    return number.quantize(Decimal("0.01"))


def _bad_percent() -> CellError:
    return CellError("bad_percent", "应为 0 到 100 的百分数，最多两位小数", "a percentage from 0 to 100")


_Converter = Callable[[Cell, str, ColumnSpec, Context], object]
_CONVERTERS: dict[str, _Converter] = {
    "text": _convert_text,
    "code": _convert_code,
    "date": _convert_date,
    "amount": _convert_amount,
    "integer": _convert_integer,
    "percent": _convert_percent,
    "list": _convert_list,
    "choice": _convert_choice,
}
