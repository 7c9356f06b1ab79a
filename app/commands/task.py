"""`flask task …`: issues the tasks of a file, all or none, and writes the empty form for one."""

from pathlib import Path
from typing import Any

import click

from app.core.errors import Fault, InvalidError, Sentence
from app.edge.auth import make_system_act
from app.edge.batch import make_form
from app.edge.context import Context, Unit, current_context
from app.ledger.batch_sheet import BATCH_BYTES_MAX
from app.policy.people import Actor, find_actor
from app.services.batch.reading import BatchFile, read_file
from app.services.batch.repeats import find_same_file
from app.services.organisation.person import find_person
from app.services.supervision.batch import issue_batch, plan_batch, show_plan

_ACCOUNT = "system"
_File = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("task")
def task_group() -> None:
    """Issue tasks."""


@task_group.command("batch")
@click.argument("file", type=_File)
@click.option("--document", "document_id", type=click.IntRange(1, 2**63 - 1), help="The document they come from (id).")
@click.option("--dry-run", is_flag=True, help="Say what would be made, write nothing.")
@click.option("--draft", is_flag=True, help="Leave them as drafts, assigned to nobody yet.")
@click.option("--again", is_flag=True, help="Also when the same file made tasks within a day.")
@click.option("--as", "login", default=_ACCOUNT, help="Who is on record for it; the product's account when left out.")
def issue(file: Path, document_id: int | None, login: str, *, dry_run: bool, draft: bool, again: bool) -> None:
    """Make a task of every row of FILE (CSV or XLSX, see `flask task template`), or none when one has a fault."""
    context = current_context()
    read = read_file(file.name, _read(file))
    for notice in read.notices:
        click.echo(notice.in_language(context.settings.locale), err=True)
    if dry_run:
        _tell(context, _plan(context, read, document_id, login))
        return
    now = context.now()

    def work(unit: Unit) -> dict[str, Any]:
        actor = _find_actor(context, unit, login)
        return issue_batch(unit, context.book, actor.person_id, now, read.rows, document_id=document_id,
                           assign=not draft, source="command", file=read, again=again).answer  # fmt: skip

    _tell(context, context.database.write(work))


def _plan(context: Context, read: BatchFile, document_id: int | None, login: str) -> dict[str, Any]:
    with context.database.reading() as unit:
        connection, now = unit.connection(), context.now()
        actor = _find_actor(context, unit, login)
        plan = plan_batch(connection, context.book, actor, now, read.rows, document_id=document_id)
        same = find_same_file(connection, now, read.sha256, document_id)
    if same is not None:
        click.echo(same.sentence.in_language(context.settings.locale), err=True)
    plan.require()
    return show_plan(plan, document_id)


def _find_actor(context: Context, unit: Unit, login: str) -> Actor:
    if login == _ACCOUNT:
        person_id: int | None = make_system_act(context, unit).acting.person_id
    else:
        person_id = find_person(unit.connection(), login)
    actor = None if person_id is None else find_actor(unit.connection(), person_id, context.today())
    if actor is None:
        raise InvalidError([Fault("--as", Sentence(f"没有用户“{login}”。", f"There is no user {login!r}."))])
    return actor


def _read(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(BATCH_BYTES_MAX + 1)


def _tell(context: Context, answer: dict[str, Any]) -> None:
    """Print one line a task, then how many; warnings go to stderr."""
    lang = context.settings.locale
    for warning in answer["warnings"]:
        click.echo(warning["en" if lang.startswith("en") else "zh"], err=True)
    for task in answer["items"]:
        known = f"#{task['id']}" if task["id"] is not None else "-"
        click.echo(f"{known}\t{task['title']}\t{task['department_name']}\t{task['due_on']}\t{task['state'] or '-'}")
    count = len(answer["items"])
    said = (
        Sentence(f"试运行，未写入：将生成{count}项任务", f"Dry run, nothing written: {count} tasks would be made")
        if answer["dry_run"]
        else Sentence(f"已生成{count}项任务", f"{count} tasks made")
    )
    click.echo(said.in_language(lang))


@task_group.command("template")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def write_template(file: Path) -> None:
    """Write the empty form to FILE.xlsx: headings, an example, lists of departments and urgencies, a guide."""
    if file.suffix.lower() != ".xlsx":
        raise InvalidError([Fault("FILE", Sentence("文件名应以.xlsx结尾。", "A name that ends in .xlsx."))])
    context = current_context()
    with context.database.reading() as unit:
        content = make_form(context, unit)
    try:
        file.write_bytes(content)
    except OSError as error:
        said = Sentence(f"无法写入：{error.strerror}。", f"It cannot be written: {error.strerror}.")
        raise InvalidError([Fault(file.name, said)]) from None
    click.echo(str(file))


COMMANDS = (task_group,)
