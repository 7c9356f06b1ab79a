"""`flask user …`: adds people with a post, gives them tokens and passwords, lets them go."""

import sys

import click

from app.core.errors import Fault, InvalidError, Sentence
from app.edge.auth import make_system_act
from app.edge.context import current_context
from app.services.act import Act
from app.services.organisation.department import require_department
from app.services.organisation.password import hash_password
from app.services.organisation.person import add_person, deactivate_person, find_person, set_password_hash
from app.services.organisation.post import fill_post
from app.services.organisation.token import issue_token
from workflows.roles import Duty

_LABEL = "flask user token"


@click.group("user")
def user_group() -> None:
    """Keep people, their posts, passwords and tokens."""


@user_group.command("add")
@click.argument("name")
@click.option("--department", required=True, help="Code or name of the department.")
@click.option("--role", required=True, type=click.Choice([duty.value for duty in Duty]), help="What the post is for.")
@click.option("--full-name", help="The name as it is shown; the log-in name when left out.")
@click.option("--director", is_flag=True, help="The office's director (with --role office).")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add_user(
    name: str, department: str, role: str, full_name: str | None, *, director: bool, password_stdin: bool
) -> None:
    """Add the person who logs in as NAME, in a post of the department."""
    context = current_context()
    password_hash = hash_password(name, _read_password()) if password_stdin else None
    with context.database.writing() as unit:
        act = make_system_act(context, unit)
        department_id = require_department(act.connection, department, "department")
        person_id = add_person(act, name, full_name or name, password_hash=password_hash)
        fill_post(act, department_id, role, person_id, is_director=director)


@user_group.command("post")
@click.argument("name")
@click.option("--department", required=True, help="Code or name of the department.")
@click.option("--role", required=True, type=click.Choice([duty.value for duty in Duty]), help="What the post is for.")
@click.option("--director", is_flag=True, help="The office's director (with --role office).")
def add_user_post(name: str, department: str, role: str, *, director: bool) -> None:
    """Give the person NAME one more post."""
    context = current_context()
    with context.database.writing() as unit:
        act = make_system_act(context, unit)
        department_id = require_department(act.connection, department, "department")
        fill_post(act, department_id, role, _find(act, name), is_director=director)


@user_group.command("token")
@click.argument("name")
def make_token(name: str) -> None:
    """Print a new token for NAME, and nothing else."""
    context = current_context()
    with context.database.writing() as unit:
        act = make_system_act(context, unit)
        token = issue_token(act, _find(act, name), _LABEL)
    click.echo(token.text)


@user_group.command("password")
@click.argument("name")
def set_password(name: str) -> None:
    """Give NAME the password that is read from standard input; open sessions end."""
    context = current_context()
    password_hash = hash_password(name, _read_password())
    with context.database.writing() as unit:
        act = make_system_act(context, unit)
        set_password_hash(act, _find(act, name), password_hash)


@user_group.command("deactivate")
@click.argument("name")
def deactivate_user(name: str) -> None:
    """End NAME's posts, tokens and sessions; the name stays on record."""
    context = current_context()
    with context.database.writing() as unit:
        act = make_system_act(context, unit)
        deactivate_person(act, _find(act, name))


def _read_password() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _find(act: Act, login: str) -> int:
    found = find_person(act.connection, login)
    if found is None:
        raise InvalidError([Fault("name", Sentence(f"没有人员“{login}”。", f"There is no person {login!r}."))])
    return found


COMMANDS = (user_group,)
