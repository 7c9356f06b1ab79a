"""`flask rules`: shows limits, ladders, thresholds and sign-offs, their versions, and changes one from a day on."""

import json
from datetime import date, datetime

import click

from app.core.lease import held
from app.edge.auth import make_system_act
from app.edge.context import current_context
from app.queries.ruling.changes import find_differences, find_version, list_versions
from app.services.rules import read_rule_sets, set_rule
from workflows.ruling.keys import RULE_KEYS
from workflows.ruling.wording import tell_change


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


@rules_group.command("list")
def list_all() -> None:
    """Print the versions, the newest first: from when, who drafted and published it, why, what it changed."""
    context = current_context()
    cursor = None
    with context.database.reading() as unit:
        present = context.book.current_rule_set(unit.connection(), context.today())
        while True:
            page = list_versions(unit.connection(), cursor=cursor)
            for row in page.items:
                people = f" by {row.drafted_by_name}, published by {row.published_by_name}" if row.change_id else ""
                mark = " (in force)" if row.id == present else ""
                click.echo(f"# {row.id} from {row.effective_on}{mark}{people}: {row.reason}")
                for one in row.differences:
                    click.echo(f"{one.key} {one.old} -> {one.new}")
            cursor = page.next_cursor
            if cursor is None:
                return


@rules_group.command("diff")
@click.argument("old", type=int)
@click.argument("new", type=int)
@click.option("--words", is_flag=True, help="In sentences instead of values.")
def show_difference(*, old: int, new: int, words: bool) -> None:
    """Print what differs between version OLD and version NEW; nothing when nothing does."""
    context = current_context()
    with context.database.reading() as unit:
        before, after = (find_version(unit.connection(), one).values for one in (old, new))
    for one in find_differences(before, after):
        said = tell_change(RULE_KEYS[one.key], one.old, one.new).in_language(context.settings.locale)
        click.echo(said if words else f"{one.key} {one.old} -> {one.new}")


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
