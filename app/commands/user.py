"""`flask user …`: adds people with a post, tokens and passwords, lets them go, hands over what they had."""

import sys

import click

from app.commands.department import DAY, read_day
from app.core.errors import Fault, InvalidError, Sentence
from app.edge.account import prepare_hash, telling
from app.edge.auth import make_system_act
from app.edge.context import Unit, current_context
from app.queries.person import find_account, page_people
from app.services.account.identity import link_identity
from app.services.account.second_factor import reset_factor
from app.services.organisation.department import require_department
from app.services.organisation.handover import Choice, hand_over
from app.services.organisation.handover_plan import HandoverPlan, plan_handover
from app.services.organisation.password import find_hash, unlock_person
from app.services.organisation.person import add_person, deactivate_person, find_person, set_password_hash
from app.services.organisation.post import fill_post
from app.services.organisation.token import issue_token
from workflows.roles import Duty

_LABEL = "flask user token"
_PAGE = 200


@click.group("user")
def user_group() -> None:
    """Keep people, their posts, passwords and tokens."""


@user_group.command("add")
@click.argument("name")
@click.option("--department", required=True, help="Code or name of the department.")
@click.option("--role", required=True, type=click.Choice([duty.value for duty in Duty]), help="What the post is for.")
@click.option("--full-name", help="The name as it is shown; the log-in name when left out.")
@click.option("--director", is_flag=True, help="The office's director (with --role office).")
@click.option("--password-stdin", is_flag=True, help="Read the password, for the first log-in, from standard input.")
def add_user(
    name: str, department: str, role: str, full_name: str | None, *, director: bool, password_stdin: bool
) -> None:
    """Add the person who logs in as NAME, in a post of the department."""
    context = current_context()
    given = _read_password() if password_stdin else None
    password_hash, lacks = prepare_hash(context, name, full_name or name, given)
    with context.database.writing() as unit:
        act = make_system_act(context, unit)
        department_id = require_department(act.connection, department, "department")
        with telling(lacks):
            person_id = add_person(act, name, full_name or name, password_hash=password_hash, is_given=True)
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
        fill_post(act, department_id, role, _find(unit, name), is_director=director)


@user_group.command("token")
@click.argument("name")
def make_token(name: str) -> None:
    """Print a new token for NAME, and nothing else."""
    context = current_context()
    with context.database.writing() as unit:
        act = make_system_act(context, unit)
        token = issue_token(act, _find(unit, name), _LABEL)
    click.echo(token.text)


@user_group.command("password")
@click.argument("name")
def set_password(name: str) -> None:
    """Give NAME the password that is read from standard input; sessions, tokens and calendar feeds end.

    It is for the first log-in alone, which must come within 72 hours: NAME has to change it there.
    """
    context = current_context()
    given = _read_password()
    with context.database.reading() as unit:
        person_id = _find(unit, name)
        account, kept = find_account(unit.connection(), person_id), find_hash(unit.connection(), person_id)
    password_hash, lacks = prepare_hash(context, name, account.name if account else name, given, kept=kept)
    if password_hash is None:
        raise InvalidError(lacks)
    with context.database.writing() as unit:
        set_password_hash(make_system_act(context, unit), person_id, password_hash, is_given=True)


@user_group.command("second-factor")
@click.argument("name")
@click.option("--reset", "reason", required=True, help="Take the second factor away; the reason, which NAME is told.")
def reset_second_factor(name: str, reason: str) -> None:
    """Take NAME's second factor away, for whoever lost telephone and recovery codes and finds no administrator."""
    context = current_context()
    with context.database.writing() as unit:
        reset_factor(make_system_act(context, unit), _find(unit, name), reason)


@user_group.command("unlock")
@click.argument("name")
def unlock_user(name: str) -> None:
    """End the pause that failed log-ins gave NAME's account."""
    context = current_context()
    with context.database.writing() as unit:
        unlock_person(make_system_act(context, unit), _find(unit, name))


@user_group.command("link")
@click.argument("name")
@click.argument("subject")
def link_user(name: str, subject: str) -> None:
    """Let NAME log in by single sign-on as SUBJECT, the provider's own name for them."""
    context = current_context()
    provider = context.settings.provider
    if provider is None:
        said = Sentence(
            "未配置单点登录（LIANBAN_OIDC_ISSUER）。", "Single sign-on is not set up (LIANBAN_OIDC_ISSUER)."
        )
        raise InvalidError([Fault("subject", said)])
    with context.database.writing() as unit:
        link_identity(make_system_act(context, unit), _find(unit, name), provider.issuer, subject)


@user_group.command("list")
@click.option("--department", help="Code or name of the department.")
@click.option("--left", is_flag=True, help="Those who left.")
def list_users(department: str | None, *, left: bool) -> None:
    """Print one line a person: log-in name, name, posts."""
    context = current_context()
    cursor: str | None = None
    with context.database.reading() as unit:
        connection = unit.connection()
        department_id = None if department is None else require_department(connection, department, "department")
        while True:
            page = page_people(connection, context.today(), department_id=department_id, is_active=not left,
                               limit=_PAGE, cursor=cursor)  # fmt: skip
            for row in page.items:
                posts = "; ".join(f"{post.department} {post.title} ({post.duty})" for post in row.posts)
                click.echo(f"{row.login}\t{row.name}\t{posts or '-'}")
            cursor = page.next_cursor
            if cursor is None:
                break


@user_group.command("deactivate")
@click.argument("name")
def deactivate_user(name: str) -> None:
    """End NAME's posts, tokens and sessions; the name stays on record. What falls to whom is said on stderr."""
    context = current_context()
    with context.database.writing() as unit:
        act = make_system_act(context, unit)
        person_id = _find(unit, name)
        plan = plan_handover(act.connection, person_id, act.today)
        deactivate_person(act, person_id)
    for warning in plan.warnings:
        click.echo(warning.en, err=True)


@user_group.command("handover")
@click.argument("name")
@click.option("--to", help="The log-in name of whoever takes over; without it the heads of the departments answer.")
@click.option("--on", type=DAY, help="The day on which the posts end; today when left out.")
@click.option("--posts", is_flag=True, help="The posts pass to --to as well.")
@click.option("--keep-posts", is_flag=True, help="Only the open work is handed over.")
@click.option("--deactivate", is_flag=True, help="The person leaves: tokens and sessions end as well.")
@click.option("--dry-run", is_flag=True, help="Only say what would be handed over.")
def hand_over_user(
    name: str, to: str | None, on: object, *, posts: bool, keep_posts: bool, deactivate: bool, dry_run: bool
) -> None:
    """Hand over what waits on NAME: open items, posts, messages; the past stays as it was."""
    if posts and to is None:
        raise InvalidError([Fault("posts", Sentence("须用--to指定接任者。", "--to must name who takes them over."))])
    if keep_posts and (posts or deactivate):
        said = Sentence("不能与--posts或--deactivate同用。", "not together with --posts or --deactivate.")
        raise InvalidError([Fault("keep-posts", said)])
    context = current_context()
    with (context.database.reading if dry_run else context.database.writing)() as unit:
        connection = unit.connection()
        person_id = _find(unit, name)
        to_id = None if to is None else _find(unit, to, "to")
        plan = plan_handover(connection, person_id, context.today(), to_id=to_id, ends_posts=not keep_posts)
        if not dry_run:
            taken = {post.holding_id: to_id for post in plan.posts if to_id is not None} if posts else {}
            choice = Choice(to_id, posts=taken, on=read_day(on), ends_posts=not keep_posts, deactivates=deactivate)
            hand_over(make_system_act(context, unit), person_id, choice)
    _tell(plan)


def _tell(plan: HandoverPlan) -> None:
    """Print one line an item with who answers for it, then the posts; warnings go to stderr."""
    for charge in plan.charges:
        who = ", ".join(charge.answers) or "-"
        click.echo(f"#{charge.item_id}\t{charge.title or '-'}\t{who}")
    for post in plan.posts:
        click.echo(f"{post.department} {post.title}\t{', '.join(post.others) or '-'}")
    for sentence in (*plan.blocks, *plan.warnings):
        click.echo(sentence.en, err=True)


def _read_password() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _find(unit: Unit, login: str, field: str = "name") -> int:
    found = find_person(unit.connection(), login)
    if found is None:
        raise InvalidError([Fault(field, Sentence(f"没有人员“{login}”。", f"There is no person {login!r}."))])
    return found


COMMANDS = (user_group,)
