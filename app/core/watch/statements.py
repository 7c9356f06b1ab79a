"""Watches what is sent to the database: how many statements, how long they took, which were slow.

A slow one is told with its text, which holds no values: those are parameters, and what is written out in a statement
all the same is taken out.
"""

import hashlib
import re
from time import perf_counter
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection

from app.core.watch.logs import get_logger
from app.core.watch.meters import OTHER, meters
from app.core.watch.trace import current_trace

log = get_logger(__name__)

_BEGAN = "lianban_began"
_OPERATIONS = {"SELECT": "select", "WITH": "select", "INSERT": "insert", "UPDATE": "update", "DELETE": "delete"}
#: The frame of a unit of work, which only one of the two databases is sent as statements.
_FRAME = ("BEGIN", "PRAGMA", "COMMIT", "ROLLBACK")
_LITERAL = re.compile(r"'(?:[^']|'')*'")
_LIST = re.compile(r"\((?:\s*(?:\?|%\(\w+\)s(?:::\w+)?|:\w+)\s*,?)+\)")
_TEXT_MAX = 2000
_slow_seconds = 0.5


def choose_slow(milliseconds: int) -> None:
    """Tell of statements that take as long in this process; 0: of none."""
    global _slow_seconds  # noqa: PLW0603 - a process has one, chosen at its start
    _slow_seconds = milliseconds / 1000


def watch_statements(engine: Engine) -> None:
    """Count and time whatever is sent through `engine`."""
    event.listen(engine, "before_cursor_execute", _note_begin)
    event.listen(engine, "after_cursor_execute", _note_end)


def _note_begin(connection: Connection, *_: Any) -> None:  # noqa: ANN401  # as the event has it
    connection.info[_BEGAN] = perf_counter()


def _note_end(connection: Connection, _cursor: object, statement: str, *_: Any) -> None:  # noqa: ANN401  # as above
    seconds = perf_counter() - connection.info[_BEGAN]
    first = statement.lstrip()[:8].partition(" ")[0].partition("\n")[0].upper()
    if first.startswith(_FRAME):
        return
    trace = current_trace()
    if trace is not None:
        trace.statements += 1
        trace.statement_seconds += seconds
    operation = _OPERATIONS.get(first, OTHER)
    is_slow = 0 < _slow_seconds <= seconds
    meters().count_statement(operation, seconds, is_slow=is_slow)
    if is_slow:
        log.warning(
            "slow statement", milliseconds=round(seconds * 1000), fingerprint=fingerprint(statement),
            statement=strip_values(statement)[:_TEXT_MAX], route=trace.route if trace else "",
        )  # fmt: skip


def strip_values(statement: str) -> str:
    """Return a statement without what is written out in it, on one line, lists of parameters as one."""
    return " ".join(_LIST.sub("(…)", _LITERAL.sub("'…'", statement)).split())


def fingerprint(statement: str) -> str:
    """Return what two runs of one statement have in common, however many parameters they list."""
    return hashlib.sha256(strip_values(statement).encode("utf-8", "replace")).hexdigest()[:12]
