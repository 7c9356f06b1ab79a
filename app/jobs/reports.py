"""What falls due of plans of reports is entered: each plan in a unit of its own, each period once (idempotent).

Looking only reads; the database is written to for plans that owe something, and one that fails holds up no other.
The papers themselves are long work, done beside the jobs. After a standstill the last periods are made up for and say
that they are late; earlier ones are named.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from app.jobs.tools import Tools
from app.services.report_plan.entering import Entered, enter_due, open_watch

log = logging.getLogger(__name__)


@dataclass(slots=True)
class ReportRun:
    """What one look did: runs that were entered, periods that are only named, plans for which nobody is there.

    `failed`: plans that went wrong, told in the log and looked at again by the next run.
    """

    run_ids: list[int] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    stuck: list[int] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)

    def add(self, plan_id: int, entered: Entered) -> None:
        """Count what was entered of a plan."""
        self.run_ids.extend(entered.run_ids)
        self.passed.extend(f"{plan_id}:{period}" for period in entered.passed)
        if entered.is_stuck:
            self.stuck.append(plan_id)


def run_reports(tools: Tools, at: datetime, *, source: str = "scheduler") -> ReportRun:
    """Enter what is due by `at`; stopped, what was entered stays."""
    run = ReportRun()
    for plan_id in _find_owing(tools, at, run):
        if tools.stopped():
            break
        enter = partial(
            enter_due, book=tools.book, at=at, now=tools.clock.now(), plan_id=plan_id, source=source
        )  # fmt: skip
        try:
            run.add(plan_id, tools.database.write(enter))
        except Exception:  # whatever is wrong with one plan, the others are entered
            log.exception("plan of reports %d: what it owes was not entered", plan_id)
            run.failed.append(plan_id)
    return run


def _find_owing(tools: Tools, at: datetime, run: ReportRun) -> list[int]:
    """Return the plans that owe something."""
    owing = []
    with tools.database.reading() as session:
        watch = open_watch(session, tools.book, tools.clock.now())
        for plan_id in watch.plans:
            try:
                if watch.owes(plan_id, at):
                    owing.append(plan_id)
            except Exception:  # as above
                log.exception("plan of reports %d: what it owes is not known", plan_id)
                run.failed.append(plan_id)
    return owing


def reports_job(tools: Tools, due_at: datetime) -> str:
    """Enter what is due; returns what it did, for the table of runs."""
    run = run_reports(tools, due_at)
    said = f"entered {len(run.run_ids)}"
    if run.passed:
        said += f", passed over {', '.join(run.passed)}"
    if run.failed:
        said += f", failed for {', '.join(map(str, run.failed))}"
    if run.stuck:
        said += f", nobody in the office for {', '.join(map(str, run.stuck))}"
    return said
