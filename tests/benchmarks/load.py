"""Sends requests to a served application over kept connections and takes the times; the least work on this side.

Plain sockets, one a client: a client library would cost as much as the request that it measures.
"""

import os
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config import ROOT
from tests.databases import settings_of

_START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Load:
    """What a run of requests took: requests a second over all clients, medians and 95th percentiles in milliseconds."""

    rate: float
    p50_ms: float
    p95_ms: float


@contextmanager
def serve(application: str, url: str, folder: Path) -> Iterator[int]:
    """Serve `application` (module:call) under gunicorn as the product is served; yields the port."""
    port = _free_port()
    environment = os.environ | settings_of(url, folder)
    command = [
        sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--bind",
        f"127.0.0.1:{port}", "--access-logfile", "/dev/null", "--log-level", "warning", application,
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _wait(port, process)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    begin = time.monotonic()
    while time.monotonic() - begin < _START_SECONDS:
        if process.poll() is not None:
            raise AssertionError(f"the server ended with {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not start")


class Client:
    """One kept connection."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket = socket.create_connection(("127.0.0.1", port), 60)
        self._left = b""

    def send(self, request: bytes) -> tuple[int, bytes, bytes]:
        """Send one request; returns status, head and body."""
        try:
            self._socket.sendall(request)
            return self._read()
        except ConnectionError:  # the server may end a kept connection between two requests
            self.__init__(self._port)  # type: ignore[misc]  # the same client, connected anew
            self._socket.sendall(request)
            return self._read()

    def _read(self) -> tuple[int, bytes, bytes]:
        data = self._left
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        while len(body) < length:
            body += self._more()
        self._left = body[length:]
        return int(head[9:12]), head, body[:length]

    def _more(self) -> bytes:
        found = self._socket.recv(262_144)
        if not found:
            raise ConnectionResetError
        return found

    def close(self) -> None:
        """End the connection."""
        self._socket.close()


def make_get(path: str, **headers: str) -> bytes:
    """Return the bytes of a GET; underscores in header names stand for hyphens."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def run_load(port: int, request: bytes, clients: int, each: int) -> Load:
    """Send `request` `each` times from each of `clients` connections; AssertionError for any answer but 200."""
    times: list[float] = []
    faults: list[str] = []

    def work() -> None:
        client = Client(port)
        own = []
        for _ in range(each):
            begin = time.perf_counter()
            status, _, body = client.send(request)
            own.append(time.perf_counter() - begin)
            if status != 200:
                faults.append(f"{status}: {body[:200]!r}")
                break
        client.close()
        times.extend(own)

    begin = time.perf_counter()
    _in_threads([work] * clients)
    seconds = time.perf_counter() - begin
    if faults:
        raise AssertionError(faults[0])
    return Load(len(times) / seconds, statistics.median(times) * 1000, statistics.quantiles(times, n=20)[18] * 1000)


def _in_threads(works: Sequence[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
