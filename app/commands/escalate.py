"""`flask escalate`: one sweep, now or at an instant; `flask scheduler` does the same every quarter of an hour."""

import json
import sys
from datetime import datetime

import click

from app.commands.instant import INSTANT, in_city
from app.edge.context import current_context
from app.jobs.sweep import run_sweep
from app.jobs.tools import Tools


@click.command("escalate")
@click.option("--at", type=INSTANT, help="Judge at this instant (ISO 8601; without a zone: the city's time).")
@click.option("--mute-before", type=INSTANT, help="Send nothing that should have gone out before this instant.")
def escalate(at: datetime | None, mute_before: datetime | None) -> None:
    """Raise every rung that was reached, once; waits for a sweep that is running. Prints one JSON object.

    Each fault is one line on stderr, and the status is then 1.
    """
    context = current_context()
    tools = Tools(context.database, context.book, context.clock)
    zone = context.settings.timezone
    result = run_sweep(
        tools,
        in_city(at, zone) if at else context.now(),
        source="command",
        mute_before=in_city(mute_before, zone) if mute_before else None,
    )
    told = {
        "at": result.at.isoformat(),
        "is_ahead_of_clock": result.at > context.now(),
        "raised": result.raised,
        "told": result.told,
        "lights": result.lights,
        "slips": {"made": result.slips_made, "issued": result.slips_issued, "settled": result.slips_settled},
        "faults": len(result.faults),
        "outage_since": result.outage_since.isoformat() if result.outage_since else None,
        "seconds": round(result.seconds, 3),
    }
    click.echo(json.dumps(told, ensure_ascii=False))
    for fault in result.faults:
        click.echo(json.dumps(fault, ensure_ascii=False), err=True)
    if result.faults:
        sys.exit(1)


COMMANDS = (escalate,)
