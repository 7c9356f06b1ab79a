"""`flask report progress`: the leadership group's monthly report as a PDF."""

import re
from pathlib import Path
from typing import cast

import click

from app.commands.report_plan import plan_group
from app.edge.context import current_context
from app.edge.reporting import read_progress, render_progress, write_file
from app.policy.people import OFFICE_READER
from reports.wording import Lang


class Month(click.ParamType[tuple[int, int]]):
    """A month, YYYY-MM."""

    name = "YYYY-MM"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Read a month; a bad one ends the command with status 2."""
        if isinstance(value, tuple):
            return cast("tuple[int, int]", value)
        match = re.fullmatch(r"(20\d{2})-(0[1-9]|1[0-2])", str(value))
        if match is None:
            self.fail(f"{value!r} is no month: expected e.g. 2026-03", param, ctx)
        return int(match[1]), int(match[2])


@click.group("report")
def report_group() -> None:
    """Make documents."""


@report_group.command("progress")
@click.option("--month", type=Month(), required=True, help="The month, e.g. 2026-03.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file; ends in .pdf.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def make_progress(month: tuple[int, int], out: Path, lang: Lang) -> None:
    """Write the progress report of a month; without confidential items, since it is handed out."""
    if out.suffix.lower() != ".pdf":
        raise click.BadParameter(f"{out.name!r}: expected a name ending in .pdf", param_hint="--out")
    if not out.parent.is_dir():
        raise click.BadParameter(f"there is no folder {out.parent}", param_hint="--out")
    report = read_progress(current_context(), (OFFICE_READER,), *month)
    write_file(out, render_progress(report, lang))
    click.echo(f"{out}: {report.year}-{report.month:02d}, {len(report.projects)} projects, as of {report.as_of_on}")


report_group.add_command(plan_group)
COMMANDS = (report_group,)
