"""A small server that speaks as clamd does: PING, INSTREAM; it finds EICAR's harmless test file."""

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread

#: Put together here, so that no scanner of somebody's machine takes this very file for one that is infected.
EICAR = ("X5O!P%@AP[4" + r"\PZX54(P^)7CC)7}$EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*").encode()
SIGNATURE = "Eicar-Test-Signature"


@dataclass
class SmallScanner:
    """What it was sent; `fault`: "" or silence, cut, nonsense, error (its own); `limit`: bytes that it takes."""

    port: int
    scanned: list[bytes] = field(default_factory=list)
    fault: str = ""
    limit: int = 25 * 1024 * 1024

    @property
    def url(self) -> str:
        """Its address as the setting has it."""
        return f"clamd://127.0.0.1:{self.port}"


@contextmanager
def serve_scanner() -> Iterator[SmallScanner]:
    """Serve on a loopback port for a while."""
    listener = socket.create_server(("127.0.0.1", 0))
    scanner = SmallScanner(int(listener.getsockname()[1]))
    thread = Thread(target=_accept, args=(listener, scanner), daemon=True)
    thread.start()
    try:
        yield scanner
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def _accept(listener: socket.socket, scanner: SmallScanner) -> None:
    while True:
        try:
            line, _ = listener.accept()
        except OSError:
            return
        line.settimeout(10)
        with line, suppress(OSError):
            _speak(line, scanner)


def _speak(line: socket.socket, scanner: SmallScanner) -> None:
    command = b""
    while not command.endswith(b"\0"):
        command += line.recv(1)
    if scanner.fault == "silence":
        time.sleep(1)
    elif scanner.fault == "cut":
        return
    elif scanner.fault == "nonsense":
        line.sendall(b"HTTP/1.1 400 Bad Request\r\n\0")
    elif command == b"zPING\0":
        line.sendall(b"PONG\0")
    elif command == b"zINSTREAM\0":
        line.sendall(_scan(line, scanner))


def _scan(line: socket.socket, scanner: SmallScanner) -> bytes:
    found = b""
    while size := struct.unpack(">I", _take(line, 4))[0]:
        found += _take(line, size)
        if len(found) > scanner.limit:
            return b"INSTREAM size limit exceeded. ERROR\0"
    scanner.scanned.append(found)
    if scanner.fault == "error":
        return b"stream: Can't allocate memory ERROR\0"
    return f"stream: {SIGNATURE} FOUND\0".encode() if EICAR in found else b"stream: OK\0"


def _take(line: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        piece = line.recv(size - len(found))
        if not piece:
            raise ConnectionError
        found += piece
    return found
