"""The year's review 年度总结 as PDF, DOCX and XLSX, all from one value."""

from reports.city.inputs import Review
from reports.city.review_text import write_report
from reports.glyphs import cover
from reports.paper.report import build_report_pdf
from reports.paper.report_docx import build_report_docx
from reports.paper.workbook import build_report_xlsx
from reports.proof import Proof
from reports.wording import Lang

__all__ = ["build_review_docx", "build_review_pdf", "build_review_xlsx"]


def build_review_pdf(paper: Review, lang: Lang, proof: Proof | None = None) -> bytes:
    """Return the review as PDF; the same values, language and proof give the same bytes."""
    drawable, missing = cover(paper)
    return build_report_pdf(write_report(drawable, lang), lang, proof, missing)


def build_review_docx(paper: Review, lang: Lang, proof: Proof | None = None) -> bytes:
    """Return the review as DOCX with the figures of the PDF."""
    return build_report_docx(write_report(paper, lang), lang, proof)


def build_review_xlsx(paper: Review, lang: Lang, proof: Proof | None = None) -> bytes:
    """Return the review as a workbook, a sheet a table."""
    return build_report_xlsx(write_report(paper, lang), lang, proof)
