"""(d) The progress report of 20 to 500 pages against one plain WeasyPrint call; memory; a warm page; a hundred papers.

Each side runs in a process of its own (`python -m tests.benchmarks.reports SIDE SIZE`) and says in JSON what it took.
`plain` is what one writes first: all pieces in one document, columns by content, each cell's look in its own `style`,
the collector on. `classes` is the same call with the looks in a style sheet, `fixed` with our style sheet as it is.
"""

import gc
import importlib.resources
import json
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pypdfium2
import weasyprint
from weasyprint.text.fonts import FontConfiguration

from reports import progress_pages
from reports.faces import Faces, write_faces
from reports.pdf import Piece, Sheet, choose_workers, close_pool, render_pdf
from reports.pdf.layout import Task, _Fetcher, _write_html
from reports.pdf.units import flatten
from reports.progress import Light, Money, ProgressReport, ProjectLine, Text
from reports.slip import build as build_slip
from tests.benchmarks.timing import Figure
from tests.reports.test_slip import RED

#: Projects that fill about so many pages.
SIZES = {20: 310, 200: 3_400, 500: 8_500}
GOAL_TIMES, GOAL_MB, GOAL_BRIEF_SECONDS = 4.0, 350, 0.25
_WORKERS = 2
#: What the style sheet says of the cells of the projects' table, as somebody writes it into each cell.
_CELL = (
    "padding: .7mm 1.2mm; vertical-align: middle; border-bottom: .1mm solid #bbb; overflow-wrap: break-word;"
    " white-space: pre-line; font-size: 8.6pt; line-height: 1.32"
)
_LOOKS = {
    "td": _CELL,
    "n": "text-align: right; font-variant-numeric: tabular-nums; font-size: 7.8pt; line-height: 1.3",
    "pic": "padding-left: 1mm; padding-right: 1mm; white-space: nowrap; font-size: 7.8pt; line-height: 1.25",
    "red": "color: #c8102e", "yellow": "color: #9a6200", "green": "color: #1d7a4a", "grey": "color: #555",
    "small": "font-size: 7.4pt; color: #555",
    "nb": "white-space: nowrap",
}  # fmt: skip
_ELEMENT = re.compile(r'<(td|small|span)(?: class="([^"]*)")?>')
_KB = 1024


def make_report(size: int) -> ProgressReport:
    """Return a made-up report of `size` projects."""
    start = date(2025, 1, 6)
    projects = tuple(
        ProjectLine(
            code=f"X-{number:05d}", title=f"跨部门数据共享与业务协同示例项目第{number}号", lead=f"示例{number % 40}局",
            light=tuple(Light)[number % 4], light_rule=Text("进度落后计划16点", "16 points behind plan"),
            start_on=start + timedelta(days=number % 300), planned_finish_on=date(2026, 12, 31),
            forecast_finish_on=date(2026, 12, 31) + timedelta(days=number % 90), done_pct=number % 101,
            phase=Text("集成应用", "Integration"), budget=Money(123_456_78 * (1 + number % 50), "CNY"),
            slip_days=number % 90,
        )
        for number in range(size)
    )  # fmt: skip
    return ProgressReport(
        city=Text("云州市", "Yunzhou"), office=Text("领导小组办公室", "Office"), year=2026, month=10,
        as_of_on=date(2026, 10, 31), data_at=datetime(2026, 10, 31, 16, tzinfo=UTC), previous_on=None,
        issue="bench", projects=projects,
    )  # fmt: skip


def take_pieces(size: int) -> tuple[Sheet, list[Piece]]:
    """Return what the report of `size` projects is made of."""
    taken: list[Any] = []

    def take(sheet: Sheet, pieces: list[Piece]) -> bytes:
        taken.extend((sheet, list(pieces)))
        return b""

    with patch.object(progress_pages, "render_pdf", take):
        progress_pages.build(make_report(size), "zh")
    return taken[0], taken[1]


def write_looks(html: str) -> str:
    """Return the pages with each cell's look in its own `style`."""

    def write(found: re.Match[str]) -> str:
        looks = [_LOOKS[name] for name in (found[1], *(found[2] or "").split()) if name in _LOOKS]
        return f'<{found[1]} style="{"; ".join(looks)}">'

    return _ELEMENT.sub(write, html)


def render_plain(sheet: Sheet, pieces: list[Piece], side: str) -> bytes:
    """Return the document by one call, as one writes it first."""
    units = tuple(flatten(pieces))
    html = _write_html(Task(sheet, Faces(), units, 0, len(units), 1), len(units))
    if side == "plain":
        html = write_looks(html)
    style = (importlib.resources.files("reports") / "styles" / sheet.style).read_text(encoding="utf-8")
    if side != "fixed":
        style = style.replace("table-layout: fixed", "table-layout: auto")
    fonts, fetcher = FontConfiguration(), _Fetcher(Faces())
    css = weasyprint.CSS(
        string=write_faces(Faces()) + style, font_config=fonts, url_fetcher=fetcher, base_url="about:blank"
    )
    page = weasyprint.HTML(string=html, url_fetcher=fetcher, base_url="about:blank")
    pdf: bytes = page.write_pdf(stylesheets=[css], font_config=fonts)
    return pdf


def measure_side(side: str, size: int) -> dict[str, float]:
    """Return seconds, pages and the peak MB of the largest process, in this process and those that it begins."""
    sheet, pieces = take_pieces(size)
    if side == "ours":
        choose_workers(_WORKERS)
        render_pdf(*take_pieces(150), part_pages=4)  # begins the processes, warms them
    begin = time.perf_counter()
    pdf = render_pdf(sheet, pieces) if side == "ours" else render_plain(sheet, pieces, side)
    took = time.perf_counter() - begin
    close_pool()
    peaks = [resource.getrusage(who).ru_maxrss / _KB for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {"seconds": took, "pages": len(pypdfium2.PdfDocument(pdf)), "own_mb": peaks[0], "mb": max(peaks)}


def measure_brief(_: int) -> dict[str, float]:
    """Return the median seconds of a warm page one of the progress report and of a slip."""
    sheet, pieces = take_pieces(20)
    found: dict[str, float] = {}
    works: dict[str, Callable[[], bytes]] = {
        "brief": lambda: render_pdf(sheet, pieces[:1]), "slip": lambda: build_slip(RED, "zh"),
    }  # fmt: skip
    for name, work in works.items():
        times = []
        for _round in range(9):
            begin = time.perf_counter()
            work()
            times.append(time.perf_counter() - begin)
        found[name] = sorted(times)[len(times) // 2]
    return found


def measure_left(count: int) -> dict[str, float]:
    """Return the resident MB of a process after ten documents and after `count` more."""
    found: dict[str, float] = {}
    for name, times in (("before", 10), ("after", count)):
        for number in range(times):
            build_slip(RED, "zh" if number % 2 else "en")
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        found[name] = pages * resource.getpagesize() / _KB / _KB
    return found


def ask(side: str, size: int) -> dict[str, float]:
    """Return what the side says of itself in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.reports", side, str(size)], check=True, capture_output=True, text=True
    )
    said: dict[str, float] = json.loads(done.stdout)
    return said


def run() -> Iterator[Figure]:
    """Measure every goal once; the plain call at 200 pages takes minutes and more than a gigabyte."""
    ours = {pages: ask("ours", size) for pages, size in SIZES.items()}
    a_page = {pages: one["seconds"] / one["pages"] for pages, one in ours.items()}
    for pages, one in ours.items():
        ratio = a_page[pages] / a_page[20]
        yield Figure(f"progress report, {one['pages']:.0f} pages",
                     f"{one['seconds']:.1f} s, {a_page[pages] * 1000:.0f} ms a page",
                     f"{a_page[20] * 1000:.0f} ms a page at 20", ratio, "≤ 1.25", ratio <= 1.25)  # fmt: skip
        yield Figure("its largest process", f"{one['mb']:.0f} MB", f"{GOAL_MB} MB", one["mb"] / GOAL_MB, "≤ 1.00",
                     one["mb"] <= GOAL_MB)  # fmt: skip
    for side, name, goal in (
        ("plain", "one plain call", GOAL_TIMES), ("classes", "one call, a style sheet", 0.0),
        ("fixed", "one call, our style sheet", 0.0),
    ):  # fmt: skip
        other = ask(side, SIZES[200])
        ratio = (other["seconds"] / other["pages"]) / a_page[200]
        yield Figure(f"{name}, {other['pages']:.0f} pages: times as slow as ours",
                     f"{ours[200]['seconds']:.1f} s, {ours[200]['mb']:.0f} MB",
                     f"{other['seconds']:.1f} s, {other['mb']:.0f} MB", ratio, f"≥ {goal:.2f}" if goal else "",
                     ratio >= goal)  # fmt: skip
    for name, took in ask("brief", 0).items():
        yield Figure(f"one warm page: {name}", f"{took * 1000:.0f} ms", f"{GOAL_BRIEF_SECONDS * 1000:.0f} ms",
                     took / GOAL_BRIEF_SECONDS, "≤ 1.00", took <= GOAL_BRIEF_SECONDS)  # fmt: skip
    left = ask("left", 100)
    ratio = left["after"] / left["before"]
    yield Figure("memory after 100 documents", f"{left['after']:.0f} MB", f"{left['before']:.0f} MB after ten", ratio,
                 "≤ 1.10", ratio <= 1.10)  # fmt: skip


if __name__ == "__main__":
    asked, amount = sys.argv[1], int(sys.argv[2])
    sides: dict[str, Callable[[int], dict[str, float]]] = {"brief": measure_brief, "left": measure_left}
    side = sides.get(asked, partial(measure_side, asked))
    print(json.dumps(side(amount)))
