"""`flask backup FILE`, `flask backup check FILE`, `flask restore FILE`: a city in one file, and back."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from app.core.errors import Sentence
from app.edge.auth import make_system_act
from app.edge.backup.place import list_other_secrets, make_place, open_source
from app.edge.context import Context, Unit, current_context
from app.edge.sending import make_tools
from app.edge.startup import current_readiness
from app.jobs.backup.making import Made, make_backup
from app.jobs.backup.restoring import Checked, check_backup, check_place, restore
from app.services.backup.noting import Note, note_backup

#: What follows from a row that points to one that is not there.
_NO_RESTORE = Sentence(
    "此备份无法恢复：请更正这一行，再重新备份。", "No restore takes this backup: mend that row, then make another."
)
_FILE = click.Path(dir_okay=False, path_type=Path)


class FileOrCommand(click.Group):
    """A group whose first word is a file for `make`, unless it is one of its commands (then write `./check`)."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `make` in front of a file."""
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = ["make", *args]
        return super().parse_args(ctx, args)


@click.group("backup", cls=FileOrCommand)
def backup_group() -> None:
    """Write database and files into one FILE, or check such a file."""


@backup_group.command("make")
@click.argument("file", type=_FILE)
def make(file: Path) -> None:
    """Write a backup to FILE while everybody works. Prints one JSON object.

    Sealed with LIANBAN_BACKUP_KEY where it is set. A file that the store lacks is one line on stderr, and so is a row
    that points to one that is not there; the status is 1, the backup is kept.
    """
    context = current_context()
    current_readiness().require()
    keys = context.settings.backup_keys
    made = make_backup(make_place(context), file, keys[0] if keys else None)
    told = {
        "file": str(file), "bytes": made.size_bytes, "sealed": bool(keys),
        **_count(made.head.revision, made.head.taken_at.isoformat(), made), "digest": made.digest,
    }  # fmt: skip
    note = Note(made.head.taken_at, made.size_bytes, len(made.faults), made.digest)
    context.database.write(lambda unit: _record(context, unit, told, note))
    click.echo(json.dumps(told, ensure_ascii=False))
    faults = [Sentence(f"文件{name}：{fault}", f"file {name}: {fault}") for name, fault in made.faults.items()]
    if made.broken is not None:
        faults += [made.broken, _NO_RESTORE]
    _end(context, faults)


def _record(context: Context, unit: Unit, told: Mapping[str, Any], note: Note) -> None:
    act = make_system_act(context, unit)
    act.audit("backup", "database", after=told)
    note_backup(act.connection, note, act.now)


@backup_group.command("check")
@click.argument("file", type=_FILE)
def check(file: Path) -> None:
    """Read FILE whole and find whatever is wrong with it; needs no database. Prints one JSON object."""
    context = current_context()
    with open_source(context, file) as source:
        checked = check_backup(source)
    click.echo(json.dumps({"file": str(file), **_tell(checked)}, ensure_ascii=False))
    _end(context, _name_faults(checked))


@click.command("restore")
@click.argument("file", type=_FILE)
@click.option("--check", "is_check", is_flag=True, help="Find out whether it would go; write nothing.")
def restore_file(file: Path, *, is_check: bool) -> None:
    """Restore FILE into the empty database and the store of this installation. Prints one JSON object.

    What waited to be sent is held (`message held release|mute`), sessions and tokens are ended, works are cancelled.
    What does not fit in the restored city is one line on stderr each, and the status is 1.
    """
    context = current_context()
    with open_source(context, file) as source:
        if is_check:
            checked = check_place(make_tools(context), source)
            told, faults = _tell(checked), _name_faults(checked)
        else:
            done = restore(make_tools(context), source)
            checked, faults = done.checked, [*_name_faults(done.checked), *done.verdict.faults]
            faults += [Sentence(f"巡检：{fault}", f"sweep: {fault}") for fault in done.settled.pop("sweep_faults")]
            verdict = done.verdict
            verified = {"funds": verdict.funds, "entries": verdict.ledger_entries, "log_rows": verdict.log_rows}
            told = _tell(checked) | {"upgraded_to": done.revision, **done.settled, **verified}
    for sentence in list_other_secrets(context.settings, checked.head.fingerprints):
        click.echo(sentence.in_language(context.settings.locale), err=True)
    click.echo(json.dumps({"file": str(file), **told, "faults": len(faults)}, ensure_ascii=False))
    _end(context, faults)


def _tell(checked: Checked) -> dict[str, Any]:
    head = checked.head
    counts = _count(head.revision, head.taken_at.isoformat(), checked)
    return {"city": head.city, "dialect": head.dialect, **counts, "digest": checked.digest}


def _count(revision: str, taken_at: str, found: Made | Checked) -> dict[str, Any]:
    manifest = found.manifest
    return {
        "taken_at": taken_at, "revision": revision, "tables": len(manifest.tables), "rows": manifest.rows,
        "files": manifest.files, "file_bytes": manifest.file_bytes, "file_faults": manifest.faults,
    }  # fmt: skip


def _name_faults(checked: Checked) -> list[Sentence]:
    return [
        Sentence(f"备份时文件{name}：{fault}", f"when the backup was made, file {name}: {fault}")
        for name, fault in checked.faults
    ]


def _end(context: Context, faults: list[Sentence]) -> None:
    for fault in faults:
        click.echo(fault.in_language(context.settings.locale), err=True)
    if faults:
        sys.exit(1)


COMMANDS = (backup_group, restore_file)
