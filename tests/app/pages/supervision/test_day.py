"""The scheduler's day on a page and in the API: who sees it; alive, failed, silent."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.jobs.table import JOBS
from app.services.escalation.job_run import beat, finish_run, start_run
from app.services.queue import presence
from tests.app.pages.conftest import Visit
from tests.city import NOW, City
from tests.client import Caller


def run_once(city: City, job: str, outcome: str = "done", message: str = "raised 3") -> None:
    """Record a run of `job` ten minutes late, and a heartbeat of now."""
    with city.database.writing() as session:
        start_run(session, job, NOW - timedelta(minutes=15), NOW - timedelta(minutes=5))
        finish_run(session, job, NOW, outcome=outcome, message=message)
        beat(session, NOW - timedelta(hours=1), NOW)


def test_every_job_says_what_when_and_why(visit: Callable[[str], Visit], city: City) -> None:
    """Each of the table's jobs has its line, in both languages; a late run says by how much."""
    run_once(city, "sweep")
    page = visit("office1").get("/scheduler").text
    for job in JOBS:
        assert job.label.zh in page
        assert job.why.zh in page
    assert "迟10分钟" in page
    assert "自动处理正常" in page


def test_result_is_told_in_words(visit: Callable[[str], Visit], city: City) -> None:
    """What a run did is told in the reader's language, without the noughts; a sentence nobody knows stands as it is."""
    run_once(city, "sweep", message="raised 3, lights 0, slips 2/1/0, faults 0")
    run_once(city, "deliver", message="something new 7")
    office = visit("office1")
    page = office.get("/scheduler").text
    assert "升级3件、出具督办单2份、签发1份" in page
    assert "raised" not in page
    assert "something new 7" in page
    office.client.set_cookie("lang", "en")
    office.post("/preference", locale="en", next="/")
    assert "3 raised, 2 notices made, 1 issued" in office.get("/scheduler").text


@pytest.mark.parametrize("login", ["tra_head", "leader", "auditor"])
def test_only_who_looks_after_the_system_sees_it(visit: Callable[[str], Visit], login: str) -> None:
    """Office and administrators; for others it is not theirs."""
    assert visit(login).get("/scheduler").status_code == 403


def test_a_silent_scheduler_is_said_in_red(visit: Callable[[str], Visit], city: City) -> None:
    """Without a heartbeat nothing escalates: the page says so first."""
    assert "从未启动" in visit("admin").get("/scheduler").text
    with city.database.writing() as session:
        beat(session, NOW - timedelta(days=1), NOW - timedelta(hours=2))
    assert "起没有运行" in visit("admin").get("/scheduler").text


def test_the_api_gives_the_same_table(caller: Caller, city: City) -> None:
    """What was done, what is owed, when it runs next; 403 for a department."""
    run_once(city, "sweep", "failed", "OperationalError: gone")
    shown = caller.get("office1", "/scheduler").json
    assert [job["job"] for job in shown["items"]] == [job.name for job in JOBS]
    sweep = shown["items"][0]
    assert (sweep["last"]["outcome"], sweep["is_owed"], sweep["grace_seconds"]) == ("failed", True, None)
    assert sweep["next_at"] == "2026-03-02T02:15:00+00:00"
    assert caller.get("tra_head", "/scheduler").status_code == 403


def test_the_processes_that_take_jobs_are_listed(visit: Callable[[str], Visit], caller: Caller, city: City) -> None:
    """Each with its machine while it lives, on the page, in the API and counted by /readyz; none is no fault."""
    assert "作业进程" not in visit("admin").get("/scheduler").text
    assert caller.client.get("/readyz").json["workers"] == 0
    with city.database.writing() as session:
        presence.enter(session, "machine-7", 4711, 3, NOW)
        gone = presence.enter(session, "machine-8", 4712, 3, NOW)
        presence.leave(session, gone, NOW)
    run_once(city, "queue", message="jobs begun anew 2, lost works found 0, needless jobs 1")
    run_once(city, "deliver", message="left to the processes of flask worker")
    page = visit("admin").get("/scheduler").text
    assert "machine-7" in page
    assert "machine-8" not in page
    assert "中断后重新排队2项、清理作业1项" in page
    assert "已交作业进程办理" in page
    found = caller.get("admin", "/scheduler").json["workers"]
    assert [(one["host"], one["process_id"], one["concurrency"]) for one in found] == [("machine-7", 4711, 3)]
    ready = caller.client.get("/readyz")
    assert (ready.status_code, ready.json["workers"]) == (200, 1)
