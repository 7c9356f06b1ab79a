"""How often a caller may ask: headers, 429 as a problem document, counted by person and by address."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.clock import FixedClock
from app.core.setting import SettingError
from app.factory import create_app
from config import Settings, read_settings
from tests.city import NOW, City
from tests.client import Caller, make_settings


@pytest.fixture
def make_limited(city: City, database_url: str, tmp_path: Path) -> Iterator[Callable[..., Caller]]:
    """Give callers of an application with limits of their own."""
    made: list[Caller] = []

    def make(**limits: str) -> Caller:
        settings: Settings = replace(make_settings(database_url, tmp_path), **limits)  # type: ignore[arg-type]  # texts
        clock = FixedClock(NOW)
        made.append(Caller(create_app(settings, clock), city, clock))
        return made[-1]

    yield make
    for caller in made:
        caller.context.database.engine.dispose()


def test_a_caller_who_asks_too_often_is_told_when_to_come_back(make_limited: Callable[..., Caller]) -> None:
    """Each answer says what is left; beyond the limit 429 with Retry-After; another person is not concerned."""
    caller = make_limited(rate_limit="3/hour")
    left = [caller.get("office1", "/me").headers["RateLimit-Remaining"] for _ in range(3)]
    assert left == ["2", "1", "0"]
    refused = caller.get("office1", "/me", Accept_Language="en")
    assert (refused.status_code, refused.content_type) == (429, "application/problem+json")
    assert refused.json["code"] == "too_many_requests"
    assert re.fullmatch(r"Too many requests; try again in \d+ seconds?\.", refused.json["detail"])
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert refused.headers["RateLimit-Limit"] == "3"
    assert caller.get("office2", "/me").status_code == 200


def test_more_tokens_do_not_give_more_requests(make_limited: Callable[..., Caller]) -> None:
    """The limit is the person's, not the token's."""
    caller = make_limited(rate_limit="2/hour")
    for _ in range(2):
        assert caller.get("office1", "/me").status_code == 200
    caller.renew_tokens()
    assert caller.get("office1", "/me").status_code == 429


def test_guessed_tokens_count_against_the_address(make_limited: Callable[..., Caller]) -> None:
    """401 as long as the address is within its limit, then 429; who is known goes on."""
    caller = make_limited(rate_limit="2/hour")
    tries = [
        caller.client.get("/api/v1/me", headers={"Authorization": f"Bearer guess-{number}"}).status_code
        for number in range(3)
    ]
    assert tries == [401, 401, 429]
    assert caller.get("office1", "/me").status_code == 200


def test_log_ins_have_a_limit_of_their_own(make_limited: Callable[..., Caller]) -> None:
    """Ten tries at passwords from one address, whichever accounts: the last ones are 429."""
    caller = make_limited(log_in_limit="4/hour")
    tries = [
        caller.post(None, "/tokens", {"login": f"somebody{number}", "password": "wrong"}).status_code
        for number in range(6)
    ]
    assert tries == [401, 401, 401, 401, 429, 429]


def test_health_has_no_limit_and_off_means_none(make_limited: Callable[..., Caller]) -> None:
    """A supervisor may ask all the time; a limit that is switched off adds no headers."""
    caller = make_limited(rate_limit="1/hour")
    assert {caller.client.get("/healthz").status_code for _ in range(3)} == {200}
    free = make_limited(rate_limit="", log_in_limit="")
    assert "RateLimit-Limit" not in free.get("office1", "/me").headers


@pytest.mark.parametrize("name", ["LIANBAN_RATE_LIMIT", "LIANBAN_LOG_IN_LIMIT"])
def test_limits_are_read_from_the_environment(name: str, tmp_path: Path) -> None:
    """A number for a span, or off; anything else stops the start with the variable's name."""
    env = {"LIANBAN_VAR": str(tmp_path)}
    field = name.removeprefix("LIANBAN_").lower()
    assert getattr(read_settings({**env, name: "30/second"}), field) == "30/second"
    assert not getattr(read_settings({**env, name: "off"}), field)
    for wrong in ("0/minute", "many", "5 per minute", "5/fortnight", "-1/day"):
        with pytest.raises(SettingError, match=name):
            read_settings({**env, name: wrong})
