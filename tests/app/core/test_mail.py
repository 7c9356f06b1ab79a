"""The mail server's address, and a server that does not let us in."""

from email.message import EmailMessage

import pytest

from app.core.mail import Mailer, MailServer, MailServerDownError, is_address
from tests.outside import find_port, serve_mail


def test_the_forms_of_an_address() -> None:
    """smtp, smtps, starttls; ports by default; user and password unquoted, the password never shown."""
    assert MailServer.parse("smtp://mail.example") == MailServer("mail.example", 25)
    assert MailServer.parse("smtps://mail.example/") == MailServer("mail.example", 465, "tls")
    found = MailServer.parse("smtp://u%40x:p%3Aw@mail.example:2525?starttls=1")
    assert (found.port, found.security, found.user, found.password) == (2525, "starttls", "u@x", "p:w")
    assert "p:w" not in repr(found)


@pytest.mark.parametrize(
    "url",
    ["http://mail.example", "smtp://", "smtp://mail.example:x", "smtp://mail.example:99999", "smtp://m.example/path",
     "smtp://m.example?tls=1", "smtps://m.example?starttls=1", "smtp://m.example?starttls=yes", "mail.example"],
)  # fmt: skip
def test_other_forms_are_refused(url: str) -> None:
    """A bad address stops the start."""
    with pytest.raises(ValueError, match=r".+"):
        MailServer.parse(url)


@pytest.mark.parametrize("text", ["", "a", "a@", "@b", "a b@c", "a@b\r\nBcc: c@d", "a@b,c@d", "<a@b>", "a@b@c"])
def test_what_is_no_mail_address(text: str) -> None:
    """Nothing that a header or an envelope could take for more than one address."""
    assert not is_address(text)


def make_mail() -> EmailMessage:
    """Return a small mail."""
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "subject", "a@b.example", "c@d.example"
    mail.set_content("text")
    return mail


def test_a_server_that_is_away_or_refuses_the_log_in_is_down() -> None:
    """Nothing can go out: no mail is blamed for it."""
    with Mailer(MailServer("127.0.0.1", find_port())) as mailer, pytest.raises(MailServerDownError):
        mailer.send(make_mail(), "a@b.example", "c@d.example")
    with serve_mail() as box:
        server = MailServer(box.server.host, box.server.port, "plain", "user", "password")
        with Mailer(server) as mailer, pytest.raises(MailServerDownError):
            mailer.send(make_mail(), "a@b.example", "c@d.example")
        for security in ("starttls", "tls"):
            server = MailServer(box.server.host, box.server.port, security)
            with Mailer(server, 2) as mailer, pytest.raises(MailServerDownError):
                mailer.send(make_mail(), "a@b.example", "c@d.example")


def test_a_connection_serves_many_mails_and_is_made_anew() -> None:
    """After a cut the next mail goes out by a new connection; 421 asks for one as well."""
    with serve_mail() as box, Mailer(box.server) as mailer:
        assert mailer.send(make_mail(), "a@b.example", "c@d.example").verdict == "sent"
        box.answers["c@d.example"] = "drop"
        assert mailer.send(make_mail(), "a@b.example", "c@d.example").verdict == "again"
        box.answers["c@d.example"] = "421 too many"
        answer = mailer.send(make_mail(), "a@b.example", "c@d.example")
        assert (answer.verdict, answer.code) == ("again", 421)
        box.answers.clear()
        assert mailer.send(make_mail(), "a@b.example", "c@d.example").verdict == "sent"
        assert mailer.send(make_mail(), "a@b.example", "not an address").verdict == "refused"
    assert len(box.mails) == 2
