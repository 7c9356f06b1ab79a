"""Every revision, filled with a row in every table, upgrades to the newest: nothing is lost, and the product works."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app.core.clock import FixedClock
from app.core.database import Database, make_engine
from app.core.migration import list_revisions, upgrade
from app.factory import create_app
from app.models import Base
from app.policy.access import compare, rebuild
from app.services.fund.checking import check_ledger
from app.services.organisation.token import issue_token
from app.services.rulebook import Rulebook
from tests.app.jobs.backup.staging import empty_place, url_of
from tests.app.jobs.backup.staging import read_standing as read_readiness
from tests.app.pages.conftest import Visit, give_passwords
from tests.city import NOW, City, build_city
from tests.client import make_settings
from tests.databases import drop_postgresql, drop_sqlite, prepare
from tests.messaging import make_act
from tests.migrations.filling import FIRST_ID, STRIDE
from tests.migrations.test_revisions import find_differences
from tests.migrations.walking import Standing, find_losses, list_added, list_rows, put_rows, read_standing
from tests.postgres import make_database

KINDS = ("sqlite", "postgresql")
#: Rows that a revision puts into a table that was there before, by table: what each of them begins with, and why.
ADDED = {"item_access": ("reader", "A:")}
#: The revision that adds them: the substitute of an assignee reads what is confidential.
WITH_SUBSTITUTES = 13
#: Who looks at the lists, each at those that nobody before was let see.
PEOPLE = ("office1", "admin", "auditor", "tra_head")
#: What needs a parameter to be asked at all, single sign-on (none is set up), and leaving.
NO_LISTS = ("/login", "/log-out", "/api/v1/calendars/workdays", "/api/v1/funds/year-end")
#: Lists that are there only while something waits in them.
EMPTY = ("/meetings/to-complete",)
_NUMBERS = count(1)


def stand(database: Database) -> Standing:
    """Return every row of a database."""
    with database.reading() as session:
        return read_standing(session.connection())


@contextmanager
def copied(database: Database) -> Iterator[Database]:
    """Give a copy of a database that nobody uses meanwhile."""
    database.engine.dispose()
    if database.is_postgresql:
        url = make_database(f"filled_{next(_NUMBERS)}", database.engine.url.database)
    else:
        path = Path(str(database.engine.url.database))
        url = f"sqlite:///{shutil.copy(path, path.with_name(f'filled-{next(_NUMBERS)}.sqlite3'))}"
    copy = Database(make_engine(url))
    try:
        yield copy
    finally:
        copy.engine.dispose()
        (drop_postgresql if database.is_postgresql else drop_sqlite)(url)


@pytest.mark.parametrize("kind", KINDS)
def test_every_revision_filled_upgrades_to_the_newest(kind: str, book: Rulebook, tmp_path: Path) -> None:
    """Issue 9, part 5: from each revision at once, in one transaction, and step by step through all of them."""
    before: Standing = {}
    with empty_place(kind) as database:
        for revision, rows in zip(list_revisions(), list_rows(), strict=True):
            upgrade(database, revision)
            put_rows(database, rows)
            earlier, before = before, stand(database)
            assert list(find_losses(earlier, before)) == [], revision
            assert all(rows.values()), revision
            assert all(before.values()), revision
            with copied(database) as copy:
                upgrade(copy)
                check_kept(before, stand(copy), revision)
        check_works(database, book, tmp_path)


def check_kept(before: Standing, after: Standing, revision: str) -> None:
    """Every row is there with all its values, and none is there that no revision says it adds."""
    assert list(find_losses(before, after)) == [], revision
    for table, rows in list_added(before, after).items():
        column, beginning = ADDED[table]
        assert all(str(row[column]).startswith(beginning) for row in rows), revision


def check_works(database: Database, book: Rulebook, var: Path) -> None:
    """See that the schema is the models' and that they read every row; that lists, work and checks go on."""
    before = stand(database)
    assert find_differences(database) == []
    with database.reading() as session:
        if not database.is_postgresql:
            assert session.execute(text("PRAGMA foreign_key_check")).all() == []
            assert session.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        for mapper in Base.registry.mappers:
            assert session.execute(select(mapper.class_)).all(), mapper.class_
    prepare(database)
    assert list(find_losses(before, stand(database))) == []
    city = build_city(database, book)
    task = city.task(supports=("ENE",))
    city.do("office1", task, "assign")
    assert city.state(task) == "assigned"
    check_checks(database)
    look_at_lists(database, city, var)


def check_checks(database: Database) -> None:
    """See that readers which a revision wrote are what the product writes, and that money which was made up is told."""
    substitutes = text(
        "SELECT reader, item_id, kind, is_open, due_key FROM item_access"
        f" WHERE reader LIKE 'A:%' AND item_id < {FIRST_ID + STRIDE * WITH_SUBSTITUTES} ORDER BY reader, item_id"
    )
    with database.writing() as session:
        connection = session.connection()
        written = connection.execute(substitutes).all()
        rebuild(connection)
        assert compare(connection) == []
        assert connection.execute(substitutes).all() == written != []
        assert check_ledger(connection).faults


def look_at_lists(database: Database, city: City, var: Path) -> None:
    """Whatever can be asked without a number answers, as page and by the API, for whoever may see it."""
    give_passwords(database)
    app = create_app(make_settings(url_of(database), var), FixedClock(NOW))
    app.testing = True
    assert read_readiness(app) == (200, "ok")
    places = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if not rule.arguments and "GET" in (rule.methods or ()) and not rule.rule.startswith(NO_LISTS)
    }
    seen = set(EMPTY)
    for login in PEOPLE:
        with database.writing() as session:
            token = issue_token(make_act(session, city, login), city.people[login], "lists").text
        visit = Visit(app.test_client())
        visit.log_in(login)
        for place in sorted(places - seen):
            if place.startswith("/api/"):
                answer = app.test_client().get(place, headers={"Authorization": f"Bearer {token}"})
            else:
                answer = visit.get(place)
            assert answer.status_code in (200, 302, 303, 403, 404), (place, login, answer.status_code)
            if answer.status_code < 400:
                seen.add(place)
            answer.close()
    assert places - seen == set()


def test_what_is_lost_is_found() -> None:
    """A table, a row, a column, a value: none of them goes unseen; a new row neither."""
    one, two = ((("id", "1"),), (("id", "2"),))
    before: Standing = {"a": {one: {"id": "1", "x": "y"}, two: {"id": "2", "x": "y"}}, "b": {}}
    after: Standing = {"a": {one: {"id": "1", "x": "z"}}}
    assert list(find_losses(before, after)) == [
        "a.x of {'id': '1'}: 'y' became 'z'", "a {'id': '2'} is gone", "table b is gone",
    ]  # fmt: skip
    assert list(find_losses(before, {"a": {one: {"id": "1"}, two: {"id": "2", "x": "y"}}, "b": {}})) == ["a.x is gone"]
    assert list(find_losses(before, before)) == []
    assert list_added(after, before) == {"a": [{"id": "2", "x": "y"}]}
