"""(d) The progress report at about 10, 100 and 500 pages: the cost of a page stays flat."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pypdfium2

from reports.progress import Light, Money, ProgressReport, ProjectLine, Text
from reports.progress_pages import build
from tests.benchmarks.timing import Figure, seconds

#: Projects that fill about so many pages.
SIZES = {10: 150, 100: 1_900, 500: 9_700}


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


def run() -> Iterator[Figure]:
    """Render each size once, after a warm-up; report milliseconds a page."""
    build(make_report(20), "zh")
    costs: dict[int, float] = {}
    for pages, size in SIZES.items():
        report = make_report(size)
        made: list[bytes] = []
        took = seconds(lambda report=report, made=made: made.append(build(report, "zh")))  # type: ignore[misc]
        count = len(pypdfium2.PdfDocument(made[0]))
        costs[pages] = took / count
        ratio = costs[pages] / costs[10]
        yield Figure(f"progress report, {count} pages", f"{took:.1f} s, {took / count * 1000:.0f} ms a page",
                     f"{costs[10] * 1000:.0f} ms a page at 10", ratio, "≤ 1.25", ratio <= 1.25)  # fmt: skip
        time.sleep(0)
