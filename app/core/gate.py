"""One writer at a time on an embedded database, in the order of asking.

SQLite makes waiting writers poll, and who polls at the wrong moment waits for seconds behind later comers. The
gate queues the threads of a process first come, first served, and processes by a lock on a file beside the
database, where the kernel queues them.
"""

import fcntl
import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class Gate:
    """Lets one writer through at a time; `path` None: threads of this process only (a database in memory)."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._mutex = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._is_taken = False
        self._holder: int | None = None

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Wait for one's turn and hold the gate for the block.

        RuntimeError for a thread that holds it already: a writing unit inside another would wait for itself for ever.
        """
        if self._holder == threading.get_ident():
            raise RuntimeError("a writing unit of work was opened inside another")
        self._enter()
        self._holder = threading.get_ident()
        try:
            if self._path is None:
                yield
            else:
                with open(self._path, "ab", opener=_open_private) as file:  # Path.open takes no opener
                    fcntl.flock(file, fcntl.LOCK_EX)
                    yield
        finally:
            self._leave()

    def _enter(self) -> None:
        with self._mutex:
            if not self._is_taken:
                self._is_taken = True
                return
            turn = threading.Event()
            self._waiting.append(turn)
        turn.wait()

    def _leave(self) -> None:
        with self._mutex:
            self._holder = None
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False
