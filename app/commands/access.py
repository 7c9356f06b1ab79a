"""`flask access check`: compares who may read what with what the rules say, and can write it anew."""

import sys

import click

from app.edge.context import current_context
from app.policy.access import compare, rebuild


@click.group("access")
def access_group() -> None:
    """Look after the table that decides who reads what."""


@access_group.command("check")
@click.option("--rebuild", "is_rebuild", is_flag=True, help="Write the table anew, then compare.")
def check_access(*, is_rebuild: bool) -> None:
    """Compare the readers' table with its rebuild; each difference is one line on stderr, and the status is 1."""
    context = current_context()
    if is_rebuild:
        context.database.write(lambda unit: rebuild(unit.connection()))
    with context.database.reading() as unit:
        differences = compare(unit.connection())
    for difference in differences:
        click.echo(f"{difference.fault}: {difference.reader} item {difference.item_id}", err=True)
    if differences:
        sys.exit(1)
    click.echo("access: no differences")


COMMANDS = (access_group,)
