"""A certificate authority for tests, and small servers that speak TLS with what it issued: HTTPS and SMTP.

Every server keeps what reached it, line by line, so that a test sees what was said before the certificate was believed.
"""

import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import BinaryIO, Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Kind = Literal["https", "tls", "starttls", "stripped"]
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Issued:
    """A certificate with its key in one PEM file, and the certificate alone in another."""

    path: Path
    certificate: Path


class Authority:
    """Issues certificates; `root` is what a machine has to believe."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name, self._count = folder, _name(f"{name} authority"), 0
        self._key = ec.generate_private_key(ec.SECP256R1())
        root = _build(self._name, self._name, self._key, timedelta(0), is_authority=True).sign(
            self._key, hashes.SHA256()
        )
        self.root = folder / f"{name}.pem"
        self.root.write_bytes(root.public_bytes(serialization.Encoding.PEM))

    def issue(self, *hosts: str, ended: timedelta = timedelta(0), is_own: bool = False) -> Issued:
        """Issue a certificate for hosts and addresses; `ended`: so long ago; `is_own`: it signs itself."""
        self._count += 1
        key, name = ec.generate_private_key(ec.SECP256R1()), _name(hosts[0])
        builder = _build(name, name if is_own else self._name, key, ended, is_authority=False).add_extension(
            x509.SubjectAlternativeName([_alternative(host) for host in hosts]), critical=False
        )
        made = builder.sign(key if is_own else self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        stem = self._folder / f"{self.root.stem}-{self._count}"
        found = Issued(stem.with_suffix(".both.pem"), stem.with_suffix(".pem"))
        found.path.write_bytes(private + made)
        found.certificate.write_bytes(made)
        return found


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _alternative(host: str) -> x509.GeneralName:
    return x509.IPAddress(ip_address(host)) if host[0].isdigit() else x509.DNSName(host)


def _build(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, ended: timedelta, *, is_authority: bool
) -> x509.CertificateBuilder:
    ends_at = datetime.now(UTC) - ended if ended else datetime.now(UTC) + _DAY
    return (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(ends_at - 3 * _DAY).not_valid_after(ends_at)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )  # fmt: skip


@dataclass
class Secured:
    """A server on the loopback; `said`: each line that reached it, those before TLS with `plain ` in front."""

    kind: Kind
    port: int
    said: list[str] = field(default_factory=list)
    body: str = "{}"

    def describe_provider(self) -> None:
        """Let it answer as an OpenID provider does that is asked what it is."""
        here = f"https://localhost:{self.port}"
        places = {"authorization_endpoint": "/a", "token_endpoint": "/t", "jwks_uri": "/j"}
        self.body = json.dumps({"issuer": here, **{name: f"{here}{path}" for name, path in places.items()}})


@contextmanager
def serve_secured(kind: Kind, issued: Issued) -> Iterator[Secured]:
    """Serve for a while with a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(issued.path)
    listener = socket.create_server(("127.0.0.1", 0))
    server = Secured(kind, int(listener.getsockname()[1]))
    thread = Thread(target=_accept, args=(listener, context, server), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def _accept(listener: socket.socket, context: ssl.SSLContext, server: Secured) -> None:
    while True:
        try:
            sock, _ = listener.accept()
        except OSError:
            return
        sock.settimeout(10)
        with suppress(OSError):  # a caller that does not believe us hangs up; ssl.SSLError is one
            _speak(sock, context, server)
        sock.close()


def _speak(sock: socket.socket, context: ssl.SSLContext, server: Secured) -> None:
    if server.kind in ("starttls", "stripped"):
        is_secured = _converse(sock, server, "plain ")
        if not is_secured:
            return
    with context.wrap_socket(sock, server_side=True) as secured:
        if server.kind == "https":
            _answer(secured, server)
        else:
            _converse(secured, server, "")


def _answer(sock: socket.socket, server: Secured) -> None:
    with sock.makefile("rb") as lines:
        length = 0
        for line in lines:
            text = line.decode().strip()
            if not text:
                break
            server.said.append(text)
            name, _, value = text.partition(":")
            length = int(value) if name.lower() == "content-length" else length
        server.said += [lines.read(length).decode()] if length else []
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(server.body)}\r\n"
    sock.sendall(f"{head}Connection: close\r\n\r\n{server.body}".encode())


def _converse(sock: socket.socket, server: Secured, mark: str) -> bool:
    """Speak SMTP until the other side quits (False) or asks for TLS (True)."""
    greets = mark == "plain " or server.kind == "tls"
    if greets:
        sock.sendall(b"220 small server\r\n")
    with sock.makefile("rb") as lines:
        for line in lines:
            text = line.decode().strip()
            server.said.append(f"{mark}{text}")
            word = text.split(" ")[0].upper()
            if word == "STARTTLS":
                sock.sendall(b"220 go on\r\n")
                return True
            sock.sendall(_reply(word, server, mark))
            if word == "DATA":
                _take_mail(lines, server, mark)
                sock.sendall(b"250 taken\r\n")
            if word == "QUIT":
                break
    return False


def _reply(word: str, server: Secured, mark: str) -> bytes:
    if word == "EHLO":
        offers = b"250-STARTTLS\r\n" if mark and server.kind == "starttls" else b""
        return b"250-here\r\n" + offers + b"250 AUTH PLAIN\r\n"
    return {"AUTH": b"235 in\r\n", "DATA": b"354 go on\r\n", "QUIT": b"221 bye\r\n"}.get(word, b"250 ok\r\n")


def _take_mail(lines: BinaryIO, server: Secured, mark: str) -> None:
    for line in lines:
        text = line.decode().rstrip("\r\n")
        if text == ".":
            return
        server.said.append(f"{mark}{text}")
