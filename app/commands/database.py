"""`flask db …`: brings tables, rules, accounts and calendars up to this release, takes them back, moves the city."""

import json

import click

from app.core.database import Database, make_engine, read_address
from app.core.migration import downgrade, read_revision, upgrade
from app.edge.context import current_context
from app.edge.startup import current_readiness
from app.jobs.backup.moving import move
from app.services.backup.mark import require_no_mark
from app.services.calendar_files import read_shipped_tables
from app.services.upgrade import store_rules


@click.group("db")
def database_group() -> None:
    """Work on the database itself."""


@database_group.command("upgrade")
def upgrade_database() -> None:
    """Bring the database up to this release (safe to repeat).

    Refused while a restore is not finished, and for a database of a later release. On PostgreSQL a table that somebody
    uses for longer than LIANBAN_UPGRADE_LOCK_SECONDS ends it, with nothing changed.
    """
    context = current_context()
    with context.database.reading() as unit:
        require_no_mark(unit.connection())
    upgrade(context.database, patience=context.settings.patience)
    now = context.now()
    context.database.write(lambda unit: store_rules(unit.connection(), now, read_shipped_tables()))
    click.echo("database is up to date")


@database_group.command("downgrade")
@click.argument("revision")
def downgrade_database(revision: str) -> None:
    """Take the database back to REVISION (0029, say), for an older release; what cannot go back is named."""
    context = current_context()
    downgrade(context.database, revision, context.settings.patience)
    with context.database.reading() as unit:
        click.echo(f"database stands at {read_revision(unit.connection())}")


@database_group.command("move")
@click.option("--to", "url", required=True, help="An empty database: sqlite:///… or postgresql+psycopg://…")
def move_database(url: str) -> None:
    """Copy everything into another, empty database and compare the two row by row; prints one JSON object.

    The source is only read. Stop web servers and scheduler first. Afterwards set LIANBAN_DATABASE_URL to the new one;
    files stay where they are.
    """
    context = current_context()
    current_readiness().require()
    try:
        address = read_address(url, "--to")
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    target = Database(make_engine(address))
    try:
        moved = move(context.database, target)
    finally:
        target.engine.dispose()
    click.echo(json.dumps({"tables": moved.tables, "rows": moved.rows, "differences": 0}))


COMMANDS = (database_group,)
