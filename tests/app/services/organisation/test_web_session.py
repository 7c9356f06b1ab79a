"""Sessions of browsers: only a digest is kept; they lapse, end one by one or all at once, and are forgotten."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.models.personal import WebSession
from app.queries.personal.feed import find_feed
from app.queries.visitor import find_session, list_sessions
from app.services.act import Act
from app.services.organisation.person import deactivate_person, set_password_hash
from app.services.organisation.token import find_token, issue_token
from app.services.organisation.web_session import (
    SessionLimits,
    begin_session,
    digest_key,
    end_session,
    end_sessions_of,
    forget_sessions,
    is_due,
    touch_session,
)
from app.services.personal.feed import hash_key, make_feed
from app.services.recording import Acting
from tests.city import NOW, City

MINUTE = timedelta(minutes=1)
LIMITS = SessionLimits(120 * MINUTE, timedelta(hours=12))


def test_only_a_digest_is_kept(city: City) -> None:
    """The key itself stands nowhere; no two are the same; what a browser calls itself is shortened and harmless."""
    with city.database.writing() as session:
        connection = session.connection()
        keys = {begin_session(connection, city.people["office1"], "Mozilla\n\0" + "x" * 500, NOW) for _ in range(2)}
        rows = connection.execute(select(WebSession.sha256, WebSession.agent)).all()
        shown = list_sessions(
            connection, city.people["office1"], began_after=NOW - 9 * MINUTE, seen_after=NOW - 9 * MINUTE
        )
    assert len(keys) == 2
    assert {row.sha256 for row in rows} == {digest_key(key) for key in keys}
    assert all(len(row.agent) == 120 and row.agent.startswith("Mozillax") for row in shown)
    assert not any("Mozilla" in row.agent.token for row in rows)


@pytest.mark.parametrize(
    ("began", "seen", "is_over"), [(0, 0, False), (119, 119, False), (120, 120, True), (719, 1, False), (720, 1, True)]
)
def test_limits(began: int, seen: int, *, is_over: bool) -> None:
    """A session lapses after so long without a request, and so long after log-in whatever happens."""
    assert LIMITS.is_over(NOW - began * MINUTE, NOW - seen * MINUTE, NOW) == is_over


def test_signs_of_life_are_written_once_a_minute(city: City) -> None:
    """A later sign of life stays; an ended session has none."""
    assert not is_due(NOW, NOW + timedelta(seconds=59))
    assert is_due(NOW, NOW + MINUTE)
    with city.database.writing() as session:
        connection = session.connection()
        sha256 = digest_key(begin_session(connection, city.people["office1"], "a", NOW))
        touch_session(connection, sha256, NOW + 5 * MINUTE)
        touch_session(connection, sha256, NOW + 3 * MINUTE)
        end_session(connection, sha256, NOW + 6 * MINUTE)
        touch_session(connection, sha256, NOW + 7 * MINUTE)
        end_session(connection, sha256, NOW + 8 * MINUTE)
        found = find_session(connection, sha256, NOW, NOW.date())
        assert find_session(connection, digest_key("another"), NOW, NOW.date()) is None
    assert found is not None
    assert (found.seen_at, found.ended_at) == (NOW + 5 * MINUTE, NOW + 6 * MINUTE)
    assert found.account.login == "office1"


def test_all_but_one_end(city: City) -> None:
    """Log-out everywhere else leaves the own session and those of other people."""
    with city.database.writing() as session:
        connection = session.connection()
        keys = [begin_session(connection, city.people[login], "a", NOW) for login in ("office1", "office1", "office2")]
        assert end_sessions_of(connection, city.people["office1"], NOW, but=digest_key(keys[0])) == 1
        assert end_sessions_of(connection, city.people["office1"], NOW, but=digest_key(keys[0])) == 0
        ended = [
            found.ended_at for key in keys if (found := find_session(connection, digest_key(key), NOW, NOW.date()))
        ]
        open_ones = list_sessions(connection, city.people["office1"], began_after=NOW - MINUTE, seen_after=NOW - MINUTE)
        assert list_sessions(connection, city.people["office1"], began_after=NOW, seen_after=NOW - MINUTE) == ()
    assert ended == [None, NOW, None]
    assert [one.sha256 for one in open_ones] == [digest_key(keys[0])]


@pytest.mark.parametrize("way", ["password", "deactivation"])
def test_a_new_password_or_a_deactivation_ends_all(city: City, way: str) -> None:
    """P91: from outside, every session of the person ends."""
    person_id = city.people["tra_staff"]
    with city.database.writing() as session:
        connection = session.connection()
        key = begin_session(connection, person_id, "a", NOW)
        act = Act(connection, Acting(city.people["admin"], "admin"), NOW + MINUTE, NOW.date(), "test")
        if way == "password":
            set_password_hash(act, person_id, "x")
        else:
            deactivate_person(act, person_id)
        found = find_session(connection, digest_key(key), NOW, NOW.date())
    assert found is not None
    assert found.ended_at == NOW + MINUTE


@pytest.mark.parametrize("ends", [True, False])
def test_a_new_password_ends_what_opens_the_account_without_it(city: City, *, ends: bool) -> None:
    """P91: tokens and calendar feeds of the person end with the password unless they are to stay; nobody else's do."""
    mine, other = city.people["tra_staff"], city.people["tra_head"]
    with city.database.writing() as session:
        connection = session.connection()
        tokens, feeds = [], []
        for person_id in (mine, other):
            act = Act(connection, Acting(person_id, "self"), NOW, NOW.date(), "test")
            tokens.append(issue_token(act, person_id, "test").text)
            feeds.append(hash_key(make_feed(act, "test", "zh", None).key))
        act = Act(connection, Acting(city.people["admin"], "admin"), NOW + MINUTE, NOW.date(), "test")
        if ends:
            set_password_hash(act, mine, "x")
        else:
            set_password_hash(act, mine, "x", ends_tokens=False)
        assert [find_token(connection, one, NOW + MINUTE, NOW.date()) is None for one in tokens] == [ends, False]
        assert [find_feed(connection, one) is None for one in feeds] == [ends, False]


def test_old_sessions_are_forgotten(city: City) -> None:
    """A month after the end, or after the last sign of life, the row goes."""
    with city.database.writing() as session:
        connection = session.connection()
        person_id = city.people["office1"]
        ended, lapsed = (digest_key(begin_session(connection, person_id, "a", NOW)) for _ in range(2))
        end_session(connection, ended, NOW + timedelta(days=1))
        assert forget_sessions(connection, NOW + timedelta(days=30)) == 0
        assert forget_sessions(connection, NOW + timedelta(days=30, minutes=1)) == 1
        assert find_session(connection, lapsed, NOW, NOW.date()) is None
        assert forget_sessions(connection, NOW + timedelta(days=32)) == 1
