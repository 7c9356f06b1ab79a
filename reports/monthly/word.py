"""The monthly report's brief as DOCX, to be worked into a leader's own text: figures, matters, dates, money, risks."""

from collections.abc import Callable
from decimal import Decimal

from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.shared import Pt
from docx.text.paragraph import Paragraph as Block

from reports.monthly.lead import write_lead
from reports.monthly.tables import (
    DataTable,
    Kind,
    Value,
    make_date_moves,
    make_funds,
    make_late,
    make_matters,
    make_risks,
)
from reports.monthly.workbook import tell_dates, write_title
from reports.paper.grid import break_title
from reports.paper.table import Column, TableText
from reports.paper.word import About, Margins, Writer, open_document, pack
from reports.progress import Figure, ProgressReport
from reports.proof import Proof
from reports.proof_docx import add_proof
from reports.wording import Lang, Money, Text, say, show_day, show_money, show_number

__all__ = ["build_progress_docx"]

_MARGINS = Margins(top=24, right=20, bottom=22, left=28)
_TEXT, _SMALL = 12.0, 10.0
_TITLE_CELLS = {"zh": 22, "en": 36}
_MATTERS = 5
#: Behind the matters: heading, what makes the list, the columns' widths in mm.
_LISTS: tuple[tuple[Text, Callable[[ProgressReport, Lang], DataTable], tuple[int, ...]], ...] = (
    (Text("完成日期变化", "Dates that moved"), make_date_moves, (14, 34, 22, 20, 20, 12, 12, 16, 12)),
    (Text("专项资金执行", "Special funds"), make_funds, (18, 32, 24, 24, 22, 13, 13, 8, 8)),
    (Text("逾期的议定事项", "Decisions that are late"), make_late, (66, 34, 26, 20, 16)),
    (Text("风险提示", "Points of risk"), make_risks, (32, 12, 12, 64, 42)),
)


def build_progress_docx(report: ProgressReport, lang: Lang, proof: Proof | None = None) -> bytes:
    """Return the brief as DOCX with the figures of the PDF; the same values and language give the same bytes."""
    title = write_title(report, lang)
    writer = open_document(lang, About(title, say(report.office, lang), report.issue, report.data_at), _MARGINS)
    writer.write_titles(break_title(title, _TITLE_CELLS[lang]))
    _add(writer, f"{say(report.office, lang)}　{tell_dates(report, lang)}", _SMALL, align=WD_ALIGN_PARAGRAPH.CENTER)
    _add(writer, write_lead(report, lang), _TEXT).paragraph_format.space_before = Pt(6)
    for figure in report.figures:
        if figure.headline:
            _add_figure(writer, figure, lang)
    matters = make_matters(report, lang)
    first = DataTable(matters.name, matters.fields, matters.rows[:_MATTERS])
    _write(writer, _name_matters(report, lang), first, (10, 38, 60, 32, 22))
    for title_of, make, widths in _LISTS:
        _write(writer, say(title_of, lang), make(report, lang), widths)
    if report.seal is not None:
        told = f"{say(report.seal.term, lang)}{'：' if lang == 'zh' else ': '}{say(report.seal.text, lang)}"
        _add(writer, told, _SMALL).paragraph_format.space_before = Pt(8)
    add_proof(writer, proof)
    return pack(writer.document)


def _name_matters(report: ProgressReport, lang: Lang) -> str:
    count = len(report.matters)
    if lang == "zh":
        return "提请决定的事项" if count <= _MATTERS else f"提请决定的事项（共{count}件，列示前{_MATTERS}件）"
    return "Matters to decide" if count <= _MATTERS else f"Matters to decide (the first {_MATTERS} of {count})"


def _add_figure(writer: Writer, figure: Figure, lang: Lang) -> None:
    value = show_money(figure.value, lang) if isinstance(figure.value, Money) else show_number(figure.value)
    if figure.measure == "share" and figure.value is not None:
        value += "%"
    block = _add(writer, "", _TEXT)
    writer.run(block, f"{say(figure.label, lang)}{'：' if lang == 'zh' else ': '}", size=_TEXT)
    writer.run(block, value, "hei", size=_TEXT)
    more = [] if figure.base is None else [f"{'基数' if lang == 'zh' else 'base '}{show_number(figure.base)}"]
    more += [say(figure.note, lang)] if figure.note else []
    if more:
        writer.run(block, f"（{'，'.join(more)}）" if lang == "zh" else f" ({', '.join(more)})", size=_SMALL)


def _write(writer: Writer, title: str, table: DataTable, widths: tuple[int, ...]) -> None:
    """Add a list with its heading; an empty one is left out."""
    if not table.rows:
        return
    heading = _add(writer, title, _TEXT + 2, "hei")
    heading.paragraph_format.space_before = Pt(8)
    heading.paragraph_format.keep_with_next = True
    columns = tuple(
        Column(field.head, wide, "text" if field.kind in ("text", "date") else "share")
        for field, wide in zip(table.fields, widths, strict=True)
    )
    kinds = [field.kind for field in table.fields]
    rows = tuple(
        tuple(_show(value, kind, writer.lang) for value, kind in zip(row, kinds, strict=True)) for row in table.rows
    )
    writer.write_table(TableText(table.name, columns, rows), size=9)


def _show(value: Value, kind: Kind, lang: Lang) -> str | None:
    """Return a value as it is read; None becomes the sign for what is unknown."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Money):
        return show_money(value, lang)
    if isinstance(value, int | Decimal):
        return f"{show_number(value)}{'%' if kind == 'share' else ''}"
    return show_day(value)


def _add(
    writer: Writer, text: str, size: float, face: str = "body", *, align: WD_ALIGN_PARAGRAPH | None = None
) -> Block:
    block = writer.add(text, face, size=size)
    block.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    if align is not None:
        block.alignment = align
    return block
