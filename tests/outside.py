"""The outside world on loopback: a real SMTP server and a real HTTP receiver, with the faults that tests ask for."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from app.core.mail import MailServer


@dataclass
class Postbox:
    """What an SMTP server took; what it answers to an address: a status line, or "drop" for a cut connection."""

    server: MailServer
    mails: list[tuple[str, EmailMessage]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    tried: list[str] = field(default_factory=list)

    def to(self, address: str) -> list[EmailMessage]:
        """Return the mails that an address got."""
        return [mail for receiver, mail in self.mails if receiver == address]

    def text(self, address: str) -> str:
        """Return the plain text of the last mail to an address."""
        body = self.to(address)[-1].get_body(("plain",))
        assert body is not None
        return str(body.get_content())

    async def handle_RCPT(  # noqa: N802  # the server's name for it
        self, server: SMTP, _: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer to a receiver."""
        self.tried.append(address)
        answer = self.answers.get(address, "250 OK")
        if answer == "drop":
            cast("Any", server).transport.abort()
            return "421 dropped"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return answer

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802  # as above
        """Take a mail."""
        content = cast("bytes", envelope.content)
        mail = message_from_bytes(content, policy=policy.default)
        self.mails += [(receiver, mail) for receiver in envelope.rcpt_tos]
        return "250 taken"


def find_port() -> int:
    """Return a loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serve_mail() -> Iterator[Postbox]:
    """Serve SMTP on a loopback port for a while."""
    port = find_port()
    box = Postbox(MailServer("127.0.0.1", port))
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


@dataclass
class Request:
    """A call that a receiver got."""

    path: str
    headers: dict[str, str]
    body: str


@dataclass
class Receiver:
    """What an HTTP receiver got; `answers` are given one after the other, then 200: a status or a pause in seconds."""

    url: str
    requests: list[Request] = field(default_factory=list)
    answers: list[int | float | str] = field(default_factory=list)


@contextmanager
def serve_http() -> Iterator[Receiver]:
    """Serve HTTP on a loopback port for a while."""
    receiver = Receiver("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            receiver.requests.append(Request(self.path, dict(self.headers), body))
            answer = receiver.answers.pop(0) if receiver.answers else 200
            if isinstance(answer, float):
                time.sleep(answer)
                answer = 200
            self.send_response(302 if isinstance(answer, str) else answer)
            if isinstance(answer, str):
                self.send_header("Location", answer)
            self.end_headers()
            self.wfile.write(b"a body that nobody keeps")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def handle(self) -> None:
            """Take a cut connection calmly."""
            with suppress(OSError):
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/in"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
