"""`make bench`: every benchmark, or those that are named; ends with status 1 when a bound is not kept.

python -m tests.benchmarks [transition] [funds] [sweep] [lists] [pages] [growth] [reports] [meetings] [storage]
    [watching] [queue] [audit] [encryption] [backup] [--size N]
"""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.benchmarks import (
    backup,
    growth,
    lists,
    meetings,
    pages,
    reports,
    storage,
    sweep,
    transition,
    watching,
)
from tests.benchmarks.fund import growth as fund_growth
from tests.benchmarks.fund import posting
from tests.benchmarks.population import populate
from tests.benchmarks.sealed import audit, encryption
from tests.benchmarks.timing import HEAD, Figure
from tests.postgres import keep_on_disk

NAMES = (
    "transition",
    "funds",
    "sweep",
    "lists",
    "pages",
    "growth",
    "reports",
    "meetings",
    "storage",
    "watching",
    "queue",
    "audit",
    "encryption",
    "backup",
)
#: Those that measure a small and a large city, in their order: a sweep changes the city.
OF_CITIES = ("lists", "pages", "growth", "storage", "sweep")
SMALL = 10_000
#: A larger city does not fit into the machine's memory beside what is measured.
IN_MEMORY = 2_000_000


def measure(names: list[str], size: int) -> Iterator[Figure]:
    """Yield the figures of the named benchmarks."""
    if "transition" in names:
        yield from transition.run_postgresql()
        with tempfile.TemporaryDirectory() as folder:
            yield from transition.run_sqlite(Path(folder))
    if "encryption" in names:
        yield from encryption.run()
    if "queue" in names:
        yield from transition.run_queue()
    if "funds" in names:
        yield from posting.run()
        yield from fund_growth.run()
    if "reports" in names:
        yield from reports.run()
    if "watching" in names:
        yield from watching.run()
    if "meetings" in names:
        yield from meetings.run()
    if "audit" in names:
        yield from audit.run(size)
    if "backup" in names:
        yield from backup.run(size)
    if "pages" in names:
        yield from pages.run_transition()
    if chosen := [name for name in OF_CITIES if name in names]:
        yield from measure_cities(chosen, size)


def measure_cities(names: list[str], size: int) -> Iterator[Figure]:
    """Yield the figures that a small and a large city give."""
    if size > IN_MEMORY:
        keep_on_disk()
    large = populate(size)
    small = populate(SMALL)
    works: dict[str, Callable[[], Iterator[Figure]]] = {
        "lists": lambda: lists.run(small, large), "pages": lambda: pages.run_lists(small, large),
        "growth": lambda: growth.run(small, large), "storage": lambda: storage.run(large),
        "sweep": lambda: sweep.run(small, large),
    }  # fmt: skip
    for name in names:
        yield from works[name]()


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
