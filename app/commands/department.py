"""`flask department …`: adds, renames, merges and closes departments."""

import click

from app.edge.auth import make_system_act
from app.edge.context import current_context
from app.services.organisation import department
from app.services.organisation.department import DepartmentNames, require_department


@click.group("department")
def department_group() -> None:
    """Keep the tree of departments."""


@department_group.command("add")
@click.argument("code")
@click.argument("name")
@click.option("--parent", help="Code or name of the department above.")
@click.option("--name-en", help="English name.")
def add_department(code: str, name: str, parent: str | None, name_en: str | None) -> None:
    """Add the department CODE called NAME."""
    context = current_context()
    with context.database.writing() as unit:
        act = make_system_act(context, unit)
        parent_id = None if parent is None else require_department(act.connection, parent, "parent")
        department.add_department(act, code, DepartmentNames(name, name_en), parent_id=parent_id)


@department_group.command("rename")
@click.argument("code")
@click.argument("name")
@click.option("--name-en", help="English name.")
def rename_department(code: str, name: str, name_en: str | None) -> None:
    """Call the department CODE by NAME from today on; the former name stays on record."""
    context = current_context()
    with context.database.writing() as unit:
        act = make_system_act(context, unit)
        found = require_department(act.connection, code, "code")
        department.rename_department(act, found, DepartmentNames(name, name_en))


@department_group.command("merge")
@click.argument("code")
@click.argument("into")
def merge_department(code: str, into: str) -> None:
    """Merge the department CODE into INTO: open items and posts pass over."""
    context = current_context()
    with context.database.writing() as unit:
        act = make_system_act(context, unit)
        found, target = (
            require_department(act.connection, code, "code"),
            require_department(act.connection, into, "into"),
        )
        department.merge_department(act, found, target)


@department_group.command("close")
@click.argument("code")
def close_department(code: str) -> None:
    """Close the department CODE; refused while open items, posts or departments refer to it."""
    context = current_context()
    with context.database.writing() as unit:
        act = make_system_act(context, unit)
        department.close_department(act, require_department(act.connection, code, "code"))


COMMANDS = (department_group,)
