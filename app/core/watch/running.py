"""One run of a job, a long work or a command, watched: its trace, its line in the log, its figures."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from app.core.watch.logs import get_logger
from app.core.watch.meters import meters
from app.core.watch.trace import Trace, make_id, tracing

log = get_logger(__name__)


class Run:
    """What is told of a run when it ends: `outcome` as whoever runs it finds it."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.outcome = "done"


@contextmanager
def watched(kind: Literal["job", "work", "command"], name: str, **more: object) -> Iterator[Run]:
    """Watch a run of `name`; `more` stands in its line. An exception that leaves the block is its failure."""
    run = Run(Trace(kind, make_id(), name, more=dict(more)))
    began = time.perf_counter()
    with tracing(run.trace):
        try:
            yield run
        except BaseException as error:
            if not isinstance(error, SystemExit) or error.code not in (None, 0):
                run.outcome = "failed"
            raise
        finally:
            seconds = time.perf_counter() - began
            meters().count_run(kind, name, run.outcome, seconds)
            log.info(kind, outcome=run.outcome, **{**measure(run.trace, seconds), **run.trace.more})


def measure(trace: Trace, seconds: float) -> dict[str, object]:
    """Return what a line tells of how long something took."""
    return {
        "milliseconds": round(seconds * 1000, 1),
        "person": trace.person_id,
        "statements": trace.statements,
        "statement_milliseconds": round(trace.statement_seconds * 1000, 1),
    }
