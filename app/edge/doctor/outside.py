"""Checks that speak to others: the mail server, and the certificate with which people are served."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from urllib.parse import urlsplit

from app.core.mail import MailAnswer, Mailer, MailServerDownError
from app.core.scanner import ScannerAwayError
from app.core.trust import make_context
from app.core.watch.finding import Finding
from app.edge.context import Context
from app.edge.doctor.patient import Patient, fault, warn, well

SECONDS = 10.0
_WARN_DAYS, _FAULT_DAYS = 21, 7


def check_mail(patient: Patient) -> Iterator[Finding]:
    """Look whether the mail server lets us in (connection, TLS, log-in); no mail is sent."""
    server = patient.context.settings.mail_server
    if server is None:
        yield well("mail", "未设邮件服务器", "there is no mail server")
        return
    try:
        with Mailer(server, SECONDS) as mailer:
            mailer.knock()
    except MailServerDownError as error:
        yield fault(
            "mail",
            f"邮件服务器{server.host}:{server.port}无法使用：{error}",
            f"The mail server {server.host}:{server.port} cannot be used: {error}",
            "检查LIANBAN_SMTP_URL（主机、端口、加密方式、账号）和网络",
            "Check LIANBAN_SMTP_URL (host, port, encryption, account) and the network",
        )
        return
    yield well("mail", "邮件服务器可用", "the mail server lets us in")


def check_scanner(patient: Patient) -> Iterator[Finding]:
    """Look whether the virus scanner answers."""
    scanner = patient.context.settings.scanner
    if scanner is None:
        yield well("scanner", "未设病毒扫描", "there is no virus scanner")
        return
    try:
        scanner.knock()
    except ScannerAwayError as error:
        is_refused = scanner.away == "refuse"
        yield (fault if is_refused else warn)(
            "scanner",
            f"病毒扫描没有回应（{error}），上传的文件{'被拒收' if is_refused else '未经扫描即接收'}",
            f"The virus scanner does not answer ({error}): files are {'refused' if is_refused else 'taken unscanned'}",
            "启动clamd，检查LIANBAN_SCANNER_URL和网络",
            "Start clamd; check LIANBAN_SCANNER_URL and the network",
        )
        return
    yield well("scanner", "病毒扫描可用", "the virus scanner answers")


def send_test(context: Context, to: str) -> Finding:
    """Send one mail to `to` and return what became of it."""
    settings, server = context.settings, context.settings.mail_server
    if server is None:
        return fault(
            "mail",
            "未设邮件服务器，测试邮件没有发出",
            "There is no mail server: the test mail was not sent",
            "设置LIANBAN_SMTP_URL和LIANBAN_MAIL_FROM",
            "Set LIANBAN_SMTP_URL and LIANBAN_MAIL_FROM",
        )
    message = EmailMessage()
    message["From"], message["To"] = formataddr(("联办 Lianban", settings.mail_from)), to
    message["Subject"] = "联办测试邮件 / Lianban test mail"
    message["Date"] = format_datetime(context.now())
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("邮件服务器设置正确。\nThe mail server is set up.\n")
    try:
        with Mailer(server, SECONDS) as mailer:
            answer = mailer.send(message, settings.mail_from, to)
    except MailServerDownError as error:
        answer = MailAnswer("again", None, str(error))
    if answer.verdict == "sent":
        return well("mail", f"测试邮件已发往{to}", f"a test mail was sent to {to}")
    told = f"{answer.code or ''} {answer.error or ''}".strip()
    return fault(
        "mail",
        f"测试邮件没有发出：{told}",
        f"The test mail was not sent: {told}",
        "检查LIANBAN_SMTP_URL、LIANBAN_MAIL_FROM和收件地址",
        "Check LIANBAN_SMTP_URL, LIANBAN_MAIL_FROM and the address",
    )


def check_certificate(patient: Patient) -> Iterator[Finding]:
    """Look how long the certificate of LIANBAN_BASE_URL still holds."""
    parts = urlsplit(patient.context.settings.base_url)
    if parts.scheme != "https" or parts.hostname is None:
        yield well("certificate", "未使用https", "https is not used")
        return
    mend = "在代理上更换证书", "Renew the certificate on the proxy"
    try:
        ends_at = _read_end(parts.hostname, parts.port or 443)
    except (OSError, ValueError) as error:
        told = str(error)[:200]
        yield fault("certificate", f"证书无法验证：{told}", f"The certificate cannot be verified: {told}", *mend)
        return
    days = (ends_at - patient.now).days
    said = f"证书还有{days}天到期", f"The certificate ends in {days} days"
    if days < _WARN_DAYS:
        yield (fault if days < _FAULT_DAYS else warn)("certificate", *said, *mend)
    else:
        yield well("certificate", *said)


def _read_end(host: str, port: int) -> datetime:
    context = make_context()
    with (
        socket.create_connection((host, port), timeout=SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=host) as secured,
    ):
        found = secured.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(found["notAfter"])), UTC)
