"""`flask ledger …`: brings a ledger in under a mapping, or writes one out that reads back as the same."""

import hashlib
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Literal, cast

import click

from app.core.errors import Fault, InvalidError, Sentence
from app.edge.context import Context, Unit, current_context
from app.edge.ledger import ENDINGS, find_mapping, write_ledger
from app.ledger.read import read_ledger
from app.policy.people import OFFICE_READER, Actor, find_actor
from app.queries.ledger import KINDS, list_ledger_rows
from app.services.ledger.importing import ImportReport, import_ledger
from app.services.organisation.person import find_person
from app.services.recording import Acting, write_audit
from workflows.roles import Duty

_ACCOUNT = "system-import"
_PROGRESS_FROM = 2_000
_COUNTS = {
    "rows": Sentence("行数", "rows"),
    "created": Sentence("新增事项", "items created"),
    "updated": Sentence("更新事项", "items updated"),
    "unchanged": Sentence("未变事项", "items unchanged"),
    "snapshots": Sentence("进展快照", "snapshots written"),
}
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
@click.option("--as", "login", default=_ACCOUNT, help="Who is on record for it; the import account when left out.")
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
            unit, context.book, _acting(_find_actor(context, unit, login)), context.now(), ledger,
            file_name=file.name, sha256=sha256, dry_run=dry_run, escalate_from=escalate_from, progress=_tell_progress,
        )
    )  # fmt: skip
    _tell(report, context.settings.locale)
    if report.refused:
        sys.exit(1)


@ledger_group.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice(KINDS), help="Only projects or only tasks.")
@click.option("--as", "login", default=_ACCOUNT, help="Whose items; all but the confidential ones when left out.")
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
        actor = _find_actor(context, unit, login)
        readers = (OFFICE_READER,) if actor.is_system else actor.readers
        rows = list(list_ledger_rows(unit.connection(), readers, kinds=(kind,) if kind else KINDS))
    part = file.with_name(f".{file.name}.part")
    part.write_bytes(write_ledger(rows, ending, lang=lang or locale, created_at=now))
    part.replace(file)
    context.database.write(
        lambda unit: write_audit(
            unit.connection(), _acting(actor), now, action="ledger.export", source="command", after={"rows": len(rows)}
        )
    )
    click.echo(Sentence(f"已导出{len(rows)}项", f"{len(rows)} items written").in_language(locale))


def _find_actor(context: Context, unit: Unit, login: str) -> Actor:
    connection = unit.connection()
    person_id = find_person(connection, login)
    actor = None if person_id is None else find_actor(connection, person_id, context.today())
    if actor is None:
        raise InvalidError([Fault("--as", Sentence(f"没有用户“{login}”。", f"There is no user {login!r}."))])
    return actor


def _acting(actor: Actor) -> Acting:
    """Return who is on record: in the office's post where the person holds one."""
    if actor.is_system:
        return Acting(actor.person_id, "system")
    held = next((capacity for capacity in actor.capacities if capacity.duty is Duty.OFFICE), None)
    chosen = held or next(iter(actor.capacities), None)
    return Acting(actor.person_id, chosen.duty.value if chosen else "self", chosen)


def _tell_progress(done: int, total: int) -> None:
    """Show on stderr how far a big import is, about every twentieth."""
    step = max(1, total // 20)
    if total >= _PROGRESS_FROM and (done == total or done // step != (done - 1) // step or done % step == 0):
        click.echo(f"{done}/{total}", err=True)


def _tell(report: ImportReport, locale: str) -> None:
    """Print what was done on stdout, what was found on stderr, one line each."""
    for line in report.findings.lines(locale):
        click.echo(line, err=True)
    if report.refused:
        refused = Sentence("文件有错误，未导入任何内容。", "The file has faults; nothing was imported.")
        click.echo(refused.in_language(locale), err=True)
        return
    for notice in report.notices:
        click.echo(notice.in_language(locale), err=True)
    if report.is_dry_run:
        click.echo(Sentence("试运行，未写入：", "Dry run, nothing written:").in_language(locale))
    for name, label in _COUNTS.items():
        click.echo(f"{label.in_language(locale)}: {getattr(report, name)}")
    if report.departments_created:
        made = Sentence("新建部门", "departments created").in_language(locale)
        click.echo(f"{made}: {len(report.departments_created)}（{'、'.join(report.departments_created)}）")
    counts = Counter(flag.code for flag in report.findings.flags)
    flags = ", ".join(f"{code} {count}" for code, count in sorted(counts.items()))
    named = Sentence("提示", "flags").in_language(locale)
    click.echo(f"{named}: {sum(counts.values())}" + (f" ({flags})" if flags else ""))


COMMANDS = (ledger_group,)
