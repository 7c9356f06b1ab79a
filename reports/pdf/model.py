"""What a document is made of: pieces in their order, and what holds for all of its pages."""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup, escape

from reports.wording import Lang, Text


class PdfUnavailable(RuntimeError):  # noqa: N818 - reads as the state that it reports
    """WeasyPrint's system libraries are missing on this machine."""

    def __init__(self) -> None:
        super().__init__(
            "PDF cannot be made here: install the Debian packages "
            "libpango-1.0-0, libpangoft2-1.0-0 and libharfbuzz-subset0.",
        )


class RenderError(RuntimeError):
    """A part of a document could not be rendered, also when it was tried again; says which and why.

    `section` names the part for readers, None where no part is to blame.
    """

    def __init__(self, message: str, first_page: int | None = None) -> None:
        super().__init__(message)
        self.section = None
        if first_page is not None:
            self.section = Text(f"第{first_page}页起的部分", f"the part from page {first_page} on")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece that is not cut: a heading, a paragraph, a figure.

    `ends_page` says that what follows opens a page of its own accord. A contents list says so: it is laid out twice,
    and what follows need not be.
    """

    html: Markup
    ends_page: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table that may be cut between rows; `opening` runs from <table> to </thead>, which repeats on each page.

    Its first ROWS_TOGETHER rows stay on one page with the heading before them, its last LAST_TOGETHER with each other,
    as far as a page holds them.
    """

    opening: Markup
    rows: tuple[Markup, ...]


Piece = Block | Table


@dataclass(frozen=True, slots=True)
class Sheet:
    """What holds for all pages: title, language, style sheet, running heads, and the data time that dates the PDF.

    `archive` makes it PDF/A-2b.
    """

    title: str
    lang: Lang
    style: str
    head_left: str
    head_right: str
    author: str
    identifier: str
    data_at: datetime
    archive: bool = False


def page_number(anchor: str) -> Markup:
    """Return a place that shows the page on which the element with that id begins, 000 where there is none.

    Give the place figures of one width (`tabular-nums`): its row must not change its height when the number comes.
    """
    return Markup('<i data-page="{}"></i>').format(escape(anchor))
