"""The whole way from pieces to PDF: divide, lay out section by section, fill page numbers in, join.

A short document is laid out in this process. A long one is divided into parts that the render processes lay out side
by side; each part opens a page, and its page numbers are drawn when all are counted. The bytes are the same wherever
the sections were laid out.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from reports.faces import current_faces
from reports.pdf.join import join_sections
from reports.pdf.layout import NumberTask, Section, Task, count_laid, lay_numbers, lay_section, require_library
from reports.pdf.model import Piece, RenderError, Sheet
from reports.pdf.pool import current_pool
from reports.pdf.units import PART_PAGES, WHOLE_PAGES, Unit, divide, flatten

SECTION_PAGES = 26
_FIRST_GUESS = 18  # units a page
Told = Callable[[int], None]
_told: ContextVar[Told | None] = ContextVar("told", default=None)


@dataclass(frozen=True, slots=True)
class _Laid:
    task: Task
    section: Section


@contextmanager
def telling(tell: Told) -> Iterator[None]:
    """Let every PDF that is rendered within tell how far it is, as `render_pdf` says, where it has no `tell` itself."""
    token = _told.set(tell)
    try:
        yield
    finally:
        _told.reset(token)


def render_pdf(
    sheet: Sheet,
    pieces: Sequence[Piece],
    *,
    section_pages: int = SECTION_PAGES,
    part_pages: float = PART_PAGES,
    tell: Told | None = None,
) -> bytes:
    """Return the PDF of the pieces in their order; the same pieces give the same bytes in any process and zone.

    `tell` hears after each section how many pages are laid out, possibly from another thread; what it raises ends the
    rendering. Raises PdfUnavailable without the system libraries, RenderError for a section that failed twice.
    """
    require_library()
    units = flatten(pieces)
    starts = divide(units, part_pages, min(WHOLE_PAGES, part_pages))
    bounds = list(zip(starts, [*starts[1:], len(units)], strict=True))
    progress = _Progress(tell or _told.get())
    pool = current_pool() if len(bounds) > 1 else None
    run = pool.lay_section if pool else lay_section

    def lay(at: int) -> list[_Laid]:
        return _lay_part(sheet, units, bounds[at], section_pages, run, progress, is_numbered=at == 0)

    if pool is None:
        parts = [lay(at) for at in range(len(bounds))]
    else:
        with ThreadPoolExecutor(pool.workers, thread_name_prefix="render") as threads:
            running = [threads.submit(lay, at) for at in range(len(bounds))]
            try:
                parts = [part.result() for part in running]
            except BaseException:
                progress.is_ended = True
                threads.shutdown(wait=False, cancel_futures=True)
                raise
    laid = _fill_numbers([one for part in parts for one in part], run)
    first = sum(one.section.pages for one in parts[0])
    more = sum(one.section.pages for one in laid) - first
    numbers = None
    if len(parts) > 1:
        task = NumberTask(sheet, current_faces(), first + 1, more)
        numbers = (first + 1, pool.lay_numbers(task) if pool else lay_numbers(task))
    return join_sections([one.section for one in laid], numbers)


def count_pages(sheet: Sheet, pieces: Sequence[Piece]) -> int:
    """Return how many pages the pieces take, divided as `render_pdf` divides them, without painting them."""
    units = flatten(pieces)
    starts = divide(units, PART_PAGES, min(WHOLE_PAGES, PART_PAGES))
    bounds = zip(starts, [*starts[1:], len(units)], strict=True)
    return sum(count_laid(sheet, current_faces(), units[at:stop]) for at, stop in bounds)


class _Progress:
    """Counts pages for `tell`, and lets the parts end when the document is given up."""

    def __init__(self, tell: Told | None) -> None:
        self._tell = tell
        self._pages = 0
        self.is_ended = False

    def add(self, pages: int) -> None:
        self._pages += pages
        if self._tell is not None:
            self._tell(self._pages)


def _lay_part(
    sheet: Sheet, units: Sequence[Unit], bounds: tuple[int, int], section_pages: int,
    run: Callable[[Task], Section], progress: _Progress, *, is_numbered: bool,
) -> list[_Laid]:  # fmt: skip
    """Lay out one part from its first unit to its last, a section after the other."""
    at, stop = bounds
    laid: list[_Laid] = []
    size, first_page = _FIRST_GUESS * section_pages, 1
    while (at < stop or not laid) and not progress.is_ended:
        end = next((place + 1 for place in range(at, stop) if units[place].ends_page), stop)
        task = Task(sheet, current_faces(), tuple(units[at:end]), at, size, first_page, is_numbered)
        section = run(task)
        laid.append(_Laid(task, section))
        progress.add(section.pages)
        if end == stop:
            size = max(1, section.taken * section_pages // section.pages) + 1
        at, first_page = at + section.taken, first_page + section.pages
    return laid


def _fill_numbers(laid: list[_Laid], run: Callable[[Task], Section]) -> list[_Laid]:
    """Lay out again, now with their numbers, the sections that show page numbers of other places."""
    if not any(one.section.asks for one in laid):
        return laid
    numbers: dict[str, int] = {}
    start = 1
    for one in laid:
        for name, (page, _, _) in one.section.anchors.items():
            numbers.setdefault(name, start + page)
        start += one.section.pages
    filled = []
    for one in laid:
        if one.section.asks:
            task = replace(one.task, numbers=numbers, units=one.task.units, size=one.task.size)
            again = run(task)
            if (again.pages, again.taken) != (one.section.pages, one.section.taken):
                said = f"the section from page {task.first_page}: its pages fell otherwise with numbers in"
                raise RenderError(said, task.first_page)
            filled.append(_Laid(task, again))
        else:
            filled.append(one)
    return filled
