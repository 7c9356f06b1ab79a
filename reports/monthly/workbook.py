"""The monthly report as XLSX: the brief on the first sheet, then a sheet a list, figures as numbers.

Amounts are exact, in units of their currency, which stands in a column beside them. Texts are written as texts with
Excel's quote mark, so that none that begins with = + - @ is ever taken for a formula.
"""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from reports.monthly.lead import write_lead
from reports.monthly.tables import DataTable, Field, Kind, Value, list_tables
from reports.paper.words import clean
from reports.progress import ProgressReport, list_all_notes
from reports.proof import Proof
from reports.proof_text import list_proof_lines
from reports.wording import (
    Lang,
    Money,
    clip,
    name_currency,
    say,
    show_money,
    spell_day,
    spell_instant,
    spell_month,
    whole_units,
)

__all__ = ["build_progress_xlsx"]

_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_CELL_MAX = 32_767
_NAME_CELLS = 60
_HUNDREDTH = Decimal(100)
_ABOUT = {"zh": "概况", "en": "Brief"}
_CURRENCY = {"zh": "币种", "en": "Currency"}


def build_progress_xlsx(report: ProgressReport, lang: Lang, proof: Proof | None = None) -> bytes:
    """Return the report as a workbook; the same values and language give the same bytes."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, _OPTIONS)
    made_at = report.data_at.astimezone(UTC).replace(tzinfo=None)
    title = write_title(report, lang)
    book.set_properties({
        "title": clip(title, _NAME_CELLS), "author": clip(clean(say(report.office, lang)), _NAME_CELLS),
        "created": made_at,
    })  # fmt: skip
    formats = _make_formats(book)
    _write_about(book.add_worksheet(_ABOUT[lang]), formats, report, lang, proof)
    for table in list_tables(report, lang):
        _write_table(book.add_worksheet(table.name), formats, table, lang)
    book.close()
    return buffer.getvalue()


def write_title(report: ProgressReport, lang: Lang) -> str:
    """Return the report's title with its city and month, on one line."""
    city, month = say(report.city, lang), spell_month(report.year, report.month, lang)
    if lang == "zh":
        return clean(f"{city}联合项目工作月报（{month}）")
    return clean(f"{city} Joint Projects: Monthly Progress Report, {month}")


def tell_dates(report: ProgressReport, lang: Lang) -> str:
    """Return of when the data are and with when they are compared."""
    as_of, at = spell_day(report.as_of_on, lang), spell_instant(report.data_at, lang)
    if lang == "zh":
        before = f"对照时点：{spell_day(report.previous_on, lang)}日终。" if report.previous_on else "没有对照时点。"
        return f"数据截至{as_of}，读取时间{at}。{before}"
    before = f"Compared with the end of {spell_day(report.previous_on, lang)}." if report.previous_on else (
        "Nothing to compare with."
    )  # fmt: skip
    return f"Data as of {as_of}, read at {at}. {before}"


def _make_formats(book: Any) -> dict[str, Any]:  # noqa: ANN401 - xlsxwriter is untyped
    text = {"num_format": "@", "text_wrap": True, "valign": "top", "quote_prefix": True}
    return {
        "title": book.add_format({**text, "bold": True, "font_size": 14, "text_wrap": False}),
        "head": book.add_format({**text, "bold": True, "bottom": 1}),
        "text": book.add_format(text),
        "number": book.add_format({"num_format": "#,##0.0#", "valign": "top"}),
        "whole": book.add_format({"num_format": "#,##0", "valign": "top"}),
        "money": book.add_format({"num_format": "#,##0.00", "valign": "top"}),
        "share": book.add_format({"num_format": "0.0%", "valign": "top"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"}),
    }


def _write_about(
    sheet: Any, formats: dict[str, Any], report: ProgressReport, lang: Lang, proof: Proof | None  # noqa: ANN401 - xlsxwriter is untyped
) -> None:  # fmt: skip
    sheet.set_column(0, 0, 110)
    lines = [say(report.office, lang), tell_dates(report, lang), write_lead(report, lang)]
    lines += [f"{say(note.term, lang)}: {say(note.text, lang)}" for note in list_all_notes(report)]
    lines += [] if proof is None else list_proof_lines(proof, lang)
    _write_text(sheet, (0, 0), write_title(report, lang), formats["title"])
    for at, text in enumerate(lines, 1):
        _write_text(sheet, (at, 0), text, formats["text"])


def _write_table(sheet: Any, formats: dict[str, Any], table: DataTable, lang: Lang) -> None:  # noqa: ANN401 - xlsxwriter is untyped
    sheet.freeze_panes(1, 0)
    heads = _spread(table.fields, lang)
    for place, field in enumerate(heads):
        sheet.set_column(place, place, field.wide)
        _write_text(sheet, (0, place), field.head, formats["head"])
    for line, row in enumerate(table.rows, 1):
        place = 0
        for field, value in zip(table.fields, row, strict=True):
            place = _write_value(sheet, (line, place), field.kind, value, formats, lang)
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(heads) - 1)


def _spread(fields: tuple[Field, ...], lang: Lang) -> list[Field]:
    """Return the columns as the sheet has them: a currency behind each amount."""
    found: list[Field] = []
    for field in fields:
        found.append(field)
        if field.kind == "money":
            found.append(Field(_CURRENCY[lang], wide=8))
    return found


def _write_value(
    sheet: Any, place: tuple[int, int], kind: Kind, value: Value, formats: dict[str, Any], lang: Lang  # noqa: ANN401 - xlsxwriter is untyped
) -> int:  # fmt: skip
    """Write one value and return the next free column; what is unknown stays empty, it is never 0."""
    line, column = place
    after = column + (2 if kind == "money" else 1)
    if value is None:
        return after
    if isinstance(value, Money) and kind == "money":
        sheet.write_number(*place, whole_units(value), formats["money"])
        _write_text(sheet, (line, column + 1), name_currency(value.currency, lang), formats["text"])
    elif isinstance(value, Money):
        _write_text(sheet, place, show_money(value, lang), formats["text"])
    elif isinstance(value, str):
        _write_text(sheet, place, value, formats["text"])
    elif isinstance(value, date):
        sheet.write_datetime(*place, datetime(value.year, value.month, value.day), formats["date"])  # noqa: DTZ001 - a day of the sheet has no zone
    elif kind == "share":
        sheet.write_number(*place, value / _HUNDREDTH, formats["share"])
    else:
        sheet.write_number(*place, value, formats["whole" if isinstance(value, int) else "number"])
    return after


def _write_text(sheet: Any, place: tuple[int, int], text: str, style: Any) -> None:  # noqa: ANN401 - xlsxwriter is untyped
    sheet.write_string(*place, clean(text)[:_CELL_MAX], style)
