"""Long work in the scheduler's process: claims, progress, cancelling, processes that die, people who left."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, timedelta
from threading import Event, Thread

import pytest
from markupsafe import Markup
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from app.core.errors import Fault, InvalidError, Sentence, UnavailableError
from app.core.store import StoreAwayError
from app.jobs import long_work
from app.jobs.long_work import serve_works, work_once
from app.jobs.runner import run_scheduler
from app.jobs.tools import Tools
from app.models.organisation import Holding, Person
from app.services.long_work import claiming
from app.services.long_work.asking import cancel
from app.services.long_work.kind import Claimed, EndedError, Outcome, Running
from reports.pdf import Block, render_pdf
from tests.app.jobs.long_works import ask_for, look_at, make_act, make_tools, messages_owed
from tests.app.jobs.test_runner import ROOT, wait_for
from tests.city import NOW, City
from tests.reports.test_pdf import SHEET


def done(_running: Running) -> Outcome:
    """Do the work."""
    return Outcome({"answer": 42})


def test_work_is_claimed_done_and_told_of(city: City) -> None:
    """What was asked for is done once, and its person gets one message."""
    work_id = ask_for(city)
    tools = make_tools(city, done)
    assert work_once(tools)
    assert not work_once(tools)
    row = look_at(city.database, work_id)
    assert (row.status, row.result, row.tries, row.finished_at) == ("done", {"answer": 42}, 1, NOW)
    owed = messages_owed(city.database)
    assert [(one.recipient, one.topic) for one in owed] == [(f"U:{city.people['office1']}", "work.done")]
    assert owed[0].payload["work_id"] == work_id


def test_works_are_done_in_the_order_of_asking(city: City) -> None:
    """First come, first served, whoever asked."""
    seen: list[int] = []

    def run(running: Running) -> Outcome:
        seen.append(running.work.id)
        return Outcome()

    ids = [ask_for(city, login) for login in ("tra_head", "office1", "ene_head")]
    tools = make_tools(city, run)
    while work_once(tools):
        pass
    assert seen == ids


def test_two_processes_claim_a_work_once(city: City) -> None:
    """Guarded UPDATE: of many that look at the same moment one gets it."""
    work_id = ask_for(city)
    start, got = threading.Barrier(4), []

    def take() -> None:
        start.wait()
        found = city.database.write(lambda session: claiming.claim(session, NOW))
        got.append(None if found is None else found.id)

    threads = [Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got, key=str) == [work_id, None, None, None]
    assert look_at(city.database, work_id).tries == 1


def test_a_document_is_a_good_place_to_end_within(city: City) -> None:
    """A kind that renders for minutes and says nothing meanwhile ends at the next section all the same."""
    asked = Event()

    def run(_running: Running) -> Outcome:
        asked.set()
        render_pdf(SHEET, [Block(Markup("<p>一段</p>"))])
        return Outcome({"never": True})

    work_id = ask_for(city)
    assert work_once(make_tools(city, run, stopped=asked.is_set))
    assert look_at(city.database, work_id).status == "waiting"
    render_pdf(SHEET, [Block(Markup("<p>一段</p>"))])  # outside of the work nobody hears


def test_progress_is_written_and_cancelling_ends_at_a_good_place(city: City) -> None:
    """Progress can be read while it runs; taken back, it ends before its next step and leaves nothing."""
    steps: list[int] = []

    def run(running: Running) -> Outcome:
        for step in range(10_000):
            running.tell(step, 10_000)
            steps.append(step)
            time.sleep(0.02)
        return Outcome({"never": True})

    work_id = ask_for(city)
    thread = Thread(target=work_once, args=(make_tools(city, run),))
    thread.start()
    try:
        wait_for(lambda: look_at(city.database, work_id).done_count > 0, 20)
        assert look_at(city.database, work_id).total_count == 10_000
        with city.database.writing() as session:
            assert cancel(make_act(session, city), work_id) == "running"
    finally:
        thread.join(20)
    row = look_at(city.database, work_id)
    assert (row.status, row.result, row.fault) == ("cancelled", None, None)
    assert len(steps) < 10_000
    assert messages_owed(city.database) == []


def test_a_killed_process_leaves_work_that_another_begins_again(city: City, database_url: str) -> None:
    """A real process is killed in the middle: silent for a minute, the work is taken over and done."""
    work_id = ask_for(city)
    arguments = [sys.executable, "-m", "tests.app.jobs.work_worker", database_url, NOW.isoformat()]
    process = subprocess.Popen(arguments, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
    try:
        wait_for(lambda: look_at(city.database, work_id).done_count > 0, 60)
    finally:
        process.kill()
        process.wait(10)
    assert look_at(city.database, work_id).status == "running"
    assert not work_once(make_tools(city, done, at=NOW + timedelta(seconds=59)))
    assert work_once(make_tools(city, done, at=NOW + timedelta(seconds=61)))
    row = look_at(city.database, work_id)
    assert (row.status, row.tries, row.result) == ("done", 2, {"answer": 42})


def test_work_that_breaks_off_three_times_fails_with_a_sentence(city: City) -> None:
    """No work kills processes for ever."""
    work_id = ask_for(city)
    at = NOW
    for _ in range(claiming.TRIES_MAX):
        with city.database.writing() as session:
            assert claiming.claim(session, at) is not None
        at += timedelta(minutes=2)
    assert not work_once(make_tools(city, done, at=at))
    row = look_at(city.database, work_id)
    assert (row.status, row.tries) == ("failed", 3)
    assert "3次中断" in row.fault["zh"]
    assert [one.topic for one in messages_owed(city.database)] == ["work.failed"]


def test_a_store_that_is_away_is_tried_again(city: City) -> None:
    """The claim lapses and somebody tries again; the third time the work fails with the store's own sentence."""
    away = Sentence("文件存储暂时无法访问。", "The store is away.")

    def run(_running: Running) -> Outcome:
        raise StoreAwayError("store_away", away)

    work_id = ask_for(city)
    for number in range(claiming.TRIES_MAX):
        assert look_at(city.database, work_id).status == ("running" if number else "waiting")
        tools = make_tools(city, run, at=NOW + timedelta(minutes=2 * number))
        assert work_once(tools)
        assert not work_once(tools), "not at once"
    row = look_at(city.database, work_id)
    assert (row.status, row.tries, row.fault["zh"]) == ("failed", 3, away.zh)


def test_a_database_that_goes_away_within_is_tried_again(city: City) -> None:
    """Cut off in the middle of a work: it is nobody's fault, and somebody begins again once the claim has lapsed."""

    def run(_running: Running) -> Outcome:
        raise OperationalError("SELECT 1", {}, Exception("server closed the connection unexpectedly"))

    work_id = ask_for(city)
    assert work_once(make_tools(city, run))
    assert look_at(city.database, work_id).status == "running"
    assert work_once(make_tools(city, done, at=NOW + timedelta(minutes=2)))
    assert (look_at(city.database, work_id).status, look_at(city.database, work_id).tries) == ("done", 2)
    other = ask_for(city)
    for number in range(claiming.TRIES_MAX):
        assert work_once(make_tools(city, run, at=NOW + timedelta(minutes=2 * number)))
    assert look_at(city.database, other).status == "failed"


def test_a_sign_of_life_of_a_time_to_come_is_none(city: City) -> None:
    """A process whose clock was six hours ahead was killed: its work begins again at once, not in six hours."""
    work_id = ask_for(city)
    with city.database.writing() as session:
        assert claiming.claim(session, NOW + timedelta(hours=6)) is not None
    assert work_once(make_tools(city, done))
    assert (look_at(city.database, work_id).status, look_at(city.database, work_id).tries) == ("done", 2)


def test_who_was_slow_writes_nothing_into_a_work_taken_over(city: City) -> None:
    """The count of tries fences: the first process comes back after the second began, and is told that it lost."""
    work_id = ask_for(city)

    def run(running: Running) -> Outcome:
        later = NOW + timedelta(minutes=2)
        assert city.database.write(lambda session: claiming.claim(session, later)) is not None
        with pytest.raises(EndedError, match="lost"), city.database.writing() as session:
            running.finish(session, Outcome({"from": "the slow one"}))
        return Outcome({"from": "the slow one"})

    assert work_once(make_tools(city, run))
    row = look_at(city.database, work_id)
    assert (row.status, row.tries, row.result) == ("running", 2, None)


def test_a_process_that_is_to_end_gives_its_work_back(city: City) -> None:
    """SIGTERM in the middle: the work waits again, and the try does not count."""
    is_ending: list[bool] = []

    def run(running: Running) -> Outcome:
        is_ending.append(True)
        running.tell(1, 2)
        return Outcome({"never": True})

    work_id = ask_for(city)
    assert work_once(make_tools(city, run, stopped=lambda: bool(is_ending)))
    row = look_at(city.database, work_id)
    assert (row.status, row.tries, row.started_at) == ("waiting", 0, None)
    assert work_once(make_tools(city, done))
    assert look_at(city.database, work_id).status == "done"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (UnavailableError("pdf_unavailable", Sentence("缺少字体。", "A font is missing.")), "缺少字体。"),
        (InvalidError([Fault("file", Sentence("第3行有误。", "Row 3 is wrong."))]), "输入有1处需要更正。"),
        (ValueError("the inside of the product"), "处理时出错"),
    ],
)
def test_what_fails_says_what_failed(city: City, error: Exception, said: str, caplog: pytest.LogCaptureFixture) -> None:
    """A refusal is told in its own words with every fault; what nobody expected is logged and told plainly."""

    def run(_running: Running) -> Outcome:
        raise error

    work_id = ask_for(city)
    assert work_once(make_tools(city, run))
    row = look_at(city.database, work_id)
    assert row.status == "failed"
    assert said in row.fault["zh"]
    assert "inside" not in str(row.fault)
    assert len(row.fault["faults"]) == (1 if isinstance(error, InvalidError) else 0)
    assert ("the inside of the product" in caplog.text) == isinstance(error, ValueError)
    assert [one.topic for one in messages_owed(city.database)] == ["work.failed"]


def test_permission_is_judged_when_it_runs(city: City) -> None:
    """Who lost their posts between asking and running is refused; who left altogether is, too."""
    first, second = ask_for(city, "tra_head"), ask_for(city, "ene_head")
    with city.database.writing() as session:
        session.execute(
            update(Holding).where(Holding.person_id == city.people["tra_head"]).values(to_on=date(2026, 3, 1))
        )
        session.execute(update(Person).where(Person.id == city.people["ene_head"]).values(is_active=False))
    tools = make_tools(city, done)
    assert work_once(tools)
    assert work_once(tools)
    rows = [look_at(city.database, work_id) for work_id in (first, second)]
    assert [row.status for row in rows] == ["failed", "failed"]
    assert "没有任何职务" in rows[0].fault["zh"]
    assert "已离任" in rows[1].fault["zh"]


def test_an_unknown_kind_fails_plainly(city: City) -> None:
    """A work of a later version's kind is told, not tried for ever."""
    work_id = ask_for(city, kind="of_tomorrow")
    assert work_once(make_tools(city, done))
    assert "没有这种任务" in look_at(city.database, work_id).fault["zh"]


def test_a_taken_back_work_of_a_dead_process_is_cancelled(city: City) -> None:
    """Cancelled while its process was dead already: it is not begun again."""
    work_id = ask_for(city)
    assert city.database.write(lambda session: claiming.claim(session, NOW)) is not None
    with city.database.writing() as session:
        cancel(make_act(session, city), work_id)
    assert not work_once(make_tools(city, done, at=NOW + timedelta(minutes=2)))
    assert look_at(city.database, work_id).status == "cancelled"


def test_a_quiet_work_keeps_its_claim(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind that says nothing for long (a PDF being laid out) gives a sign of life all the same."""
    monkeypatch.setattr(long_work, "BEAT_SECONDS", 0.5)
    monkeypatch.setattr(long_work, "LOOK_SECONDS", 0.1)
    work_id = ask_for(city)
    begun, tools = Event(), make_tools(city, done)

    def run(_running: Running) -> Outcome:
        begun.set()
        tools.clock.set(NOW + timedelta(seconds=50))  # type: ignore[attr-defined]  # a fixed clock
        wait_for(lambda: look_at(city.database, work_id).beat_at > NOW, 20)
        return Outcome()

    quiet = make_tools(city, run)
    tools = Tools(tools.database, tools.book, tools.clock, kinds=quiet.kinds)
    assert work_once(tools)
    assert begun.is_set()
    assert look_at(city.database, work_id).status == "done"


def test_two_schedulers_begin_within_seconds_and_do_it_once(city: City) -> None:
    """The process of the jobs begins long work within about two seconds; of two processes only one does it."""
    ran: list[int] = []

    def run(running: Running) -> Outcome:
        ran.append(running.work.id)
        return Outcome()

    stop = Event()
    tools = make_tools(city, run)
    threads = [
        Thread(target=run_scheduler, args=(tools, stop), kwargs={"jobs": (), "tick_seconds": 0.1}) for _ in range(2)
    ]
    with ExitStack() as ending:
        for thread in threads:
            thread.start()
            ending.callback(thread.join, 30)
        ending.callback(stop.set)
        time.sleep(2)
        work_id = ask_for(city)
        asked = time.monotonic()
        wait_for(lambda: look_at(city.database, work_id).status == "done", 20)
        assert time.monotonic() - asked < 3
    assert ran == [work_id]


def test_a_database_that_is_away_ends_no_worker(
    city: City, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The loop lives on after a failure and does what waits."""
    monkeypatch.setattr(long_work, "_AFTER_FAILURE_SECONDS", 0.05)
    real: Callable[..., bool] = claiming.has_waiting
    failures = iter([True])

    def look(*given: object) -> bool:
        if next(failures, False):
            raise OSError("away")
        return real(*given)

    monkeypatch.setattr(claiming, "has_waiting", look)
    work_id, stop = ask_for(city), Event()
    worker = Thread(target=serve_works, args=(make_tools(city, done, stopped=stop.is_set), 0.05))
    worker.start()
    try:
        wait_for(lambda: look_at(city.database, work_id).status == "done", 20)
    finally:
        stop.set()
        worker.join(20)
    assert "looked for in vain" in caplog.text


def test_a_claim_knows_its_try(city: City) -> None:
    """What was claimed carries what its kind needs."""
    work_id = ask_for(city, arguments={"month": "2026-02"})
    found = city.database.write(lambda session: claiming.claim(session, NOW))
    assert found == Claimed(work_id, "made_up", city.people["office1"], "zh", {"month": "2026-02"}, None, 1)
