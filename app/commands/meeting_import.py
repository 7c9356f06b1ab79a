"""`flask meeting import`: brings meetings in that were held elsewhere, with their topics and decisions."""

import hashlib
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import click

from app.core.errors import Fault, InvalidError, Sentence
from app.edge.context import Context, Unit, current_context
from app.edge.meeting.importing import find_meeting_mapping
from app.ledger.meeting.read import read_meetings
from app.policy.people import find_actor
from app.services.act import Act
from app.services.meeting.importing.run import MeetingReport, import_meetings
from app.services.organisation.person import find_person
from app.services.recording import Acting
from workflows.roles import Duty

_ACCOUNT = "system-import"
_COUNTS = {
    "meetings": Sentence("会议", "meetings"),
    "topics": Sentence("议题", "topics"),
    "decisions": Sentence("议定事项", "decisions"),
    "attendances": Sentence("到会记录", "attendances"),
    "created": Sentence("新增", "created"),
    "known": Sentence("已有，未变", "there already"),
}
_File = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("import")
@click.argument("file", type=_File)
@click.option("--mapping", help="A mapping file, or the name of a shipped one; left out: the one called as FILE.")
@click.option("--decisions", type=_File, help="The table of decisions that these meetings took.")
@click.option("--settled", type=_File, help="A later list that says which of the decisions are done.")
@click.option("--group", "group_id", type=int, help="The leadership group that met; of nobody's here when left out.")
@click.option("--dry-run", is_flag=True, help="Say what would be, write nothing.")
@click.option("--as", "login", default=_ACCOUNT, help="Who is on record for it; the import account when left out.")
def import_file(
    file: Path, mapping: str | None, decisions: Path | None, settled: Path | None, group_id: int | None, login: str, *,
    dry_run: bool,
) -> None:  # fmt: skip
    """Import the meetings of FILE as a whole, or nothing when a file has faults; again, it adds what is new."""
    context = current_context()
    found = read_meetings(file, find_meeting_mapping(mapping, file), decisions=decisions, settled=settled)
    sha256 = _digest(one for one in (file, decisions, settled) if one is not None)
    report = context.database.write(
        lambda unit: import_meetings(
            _make_act(context, unit, login), context.book, found, file_name=file.name, sha256=sha256, dry_run=dry_run,
            group_id=group_id,
        )
    )  # fmt: skip
    _tell(report, context.settings.locale)
    if report.refused:
        sys.exit(1)


def _digest(files: Iterable[Path]) -> str:
    """Return the digest of all files together, in their order."""
    found = hashlib.sha256()
    for file in files:
        found.update(file.read_bytes())
    return found.hexdigest()


def _make_act(context: Context, unit: Unit, login: str) -> Act:
    connection = unit.connection()
    person_id = find_person(connection, login)
    actor = None if person_id is None else find_actor(connection, person_id, context.today(), context.now())
    if actor is None:
        raise InvalidError([Fault("--as", Sentence(f"没有用户“{login}”。", f"There is no user {login!r}."))])
    if actor.is_system:
        acting = Acting(actor.person_id, "system")
    else:
        held = next((capacity for capacity in actor.capacities if capacity.duty is Duty.OFFICE), None)
        chosen = held or next(iter(actor.capacities), None)
        acting = Acting(actor.person_id, chosen.duty.value if chosen else "self", chosen)
    return Act(connection, acting, context.now(), context.today(), "command")


def _tell(report: MeetingReport, locale: str) -> None:
    """Print what was done on stdout, what was found on stderr, one line each."""
    for line in report.findings.lines(locale):
        click.echo(line, err=True)
    if report.refused:
        refused = Sentence("文件有错误，未导入任何内容。", "The files have faults; nothing was imported.")
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
