"""How often a caller may ask: counted in this process's memory, by person, by address for who is not known.

Each process counts for itself, so an installation with n processes lets through up to n times as much: a shared count
would cost every request a write (docs/workers.md). What guards passwords is shared (brake.py).
"""

import math
import threading
from dataclasses import dataclass

from flask import Flask, current_app, g, request
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from werkzeug.wrappers import Response

from app.core.clock import SystemClock
from app.edge.errors import TooManyError
from config import Settings

_KEY = "lianban_limits"
#: Calendars come each hour or so; who comes more often than this is no calendar.
FEED_LIMIT = parse("60/minute")
#: How often counters that lapsed are dropped.
_SWEEP_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Standing:
    """How a caller stands with a limit: how many requests it grants, how many are left, when it begins anew."""

    amount: int
    remaining: int
    reset_seconds: int


class Counters(MemoryStorage):
    """The library's counters without its thread for each request: what lapsed is dropped once a minute."""

    def __init__(self) -> None:
        super().__init__()
        self._swept_at = 0.0
        self._counting = threading.Lock()

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count `key` up and return the count of its window, which lasts `expiry` seconds."""
        now = SystemClock().now().timestamp()
        with self._counting:
            if now - self._swept_at > _SWEEP_SECONDS:
                self._swept_at = now
                for lapsed in [name for name, end in self.expirations.items() if end <= now]:
                    self.clear(lapsed)
            elif self.expirations.get(key, now) <= now:
                self.clear(key)
            self.storage[key] += amount
            self.expirations.setdefault(key, now + expiry)
            return self.storage[key]


class Limits:
    """The limits of an installation and their counters."""

    def __init__(self, settings: Settings) -> None:
        self._counters = FixedWindowRateLimiter(Counters())
        self.of_callers = parse(settings.rate_limit) if settings.rate_limit else None
        self.of_log_ins = parse(settings.log_in_limit) if settings.log_in_limit else None

    def count(self, limit: RateLimitItem, *who: str) -> tuple[bool, Standing]:
        """Count one request of `who`; returns whether it is within the limit, and the standing after it."""
        is_within = self._counters.hit(limit, *who)
        window = self._counters.get_window_stats(limit, *who)
        reset_seconds = max(1, math.ceil(window.reset_time - SystemClock().now().timestamp()))
        return is_within, Standing(limit.amount, window.remaining, reset_seconds)


def attach(app: Flask, settings: Settings) -> None:
    """Give `app` its counters."""
    app.extensions[_KEY] = Limits(settings)


def count_caller(person_id: int | None) -> None:
    """Count a request of a person, or of an address when the caller is not known; TooManyError beyond the limit."""
    limits: Limits = current_app.extensions[_KEY]
    who = f"address:{request.remote_addr}" if person_id is None else f"person:{person_id}"
    _count(limits, limits.of_callers, "caller", who)


def count_log_in() -> None:
    """Count an attempt to log in from the request's address; TooManyError beyond the limit."""
    limits: Limits = current_app.extensions[_KEY]
    _count(limits, limits.of_log_ins, "log_in", f"address:{request.remote_addr}")


def count_check() -> None:
    """Count a check of a paper from the request's address, as freely as log-ins; TooManyError beyond the limit."""
    limits: Limits = current_app.extensions[_KEY]
    _count(limits, limits.of_log_ins, "check", f"address:{request.remote_addr}")


def count_feed(who: str) -> None:
    """Count a reading of a calendar feed by feed, or of none by address; TooManyError beyond FEED_LIMIT."""
    limits: Limits = current_app.extensions[_KEY]
    _count(limits, FEED_LIMIT, "feed", who)


def _count(limits: Limits, limit: RateLimitItem | None, *who: str) -> None:
    if limit is None:
        return
    is_within, g.standing = limits.count(limit, *who)
    if not is_within:
        raise TooManyError(g.standing.reset_seconds)


def add_limit_headers(response: Response) -> Response:
    """Add how the caller stands with the limit that was counted last."""
    standing: Standing | None = g.get("standing")
    if standing is not None:
        response.headers["RateLimit-Limit"] = str(standing.amount)
        response.headers["RateLimit-Remaining"] = str(standing.remaining)
        response.headers["RateLimit-Reset"] = str(standing.reset_seconds)
    return response
