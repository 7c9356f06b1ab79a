"""What other services take from the register; and two at once who register or correct."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.core.errors import ConflictError, DomainError, ForbiddenError, InvalidError, NotFoundError, StaleError
from app.policy.people import Actor, find_actor
from app.services.attachment.permission import Parent, find_standing
from app.services.document.correcting import correct_document
from app.services.document.finding import get_document, get_readable, list_reader_ids, require_office
from app.services.document.registering import DOCUMENT_KNOWN, Registered, register_document
from tests.app.services.test_races import at_once
from tests.city import NOW, City

TODAY = date(2026, 3, 2)


def actor_of(city: City, login: str) -> Actor:
    """Return the actor."""
    with city.database.reading() as session:
        actor = find_actor(session.connection(), city.people[login], TODAY)
    assert actor is not None
    return actor


def register(
    city: City, login: str = "office1", key: str | None = None, *, again: bool = False, **more: Any,  # noqa: ANN401
) -> Registered:  # fmt: skip
    """Register a letter."""
    actor, given = actor_of(city, login), {"kind": "letter", "title": "来函", **more}
    return city.database.write(
        lambda session: register_document(
            session.connection(), actor, NOW, TODAY, given, key=key, source="test", again=again
        )
    )


def correct(city: City, document: int, version: int, **given: Any) -> int:  # noqa: ANN401
    """Correct a document as the office."""
    actor = actor_of(city, "office2")
    return city.database.write(
        lambda session: correct_document(
            session.connection(), actor, NOW, TODAY, document, version, given, source="test"
        )
    )


def test_a_document_is_found(city: City) -> None:
    """By the product for anybody, for a person only when they may read it."""
    made = register(city, readers=[city.people["pol_head"]], issuer="数据局")
    with city.database.writing() as session:
        connection = session.connection()
        document = get_document(connection, made.document_id)
        assert (document.title, document.issuer, document.register_number) == ("来函", "数据局", "收〔2026〕1号")
        assert get_readable(connection, actor_of(city, "pol_head"), made.document_id, lock=True) == document
        assert list_reader_ids(connection, made.document_id) == [city.people["pol_head"]]
        with pytest.raises(NotFoundError):
            get_readable(connection, actor_of(city, "tra_head"), made.document_id)
        with pytest.raises(NotFoundError):
            get_document(connection, 999_999)
    assert require_office(actor_of(city, "director")).is_director
    with pytest.raises(ForbiddenError):
        require_office(actor_of(city, "leader"))


@pytest.mark.parametrize(("given", "field"), [
    ({"kind": "x"}, "kind"), ({"urgency": "x"}, "urgency"), ({"readers": list(range(1, 102))}, "readers"),
    ({"received_on": date(1999, 1, 1)}, "received_on"), ({"dated_on": date(2100, 1, 1)}, "dated_on"),
    ({"leader_post_id": 99999}, "leader_post_id"),
])  # fmt: skip
def test_a_field_out_of_bounds_is_named(city: City, given: dict[str, Any], field: str) -> None:
    """Every caller of the service is told, not only those that come through a schema."""
    with pytest.raises(InvalidError) as caught:
        register(city, **given)
    assert field in [fault.field for fault in caught.value.faults]


def test_somebody_without_a_post_reads_nothing(city: City) -> None:
    """Who has left the city's service gets the 404 of no such document."""
    document = register(city).document_id
    with city.database.writing() as session:
        session.execute(text("UPDATE person SET is_active = :no WHERE login = 'tra_head'"), {"no": False})
        for person in (city.people["tra_head"], city.people["ene_head"]):
            with pytest.raises(NotFoundError):
                find_standing(session.connection(), Parent(document_id=document), person, NOW, TODAY)


def test_p104_many_at_once_get_numbers_without_gaps(city: City) -> None:
    """P104: eight register at the same moment, two of them wrongly: 1 to 6, none twice; a double click is one."""
    calls = [lambda number=number: register(city, title=f"函{number}") for number in range(6)]
    calls += [lambda: register(city, title="") for _ in range(2)]  # type: ignore[misc]  # the same calls, without a number
    done = [result for result in at_once([*calls]) if isinstance(result, Registered)]
    assert sorted(result.register_number for result in done) == [f"收〔2026〕{n}号" for n in range(1, 7)]
    twice = at_once([lambda: register(city, key="k") for _ in range(4)])
    assert {result.document_id for result in twice if isinstance(result, Registered)} == {7}
    assert not [result for result in twice if isinstance(result, DomainError)]


def test_of_two_corrections_at_once_one_is_stale(city: City) -> None:
    """P01's kin: the row is locked before the version is compared."""
    document = register(city).document_id
    results = at_once([lambda n=n: correct(city, document, 1, title=f"更正{n}") for n in range(4)])  # type: ignore[misc]
    assert results.count(2) == 1
    assert sum(isinstance(result, StaleError) for result in results) == 3


@pytest.mark.parametrize("change", [
    "kind = 'x'", "kind = 'instruction'", "urgency = 'x'", "title = ''", "register_number = NULL",
    "leader_post_id = 99999",
])  # fmt: skip
def test_the_database_refuses_a_row_that_makes_no_sense(city: City, change: str) -> None:
    """Closed lists, an instruction's leader, a number in the register: by the database itself."""
    register(city)
    with pytest.raises(IntegrityError), city.database.writing() as session:
        session.execute(text(f"UPDATE source_document SET {change}"))


@pytest.mark.parametrize(
    ("number", "issuer"), [("数〔2026〕3号", "数据局"), ("数［2026］3号 ", "数据局"), ("A-1", None)]
)
def test_the_same_letter_is_asked_about(city: City, number: str, issuer: str | None) -> None:
    """Same issuer, same number, compared folded: no second number of the register unless it is meant."""
    stands = {"数": "数〔2026〕3号", "A": "a-1"}[number[0]]
    first = register(city, number=stands, issuer=issuer)
    with pytest.raises(ConflictError) as caught:
        register(city, "office2", number=number, issuer=issuer)
    assert caught.value.code == DOCUMENT_KNOWN
    assert first.register_number in caught.value.sentence.zh
    assert register(city, number=number, issuer=issuer, again=True).register_number == "收〔2026〕2号"


@pytest.mark.parametrize(
    "more",
    [{"number": "2", "issuer": "数据局"}, {"number": "1", "issuer": "财政局"}, {"number": None, "issuer": "数据局"}],
)
def test_other_letters_are_not_asked_about(city: City, more: dict[str, Any]) -> None:
    """Another number, another issuer, or none."""
    register(city, number="1", issuer="数据局")
    register(city, **more)


def test_a_letter_that_may_not_be_read_is_not_betrayed(city: City) -> None:
    """What may not be read looks exactly like what is missing."""
    register(city, number="1", issuer="数据局", confidential=True)
    assert register(city, "office2", number="1", issuer="数据局").register_number == "收〔2026〕2号"


def test_a_letter_that_two_register_at_once_stands_once(city: City) -> None:
    """The second waits for the first one's number and then sees it."""
    letter: dict[str, Any] = {"number": "1", "issuer": "数据局"}
    results = at_once([lambda: register(city, "office1", **letter), lambda: register(city, "office2", **letter)])
    assert sum(isinstance(one, ConflictError) for one in results) == 1
    assert sum(isinstance(one, Registered) for one in results) == 1
