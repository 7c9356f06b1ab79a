"""What falls due of plans of reports is entered: each plan in a unit of its own, each period once (idempotent).

The papers themselves are long work, done beside the jobs. After a standstill the last periods are made up for and say
that they are late; earlier ones are named.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from app.jobs.tools import Tools
from app.services.report_plan.entering import Entered, enter_due, list_active


@dataclass(slots=True)
class ReportRun:
    """What one look did: runs that were entered, periods that are only named, plans for which nobody is there."""

    run_ids: list[int] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    stuck: list[int] = field(default_factory=list)

    def add(self, plan_id: int, entered: Entered) -> None:
        """Count what was entered of a plan."""
        self.run_ids.extend(entered.run_ids)
        self.passed.extend(f"{plan_id}:{period}" for period in entered.passed)
        if entered.is_stuck:
            self.stuck.append(plan_id)


def run_reports(tools: Tools, at: datetime, *, source: str = "scheduler") -> ReportRun:
    """Enter what is due by `at`; stopped, what was entered stays."""
    run = ReportRun()
    with tools.database.reading() as session:
        plan_ids = list_active(session)
    for plan_id in plan_ids:
        if tools.stopped():
            break
        enter = partial(
            enter_due, book=tools.book, at=at, now=tools.clock.now(), plan_id=plan_id, source=source
        )  # fmt: skip
        run.add(plan_id, tools.database.write(enter))
    return run


def reports_job(tools: Tools, due_at: datetime) -> str:
    """Enter what is due; returns what it did, for the table of runs."""
    run = run_reports(tools, due_at)
    said = f"entered {len(run.run_ids)}"
    if run.passed:
        said += f", passed over {', '.join(run.passed)}"
    if run.stuck:
        said += f", nobody in the office for {', '.join(map(str, run.stuck))}"
    return said
