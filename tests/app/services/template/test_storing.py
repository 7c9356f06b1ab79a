"""Templates are kept like workflow versions: a change is a new version, nothing is altered in place."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from app.core.errors import ForbiddenError, InvalidError, NotFoundError
from app.models.template import ProjectTemplate
from app.policy.people import find_actor
from app.queries.template import find_template, find_template_by_key, find_template_of, list_templates
from app.services.template import storing
from app.services.template.shipped import read_shipped_templates
from app.services.template.storing import (
    add_template,
    admit_keeper,
    parse_body,
    parse_template,
    require_template,
    retire_template,
    store_templates,
)
from tests.app.services.template.orders import START, act, make, order
from tests.city import NOW, City
from workflows.template import Template
from workflows.words import Text

TRAFFIC = next(one for one in read_shipped_templates() if one.key == "smart-traffic")
CHANGED = replace(TRAFFIC, purpose=Text("改过", "changed"))


def versions(city: City, key: str = "smart-traffic") -> list[tuple[int, str]]:
    with city.database.reading() as session:
        statement = select(ProjectTemplate.version, ProjectTemplate.source).where(ProjectTemplate.key == key)
        return [(row[0], row[1]) for row in session.execute(statement.order_by(ProjectTemplate.version))]


def test_an_upgrade_stores_what_changed_and_only_that(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """`flask db upgrade` any number of times: the same body is not stored again, another one is the next version."""

    def store() -> int:
        with city.database.writing() as session:
            return store_templates(session.connection(), NOW)

    assert store() == 0
    monkeypatch.setattr(storing, "read_shipped_templates", lambda: (CHANGED,))
    assert store() == 1
    assert store() == 0
    assert versions(city) == [(1, "shipped"), (2, "shipped")]
    with city.database.reading() as session:
        connection = session.connection()
        newest = find_template_by_key(connection, "smart-traffic")
        assert (newest.version, newest.template.purpose.en) == (2, "changed")
        first = (ProjectTemplate.key == "smart-traffic", ProjectTemplate.version == 1)
        older = connection.execute(select(ProjectTemplate.id).where(*first))
        assert find_template(connection, older.scalar_one()).template == TRAFFIC


def test_a_made_version_stands_beside_the_shipped_one(city: City) -> None:
    """The city's own version of a shipped template is the newest; the next upgrade does not take it away."""
    with city.database.writing() as session:
        one = act(city, session.connection())
        first, again = add_template(one, CHANGED), add_template(one, CHANGED)
        assert (first.version, first.is_new, again.version, again.is_new) == (2, True, 2, False)
        assert store_templates(session.connection(), NOW) == 0
    assert versions(city) == [(1, "shipped"), (2, "made")]


def test_a_retired_template_is_offered_no_more(city: City) -> None:
    """Retired: not listed, not found by key; sent in again, it is a new version."""
    with city.database.writing() as session:
        connection = session.connection()
        assert len(list_templates(connection)) == 12
        retire_template(act(city, connection), "community")
        assert len(list_templates(connection)) == 11
        with pytest.raises(NotFoundError):
            find_template_by_key(connection, "community")
        with pytest.raises(NotFoundError):
            retire_template(act(city, connection), "community")
        with pytest.raises(InvalidError):
            require_template(connection, "community", "template")
        community = next(one for one in read_shipped_templates() if one.key == "community")
        assert add_template(act(city, connection), community).version == 2
        assert require_template(connection, "community", "template")


def test_faults_reach_the_edges_with_file_and_line() -> None:
    """Every fault as field and sentence in both languages."""
    with pytest.raises(InvalidError) as caught:
        parse_template("format = 1\nkey = 'x'\n", "mine.toml")
    assert caught.value.code == "template_invalid"
    assert any(fault.field == "mine.toml languages" for fault in caught.value.faults)
    with pytest.raises(InvalidError) as body:
        parse_body({"format": 1}, "body")
    assert all(fault.field.startswith("body ") for fault in body.value.faults)


@pytest.mark.parametrize(("login", "ok"), [("office1", True), ("admin", True), ("tra_head", False), ("leader", False)])
def test_who_keeps_templates(city: City, login: str, *, ok: bool) -> None:
    """The office and the administrators."""
    with city.database.reading() as session:
        actor = find_actor(session.connection(), city.people[login], START)
    assert actor is not None
    if ok:
        assert admit_keeper(actor).person_id == city.people[login]
    else:
        with pytest.raises(ForbiddenError):
            admit_keeper(actor)


def test_a_project_leads_back_to_its_template(city: City) -> None:
    """Gate lines and indicators of a project are those of the version that it was made from; others have none."""
    made = make(city, order(city)).answer["id"]
    with city.database.writing() as session:
        add_template(act(city, session.connection()), CHANGED)
    with city.database.reading() as session:
        found = find_template_of(session.connection(), made)
        assert found is not None
        assert found.version == 1
        assert isinstance(found.template, Template)
    plain = city.project()
    with city.database.reading() as session:
        assert find_template_of(session.connection(), plain) is None
