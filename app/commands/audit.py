"""`flask audit`: seals the log, verifies it (a database, a bundle, a proof), exports it, proves entries, turns keys."""

import json
import sys
from datetime import datetime
from pathlib import Path

import click

from app.commands.instant import INSTANT, in_city
from app.core.errors import Fault, InvalidError, Sentence
from app.core.merkle.proof import write_proof
from app.edge.context import current_context
from app.edge.seal.exporting import export_log
from app.edge.seal.passing import seal_log, turn_key
from app.edge.seal.proving import prove_by_command, prove_growth
from app.edge.seal.verifying import verify_bundle, verify_log, verify_proof
from app.edge.startup import current_readiness
from app.services.audit_seal.keeping import list_keys

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)
_WAIT_SECONDS = 60


@click.group("audit")
def audit_group() -> None:
    """Seal the log and verify it."""


@audit_group.command("seal")
@click.option("--restored", is_flag=True, help="An older backup was restored on purpose: put the kept heads aside.")
def seal(*, restored: bool) -> None:
    """Seal every entry that waits, late ones too. Prints one JSON object."""
    current_readiness().require()
    done = seal_log(current_context(), is_full=True, wait_seconds=_WAIT_SECONDS, is_restored=restored)
    head = done.head
    told = {"sealed": done.entries, "heads": done.heads, "tree_size": head.size if head else 0,
            "root": head.root if head else None, "key_id": head.key_id if head else None}  # fmt: skip
    click.echo(json.dumps(told))


@audit_group.command("verify")
@click.option("--bundle", type=_FILE, help="Verify this export instead of the database.")
@click.option("--proof", type=_FILE, help="Verify this proof instead of the database.")
@click.option("--head", "heads", multiple=True, metavar="FILE|ROOT|SIZE:ROOT", help="A head known from elsewhere.")
@click.option("--key", "keys", multiple=True, metavar="ID|FILE", help="A key known to be genuine.")
def verify(bundle: Path | None, proof: Path | None, heads: tuple[str, ...], keys: tuple[str, ...]) -> None:
    """Verify the log: every row, leaf, head and key. Prints one JSON object; a line on stderr a fault, then status 1.

    With --bundle or --proof no database is needed. --head takes a file of heads, or ROOT or SIZE:ROOT as a report
    prints it; both it and --key can be repeated.
    """
    if bundle is not None and proof is not None:
        raise InvalidError([Fault("--proof", Sentence("不能与--bundle同用。", "Not together with --bundle."))])
    if bundle is not None:
        source, verdict = "bundle", verify_bundle(bundle, heads, keys)
    elif proof is not None:
        source, verdict = "proof", verify_proof(proof, heads, keys)
    else:
        current_readiness().require()
        source, verdict = "database", verify_log(current_context(), heads, keys)
    for line in verdict.lines():
        click.echo(line, err=True)
    click.echo(json.dumps({"source": source, **verdict.record()}))
    if not verdict.is_sound:
        sys.exit(1)


@audit_group.command("export")
@click.argument("file", type=_NEW_FILE)
@click.option("--since", type=INSTANT, help="Only what was sealed after this instant (ISO 8601).")
@click.option("--redact", is_flag=True, help="Carry acts on confidential items, documents and files as hashes only.")
@click.option("--as", "login", help="Who reads: what this log-in may not see is carried as hashes only.")
def export(file: Path, since: datetime | None, login: str | None, *, redact: bool) -> None:
    """Write the sealed log to FILE as a bundle that can be verified without the database. Prints one JSON object."""
    current_readiness().require()
    context = current_context()
    instant = None if since is None else in_city(since, context.settings.timezone)
    done = export_log(context, file, login=login, since=instant, redact=redact)
    told = {"first_leaf": done.first, "tree_size": done.size, "rows": done.whole, "hashes": done.hidden}
    click.echo(json.dumps(told))


@audit_group.command("prove")
@click.argument("audit_id", type=click.IntRange(1), required=False)
@click.option("--item", "item_id", type=click.IntRange(1), help="All entries of this item instead of one.")
@click.option("--out", type=_NEW_FILE, required=True, help="The file to be written.")
@click.option("--as", "login", help="Who reads: without the right to contents only hashes are shown.")
def prove(audit_id: int | None, item_id: int | None, out: Path, login: str | None) -> None:
    """Write the proof that an entry of the log (AUDIT_ID) is sealed."""
    current_readiness().require()
    if (audit_id is None) == (item_id is None):
        said = Sentence("请给出一条记录的编号，或--item。", "Name an entry's id, or --item.")
        raise InvalidError([Fault("AUDIT_ID", said)])
    out.write_bytes(write_proof(
        prove_by_command(current_context(), login=login, audit_id=audit_id, item_id=item_id)
    ))  # fmt: skip


@audit_group.command("consistency")
@click.option("--from", "size", type=click.IntRange(1), required=True, help="The size of the earlier log.")
@click.option("--out", type=_NEW_FILE, help="The file to be written; left out: standard output.")
def prove_consistency(size: int, out: Path | None) -> None:
    """Write the proof that the log of today begins with that of an earlier size."""
    current_readiness().require()
    content = write_proof(prove_growth(current_context(), size))
    if out is None:
        click.echo(content, nl=False)
    else:
        out.write_bytes(content)


@audit_group.group("key")
def key_group() -> None:
    """Look after the keys that sign the log's heads."""


@key_group.command("list")
def show_keys() -> None:
    """Print the keys, one line each: number, id, since when, by whom signed."""
    current_readiness().require()
    with current_context().database.reading() as unit:
        keys = list_keys(unit.connection())
    for key in keys:
        signer = "itself" if key.signed_by == key.key_id else key.signed_by
        click.echo(f"{key.number}\t{key.key_id}\t{key.begins_at}\tsigned by {signer}")


@key_group.command("rotate")
@click.option("--lost", is_flag=True, help="The present private key is gone: the new key signs itself.")
def rotate(*, lost: bool) -> None:
    """Make the next key and let the present one sign it. Prints its id."""
    current_readiness().require()
    click.echo(turn_key(current_context(), is_lost=lost))


COMMANDS = (audit_group,)
