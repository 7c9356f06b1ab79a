"""The counters behind the limits: a window each, forgotten once it has passed, without a thread for each request."""

import threading
import time
from datetime import UTC, datetime

import pytest
from limits import parse
from limits.strategies import FixedWindowRateLimiter

from app.core.clock import SystemClock
from app.edge.limit import Counters


def set_time(monkeypatch: pytest.MonkeyPatch, now: float) -> None:
    """Let our clock and the library's stand at `now`."""
    monkeypatch.setattr(time, "time", lambda: now)
    monkeypatch.setattr(SystemClock, "now", lambda _self: datetime.fromtimestamp(now, UTC))


def test_a_window_counts_and_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three a minute: the fourth is refused; a minute later the count begins at one."""
    counters, limit = Counters(), parse("3/minute")
    limiter = FixedWindowRateLimiter(counters)
    now = float(int(time.time()))
    set_time(monkeypatch, now)
    assert [limiter.hit(limit, "caller", "7") for _ in range(4)] == [True, True, True, False]
    assert limiter.hit(limit, "caller", "8")
    assert limiter.get_window_stats(limit, "caller", "7").reset_time == now + 60
    set_time(monkeypatch, now + 60)
    assert limiter.hit(limit, "caller", "7")
    assert limiter.get_window_stats(limit, "caller", "7").remaining == 2


def test_what_has_lapsed_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Callers who never come again leave nothing behind."""
    counters = Counters()
    now = float(int(time.time()))
    set_time(monkeypatch, now)
    for number in range(500):
        counters.incr(f"caller/{number}", 60)
    set_time(monkeypatch, now + 200)
    counters.incr("caller/new", 60)
    assert list(counters.storage) == list(counters.expirations) == ["caller/new"]


def test_counting_at_once_loses_nothing_and_starts_no_thread() -> None:
    """Eight threads count one caller: every one of 4000 is counted."""
    counters = Counters()
    time.sleep(0.05)  # the library's own first timer has ended

    def count() -> None:
        for _ in range(500):
            counters.incr("caller", 60)

    threads = [threading.Thread(target=count) for _ in range(8)]
    before = threading.active_count()
    for thread in threads:
        thread.start()
    assert threading.active_count() <= before + 8
    for thread in threads:
        thread.join()
    assert counters.get("caller") == 4000
