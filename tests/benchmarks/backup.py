"""(j) Backup and restore: seconds, and the memory that a small and a large log take, on both databases.

Each command runs as `flask backup` and `flask restore` do, in a process of its own; compared is what the process held
at most.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from app.core.clock import FixedClock
from app.core.database import Database, make_engine
from app.factory import create_app
from tests.benchmarks.timing import Figure
from tests.city import NOW
from tests.client import make_settings
from tests.databases import copy_postgresql, copy_sqlite, drop_postgresql, drop_sqlite
from tests.postgres import make_database, make_folder

SMALL = 20_000
#: What a command may hold more for a log that is fifty times larger: held whole, its lines alone were 200 MB more.
GROWTH_MB_MAX = 32
_FILL = (
    "INSERT INTO audit (action, outcome, subject, acting_role, occurred_at, recorded_at, source, before, after)"
    " SELECT 'submit', 'done', 'document:' || n, 'lead_staff', '2026-03-02 01:00:00.000000',"
    ' \'2026-03-02 01:00:00.000000\', \'api\', \'{"due_on": "2026-03-02", "state": "in_progress"}\','
    " CAST(:after AS JSON) FROM "
)
_NUMBERS = {
    "sqlite": "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < :rows) SELECT n FROM c)",
    "postgresql": "generate_series(1, :rows) AS n",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One command: with how many rows of the log, its seconds, and what its process held at most."""

    command: str
    rows: int
    seconds: float
    peak_mb: float


def measure(kind: str, sizes: tuple[int, ...], characters: int) -> list[Step]:
    """Back up and restore a log of each size on a database of a kind; `characters`: in each row, beside some 200."""
    folder, steps = make_folder("copied"), list[Step]()
    for rows in sizes:
        with ExitStack() as stack:
            source = copy_postgresql() if kind == "postgresql" else copy_sqlite(folder)
            stack.callback(_drop, kind, source)
            _fill(kind, source, rows, characters)
            name = f"{folder.name}_{rows}".replace("-", "_").lower()
            place = make_database(name) if kind == "postgresql" else f"sqlite:///{folder / name}.sqlite3"
            stack.callback(_drop, kind, place)
            steps += [_start("backup", folder, rows, source), _start("restore", folder, rows, place)]
    return steps


def find_growth(steps: list[Step], command: str) -> float:
    """Return how many megabytes a command held more for the largest log than for the smallest."""
    peaks = [step.peak_mb for step in steps if step.command == command]
    return peaks[-1] - peaks[0]


def _drop(kind: str, url: str) -> None:
    (drop_postgresql if kind == "postgresql" else drop_sqlite)(url)


def _fill(kind: str, url: str, rows: int, characters: int) -> None:
    database = Database(make_engine(url))
    after = f'{{"text": "{"接口联调" * (characters // 4)}"}}'
    statement = (_FILL if kind == "postgresql" else _FILL.replace("CAST(:after AS JSON)", ":after")) + _NUMBERS[kind]
    with database.writing() as session:
        session.execute(
            text(statement.replace('":', '"\\:').replace("document:", "document\\:")), {"rows": rows, "after": after}
        )
    database.engine.dispose()


def _start(command: str, folder: Path, rows: int, url: str) -> Step:
    """Run a command in a process of its own; RuntimeError with what it said when it failed."""
    words = [sys.executable, "-m", "tests.benchmarks.backup", command, str(folder), f"{rows}.lianban", url]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    seconds, peak_mb = map(float, done.stdout.split())
    return Step(command, rows, seconds, peak_mb)


def run(size: int) -> Iterator[Figure]:
    """Yield the figures of both databases."""
    for kind in _NUMBERS:
        steps = measure(kind, (SMALL, size), 40)
        for step in steps[2:]:
            growth = find_growth(steps, step.command)
            yield Figure(
                f"{step.command}, {kind}, {step.rows:,} rows of the log",
                f"{step.seconds:.1f} s, {step.rows / step.seconds:,.0f}/s, {step.peak_mb:.0f} MB at most",
                f"{SMALL:,} rows, {step.peak_mb - growth:.0f} MB", step.peak_mb / (step.peak_mb - growth),
                f"≤ {GROWTH_MB_MAX} MB more", growth <= GROWTH_MB_MAX,
            )  # fmt: skip


def main(command: str, folder: str, file: str, url: str) -> None:
    """Run the command in this process; print its seconds and the most that the process held, in megabytes."""
    app = create_app(make_settings(url, Path(folder, "var")), FixedClock(NOW))
    begun = time.perf_counter()
    done = app.test_cli_runner().invoke(args=[command, str(Path(folder, file))])
    seconds = time.perf_counter() - begun
    if done.exit_code:
        raise RuntimeError(done.stderr) from done.exception
    print(seconds, _read_peak())


def _read_peak() -> float:
    """Return the most that this process held since its program began, in megabytes.

    `getrusage` would count what the process that started it held, which was more whenever something else was measured
    before: then nothing could ever have been too much.
    """
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
