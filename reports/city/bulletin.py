"""The department bulletin 通报 as PDF, DOCX and XLSX, all from one value."""

from reports.city.bulletin_tables import list_tables
from reports.city.bulletin_text import write_letter
from reports.city.inputs import Bulletin
from reports.glyphs import cover
from reports.paper.letter import build_letter_pdf
from reports.paper.letter_docx import build_letter_docx
from reports.paper.words import Paragraph, join_title
from reports.paper.workbook import Book, build_workbook
from reports.proof import Proof
from reports.wording import Lang

__all__ = ["build_bulletin_docx", "build_bulletin_pdf", "build_bulletin_xlsx"]


def build_bulletin_pdf(paper: Bulletin, lang: Lang, proof: Proof | None = None) -> bytes:
    """Return the bulletin as PDF; the same values, language and proof give the same bytes."""
    drawable, missing = cover(paper)
    return build_letter_pdf(write_letter(drawable, lang), lang, proof, missing)


def build_bulletin_docx(paper: Bulletin, lang: Lang, proof: Proof | None = None) -> bytes:
    """Return the bulletin as DOCX with the texts of the PDF."""
    return build_letter_docx(write_letter(paper, lang), lang, proof)


def build_bulletin_xlsx(paper: Bulletin, lang: Lang, proof: Proof | None = None) -> bytes:
    """Return the bulletin's text on one sheet and each of its tables on its own."""
    letter, tables = write_letter(paper, lang), tuple(list_tables(paper, lang))
    about = tuple((part.label + part.text,) for part in letter.body if isinstance(part, Paragraph))
    book = Book(
        join_title(letter.title, lang), letter.issuer, letter.made_at, about, tables,
        tuple(table.heading for table in tables),
    )  # fmt: skip
    return build_workbook(book, lang, proof)
