"""What a thread is at: one request, run of a job, long work or command, with an id that log lines and answers carry.

The id is meant to be read out on a telephone: twelve characters without 0/O and 1/I/L.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["request", "job", "work", "command"]

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_GROUPS, _GROUP = 3, 4
#: What a proxy may name a request: its own digest or UUID; nothing that could end a line or a header.
_GIVEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")


@dataclass(slots=True)
class Trace:
    """One request, run, work or command: its id, and what it has asked of the database so far."""

    kind: Kind
    id: str
    #: The address's pattern, the job's, the work's or the command's name: never an id, a path or a person.
    route: str = ""
    person_id: int | None = None
    statements: int = 0
    statement_seconds: float = 0.0
    #: The code of the refusal that answered it.
    refusal: str | None = None
    #: What else its line in the log says.
    more: dict[str, object] = field(default_factory=dict)


_current: ContextVar[Trace | None] = ContextVar("lianban_trace", default=None)


def make_id() -> str:
    """Return a new id: K7Q2-9F4M-3XTB."""
    drawn = [_LETTERS[byte % len(_LETTERS)] for byte in secrets.token_bytes(_GROUPS * _GROUP)]
    return "-".join("".join(drawn[at : at + _GROUP]) for at in range(0, len(drawn), _GROUP))


def accept_id(given: str | None) -> str | None:
    """Return the id that a trusted proxy gave a request, where it is well-formed; None else."""
    return given if given is not None and _GIVEN.fullmatch(given) else None


def current_trace() -> Trace | None:
    """Return what this thread is at; None when that is nothing in particular."""
    return _current.get()


def set_trace(trace: Trace | None) -> Trace | None:
    """Make `trace` what this thread is at; returns what it was at before."""
    before = _current.get()
    _current.set(trace)
    return before


@contextmanager
def tracing(trace: Trace) -> Iterator[Trace]:
    """Be at `trace` for the block."""
    before = set_trace(trace)
    try:
        yield trace
    finally:
        set_trace(before)
