"""Reads the values of single settings: each reader names the variable that is wrong, and never shows a secret.

What a setting is for, and which there are, stands in `config.py`; what needs the rules of the city is read there.
"""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.core.mail import MailServer, is_address
from app.core.merkle.signed import FormError, read_signer
from app.core.webhook import AllowList

_SHORTEST_KEY = 32
_SHORTEST_TOKEN = 16
_LIMIT = re.compile(r"[1-9][0-9]{0,8}/(?:second|minute|hour|day)")
Found = TypeVar("Found")


class SettingError(ValueError):
    """A setting that cannot be used; names the variable and what was expected."""


def one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    """Return `value` where it is allowed."""
    if value not in allowed:
        raise SettingError(f"{name}={value!r}: expected one of {', '.join(allowed)}")
    return value


def read_secret_key(value: str, var: Path) -> str:
    """Return the key that was given, else that of the file in `var`, which is made once."""
    if value:
        if len(value) < _SHORTEST_KEY:
            raise SettingError(f"LIANBAN_SECRET_KEY: expected {_SHORTEST_KEY} characters at least, got {len(value)}")
        return value
    path = var / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        key = secrets.token_urlsafe(48)
        file.write(key)
    return key


def read_timezone(value: str) -> ZoneInfo:
    """Return the zone of that name."""
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingError(f"LIANBAN_TIMEZONE={value!r}: expected a zone such as Asia/Shanghai") from error


def spoken(read: Callable[..., Found], *values: object) -> Found:
    """Return what is read elsewhere; its ValueError names the setting, and never what it held: that may be a secret."""
    try:
        return read(*values)
    except ValueError as error:
        raise SettingError(str(error)) from error


def whole(source: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    """Return the whole number that `source` has under `name`, within its bounds; the default without one."""
    value = source.get(name) or str(default)
    if not value.isascii() or not value.isdigit() or len(value) > 6 or not least <= int(value) <= most:  # noqa: PLR2004  # digits, before they are read
        raise SettingError(f"{name}={value!r}: expected a whole number from {least} to {most}")
    return int(value)


def read_pepper(value: str) -> str:
    """Return the pepper; "": none is set."""
    if value and len(value) < _SHORTEST_KEY:
        raise SettingError(f"LIANBAN_PASSWORD_PEPPER: expected {_SHORTEST_KEY} characters at least, got {len(value)}")
    return value


def read_metrics_token(value: str) -> str:
    """Return the token of /metrics; "": none is set."""
    if value and (len(value) < _SHORTEST_TOKEN or not value.isascii() or not value.isprintable() or " " in value):
        raise SettingError(
            f"LIANBAN_METRICS_TOKEN: expected {_SHORTEST_TOKEN} plain characters at least, without spaces"
        )
    return value


def read_mail_server(value: str) -> MailServer | None:
    """Return where mails are handed in; None: no mail is sent."""
    if not value:
        return None
    try:
        return MailServer.parse(value)
    except ValueError as error:  # the value may hold a password: only what follows it is shown
        shown = value.rsplit("@", maxsplit=1)[-1]
        raise SettingError(
            f"LIANBAN_SMTP_URL={shown!r}: expected smtp://user:password@host:port, smtps://… or smtp://…?starttls=1"
        ) from error


def read_mail_from(value: str, *, is_needed: bool) -> str:
    """Return the sender's address, which is needed beside a mail server."""
    if (value or is_needed) and not is_address(value):
        raise SettingError(f"LIANBAN_MAIL_FROM={value!r}: expected the sender's address, e.g. lianban@example.gov")
    return value


def read_limit(name: str, value: str) -> str:
    """Return a limit as `limits` reads it; "": off."""
    if value == "off":
        return ""
    if not _LIMIT.fullmatch(value):
        raise SettingError(f"{name}={value!r}: expected e.g. 600/minute (second, minute, hour, day) or off")
    return value


def read_allow_list(value: str) -> AllowList:
    """Return what webhooks may call inside."""
    try:
        return AllowList.parse(value)
    except ValueError as error:
        raise SettingError(
            f"LIANBAN_WEBHOOK_ALLOW={str(error)!r}: expected hosts and networks, e.g. hooks.inside.example,10.1.0.0/16"
        ) from error


def read_audit_key(value: str) -> Path | None:
    """Return the file of the log's key, which holds one; None: that in `var`."""
    if not value:
        return None
    try:
        read_signer(Path(value).read_bytes())
    except (OSError, FormError) as error:
        said = error.strerror if isinstance(error, OSError) else error
        raise SettingError(f"LIANBAN_AUDIT_KEY={value!r}: expected a file with an Ed25519 key ({said})") from error
    return Path(value)
