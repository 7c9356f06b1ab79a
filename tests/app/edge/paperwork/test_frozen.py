"""Papers that steps of workflows issue: frozen once, by the job or on demand, whole for whoever may read all of it."""

import json
from typing import Any

import pytest
from sqlalchemy import select, update

from app.core.errors import ConflictError, NotFoundError, UnavailableError
from app.edge.attachment import open_store
from app.edge.meeting.record.papers import print_minutes
from app.edge.paper import print_slip
from app.edge.paperwork.frozen.reading import read_frozen, read_paper, read_papers
from app.edge.paperwork.frozen.upkeep import check_archive
from app.edge.paperwork.frozen.waiting import freeze_waiting
from app.edge.sending import make_tools
from app.jobs.papers import papers_job
from app.models.issued import IssuedFile, IssuedPaper
from app.models.item import Item
from app.policy import access
from app.queries.paperwork.issued import PaperFilter
from tests.app.edge.paperwork.drawing import draw_plainly
from tests.app.services.supervision.stalling import red_task, yellow_task
from tests.client import Caller
from tests.meeting import Bench
from tests.sweeping import run_sql


def _rows(caller: Caller) -> list[Any]:
    with caller.city.database.reading() as session:
        return list(session.execute(select(IssuedPaper).order_by(IssuedPaper.id)).scalars())


def _freeze(caller: Caller) -> str:
    with caller.app.app_context():
        return freeze_waiting(caller.context, lambda: False)


def _hide(caller: Caller, *item_ids: int) -> None:
    with caller.city.database.writing() as session:
        session.execute(update(Item).where(Item.id.in_(item_ids)).values(confidential=True, parent_id=None))
        access.refresh(session.connection(), item_ids)


def test_the_job_freezes_what_is_issued_once(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slip that was issued is frozen with its own number, dated by its issue; a draft waits; a second run does none.

    What happens to the department's name afterwards changes no frozen byte.
    """
    drawn = draw_plainly(monkeypatch, "slip")
    _, slip = yellow_task(caller.city)
    draft = red_task(caller.city, title="另一任务")[1]
    with caller.app.app_context():
        tools = make_tools(caller.context)
        assert papers_job(tools, caller.clock.now()).startswith("frozen ")
        count = len(drawn.calls)
        assert papers_job(tools, caller.clock.now()) == "frozen 0, failed 0"
    assert len(drawn.calls) == count
    rows = {row.item_id: row for row in _rows(caller)}
    assert slip in rows
    assert draft not in rows
    with caller.city.database.reading() as session:
        number = session.execute(select(Item.number).where(Item.id == slip)).scalar_one()
    row = rows[slip]
    assert (row.number, row.version, row.edition, row.kind) == (number, 1, "1", "slip")
    assert row.data_at == row.issued_at < row.frozen_at or row.data_at == row.issued_at
    with caller.app.test_request_context():
        person_id = caller.city.people["office1"]
        before = print_slip(caller.context, person_id, slip, "zh", source="test").content
        run_sql(caller.city, "UPDATE items SET title = '改名' WHERE id = :id", id=slip)
        assert print_slip(caller.context, person_id, slip, "zh", source="test").content == before
        assert json.loads(before)[2][:2] == [number, 1]


def test_a_paper_is_frozen_when_it_is_printed_first(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody need wait for the job: the first print freezes, the job then finds nothing to do for it."""
    draw_plainly(monkeypatch, "slip")
    _, slip = yellow_task(caller.city)
    with caller.app.test_request_context():
        print_slip(caller.context, caller.city.people["tra_head"], slip, "en", source="test")
        (row,) = _rows(caller)
        _freeze(caller)
        assert [one.item_id for one in _rows(caller)].count(slip) == 1
        # Its file is the one that was printed, for whoever reads the slip and for nobody else.
        page = read_papers(caller.context, caller.city.people["tra_head"], PaperFilter())
        assert row.id in {one.id for one in page.items}
    with caller.app.test_request_context(), pytest.raises(NotFoundError):
        read_paper(caller.context, caller.city.people["wea_head"], row.id, source="test")


def test_who_may_not_read_all_of_it_gets_an_extract(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Minutes with a restricted topic: frozen whole for its readers, an extract without proof for the others.

    Each version is frozen with the reason of none but its own step; earlier versions stay as they were.
    """
    drawn = draw_plainly(monkeypatch, "minutes", "notice")
    bench = Bench.found(caller.city)
    meeting_id, topic_id, *_ = bench.whole()
    bench.do("deputy", meeting_id, "correct", section=f"topic:{topic_id}", corrected="改为每周。", reason="笔误")
    _freeze(caller)
    minutes = [row for row in _rows(caller) if row.kind == "minutes"]
    assert [(row.version, row.edition, row.replaces_id) for row in minutes] == [
        (1, "1", None), (2, "2", minutes[0].id),
    ]  # fmt: skip
    assert topic_id in minutes[1].tells_of
    _hide(caller, *minutes[1].tells_of)
    people, count = caller.city.people, len(drawn.calls)
    with caller.app.test_request_context():
        assert read_frozen(caller.context, people["leader"], minutes[1].id, "pdf", "zh", source="test").content
    with caller.app.test_request_context():
        with pytest.raises(ConflictError) as refused:
            read_frozen(caller.context, people["wea_head"], minutes[1].id, "pdf", "zh", source="test")
        assert refused.value.code == "extract_only"
        # What is in it is not told by its hash, either.
        view = read_paper(caller.context, people["wea_head"], minutes[1].id, source="test")
        assert (view.reads_whole, view.files) == (False, ())
    shown = caller.get("wea_head", f"/papers/{minutes[1].id}").json
    assert (shown["reads_whole"], shown["files"]) == (False, [])
    assert len(caller.get("leader", f"/papers/{minutes[1].id}").json["files"]) == 4
    with caller.app.test_request_context():
        paper = print_minutes(caller.context, people["wea_head"], meeting_id, "zh", is_docx=True, source="test")
        assert paper.content.startswith(b"PK")
    assert len(drawn.calls) == count


def test_an_altered_or_lost_file_is_found(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 8.5: bytes that are not those that were issued are never handed out; the archive's check names them."""
    draw_plainly(monkeypatch, "slip")
    yellow_task(caller.city)
    _freeze(caller)
    row = _rows(caller)[0]
    assert set(check_archive(caller.context)) == {""}
    with caller.city.database.reading() as session:
        files = list(session.execute(select(IssuedFile).where(IssuedFile.paper_id == row.id)).scalars())
    store: Any = open_store(caller.context)
    path = store._inner._path(files[0].sha256)  # noqa: SLF001  # somebody at the disk
    path.write_bytes(path.read_bytes() + b"x")
    with caller.app.test_request_context(), pytest.raises(UnavailableError) as refused:
        read_frozen(
            caller.context, caller.city.people["office1"], row.id, files[0].ending, files[0].lang, source="test"
        )  # fmt: skip
    assert refused.value.code == "file_altered"
    assert sum(bool(line) for line in check_archive(caller.context)) == 1
    path.unlink()
    assert next(line for line in check_archive(caller.context) if line).endswith("file_missing")
