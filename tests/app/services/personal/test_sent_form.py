"""A form that is sent once more: the same person, the same content, minutes later; on purpose, later, at once."""

from datetime import timedelta

import pytest

from app.core.errors import ConflictError
from app.services.personal.sent_form import SENT_BEFORE, WITHIN, claim_form, find_answer, find_sent, keep_form
from tests.app.services.test_races import at_once
from tests.city import NOW, City

CONTENT: dict[str, object] = {"form": "tasks", "rows": [["甲", "1"]], "document": None}
MINUTE = timedelta(minutes=1)


def send(city: City, key: str, *, after: timedelta = timedelta(), login: str = "office1", again: bool = False,
         content: dict[str, object] = CONTENT, item: int = 7) -> None:  # fmt: skip
    """Send a form that makes an item."""
    person_id = city.people[login]
    with city.database.writing() as session:
        connection = session.connection()
        claim_form(connection, person_id, NOW + after, content, key=key, again=again)
        keep_form(connection, person_id, NOW + after, content, key=key, made={"item": item})


def test_the_same_content_under_another_key_is_asked_about(city: City) -> None:
    """Back and send again: the page has a new key, the browser the old text. What it made first is found."""
    send(city, "first")
    with pytest.raises(ConflictError) as caught:
        send(city, "second", after=3 * MINUTE)
    assert caught.value.code == SENT_BEFORE
    assert "3分钟前" in caught.value.sentence.zh
    assert "3 minutes ago" in caught.value.sentence.en
    with city.database.reading() as session:
        found = find_sent(session.connection(), city.people["office1"], NOW + 3 * MINUTE, CONTENT)
    assert found is not None
    assert (found.made, found.sent_at) == ({"item": 7}, NOW)


def test_a_repeated_request_is_no_second_sending(city: City) -> None:
    """A double click has the same key: the service behind answers it, and the time of the first stays."""
    send(city, "first")
    send(city, "first", after=MINUTE, item=8)
    with city.database.reading() as session:
        found = find_sent(session.connection(), city.people["office1"], NOW + MINUTE, CONTENT)
    assert found is not None
    assert (found.made, found.sent_at) == ({"item": 7}, NOW)


def test_on_purpose_it_is_sent_once_more(city: City) -> None:
    """With the tick it is taken, and the minutes count from then."""
    send(city, "first")
    send(city, "second", after=9 * MINUTE, again=True, item=8)
    with pytest.raises(ConflictError):
        send(city, "third", after=15 * MINUTE)


@pytest.mark.parametrize(
    ("after", "login", "content"),
    [
        (WITHIN, "office1", CONTENT),
        (MINUTE, "office2", CONTENT),
        (MINUTE, "office1", {**CONTENT, "document": 3}),
    ],
)
def test_what_is_not_the_same_is_not_asked_about(
    city: City, after: timedelta, login: str, content: dict[str, object]
) -> None:
    """Ten minutes later, by somebody else, or with another content."""
    send(city, "first")
    send(city, "second", after=after, login=login, content=content)


def test_of_two_at_once_one_is_asked(city: City) -> None:
    """Two windows that send in the same moment make one."""
    results = at_once([lambda: send(city, "first"), lambda: send(city, "second")])
    refused = [one for one in results if isinstance(one, ConflictError)]
    assert [one.code for one in refused] == [SENT_BEFORE]


def test_the_answer_of_a_key_is_found(city: City) -> None:
    """A form with a spent key leads to what it made; an unknown one to nothing."""
    with city.database.reading() as session:
        assert find_answer(session.connection(), city.people["office1"], "unknown") is None
