"""What `/readyz` tells: named checks with their states, cheap and without anything a stranger should not know.

Whether requests can be served (200 or 503) hangs on the database and on a scheduler that fell silent, as it always
did; what else is missing is told, since taking a machine out of service mends no full disk.
"""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import cast

from flask import Flask, current_app

from app.core.watch.finding import Finding
from app.edge.context import Context
from app.edge.doctor.patient import Patient
from app.edge.doctor.place import check_disk, check_keys, check_store, check_var
from app.edge.startup import current_readiness
from app.edge.watching.metrics import Figures

_KEY = "lianban_watching"
_CACHE = timedelta(seconds=10)
_PLACE: dict[str, Callable[[Patient], Iterator[Finding]]] = {
    "files": check_var, "disk": check_disk, "store": check_store, "keys": check_keys,
}  # fmt: skip


class Watching:
    """What one application looks at again and again: its place at most every ten seconds, its figures."""

    def __init__(self, context: Context, figures: Figures) -> None:
        self.figures = figures
        self._context = context
        self._lock = threading.Lock()
        self._kept: tuple[datetime, dict[str, str]] | None = None

    def look_around(self) -> dict[str, str]:
        """Return the state of each check of the place, by name: ok, warning or fault."""
        now = self._context.now()
        with self._lock:
            if self._kept is None or not timedelta() <= now - self._kept[0] < _CACHE:
                patient = Patient(self._context, now, "away", None)
                states = {name: _worst(look(patient)) for name, look in _PLACE.items()}
                self._kept = now, states
            return self._kept[1]


def _worst(findings: Iterator[Finding]) -> str:
    return max(findings, key=lambda one: one.rank).state


def attach(app: Flask, context: Context) -> None:
    """Give `app` its watching; after its readiness."""
    with app.app_context():
        app.extensions[_KEY] = Watching(context, Figures(context, current_readiness()))


def current_watching() -> Watching:
    """Return the watching of the running application."""
    return cast("Watching", current_app.extensions[_KEY])
