"""Auditors read all, change nothing, and their reading is on record; so is leaders' of what is confidential."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from app.edge import paper
from app.edge.paperwork.catalogue import PAPERS
from app.models.record import Audit
from tests.databases import copy_sqlite
from tests.permissions.classes import READERS, Cell
from tests.permissions.stage import make_stage
from tests.permissions.table import TABLE, list_rules_of
from tests.permissions.viewers import VIEWERS, Case, Viewer
from tests.permissions.visiting import Visitor

_AUDITOR, _LEADER = (next(one for one in VIEWERS if one.key == key) for key in ("auditor", "leader"))
#: What shows something of one item or document.
_READING = (*list_rules_of("reads"), *list_rules_of("reads_document"))
#: A step that is not theirs: a sentence instead of the item, so nothing was read.
_NOT_SHOWN = frozenset({303, 409})
_EXPORTS = ("GET /items/export.{ending}", "GET /api/v1/items/export.{ending}")
#: Tables that an auditor's own account, views, drafts and work are in (a delegation that is declined tells its giver,
#: as a copy that is read its sender), and the record of what they did.
_THEIR_OWN = frozenset({
    "access_token", "audit", "calendar_feed", "delegation", "draft", "feed_entry", "idempotency", "item_copy",
    "long_work", "mail_choice", "message", "message_preference", "outbox", "person",
    "recovery_code", "saved_view", "second_factor", "web_session",
})  # fmt: skip


@pytest.fixture(scope="module")
def visitor(database_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """Give a visitor of the stage on SQLite."""
    stage = make_stage(copy_sqlite(database_folder), tmp_path_factory.mktemp("var"))
    yield Visitor(stage)
    stage.database.engine.dispose()


@pytest.fixture(autouse=True)
def no_papers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let papers be empty: what is asked here is what reading them leaves."""
    monkeypatch.setattr(paper, "build", lambda _paper, _lang: b"%PDF-")
    for kind in PAPERS.values():
        plain = dict.fromkeys(kind.draw, lambda *_: b"%PDF-")
        monkeypatch.setitem(PAPERS, kind.name, replace(kind, draw=plain))


def _list_acts(visitor: Visitor, viewer: Viewer) -> list[str]:
    """Return what a viewer did, as the audit has it."""
    person = visitor.stage.city.people[viewer.login]
    with visitor.stage.database.reading() as session:
        rows = session.execute(select(Audit.action).where(Audit.actor_id == person).order_by(Audit.id))
        return list(rows.scalars())


def _find_silent(visitor: Visitor, viewer: Viewer, rules: tuple[str, ...], case: Case) -> list[str]:
    """Return the rules that show something to a viewer and leave no row in the audit."""
    found = []
    for rule in rules:
        before = len(_list_acts(visitor, viewer))
        answer = visitor.ask(rule, viewer, case)
        assert answer.cell == Cell.ALLOWED, (rule, answer.status)
        if answer.status in _NOT_SHOWN:
            assert case not in answer.text
            continue
        if not any(act.startswith(("read", "export")) for act in _list_acts(visitor, viewer)[before:]):
            found.append(f"{rule} ({case})")
    return found


def test_an_auditors_reading_is_on_record(visitor: Visitor) -> None:
    """Every page and endpoint that shows something of an item, a document or a file, and every export."""
    found = [one for case in READERS for one in _find_silent(visitor, _AUDITOR, _READING, case)]
    found += _find_silent(visitor, _AUDITOR, _EXPORTS, Case.ANY)
    assert not found, "\n".join(found)


def test_a_leaders_reading_is_on_record_where_it_is_confidential(visitor: Visitor) -> None:
    """The leadership group reads confidential items; that they did stands in the log."""
    found = _find_silent(visitor, _LEADER, _READING, Case.CONFIDENTIAL)
    assert not found, "\n".join(found)


def test_reading_by_the_departments_is_their_work(visitor: Visitor) -> None:
    """Who works on an ordinary item leaves no trace by reading it: the log is of overseers' reading."""
    head = next(one for one in VIEWERS if one.key == "lead_head")
    before = _list_acts(visitor, head)
    for rule in ("GET /items/{item_id}", "GET /api/v1/items/{item_id}/history"):
        assert visitor.ask(rule, head, Case.ORDINARY).cell == Cell.ALLOWED
    assert _list_acts(visitor, head) == before


def test_an_auditor_changes_nothing(visitor: Visitor) -> None:
    """Whatever writes, asked by an auditor, writes nothing beyond the auditor's own account and the record of it."""
    changed = []
    for rule, one in TABLE:
        for case in one.allowed:
            if rule.startswith("GET ") or one.key == "public":
                continue
            answer = visitor.ask(rule, _AUDITOR, case)
            if answer.written - _THEIR_OWN:
                changed.append(f"{rule} ({case}): {sorted(answer.written)}")
            visitor.restore()
    assert not changed, "\n".join(changed)
