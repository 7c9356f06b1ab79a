"""What must hold before the product serves: the database is upgraded, and every rule in it is run by something."""

import logging
from collections.abc import Collection, Iterator
from threading import Lock
from typing import cast

from flask import Flask, current_app
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from app.core.errors import Sentence, UnavailableError
from app.core.migration import is_head, is_unknown, is_upgraded, read_revision, tell_unknown
from app.edge.context import Context
from app.jobs.table import JOBS
from app.services.backup.mark import read_mark, require_no_mark
from app.services.data_key.proof import check_ring, register_key
from app.services.rule_check import find_unrun_rules

log = logging.getLogger(__name__)

_KEY = "lianban_readiness"
#: Without them no ladder rises and nothing is tidied.
NEEDED_JOBS = frozenset({"sweep", "deliver", "upkeep"})
JOB_NAMES = tuple(job.name for job in JOBS)
NOT_UPGRADED = Sentence(
    "数据库尚未升级，请运行：flask db upgrade", "The database is not upgraded; run: flask db upgrade"
)


class Readiness:
    """Knows whether the database was found upgraded; looks again until it was, then no more."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._lock = Lock()
        self._is_ready = False

    def is_ready(self) -> bool:
        """Whether the database is upgraded; the first time that it is, rules and data keys are checked."""
        if not self._is_ready:
            with self._lock:
                self._is_ready = self._is_ready or self._look()
        return self._is_ready

    def require(self) -> None:
        """Raise UnavailableError with a plain sentence when the database is not upgraded, or a restore not finished."""
        if not self.is_ready():
            with self._context.database.reading() as unit:
                require_no_mark(unit.connection())
                revision = read_revision(unit.connection())
            if is_unknown(revision):
                raise UnavailableError("upgraded_further", tell_unknown(revision))
            raise UnavailableError("not_upgraded", NOT_UPGRADED)

    def look_again(self) -> str:
        """Return how the database stands now, whatever was found before: "ok", "not_upgraded" or what is in the way.

        "upgraded_further": somebody upgraded it under this process, which is of an older release and has to end;
        "restore_unfinished": a restore or a move was broken off.
        """
        with self._context.database.reading() as unit:
            connection = unit.connection()
            revision = read_revision(connection)
            is_at_head = is_head(revision)
            if (not is_at_head or not self._is_ready) and read_mark(connection) is not None:
                return "restore_unfinished"
            if is_at_head:
                return "ok" if self.is_ready() else "not_upgraded"
        return "upgraded_further" if is_unknown(revision) else "not_upgraded"

    def _look(self) -> bool:
        context = self._context
        with context.database.reading() as unit:
            connection = unit.connection()
            if not is_upgraded(connection) or read_mark(connection) is not None:
                return False
            check_rules(context, connection)
            is_known = check_ring(connection)
        if not is_known:
            context.database.write(lambda unit: register_key(unit.connection(), context.now()))
        return True


def check_rules(context: Context, connection: Connection, jobs: Collection[str] = JOB_NAMES) -> None:
    """Raise UnavailableError naming every stored rule that nothing would run; `jobs` are the scheduled ones."""
    faults = list(_faults(context, connection, jobs))
    if faults:
        zh = "；".join(fault.zh for fault in faults)
        en = "; ".join(fault.en for fault in faults)
        raise UnavailableError("rule_not_run", Sentence(f"有规则无人执行：{zh}", f"Rules that nothing runs: {en}"))


def _faults(context: Context, connection: Connection, jobs: Collection[str]) -> Iterator[Sentence]:
    yield from find_unrun_rules(connection, context.book, context.today())
    for name in sorted(NEEDED_JOBS - frozenset(jobs)):
        yield Sentence(f"任务表中没有{name}", f"no job {name} in the table of the day")


def attach(app: Flask, context: Context) -> None:
    """Give `app` its readiness; a database that is not upgraded is only told of.

    What stops the start: a rule that nothing runs, a data key that is missing or another one.
    """
    readiness = Readiness(context)
    app.extensions[_KEY] = readiness
    try:
        is_ready = readiness.is_ready()
    except DBAPIError as error:
        log.warning("the database cannot be reached: %s", type(error).__name__)
        return
    if not is_ready:
        log.info("%s / %s", NOT_UPGRADED.zh, NOT_UPGRADED.en)


def current_readiness() -> Readiness:
    """Return the readiness of the running application."""
    return cast("Readiness", current_app.extensions[_KEY])
