"""专项资金执行情况表 as DOCX: the figures and tables of the PDF."""

from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.shared import Pt, RGBColor
from docx.text.paragraph import Paragraph as Block

from reports.fund.execution_text import (
    list_figures,
    list_notes,
    list_tables,
    tell_light,
    write_lead,
    write_title,
    write_unit,
)
from reports.fund.inputs import ExecutionPaper
from reports.paper.grid import break_title
from reports.paper.word import About, Margins, Writer, open_document, pack
from reports.paper.words import join_title
from reports.proof import Proof
from reports.proof_docx import add_proof
from reports.wording import Lang, say

__all__ = ["build_execution_docx"]

_MARGINS = Margins(top=22, right=26, bottom=20, left=28)
_TITLE_CELLS = {"zh": 20, "en": 26}
_SMALL, _TEXT = 9.0, 10.5
_COLOURS = {
    "green": RGBColor(0x1D, 0x7A, 0x4A), "yellow": RGBColor(0x9A, 0x62, 0x00), "red": RGBColor(0xC8, 0x10, 0x2E),
    "grey": RGBColor(0x55, 0x55, 0x55),
}  # fmt: skip


def build_execution_docx(paper: ExecutionPaper, lang: Lang, proof: Proof | None = None) -> bytes:
    """Return the report as DOCX with the figures of the PDF; the same values and language give the same bytes."""
    title = write_title(paper, lang)
    writer = open_document(
        lang, About(join_title(title, lang), say(paper.issuer, lang), paper.identifier, paper.made_at), _MARGINS
    )
    writer.write_titles(break_title(title, _TITLE_CELLS[lang]))
    for line in write_lead(paper, lang):
        _add(writer, line, _SMALL, align=WD_ALIGN_PARAGRAPH.CENTER)
    for at, (label, value, more) in enumerate(list_figures(paper, lang)):
        block = _add(writer, "", _TEXT)
        writer.run(block, f"{label}{'：' if lang == 'zh' else ': '}", size=_TEXT)
        writer.run(block, f"{value}  ", "hei", size=_TEXT + 2)
        if not at:
            writer.run(block, f"{tell_light(paper, lang)}  ", "hei", size=_TEXT, colour=_COLOURS[paper.light])
        writer.run(block, f"（{more}）" if lang == "zh" else f"({more})", size=_SMALL)
    tables = list_tables(paper, lang)
    for table in tables:
        heading = _add(writer, table.heading, _TEXT + 2, "hei")
        heading.paragraph_format.space_before = Pt(8)
        heading.paragraph_format.keep_with_next = True
        unit = _add(writer, write_unit(paper, lang), _SMALL, align=WD_ALIGN_PARAGRAPH.RIGHT)
        unit.paragraph_format.keep_with_next = True
        writer.write_table(table, size=_SMALL)
    for note in list_notes(paper, lang, tables):
        _add(writer, note, _SMALL).paragraph_format.space_before = Pt(4)
    add_proof(writer, proof)
    return pack(writer.document)


def _add(
    writer: Writer, text: str, size: float, face: str = "body", *, align: WD_ALIGN_PARAGRAPH | None = None
) -> Block:
    block = writer.add(text, face, size=size)
    block.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    if align is not None:
        block.alignment = align
    return block
