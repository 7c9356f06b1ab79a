"""Brakes slow guessing: an address from which too many log-ins failed must wait, whichever accounts it tried.

Only failures count, so that a whole office behind one address can begin its day. Each process counts for itself, and
this machine's own address is not braked: behind a proxy that LIANBAN_PROXIES does not name, everybody would have it.
"""

import ipaddress
import math
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from flask import current_app, request

from app.edge.context import current_context
from app.edge.errors import TooManyError

_KEY = "lianban_brake"
#: How many failures one address is granted, and within what time.
WINDOWS = ((30, timedelta(minutes=10)), (200, timedelta(days=1)))
_MOST = max(count for count, _ in WINDOWS)
#: Addresses that are remembered; the one that failed longest ago gives way.
_ADDRESSES_MAX = 10_000
_NETWORK_BITS = 64


@dataclass
class _Brake:
    """The last failures of each address, the oldest first."""

    lock: Lock = field(default_factory=Lock)
    failures: OrderedDict[str, deque[datetime]] = field(default_factory=OrderedDict)

    def count(self, who: str, now: datetime) -> None:
        with self.lock:
            self.failures.setdefault(who, deque(maxlen=_MOST)).append(now)
            self.failures.move_to_end(who)
            if len(self.failures) > _ADDRESSES_MAX:
                self.failures.popitem(last=False)

    def find_end(self, who: str, now: datetime) -> datetime | None:
        """Return until when an address must wait; None when it need not."""
        with self.lock:
            past = list(self.failures.get(who, ()))
        ends = (past[-count] + time for count, time in WINDOWS if len(past) >= count)
        return max((end for end in ends if end > now), default=None)


def require_patience() -> None:
    """Let an attempt to log in through; TooManyError when its address failed too often."""
    who, now = _name_address(), current_context().now()
    end = None if who is None else _brake().find_end(who, now)
    if end is not None:
        raise TooManyError(math.ceil((end - now).total_seconds()))


def count_failure() -> None:
    """Count a failed log-in of the present address."""
    if (who := _name_address()) is not None:
        _brake().count(who, current_context().now())


def _brake() -> _Brake:
    brake: _Brake = current_app.extensions.setdefault(_KEY, _Brake())
    return brake


def _name_address() -> str | None:
    """Return the present address, of IPv6 the network that one subscriber has; None for this machine's own."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return request.remote_addr or "unknown"
    if address.is_loopback:
        return None
    if address.version == 6:  # noqa: PLR2004  # the protocol's number
        return str(ipaddress.ip_network((address, _NETWORK_BITS), strict=False))
    return str(address)
