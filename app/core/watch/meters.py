"""What a process counts of its own doing, for `/metrics`: requests, statements, transitions, refusals, jobs, works.

Labels are bounded: patterns of addresses, names of kinds, steps, jobs and codes from the code itself; never an id, a
path, a person or what somebody typed. Counting never fails what is counted: where there is no room, nothing is counted.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, values

from app.core.watch.folder import Gathering, prepare_folder, reserve_files

_REQUEST_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_STATEMENT_SECONDS = (0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0)
_RUN_SECONDS = (0.1, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_CODE = re.compile(r"[a-z][a-z0-9_.]{0,59}")
#: Codes of refusals are words of the code; should one ever be made of something else, their number stays bounded.
_CODES_MAX = 500
OTHER = "other"


class Meters:
    """The counters of one process; `folder` None: kept in its memory alone."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._registry = CollectorRegistry()
        self._codes: set[str] = set()
        # The library decides at its import, by the environment, where values are kept; the folder is known only now.
        values.ValueClass = values.MutexValue if folder is None else _make_values(folder)
        self._requests = self._count("requests", "Requests answered", "route", "method", "status")
        self._request_seconds = self._time("request_seconds", "Requests", _REQUEST_SECONDS, "route", "method")
        self._statement_seconds = self._time(
            "statement_seconds", "Statements sent to the database", _STATEMENT_SECONDS, "operation"
        )
        self._slow = self._count("slow_statements", "Statements slower than LIANBAN_SLOW_MS", "operation")
        self._transitions = self._count("transitions", "Steps taken and committed", "kind", "action")
        self._refusals = self._count("refusals", "Requests and commands refused", "code")
        self._runs = self._count("runs", "Runs of jobs, works and commands ended", "what", "name", "outcome")
        self._run_seconds = self._time("run_seconds", "Runs of jobs and works", _RUN_SECONDS, "what", "name")

    def _count(self, name: str, said: str, *labels: str) -> Counter:
        return Counter(f"lianban_{name}", said, labels, registry=self._registry)

    def _time(self, name: str, said: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(f"lianban_{name}", f"{said}, seconds", labels, registry=self._registry, buckets=buckets)

    def _add(self, count: Callable[[], None]) -> None:
        try:
            count()
        except (OSError, ValueError):  # no room for the file, or it is closed: the process ends
            return

    def count_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        known = method if method in _METHODS else OTHER

        def count() -> None:
            self._requests.labels(route, known, f"{status // 100}xx").inc()
            self._request_seconds.labels(route, known).observe(seconds)

        self._add(count)

    def count_statement(self, operation: str, seconds: float, *, is_slow: bool) -> None:
        """Count one statement."""

        def count() -> None:
            self._statement_seconds.labels(operation).observe(seconds)
            if is_slow:
                self._slow.labels(operation).inc()

        self._add(count)

    def count_transition(self, kind: str, action: str) -> None:
        """Count one committed step."""
        self._add(lambda: self._transitions.labels(kind, action).inc())

    def count_refusal(self, code: str) -> None:
        """Count one refusal by its code."""
        if code not in self._codes:
            if not _CODE.fullmatch(code) or len(self._codes) >= _CODES_MAX:
                code = OTHER
            self._codes.add(code)
        self._add(lambda: self._refusals.labels(code).inc())

    def count_run(self, what: str, name: str, outcome: str, seconds: float) -> None:
        """Count one run of a job, work or command that ended."""

        def count() -> None:
            self._runs.labels(what, name, outcome).inc()
            self._run_seconds.labels(what, name).observe(seconds)

        self._add(count)

    def gather(self, registry: CollectorRegistry) -> None:
        """Give `registry` what was counted: by all processes of the folder, or by this one alone."""
        if self._folder is not None:
            Gathering(self._folder, registry)
        else:
            registry.register(self._registry)


def _make_values(folder: Path) -> type:
    """Return the library's values kept in files of `folder`, made with their whole room at the first figure."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)  # where the library's values look for their folder
    reserved: set[int] = set()
    is_made = False

    def identify() -> int:
        pid = os.getpid()
        if is_made and pid not in reserved:
            reserve_files(folder, pid)
            reserved.add(pid)
        return pid

    made: type = values.MultiProcessValue(identify)
    is_made = True
    return made


_chosen = Meters()


def begin_counting(folder: Path) -> None:
    """Let this process count in `folder` from now on, together with the others; OSError where that cannot be."""
    global _chosen  # noqa: PLW0603 - a process has one set, chosen at its start
    prepare_folder(folder)
    _chosen = Meters(folder)


def stop_counting() -> None:
    """Count in memory alone again (tests)."""
    global _chosen  # noqa: PLW0603 - as above
    values.close_all_multiprocess_files()
    _chosen = Meters()


def meters() -> Meters:
    """Return the counters of this process."""
    return _chosen
