"""An S3-compatible server on loopback, in a process of its own, and a way to it on which things go wrong."""

import atexit
import http.client
import itertools
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from app.core.object_store import AccessKey, ObjectPlace, ObjectStore, Patience
from tests.outside import find_port

KEY = AccessKey("lianban-key", "lianban-secret-of-the-store")
#: A test does not wait for what never comes.
QUICK = Patience(connect_seconds=1.0, read_seconds=0.25, attempts=2)
_NUMBERS = itertools.count(1)
_START_SECONDS = 60
_WITH_ME = ("/usr/bin/setpriv", "--pdeathsig", "KILL")


@cache
def server_port() -> int:
    """Start the server, once a test process, and return its port."""
    port = find_port()
    # It goes with this process also where that is ended before it can say goodbye, as a test runner's workers are.
    process = subprocess.Popen(
        [*_WITH_ME, sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    atexit.register(_end, process)
    until = time.monotonic() + _START_SECONDS
    while True:
        try:
            _ask(port, "GET", "/moto-api/", {}, b"")
        except OSError:
            if process.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return port


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def make_place(prefix: str = "files/", *, port: int | None = None, bucket: str | None = None) -> ObjectPlace:
    """Return a place in a fresh bucket (or the one that is named), reached through `port` (default: straight)."""
    name = bucket or f"lianban-{next(_NUMBERS)}"
    place = ObjectPlace(name, prefix, f"http://127.0.0.1:{port or server_port()}", "cn-north-1")
    if bucket is None:
        client_of(make_bucket_store(place)).create_bucket(
            Bucket=name, CreateBucketConfiguration={"LocationConstraint": "cn-north-1"}
        )
    return place


def make_bucket_store(place: ObjectPlace | None = None, patience: Patience | None = None) -> ObjectStore:
    """Return a store at a place (default: a fresh bucket)."""
    return ObjectStore(place or make_place(), KEY, patience)


def client_of(store: ObjectStore) -> Any:  # noqa: ANN401  # botocore makes it
    """Return what a store speaks to its server with."""
    return store._client  # noqa: SLF001  # to look at the bucket, and to stop a request at a certain moment


def list_keys(store: ObjectStore, place: ObjectPlace) -> list[str]:
    """Return all keys of a bucket."""
    return [found["Key"] for found in client_of(store).list_objects_v2(Bucket=place.bucket).get("Contents", ())]


def address_of(place: ObjectPlace) -> str:
    """Return a place as the setting writes it."""
    return f"s3://{place.bucket}/{place.prefix.rstrip('/')}?endpoint={place.endpoint}&region={place.region}"


def _ask(port: int, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, list[Any], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.getheaders(), answer.read()
    finally:
        connection.close()


#: What goes wrong with a request (method, path): "" nothing, "500", "hang", "cut" (half an answer).
Fault = Callable[[str, str], str]


@dataclass
class Way:
    """A way to the server; `fault` says what goes wrong with each request, `asked` tells them."""

    port: int
    fault: Fault = lambda _method, _path: ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    #: Lets go what hangs.
    ended: threading.Event = field(default_factory=threading.Event)


@contextmanager
def open_way() -> Iterator[Way]:
    """Open a way to the server, straight until its `fault` is set."""
    way = Way(0)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            way.asked.append((self.command, self.path))
            fault = way.fault(self.command, self.path)
            if fault == "hang":
                way.ended.wait(30)
                self.close_connection = True
                return
            if fault == "500":
                self.send_error(500)
                return
            headers = {name: value for name, value in self.headers.items() if name.lower() != "expect"}
            status, told, answer = _ask(server_port(), self.command, self.path, headers, body)
            self.send_response_only(status)
            for name, value in told:
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer[: len(answer) // 2] if fault == "cut" else answer)
            self.close_connection = fault == "cut"

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _pass  # noqa: N815  # the server's names

        def log_message(self, *_more: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    way.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield way
    finally:
        way.ended.set()
        server.shutdown()
        thread.join()
        server.server_close()
