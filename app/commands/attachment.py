"""`flask attachment check`: compares the files' rows with the bytes in the store."""

import sys

import click

from app.edge.attachment import open_store
from app.edge.context import Context, current_context
from app.services.attachment.upkeep import find_faults, find_orphans, list_needed, list_wanted


@click.group("attachment")
def attachment_group() -> None:
    """Look after the files that hang on items and documents."""


@attachment_group.command("check")
def check_attachments() -> None:
    """Read every file's bytes again; one line on stderr for each row without them or with others, and status 1.

    Bytes that no row needs are only counted: the scheduler drops them once they are a day old.
    """
    context = current_context()
    count, faults = _check_rows(context)
    with context.database.reading() as unit:
        needed = list_needed(unit.connection())
    orphans = find_orphans(open_store(context), needed)
    click.echo(f"attachments: {count} checked, {faults} faults, {len(orphans)} files that no row needs")
    if faults:
        sys.exit(1)


def _check_rows(context: Context) -> tuple[int, int]:
    store, count, faults, last = open_store(context), 0, 0, 0
    while True:
        with context.database.reading() as unit:
            wanted = list_wanted(unit.connection(), last)
        if not wanted:
            return count, faults
        for line in find_faults(store, wanted):
            click.echo(line, err=True)
            faults += 1
        count, last = count + len(wanted), wanted[-1].attachment_id


COMMANDS = (attachment_group,)
