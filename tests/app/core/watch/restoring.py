"""What tests of logs and figures share: the process's logging and counters, put back behind them."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from app.core.watch.hiding import hide_values
from app.core.watch.meters import stop_counting


@contextmanager
def restored_logging() -> Iterator[None]:
    """Put the root logger and structlog back as they were at the end."""
    root, manager = logging.getLogger(), logging.Logger.manager.loggerDict
    handlers, level = list(root.handlers), root.level
    levels = {name: one.level for name, one in manager.items() if isinstance(one, logging.Logger)}
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        for name, one in list(manager.items()):
            if isinstance(one, logging.Logger):
                one.setLevel(levels.get(name, logging.NOTSET))
        hide_values([])


@contextmanager
def restored_counting() -> Iterator[None]:
    """Count in memory again at the end."""
    try:
        yield
    finally:
        stop_counting()
