"""Reading the log of acts, which is itself an act on record: who read or exported what of it."""

from dataclasses import dataclass
from typing import Any

from app.core.errors import ForbiddenError, Sentence
from app.edge.auth import require_actor
from app.edge.context import Context
from app.policy.people import Actor
from app.queries.oversight.log import READERS, LogFilter, LogPage, list_log, may_read_log
from app.queries.oversight.subjects import SubjectName, name_subjects
from app.services.recording import Acting, write_audit

EXPORT_MAX = 5000
_CLOSED = Sentence("日志由审计、领导小组和系统管理员阅看。", "The log is for auditors, leaders and administrators.")


@dataclass(frozen=True, slots=True)
class LogReading:
    """A page of the log, who reads it, and the names of what its acts were done to, by subject."""

    page: LogPage
    actor: Actor
    names: dict[str, SubjectName]


def require_log_reader(actor: Actor) -> Actor:
    """Return who reads the log; ForbiddenError for whom it is not open."""
    if not may_read_log(actor):
        raise ForbiddenError("not_yours", _CLOSED)
    return actor


def read_log(
    context: Context, person_id: int, wanted: LogFilter, *, limit: int, cursor: str | None, source: str,
    is_export: bool = False,
) -> LogReading:  # fmt: skip
    """Return a page of the log as its reader sees it; ForbiddenError for whom it is not open. Writes the audit row."""
    with context.database.reading() as unit:
        actor = require_log_reader(require_actor(unit, person_id))
        page = list_log(unit.connection(), actor, wanted, limit=limit, cursor=cursor)
        names = name_subjects(unit.connection(), actor, (row.subject for row in page.rows))
    capacity = next(held for held in actor.general if held.duty in READERS)
    acting, now = Acting(person_id, capacity.duty.value, capacity), context.now()
    after: dict[str, Any] = {"rows": len(page.rows)} | _tell(wanted)
    context.database.write(
        lambda unit: write_audit(
            unit.connection(), acting, now, action="export_log" if is_export else "read_log", source=source,
            after=after,
        )
    )  # fmt: skip
    return LogReading(page, actor, names)


def _tell(wanted: LogFilter) -> dict[str, Any]:
    given = {
        "who": wanted.who, "action": ",".join(wanted.actions), "item": wanted.item_id, "outcome": wanted.outcome,
        "source": wanted.source, "since": wanted.since, "before": wanted.before,
        "confidential": wanted.is_confidential,
    }  # fmt: skip
    return {name: value for name, value in given.items() if value}
