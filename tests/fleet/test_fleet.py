"""Two web servers, two workers and two schedulers on one PostgreSQL under load, any of them killed at any moment."""

import random
import time
from pathlib import Path

import pytest

from app.services.message.inbox import set_mail_choice
from app.services.organisation.token import issue_token
from tests.app.jobs.test_runner import wait_for
from tests.city import NOW, City
from tests.fleet.driving import Fleet
from tests.fleet.judging import find_faults, is_settled
from tests.fleet.load import ASKERS, Load
from tests.messaging import give_addresses, make_act
from tests.outside import serve_mail

SEED = 20260302
ROLES = ("web", "web", "worker", "worker", "scheduler", "scheduler")
#: Who gets mail, each at once; the others have their inbox.
MAILED = ("tra_head", "office1")
UNDER_FIRE_SECONDS = 25.0


def give_tokens(city: City, *logins: str) -> dict[str, str]:
    """Return a token of each, made at the fleet's present time."""
    with city.database.writing() as session:
        return {
            login: issue_token(make_act(session, city, login, NOW), city.people[login], "fleet").text
            for login in logins
        }


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_every_promise_is_kept_once_whoever_is_killed(city: City, database_url: str, tmp_path: Path) -> None:
    """Steps, works, messages and mails: what was answered is there, once, after servers, workers, schedulers died."""
    give_addresses(city, *MAILED)
    with city.database.writing() as session:
        for login in MAILED:
            set_mail_choice(make_act(session, city, login), "once")
    tokens = give_tokens(city, "office1", "tra_head", *ASKERS)
    chance = random.Random(SEED)  # noqa: S311  # a repeatable story, no secret
    with serve_mail() as box:
        smtp = f"smtp://{box.server.host}:{box.server.port}"
        with Fleet(database_url, tmp_path, NOW, smtp=smtp, roles=ROLES, seed=SEED) as fleet:
            load = Load(city, fleet.ports, tokens, groups=2, tasks=6, seed=SEED)
            load.begin()
            until = time.monotonic() + UNDER_FIRE_SECONDS
            while time.monotonic() < until:
                time.sleep(chance.uniform(0.8, 2.0))
                fleet.kill_one()
            load.end()
            wait_for(lambda: is_settled(city.database), 60)
            kills = fleet.kills
        faults = find_faults(city, load.books, box, kills["worker"] + kills["scheduler"])
        assert faults == [], fleet.read_logs()[-20_000:]
    books = load.books
    # It was an ordeal: everybody worked, everybody died, answers were lost on the way.
    assert sum(len(steps) for steps in books.steps.values()) > 50
    assert sum(len(works) for works in books.works.values()) > 10
    assert len(box.mails) > 5
    assert min(kills.values()) >= 2
    assert books.unanswered > 0
