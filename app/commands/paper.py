"""`flask paper`: issues a paper of the city, says whether a file is one that was issued, reads the archive again."""

import sys
from pathlib import Path

import click

from app.core.errors import Fault, InvalidError, Sentence
from app.edge.context import current_context
from app.edge.long_work.issuing import list_issuable
from app.edge.paperwork.frozen.checking import check_paper
from app.edge.paperwork.frozen.upkeep import check_archive
from app.edge.paperwork.issuing import issue_paper
from app.edge.paperwork.kind import Ask
from app.services.organisation.person import find_person


@click.group("paper")
def paper_group() -> None:
    """Look after issued papers."""


@paper_group.command("issue")
@click.argument("kind", type=click.Choice(list_issuable()))
@click.option("--by", "login", required=True, help="The log-in of somebody of the office, who issues it.")
@click.option("--period", help="YYYY-MM or YYYY, as the kind needs.")
@click.option("--scope", type=click.IntRange(1), help="The id of the department or fund of which it tells.")
@click.option("--replaces", type=click.IntRange(1), help="The id of the paper that this one corrects.")
@click.option("--reason", default="", help="Why it is corrected.")
def issue(kind: str, login: str, period: str | None, scope: int | None, replaces: int | None, reason: str) -> None:
    """Issue a paper in both languages and every format; asked for again, it is the same paper. Prints one line."""
    context = current_context()
    with context.database.reading() as unit:
        person_id = find_person(unit.connection(), login)
    if person_id is None:
        raise InvalidError([Fault("--by", Sentence(f"没有用户“{login}”。", f"There is no user {login!r}."))])
    done = issue_paper(
        context, person_id, kind, Ask(scope, period), replaces=replaces, reason=reason, source="command"
    )  # fmt: skip
    click.echo(f"paper {done.paper_id}: {'issued' if done.is_new else 'was issued before'}")


@paper_group.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--code", default="", help="The code on the paper; without it the file is looked for among all.")
def verify(file: Path, code: str) -> None:
    """Say whether a file is one that was issued, byte for byte; status 1 when it is not, or not this paper."""
    with file.open("rb") as stream:
        checked = check_paper(current_context(), code, stream)
    paper = checked.paper
    if paper is None:
        click.echo(f"{file}: unknown")
        sys.exit(1)
    click.echo(f"{file}: {checked.verdict}, {paper.kind} {paper.number} version {paper.version}, file {checked.match}")
    if checked.match != "same":
        sys.exit(1)


@paper_group.command("check")
def check() -> None:
    """Read every file of every issued paper again; one line on stderr for each that is gone or altered, status 1."""
    count, faults = 0, 0
    for line in check_archive(current_context()):
        count += 1
        if line:
            click.echo(line, err=True)
            faults += 1
    click.echo(f"papers: {count} files checked, {faults} faults")
    if faults:
        sys.exit(1)


COMMANDS = (paper_group,)
