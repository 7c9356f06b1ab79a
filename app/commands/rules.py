"""`flask rules`: shows limits, ladders and thresholds, and changes one from a day on."""

import json
from datetime import date, datetime

import click

from app.core.lease import held
from app.edge.auth import make_system_act
from app.edge.context import current_context
from app.services.rules import read_rule_sets, set_rule


@click.group("rules")
def rules_group() -> None:
    """Look after limits, ladders and thresholds."""


@rules_group.command("show")
def show() -> None:
    """Print the rule sets; of the first every value, of each later one what it changed."""
    context = current_context()
    with context.database.reading() as unit:
        sets = read_rule_sets(unit)
    before: dict[str, str] = {}
    for found in sorted(sets, key=lambda one: one.id):
        click.echo(f"# {found.id} from {found.effective_on}: {found.note}")
        for key, value in found.values.items():
            if before.get(key) != value:
                click.echo(f"{key} {value}")
        before = found.values


@rules_group.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("key")
@click.argument("value")
@click.option("--from", "from_day", type=click.DateTime(["%Y-%m-%d"]), help="In force from this day (default: today).")
@click.option("--note", default="", help="Why.")
@click.option("--apply-open", is_flag=True, help="Put open items under it too and count their clocks anew.")
def set_value(*, key: str, value: str, from_day: datetime | None, note: str, apply_open: bool) -> None:
    """Give rule KEY the VALUE, e.g. `task.idle "workdays(15)"`, `task.due.2 "workdays(2)"`, `light.red_points 25`."""
    context = current_context()
    from_on: date | None = from_day.date() if from_day else None
    with held(context.database, "sweep"), context.database.writing() as unit:
        act = make_system_act(context, unit)
        done = set_rule(
            unit, context.book, act.acting, act.now, key=key, value=value, from_on=from_on, note=note,
            apply_open=apply_open, source=act.source,
        )  # fmt: skip
    told = {"rule_set": done.rule_set_id, "key": done.key, "old": done.old, "new": done.new, "items": done.items,
            "limits_moved": done.moved.bases, "rungs_moved": done.moved.instants}  # fmt: skip
    click.echo(json.dumps(told))


COMMANDS = (rules_group,)
