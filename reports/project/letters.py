"""The acceptance certificate and the ruling on a dispute as PDF and DOCX, each from one value."""

from reports.glyphs import cover
from reports.paper.letter import build_letter_pdf
from reports.paper.letter_docx import build_letter_docx
from reports.project import acceptance_text, ruling_text
from reports.project.inputs import Acceptance, Ruling
from reports.proof import Proof
from reports.wording import Lang

__all__ = ["build_acceptance_docx", "build_acceptance_pdf", "build_ruling_docx", "build_ruling_pdf"]


def build_acceptance_pdf(paper: Acceptance, lang: Lang, proof: Proof | None = None, *, state: str = "") -> bytes:
    """Return the certificate as PDF; the same values, language, proof and state give the same bytes."""
    drawable, missing = cover(paper)
    return build_letter_pdf(acceptance_text.write_letter(drawable, lang), lang, proof, missing, state=state)


def build_acceptance_docx(paper: Acceptance, lang: Lang, proof: Proof | None = None, *, state: str = "") -> bytes:
    """Return the certificate as DOCX with the texts of the PDF."""
    return build_letter_docx(acceptance_text.write_letter(paper, lang), lang, proof, state=state)


def build_ruling_pdf(paper: Ruling, lang: Lang, proof: Proof | None = None, *, state: str = "") -> bytes:
    """Return the ruling as PDF; the same values, language, proof and state give the same bytes."""
    drawable, missing = cover(paper)
    return build_letter_pdf(ruling_text.write_letter(drawable, lang), lang, proof, missing, state=state)


def build_ruling_docx(paper: Ruling, lang: Lang, proof: Proof | None = None, *, state: str = "") -> bytes:
    """Return the ruling as DOCX with the texts of the PDF."""
    return build_letter_docx(ruling_text.write_letter(paper, lang), lang, proof, state=state)
