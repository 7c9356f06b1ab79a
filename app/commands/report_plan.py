"""`flask report plan list|run`: the plans of reports as they stand; what is due is entered as the job would."""

import re

import click

from app.edge.auth import make_system_act
from app.edge.context import Unit, current_context
from app.edge.errors import exits
from app.edge.report_centre.plans import list_next
from app.edge.sending import make_tools
from app.jobs.reports import run_reports
from app.queries.report_plan.plan import PlanRow, list_plans
from app.services.report_plan.entering import enter_for_command

_PERIOD = re.compile(r"20\d\d(-(0[1-9]|1[0-2]))?", re.ASCII)


@click.group("plan")
def plan_group() -> None:
    """Keep an eye on planned reports."""


@plan_group.command("list")
def list_all() -> None:
    """Print each plan: id, whether it is at work, kind, when it is due next, its last period, its name."""
    context = current_context()
    with context.database.reading() as unit:
        rows = list_plans(unit.connection())
        dues = list_next(context, unit, rows, 1)
        for row in rows:
            due = next(iter(dues[row.id]), None)
            at = "-" if due is None else due.due_at.astimezone(context.settings.timezone).isoformat()
            click.echo(
                f"{row.id}\t{'active' if row.is_active else 'paused'}\t{row.kind}\t{at}\t{_last(row)}\t{row.name}"
            )


def _last(row: PlanRow) -> str:
    return "-" if row.last_run is None else f"{row.last_run.period} {row.last_run.status}"


@plan_group.command("run")
@click.argument("plan_id", type=int, required=False)
@click.option("--period", help="The period, e.g. 2026-02; the one that ended last when left out.")
@exits
def run(plan_id: int | None, period: str | None) -> None:
    """Enter what is due of every plan, or one period of one plan; the scheduler's process makes it."""
    context = current_context()
    if plan_id is None:
        if period is not None:
            raise click.BadParameter("a period needs a plan", param_hint="--period")
        done = run_reports(make_tools(context), context.now(), source="command")
        passed = f", passed over {', '.join(done.passed)}" if done.passed else ""
        click.echo(f"entered {len(done.run_ids)}{passed}")
        return
    if period is not None and not _PERIOD.fullmatch(period):
        raise click.BadParameter(f"{period!r} is no period: expected e.g. 2026-02 or 2026", param_hint="--period")

    def write(unit: Unit) -> int:
        return enter_for_command(make_system_act(context, unit), context.book, plan_id, period)

    run_id = context.database.write(write)
    click.echo(f"entered run {run_id} of plan {plan_id}")
