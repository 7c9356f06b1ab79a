"""版记: the end block, which stands at the core's foot on the last face of the last leaf."""

from markupsafe import Markup

from reports.paper.words import clean
from reports.pdf import Block, Piece, Sheet, count_pages
from reports.wording import clip

_RECORD_CELLS = 80
_NOTHING = Markup()


def write_record(copies: str, issuer: str, printed: str, proof: Markup = _NOTHING) -> Markup:
    """Return the end block: the line of copies where there is one, the issuing office and the day of issue.

    The mark of an issued paper stands over it.
    """
    return Markup(
        '<div class="record">{}<div class="o"></div>{}<div class="b"><span>{}</span><span>{}</span></div></div>'
    ).format(
        proof,
        Markup('<div class="t">{}</div>').format(copies) if copies else "",
        clip(clean(issuer), _RECORD_CELLS),
        printed,
    )


def place_record(sheet: Sheet, pieces: list[Piece], record: Markup) -> list[Piece]:
    """Return the end block's pieces; a page that holds nothing else, and a blank one before it, carry no number."""
    body = count_pages(sheet, pieces)
    alone = Block(Markup('<div class="quiet">{}</div>').format(record))
    if body % 2:
        return [alone]
    if count_pages(sheet, [*pieces, Block(record)]) == body:
        return [Block(record)]
    return [Block(Markup('<div class="quiet">&#8203;</div>')), alone]
