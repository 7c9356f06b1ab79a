"""Speaks SMTP: one connection, mail after mail; tells what the server said to each (case P27).

Knows nothing of who is written to or why. Never used while a database transaction is open.
"""

import re
import smtplib
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Literal, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from app.core.trust import make_context

TIMEOUT_SECONDS = 20.0
_TEXT_MAX = 300
_PERMANENT = 500
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+")
_PORTS = {"plain": 25, "starttls": 587, "tls": 465}

Security = Literal["plain", "starttls", "tls"]
Verdict = Literal["sent", "again", "refused"]


def is_address(text: str) -> bool:
    """Whether `text` can be a mail address: one name, one host, nothing that would end it."""
    return text.isprintable() and _ADDRESS.fullmatch(text) is not None


class MailServerDownError(Exception):
    """The server cannot be reached, or does not let us in: no mail can go out now."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails are handed in."""

    host: str
    port: int
    security: Security = "plain"
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read smtp://user:password@host:port, smtps://…, smtp://…?starttls=1; ValueError for anything else."""
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        is_known = parts.scheme in ("smtp", "smtps") and parts.path in ("", "/") and options.keys() <= {"starttls"}
        starttls = options.get("starttls", "0")
        if not is_known or not parts.hostname or starttls not in ("0", "1"):
            raise ValueError("no mail server")
        if parts.scheme == "smtps" and starttls == "1":
            raise ValueError("smtps and starttls exclude each other")
        security: Security = "tls" if parts.scheme == "smtps" else "starttls" if starttls == "1" else "plain"
        port = parts.port or _PORTS[security]  # .port raises ValueError beyond 65535
        user = unquote(parts.username) if parts.username else None
        return cls(parts.hostname, port, security, user, unquote(parts.password or "") if user else None)


@dataclass(frozen=True, slots=True)
class MailAnswer:
    """What became of one mail: sent, refused for good, or to be tried again; with the server's code and words."""

    verdict: Verdict
    code: int | None = None
    error: str | None = None


class Mailer:
    """A connection to a mail server, made when it is first needed and anew after it was lost."""

    def __init__(self, server: MailServer, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._server = server
        self._timeout_seconds = timeout_seconds
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def knock(self) -> None:
        """Connect and log in, hand in nothing; MailServerDownError when that cannot be done."""
        smtp = self._smtp or self._connect()
        try:
            smtp.noop()
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise MailServerDownError(_name(error)) from error

    def send(self, message: EmailMessage, sender: str, to: str) -> MailAnswer:
        """Hand in one mail; MailServerDownError when the server takes none at all now."""
        if not is_address(to):
            return MailAnswer("refused", None, "not a mail address")
        smtp = self._smtp or self._connect()
        try:
            smtp.send_message(message, sender, [to])
        except smtplib.SMTPRecipientsRefused as error:
            code, said = error.recipients[to]
            return self._judge(code, said)
        except smtplib.SMTPSenderRefused as error:
            self.close()
            raise MailServerDownError(f"the sender is refused: {error.smtp_code} {_read(error.smtp_error)}") from error
        except smtplib.SMTPResponseException as error:
            return self._judge(error.smtp_code, error.smtp_error)
        except smtplib.SMTPNotSupportedError as error:
            return MailAnswer("refused", None, str(error)[:_TEXT_MAX])
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            return MailAnswer("again", None, _name(error))
        return MailAnswer("sent", 250)

    def close(self) -> None:
        """End the connection, if there is one."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                smtp.quit()
            smtp.close()

    def _judge(self, code: int, said: bytes | str) -> MailAnswer:
        if code == 421:  # noqa: PLR2004  # "service not available, closing": whatever comes needs a new connection
            self.close()
        return MailAnswer("refused" if code >= _PERMANENT else "again", code, _read(said))

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        try:
            if server.security == "tls":
                smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                    server.host, server.port, timeout=self._timeout_seconds, context=make_context()
                )
            else:
                smtp = smtplib.SMTP(server.host, server.port, timeout=self._timeout_seconds)
            self._smtp = smtp
            if server.security == "starttls":
                smtp.starttls(context=make_context())
            if server.user is not None:
                smtp.login(server.user, server.password or "")
        except smtplib.SMTPResponseException as error:
            self.close()
            raise MailServerDownError(f"{error.smtp_code} {_read(error.smtp_error)}") from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise MailServerDownError(_name(error)) from error
        return smtp


def _read(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())[:_TEXT_MAX]


def _name(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:_TEXT_MAX]
