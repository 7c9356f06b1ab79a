"""What `/metrics` says: what the processes of this machine counted, and the installation's vital signs.

The signs are read at most every CACHE_SECONDS a process, in one unit that only reads; without a database the counters
are told all the same, and `lianban_database_up` is 0.
"""

import hmac
import ipaddress
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from sqlalchemy.exc import DBAPIError

from app.core.watch.logs import get_logger
from app.core.watch.meters import meters
from app.edge.context import Context
from app.edge.startup import Readiness
from app.queries.oversight.vitals import DELIVERY_OPEN, OUTBOX_OPEN, WORK_OPEN, Queue, Vitals, read_vitals

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

log = get_logger(__name__)

CACHE_SECONDS = 10
MEDIA_TYPE = CONTENT_TYPE_LATEST
_LEVELS = (1, 2, 3, 4)
_OUTCOMES = ("done", "failed", "running", "stopped")
#: What a proxy adds to a request: it did not come from this machine's own Prometheus.
_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA", "HTTP_X_FORWARDED_PROTO")


class Figures:
    """The figures of one application or scheduler."""

    def __init__(self, context: Context, readiness: Readiness) -> None:
        self._context = context
        self._readiness = readiness
        self._lock = threading.Lock()
        self._kept: tuple[datetime, Vitals | None] | None = None

    def write(self) -> bytes:
        """Return the figures in Prometheus' text form."""
        registry = CollectorRegistry()
        meters().gather(registry)
        registry.register(self)
        return generate_latest(registry)

    def collect(self) -> Iterator[Metric]:
        """Yield the vital signs as prometheus-client takes them."""
        vitals = self._read()
        yield GaugeMetricFamily("lianban_database_up", "Whether the database answers", value=float(vitals is not None))
        if vitals is not None:
            yield from _tell(vitals, self._context.now())

    def describe(self) -> list[Metric]:
        """Return nothing: the signs are not read when a registry only asks for names."""
        return []

    def _read(self) -> Vitals | None:
        now = self._context.now()
        with self._lock:
            if self._kept is None or not timedelta() <= now - self._kept[0] < timedelta(seconds=CACHE_SECONDS):
                self._kept = now, self._look(now)
            return self._kept[1]

    def _look(self, now: datetime) -> Vitals | None:
        try:
            if not self._readiness.is_ready():
                return None
            with self._context.database.reading() as unit:
                return read_vitals(unit, now)
        except DBAPIError as error:
            log.warning("figures without the database", error=type(error).__name__)
            return None


def may_read(token: str, environ: "WSGIEnvironment") -> bool:
    """Whether a request may read the figures: it bears the token, or without one comes from this machine itself.

    What came through a proxy did not, wherever that stands: it names whom it forwards, or another host than this one.
    """
    if token:
        scheme, _, given = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())
    if any(environ.get(name) for name in _FORWARDED):
        return False
    original = environ.get("werkzeug.proxy_fix.orig", {})
    addresses = (environ.get("REMOTE_ADDR"), original.get("REMOTE_ADDR", environ.get("REMOTE_ADDR")))
    return all(_is_here(address or "") for address in addresses) and _is_named_here(environ.get("HTTP_HOST", ""))


def _is_here(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _is_named_here(host: str) -> bool:
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    return name == "localhost" or _is_here(name.strip("[]"))


def _tell(vitals: Vitals, now: datetime) -> Iterator[Metric]:
    rungs = GaugeMetricFamily("lianban_open_rungs", "Items that stall, by the level reached", labels=("level",))
    for level in _LEVELS:
        rungs.add_metric([str(level)], vitals.rungs.get(level, 0))
    yield rungs
    yield _gauge("oldest_open_rung_seconds", "How long the oldest open rung stands", _age(vitals.oldest_rung_at, now))
    yield _gauge("sweep_lag_seconds", "How long a reached rung waits for a sweep", _age(vitals.next_rung_at, now))
    yield from _tell_queue("outbox", "Messages owed", vitals.outbox, OUTBOX_OPEN, now)
    yield from _tell_queue("mails", "Mails", vitals.mails, DELIVERY_OPEN, now)
    yield from _tell_queue("webhooks", "Webhook calls", vitals.webhooks, DELIVERY_OPEN, now)
    yield from _tell_queue("works", "Long works", vitals.works, WORK_OPEN, now)
    yield _gauge(
        "seal_lag_seconds", "How long an entry of the log waits for its seal", _age(vitals.unsealed_since, now)
    )
    if vitals.sweep_finished_at is not None:
        yield _gauge("last_sweep_age_seconds", "Since the last sweep ended", _age(vitals.sweep_finished_at, now))
        yield _gauge("last_sweep_seconds", "How long the last sweep took", vitals.sweep_seconds or 0.0)
    if vitals.backup_at is not None:
        yield _gauge("last_backup_age_seconds", "Since the moment of the last backup", _age(vitals.backup_at, now))
    heard_at = vitals.scheduler.heard_at
    yield _gauge("scheduler_up", "Whether the scheduler was heard of in time", float(vitals.scheduler.is_alive))
    if heard_at is not None:
        yield _gauge("scheduler_heard_seconds", "Since the scheduler was heard of", _age(heard_at, now))
    outcomes = GaugeMetricFamily("lianban_job_last", "How each job's last run stands", labels=("job", "outcome"))
    ages = GaugeMetricFamily("lianban_job_age_seconds", "Since each job's last run began", labels=("job",))
    for run in vitals.scheduler.runs:
        for outcome in _OUTCOMES:
            outcomes.add_metric([run.job, outcome], float(run.outcome == outcome))
        if run.started_at is not None:
            ages.add_metric([run.job], _age(run.started_at, now))
    yield outcomes
    yield ages


def _tell_queue(name: str, said: str, queue: Queue, statuses: tuple[str, ...], now: datetime) -> Iterator[Metric]:
    counts = GaugeMetricFamily(f"lianban_{name}", f"{said} that are not settled", labels=("status",))
    for status in statuses:
        counts.add_metric([status], queue.counts.get(status, 0))
    yield counts
    yield _gauge(
        f"{name}_oldest_seconds", f"{said}: how long the oldest that is due waits", queue.age(now).total_seconds()
    )


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())


def _gauge(name: str, said: str, value: float) -> Metric:
    return GaugeMetricFamily(f"lianban_{name}", said, value=value)
