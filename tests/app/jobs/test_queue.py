"""The queue on PostgreSQL: jobs in the transaction of what they belong to, what mends it, who does what."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import Row, text, update
from sqlalchemy.orm import Session

from app.core.clock import SystemClock
from app.core.database import Database
from app.jobs.delivery import deliver_job
from app.jobs.long_work import do_work, work_once
from app.jobs.queue import queue_job
from app.jobs.tasks import TASKS
from app.jobs.tools import Tools
from app.models.long_work import LongWork
from app.queries.worker import has_workers, is_work_done, list_workers
from app.services.long_work.asking import ask, cancel
from app.services.long_work.kind import Outcome, Running
from app.services.queue import presence
from app.services.queue.deferring import DELIVER, WORK, defer
from app.services.queue.mending import mend
from tests.app.jobs.long_works import ask_for, look_at, make_act, make_tools
from tests.city import NOW, City
from tests.messaging import inbox, owe

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def jobs(database: Database, task: str | None = None) -> Sequence[Row[tuple[object, ...]]]:
    """Return the jobs (of one task), the oldest first."""
    with database.reading() as session:
        statement = text(
            "SELECT id, queue_name, task_name, status::text AS status, args, worker_id FROM procrastinate_jobs"
            " WHERE :task IS NULL OR task_name = :task ORDER BY id".replace(":task", "CAST(:task AS text)")
        )
        return session.execute(statement, {"task": task}).all()


def run(database: Database, statement: str) -> None:
    """Run a statement that stands for what happened elsewhere."""
    with database.writing() as session:
        session.execute(text(statement))


def clear(database: Database) -> None:
    """Begin with an empty queue."""
    run(database, "DELETE FROM procrastinate_jobs")


def nothing(_running: Running) -> Outcome:
    """Do the work."""
    return Outcome()


def test_work_has_its_job_from_the_very_transaction_that_asks_for_it(city: City) -> None:
    """Asked for: one job with its number. Rolled back: neither. Given back: a job again."""
    clear(city.database)
    work_id = ask_for(city)
    assert [(one.queue_name, one.task_name, one.status, one.args) for one in jobs(city.database)] == [
        ("works", "work", "todo", {"work_id": work_id})
    ]
    with Session(city.database.engine) as session:
        ask(make_act(session, city, "tra_head"), "made_up", {}, lang="zh")
        session.rollback()
    assert len(jobs(city.database)) == 1
    clear(city.database)
    asked = Event()

    def begin(running: Running) -> Outcome:
        asked.set()
        running.tell(1, 2)
        return Outcome()

    assert do_work(make_tools(city, begin, stopped=asked.is_set), work_id)
    assert look_at(city.database, work_id).status == "waiting"
    assert [one.args for one in jobs(city.database, WORK)] == [{"work_id": work_id}]


def test_a_transaction_that_owes_messages_defers_one_job(city: City) -> None:
    """However many rows and statements; what a savepoint took back counts for nothing."""
    clear(city.database)
    task = city.task(supports=("ENE",))
    city.do("office1", task, "assign")
    with city.database.reading() as session:
        owed = session.execute(text("SELECT count(*) FROM outbox WHERE status = 'pending'")).scalar_one()
    assert owed > 1
    assert [(one.queue_name, one.task_name, one.status) for one in jobs(city.database)] == [
        ("messages", "deliver", "todo")
    ]
    clear(city.database)
    insert = text(
        "INSERT INTO outbox (recipient, topic, payload, status, not_before, created_at)"
        " VALUES ('OFFICE', 'calendar.missing', '{}', 'pending', now(), now())"
    )
    with city.database.writing() as session:
        inner = session.begin_nested()
        session.execute(insert)
        inner.rollback()
        session.execute(insert)
        session.execute(insert)
    assert len(jobs(city.database, DELIVER)) == 1
    city.do("tra_head", task, "receive")


def test_transactions_at_once_neither_wait_for_each_other_nor_fail(city: City) -> None:
    """A queueing lock would let the second one wait for the first and then fail: there is none."""
    clear(city.database)
    insert = text(
        "INSERT INTO outbox (recipient, topic, payload, status, not_before, created_at)"
        " VALUES ('OFFICE', 'calendar.missing', '{}', 'pending', now(), now())"
    )
    with Session(city.database.engine) as one, Session(city.database.engine) as other:
        for session in (one, other):
            session.execute(text("SET LOCAL lock_timeout = 300"))
        one.execute(insert)
        other.execute(insert)
        other.commit()
        one.commit()
    assert [one.status for one in jobs(city.database, DELIVER)] == ["todo", "todo"]


def test_what_the_triggers_defer_is_in_the_table_of_tasks(city: City) -> None:
    """Name and queue of every job are those of a task; none of the package's periodic ones is used (its #1495)."""
    ask_for(city)
    owe(city, "OFFICE")
    with city.database.writing() as session:
        defer(session.connection(), DELIVER, [{}])
    known = {(task.name, task.queue) for task in TASKS}
    assert {(one.task_name, one.queue_name) for one in jobs(city.database)} == known
    with city.database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM procrastinate_periodic_defers")).scalar_one() == 0


def live(city: City, now: datetime) -> int:
    """Let a process live that takes jobs."""
    with city.database.writing() as session:
        return presence.enter(session, "machine", 7, 2, now)


def test_the_scheduler_leaves_to_others_what_they_do(city: City) -> None:
    """While a process lives, works and messages are its own; once it is silent or gone, the scheduler's again."""
    work_id = ask_for(city)
    owe(city, f"U:{city.people['office1']}", "calendar.missing")
    clear(city.database)
    tools = make_tools(city, nothing)
    worker_id = live(city, NOW)
    assert not work_once(tools)
    assert deliver_job(tools, NOW) == deliver_job(tools, NOW) == "left to the processes of flask worker"
    assert len(jobs(city.database, DELIVER)) == 1
    assert inbox(city, "office1") == []
    with city.database.writing() as session:
        presence.leave(session, worker_id, NOW)
    assert deliver_job(tools, NOW).startswith("messages 1,")
    assert jobs(city.database, DELIVER) == []
    live(city, NOW - timedelta(minutes=2))
    assert work_once(tools)
    assert look_at(city.database, work_id).status == "done"


def test_a_process_is_known_while_it_beats(city: City) -> None:
    """Entered, beating, silent, left, forgotten; works are done where either kind of process lives."""
    worker_id = live(city, NOW)
    later = NOW + timedelta(seconds=50)
    with city.database.writing() as session:
        assert has_workers(session, NOW)
        assert is_work_done(session, NOW)
        assert presence.beat(session, worker_id, later)
        found = list_workers(session, later + timedelta(seconds=50))
        assert [(one.host, one.process_id, one.concurrency, one.beat_at) for one in found] == [("machine", 7, 2, later)]
        assert not has_workers(session, later + timedelta(seconds=70))
        assert not is_work_done(session, later + timedelta(seconds=70))
        # Killed with its clock ahead, it does not live on until that time has come.
        assert has_workers(session, later - timedelta(seconds=50))
        assert not has_workers(session, later - timedelta(seconds=70))
        presence.leave(session, worker_id, later)
        assert not has_workers(session, later)
        assert presence.forget_workers(session, later + timedelta(days=8)) == 1
        assert not presence.beat(session, worker_id, later)


def test_a_job_of_a_killed_process_is_begun_anew(city: City) -> None:
    """Its process is gone or silent: it waits again, once; that of a living one is left alone."""
    clear(city.database)
    for login in ("office1", "office2", "tra_head"):
        ask_for(city, login)
    run(city.database, "SELECT procrastinate_register_worker_v1() FROM generate_series(1, 3)")
    run(city.database, "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '2 minutes' WHERE id = 1")
    for number in (1, 2, 3):
        run(city.database, f"SELECT procrastinate_fetch_job_v2(NULL, {number})")
    run(city.database, "DELETE FROM procrastinate_workers WHERE id = 3")
    with city.database.writing() as session:
        assert mend(session, NOW).retried == 2
        assert mend(session, NOW).retried == 0
    assert [one.status for one in jobs(city.database, WORK)] == ["todo", "doing", "todo"]


def test_a_lost_job_is_found(city: City) -> None:
    """What waits a minute without a job, or whose process fell silent, gets one; what has one or is done gets none."""
    lost, silent, kept, fresh = (ask_for(city, login) for login in ("office1", "office2", "tra_head", "ene_head"))
    later = NOW + timedelta(minutes=2)
    with city.database.writing() as session:
        running = {"status": "running", "tries": 1, "started_at": NOW, "beat_at": NOW}
        session.execute(update(LongWork).where(LongWork.id == silent).values(running))
        session.execute(update(LongWork).where(LongWork.id == fresh).values(asked_at=later))
    run(city.database, f"DELETE FROM procrastinate_jobs WHERE args->>'work_id' != '{kept}'")
    with city.database.writing() as session:
        assert mend(session, later).deferred == 2
        assert mend(session, later).deferred == 0
    assert [one.args["work_id"] for one in jobs(city.database, WORK)] == [kept, lost, silent]


def test_needless_jobs_go(city: City) -> None:
    """A job of a work that has ended, one that failed a week ago, one that a living process knows nothing of."""
    clear(city.database)
    work_id = ask_for(city)
    with city.database.writing() as session:
        cancel(make_act(session, city), work_id)
    ask_for(city, "office2")
    for login in ("tra_head", "ene_head", "pol_head"):
        ask_for(city, login)
    _ended, _kept, failed, doing, young = (one.id for one in jobs(city.database, WORK))
    run(city.database, "SELECT procrastinate_register_worker_v1()")
    run(city.database, f"UPDATE procrastinate_jobs SET status = 'failed' WHERE id IN ({failed}, {young})")
    run(city.database, f"UPDATE procrastinate_jobs SET status = 'doing', worker_id = 1 WHERE id = {doing}")
    run(city.database, f"UPDATE procrastinate_events SET at = at - interval '8 days' WHERE job_id != {young}")
    with city.database.writing() as session:
        assert mend(session, NOW).dropped == 3
    assert [one.id for one in jobs(city.database, WORK)] == [_kept, young]


def test_the_minute_s_look_says_what_it_did(city: City) -> None:
    """The job of the scheduler puts right and tells."""
    ask_for(city)
    clear(city.database)
    tools = Tools(city.database, city.book, SystemClock())
    assert queue_job(tools, NOW) == "jobs begun anew 0, lost works found 1, needless jobs 0"


def test_a_job_for_what_is_done_does_nothing(city: City) -> None:
    """A job that runs twice, or after somebody else did the work: the claim says no."""
    work_id = ask_for(city)
    tools = make_tools(city, nothing)
    work, deliver = TASKS
    work.run(tools, {"work_id": work_id})
    work.run(tools, {"work_id": work_id})
    assert look_at(city.database, work_id).tries == 1
    deliver.run(replace(tools, stopped=lambda: True), {})
    assert not do_work(tools, work_id)
