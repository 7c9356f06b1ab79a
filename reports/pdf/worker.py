"""A render process: takes sections to lay out from its pipe, answers each, and ends when its parent is gone.

It holds faces and style sheets warm, never runs the collector inside a layout, and says after each answer whether it
has grown so old or large that it is to be renewed.
"""

import ctypes
import gc
import os
import resource
import signal
import sys
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path

from reports.pdf.layout import NumberTask, Section, Task, lay_numbers, lay_section

#: A process is renewed behind so many pages, or above so many MB.
PAGES_LIMIT = 1000
SOFT_MB = 320
#: The system refuses it more.
HARD_MB = 2048
_MB = 1 << 20


def serve(connection: Connection) -> None:
    """Answer (what was made, or words that say why not; is_worn) to each task until the pipe is closed."""
    gc.disable()  # each section sweeps up behind itself
    gc.freeze()
    pages = 0
    while True:
        try:
            task: Task | NumberTask = connection.recv()
        except EOFError:
            return
        try:
            made: Section | bytes | str = lay_section(task) if isinstance(task, Task) else lay_numbers(task)
            pages += made.pages if isinstance(made, Section) else 0
        except Exception as error:  # noqa: BLE001 - the edge of a process: whatever it is, the parent is told
            made = f"{type(error).__name__}: {error}"
        _give_back()
        connection.send((made, pages >= PAGES_LIMIT or _resident_mb() > SOFT_MB))
        del made, task  # nothing of it waits for the next


def _give_back() -> None:
    """Hand freed memory back to the system, where the C library can."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _resident_mb() -> float:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * resource.getpagesize() / _MB


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


def main(descriptor: int, parent: int) -> None:
    """Serve the pipe behind `descriptor` for the process `parent`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = HARD_MB * _MB
    resource.setrlimit(resource.RLIMIT_AS, (wanted if most < 0 else min(wanted, most), most))
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    serve(Connection(descriptor))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
