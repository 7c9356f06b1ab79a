"""The contents list of a long report: its chapters with their pages, each line a link.

The chapters are the headings (<h2>) of the pieces themselves, so that the list can never differ from the text.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup

from reports.pdf import Block, Piece, estimate_pages, page_number
from reports.wording import Lang

#: A report of fewer pages (about) is leafed through faster than looked up.
LONG_PAGES = 12
_HEADING = re.compile(r"<h2(?P<attributes>[^>]*)>(?P<title>.*?)</h2>", re.DOTALL)
_FIRST = ' class="first"'  # opens a page


def add_contents(pieces: Sequence[Piece], lang: Lang) -> list[Piece]:
    """Return the pieces with the contents list before them where they are long; else as they are.

    The first chapter opens a page; each chapter's heading gets the anchor to which its line leads.
    """
    if estimate_pages(pieces) < LONG_PAGES:
        return list(pieces)
    marked: list[Piece] = []
    lines: list[Markup] = []
    for piece in pieces:
        found = _HEADING.search(piece.html) if isinstance(piece, Block) else None
        if found is None or not isinstance(piece, Block):
            marked.append(piece)
            continue
        anchor = f"chapter-{len(lines) + 1}"
        attributes = found["attributes"] if lines or _FIRST in found["attributes"] else found["attributes"] + _FIRST
        opening = f'<h2 id="{anchor}"{attributes}>'
        html = piece.html[: found.start()] + Markup(opening) + piece.html[found.start("title") :]  # noqa: S704 - ours
        marked.append(replace(piece, html=html))
        title = Markup(found["title"])  # noqa: S704 - escaped by the template
        lines.append(Markup('<a href="#{}"><span>{}</span><b>{}</b></a>').format(anchor, title, page_number(anchor)))
    listed = Markup('<div class="contents"><h2>{}</h2>{}</div>').format(
        "目录" if lang == "zh" else "Contents", Markup().join(lines)
    )
    return [Block(listed, ends_page=True), *marked]
