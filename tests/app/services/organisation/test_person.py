"""People, posts and who holds them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import TypeVar

import pytest
from sqlalchemy import select

from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.models.item import Item, ItemAccess
from app.models.organisation import AccessToken, Holding, Person, Post
from app.models.record import History
from app.policy.access import compare
from app.policy.people import find_actor
from app.services.act import Act
from app.services.organisation import post
from app.services.organisation.password import PASSWORD_MIN, hash_password
from app.services.organisation.person import add_person, deactivate_person, find_person, set_preferences
from app.services.organisation.token import find_token, issue_token, revoke_token
from app.services.recording import Acting
from tests.city import NOW, City

Result = TypeVar("Result")
TODAY = date(2026, 3, 2)


def _write(city: City, work: Callable[[Act], Result]) -> Result:
    return city.database.write(
        lambda session: work(Act(session.connection(), Acting(city.people["admin"], "admin"), NOW, TODAY, "test"))
    )


def _holding(city: City, login: str) -> int:
    with city.database.reading() as session:
        return session.execute(select(Holding.id).where(Holding.person_id == city.people[login])).scalar_one()


def test_a_login_is_taken_once_however_it_is_typed(city: City) -> None:
    """P89 for people: full width, capitals, blanks around; the name is shown as typed."""
    added = _write(city, lambda act: add_person(act, "Li.Lei", "李雷"))
    for twin in ("li.lei", " LI.LEI ", "ｌｉ.lei", "li.\u200blei"):
        with pytest.raises(InvalidError, match="1 thing"):
            _write(city, lambda act, twin=twin: add_person(act, twin, "另一人"))  # type: ignore[misc]
    with city.database.reading() as session:
        assert find_person(session.connection(), "LI.lei") == added


def test_every_fault_of_a_person_is_listed(city: City) -> None:
    """P107: limits are enforced before the database, each with its field."""
    with pytest.raises(InvalidError) as caught:
        _write(city, lambda act: add_person(act, "l" * 121, "名" * 121, email="e" * 201))
    assert {fault.field for fault in caught.value.faults} == {"login", "name", "email"}
    with pytest.raises(InvalidError):
        _write(city, lambda act: add_person(act, "two words", "名"))
    with pytest.raises(InvalidError):
        _write(city, lambda act: set_preferences(act, city.people["admin"], locale="fr"))


@pytest.mark.parametrize("password", ["x" * (PASSWORD_MIN - 1), "somebody.long", "SOMEBODY.LONG", "x" * 201, ""])
def test_a_weak_password_is_refused(password: str) -> None:
    """Ten characters at least, not the login, not endless."""
    with pytest.raises(InvalidError):
        hash_password("somebody.long", password)


def test_p61_who_leaves_stays_on_record_and_hands_everything_back(city: City) -> None:
    """P61, P08: name and history stay; post, token and charge end; the item's readers follow."""
    task = city.task()
    city.do("office1", task, "assign")
    city.do("tra_staff", task, "receive")
    city.do("tra_head", task, "appoint", {"person": city.people["tra_staff"]})
    person_id = city.people["tra_staff"]
    token = _write(city, lambda act: issue_token(act, person_id, "x"))
    _write(city, lambda act: deactivate_person(act, person_id))
    _write(city, lambda act: deactivate_person(act, person_id))
    with city.database.reading() as session:
        connection = session.connection()
        assert find_actor(connection, person_id, TODAY) is None
        assert find_token(connection, token.text, NOW, NOW.date()) is None
        assert connection.execute(select(Item.assignee_id).where(Item.id == task)).scalar_one() is None
        assert connection.execute(select(Person.name).where(Person.id == person_id)).scalar_one() == "测试tra_staff"
        steps = connection.execute(select(History.action).where(History.item_id == task).order_by(History.seq))
        assert list(steps.scalars()) == ["create", "assign", "receive", "appoint", "release"]
        assert compare(connection) == []
    city.do("tra_head", task, "start")


def test_who_moves_to_another_department_hands_back_what_was_in_charge(city: City) -> None:
    """P08: the only person in charge moves; the item falls to the head and does not follow the person."""
    task = city.task()
    city.do("office1", task, "assign")
    city.do("tra_head", task, "appoint", {"person": city.people["tra_staff"]})
    _write(city, lambda act: post.fill_post(act, city.departments["POL"], "member", city.people["tra_staff"]))
    with city.database.reading() as session:
        assert post.list_charges(session.connection(), city.people["tra_staff"]) == [(task, "主城区信号机数据对接")]
    _write(city, lambda act: post.vacate(act, _holding_of(act, city, "tra_staff", "TRA")))
    with pytest.raises(NotFoundError):
        city.do("tra_staff", task, "receive")
    city.do("tra_head", task, "receive")


def _holding_of(act: Act, city: City, login: str, code: str) -> int:
    return int(
        act.connection.execute(
            select(Holding.id)
            .join(Post, Post.id == Holding.post_id)
            .where(Holding.person_id == city.people[login], Post.department_id == city.departments[code])
        ).scalar_one()
    )


def test_the_last_office_post_is_never_vacated(city: City) -> None:
    """An item never waits for nobody: vacating and deactivating the last one are refused."""
    for login in ("office1", "office2"):
        _write(city, lambda act, login=login: deactivate_person(act, city.people[login]))  # type: ignore[misc]
    with pytest.raises(ConflictError, match="last_office_post"):
        _write(city, lambda act: post.vacate(act, _holding(city, "director")))
    with pytest.raises(ConflictError, match="last_office_post"):
        _write(city, lambda act: deactivate_person(act, city.people["director"]))
    with city.database.reading() as session:
        assert session.execute(select(Person.is_active).where(Person.login == "director")).scalar_one()


def test_two_who_leave_at_once_cannot_empty_the_office(city: City) -> None:
    """The same under a race: one of the two last ones stays."""
    _write(city, lambda act: deactivate_person(act, city.people["office1"]))
    barrier = Barrier(2)

    def leave(login: str) -> bool:
        barrier.wait()
        try:
            _write(city, lambda act: deactivate_person(act, city.people[login]))
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        gone = list(pool.map(leave, ("office2", "director")))
    assert sorted(gone) == [False, True]


def test_a_holding_is_half_open(city: City) -> None:
    """Valid on its first day, no longer on its last; a future one not yet."""
    person_id = city.add_person("new")
    post_id = city.posts["pol_head"]
    _write(city, lambda act: post.appoint(act, post_id, person_id, from_on=TODAY + timedelta(days=5)))
    with city.database.reading() as session:
        connection = session.connection()
        counts = []
        for days in (4, 5, 400):
            actor = find_actor(connection, person_id, TODAY + timedelta(days=days))
            assert actor is not None
            counts.append(len(actor.capacities))
    assert counts == [0, 1, 1]
    with pytest.raises(InvalidError):
        _write(city, lambda act: post.appoint(act, post_id, person_id, from_on=TODAY + timedelta(days=6)))


def test_a_post_given_and_withdrawn_on_one_day_leaves_no_right(city: City) -> None:
    """P05: withdrawn means at once, also when it began today."""
    person_id = city.add_person("new")
    _write(city, lambda act: post.fill_post(act, city.departments["POL"], "member", person_id))
    _write(city, lambda act: post.vacate(act, _holding(city, "new")))
    with city.database.reading() as session:
        actor = find_actor(session.connection(), person_id, TODAY)
    assert actor is not None
    assert actor.capacities == ()


def test_a_successor_takes_the_vacant_post(city: City) -> None:
    """The post outlives its holder; without a vacancy a new one is made."""
    _write(city, lambda act: post.vacate(act, _holding(city, "pol_head")))
    first, second = city.add_person("first"), city.add_person("second")
    taken = _write(city, lambda act: post.fill_post(act, city.departments["POL"], "head", first))
    made = _write(city, lambda act: post.fill_post(act, city.departments["POL"], "head", second))
    assert taken == city.posts["pol_head"]
    assert made != taken


def test_a_held_post_is_not_closed(city: City) -> None:
    """Vacate first; then it can be closed."""
    with pytest.raises(ConflictError, match="post_held"):
        _write(city, lambda act: post.close_post(act, city.posts["pol_head"]))
    _write(city, lambda act: post.vacate(act, _holding(city, "pol_head")))
    _write(city, lambda act: post.close_post(act, city.posts["pol_head"]))
    with pytest.raises(InvalidError):
        _write(city, lambda act: post.appoint(act, city.posts["pol_head"], city.people["pol_head"]))


@pytest.mark.parametrize(("code", "duty", "is_director"), [("ENE", "head", False), ("OFF", "office", True)])
def test_a_new_head_reads_the_confidential_items_at_once(
    city: City,
    code: str,
    duty: str,
    is_director: bool,  # noqa: FBT001  # a case
) -> None:
    """A second head of a supporting department, a second director: readers are written with the post."""
    task = city.task(lead="TRA", supports=("ENE",), confidential=True)
    person_id = city.add_person("new")
    post_id = _write(city, lambda act: post.add_post(act, city.departments[code], duty, is_director=is_director))
    _write(city, lambda act: post.appoint(act, post_id, person_id))
    with city.database.reading() as session:
        found = select(ItemAccess.item_id).where(ItemAccess.reader == f"P:{post_id}")
        assert list(session.execute(found).scalars()) == [task]
        assert compare(session.connection()) == []


def test_a_wrong_post_is_refused(city: City) -> None:
    """An unknown duty, a director outside the office, a department that does not exist."""
    for code, duty, is_director in ((1, "king", False), (1, "head", True), (10**9, "head", False)):
        with pytest.raises(InvalidError):
            _write(
                city,
                lambda act, c=code, d=duty, i=is_director: post.add_post(act, c, d, is_director=i),  # type: ignore[misc]
            )


def test_only_the_digest_of_a_token_is_kept(city: City) -> None:
    """The text is nowhere in the database; a revoked token ends at once."""
    token = _write(city, lambda act: issue_token(act, city.people["tra_staff"], "x"))
    with city.database.reading() as session:
        row = session.execute(select(AccessToken)).scalar_one()
        kept = " ".join(str(getattr(row, column.key)) for column in AccessToken.__table__.columns)
        held = find_token(session.connection(), token.text, NOW, NOW.date())
        assert held is not None
        assert (held.person_id, held.scopes) == (city.people["tra_staff"], frozenset({"read", "write"}))
    assert token.text not in kept
    assert len(token.text) > 32
    _write(city, lambda act: revoke_token(act, token.id))
    with city.database.reading() as session:
        assert find_token(session.connection(), token.text, NOW, NOW.date()) is None
        assert find_token(session.connection(), "\ud800", NOW, NOW.date()) is None
    with pytest.raises(NotFoundError):
        _write(city, lambda act: revoke_token(act, token.id + 1))
