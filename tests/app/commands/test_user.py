"""flask db, department, user, access: what they write, what they say, how they end."""

from collections.abc import Callable

import pytest
from click.testing import Result
from pyotp import TOTP
from sqlalchemy import delete, select

from app.models.item import ItemAccess
from app.models.organisation import Person, Post
from app.models.record import Audit
from tests.client import Caller

Run = Callable[..., Result]


@pytest.fixture
def run(caller: Caller) -> Run:
    """Give a runner of commands."""
    runner = caller.app.test_cli_runner()
    return lambda *args, **more: runner.invoke(args=list(args), **more)


def test_upgrade_can_be_repeated(run: Run) -> None:
    """`db upgrade` on an upgraded database changes nothing and ends with 0."""
    assert run("db", "upgrade").exit_code == 0


def test_a_user_gets_post_password_and_token(run: Run, caller: Caller) -> None:
    """The token is printed alone and opens the API; the password is for a first log-in to the pages alone."""
    added = run("user", "add", "zhao", "--department", "交通局", "--role", "member", "--password-stdin",
                input="long enough 1\n")  # fmt: skip
    assert (added.exit_code, added.output) == (0, "")
    printed = run("user", "token", "zhao")
    token = printed.stdout.rstrip("\n")
    assert printed.exit_code == 0
    assert token.startswith("lb_")
    assert "\n" not in token
    me = caller.client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).json
    assert [post["duty"] for post in me["posts"]] == ["member"]
    refused = caller.post(None, "/tokens", {"login": "zhao", "password": "long enough 1"})
    assert (refused.status_code, refused.json["code"]) == (401, "password_change_needed")


@pytest.mark.parametrize(
    ("args", "named"),
    [
        (("user", "add", "zhao", "--department", "NIX", "--role", "head"), "NIX"),
        (("user", "add", "tra_staff", "--department", "TRA", "--role", "head"), "tra_staff"),
        (("user", "add", "zhao", "--department", "TRA", "--role", "head", "--director"), "director"),
        (("user", "add", "zhao", "--department", "TRA", "--role", "king"), "king"),
        (("user", "add", "zhao", "--department", "TRA"), "--role"),
        (("user", "token", "nobody"), "nobody"),
        (("user", "deactivate", "nobody"), "nobody"),
        (("department", "add", "TRA", "别的局"), "TRA"),
        (("department", "add", "NEW", "交通局"), "name"),
        (("department", "add", "NEW", "新局", "--parent", "NIX"), "parent"),
    ],
)
def test_bad_use_ends_with_2_and_one_line_a_fault(run: Run, caller: Caller, args: tuple[str, ...], named: str) -> None:
    """The error names what is wrong on stderr, nothing on stdout, and nothing is written."""
    with caller.city.database.reading() as session:
        before = session.execute(select(Person.id)).scalars().all()
    result = run(*args)
    assert result.exit_code == 2
    assert named in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    with caller.city.database.reading() as session:
        assert session.execute(select(Person.id)).scalars().all() == before


def test_a_weak_password_writes_nothing(run: Run, caller: Caller) -> None:
    """The policy is checked before anything is written."""
    result = run("user", "add", "zhao", "--department", "TRA", "--role", "head", "--password-stdin", input="short\n")
    assert (result.exit_code, result.stderr.startswith("password: ")) == (2, True)
    with caller.city.database.reading() as session:
        assert session.execute(select(Person.id).where(Person.login == "zhao")).first() is None


def test_the_director_is_marked(run: Run, caller: Caller) -> None:
    """--director with --role office makes a director's post."""
    assert run("user", "add", "zhao", "--department", "OFF", "--role", "office", "--director").exit_code == 0
    with caller.city.database.reading() as session:
        assert len(session.execute(select(Post.id).where(Post.is_director)).all()) == 2


def test_the_last_of_the_office_cannot_be_let_go(run: Run) -> None:
    """A conflict ends with 1 and says why."""
    assert [run("user", "deactivate", login).exit_code for login in ("office1", "office2")] == [0, 0]
    refused = run("user", "deactivate", "director")
    assert refused.exit_code == 1
    assert "协调办" in refused.stderr


def test_departments_are_kept_by_commands(run: Run, caller: Caller) -> None:
    """Add, rename, merge, close; a department in use is refused with 1."""
    assert run("department", "add", "SIG", "信号处", "--parent", "TRA").exit_code == 0
    assert run("department", "rename", "SIG", "信号中心").exit_code == 0
    assert run("department", "close", "TRA").exit_code == 1
    assert run("department", "merge", "SIG", "ENE").exit_code == 2  # founded today: it can end tomorrow at the earliest
    assert run("department", "merge", "WEA", "ENE").exit_code == 0
    with caller.city.database.reading() as session:
        rows = session.execute(select(Audit.action, Audit.source).where(Audit.action.like("%_department"))).all()
    assert {row.source for row in rows} == {"command"}
    assert [row.action for row in rows] == ["add_department", "rename_department", "merge_department"]


def test_access_check_names_every_difference(run: Run, caller: Caller) -> None:
    """1 with a line each; --rebuild mends and ends with 0."""
    task = caller.city.task()
    assert run("access", "check").exit_code == 0
    with caller.city.database.writing() as session:
        session.execute(delete(ItemAccess).where(ItemAccess.reader == "OFFICE"))
    found = run("access", "check")
    assert (found.exit_code, found.stderr) == (1, f"missing: OFFICE item {task}\n")
    assert run("access", "check", "--rebuild").exit_code == 0
    assert run("access", "check").exit_code == 0


@pytest.mark.parametrize(
    ("password", "said"),
    [("short", "12"), ("qwertyuiop123", "过于常见"), ("zhao-lianban-1", "系统名"), ("zhao..zhao.zhao", "系统名")],
)
def test_a_password_is_looked_at_wherever_it_is_set(run: Run, caller: Caller, password: str, said: str) -> None:
    """By `add` and by `password`, with the log-in's own faults; nothing is written."""
    added = run("user", "add", "zhao", "--department", "TRA", "--role", "head", "--password-stdin",
                input=f"{password}\n")  # fmt: skip
    changed = run("user", "password", "tra_staff", input=f"{password.replace('zhao', 'tra_staff')}\n")
    for result in (added, changed):
        assert result.exit_code == 2
        assert said in result.stderr
    both = run("user", "add", "two words", "--department", "TRA", "--role", "head", "--password-stdin", input="x\n")
    assert [line.partition(":")[0] for line in both.stderr.splitlines()] == ["login", "password"]
    with caller.city.database.reading() as session:
        assert session.execute(select(Person.id).where(Person.login == "zhao")).first() is None


def test_the_present_password_is_no_new_one(run: Run) -> None:
    """The same again is refused; another one is taken."""
    assert run("user", "password", "tra_staff", input="made-up-but-long-enough\n").exit_code == 0
    again = run("user", "password", "tra_staff", input="made-up-but-long-enough\n")
    assert (again.exit_code, "现有密码" in again.stderr) == (2, True)
    assert run("user", "password", "tra_staff", input="another-made-up-one\n").exit_code == 0


def test_accounts_are_looked_after_without_pages(run: Run, caller: Caller) -> None:
    """A pause ends, a lost factor goes with a reason, an identity is linked where there is a provider."""
    assert run("user", "password", "tra_staff", input="made-up-but-long-enough\n").exit_code == 0
    body = {"login": "tra_staff", "password": "wrong"}
    for _ in range(5):
        caller.post(None, "/tokens", body)
    right = {**body, "password": "made-up-but-long-enough"}
    assert caller.post(None, "/tokens", right).status_code == 401
    assert run("user", "unlock", "tra_staff").exit_code == 0
    assert caller.post(None, "/tokens", right).json["code"] == "password_change_needed"
    given = {"Authorization": f"Bearer {run('user', 'token', 'tra_staff').stdout.strip()}"}
    own = {"old_password": right["password"], "new_password": "made-up-and-my-own"}
    assert caller.client.post("/api/v1/me/password", headers=given, json=own).status_code == 200
    right = {**body, "password": own["new_password"]}
    token = caller.post(None, "/tokens", right).json["token"]
    headers = {"Authorization": f"Bearer {token}"}
    offer = caller.client.post("/api/v1/me/second-factor", headers=headers).json
    code = TOTP(offer["secret"]).at(caller.clock.now())
    confirmed = caller.client.post(
        "/api/v1/me/second-factor/confirm", headers=headers,
        json={"password": own["new_password"], "code": code},
    )  # fmt: skip
    assert confirmed.status_code == 200
    assert caller.post(None, "/tokens", right).json["code"] == "code_needed"
    assert run("user", "second-factor", "tra_staff").exit_code == 2
    assert run("user", "second-factor", "tra_staff", "--reset", "手机丢失").exit_code == 0
    assert caller.post(None, "/tokens", right).status_code == 201
    linked = run("user", "link", "tra_staff", "person-1")
    assert (linked.exit_code, "LIANBAN_OIDC_ISSUER" in linked.stderr) == (2, True)
