"""From pieces to PDF bytes: short documents in this process, long ones in parts by warm render processes."""

from reports.pdf.model import Block, PdfUnavailable, Piece, RenderError, Sheet, Table, page_number
from reports.pdf.pool import choose_workers, close_pool
from reports.pdf.render import count_pages, render_pdf, telling
from reports.pdf.units import estimate_pages

__all__ = [
    "Block", "PdfUnavailable", "Piece", "RenderError", "Sheet", "Table", "choose_workers", "close_pool", "count_pages",
    "estimate_pages", "page_number", "render_pdf", "telling",
]  # fmt: skip
