"""`flask store copy`: brings the files of an installation into another store, a folder or a bucket, or back."""

import sys

import click

from app.core.errors import Fault, InvalidError, Sentence
from app.core.store import Store
from app.core.store_choice import EXAMPLE, read_choice
from app.edge.context import Context, current_context, make_store
from app.services.attachment.moving import copy_files

_SAME = Sentence("来源和目标是同一处。", "the files lie there already.")


@click.group("store")
def store_group() -> None:
    """Look after the place where files lie."""


@store_group.command("copy")
@click.option("--to", "target", required=True, help=f"Where to: an absolute path, or {EXAMPLE}.")
@click.option("--from", "source", help="Where from, likewise; the installation's own store when left out.")
@click.option("--check", "is_checked", is_flag=True, help="Read everything again at the target and compare.")
def copy(target: str, source: str | None, *, is_checked: bool) -> None:
    """Copy what the target lacks, each file under its hash; broken off, it goes on when it is started again.

    Buckets are opened with LIANBAN_STORE_KEY_ID and LIANBAN_STORE_SECRET. One line on stderr for each file whose bytes
    do not have the hash of its name, and status 1; the rest is copied. Nothing is taken away from the source.
    """
    context = current_context()
    if source == target:
        raise InvalidError([Fault("--to", _SAME)])
    begin = context.store if source is None else _open(context, "--from", source)
    counts, size = dict.fromkeys(("copied", "there", "gone", "fault"), 0), 0
    for moved in copy_files(begin, _open(context, "--to", target), is_checked=is_checked):
        counts[moved.how] += 1
        size += moved.size_bytes
        if moved.fault:
            click.echo(f"{moved.name}: {moved.fault}", err=True)
    click.echo(
        f"files: {counts['copied']} copied ({size} bytes), {counts['there']} there already, {counts['gone']} dropped "
        f"meanwhile, {counts['fault']} faults"
    )
    if counts["fault"]:
        sys.exit(1)


def _open(context: Context, option: str, place: str) -> Store:
    try:
        choice, folder = read_choice(place, context.settings.store)
        if choice.place == context.settings.store.place and (choice.place or folder == context.settings.var / "files"):
            if option == "--to":
                raise InvalidError([Fault(option, _SAME)])
            return context.store
        return make_store(context.settings, choice, folder)
    except ValueError as error:
        raise InvalidError([Fault(option, Sentence(str(error), str(error)))]) from None


COMMANDS = (store_group,)
