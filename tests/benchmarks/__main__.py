"""`make bench`: every benchmark, or those that are named; ends with status 1 when a bound is not kept.

python -m tests.benchmarks [transition] [funds] [sweep] [lists] [pages] [growth] [reports] [meetings] [--size N]
"""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import fund_growth, funds, growth, lists, meetings, pages, reports, sweep, transition
from tests.benchmarks.population import populate
from tests.benchmarks.timing import HEAD, Figure

NAMES = ("transition", "funds", "sweep", "lists", "pages", "growth", "reports", "meetings")
SMALL = 10_000


def measure(names: list[str], size: int) -> Iterator[Figure]:
    """Yield the figures of the named benchmarks."""
    if "transition" in names:
        yield from transition.run_postgresql()
        with tempfile.TemporaryDirectory() as folder:
            yield from transition.run_sqlite(Path(folder))
    if "funds" in names:
        yield from funds.run()
        yield from fund_growth.run()
    if "reports" in names:
        yield from reports.run()
    if "meetings" in names:
        yield from meetings.run()
    if "pages" in names:
        yield from pages.run_transition()
    if {"sweep", "lists", "pages", "growth"} & set(names):
        large = populate(size)
        small = populate(SMALL)
        if "lists" in names:
            yield from lists.run(small, large)
        if "pages" in names:
            yield from pages.run_lists(small, large)
        if "growth" in names:
            yield from growth.run(small, large)
        if "sweep" in names:
            yield from sweep.run(large)


def main() -> int:
    """Run, print the table, return the status."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("names", nargs="*", default=list(NAMES), metavar="|".join(NAMES))
    parser.add_argument("--size", type=int, default=1_000_000, help="items of the large city")
    given = parser.parse_args()
    python = f"{platform.python_implementation()} {platform.python_version()}"
    print(f"{python}, {os.cpu_count()} cores, {platform.machine()}\n")
    print(HEAD)
    is_kept = True
    for figure in measure(given.names, given.size):
        print(figure.line(), flush=True)
        is_kept = is_kept and figure.is_kept
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
