"""Issuing on purpose: number, code, one mark for all files, corrections, processes that die, papers that come first."""

import hashlib
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core.errors import ConflictError, ForbiddenError, InvalidError
from app.edge.attachment import open_store
from app.edge.paperwork.frozen.reading import read_frozen, read_paper
from app.edge.paperwork.issuing import issue_paper
from app.edge.paperwork.kind import Ask
from app.models.issued import IssuedFile, IssuedPaper
from app.models.record import Audit
from app.services.attachment.upkeep import find_orphans, list_needed
from app.services.numbering import take_number
from app.services.paperwork.issuing import SERIES
from tests.app.edge.paperwork.drawing import add_city_paper
from tests.client import Caller

FEBRUARY = Ask(None, "2026-02")


def _issue(caller: Caller, ask: Ask = FEBRUARY, login: str = "office1", **more: Any) -> Any:  # noqa: ANN401
    return issue_paper(caller.context, caller.city.people[login], "made_up", ask, source="test", **more)


def _rows(caller: Caller) -> list[Any]:
    with caller.city.database.reading() as session:
        return list(session.execute(select(IssuedPaper).order_by(IssuedPaper.id)).scalars())


def test_an_issue_has_number_code_and_one_mark(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 8.5: every file carries the same number, code and address, is filled as the office reads, and is kept."""
    drawn = add_city_paper(monkeypatch)
    done = _issue(caller)
    (row,) = _rows(caller)
    assert (done.paper_id, done.is_new) == (row.id, True)
    assert (row.number, row.version, row.period, row.scope_id) == ("样〔2026〕1号", 1, "2026-02", 0)
    assert (row.issuer, row.issuer_en) == ("云州市领导小组办公室", "Office of the leadership group, Yunzhou")
    marks = {(proof.number, proof.code, proof.address) for _, _, proof in drawn.calls if proof}
    assert marks == {(row.number, row.code, f"http://127.0.0.1:8000/verify/{row.code}")}
    assert [lang for _, lang, _ in drawn.calls] == ["zh", "en"]
    # What is handed out holds nothing that the issuer reads for reasons of their own, and is of one instant.
    assert {data for data, _, _ in drawn.calls} == {(("OFFICE",), "2026-02", row.data_at)}
    with caller.city.database.reading() as session:
        files = list(session.execute(select(IssuedFile)).scalars())
        (audit,) = session.execute(select(Audit).where(Audit.action == "issue_paper")).scalars()
    assert audit.after is not None
    assert audit.after["number"] == row.number
    for file in files:
        with open_store(caller.context).open(file.sha256) as stream:
            assert hashlib.sha256(stream.read()).hexdigest() == file.sha256


def test_only_the_office_issues_and_only_once(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked for again it is the same paper; heads, leaders and auditors issue none."""
    add_city_paper(monkeypatch)
    first = _issue(caller)
    again = _issue(caller)
    assert (again.paper_id, again.is_new) == (first.paper_id, False)
    for login in ("tra_head", "leader", "auditor", "admin"):
        with pytest.raises(ForbiddenError):
            _issue(caller, Ask(None, "2026-03"), login)
    assert len(_rows(caller)) == 1


def test_a_correction_names_what_it_replaces(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """A correction is a version of its own with the same number, a reason and a code; only the last is corrected."""
    drawn = add_city_paper(monkeypatch)
    first = _issue(caller).paper_id
    for reason in ("", " ", "长" * 501):
        with pytest.raises(InvalidError):
            _issue(caller, replaces=first, reason=reason)
    second = _issue(caller, replaces=first, reason=" 数字有误 ")
    repeated = _issue(caller, replaces=first, reason="数字有误")
    assert (repeated.paper_id, repeated.is_new) == (second.paper_id, False)
    with pytest.raises(ConflictError) as refused:
        _issue(caller, replaces=first, reason="别的原因")
    assert refused.value.code == "superseded"
    old, new = _rows(caller)
    assert (new.number, new.version, new.replaces_id, new.reason) == (old.number, 2, first, "数字有误")
    assert new.code != old.code
    proof = drawn.calls[-1][2]
    assert proof is not None
    assert proof.replaces is not None
    assert "第1版" in getattr(proof.replaces, "zh", "")
    with caller.app.test_request_context():
        view = read_paper(caller.context, caller.city.people["office1"], first, source="test")
        assert not view.paper.is_last
        assert not view.may_correct
        assert [one.version for one in view.versions] == [2, 1]
        assert read_frozen(caller.context, caller.city.people["leader"], first, "pdf", "zh", source="test").content


def test_a_process_that_dies_leaves_nothing_half_done(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed while drawing: no row, no number, only bytes that upkeep drops; the next run issues number 1."""
    drawn = add_city_paper(monkeypatch)

    def die() -> None:
        if len(drawn.calls) == 1:
            raise KeyboardInterrupt

    drawn.before = die
    with pytest.raises(KeyboardInterrupt):
        _issue(caller)
    assert _rows(caller) == []
    with caller.city.database.reading() as session:
        needed = list_needed(session.connection())
        assert session.execute(select(func.count()).select_from(IssuedFile)).scalar_one() == 0
    assert len(find_orphans(open_store(caller.context), needed)) == 1
    drawn.before = lambda: None
    _issue(caller)
    assert [row.number for row in _rows(caller)] == ["样〔2026〕1号"]


def test_a_paper_that_comes_first_takes_the_number(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number is gone when the paper is drawn: it is drawn anew with the next, and none is left out."""
    drawn = add_city_paper(monkeypatch)

    def overtake() -> None:
        if not drawn.calls:
            with caller.city.database.writing() as session:
                take_number(session.connection(), SERIES, 2026, "样")

    drawn.before = overtake
    _issue(caller)
    (row,) = _rows(caller)
    assert row.number == "样〔2026〕2号"
    last = drawn.calls[-1][2]
    assert last is not None
    assert (last.number, last.code) == (row.number, row.code)


def test_the_same_paper_issued_meanwhile_is_the_one(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two ask at once: one paper comes of it, and both are told of that one."""
    drawn = add_city_paper(monkeypatch)
    found: list[int] = []

    def issue_too() -> None:
        if not found:
            found.append(0)
            found[0] = _issue(caller).paper_id

    drawn.before = issue_too
    done = _issue(caller)
    assert (done.paper_id, done.is_new) == (found[0], False)
    assert [row.number for row in _rows(caller)] == ["样〔2026〕1号"]


def test_of_two_corrections_at_once_one_is_refused(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both were read as the last version: the second, for another reason, is told that it came too late.

    For the same reason, as when a button is pressed twice, both are told of the one that came of it.
    """
    drawn = add_city_paper(monkeypatch)
    first = _issue(caller).paper_id
    found: list[int] = []

    def correct_too() -> None:
        if not found:
            found.append(0)
            found[0] = _issue(caller, replaces=first, reason="单位名称有误").paper_id

    drawn.before = correct_too
    with pytest.raises(ConflictError) as refused:
        _issue(caller, replaces=first, reason="数字有误")
    assert refused.value.code == "superseded"
    assert [row.reason for row in _rows(caller)] == [None, "单位名称有误"]
    second, found[:] = found[0], []

    def press_twice() -> None:
        if not found:
            found.append(0)
            _issue(caller, replaces=second, reason="数字有误")

    drawn.before = press_twice
    done = _issue(caller, replaces=second, reason="数字有误")
    assert not done.is_new
    assert [row.reason for row in _rows(caller)] == [None, "单位名称有误", "数字有误"]
