"""Calls an address of somebody else's with a signed body, and never one inside the own network (case P99).

An address is looked at twice, when it is kept and when it is called, and the call goes to the very address that was
looked at (the name is resolved once: no rebinding). Redirects are not followed, answers not read. Never used while
a database transaction is open.
"""

import hashlib
import hmac
import http.client
import ipaddress
import re
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from app.core.errors import Sentence
from app.core.trust import make_context

TIMEOUT_SECONDS = 10.0
URL_MAX = 500
_PORTS = {"http": 80, "https": 443}
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")
_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)*")
_NAME_MAX = 253
#: IPv6 that carries an IPv4 address inside: IPv4-compatible, NAT64, 6to4, Teredo. What it leads to is not looked at.
_CARRIERS = tuple(
    ipaddress.IPv6Network(text)
    for text in ("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]

NO_ADDRESS = Sentence(
    "应为http://或https://开头的地址，如https://hooks.example.gov/in。",
    "expected an address that begins with http:// or https://, such as https://hooks.example.gov/in.",
)
NO_USER = Sentence("地址中不得含用户名或密码。", "an address must not carry a user name or password.")
ODD_HOST = Sentence("主机应为域名或标准写法的IP地址。", "expected a host name, or an IP address in its usual form.")
UNKNOWN_HOST = Sentence("无法解析该主机名。", "this host name cannot be resolved.")
INSIDE = Sentence(
    "该地址指向内部网络；确有需要时，请系统管理员在LIANBAN_WEBHOOK_ALLOW中列出。",
    "this address leads into the inside network; if that is meant, list it in LIANBAN_WEBHOOK_ALLOW.",
)


class TargetError(ValueError):
    """An address that is not called; `sentence` says why."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class AllowList:
    """Hosts and networks inside that may be called all the same."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a list of host names, addresses and networks (CIDR), separated by commas; ValueError names a bad one."""
        hosts, networks = set(), []
        for part in (piece.strip() for piece in text.split(",")):
            if not part:
                continue
            try:
                networks.append(ipaddress.ip_network(part.strip("[]")))
            except ValueError:
                if not _is_name(part) or _NUMBER.fullmatch(part.rpartition(".")[2]) or "/" in part:
                    raise ValueError(part) from None
                hosts.add(part.lower().rstrip("."))
        return cls(frozenset(hosts), tuple(networks))

    def allows(self, host: str, address: Address) -> bool:
        """Whether `address`, to which `host` leads, may be called: it is public, or listed."""
        if host in self.hosts or any(
            address.version == network.version and address in network for network in self.networks
        ):
            return True
        return _is_public(address)


NOTHING_ALLOWED = AllowList()


@dataclass(frozen=True, slots=True)
class Target:
    """A place that may be called: the host as it was named, and the one address to which the call goes."""

    scheme: str
    host: str
    port: int
    path: str
    address: str

    @property
    def host_header(self) -> str:
        """The host as the request names it."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == _PORTS[self.scheme] else f"{name}:{self.port}"


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """What became of one call: the status, or why there is none."""

    status: int | None
    duration_ms: int
    error: str | None = None

    @property
    def is_taken(self) -> bool:
        """Whether the receiver took it."""
        return self.error is None


def find_target(url: str, allow: AllowList, resolve: Resolve | None = None) -> Target:
    """Return where a call of `url` goes; TargetError when it must not be called. Asks the name service."""
    scheme, host, port, path = _split(url)
    try:
        addresses: list[Address] = [ipaddress.ip_address(host)]
    except ValueError:
        addresses = _resolve(host, port, resolve or _ask)
    if not all(allow.allows(host, address) for address in addresses):
        raise TargetError(INSIDE)
    return Target(scheme, host, port, path, str(addresses[0]))


def _split(url: str) -> tuple[str, str, int, str]:
    if not url.isascii() or not url.isprintable() or set(url) & set(" \\<>\"'`{}|^") or len(url) > URL_MAX:
        raise TargetError(NO_ADDRESS)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise TargetError(NO_ADDRESS) from None
    if parts.scheme not in _PORTS or not parts.hostname or port == 0:
        raise TargetError(NO_ADDRESS)
    if "@" in parts.netloc:
        raise TargetError(NO_USER)
    host = parts.hostname.rstrip(".")
    if not _is_usual(host, is_bracketed="[" in parts.netloc):
        raise TargetError(ODD_HOST)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, host, port or _PORTS[parts.scheme], path


def _is_usual(host: str, *, is_bracketed: bool) -> bool:
    """Whether a host is a name or an address as people write it: no decimal, octal or hexadecimal disguise."""
    if is_bracketed:
        return "%" not in host and _is_address(host)
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        return _is_address(host)
    return _is_name(host)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_name(host: str) -> bool:
    return len(host) <= _NAME_MAX and _NAME.fullmatch(host.rstrip(".")) is not None


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and (
        address.scope_id is not None or address.is_site_local or any(address in carrier for carrier in _CARRIERS)
    ):
        return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_loopback or address.is_link_local
    )


def _resolve(host: str, port: int, resolve: Resolve) -> list[Address]:
    try:
        found: list[Address] = [ipaddress.ip_address(text) for text in resolve(host, port)]
    except (OSError, ValueError):
        found = []
    if not found:
        raise TargetError(UNKNOWN_HOST)
    return found


def _ask(host: str, port: int) -> list[str]:
    rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in rows))


def sign(secret: str, timestamp: int, body: str) -> str:
    """Return the signature of a call: HMAC-SHA256, in hexadecimal, of `timestamp.body`."""
    return hmac.new(secret.encode(), f"{timestamp}.{body}".encode(), hashlib.sha256).hexdigest()


def call(
    target: Target, body: str, headers: Mapping[str, str], timeout_seconds: float = TIMEOUT_SECONDS
) -> WebhookAnswer:
    """POST `body` to the target; the whole call ends after `timeout_seconds`. Anything but 2xx is an error."""
    connection = _Pinned(target, timeout_seconds)
    began, is_late = time.monotonic(), threading.Event()

    def cut() -> None:
        is_late.set()
        connection.cut()

    timer = threading.Timer(timeout_seconds, cut)
    timer.daemon = True
    timer.start()
    status, error = None, None
    try:
        connection.request("POST", target.path, body.encode(), {"Host": target.host_header, **headers})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as problem:
        error = "timeout" if is_late.is_set() or isinstance(problem, TimeoutError) else type(problem).__name__
    finally:
        timer.cancel()
        connection.close()
    if error is None and status is not None and not 200 <= status < 300:  # noqa: PLR2004  # HTTP's classes
        error = f"HTTP {status}" + (", redirects are not followed" if 300 <= status < 400 else "")  # noqa: PLR2004
    return WebhookAnswer(status, round((time.monotonic() - began) * 1000), error)


class _Pinned(http.client.HTTPConnection):
    """A connection to the target's address, whatever its name may lead to by now."""

    def __init__(self, target: Target, timeout_seconds: float) -> None:
        super().__init__(target.host, target.port, timeout=timeout_seconds)
        self._target = target

    def connect(self) -> None:
        """Connect to the address, and for https ask for the host's certificate."""
        sock = socket.create_connection((self._target.address, self._target.port), self.timeout)
        self.sock = sock
        if self._target.scheme == "https":
            self.sock = make_context().wrap_socket(sock, server_hostname=self._target.host)

    def cut(self) -> None:
        """End the connection from another thread."""
        sock = self.sock
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
