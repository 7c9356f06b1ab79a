"""The mark of an issued paper in a PDF: a QR code and four small lines, black on white, at the end of the paper.

It brings its own rules of style, so that it stands in every style sheet alike; it is two lines of the grid high.
"""

from itertools import groupby

from markupsafe import Markup

from reports.pdf import Block
from reports.proof import Proof
from reports.proof_qr import QUIET, make_qr
from reports.proof_text import list_proof_lines
from reports.wording import Lang

#: The code's width with its quiet zone.
QR_MM = 18.5
_STYLE = Markup(
    "<style>.proof{display:flex;break-inside:avoid;break-before:avoid;height:20.454mm;margin:0;text-align:left;text-indent:0}"
    ".proof svg{display:block;width:18.5mm;height:18.5mm;margin-top:1mm;flex:none}"
    '.proof .of{font:7pt/3.4mm "Lianban Song","Lianban Sans";letter-spacing:0;color:#000;padding:1.9mm 0 0 1.5mm;'
    "overflow-wrap:anywhere;white-space:normal}.proof .of div{text-indent:0}</style>"
)


def write_proof(proof: Proof, lang: Lang) -> Markup:
    """Return the mark as a piece of a page, to stand in a template."""
    lines = Markup("").join(Markup("<div>{}</div>").format(line) for line in list_proof_lines(proof, lang))
    return _STYLE + Markup('<div class="proof">{}<div class="of">{}</div></div>').format(
        draw_qr(proof.address), lines
    )  # fmt: skip


def set_proof(proof: Proof | None, lang: Lang) -> list[Block]:
    """Return the mark as the last blocks of a paper; none for a working copy."""
    return [] if proof is None else [Block(write_proof(proof, lang))]


def draw_qr(address: str) -> Markup:
    """Return the code as SVG: one shape of all dark modules, a unit a module, light modules left out."""
    rows = make_qr(address)
    steps = []
    for y, row in enumerate(rows):
        x = 0
        for is_dark, run in groupby(row):
            length = len(list(run))
            if is_dark:
                steps.append(f"M{x + QUIET} {y + QUIET}h{length}v1h-{length}z")
            x += length
    size = len(rows) + 2 * QUIET
    return Markup(
        '<svg width="{mm}mm" height="{mm}mm" viewBox="0 0 {n} {n}"><rect width="{n}" height="{n}" fill="#fff"/>'
        '<path d="{path}" fill="#000"/></svg>'
    ).format(mm=QR_MM, n=size, path="".join(steps))
