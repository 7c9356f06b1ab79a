"""The mark of an issued paper in Word: the QR code as a picture and the lines of the PDF, in a table without rules."""

import io

from docx.enum.text import WD_LINE_SPACING
from docx.shared import Mm, Pt

from reports.paper.word import Writer, set_widths
from reports.proof import Proof
from reports.proof_qr import make_qr_png
from reports.proof_text import list_proof_lines

_WIDTHS = (21, 135)
_QR_MM = 18.5
_SIZE = 7.0


def add_proof(writer: Writer, proof: Proof | None) -> None:
    """Add the mark behind what is written so far; nothing for a working copy."""
    if proof is None:
        return
    table = writer.document.add_table(rows=1, cols=2)
    table.autofit = False
    set_widths(table, _WIDTHS)
    picture, text = table.rows[0].cells
    picture.width, text.width = Mm(_WIDTHS[0]), Mm(_WIDTHS[1])
    picture.paragraphs[0].add_run().add_picture(io.BytesIO(make_qr_png(proof.address)), width=Mm(_QR_MM))
    for at, line in enumerate(list_proof_lines(proof, writer.lang)):
        block = text.add_paragraph() if at else text.paragraphs[0]
        writer.run(block, line, size=_SIZE)
        block.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        block.paragraph_format.line_spacing = Pt(10)
    _part(writer)


def _part(writer: Writer) -> None:
    """Keep the table apart from what follows: Word joins tables that touch."""
    block = writer.add()
    block.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    block.paragraph_format.line_spacing = Pt(1)
