"""From units to the PDF of one section; the only module that knows WeasyPrint.

A section is laid out until so many pages are full; its last page is given up and its first row opens the next
section: the pages fall as if all were one flow, table heads repeat, and numbers and sides go on. Nothing is fetched
but `data:` and the faces; nothing is taken from the clock.
"""

import functools
import gc
import hashlib
import importlib.resources
import re
import threading
import urllib.request
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from markupsafe import escape

from reports.faces import FONT_SCHEME, SANS, Faces, write_chains, write_faces
from reports.pdf.model import PdfUnavailable, Sheet
from reports.pdf.units import Unit

try:
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcherResponse
except OSError:  # Pango or HarfBuzz is not on this machine; the rest of the product must still start
    weasyprint = None

Rectangle = tuple[float, float, float, float]
_PT = 0.75  # of a CSS pixel
_UNIT = re.compile(r"u\d+")
_NUMBER = re.compile(r'<i data-page="([^"]*)"></i>')
_NO_NUMBER = "".join(
    f"@page{name}:{side}{{@bottom-{side}{{content:none!important}}}}" for name in ("", " brief", " quiet")
    for side in ("left", "right")
)  # fmt: skip
_ONLY_NUMBER = (
    "@page{@top-left{content:none!important}@top-right{content:none!important}}"
    ".n{height:1px;break-after:page}.n:last-child{break-after:auto}"
)
_DRAWN = 'font-family="Lianban Sans, Lianban Song"'  # in charts
_BASE = "html{overflow-wrap:break-word}"  # nothing without a place to break may leave the page
_KEPT_PAGES = 4
_lock = threading.RLock()


@dataclass(frozen=True, slots=True)
class Task:
    """A section to lay out: the units of its part from where it begins, and how many of them to try first.

    `offset` numbers the first unit in the document; `numbers` fills `page_number` places by anchor.
    """

    sheet: Sheet
    faces: Faces
    units: tuple[Unit, ...]
    offset: int
    size: int
    first_page: int
    is_numbered: bool = True
    numbers: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NumberTask:
    """Pages with nothing but their numbers."""

    sheet: Sheet
    faces: Faces
    first_page: int
    count: int


@dataclass(frozen=True, slots=True)
class Section:
    """A painted section. Places are (page within the section, left, top) in points from the page's upper left."""

    pdf: bytes
    pages: int
    taken: int  # units
    bookmarks: tuple[tuple[int, str, int, float], ...]
    anchors: Mapping[str, tuple[int, float, float]]
    links: tuple[tuple[int, str, Rectangle], ...]
    quiet: frozenset[int]  # pages without a number
    asks: bool  # has `page_number` places


def lay_section(task: Task) -> Section:
    """Lay out and paint one section; PdfUnavailable without the system libraries. Waits for its turn in a process."""
    with collector_off():
        try:
            return _make_section(task)
        finally:
            _kept.key = _kept.document = None
            gc.collect(0)  # the collector was off, so all that the layout left is young: the rest is not looked through


def _make_section(task: Task) -> Section:
    document, pages, taken = _break_off(task)
    return _paint(task, document, pages, taken)


def lay_numbers(task: NumberTask) -> bytes:
    """Return so many empty pages with nothing but their numbers, as the sheet's style sets them."""
    head = _write_head(task.sheet, task.first_page, _ONLY_NUMBER)
    pages = '<div class="n"></div>' * task.count
    with collector_off():
        html = f"{head}{pages}</body></html>"
        pdf: bytes = _render(task.sheet, task.faces, html).write_pdf(pdf_identifier=_identify(task.sheet))
        gc.collect(0)
        return pdf


def count_laid(sheet: Sheet, faces: Faces, units: Sequence[Unit]) -> int:
    """Return how many pages the units take, without painting them; a short layout is kept for painting it next."""
    with collector_off():
        return len(_lay_out(Task(sheet, faces, tuple(units), 0, len(units), 1), len(units)).pages)


@contextmanager
def collector_off() -> Iterator[None]:
    """One layout at a time, without the collector: its pauses cost up to a third of the time."""
    with _lock:
        was_on = gc.isenabled()
        gc.disable()
        try:
            yield
        finally:
            if was_on:
                gc.enable()


def _break_off(task: Task) -> tuple[Any, list[Any], int]:
    """Return (document, pages to keep, units that they show); all pages where the units end."""
    size = task.size
    while True:
        stop = min(size, len(task.units))
        document = _lay_out(task, stop)
        if stop == len(task.units):
            return document, document.pages, stop
        shown = [
            {int(name[1:]) - task.offset for name in page.anchors if _UNIT.fullmatch(name)} for page in document.pages
        ]
        for at in range(len(shown) - 1, 0, -1):
            if shown[at] and min(shown[at]) not in shown[at - 1]:
                return document, document.pages[:at], min(shown[at])
        size *= 2


def _paint(task: Task, document: Any, pages: list[Any], taken: int) -> Section:  # noqa: ANN401 - WeasyPrint is untyped
    bookmarks, links = list[tuple[int, str, int, float]](), list[tuple[int, str, Rectangle]]()
    anchors: dict[str, tuple[int, float, float]] = {}
    saved = [(page, dict(page.anchors), list(page.links)) for page in pages]
    for at, page in enumerate(pages):
        bookmarks += [(level, label, at, top * _PT) for level, label, (_, top), _ in page.bookmarks]
        for name, (left, top, *_) in page.anchors.items():
            if not _UNIT.fullmatch(name):
                anchors.setdefault(name, (at, left * _PT, top * _PT))
        links += [
            (at, target, tuple(side * _PT for side in rectangle))
            for kind, target, rectangle, _ in page.links
            if kind == "internal"
        ]
        page.anchors.clear()  # the joining writes them, across sections
        page.links[:] = [link for link in page.links if link[0] == "external"]
    options = {"pdf_variant": "pdf/a-2b"} if task.sheet.archive else {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # WeasyPrint leaves the colour profile's file open
            pdf = document.copy(pages).write_pdf(pdf_identifier=_identify(task.sheet), **options)
    finally:
        for page, were, led in saved:
            page.anchors.update(were)
            page.links[:] = led
    return Section(
        pdf, len(pages), taken, tuple(bookmarks), anchors, tuple(links),
        frozenset(at for at, page in enumerate(pages) if page._page_box.page_type.name == "quiet"),  # noqa: SLF001 - no other place
        any(_NUMBER.search(unit.html) for unit in task.units[:taken]),
    )  # fmt: skip


class _Kept(threading.local):
    """The last short layout of a thread: what was counted is mostly painted next."""

    key: tuple[str, str, Faces] | None = None
    document: Any = None


_kept = _Kept()


def _lay_out(task: Task, stop: int) -> Any:  # noqa: ANN401 - WeasyPrint is untyped
    html = _write_html(task, stop)
    key = (task.sheet.style, html, task.faces)
    if _kept.key == key:
        return _kept.document
    document = _render(task.sheet, task.faces, html)
    is_kept = len(document.pages) <= _KEPT_PAGES
    _kept.key, _kept.document = (key, document) if is_kept else (None, None)
    return document


def require_library() -> None:
    """Raise PdfUnavailable where WeasyPrint's system libraries are missing."""
    if weasyprint is None:
        raise PdfUnavailable


def _render(sheet: Sheet, faces: Faces, html: str) -> Any:  # noqa: ANN401 - WeasyPrint is untyped
    require_library()
    fonts, style = _load_style(sheet.style, faces)
    options = {"pdf_variant": "pdf/a-2b"} if sheet.archive else {}
    page = weasyprint.HTML(string=html, url_fetcher=_Fetcher(faces), base_url="about:blank")
    return page.render(font_config=fonts, stylesheets=[style], **options)


def _write_head(sheet: Sheet, first_page: int, style: str) -> str:
    side = "left" if first_page % 2 == 0 else "right"
    when = sheet.data_at.isoformat()
    return (
        f'<!doctype html><html lang="{"zh-CN" if sheet.lang == "zh" else "en"}"><head><meta charset="utf-8">'
        f"<title>{escape(sheet.title)}</title>"
        f'<meta name="author" content="{escape(sheet.author)}">'
        f'<meta name="dcterms.created" content="{when}"><meta name="dcterms.modified" content="{when}">'
        f"<style>html{{break-before:{side}}}@page:first{{counter-reset:page {first_page}}}{style}</style></head>"
        f'<body class="{sheet.lang}" data-left="{escape(sheet.head_left)}" data-right="{escape(sheet.head_right)}">'
    )


def _write_html(task: Task, stop: int) -> str:
    more = "" if task.is_numbered else _NO_NUMBER
    if task.offset:
        more += f"#u{task.offset}>:first-child{{margin-top:0}}"
    parts = [_write_head(task.sheet, task.first_page, more)]
    table = 0
    for index, unit in enumerate(task.units[:stop], task.offset):
        if unit.table != table:
            parts.append("</tbody></table>" if table else "")
            table = unit.table
            parts.append(f"{unit.opening}<tbody>" if table else "")
        html = _NUMBER.sub(lambda found: f"{task.numbers.get(found[1], 0):03d}".lstrip("0") or "000", unit.html)
        keep = ' class="keep"' if unit.keep else ""
        parts.append(f'<tr id="u{index}"{keep}>{html}</tr>' if table else f'<div id="u{index}">{html}</div>')
    parts.append("</tbody></table></body></html>" if table else "</body></html>")
    whole = "".join(parts)
    return whole.replace(_DRAWN, f'font-family="{",".join(task.faces.chain(SANS))}"') if task.faces.own else whole


def _identify(sheet: Sheet) -> bytes:
    return hashlib.sha256(f"{sheet.identifier}\n{sheet.lang}\n{sheet.title}".encode()).hexdigest()[:32].encode()


@functools.lru_cache(maxsize=16)
def _load_style(name: str, faces: Faces) -> tuple[Any, Any]:
    """Return (font configuration, style sheet with the font faces), read once a process."""
    fonts = FontConfiguration()
    text = (importlib.resources.files("reports") / "styles" / name).read_text(encoding="utf-8")
    whole = write_faces(faces) + _BASE + write_chains(text, faces)
    style = weasyprint.CSS(string=whole, font_config=fonts, url_fetcher=_Fetcher(faces), base_url="about:blank")
    return fonts, style


class _Fetcher:
    """Opens `data:` and the faces; raises ValueError for every other address, before any connection."""

    _fail_on_errors = False  # WeasyPrint asks for it: an address refused leaves its place empty

    def __init__(self, faces: Faces) -> None:
        self._faces = faces

    def __call__(self, url: str) -> Any:  # noqa: ANN401 - WeasyPrint is untyped
        if url.startswith(FONT_SCHEME):
            content = self._faces.read(url.removeprefix(FONT_SCHEME))
            if content is not None:
                return URLFetcherResponse(url, content, {"Content-Type": "font/otf"})
        if url[:5].lower() == "data:":
            with urllib.request.DataHandler().data_open(urllib.request.Request(url)) as answer:  # noqa: S310 - data: only
                return URLFetcherResponse(url, answer.read(), dict(answer.headers))
        msg = "only data: and the faces may be opened"
        raise ValueError(msg)
