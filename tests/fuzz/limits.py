"""Bounds on one reading: seconds of CPU and memory of the process, kept by the operating system."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

#: CPU that one reading may take; the largest thing that is fed is some 4 MB.
SECONDS_MAX = 8.0
#: Address space beyond what the process has when the fuzzing begins.
BYTES_MAX = 1_500 * 1024 * 1024


class TooSlowError(BaseException):
    """One reading took longer than it may; no reader catches it."""


class TooHungryError(BaseException):
    """One reading wanted more memory than it may; no reader catches it."""


def bound_memory(more_bytes: int = BYTES_MAX) -> None:
    """Bound this process, for good, to what it has now and `more_bytes`."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123  # no file in the usual sense
        has_bytes = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (has_bytes + more_bytes, has_bytes + more_bytes))


@contextmanager
def bound_time(seconds: float = SECONDS_MAX) -> Iterator[None]:
    """Raise TooSlowError in the main thread when what is within takes longer than `seconds` of CPU."""

    def stop(number: int, _: FrameType | None) -> None:
        raise TooSlowError(f"signal {number} after {seconds} seconds of CPU")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    except MemoryError as error:
        raise TooHungryError from error
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
