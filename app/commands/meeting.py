"""`flask meeting`: plans the meetings of every series that are due (so does the scheduler), brings in foreign ones."""

import json
import re

import click

from app.commands.meeting_import import import_file
from app.edge.context import current_context
from app.jobs.meeting import plan_due
from app.jobs.tools import Tools

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


@click.group("meeting")
def meeting_group() -> None:
    """Look after meetings."""


def _check_month(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None and not _MONTH.fullmatch(value):
        raise click.BadParameter("expected a month as 2026-05")
    return value


@meeting_group.command("plan")
@click.option("--month", callback=_check_month, help="Plan this month alone (YYYY-MM), however far ahead.")
def plan(month: str | None) -> None:
    """Plan what is due: to the end of next month, and what is called for by today. Safe to repeat. Prints one line."""
    context = current_context()
    tools = Tools(context.database, context.book, context.clock)
    done = plan_due(tools, context.now(), month, source="command")
    skipped = [{"series": one.series_id, "month": one.month, "reason": one.reason.en} for one in done.skipped]
    click.echo(json.dumps({"planned": done.planned, "existing": done.existing, "skipped": skipped}))


meeting_group.add_command(import_file)
COMMANDS = (meeting_group,)
