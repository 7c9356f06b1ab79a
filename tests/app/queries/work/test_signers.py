"""Whose inbox a signature lies in is whoever `find_signers` names: named people, seats, turns, and who stands in."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy.engine import Connection

from app.policy.access import can_read
from app.policy.people import find_actor, find_holders
from app.queries.inbox import list_inbox
from app.services.loading import load
from app.services.signing.rounds import read_round
from tests.app.queries.work.waiting import TODAY, vacate
from tests.app.services.signing.rule import store_rule, submitted
from tests.city import City
from workflows.catalogue import WORKFLOWS
from workflows.roles import LEADERSHIP
from workflows.signing.round import find_signers

AGREE = {"verdict": "agree"}
Act = tuple[str, str, dict[str, Any]]


def read_owed(city: City, connection: Connection, login: str) -> set[int]:
    """Return the items for which somebody's inbox wants their signature."""
    actor = find_actor(connection, city.people[login], TODAY)
    if actor is None:
        return set()
    machines = [city.book.current_machine(connection, kind) for kind in WORKFLOWS]
    page = list_inbox(connection, actor, machines, TODAY, limit=200)
    return {row.item.id for row in page.rows if row.owes_signature}


def read_expected(city: City, connection: Connection, login: str, tasks: Sequence[int]) -> set[int]:
    """Return the same by the pure rule, as far as the person may read the item."""
    actor = find_actor(connection, city.people[login], TODAY)
    found: set[int] = set()
    for task in tasks:
        item = load(connection, task)
        machine = city.book.machine(connection, item.kind, item.workflow_version)
        open_ = read_round(connection, machine, item)
        holders = find_holders(connection, city.departments.values(), TODAY)
        for slot in open_.slots.due() if open_ is not None else ():
            signers = {held.person_id for held in find_signers(slot, item.place, holders)}
            if actor is not None and actor.person_id in signers and can_read(connection, actor.readers, task):
                found.add(task)
    return found


@pytest.mark.parametrize(
    "missing",
    [(), ("ene_head",), ("wea_head",), ("wea_head", "wea_staff"), ("ene_staff",), ("ene_head", "ene_staff"),
     ("leader",), ("leader", "director"), ("director",)],
)  # fmt: skip
def test_the_inbox_of_signatures_is_who_may_sign(city: City, missing: tuple[str, ...]) -> None:
    """STYLE: a listing and an instance agree; DESIGN 4: never nobody, whoever was named and left."""
    wea = {"signer": city.people["wea_head"], "reason": "x"}
    plain = submitted(city, "ENE")
    added = submitted(city, "ENE", "POL")
    city.do("ene_head", added, "add_signer", {"place": "before", **wea})
    after = submitted(city, "ENE")
    city.do("ene_head", after, "add_signer", {"place": "after", **wea})
    lent = submitted(city, "ENE", confidential=True)
    city.do("ene_head", lent, "lend_signature", wea)
    handed = submitted(city, "ENE")
    city.do("ene_head", handed, "transfer_signature", {"signer": city.people["ene_staff"], "reason": "x"})
    taken = submitted(city, "ENE", "POL")
    city.do("ene_head", taken, "sign", AGREE)
    city.do("ene_head", taken, "take_signature_back")
    seats = submitted(city, "ENE", version=store_rule(city, of=LEADERSHIP, each="post"))
    tasks = [plain, added, after, lent, handed, taken, seats]
    vacate(city, *missing)
    waited: set[int] = set()
    with city.database.reading() as session:
        connection = session.connection()
        for login in city.people:
            owed = read_owed(city, connection, login)
            assert owed == read_expected(city, connection, login, tasks), login
            waited |= owed
    assert waited >= set(tasks) - {lent}
