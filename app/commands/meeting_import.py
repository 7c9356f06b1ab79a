"""`flask meeting import`: brings meetings in that were held elsewhere, with their topics and decisions."""

import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from app.commands.importing import ACCOUNT, act_as, find_importer, tell_import
from app.core.errors import Sentence
from app.edge.context import Context, Unit, current_context
from app.edge.meeting.importing import find_meeting_mapping
from app.ledger.meeting.read import read_meetings
from app.services.act import Act
from app.services.meeting.importing.run import import_meetings

_COUNTS = {
    "meetings": Sentence("会议", "meetings"),
    "topics": Sentence("议题", "topics"),
    "decisions": Sentence("议定事项", "decisions"),
    "attendances": Sentence("到会记录", "attendances"),
    "created": Sentence("新增", "created"),
    "known": Sentence("已有，未变", "there already"),
}
_REFUSED = Sentence("文件有错误，未导入任何内容。", "The files have faults; nothing was imported.")
_File = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("import")
@click.argument("file", type=_File)
@click.option("--mapping", help="A mapping file, or the name of a shipped one; left out: the one called as FILE.")
@click.option("--decisions", type=_File, help="The table of decisions that these meetings took.")
@click.option("--settled", type=_File, help="A later list that says which of the decisions are done.")
@click.option("--group", "group_id", type=int, help="The leadership group that met; of nobody's here when left out.")
@click.option("--dry-run", is_flag=True, help="Say what would be, write nothing.")
@click.option("--as", "login", default=ACCOUNT, help="Who is on record for it; the import account when left out.")
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
    tell_import(report, _COUNTS, _REFUSED, context.settings.locale)
    if report.refused:
        sys.exit(1)


def _digest(files: Iterable[Path]) -> str:
    """Return the digest of all files together, in their order."""
    found = hashlib.sha256()
    for file in files:
        found.update(file.read_bytes())
    return found.hexdigest()


def _make_act(context: Context, unit: Unit, login: str) -> Act:
    acting = act_as(find_importer(context, unit, login))
    return Act(unit.connection(), acting, context.now(), context.today(), "command")
