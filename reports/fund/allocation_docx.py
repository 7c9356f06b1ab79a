"""下达文件 as DOCX: the texts of the PDF in Word's grid of 22 × 28."""

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from reports.fund.allocation_text import (
    make_table,
    write_annex_note,
    write_annex_title,
    write_body,
    write_copies,
    write_printed,
    write_recipient,
    write_title,
)
from reports.fund.inputs import AllocationPaper
from reports.paper.grid import break_title, measure
from reports.paper.word import About, Writer, add_border, open_document, pack
from reports.paper.words import clean, join_title
from reports.proof import Proof
from reports.proof_docx import add_proof
from reports.wording import Lang, say, spell_day

__all__ = ["build_allocation_docx"]

_TITLE_CELLS = {"zh": 20, "en": 26}
_SEAL_CELLS = 4


def build_allocation_docx(paper: AllocationPaper, lang: Lang, proof: Proof | None = None, *, state: str = "") -> bytes:
    """Return the document as DOCX with the texts of the PDF; the same values and language give the same bytes."""
    title, issuer = write_title(paper, lang), say(paper.issuer, lang)
    writer = open_document(
        lang,
        About(f"{join_title(title, lang)} {clean(paper.number)}", issuer, paper.identifier, paper.made_at, state=state),
    )  # fmt: skip
    _write_head(writer, paper, title)
    writer.add(write_recipient(paper, lang))
    for paragraph in write_body(paper, lang):
        writer.write(paragraph)
    writer.add()
    writer.write(write_annex_note(lang))
    _sign(writer, paper)
    writer.add("附件" if lang == "zh" else "Annex", "hei").paragraph_format.page_break_before = True
    writer.write_titles([write_annex_title(lang)])
    writer.write_table(make_table(paper, lang))
    add_proof(writer, proof)
    writer.write_record(write_copies(paper, lang), issuer, write_printed(paper, lang))
    return pack(writer.document)


def _write_head(writer: Writer, paper: AllocationPaper, title: str) -> None:
    writer.write_mark(say(paper.mark, writer.lang))
    writer.add()
    writer.add()
    number = writer.add(clean(paper.number))
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    add_border(number, "bottom", 16, "C8102E", space=11)
    writer.add()
    writer.add()
    writer.write_titles(break_title(title, _TITLE_CELLS[writer.lang]))
    writer.add()


def _sign(writer: Writer, paper: AllocationPaper) -> None:
    name, day = clean(say(paper.issuer, writer.lang)), spell_day(paper.allocated_on, writer.lang)
    writer.add()
    writer.add()
    over = max(0.0, _SEAL_CELLS + (measure(day) - measure(name)) / 2) if writer.lang == "zh" else _SEAL_CELLS
    for text, cells in ((name, over), (day, _SEAL_CELLS)):
        block = writer.add(text)
        block.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        block.paragraph_format.right_indent = Pt(cells * writer.size)
