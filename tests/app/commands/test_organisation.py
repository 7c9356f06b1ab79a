"""flask department and user: lists, previews, hand-overs."""

from collections.abc import Callable

import pytest
from click.testing import Result
from sqlalchemy import select

from app.models.item import Item
from app.models.organisation import Department, Person
from tests.client import Caller

Run = Callable[..., Result]


@pytest.fixture
def run(caller: Caller) -> Run:
    """Give a runner of commands."""
    runner = caller.app.test_cli_runner()
    return lambda *args, **more: runner.invoke(args=list(args), **more)


def _charge(caller: Caller) -> int:
    city = caller.city
    task = city.task()
    city.do("office1", task, "assign")
    city.do("tra_head", task, "receive")
    city.do("tra_head", task, "appoint", {"person": city.people["tra_staff"]})
    return task


def _assignee(caller: Caller, task: int) -> int | None:
    with caller.city.database.reading() as session:
        return session.execute(select(Item.assignee_id).where(Item.id == task)).scalar_one()


def test_departments_are_renamed_from_a_day_and_listed(run: Run) -> None:
    """One line a department, closed ones on demand with their successor; a day ahead ends with 2."""
    assert run("department", "rename", "TRA", "交通运输局", "--on", "2026-02-01").exit_code == 0
    assert run("department", "rename", "TRA", "交委", "--on", "2026-03-03").exit_code == 2
    dry = run("department", "merge", "WEA", "ENE", "--dry-run")
    assert (dry.exit_code, dry.stdout.splitlines()[1]) == (0, "items 0, posts 2, departments below 0, messages 0")
    assert "will no longer be a head" in dry.stderr
    assert "WEA\t气象局" in run("department", "list").stdout
    assert run("department", "merge", "WEA", "ENE", "--on", "2026-03-01").exit_code == 0
    open_, all_ = run("department", "list").stdout, run("department", "list", "--closed").stdout
    assert ("TRA\t交通运输局\t-\t2020-01-01\t-\t-" in open_, "WEA" in open_) == (True, False)
    assert "WEA\t气象局\tENE\t2020-01-01\t2026-03-01\tENE" in all_
    again = run("department", "merge", "WEA", "TRA")
    assert (again.exit_code, "能源局" in again.stderr) == (1, True)


def test_a_dry_merge_writes_nothing(run: Run, caller: Caller) -> None:
    """--dry-run only says."""
    assert run("department", "merge", "WEA", "ENE", "--dry-run").exit_code == 0
    with caller.city.database.reading() as session:
        assert session.execute(select(Department.id).where(Department.to_on.is_not(None))).first() is None


def test_people_are_listed_with_their_posts(run: Run) -> None:
    """By department; who left on demand."""
    lines = run("user", "list", "--department", "ENE").stdout.splitlines()
    assert lines == ["ene_head\t测试ene_head\t能源局 head (head)", "ene_staff\t测试ene_staff\t能源局 member (member)"]
    assert run("user", "deactivate", "ene_staff").exit_code == 0
    assert run("user", "list", "--left").stdout == "ene_staff\t测试ene_staff\t-\n"


def test_p08_a_hand_over_is_previewed_and_done(run: Run, caller: Caller) -> None:
    """--dry-run prints who answers and warns on stderr; without it the work, the posts and the account pass."""
    task = _charge(caller)
    dry = run("user", "handover", "tra_staff", "--dry-run")
    assert (dry.exit_code, dry.stdout.splitlines()[0]) == (0, f"#{task}\t主城区信号机数据对接\t测试tra_head")
    assert "1 open item without a successor will fall to 测试tra_head" in dry.stderr
    assert _assignee(caller, task) == caller.city.people["tra_staff"]
    done = run("user", "handover", "tra_staff", "--to", "tra_staff2", "--on", "2026-03-02", "--deactivate")
    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, f"#{task}\t主城区信号机数据对接\t测试tra_staff2")
    assert _assignee(caller, task) == caller.city.people["tra_staff2"]
    with caller.city.database.reading() as session:
        assert session.execute(select(Person.is_active).where(Person.login == "tra_staff")).scalar_one() is False


def test_a_hand_over_with_the_posts(run: Run, caller: Caller) -> None:
    """--posts appoints the successor first, so that somebody from elsewhere can take the items."""
    task = _charge(caller)
    assert run("user", "handover", "tra_staff", "--to", "pol_head", "--posts").exit_code == 0
    assert _assignee(caller, task) == caller.city.people["pol_head"]
    assert run("user", "handover", "pol_head", "--to", "tra_staff2", "--keep-posts").exit_code == 0
    assert _assignee(caller, task) == caller.city.people["tra_staff2"]


@pytest.mark.parametrize(
    ("args", "named"),
    [
        (("nobody",), "nobody"),
        (("tra_staff", "--to", "nobody"), "nobody"),
        (("tra_staff", "--posts"), "--to"),
        (("tra_staff", "--keep-posts", "--deactivate"), "--deactivate"),
        (("tra_staff", "--on", "2026-03-03"), "on"),
        (("tra_staff", "--on", "tomorrow"), "tomorrow"),
        (("tra_staff", "--to", "tra_staff"), "to"),
    ],
)
def test_bad_use_ends_with_2(run: Run, args: tuple[str, ...], named: str) -> None:
    """The error names what is wrong on stderr, nothing on stdout."""
    result = run("user", "handover", *args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert named in result.stderr


def test_deactivating_says_what_falls_to_whom(run: Run, caller: Caller) -> None:
    """P08: nobody is surprised afterwards; the item waits for the head."""
    task = _charge(caller)
    result = run("user", "deactivate", "tra_staff")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "will fall to 测试tra_head" in result.stderr
    assert _assignee(caller, task) is None
