"""`flask db upgrade`: brings tables, rules, built-in accounts and shipped calendars up to this release."""

import click

from app.core.migration import upgrade
from app.edge.context import current_context
from app.services.calendar_files import read_shipped_tables
from app.services.upgrade import store_rules


@click.group("db")
def database_group() -> None:
    """Work on the database itself."""


@database_group.command("upgrade")
def upgrade_database() -> None:
    """Bring the database up to this release (safe to repeat)."""
    context = current_context()
    upgrade(context.database)
    now = context.now()
    context.database.write(lambda unit: store_rules(unit.connection(), now, read_shipped_tables()))
    click.echo("database is up to date")


COMMANDS = (database_group,)
