"""Callers at the same moment, and processes that die: exactly one wins, nothing is half written."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.core.errors import ConflictError, DomainError, NotFoundError, StaleError
from app.models.item import Item
from app.models.record import Audit, History, Outbox, SignOff
from app.policy import access
from app.services.transitions import Request, perform
from tests.city import NOW, City

ROOT = Path(__file__).resolve().parents[3]
CALLERS = 8


def at_once(calls: list[Callable[[], object]]) -> list[object]:
    """Run the calls at the same moment, each in a thread; return results or the exceptions raised."""
    barrier = threading.Barrier(len(calls))
    results: list[object] = [None] * len(calls)

    def run(index: int, call: Callable[[], object]) -> None:
        barrier.wait()
        try:
            results[index] = call()
        except DomainError as error:
            results[index] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads), "a caller still waits"
    return results


def count(city: City, table: type, *conditions: object) -> int:
    """Count rows."""
    with city.database.reading() as session:
        return int(session.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one())  # type: ignore[arg-type]


def test_p01_of_many_callers_exactly_one_wins(city: City) -> None:
    """P01: the same step by many at once: one decision, one history and audit row, one message; the others 409/412."""
    task = city.task()
    results = at_once([lambda: city.do("office1", task, "assign", version=1) for _ in range(CALLERS)])
    won = [r for r in results if not isinstance(r, DomainError)]
    assert len(won) == 1
    assert all(isinstance(r, StaleError | ConflictError) for r in results if r not in won)
    assert count(city, History, History.item_id == task, History.action == "assign") == 1
    assert count(city, Audit, Audit.item_id == task, Audit.action == "assign") == 1
    assert count(city, Outbox, Outbox.item_id == task) == 1


def test_p01_approve_and_reject_at_once(city: City) -> None:
    """P01: one of two opposite decisions stands; the state never goes backwards."""
    task = city.task()
    for login, action in (("office1", "assign"), ("tra_head", "receive"), ("tra_head", "start")):
        city.do(login, task, action)
    city.do("tra_head", task, "submit", {"evidence": "x"})
    version = city.version(task)
    results = at_once([
        lambda: city.do("office1", task, "verify", version=version),
        lambda: city.do("office2", task, "return", {"reason": "x"}, version=version),
    ])  # fmt: skip
    assert Counter(isinstance(r, DomainError) for r in results) == {True: 1, False: 1}
    assert city.state(task) in {"done", "in_progress"}
    assert count(city, History, History.item_id == task, History.action.in_(["verify", "return"])) == 1


def test_p02_two_cosigners_at_once_are_both_kept(city: City) -> None:
    """P02: both signatures stand and the next step is opened exactly once."""
    task = city.task(supports=("ENE", "POL"))
    city.do("office1", task, "assign")
    with city.database.reading() as session:
        shares = session.execute(select(Item.id, Item.owner_department_id).where(Item.parent_id == task)).all()
    names: dict[int | None, str] = {city.departments["ENE"]: "ene_head", city.departments["POL"]: "pol_head"}
    for share, department in shares:
        for action, fields in (("receive", {}), ("start", {}), ("submit", {"evidence": "x"})):
            city.do(names[department], share, action, fields)
    for action in ("receive", "start"):
        city.do("tra_head", task, action)
    for share, _ in shares:
        city.do("tra_head", share, "accept")
    city.do("tra_head", task, "submit", {"evidence": "x"})
    results = at_once([
        lambda: city.do("ene_head", task, "sign", {"verdict": "agree"}),
        lambda: city.do("pol_head", task, "sign", {"verdict": "agree"}),
    ])  # fmt: skip
    assert not any(isinstance(r, DomainError) for r in results)
    assert count(city, History, History.action == "sign") == 2
    assert count(city, History, History.action == "cosign_complete") == 1
    assert count(city, SignOff, SignOff.outcome == "agreed") == 1


def test_a_repeated_key_at_once_does_it_once(city: City) -> None:
    """The losers wait for the winner and get its answer."""
    task = city.task()
    results = at_once([lambda: city.do("office1", task, "assign", version=1, key="same") for _ in range(CALLERS)])
    assert not any(isinstance(r, DomainError) for r in results)
    assert len({str(r.answer) for r in results}) == 1  # type: ignore[attr-defined]  # all are outcomes
    assert sum(not r.is_replay for r in results) == 1  # type: ignore[attr-defined]
    assert count(city, History, History.item_id == task, History.action == "assign") == 1


def test_a_project_cannot_close_while_its_task_reopens(city: City) -> None:
    """Parent before child: of closing the project and reopening its task, one is refused, whoever comes first."""
    project = city.project()
    for login, action, fields in (
        ("tra_head", "submit", {}), ("ene_head", "sign", {"verdict": "agree"}), ("leader", "approve", {}),
        ("tra_head", "start", {}), ("office1", "pass_gate", {"evidence": "x", "decision": "y"}),
        ("office1", "pass_gate", {"evidence": "x", "decision": "y"}),
    ):  # fmt: skip
        city.do(login, project, action, fields)
    task = city.task(parent_id=project)
    for login, action, fields in (
        ("office1", "assign", {}), ("tra_head", "receive", {}), ("tra_head", "start", {}),
        ("tra_head", "submit", {"evidence": "x"}), ("office1", "verify", {}),
    ):  # fmt: skip
        city.do(login, task, action, fields)
    city.do("tra_head", project, "apply", {"evidence": "x"})
    results = at_once([
        lambda: city.do("office1", project, "close", {"evidence": "x"}),
        lambda: city.do("office2", task, "reopen", {"reason": "x"}),
    ])  # fmt: skip
    states = (city.state(project), city.state(task))
    assert states in {("closed", "done"), ("acceptance", "in_progress")}
    assert Counter(isinstance(r, DomainError) for r in results) == {True: 1, False: 1}


KILLED = """
import os, sys, time
from zoneinfo import ZoneInfo
from app.core.database import Database, make_engine
from app.services.rulebook import Rulebook
from app.services.transitions import Request, perform
from tests.city import NOW
from workflows.hours import Hours

url, actor, item = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
database = Database(make_engine(url))
with database.writing() as session:
    perform(session, Rulebook(ZoneInfo("Asia/Shanghai"), Hours()), actor, NOW, item, Request("assign", {}, 1, "killed"))
    print("written", flush=True)
    time.sleep(60)
"""


def test_a_process_killed_in_the_middle_leaves_nothing(city: City, database_url: str) -> None:
    """All rows are written, then the process is killed before its commit: none of them is there afterwards."""
    task = city.task(supports=("ENE",))
    before = [count(city, table) for table in (Item, History, Audit, Outbox)]
    arguments = [sys.executable, "-c", KILLED, database_url, str(city.people["office1"]), str(task)]
    process = subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert process.stdout is not None
    assert process.stdout.readline().strip() == b"written"
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    process.stdout.close()
    deadline = time.monotonic() + 20
    while True:  # PostgreSQL notices the lost client when it next writes to it; the locks go with it
        try:
            city.do("office1", task, "assign", version=1, key="killed")
        except StaleError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        else:
            break
    assert count(city, History, History.item_id == task, History.action == "assign") == 1
    assert count(city, Item) == before[0] + 1
    with city.database.reading() as session:
        assert access.compare(session.connection()) == []


def test_p102_writers_at_once_never_meet_a_locked_database(city: City) -> None:
    """P102: five people act while a batch is being entered; nothing is lost, nothing says "locked"."""
    tasks = [city.task(f"任务{number}") for number in range(5)]

    def enter_batch() -> object:
        for number in range(20):
            city.task(f"批量{number}")
        return "entered"

    calls: list[Callable[[], object]] = [lambda task=task: city.do("office1", task, "assign") for task in tasks]  # type: ignore[misc]
    results = at_once([*calls, enter_batch])
    assert not any(isinstance(r, DomainError) for r in results)
    assert None not in results
    assert count(city, History, History.action == "assign") == 5
    assert count(city, Item) == 25


@pytest.mark.parametrize("outsiders", [4])
def test_strangers_at_once_learn_nothing(city: City, outsiders: int) -> None:
    """Refusals at the same moment are the same refusal."""
    task = city.task()
    results = at_once([lambda: city.do("wea_head", task, "assign", version=1) for _ in range(outsiders)])
    assert all(isinstance(r, NotFoundError) for r in results)


def test_p97_a_repeat_of_a_running_request_does_not_wait_for_ever(city: City) -> None:
    """P97: while the first request still runs, its repeat waits a while, then gets 409; later the stored answer."""
    if not city.database.is_postgresql:  # SQLite has one writer at a time: the repeat waits its turn and replays
        first = city.do("office1", task := city.task(), "assign", version=1, key="slow")
        assert city.do("office1", task, "assign", version=1, key="slow").answer == first.answer
        return
    task = city.task()
    request = Request("assign", {}, 1, "slow")
    with city.database.writing() as session:
        perform(session, city.book, city.people["office1"], NOW, task, request)
        with pytest.raises(ConflictError) as caught:
            city.do("office1", task, "assign", version=1, key="slow")
        assert caught.value.code == "request_running"
    assert city.do("office1", task, "assign", version=1, key="slow").is_replay
