"""`flask department …`: lists, adds, renames, merges and closes departments."""

from datetime import date

import click

from app.edge.auth import make_system_act
from app.edge.context import current_context
from app.queries.department import list_departments
from app.services.organisation import department
from app.services.organisation.department import DepartmentNames, require_department
from app.services.organisation.merge_plan import MergePlan, plan_merge
from app.services.organisation.merging import merge_department

DAY = click.DateTime(["%Y-%m-%d"])


def read_day(value: object) -> date | None:
    """Return the day that an option of the type DAY was given."""
    return value.date() if hasattr(value, "date") else None


@click.group("department")
def department_group() -> None:
    """Keep the tree of departments."""


@department_group.command("list")
@click.option("--closed", is_flag=True, help="Closed ones too.")
def list_all(*, closed: bool) -> None:
    """Print one line a department: code, name, the one above, the days of its beginning and end, its successor."""
    context = current_context()
    with context.database.reading() as unit:
        rows = list_departments(unit.connection(), context.today(), with_closed=True)
    codes = {row.id: row.code for row in rows}
    for row in rows:
        if closed or row.to_on is None or row.to_on > context.today():
            above, heir = codes.get(row.parent_id or 0, "-"), codes.get(row.successor_id or 0, "-")
            click.echo("\t".join((row.code, row.name, above, str(row.from_on), str(row.to_on or "-"), heir)))


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
@click.option("--on", type=DAY, help="From which day; today when left out.")
def rename_department(code: str, name: str, name_en: str | None, on: object) -> None:
    """Call the department CODE by NAME from a day on; the former name stays on record."""
    context = current_context()
    with context.database.writing() as unit:
        act = make_system_act(context, unit)
        found = require_department(act.connection, code, "code")
        department.rename_department(act, found, DepartmentNames(name, name_en), on=read_day(on))


@department_group.command("merge")
@click.argument("code")
@click.argument("into")
@click.option("--on", type=DAY, help="From which day the department ends; today when left out.")
@click.option("--dry-run", is_flag=True, help="Only say what would pass over.")
def merge(code: str, into: str, on: object, *, dry_run: bool) -> None:
    """Merge the department CODE into INTO: everything open, posts and sections pass over."""
    context = current_context()
    with (context.database.reading if dry_run else context.database.writing)() as unit:
        connection = unit.connection()
        found, target = require_department(connection, code, "code"), require_department(connection, into, "into")
        if dry_run:
            _tell(plan_merge(connection, found, target, context.today(), on=read_day(on)))
        else:
            _tell(merge_department(make_system_act(context, unit), found, target, on=read_day(on)))


def _tell(plan: MergePlan) -> None:
    """Print what a merge moves; what to look at goes to stderr."""
    click.echo(f"{plan.name} → {plan.into_name}, {plan.on}")
    click.echo(
        f"items {len(plan.items)}, posts {len(plan.posts)}, departments below {len(plan.below)},"
        f" messages {plan.messages}"
    )
    for conflict in plan.conflicts:
        click.echo(conflict.en, err=True)


@department_group.command("close")
@click.argument("code")
def close_department(code: str) -> None:
    """Close the department CODE; refused while open items, posts or departments refer to it."""
    context = current_context()
    with context.database.writing() as unit:
        act = make_system_act(context, unit)
        department.close_department(act, require_department(act.connection, code, "code"))


COMMANDS = (department_group,)
