"""`flask keys …`: the data keys, which seal what is personal or secret; a new one, everything moved to it, a check."""

import sys
from functools import partial

import click

from app.core.errors import Fault, InvalidError, Sentence
from app.core.ring import DataKey, MissingKeyError, Ring, changing, write_ring
from app.core.sealed_store import SealedStore
from app.core.sealing import SealError, chosen_ring
from app.edge.attachment import open_store
from app.edge.auth import make_system_act
from app.edge.context import Context, Unit, current_context
from app.services.data_key.proof import register_key
from app.services.data_key.rewrapping import (
    PLAIN,
    Place,
    Renewed,
    count_keys,
    find_faults,
    list_places,
    read_batch,
    renew,
    write_batch,
)

#: A key is to be replaced after so long (docs/encryption.md).
KEY_DAYS = 366


@click.group("keys")
def keys_group() -> None:
    """Keep the data keys, which seal what is personal or secret."""


@keys_group.command("list")
def list_keys() -> None:
    """Print the data keys: name, algorithm, since when, state, and how many values of the database each has sealed."""
    context, ring = current_context(), chosen_ring().ring
    with context.database.reading() as unit:
        counts = count_keys(unit.connection())
    for key in ring.keys.values():
        click.echo(f"{key.id}\t{key.algorithm}\t{key.created_at.date()}\t{key.state}\t{counts.pop(key.id, 0)}")
    for name, count in sorted(counts.items()):
        click.echo(f"{name}\t{'not sealed' if name == PLAIN else 'missing'}\t\t\t{count}")


@keys_group.command("rotate")
@click.option("--prepare", is_flag=True, help="Only add the key; another machine must know it before it seals.")
@click.option("--to", "key_id", help="Make this key of the file the active one, instead of a new one.")
def rotate(key_id: str | None, *, prepare: bool) -> None:
    """Make a new data key, with the algorithm of LIANBAN_DATA_CIPHER, and let it seal from now on; prints its name.

    Processes that run take it up by themselves. What old keys have sealed opens on; `flask keys rewrap` moves it.
    """
    if prepare and key_id:
        said = Sentence("--prepare与--to不能同时使用。", "--prepare and --to exclude each other.")
        raise InvalidError([Fault("--to", said)])
    context, path = current_context(), chosen_ring().path
    with changing(path) as ring:
        found = ring if key_id else ring.add(context.settings.data_cipher, context.now())
        new_id = key_id or list(found.keys)[-1]
        write_ring(path, found)
        if not prepare:
            _activate(context, found, new_id)
    click.echo(new_id)


def _activate(context: Context, ring: Ring, key_id: str) -> None:
    """Let a key seal: its proof is in the database before."""
    try:
        changed = ring.activate(key_id)
    except MissingKeyError:
        said = Sentence(f"文件中没有密钥{key_id}。", f"The file has no key {key_id}.")
        raise InvalidError([Fault("--to", said)]) from None
    key: DataKey = changed.active
    with context.database.writing() as unit:
        act = make_system_act(context, unit)
        register_key(act.connection, act.now, key)
        act.audit("keys.rotate", f"data_key:{key_id}", after={"algorithm": key.algorithm})
    write_ring(chosen_ring().path, changed)


@keys_group.command("rewrap")
def rewrap() -> None:
    """Seal anew what the active key has not sealed, what stood there before there were keys included.

    Runs while the product runs; broken off, it goes on where it stopped. Once everything is sealed, what is not is no
    longer read. Status 1 and a line on stderr for each value that does not open; it stays as it is.
    """
    context, total, faults = current_context(), 0, 0
    for place in list_places():
        count, wrong = _rewrap_place(context, place)
        total, faults = total + count, faults + wrong
        if count:
            click.echo(f"{place.name}: {count}")
    count, wrong = _rewrap_files(open_store(context))
    total, faults = total + count, faults + wrong
    if count:
        click.echo(f"files: {count}")
    click.echo(f"keys: {total} sealed anew with {chosen_ring().ring.active.id}, {faults} faults")
    if faults:
        sys.exit(1)
    _close_to_plain()


def _rewrap_place(context: Context, place: Place) -> tuple[int, int]:
    """Seal a column anew; returns how many values, and how many do not open."""
    count, faults, last = 0, 0, None
    while True:
        with context.database.reading() as unit:
            batch = read_batch(unit.connection(), place, last)
        if not batch:
            return count, faults
        renewed = renew(place, batch)
        for line in renewed.faults:
            click.echo(line, err=True)
        faults += len(renewed.faults)
        count += context.database.write(partial(_write, place, renewed))
        last = batch[-1].row


def _rewrap_files(store: SealedStore) -> tuple[int, int]:
    """Let the active key wrap every file; returns how many it did not yet, and how many do not open."""
    count, faults = 0, 0
    for name in store.names():
        try:
            count += store.reseal(name)
        except FileNotFoundError:  # upkeep has dropped it meanwhile
            continue
        except SealError as error:
            click.echo(f"file {name}: {error.sentence.en}", err=True)
            faults += 1
    return count, faults


def _write(place: Place, renewed: Renewed, unit: Unit) -> int:
    return write_batch(unit.connection(), place, renewed)


def _close_to_plain() -> None:
    """Let nothing be read any more that is not sealed: whoever writes into the database cannot put it there."""
    path = chosen_ring().path
    with changing(path) as ring:
        if ring.takes_plain:
            write_ring(path, ring.close())


@keys_group.command("check")
def check_keys() -> None:
    """Open every sealed value and the head of every file; one line on stderr for each that does not open, and status 1.

    The files' bytes are read by `flask attachment check`.
    """
    context, total, faults = current_context(), 0, 0
    for place in list_places():
        last = None
        while True:
            with context.database.reading() as unit:
                batch = read_batch(unit.connection(), place, last, is_all=True)
            if not batch:
                break
            for line in find_faults(place, batch):
                click.echo(line, err=True)
                faults += 1
            total, last = total + len(batch), batch[-1].row
    count, wrong = _check_files(open_store(context))
    faults += wrong
    click.echo(f"keys: {total} values, {count} files, {faults} faults")
    _warn(context)
    if faults:
        sys.exit(1)


def _check_files(store: SealedStore) -> tuple[int, int]:
    count, faults = 0, 0
    for name in store.names():
        try:
            store.check_head(name)
        except FileNotFoundError:
            continue
        except SealError as error:
            click.echo(f"file {name}: {error.sentence.en}", err=True)
            faults += 1
        count += 1
    return count, faults


def _warn(context: Context) -> None:
    """Say what is no fault yet: an old key, another algorithm than the setting's, a file that others may read."""
    ring, path = chosen_ring().ring, chosen_ring().path
    days = (context.now() - ring.active.created_at).days
    if days >= KEY_DAYS:
        click.echo(f"the active key is {days} days old: flask keys rotate", err=True)
    if ring.active.algorithm != context.settings.data_cipher:
        said = f"LIANBAN_DATA_CIPHER is {context.settings.data_cipher}"
        click.echo(f"the active key is one of {ring.active.algorithm}, {said}: flask keys rotate", err=True)
    if path.stat().st_mode & 0o077:
        click.echo(f"{path} can be read by others than its owner: chmod 600", err=True)


COMMANDS = (keys_group,)
