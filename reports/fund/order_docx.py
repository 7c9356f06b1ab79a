"""拨付单 as DOCX: the lines of the PDF in two tables."""

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt

from reports.fund.inputs import OrderPaper
from reports.fund.order_text import BOXES, NAME, SIGNED_ON, SIGNING, STATES, list_facts, write_note
from reports.paper.word import RED, About, Margins, Writer, open_document, pack, set_widths
from reports.paper.words import clean
from reports.proof import Proof
from reports.proof_docx import add_proof
from reports.wording import Lang, say, spell_day

__all__ = ["build_order_docx"]

_MARGINS = Margins(top=20, right=26, bottom=16, left=28)
_WIDTHS = (34, 122)
_SIZE = {"zh": 12.0, "en": 11.0}


def build_order_docx(paper: OrderPaper, lang: Lang, proof: Proof | None = None, *, state: str = "") -> bytes:
    """Return the order as DOCX with the texts of the PDF; the same values and language give the same bytes."""
    issuer, name, stamp = say(paper.issuer, lang), say(NAME, lang), say(STATES[paper.state], lang)
    writer = open_document(
        lang, About(f"{name} {clean(paper.number)}", issuer, paper.identifier, paper.made_at, state=state), _MARGINS
    )  # fmt: skip
    by = writer.add(issuer, size=_SIZE[lang])
    by.alignment = WD_ALIGN_PARAGRAPH.CENTER
    writer.write_titles([name])
    line = writer.add()
    writer.run(line, f"{clean(paper.number)}　", size=_SIZE[lang])
    writer.run(line, f"【{stamp}】" if lang == "zh" else f"[{stamp}]", "hei", size=_SIZE[lang], colour=RED)
    writer.run(line, f"　{spell_day(paper.made_at.date(), lang)}", size=_SIZE[lang])
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _write_facts(writer, paper)
    writer.add(say(SIGNING, lang), "hei", size=_SIZE[lang]).paragraph_format.space_before = Pt(6)
    _write_boxes(writer)
    writer.add(write_note(paper, lang), "kai", size=_SIZE[lang] - 1)
    add_proof(writer, proof)
    return pack(writer.document)


def _write_facts(writer: Writer, paper: OrderPaper) -> None:
    table = writer.document.add_table(rows=0, cols=len(_WIDTHS), style="Table Grid")
    table.autofit = False
    set_widths(table, _WIDTHS)
    for texts in list_facts(paper, writer.lang):
        row = table.add_row()
        for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            cell.width = Mm(_WIDTHS[place])
            writer.run(cell.paragraphs[0], text, "body" if place else "hei", size=_SIZE[writer.lang])


def _write_boxes(writer: Writer) -> None:
    table = writer.document.add_table(rows=2, cols=len(BOXES), style="Table Grid")
    for cell, box in zip(table.rows[0].cells, BOXES, strict=True):
        writer.run(cell.paragraphs[0], say(box, writer.lang), "hei", size=_SIZE[writer.lang] - 1)
        cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
    table.rows[1].height = Mm(26)
    for cell in table.rows[1].cells:
        writer.run(cell.paragraphs[0], "", size=_SIZE[writer.lang])
        writer.run(cell.add_paragraph(), say(SIGNED_ON, writer.lang), size=_SIZE[writer.lang] - 2)
