"""`flask ledger …`: brings a ledger in under a mapping, or writes one out that reads back as the same."""

import hashlib
import sys
from datetime import date
from pathlib import Path
from typing import Literal, cast

import click

from app.commands.importing import ACCOUNT, act_as, find_importer, tell_import
from app.core.errors import Fault, InvalidError, Sentence
from app.edge.context import current_context
from app.edge.ledger import ENDINGS, find_mapping, write_ledger
from app.ledger.read import read_ledger
from app.policy.people import OFFICE_READER
from app.queries.ledger import KINDS, list_ledger_rows
from app.services.ledger.importing import import_ledger
from app.services.recording import write_audit

_PROGRESS_FROM = 2_000
_COUNTS = {
    "rows": Sentence("行数", "rows"),
    "created": Sentence("新增事项", "items created"),
    "updated": Sentence("更新事项", "items updated"),
    "unchanged": Sentence("未变事项", "items unchanged"),
    "snapshots": Sentence("进展快照", "snapshots written"),
}
_REFUSED = Sentence("文件有错误，未导入任何内容。", "The file has faults; nothing was imported.")
_File = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("ledger")
def ledger_group() -> None:
    """Bring ledgers in and write them out."""


def _read_start(_: click.Context, __: click.Parameter, value: str | None) -> date | Literal["source"] | None:
    if value is None or value == "source":
        return cast("Literal['source'] | None", value)
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"应为日期或source：{value} / a date or 'source' expected, not {value!r}") from None


@ledger_group.command("import")
@click.argument("file", type=_File)
@click.option("--mapping", help="A mapping file, or the name of a shipped mapping; our own format when left out.")
@click.option("--kind", type=click.Choice(KINDS), default="task", help="Our own format: what rows are that name none.")
@click.option("--dry-run", is_flag=True, help="Say what would be, write nothing.")
@click.option("--as", "login", default=ACCOUNT, help="Who is on record for it; the import account when left out.")
@click.option("--escalate-from", callback=_read_start, metavar="DATE|source", help="From when clocks count.")
def import_file(
    file: Path, mapping: str | None, kind: Literal["project", "task"], login: str, *, dry_run: bool,
    escalate_from: date | Literal["source"] | None,
) -> None:  # fmt: skip
    """Import the ledger FILE as a whole, or nothing of it when it has faults; again, it updates."""
    context = current_context()
    ledger = read_ledger(file, find_mapping(mapping, kind))
    with file.open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    report = context.database.write(
        lambda unit: import_ledger(
            unit, context.book, act_as(find_importer(context, unit, login)), context.now(), ledger,
            file_name=file.name, sha256=sha256, dry_run=dry_run, escalate_from=escalate_from, progress=_tell_progress,
        )
    )  # fmt: skip
    tell_import(report, _COUNTS, _REFUSED, context.settings.locale)
    if report.refused:
        sys.exit(1)


@ledger_group.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice(KINDS), help="Only projects or only tasks.")
@click.option("--as", "login", default=ACCOUNT, help="Whose items; all but the confidential ones when left out.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="The language of headings and states.")
def export_file(file: Path, kind: str | None, login: str, lang: str | None) -> None:
    """Write the items that USER may read to FILE (.csv or .xlsx), in our own format."""
    ending = file.suffix.lower().removeprefix(".")
    if ending not in ENDINGS:
        said = Sentence(f"文件名应以.{'或.'.join(ENDINGS)}结尾。", f"A name that ends in .{' or .'.join(ENDINGS)}.")
        raise InvalidError([Fault("FILE", said)])
    if not file.parent.is_dir():
        raise click.BadParameter(f"there is no folder {file.parent}", param_hint="FILE")
    context = current_context()
    now, locale = context.now(), context.settings.locale
    with context.database.reading() as unit:
        actor = find_importer(context, unit, login)
        readers = (OFFICE_READER,) if actor.is_system else actor.readers
        rows = list(list_ledger_rows(unit.connection(), readers, kinds=(kind,) if kind else KINDS))
    part = file.with_name(f".{file.name}.part")
    part.write_bytes(write_ledger(rows, ending, lang=lang or locale, created_at=now))
    part.replace(file)
    context.database.write(
        lambda unit: write_audit(
            unit.connection(), act_as(actor), now, action="ledger.export", source="command", after={"rows": len(rows)}
        )
    )
    click.echo(Sentence(f"已导出{len(rows)}项", f"{len(rows)} items written").in_language(locale))


def _tell_progress(done: int, total: int) -> None:
    """Show on stderr how far a big import is, about every twentieth."""
    step = max(1, total // 20)
    if total >= _PROGRESS_FROM and (done == total or done // step != (done - 1) // step or done % step == 0):
        click.echo(f"{done}/{total}", err=True)


COMMANDS = (ledger_group,)
