"""Papers that steps of items issue, asked for in the report centre: the frozen bytes, or an extract that says so."""

from inspect import signature
from typing import Any

import pytest
from sqlalchemy import select, update

from app.core.errors import NotFoundError
from app.edge.long_work.asking import Wish, ask_work
from app.edge.long_work.paper import KIND
from app.edge.paperwork.catalogue import PAPERS
from app.edge.paperwork.frozen.reading import read_frozen
from app.edge.paperwork.issuing import make_whole_reader
from app.edge.paperwork.kind import Ask
from app.models.issued import IssuedPaper
from app.models.item import Item
from app.models.long_work import LongWork
from app.models.record import Audit
from app.policy import access
from app.policy.people import find_actor
from tests.app.edge.paperwork.drawing import draw_plainly
from tests.app.services.supervision.stalling import yellow_task
from tests.client import Caller
from tests.meeting import Bench
from tests.working import do_works_of

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def _make(caller: Caller, login: str, kind: str, item_id: int) -> Any:  # noqa: ANN401  # a row
    """Return the work of a paper that somebody asked for, done."""
    given = {"kind": kind, "scope": item_id, "period": None, "languages": ["zh"], "endings": ["pdf"]}
    with caller.app.test_request_context():
        work_id, _ = ask_work(caller.context, caller.city.people[login], Wish(KIND, given, "zh", "test"))
    assert do_works_of(caller.context) == 1
    with caller.city.database.reading() as session:
        return session.execute(select(*LongWork.__table__.c).where(LongWork.id == work_id)).one()


def _find_paper(caller: Caller, kind: str) -> Any:  # noqa: ANN401  # a row
    with caller.city.database.reading() as session:
        return session.execute(select(IssuedPaper).where(IssuedPaper.kind == kind)).scalars().one()


@SQLITE
def test_what_is_issued_comes_as_it_was_frozen(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same bytes as from the archive, in a work of the centre as on the item's page; asked twice drawn once."""
    drawn = draw_plainly(monkeypatch, "slip")
    _, slip = yellow_task(caller.city)
    first, count = _make(caller, "tra_head", "slip", slip), len(drawn.calls)
    again = _make(caller, "office1", "slip", slip)
    with caller.app.test_request_context():
        paper = _find_paper(caller, "slip")
        kept = read_frozen(caller.context, caller.city.people["office1"], paper.id, "pdf", "zh", source="test")
    assert first.file_sha256 == again.file_sha256 == kept.sha256
    assert len(drawn.calls) == count
    assert all(proof is not None for _, _, proof in drawn.calls)


@SQLITE
def test_a_part_of_it_is_marked_as_an_extract(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Minutes with a restricted topic never come with their number and without the mark to who may not read it all."""
    drawn = draw_plainly(monkeypatch, "minutes")
    bench = Bench.found(caller.city)
    meeting_id, topic_id, *_ = bench.whole()
    whole = _make(caller, "leader", "minutes", meeting_id)
    with caller.city.database.writing() as session:
        session.execute(update(Item).where(Item.id == topic_id).values(confidential=True, parent_id=None))
        access.refresh(session.connection(), [topic_id])
    part = _make(caller, "wea_head", "minutes", meeting_id)
    assert part.file_sha256 != whole.file_sha256
    data, _, proof = drawn.calls[-1]
    assert (proof, drawn.states[-1]) == (None, "摘录")
    assert set(drawn.states[:-1]) == {""}
    assert data.number
    assert _make(caller, "leader", "minutes", meeting_id).file_sha256 == whole.file_sha256


@pytest.mark.parametrize("name", [kind.name for kind in PAPERS.values() if kind.find_waiting is not None])
def test_everything_that_steps_issue_can_be_marked(name: str) -> None:
    """Each form of each such paper takes the mark, so that none is handed out in part without it."""
    for draw in PAPERS[name].draw.values():
        assert "state" in signature(draw).parameters


@SQLITE
def test_a_notice_is_its_makers_until_it_is_out(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Office and chair see the notice that is not sent; members get none, by whatever way; sent it is everybody's."""
    draw_plainly(monkeypatch, "notice")
    bench = Bench.found(caller.city)
    meeting_id = bench.plan()
    bench.do("office1", meeting_id, "call_topics")
    bench.put(meeting_id)
    now = bench.now

    def fill(login: str) -> Any:  # noqa: ANN401  # what it is filled with
        with caller.context.database.reading() as unit:
            actor = find_actor(unit.connection(), caller.city.people[login], bench.today, now)
            assert actor is not None
            return PAPERS["notice"].fill(caller.context, unit, actor, Ask(meeting_id), "zh")

    for login in ("office1", "deputy"):
        assert fill(login).edition == ""
    for login in ("tra_head", "ene_head", "leader", "auditor"):
        with pytest.raises(NotFoundError):
            fill(login)
    with caller.context.database.reading() as unit:
        reader = make_whole_reader(caller.context, unit)
        assert PAPERS["notice"].fill(caller.context, unit, reader, Ask(meeting_id), "zh").edition == ""
    assert _make(caller, "tra_head", "notice", meeting_id).status == "failed"
    assert _make(caller, "office1", "notice", meeting_id).status == "done"
    bench.notify(meeting_id)
    assert _make(caller, "tra_head", "notice", meeting_id).status == "done"


@SQLITE
def test_an_overseers_reading_is_on_record(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """A paper of an item that an auditor has made is read as much as its page; of a restricted one a leader's, too."""
    draw_plainly(monkeypatch, "project_report", "slip")
    project = caller.city.project()

    def read() -> list[tuple[int | None, str]]:
        with caller.city.database.reading() as session:
            rows = session.execute(
                select(Audit.actor_id, Audit.source).where(Audit.action == "read", Audit.item_id == project)
            )
            return [(row[0], row[1]) for row in rows]

    _make(caller, "office1", "project_report", project)
    assert read() == []
    _make(caller, "auditor", "project_report", project)
    assert read() == [(caller.city.people["auditor"], "work")]
