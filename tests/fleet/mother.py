"""Loads the product once and forks the members of a fleet from itself: a new member is there in a moment.

Run as `python -m tests.fleet.mother`; each line on stdin is a role, a port, a file for what the member says and one
that its clock looks at, each answer its process id. Every member leads a group of its own, so that killing the group
kills all that it started. Ends when stdin does, and kills whatever is left.
"""

import gc
import os
import signal
import sys
import traceback
from contextlib import suppress
from pathlib import Path

from tests.fleet.member import serve


def main() -> None:
    """Fork until stdin ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the ended are nobody's to wait for
    gc.freeze()
    born = []
    for line in sys.stdin:
        role, port, path, clock = line.split()
        child = os.fork()
        if child == 0:
            _live(role, int(port), path, Path(clock))
        with suppress(PermissionError, ProcessLookupError):
            os.setpgid(child, child)  # here as well: who is killed at once must be in its group by then
        born.append(child)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
    for child in born:
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)


def _live(role: str, port: int, path: str, clock: Path) -> None:
    """Be a member, and end without returning to the mother's own life."""
    status = 1
    try:
        os.setpgid(0, 0)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        out = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for stream in (1, 2):
            os.dup2(out, stream)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        serve(role, port, clock)
        status = 0
    except BaseException:  # noqa: BLE001  # the edge of a process: gunicorn ends by SystemExit
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    main()
