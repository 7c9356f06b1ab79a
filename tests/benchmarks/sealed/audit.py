"""(h) The sealed log: sealing and verifying a large one against reading its rows alone; a pass, a proof at that size.

Seconds are processor seconds of the one process.

Rows are made by SQL as acts leave them: half with contents before and after, some 40 items. The plain side reads the
same columns through the same connection and drops them.
"""

import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import event, text

from app.core.clock import FixedClock
from app.core.merkle.proof import check_proof, write_proof
from app.edge.context import Context, make_context
from app.edge.seal.passing import seal_log
from app.edge.seal.proving import prove_by_command, prove_growth
from app.edge.seal.verifying import verify_log
from tests.benchmarks.timing import Figure
from tests.city import NOW
from tests.client import make_settings
from tests.databases import copy_sqlite

VERIFY_SECONDS_MAX = 300
_CHUNK = 10_000
_ROWS = text(
    "INSERT INTO audit (action, outcome, item_id, subject, actor_id, acting_role, occurred_at, recorded_at, source,"
    " before, after) VALUES ('submit', 'done', NULL, :subject, NULL, 'lead_staff', :at, :at, 'api', :before, :after)"
)


def fill(context: Context, count: int, first: int = 0) -> None:
    """Write rows of the log."""
    for begin in range(first, first + count, _CHUNK):
        rows = [
            {
                "subject": f"document:{number % 40}", "at": "2026-03-02 01:00:00.000000",
                "before": '{"due_on": "2026-03-02", "state": "in_progress"}' if number % 2 else None,
                "after": f'{{"due_on": "2026-04-0{number % 9 + 1}", "text": "已完成接口联调", "n": {number}}}',
            }
            for number in range(begin, min(begin + _CHUNK, first + count))
        ]  # fmt: skip
        with context.database.writing() as session:
            session.execute(_ROWS, rows)


def read_plainly(context: Context) -> None:
    """Read every row and drop it."""
    with context.database.reading() as unit:
        for _row in unit.connection().execute(text("SELECT * FROM audit ORDER BY id")):
            pass


def timed(work: Any) -> tuple[float, Any]:  # noqa: ANN401  # whatever is measured
    """Return how many seconds of this process's processor time something took, and what it returned.

    SQLite works in the process, and on a machine that others use as well the clock on the wall says little.
    """
    begin = time.process_time()
    result = work()
    return time.process_time() - begin, result


def run(size: int) -> Iterator[Figure]:
    """Measure a log of `size` rows on SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        settings = make_settings(copy_sqlite(Path(folder)), Path(folder))
        context = make_context(settings, FixedClock(NOW))
        fill(context, size)
        yield from _measure(context, size)
        context.database.engine.dispose()


def _measure(context: Context, size: int) -> Iterator[Figure]:
    plain, _ = timed(lambda: read_plainly(context))
    sealing, sealed = timed(lambda: seal_log(context, is_full=True))
    if sealed.entries < size:
        raise AssertionError("not every row was sealed")
    yield Figure(f"seal {size:,} rows", f"{sealing:.1f} s, {size / sealing:,.0f}/s", f"reading them {plain:.1f} s",
                 sealing / plain, "—", is_kept=True)  # fmt: skip
    verifying, verdict = timed(lambda: verify_log(context, (), ()))
    if not verdict.is_sound:
        raise AssertionError(verdict.lines()[0])
    yield Figure(f"verify {size:,} rows", f"{verifying:.1f} s, {size / verifying:,.0f}/s",
                 f"reading them {plain:.1f} s", verifying / plain, f"≤ {VERIFY_SECONDS_MAX} s",
                 verifying <= VERIFY_SECONDS_MAX)  # fmt: skip
    yield from _measure_passes(context, size)
    yield from _measure_proofs(context, size)


def _measure_passes(context: Context, size: int) -> Iterator[Figure]:
    """Measure a pass over a hundred new rows and over none; a day later the quick one looks at what is new alone."""
    context = replace(context, clock=FixedClock(NOW.replace(day=4)))
    for name, is_full, count in (("quick", False, 100), ("quick", False, 0), ("full", True, 0)):
        fill(context, count, size)
        seconds, sealed = timed(lambda full=is_full: seal_log(context, is_full=full))
        yield Figure(f"a {name} pass, {sealed.entries} new rows of {size:,}", f"{seconds * 1000:.0f} ms", "—", seconds,
                     "—", is_kept=True)  # fmt: skip


def _measure_proofs(context: Context, size: int) -> Iterator[Figure]:
    statements: list[str] = []
    event.listen(context.database.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    for name, prove in (
        ("inclusion", lambda: prove_by_command(context, login=None, audit_id=size // 3)),
        ("consistency", lambda: prove_growth(context, size // 3)),
    ):
        statements.clear()
        seconds, proof = timed(prove)
        count, content = sum(one.startswith("SELECT") for one in statements), write_proof(proof)
        if not check_proof(content).is_sound:
            raise AssertionError("a proof does not hold")
        yield Figure(f"a proof of {name} at {size:,}", f"{seconds * 1000:.0f} ms, {len(content):,} bytes",
                     f"{count} readings", seconds, "—", is_kept=True)  # fmt: skip
