"""Brakes slow guessing: an address from which too many log-ins failed must wait, whichever accounts it tried.

Only failures count, so that a whole office behind one address can begin its day. They stand in the database, so that
every web process of every machine counts them together. This machine's own address is not braked: behind a proxy that
LIANBAN_PROXIES does not name, everybody would have it.
"""

import ipaddress
import math

from flask import request

from app.edge.context import current_context
from app.edge.errors import TooManyError
from app.services.account.patience import find_end, write_failed_address

_NETWORK_BITS = 64


def require_patience() -> None:
    """Let an attempt to log in through; TooManyError when its address failed too often."""
    context, who = current_context(), _name_address()
    if who is None:
        return
    now = context.now()
    with context.database.reading() as unit:
        end = find_end(unit.connection(), who, now)
    if end is not None:
        raise TooManyError(math.ceil((end - now).total_seconds()))


def count_failure() -> None:
    """Count a failed log-in of the present address."""
    context, who = current_context(), _name_address()
    if who is not None:
        now = context.now()
        context.database.write(lambda unit: write_failed_address(unit.connection(), who, now))


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
