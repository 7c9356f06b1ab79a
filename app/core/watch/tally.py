"""Steps taken in a unit of work, counted once it is committed: what is rolled back does not count."""

from contextvars import ContextVar

from app.core.watch.meters import meters

_pending: ContextVar[list[tuple[str, str]] | None] = ContextVar("lianban_tally", default=None)


def begin_tally() -> list[tuple[str, str]]:
    """Begin the tally of a unit of work; returns it."""
    pending: list[tuple[str, str]] = []
    _pending.set(pending)
    return pending


def note_transition(kind: str, action: str) -> None:
    """Note a step of the running unit of work."""
    pending = _pending.get()
    if pending is not None:
        pending.append((kind, action))


def end_tally(pending: list[tuple[str, str]], *, is_committed: bool) -> None:
    """Count what was noted if the unit of work was committed; forget it."""
    _pending.set(None)
    for kind, action in pending if is_committed else ():
        meters().count_transition(kind, action)
