"""From laid-out pieces to PDF bytes; the only module that knows WeasyPrint.

A long document is laid out in sections of about a dozen pages, so that time a page stays flat and memory bounded. A
section's last page is given up and its first row opens the next section: the pages fall as if all were one flow,
table heads repeat, and numbers and sides go on. Nothing is fetched but `data:` and the shipped fonts; nothing is
taken from the clock, so the same pieces give the same bytes in any process and zone.
"""

import functools
import gc
import hashlib
import importlib.resources
import io
import threading
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pikepdf
from markupsafe import Markup, escape

from reports.glyphs import FONT_FILES, read_font
from reports.wording import Lang

try:
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcherResponse
except OSError:  # Pango or HarfBuzz is not on this machine; the rest of the product must still start
    weasyprint = None

FONT_SCHEME = "lianban-font:"
SECTION_PAGES = 12
FIRST_GUESS = 400
ROWS_TOGETHER = 5
_lock = threading.Lock()


class PdfUnavailable(RuntimeError):  # noqa: N818 - reads as the state that it reports
    """WeasyPrint's system libraries are missing on this machine."""

    def __init__(self) -> None:
        super().__init__(
            "PDF cannot be made here: install the Debian packages "
            "libpango-1.0-0, libpangoft2-1.0-0 and libharfbuzz-subset0.",
        )


@dataclass(frozen=True, slots=True)
class Block:
    """A piece that is not cut: a heading, a paragraph, a figure."""

    html: Markup


@dataclass(frozen=True, slots=True)
class Table:
    """A table that may be cut between rows; `opening` runs from <table> to </thead>, which repeats on each page.

    Its first ROWS_TOGETHER rows stay on one page with the heading before them, as far as a page holds them.
    """

    opening: Markup
    rows: tuple[Markup, ...]


Piece = Block | Table


@dataclass(frozen=True, slots=True)
class Sheet:
    """What holds for all pages: title, language, style sheet, running heads, and the data time that dates the PDF."""

    title: str
    lang: Lang
    style: str
    head_left: str
    head_right: str
    author: str
    identifier: str
    data_at: datetime


@dataclass(frozen=True, slots=True)
class _Unit:
    html: Markup
    table: Table | None
    keep: bool = False  # no page break behind it


@dataclass(frozen=True, slots=True)
class _Section:
    pdf: bytes
    pages: int
    bookmarks: list[tuple[str, int]]
    after: int


def render_pdf(sheet: Sheet, pieces: Sequence[Piece], *, section_pages: int = SECTION_PAGES) -> bytes:
    """Return the PDF of the pieces in their order; raises PdfUnavailable without the system libraries."""
    units = _flatten(pieces)
    parts: list[bytes] = []
    outline: list[tuple[str, int]] = []
    cursor = pages_done = 0
    size = min(FIRST_GUESS, section_pages * 16)
    with _lock, _collector_off():
        while cursor < len(units) or not parts:
            section = _render_section(sheet, units, cursor, size, pages_done + 1)
            parts.append(section.pdf)
            outline += [(label, pages_done + at) for label, at in section.bookmarks]
            pages_done += section.pages
            size = max(1, (section.after - cursor) * section_pages // section.pages)
            cursor = section.after
            if cursor < len(units):
                gc.collect()
        return parts[0] if len(parts) == 1 else _join(parts, outline)


def count_pages(sheet: Sheet, pieces: Sequence[Piece]) -> int:
    """Return how many pages the pieces take, without painting them; meant for short documents."""
    units = _flatten(pieces)
    with _lock, _collector_off():
        return len(_lay_out(sheet, units, 0, len(units), 1).pages)


def _flatten(pieces: Sequence[Piece]) -> list[_Unit]:
    units: list[_Unit] = []
    for piece in pieces:
        if isinstance(piece, Block):
            units.append(_Unit(piece.html, None))
        else:
            bound = min(ROWS_TOGETHER, len(piece.rows)) - 1
            units.extend(_Unit(row, piece, at < bound) for at, row in enumerate(piece.rows))
    return units


def _render_section(sheet: Sheet, units: list[_Unit], start: int, size: int, first_page: int) -> _Section:
    """Lay out and paint one section; nothing of its layout outlives the call but what the collector will take."""
    document, pages, after = _lay_section(sheet, units, start, size, first_page)
    bookmarks = _list_bookmarks(pages)
    for page in pages:
        page.anchors.clear()
    pdf = document.copy(pages).write_pdf(pdf_identifier=_identify(sheet))
    return _Section(pdf, len(pages), bookmarks, after)


def _lay_section(
    sheet: Sheet, units: list[_Unit], start: int, size: int, first_page: int
) -> tuple[Any, list[Any], int]:
    """Lay out from `start` and return (document, pages to keep, index of the unit that opens the next section)."""
    while True:
        stop = min(start + size, len(units))
        document = _lay_out(sheet, units, start, stop, first_page)
        if stop == len(units):
            return document, document.pages, stop
        shown = [{int(name[1:]) for name in page.anchors} for page in document.pages]
        for at in range(len(shown) - 1, 0, -1):
            if shown[at] and min(shown[at]) not in shown[at - 1]:
                return document, document.pages[:at], min(shown[at])
        size *= 2


def _lay_out(sheet: Sheet, units: list[_Unit], start: int, stop: int, first_page: int) -> Any:  # noqa: ANN401 - WeasyPrint is untyped
    if weasyprint is None:
        raise PdfUnavailable
    page = weasyprint.HTML(
        string=_write_html(sheet, units, start, stop, first_page), url_fetcher=_Fetcher(), base_url="about:blank"
    )
    fonts, style = _load_style(sheet.style)
    return page.render(font_config=fonts, stylesheets=[style])


def _write_html(sheet: Sheet, units: list[_Unit], start: int, stop: int, first_page: int) -> str:
    side = "left" if first_page % 2 == 0 else "right"
    when = sheet.data_at.isoformat()
    parts = [
        (
            f'<!doctype html><html lang="{"zh-CN" if sheet.lang == "zh" else "en"}"><head><meta charset="utf-8">'
            f"<title>{escape(sheet.title)}</title>"
            f'<meta name="author" content="{escape(sheet.author)}">'
            f'<meta name="dcterms.created" content="{when}"><meta name="dcterms.modified" content="{when}">'
            f"<style>html{{break-before:{side}}}@page:first{{counter-reset:page {first_page}}}"
            f"{f'#u{start}>:first-child{{margin-top:0}}' if start else ''}</style></head>"
            f'<body class="{sheet.lang}" data-left="{escape(sheet.head_left)}" data-right="{escape(sheet.head_right)}">'
        ),
    ]
    table: Table | None = None
    for index in range(start, stop):
        unit = units[index]
        if unit.table is not table:
            parts.append("</tbody></table>" if table else "")
            table = unit.table
            parts.append(f"{table.opening}<tbody>" if table else "")
        keep = ' class="keep"' if unit.keep else ""
        parts.append(f'<tr id="u{index}"{keep}>{unit.html}</tr>' if table else f'<div id="u{index}">{unit.html}</div>')
    parts.append("</tbody></table></body></html>" if table else "</body></html>")
    return "".join(parts)


def _list_bookmarks(pages: list[Any]) -> list[tuple[str, int]]:
    return [
        (label, at) for at, page in enumerate(pages) for level, label, _target, _state in page.bookmarks if level == 1
    ]


def _identify(sheet: Sheet) -> bytes:
    return hashlib.sha256(f"{sheet.identifier}\n{sheet.lang}\n{sheet.title}".encode()).hexdigest()[:32].encode()


def _join(parts: list[bytes], outline: list[tuple[str, int]]) -> bytes:
    """Return the sections as one document with one outline; the first section's properties hold for all."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(parts[0])) as whole:
        for part in parts[1:]:
            with pikepdf.open(io.BytesIO(part)) as section:
                whole.pages.extend(section.pages)
        with whole.open_outline() as tree:
            tree.root[:] = [pikepdf.OutlineItem(label, at) for label, at in outline]
        whole.save(out, deterministic_id=True)
    return out.getvalue()


@contextmanager
def _collector_off() -> Iterator[None]:
    """Keep the collector out of layout, where its pauses cost a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@functools.cache
def _load_style(name: str) -> tuple[Any, Any]:
    """Return (font configuration, style sheet with the font faces), read once a process."""
    fonts = FontConfiguration()
    faces = "".join(
        f'@font-face{{font-family:"{family}";src:url("{FONT_SCHEME}{file}")}}' for family, file in FONT_FILES.items()
    )
    text = (importlib.resources.files("reports") / "styles" / name).read_text(encoding="utf-8")
    style = weasyprint.CSS(string=faces + text, font_config=fonts, url_fetcher=_Fetcher(), base_url="about:blank")
    return fonts, style


class _Fetcher:
    """Opens `data:` and the shipped fonts; raises ValueError for every other address, before any connection."""

    _fail_on_errors = False  # WeasyPrint asks for it: an address refused leaves its place empty

    def __call__(self, url: str) -> Any:  # noqa: ANN401 - WeasyPrint is untyped
        if url.startswith(FONT_SCHEME):
            family = {file: family for family, file in FONT_FILES.items()}.get(url.removeprefix(FONT_SCHEME))
            if family is not None:
                return URLFetcherResponse(url, read_font(family), {"Content-Type": "font/otf"})
        if url[:5].lower() == "data:":
            with urllib.request.DataHandler().data_open(urllib.request.Request(url)) as answer:  # noqa: S310 - data: only
                return URLFetcherResponse(url, answer.read(), dict(answer.headers))
        msg = "only data: and the shipped fonts may be opened"
        raise ValueError(msg)
