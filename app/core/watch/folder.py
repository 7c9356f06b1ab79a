"""The folder in which the processes of one machine keep what they counted, one file each and kind of figure.

It is prometheus-client's own multiprocess form. What a process counted outlives it: the files of those that have
ended are added up into one (`…_0.db`), so that no figure ever falls while the product runs. The folder is the
machine's own (`metrics/HOSTNAME`), since process ids of two machines are not told apart.
"""

import fcntl
import logging
import os
import socket
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric
from prometheus_client.mmap_dict import MmapedDict, mmap_key
from prometheus_client.multiprocess import MultiProcessCollector

log = logging.getLogger(__name__)

#: Room for every address of the product in every bucket, taken whole when a file is made: a file that grew on a full
#: disk would kill its process (SIGBUS).
RESERVED_BYTES = {"counter": 1 << 20, "histogram": 4 << 20}
#: The number in the name of the file that adds up who has ended; no process has it.
_ENDED = 0
#: What reading a file that was cut off leads to.
_UNREADABLE = (OSError, RuntimeError, ValueError, KeyError, IndexError, struct.error)


def find_folder(var: Path) -> Path:
    """Return this machine's folder below `var`."""
    name = "".join(char for char in socket.gethostname() if char.isalnum() or char in "-.")
    return var / "metrics" / (name or "localhost")


def prepare_folder(folder: Path) -> None:
    """Make the folder; empty it where nobody who counted in it lives any more; OSError where it cannot be made.

    Where somebody does, who has ended is added up: each leaves five megabytes, and nobody may ever ask for figures.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(folder):
        files = _list_files(folder)
        if any(_lives(_pid_of(file)) for file in files):
            _add_up_ended(folder)
            return
        for file in files:
            file.unlink(missing_ok=True)


def reserve_files(folder: Path, pid: int) -> None:
    """Make the files of process `pid` in their full size; OSError where the disk has no room for them."""
    for kind, size in RESERVED_BYTES.items():
        with (folder / f"{kind}_{pid}.db").open("ab") as file:
            if os.fstat(file.fileno()).st_size == 0:
                try:
                    os.posix_fallocate(file.fileno(), 0, size)
                except OSError:
                    os.ftruncate(file.fileno(), 0)
                    Path(file.name).unlink()
                    raise


class Gathering:
    """What all processes of the folder counted, as a collector of prometheus-client."""

    def __init__(self, folder: Path, registry: CollectorRegistry) -> None:
        self._folder = folder
        registry.register(self)

    def collect(self) -> Iterator[Metric]:
        """Yield the sums; a file that cannot be read is left out and told of."""
        with _locked(self._folder):
            _add_up_ended(self._folder)
            yield from _merge(_list_files(self._folder), accumulate=True)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, so that nobody adds up what another is reading."""
    with (folder / "lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _list_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*_*.db"))


def _pid_of(file: Path) -> int:
    number = file.stem.rpartition("_")[2]
    return int(number) if number.isdigit() else _ENDED


def _lives(pid: int) -> bool:
    if pid == _ENDED:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's process
        return True
    return True


def _merge(files: list[Path], *, accumulate: bool) -> Iterable[Metric]:
    """Return the sums over `files`; what cannot be read is left out and told of."""
    names = [str(file) for file in files]
    try:
        merged: Iterable[Metric] = MultiProcessCollector.merge(names, accumulate=accumulate)
    except _UNREADABLE:
        names = [str(file) for file in files if _is_readable(file)]
        merged = MultiProcessCollector.merge(names, accumulate=accumulate)
    return merged


def _is_readable(file: Path) -> bool:
    try:
        MultiProcessCollector.merge([str(file)])
    except _UNREADABLE as error:
        log.warning("figures left out, %s cannot be read: %s", file.name, type(error).__name__)
        return False
    return True


def _add_up_ended(folder: Path) -> None:
    """Put what ended processes counted into one file a kind; left for later where the disk has no room."""
    for kind, size in RESERVED_BYTES.items():
        ended = [file for file in folder.glob(f"{kind}_*.db") if _pid_of(file) != _ENDED and not _lives(_pid_of(file))]
        if not ended:
            continue
        total, new = folder / f"{kind}_{_ENDED}.db", folder / f"{kind}.new"
        try:
            _write_sum([file for file in (total, *ended) if file.exists()], new, size)
            new.replace(total)
        except OSError as error:
            log.warning("figures of ended processes stay apart: %s", error.strerror)
            new.unlink(missing_ok=True)
            continue
        for file in ended:
            file.unlink(missing_ok=True)


def _write_sum(sources: list[Path], target: Path, size: int) -> None:
    target.unlink(missing_ok=True)
    with target.open("ab") as file:
        os.posix_fallocate(file.fileno(), 0, size)
    kept = MmapedDict(str(target))
    try:
        for metric in _merge(sources, accumulate=False):
            for sample in metric.samples:
                labels = dict(sample.labels)
                key = mmap_key(metric.name, sample.name, list(labels), list(labels.values()), metric.documentation)
                kept.write_value(key, sample.value, 0.0)
    finally:
        with suppress(ValueError):
            kept.close()
