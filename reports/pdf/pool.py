"""Warm render processes: begun when the first long document asks, renewed when worn, ended when nothing is to do.

A process that dies or takes too long is ended and its section tried once more in a new one; then RenderError. The
processes are started afresh, not forked, so web workers with threads, the scheduler and commands may all use them.
"""

import atexit
import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from reports.pdf.layout import NumberTask, Section, Task
from reports.pdf.model import RenderError

#: Render processes of one process of the product, unless the setting says another number.
WORKERS = 2
#: A section that takes longer is given up.
SECTION_SECONDS = 300.0
#: An idle process ends after so long.
IDLE_SECONDS = 120.0
_ROOT = Path(__file__).resolve().parents[2]
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "XDG_CACHE_HOME", "FONTCONFIG_PATH",
              "FONTCONFIG_FILE", "VIRTUAL_ENV", "TZ", "PYTHONHASHSEED")  # fmt: skip


class Worker:
    """One render process and the pipe to it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        env = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}  # no secret of the product
        env["PYTHONPATH"] = os.pathsep.join([str(_ROOT), *filter(None, sys.path)])
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", "reports.pdf.worker", str(theirs.fileno()), str(os.getpid())],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env,
                pass_fds=(theirs.fileno(),), start_new_session=True,
            )  # fmt: skip
        self._pipe = Connection(ours.detach())
        self.idle_since = time.monotonic()

    @property
    def pid(self) -> int:
        """Return the process's number."""
        return self._process.pid

    def ask(self, task: Task | NumberTask, seconds: float) -> tuple[Section | bytes | str, bool]:
        """Return the answer; OSError, EOFError or TimeoutError where there is none."""
        is_late = threading.Event()

        def give_up() -> None:
            is_late.set()
            self._process.kill()

        # A process that does not even read what it is sent would hold its asker for ever: it is ended, the pipe breaks.
        limit = threading.Timer(seconds, give_up)
        limit.daemon = True
        limit.start()
        try:
            self._pipe.send(task)
            answer: tuple[Section | bytes | str, bool] = self._pipe.recv()
        except (EOFError, OSError) as error:
            if is_late.is_set():
                raise TimeoutError from error
            raise
        finally:
            limit.cancel()
        self.idle_since = time.monotonic()
        return answer

    def stop(self) -> None:
        """End the process; who asked it finds out."""
        self._process.kill()

    def end(self) -> None:
        """End the process and wait for it."""
        self._pipe.close()
        self._process.kill()
        self._process.wait()


@dataclass
class Pool:
    """Some render processes of this process."""

    workers: int = WORKERS
    section_seconds: float = SECTION_SECONDS
    idle_seconds: float = IDLE_SECONDS
    _idle: list[Worker] = field(default_factory=list)
    _busy: list[Worker] = field(default_factory=list)
    _is_closed: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _places: threading.Semaphore = field(init=False)
    _sweeper: threading.Timer | None = None

    def __post_init__(self) -> None:
        self._places = threading.Semaphore(max(self.workers, 1))

    def lay_section(self, task: Task) -> Section:
        """Return the section, laid out in one of the processes; RenderError when it failed twice."""
        made = self._run(task)
        assert isinstance(made, Section)  # noqa: S101 - what the process answers to a section
        return made

    def lay_numbers(self, task: NumberTask) -> bytes:
        """Return the pages of numbers, laid out in one of the processes; RenderError when it failed twice."""
        made = self._run(task)
        assert isinstance(made, bytes)  # noqa: S101 - what the process answers to numbers
        return made

    def _run(self, task: Task | NumberTask) -> Section | bytes:
        """Wait for a free process and ask it, then once more."""
        why = ""
        with self._places:
            for is_again in (False, True):
                worker = self._take(is_fresh=is_again)
                is_kept = False
                try:
                    made, is_worn = worker.ask(task, self.section_seconds)
                    is_kept = not is_worn
                except TimeoutError:
                    why = f"no answer within {self.section_seconds:g} seconds"
                    continue
                except (EOFError, OSError) as error:
                    why = f"the render process ended ({type(error).__name__})"
                    continue
                finally:
                    self._give_back(worker, is_kept=is_kept)
                if not isinstance(made, str):
                    return made
                why = made
        said = f"the section from page {task.first_page} of {task.sheet.identifier!r}: {why}"
        raise RenderError(said, task.first_page)

    def close(self) -> None:
        """End every process, also those at work: who waits for them gets RenderError."""
        with self._lock:
            self._is_closed = True
            idle, self._idle = self._idle, []
            busy = list(self._busy)
            if self._sweeper is not None:
                self._sweeper.cancel()
                self._sweeper = None
        for worker in idle:
            worker.end()
        for worker in busy:
            worker.stop()  # whoever asked it hears the pipe close, and waits for its end

    def list_idle(self) -> list[int]:
        """Return the numbers of the processes that wait for work."""
        with self._lock:
            return [worker.pid for worker in self._idle]

    def _take(self, *, is_fresh: bool) -> Worker:
        with self._lock:
            if self._is_closed:
                raise RenderError("the render processes are closed")
            worker = self._idle.pop() if self._idle and not is_fresh else Worker()
            self._busy.append(worker)
            return worker

    def _give_back(self, worker: Worker, *, is_kept: bool) -> None:
        with self._lock:
            self._busy.remove(worker)
            is_kept = is_kept and not self._is_closed
            if is_kept:
                self._idle.append(worker)
                self._wait_to_sweep()
        if not is_kept:
            worker.end()

    def _wait_to_sweep(self) -> None:
        if self._sweeper is None:
            self._sweeper = threading.Timer(self.idle_seconds, self._sweep)
            self._sweeper.daemon = True
            self._sweeper.start()

    def _sweep(self) -> None:
        edge = time.monotonic() - self.idle_seconds
        with self._lock:
            ended = [worker for worker in self._idle if worker.idle_since <= edge]
            self._idle = [worker for worker in self._idle if worker.idle_since > edge]
            self._sweeper = None
            if self._idle:
                self._wait_to_sweep()
        for worker in ended:
            worker.end()


_pool: Pool | None = None
_owner = 0
_wanted = WORKERS
_making = threading.Lock()


def choose_workers(count: int) -> None:
    """Set how many render processes this process may have; 0: long documents are made in this process."""
    global _wanted  # noqa: PLW0603 - a process has one number, chosen at its start
    if count != _wanted:
        _wanted = count
        close_pool()


def current_pool() -> Pool | None:
    """Return this process's pool; None where it is to have none. A forked child makes its own."""
    global _pool, _owner
    if not _wanted:
        return None
    with _making:
        if _pool is None or _owner != os.getpid():
            _pool, _owner = Pool(_wanted), os.getpid()
        return _pool


def close_pool() -> None:
    """End this process's render processes; the next long document begins new ones."""
    global _pool
    with _making:
        pool, _pool = _pool, None
    if pool is not None and _owner == os.getpid():
        pool.close()


atexit.register(close_pool)
