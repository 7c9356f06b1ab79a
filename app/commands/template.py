"""`flask template …`: lists and shows project templates, writes and reads them as TOML, takes one from a project."""

from pathlib import Path

import click

from app.core.errors import Fault, InvalidError, Sentence
from app.edge.auth import make_system_act
from app.edge.context import current_context
from app.queries.template import find_template_by_key, list_templates
from app.services.template.storing import StoredTemplate, add_template, parse_template, retire_template
from app.services.template.taking import draft_template, take_template
from workflows.template import STAGE_LABELS, Template
from workflows.template_writer import write_toml
from workflows.words import Text

_SIZE_MAX = 1024 * 1024


@click.group("template")
def template_group() -> None:
    """Look after project templates."""


@template_group.command("list")
def list_all() -> None:
    """Print the newest version of each template: key, version, source, label, working days, tasks."""
    context = current_context()
    with context.database.reading() as unit:
        rows = list_templates(unit.connection())
    for row in rows:
        label = row.template.label.in_language(context.settings.locale)
        click.echo(
            f"{row.key}\t{row.version}\t{row.source}\t{label}\t{row.template.workdays}\t{len(row.template.tasks)}"
        )


@template_group.command("show")
@click.argument("key")
def show(key: str) -> None:
    """Print what the template KEY says: roles, phases with their gates, tasks with their limits."""
    context = current_context()
    with context.database.reading() as unit:
        row = find_template_by_key(unit.connection(), key)
    click.echo("\n".join(_describe(row.template, row.version, context.settings.locale)))


def _describe(template: Template, version: int, lang: str) -> list[str]:
    lines = [f"{template.key}@{version}  {template.label.in_language(lang)}", template.purpose.in_language(lang)]
    for role in template.roles:
        mark = "*" if role.is_lead else "-" if role.is_outside else " "
        lines.append(f"  {mark} {role.key}: {role.label.in_language(lang)}: {role.owes.in_language(lang)}")
    for phase in template.phases:
        lines.append(f"[{phase.key}] {phase.name.in_language(lang)} {phase.workdays}")
        lines += [f"    ? {line.in_language(lang)}" for line in phase.gate]
        for task in template.tasks:
            if task.phase == phase.key:
                after = f" <- {', '.join(task.after)}" if task.after else ""
                stage = STAGE_LABELS[task.stage].in_language(lang)
                lines.append(f"  {task.limit_workdays:>4} {task.key}: {task.title.in_language(lang)}"
                             f" ({task.lead}; {stage}){after}")  # fmt: skip
    return lines


@template_group.command("export")
@click.argument("key")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
def export(key: str, path: Path) -> None:
    """Write the template KEY as TOML to the file PATH."""
    context = current_context()
    with context.database.reading() as unit:
        row = find_template_by_key(unit.connection(), key)
    _write(path, write_toml(row.template))
    click.echo(f"{row.key}@{row.version}")


@template_group.command("import")
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def import_file(path: Path) -> None:
    """Read a template from the TOML file PATH; every fault is named with its line, and nothing is stored then."""
    context = current_context()
    template = parse_template(_read(path), path.name)
    with context.database.writing() as unit:
        stored = add_template(make_system_act(context, unit), template)
    _tell(stored)


@template_group.command("retire")
@click.argument("key")
def retire(key: str) -> None:
    """Offer the template KEY no more; projects made from it keep it."""
    context = current_context()
    with context.database.writing() as unit:
        click.echo(str(retire_template(make_system_act(context, unit), key)))


@template_group.command("from-project")
@click.argument("item_id", type=click.IntRange(1, 2**63 - 1))
@click.option("--key", required=True, help="Key of the template: lower-case letters, digits and hyphens.")
@click.option("--label-zh", required=True, help="Chinese name.")
@click.option("--label-en", required=True, help="English name.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="Language in which the project is written.")
@click.option("--to", "path", type=click.Path(path_type=Path, dir_okay=False),
              help="Write a draft to this file instead of storing it.")  # fmt: skip
def from_project(*, item_id: int, key: str, label_zh: str, label_en: str, lang: str, path: Path | None) -> None:
    """Take a template from the project ITEM_ID: roles, phases, tasks and limits, no people, dates or amounts."""
    context, label = current_context(), Text(label_zh, label_en)
    if path is not None:
        with context.database.reading() as unit:
            draft = draft_template(unit.connection(), context.book, item_id, key, label, lang=lang)
        _write(path, write_toml(draft))
        click.echo(str(path))
        return
    with context.database.writing() as unit:
        template = take_template(unit.connection(), context.book, item_id, key, label, lang=lang)
        stored = add_template(make_system_act(context, unit), template, item_id=item_id)
    _tell(stored)


def _tell(stored: StoredTemplate) -> None:
    told = "stored" if stored.is_new else "unchanged"
    click.echo(f"{stored.template.key}@{stored.version} {told}")


def _read(path: Path) -> str:
    try:
        content = path.read_bytes()
        if len(content) <= _SIZE_MAX:
            return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    except OSError as error:
        raise _refuse(path, f"无法读取：{error.strerror}", f"cannot be read: {error.strerror}") from None
    raise _refuse(path, "应为UTF-8编码的TOML文件，最大1 MB", "expected a TOML file in UTF-8, at most 1 MB")


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _refuse(path, f"无法写入：{error.strerror}", f"cannot be written: {error.strerror}") from None


def _refuse(path: Path, zh: str, en: str) -> InvalidError:
    return InvalidError([Fault(path.name, Sentence(f"{zh}。", f"{en}."))])


COMMANDS = (template_group,)
