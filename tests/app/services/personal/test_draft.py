"""Drafts: one per person and form, bounded, forgotten after a month, free of what a form hides."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.core.errors import InvalidError
from app.queries.personal.draft import find_draft, list_drafts, name_titles
from app.services.personal.draft import BYTES_MAX, DRAFTS_MAX, discard_draft, forget_drafts, save_draft
from tests.city import NOW, City


def _save(
    city: City, form: str = "task.new", data: dict[str, Any] | None = None, *, login: str = "office1",
    version: int | None = None, now: datetime = NOW,
) -> None:  # fmt: skip
    given = {"title": "拟办"} if data is None else data
    with city.database.writing() as session:
        save_draft(session.connection(), city.people[login], form, version, given, now)


def test_a_draft_is_kept_per_person_and_form_and_replaced(city: City) -> None:
    """The later text takes the place of the earlier one; another person's draft is another one."""
    _save(city, data={"title": "初稿", "task": ["a", "b"]}, version=3)
    _save(city, data={"title": "二稿"}, version=4, now=NOW + timedelta(minutes=1))
    _save(city, login="office2", data={"title": "别人"})
    with city.database.reading() as session:
        found = find_draft(session.connection(), city.people["office1"], "task.new")
        other = find_draft(session.connection(), city.people["office2"], "task.new")
        assert find_draft(session.connection(), city.people["office1"], "task.batch") is None
    assert found is not None
    assert other is not None
    assert (found.version, found.data, found.saved_at) == (4, {"title": "二稿"}, NOW + timedelta(minutes=1))
    assert other.data == {"title": "别人"}


def test_what_a_form_hides_is_never_kept(city: City) -> None:
    """No token, key, password or marker becomes part of a draft."""
    hidden = dict.fromkeys(("csrf_token", "key", "version", "_form", "_who", "seen.into", "Old_Password"), "x")
    _save(city, data={**hidden, "f.text": "进展"})
    with city.database.reading() as session:
        found = find_draft(session.connection(), city.people["office1"], "task.new")
    assert found is not None
    assert found.data == {"f.text": "进展"}


@pytest.mark.parametrize(
    ("form", "version", "data", "fields"),
    [
        ("", None, {}, {"form"}),
        ("a/b", None, {}, {"form"}),
        ("a.b.c.d", None, {}, {"form"}),
        ("x" * 31, 0, {"a": 1}, {"form", "version", "data"}),
        ("task.new", 2**31, {}, {"version"}),
        ("task.new", None, {"a": {"b": "c"}}, {"data"}),
        ("task.new", None, {"a": ["b", None]}, {"data"}),
        ("task.new", None, {"": "b"}, {"data"}),
        ("task.new", None, {"a": "\0"}, {"data"}),
        ("task.new", None, {"a": "\ud800"}, {"data"}),
        ("task.new", None, {"a": "字" * (BYTES_MAX // 3 + 1)}, {"data"}),
        ("task.new", None, {f"r{n}.title": "x" for n in range(3001)}, {"data"}),
    ],
)
def test_a_wrong_draft_is_refused_with_every_fault(
    city: City, form: str, version: int | None, data: dict[str, Any], fields: set[str]
) -> None:
    """Names, versions and data that are none are told at once; nothing is kept."""
    with pytest.raises(InvalidError) as caught:
        _save(city, form, data, version=version)
    assert {fault.field for fault in caught.value.faults} == fields
    with city.database.reading() as session:
        assert list_drafts(session.connection(), city.people["office1"]) == ()


def test_the_oldest_draft_gives_way(city: City) -> None:
    """A person has a bounded number of drafts; those of others are not touched."""
    _save(city, login="office2", now=NOW - timedelta(days=1))
    for number in range(DRAFTS_MAX + 2):
        _save(city, f"item.{number + 1}.report", now=NOW + timedelta(seconds=number))
    with city.database.reading() as session:
        mine = list_drafts(session.connection(), city.people["office1"])
        assert len(list_drafts(session.connection(), city.people["office2"])) == 1
    assert len(mine) == DRAFTS_MAX
    assert mine[0].form == f"item.{DRAFTS_MAX + 2}.report"
    assert "item.2.report" not in {row.form for row in mine}


def test_drafts_are_discarded_and_forgotten(city: City) -> None:
    """Sending or discarding ends one draft; a month untouched ends the others."""
    _save(city)
    _save(city, "task.batch", now=NOW + timedelta(days=5))
    person_id = city.people["office1"]
    with city.database.writing() as session:
        connection = session.connection()
        assert not discard_draft(connection, city.people["office2"], "task.new")
        assert forget_drafts(connection, NOW + timedelta(days=30)) == 0
        assert forget_drafts(connection, NOW + timedelta(days=31)) == 1
        assert [row.form for row in list_drafts(connection, person_id)] == ["task.batch"]
        assert discard_draft(connection, person_id, "task.batch")
        assert not discard_draft(connection, person_id, "task.batch")


def test_titles_are_those_that_one_may_read(city: City) -> None:
    """A draft on an item that is no longer readable names no title."""
    task = city.task("主城区信号机数据对接", confidential=True)
    with city.database.reading() as session:
        assert name_titles(session.connection(), ["OFFICE", "OVERSIGHT"], [task, 10**9]).keys() <= {task}
        assert name_titles(session.connection(), ["U:999999"], [task]) == {}
