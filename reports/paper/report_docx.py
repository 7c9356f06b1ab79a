"""A report as DOCX: the sentence, the figures, the paragraphs and the tables of the PDF."""

from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.shared import Pt, RGBColor
from docx.text.paragraph import Paragraph as Block

from reports.paper.grid import break_title
from reports.paper.report import Grid, Line, Report
from reports.paper.word import RED, About, Margins, Writer, add_border, open_document, pack
from reports.proof import Proof
from reports.proof_docx import add_proof
from reports.wording import Lang

__all__ = ["build_report_docx"]

_MARGINS = Margins(top=24, right=20, bottom=22, left=28)
_TITLE_CELLS = {"zh": 20, "en": 30}
_SMALL, _TEXT, _SAY, _VALUE = 9.0, 10.5, 12.0, 14.0
_GREY = RGBColor(0x55, 0x55, 0x55)
_COLOURS = {
    "red": RED, "yellow": RGBColor(0x9A, 0x62, 0x00), "green": RGBColor(0x1D, 0x7A, 0x4A), "grey": _GREY, "": None,
}  # fmt: skip


def build_report_docx(report: Report, lang: Lang, proof: Proof | None = None) -> bytes:
    """Return the report as DOCX with the figures of the PDF; the same values give the same bytes."""
    whole = f"{report.title} {report.subject}".strip()
    about = About(whole, report.author, report.identifier, report.made_at, revision=proof.version if proof else 1)
    writer = open_document(lang, about, _MARGINS)
    _write_top(writer, report)
    for section in report.sections:
        _add_heading(writer, section.heading, _TEXT + 3)
        for part in section.parts:
            if isinstance(part, Line):
                _write_line(writer, part)
            elif isinstance(part, Grid):
                if part.table.heading:
                    _add_heading(writer, part.table.heading, _TEXT)
                writer.write_table(part.table, size=_SMALL)
    for note in report.notes:
        _add(writer, note, _SMALL).paragraph_format.space_before = Pt(4)
    add_proof(writer, proof)
    return pack(writer.document)


def _write_top(writer: Writer, report: Report) -> None:
    colon, gap = ("：", "　") if writer.lang == "zh" else (": ", "    ")
    for line in break_title(report.title, _TITLE_CELLS[writer.lang]):
        title = writer.add()
        writer.run(title, line, "title", size=22 if writer.lang == "zh" else 18, colour=RED)
        title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if report.subject:
        _add(writer, report.subject, _VALUE, "title", align=WD_ALIGN_PARAGRAPH.CENTER)
    under = _add(writer, gap.join(report.subtitle), _SMALL, align=WD_ALIGN_PARAGRAPH.CENTER)
    add_border(under, "bottom", 12, "C8102E", space=4)
    _add(writer, report.say, _SAY).paragraph_format.space_before = Pt(8)
    for figure in report.figures:
        block = _add(writer, "", _TEXT)
        writer.run(block, f"{figure.label}{colon}", size=_TEXT)
        writer.run(block, f"{figure.value}{figure.unit}  ", "hei", size=_TEXT + 2, colour=_COLOURS[figure.tone])
        if figure.more:
            writer.run(block, f"（{figure.more}）" if writer.lang == "zh" else f"({figure.more})", size=_SMALL)


def _write_line(writer: Writer, line: Line) -> None:
    if line.role == "sub":
        _add_heading(writer, line.text, _TEXT)
        return
    block = _add(writer, line.text, _SMALL if line.role == "note" else _TEXT)
    block.paragraph_format.space_after = Pt(3)


def _add_heading(writer: Writer, text: str, size: float) -> None:
    block = _add(writer, text, size, "hei")
    block.paragraph_format.space_before = Pt(8)
    block.paragraph_format.space_after = Pt(2)
    block.paragraph_format.keep_with_next = True


def _add(
    writer: Writer, text: str, size: float, face: str = "body", *, align: WD_ALIGN_PARAGRAPH | None = None
) -> Block:
    block = writer.add(text, face, size=size)
    block.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    if align is not None:
        block.alignment = align
    return block
