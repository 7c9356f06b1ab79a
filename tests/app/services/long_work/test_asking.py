"""Asking for long work: how many at a time, double clicks, taking back, trying again, forgetting."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from app.core.clock import FixedClock
from app.core.errors import ConflictError, NotFoundError
from app.core.store import FolderStore
from app.jobs.attachment import attachment_job
from app.jobs.long_work import work_once
from app.jobs.tools import Tools
from app.jobs.upkeep import upkeep_job
from app.models.long_work import LongWork
from app.services.long_work.asking import OPEN_MAX, ask, ask_again, cancel, put_work
from app.services.long_work.kind import PLANNED, MadeFile, Outcome, Running
from tests.app.jobs.long_works import ask_for, look_at, make_act, make_tools
from tests.city import NOW, City


def test_a_double_click_is_one_work(city: City) -> None:
    """The same asked twice within three seconds is one; later, or with other arguments, it is another."""
    first = ask_for(city, arguments={"month": "2026-02"})
    assert ask_for(city, arguments={"month": "2026-02"}, now=NOW + timedelta(seconds=2)) == first
    assert ask_for(city, arguments={"month": "2026-01"}) != first
    assert ask_for(city, arguments={"month": "2026-02"}, now=NOW + timedelta(seconds=4)) != first
    assert ask_for(city, "tra_head", arguments={"month": "2026-02"}) != first


def test_so_many_at_a_time(city: City) -> None:
    """A sixth open work is refused with a reason; once one has ended there is room again."""
    ids = [ask_for(city, arguments={"n": n}) for n in range(OPEN_MAX)]
    with pytest.raises(ConflictError, match="too_many_works"):
        ask_for(city, arguments={"n": 99})
    ask_for(city, "tra_head", arguments={"n": 99})
    with city.database.writing() as session:
        assert cancel(make_act(session, city), ids[0]) == "cancelled"
    ask_for(city, arguments={"n": 99})


def test_what_plans_ask_for_takes_no_room(city: City) -> None:
    """Works of plans run in the name of whoever keeps them, who may still ask for as many of their own."""
    for n in range(OPEN_MAX):
        with city.database.writing() as session:
            put_work(make_act(session, city), PLANNED, {"run": n}, lang="zh")
    ids = [ask_for(city, arguments={"n": n}) for n in range(OPEN_MAX)]
    assert len(set(ids)) == OPEN_MAX
    with pytest.raises(ConflictError, match="too_many_works"):
        ask_for(city, arguments={"n": 99})


def test_only_its_person_takes_it_back_or_tries_again(city: City) -> None:
    """Anybody else's work looks like none."""
    work_id = ask_for(city)
    for what in (cancel, ask_again):
        with pytest.raises(NotFoundError), city.database.writing() as session:
            what(make_act(session, city, "tra_head"), work_id)
    assert look_at(city.database, work_id).status == "waiting"


def test_cancelling_twice_is_cancelling_once(city: City) -> None:
    """Idempotent, and what has ended stays as it ended."""
    work_id, later = ask_for(city), NOW + timedelta(hours=1)
    for now in (NOW, later):
        with city.database.writing() as session:
            assert cancel(make_act(session, city, now=now), work_id) == "cancelled"
    assert look_at(city.database, work_id).finished_at == NOW
    other = ask_for(city, arguments={"n": 2})
    assert work_once(make_tools(city, lambda _: Outcome()))
    with city.database.writing() as session:
        assert cancel(make_act(session, city), other) == "done"
    assert look_at(city.database, other).cancel_asked_at is None


def test_again_is_a_new_work_with_the_same_wish(city: City) -> None:
    """Only what failed or was cancelled; the old one stays as it is."""
    work_id = ask_for(city, arguments={"month": "2026-02"})
    with pytest.raises(ConflictError, match="not_to_repeat"), city.database.writing() as session:
        ask_again(make_act(session, city), work_id)
    with city.database.writing() as session:
        cancel(make_act(session, city), work_id)
    with city.database.writing() as session:
        made = ask_again(make_act(session, city), work_id)
    assert made != work_id
    assert look_at(city.database, made).arguments == {"month": "2026-02"}
    assert look_at(city.database, work_id).status == "cancelled"


def test_files_are_kept_a_week_and_rows_a_quarter(city: City, tmp_path: Path) -> None:
    """The night's jobs: the file of a work is needed for seven days, then its bytes go; later the row goes, too."""
    store, start = FolderStore(tmp_path / "files"), datetime.now(UTC)
    stored = [store.put(io.BytesIO(text), 100) for text in (b"input", b"result")]

    def run(_running: Running) -> Outcome:
        return Outcome(file=MadeFile(stored[1].sha256, "r.txt", "text/plain"))

    with city.database.writing() as session:
        work_id = ask(make_act(session, city, now=start), "made_up", {"has_input": True}, lang="zh",
                      input_sha256=stored[0].sha256)  # fmt: skip
    assert work_once(make_tools(city, run, at=start))

    def pass_night(days: int) -> None:
        at = start + timedelta(days=days)
        tools = Tools(city.database, city.book, FixedClock(at), store=store)
        upkeep_job(tools, at)
        attachment_job(tools, at)

    pass_night(6)
    assert all(store.exists(one.sha256) for one in stored)
    pass_night(8)
    assert not any(store.exists(one.sha256) for one in stored)
    row = look_at(city.database, work_id)
    assert (row.file_sha256, row.input_sha256, row.file_name) == (None, None, "r.txt")
    with city.database.writing() as session:
        session.execute(update(LongWork).values(status="failed", fault={"zh": "", "en": "", "faults": []}))
    with pytest.raises(ConflictError, match="input_gone"), city.database.writing() as session:
        ask_again(make_act(session, city), work_id)
    pass_night(91)
    with city.database.reading() as session:
        assert session.query(LongWork).count() == 0
