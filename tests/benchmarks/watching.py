"""What watching costs a request: figures, trace and log line against the very same request without them.

Both sides in one process, in turn; processor seconds, since other work on the machine is none of theirs.
"""

import logging
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

from sqlalchemy import event
from werkzeug.test import Client

from app.core.clock import FixedClock
from app.core.watch.logs import begin_logging
from app.core.watch.meters import begin_counting
from app.core.watch.statements import _note_begin, _note_end
from app.edge.watching.request import Watch
from app.factory import create_app
from tests.benchmarks.timing import Figure
from tests.city import NOW, City, fill_city, find_city
from tests.client import Caller, make_settings
from tests.databases import copy_filled_sqlite

_ROUNDS, _EACH = 31, 20
_BOUND = 1.25


def run() -> Iterator[Figure]:
    """Measure a list of the API and the check that touches no database."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stream = stack.enter_context((folder / "log").open("w"))
        url, known = copy_filled_sqlite(folder, fill_city)
        caller = _make_caller(url, known, folder)
        begin_logging("json", stream)
        begin_counting(folder / "metrics")
        head = {"Authorization": f"Bearer {caller.token('office1')}"}
        engine = caller.context.database.engine
        watched = caller.app.wsgi_app
        assert isinstance(watched, Watch)
        for name, path in (("a list of the API", "/api/v1/items"), ("a check without database", "/healthz")):

            def ask(app: Any, path: str = path) -> None:  # noqa: ANN401  # a WSGI application
                for _ in range(_EACH):
                    status = Client(app).get(path, headers=head).status_code
                    if status != HTTPStatus.OK:
                        raise AssertionError(f"{path} was answered with {status}")

            def ask_bare(ask: Callable[[Any], None] = ask) -> None:
                _listen(engine, event.remove)
                logging.disable(logging.CRITICAL)
                ask(watched._app)  # noqa: SLF001  # the application itself
                logging.disable(logging.NOTSET)
                _listen(engine, event.listen)

            ours, bare = _measure(lambda ask=ask: ask(watched), ask_bare)  # type: ignore[misc]
            told = f"{ours / _EACH * 1e3:.2f} ms, {(ours - bare) / _EACH * 1e6:.0f} µs more"
            against, ratio = f"bare {bare / _EACH * 1e3:.2f} ms", ours / bare
            bound = f"≤ {_BOUND}" if path != "/healthz" else ""
            yield Figure(f"watching, {name}", told, against, ratio, bound, not bound or ratio <= _BOUND)
        engine.dispose()


def _make_caller(url: str, known: City, folder: Path) -> Caller:
    """Return a caller on the made-up city."""
    clock = FixedClock(NOW)
    app = create_app(replace(make_settings(url, folder), rate_limit=""), clock)
    with app.app_context():
        context = app.extensions["lianban"]
    return Caller(app, find_city(context.database, context.book, known), clock)


def _listen(engine: Any, change: Callable[..., Any]) -> None:  # noqa: ANN401  # an engine
    change(engine, "before_cursor_execute", _note_begin)
    change(engine, "after_cursor_execute", _note_end)


def _measure(*sides: Callable[[], None]) -> tuple[float, ...]:
    times: list[list[float]] = [[] for _ in sides]
    for side in sides:
        side()
    for _ in range(_ROUNDS):
        for found, side in zip(times, sides, strict=True):
            begin = time.process_time()
            side()
            found.append(time.process_time() - begin)
    return tuple(statistics.median(found) for found in times)
