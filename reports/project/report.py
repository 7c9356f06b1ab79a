"""The report of one project 项目进展报告 as PDF and DOCX, both from one value."""

from reports.glyphs import cover
from reports.paper.report import build_report_pdf
from reports.paper.report_docx import build_report_docx
from reports.project.inputs import ProjectReport
from reports.project.report_text import write_report
from reports.proof import Proof
from reports.wording import Lang

__all__ = ["build_project_docx", "build_project_pdf"]


def build_project_pdf(paper: ProjectReport, lang: Lang, proof: Proof | None = None) -> bytes:
    """Return the report as PDF; the same values, language and proof give the same bytes."""
    drawable, missing = cover(paper)
    return build_report_pdf(write_report(drawable, lang), lang, proof, missing)


def build_project_docx(paper: ProjectReport, lang: Lang, proof: Proof | None = None) -> bytes:
    """Return the report as DOCX with the figures of the PDF."""
    return build_report_docx(write_report(paper, lang), lang, proof)
