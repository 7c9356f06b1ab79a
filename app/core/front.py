"""What stands before the product: its address, HTTPS, by which hosts it may be asked for, TLS to the database.

Settings that contradict each other are refused: cookies that no browser sends back, or links that a proxy turns away,
would be noticed by people only.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: This machine itself may always ask: whatever looks after it does.
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
#: As libpq has them; only the last two know that it is the right server.
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
#: What a request names: a host or an IPv6 address in brackets, perhaps with a port.
_NAMED = re.compile(r"([a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
_SAID = "Bad Request: this host is not one of LIANBAN_HOSTS / 主机名不在LIANBAN_HOSTS之列\n"
_HOST = re.compile(r"\.?(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]+\]")


@dataclass(frozen=True, slots=True)
class Front:
    """Where people reach the product, whether by HTTPS only, and the hosts that a request may name (empty: any)."""

    base_url: str
    is_https: bool
    hosts: tuple[str, ...] = ()


def read_front(source: Mapping[str, str], default_url: str) -> Front:
    """Read LIANBAN_BASE_URL, LIANBAN_HTTPS and LIANBAN_HOSTS; ValueError names the one that is wrong and why."""
    given, https = source.get("LIANBAN_BASE_URL", ""), source.get("LIANBAN_HTTPS", "")
    parts = urlsplit(given or default_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"LIANBAN_BASE_URL={given!r}: expected e.g. https://lianban.example.gov")
    if https not in ("", "0", "1"):
        raise ValueError(f"LIANBAN_HTTPS={https!r}: expected one of 0, 1")
    if given and https == "1" and parts.scheme == "http":
        raise ValueError(f"LIANBAN_BASE_URL={given!r}: LIANBAN_HTTPS=1 needs an https:// address")
    if given and https == "0" and parts.scheme == "https":
        raise ValueError(f"LIANBAN_HTTPS='0': LIANBAN_BASE_URL={given!r} needs LIANBAN_HTTPS=1")
    return Front(
        (given or default_url).rstrip("/"), https == "1", _read_hosts(source, parts.hostname if given else None)
    )


def _read_hosts(source: Mapping[str, str], own: str | None) -> tuple[str, ...]:
    """Return the hosts that are named, else that of the address; this machine with them. Without either: any host."""
    names = [name.strip().lower() for name in source.get("LIANBAN_HOSTS", "").split(",") if name.strip()]
    if bad := next((name for name in names if not _HOST.fullmatch(name)), None):
        raise ValueError(
            f"LIANBAN_HOSTS={bad!r}: expected host names without ports, e.g. lianban.example.gov,.inside.gov"
        )
    if not names and own is None:
        return ()
    if own is not None and names and not any(_covers(name, own) for name in names):
        raise ValueError(f"LIANBAN_HOSTS: the host of LIANBAN_BASE_URL, {own}, is missing")
    chosen = names or [f"[{own}]" if own and ":" in own else str(own)]
    return tuple(dict.fromkeys([*chosen, *LOOPBACK]))


def _covers(name: str, host: str) -> bool:
    return host == name.strip("[]") or (name.startswith(".") and host.endswith(name))


def check_ssl_mode(url: str, name: str = "LIANBAN_DATABASE_URL") -> None:
    """Let a database's address through whose sslmode, if there is one, libpq knows; ValueError for another."""
    modes = [value for name, value in parse_qsl(urlsplit(url).query) if name == "sslmode"]
    if any(mode not in SSL_MODES for mode in modes) or len(modes) > 1:
        raise ValueError(f"{name}: sslmode: expected one of {', '.join(SSL_MODES)}, once")


class TrustedHosts:
    """A WSGI application that refuses (400) requests for other hosts than `hosts`."""

    def __init__(self, inner: "WSGIApplication", hosts: tuple[str, ...]) -> None:
        self._inner, self._hosts = inner, hosts

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        named = environ.get("HTTP_HOST") or environ.get("SERVER_NAME") or ""
        found = _NAMED.fullmatch(named.lower())
        if found is None or not any(_covers(host, found[1].strip("[]")) for host in self._hosts):
            return Response(_SAID, 400, mimetype="text/plain")(environ, start_response)
        return self._inner(environ, start_response)
