"""Every rule of the product, asked as every role from every department, answers what the table says.

What must be refused changes nothing: no table but the audit (the refusal) is written, no allowed act is on record.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.edge import paper
from app.edge.paperwork.catalogue import PAPERS
from tests.databases import copy_postgresql, copy_sqlite, drop_postgresql
from tests.permissions.classes import BY_KEY, CLASSES, Class
from tests.permissions.stage import make_stage
from tests.permissions.table import CLASS_OF, TABLE, list_rules_of
from tests.permissions.viewers import VIEWERS, Case, Viewer
from tests.permissions.visiting import ALL_ASKED, Visitor, list_rules

#: Without an item, the department says nothing: of each role one is asked.
_ONE_EACH = frozenset({
    "clerk", "director", "lead_head", "lead_staff", "lead_finance", "leader", "auditor", "admin", "postless",
    "anonymous",
})  # fmt: skip
#: What a refused request may write: the refusal itself, and that the caller was there.
_HARMLESS = frozenset({"audit", "access_token", "web_session"})
#: What changes nothing of the city when it is written, so that nothing is to be put back.
_LIGHT = frozenset({"audit", "access_token", "feed_entry"})
#: How many rules of a class are tried on the other database as well.
_REDUCED = 4
_ITEM_CASES = (Case.ORDINARY, Case.CONFIDENTIAL)


@pytest.fixture(autouse=True)
def no_papers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let papers be empty: who gets them is asked here, and typesetting takes its time."""
    monkeypatch.setattr(paper, "build", lambda _paper, _lang: b"%PDF-")
    for kind in PAPERS.values():
        plain = dict.fromkeys(kind.draw, lambda *_: b"%PDF-")
        monkeypatch.setitem(PAPERS, kind.name, replace(kind, draw=plain))


@pytest.fixture(scope="module")
def visitor(database_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """Give a visitor of the stage on SQLite."""
    stage = make_stage(copy_sqlite(database_folder), tmp_path_factory.mktemp("var"))
    yield Visitor(stage)
    stage.database.engine.dispose()


def _list_viewers(case: Case) -> Iterator[Viewer]:
    return (viewer for viewer in VIEWERS if case in _ITEM_CASES or viewer.key in _ONE_EACH)


def _try_class(visitor: Visitor, one: Class, rules: list[str]) -> list[str]:
    """Return every cell that is not as the class says."""
    faults = []
    for rule in rules:
        for case in one.allowed:
            for viewer in _list_viewers(case):
                may_change = one.may_change(case, viewer.key)
                before = None if may_change else visitor.count_allowed()
                answer = visitor.ask(rule, viewer, case)
                expected = one.cell(case, viewer.key)
                place = f"{rule} as {viewer.key} ({case}): "
                if answer.cell != expected:
                    faults.append(f"{place}{answer.cell} ({answer.status}) instead of {expected}")
                if not may_change and (answer.written - _HARMLESS or visitor.count_allowed() != before):
                    faults.append(f"{place}wrote {sorted(answer.written)}")
                if answer.written - _LIGHT:
                    visitor.restore()
    return faults


def test_every_rule_has_its_class(visitor: Visitor) -> None:
    """A rule without a class, a class for a rule that is gone, a rule in two classes: each is a fault."""
    rules = set(list_rules(visitor.stage.app))
    assert sorted(rules - CLASS_OF.keys()) == []
    assert sorted(CLASS_OF.keys() - rules) == []
    assert len(TABLE) == len(CLASS_OF)
    assert sorted(ALL_ASKED.keys() - rules) == []
    assert [one.key for one in CLASSES if not list_rules_of(one.key)] == []


def test_postgresql_lets_the_same_people_read(tmp_path: Path) -> None:
    """The other database: the parts of an item and of a document, and the log, by GET alone."""
    url = copy_postgresql()
    stage = make_stage(url, tmp_path)
    other = Visitor(stage)
    faults = []
    for key in ("reads", "reads_document", "log", "own"):
        rules = [rule for rule in list_rules_of(key) if rule.startswith("GET ")][:_REDUCED]
        faults += _try_class(other, BY_KEY[key], rules)
    stage.database.engine.dispose()
    drop_postgresql(url)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("one", CLASSES, ids=lambda one: one.key)
def test_everybody_gets_what_the_table_says(visitor: Visitor, one: Class) -> None:
    """§2 of the design, rule by rule: allowed, not found, refused, log in."""
    faults = _try_class(visitor, one, list_rules_of(one.key))
    assert not faults, "\n".join(faults)
