"""An official paper as DOCX: the texts of the PDF in Word's grid of 22 × 28."""

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from reports.paper.grid import break_title
from reports.paper.letter import (
    SEAL_CELLS,
    Letter,
    Part,
    name_annex,
    name_annexes,
    name_state,
    place_signer,
    write_number,
)
from reports.paper.word import About, Writer, add_border, open_document, pack
from reports.paper.words import Paragraph, clean, join_title
from reports.proof import Proof
from reports.proof_docx import add_proof
from reports.wording import Lang

__all__ = ["build_letter_docx"]

_TITLE_CELLS = {"zh": 20, "en": 26}
_GAP_PT = 6


def build_letter_docx(letter: Letter, lang: Lang, proof: Proof | None = None, *, state: str = "") -> bytes:
    """Return the paper as DOCX with the texts of the PDF, marked as it is; the same values give the same bytes."""
    number = write_number(proof, lang, state)
    about = About(
        f"{join_title(letter.title, lang)} {number}", letter.issuer, letter.identifier,
        letter.made_at, revision=proof.version if proof else 1, state=state or name_state(proof, lang),
    )  # fmt: skip
    writer = open_document(lang, about)
    _write_head(writer, letter, number)
    if letter.recipient:
        writer.add(letter.recipient)
    for part in letter.body:
        _write(writer, part)
    if letter.annexes:
        writer.add()
        for paragraph in name_annexes(letter, lang):
            writer.write(paragraph)
    _sign(writer, letter)
    for at, annex in enumerate(letter.annexes, 1):
        name = writer.add(name_annex(at, len(letter.annexes), lang), "hei")
        name.paragraph_format.page_break_before = True
        writer.write_titles(break_title(annex.title, _TITLE_CELLS[lang]))
        for part in annex.body:
            _write(writer, part)
    add_proof(writer, proof)
    writer.write_record(letter.copies, letter.issuer, letter.printed)
    return pack(writer.document)


def _write(writer: Writer, part: Part) -> None:
    if isinstance(part, Paragraph):
        writer.write(part)
        return
    writer.write_table(part)
    writer.add().paragraph_format.line_spacing = Pt(_GAP_PT)


def _write_head(writer: Writer, letter: Letter, number: str) -> None:
    if letter.mark:
        writer.write_mark(letter.mark)
        writer.add()
        writer.add()
        line = writer.add(number)
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        add_border(line, "bottom", 16, "C8102E", space=11)
        writer.add()
        writer.add()
    writer.write_titles(break_title(letter.title, _TITLE_CELLS[writer.lang]))
    if not letter.mark:
        writer.add(number).alignment = WD_ALIGN_PARAGRAPH.CENTER
    writer.add()


def _sign(writer: Writer, letter: Letter) -> None:
    writer.add()
    writer.add()
    for text, cells in ((clean(letter.signer), place_signer(letter, writer.lang)), (letter.day, SEAL_CELLS)):
        block = writer.add(text)
        block.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        block.paragraph_format.right_indent = Pt(cells * writer.size)
