"""Asks a virus scanner about bytes, in the words of ClamAV's clamd: PING, and INSTREAM with pieces of known length.

The file goes over the connection, so the scanner needs no right to read anything of ours and may stand on another
machine; what is said there is not encrypted. Never used while a database transaction is open.
"""

import re
import socket
import struct
import time
from dataclasses import dataclass
from typing import BinaryIO, Literal, Self
from urllib.parse import unquote, urlsplit

#: To reach the scanner, and for the whole of one file.
CONNECT_SECONDS = 5.0
SCAN_SECONDS = 60.0
PORT = 3310
_PIECE = 256 * 1024
_REPLY_MAX = 4096
#: Names of signatures are shown: only what such a name is made of.
_ODD = re.compile(r"[^A-Za-z0-9._:/()+-]")
_NAME_MAX = 120

Away = Literal["refuse", "accept"]


class ScannerAwayError(Exception):
    """The scanner cannot be reached, does not answer, or could not look at the file; the text is for the log."""


@dataclass(frozen=True, slots=True)
class Scanner:
    """A scanner and what counts while it is away; `path`: its socket on this machine, else host and port."""

    path: str = ""
    host: str = ""
    port: int = PORT
    away: Away = "refuse"
    seconds: float = SCAN_SECONDS

    @classmethod
    def parse(cls, url: str, away: str) -> Self | None:
        """Read clamd://host:port or clamd:///path/of/socket; None for "". ValueError names the setting."""
        if away not in ("refuse", "accept"):
            raise ValueError(f"LIANBAN_SCANNER_AWAY={away!r}: expected one of refuse, accept")
        if not url:
            return None
        parts, chosen = urlsplit(url), "accept" if away == "accept" else "refuse"
        path = unquote(parts.path)
        try:
            port = parts.port or PORT
        except ValueError:
            port = 0
        is_one = bool(parts.hostname) != (len(path) > 1)
        if parts.scheme != "clamd" or not is_one or not port or parts.query or parts.username:
            raise ValueError(
                f"LIANBAN_SCANNER_URL={url!r}: expected clamd://host:3310 or clamd:///run/clamav/clamd.ctl"
            )
        return cls(path if len(path) > 1 else "", parts.hostname or "", port, chosen)  # type: ignore[arg-type]  # as above

    def knock(self) -> None:
        """See that somebody answers; ScannerAwayError else."""
        try:
            with self._connect() as line:
                line.sendall(b"zPING\0")
                said = _read_reply(line, time.monotonic() + CONNECT_SECONDS)
        except OSError as error:
            raise ScannerAwayError(_name(error)) from error
        if said != "PONG":
            raise ScannerAwayError("it does not answer as clamd does")

    def scan(self, stream: BinaryIO) -> str:
        """Return what a file is infected with, "" when nothing is found; the stream stands at its beginning again.

        ScannerAwayError when nobody looked at the whole of it.
        """
        until = time.monotonic() + self.seconds
        stream.seek(0)
        try:
            with self._connect() as line:
                said = self._send(line, stream, until)
        except OSError as error:
            raise ScannerAwayError(_name(error)) from error
        finally:
            stream.seek(0)
        if said == "stream: OK":
            return ""
        if said.startswith("stream: ") and said.endswith(" FOUND"):
            return _ODD.sub("?", said.removeprefix("stream: ").removesuffix(" FOUND"))[:_NAME_MAX] or "?"
        raise ScannerAwayError(f"it said {_ODD.sub(' ', said)[:_NAME_MAX]!r}")

    def _send(self, line: socket.socket, stream: BinaryIO, until: float) -> str:
        line.sendall(b"zINSTREAM\0")
        try:
            while piece := stream.read(_PIECE):
                line.settimeout(_left(until))
                line.sendall(struct.pack(">I", len(piece)) + piece)
            line.sendall(struct.pack(">I", 0))
        except (BrokenPipeError, ConnectionResetError):  # it has said why, as of a file that is too large for it
            return _read_reply(line, until)
        return _read_reply(line, until)

    def _connect(self) -> socket.socket:
        if not self.path:
            return socket.create_connection((self.host, self.port), CONNECT_SECONDS)
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.settimeout(CONNECT_SECONDS)
            line.connect(self.path)
        except OSError:
            line.close()
            raise
        return line


def _read_reply(line: socket.socket, until: float) -> str:
    """Return the reply up to its NUL; OSError when it does not come in time or not whole."""
    found = b""
    while not found.endswith(b"\0"):
        line.settimeout(_left(until))
        piece = line.recv(_REPLY_MAX)
        if not piece or len(found) > _REPLY_MAX:
            raise ConnectionError("no whole answer")
        found += piece
    return found[:-1].decode("ascii", "replace").strip()


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("it took too long")
    return left


def _name(error: OSError) -> str:
    return f"{type(error).__name__}: {error.strerror or error}"[:_NAME_MAX]
