"""What waits for whom: the inbox agrees with the rule of stand-ins and with what /actions offers; pages; filters."""

import random
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, InvalidError
from app.models.item import Item
from app.models.organisation import Department
from app.models.record import Signature, SignOff, SignSlot
from app.policy.access import can_read
from app.policy.people import Actor, find_actor, find_holders, read_lent
from app.queries.inbox import InboxFilter, InboxPage, list_inbox
from app.queries.work.awaiting import find_awaited
from app.services.loading import load
from app.services.offering import list_offers
from tests.app.queries.work.waiting import TODAY, fill, vacate
from tests.city import NOW, City
from tests.delegating import END, lend
from tests.money import WAN
from workflows.catalogue import WORKFLOWS
from workflows.interpreter import Machine
from workflows.roles import Capacity, Place, resolve

#: Who has left: nobody; a head; a whole department; the director; director and leader; an assignee and their head;
#: finance, with its head, with the director.
VACANCIES = [
    (), ("tra_head",), ("tra_head", "tra_staff", "tra_staff2"), ("pol_head",), ("director",),
    ("director", "leader", "pol_head"), ("ene_staff",), ("ene_staff", "ene_head"), ("leader",), ("fin1", "fin2"),
    ("fin1", "fin2", "fin_head"), ("fin1", "fin2", "fin_head", "director"),
]  # fmt: skip


def read_inbox(
    city: City, connection: Connection, login: str, now: datetime | None = None, **more: Any  # noqa: ANN401
) -> InboxPage:  # fmt: skip
    """Return a person's inbox; with `now`, of what is lent to them too."""
    actor = find_actor(connection, city.people[login], TODAY, now)
    assert actor is not None
    machines = [city.book.current_machine(connection, kind) for kind in WORKFLOWS]
    return list_inbox(connection, actor, machines, TODAY, **more)


def wait_for(
    connection: Connection, actor: Actor, holders: tuple[Capacity, ...], item_id: int, machine: Machine
) -> bool:
    """Whether by the rule alone an item waits for a person: for a missing signature, else for the state's role."""
    item = load(connection, item_id)
    round_id = connection.execute(
        select(SignOff.id).where(SignOff.item_id == item_id, SignOff.closed_at.is_(None))
    ).scalar()
    if round_id is not None and item.paused_state is None:
        signed = set(connection.execute(select(Signature.slot).where(Signature.sign_off_id == round_id)).scalars())
        slots = connection.execute(
            select(SignSlot.slot, SignSlot.department_id).where(SignSlot.sign_off_id == round_id)
        ).all()
        signer = next(iter(machine.sign_offs.values())).of
        places = [
            Place(item.owner_department_id, frozenset([asked]), item.parent_department_id, item.assignee_id,
                  kind=item.kind)
            for slot, asked in slots if slot not in signed and asked is not None
        ]  # fmt: skip
        found = [held for place in places for held in resolve(signer, place, holders)]
    else:
        role = find_awaited(machine, item.state)
        if role is None:
            return False
        found = list(resolve(role, item.place, holders))
    return any(held.person_id == actor.person_id for held in found)


@pytest.mark.parametrize("missing", VACANCIES)
def test_the_inbox_is_what_the_rule_says_and_what_may_be_done(city: City, missing: tuple[str, ...]) -> None:
    """DESIGN 4: nothing waits for nobody; the inbox is the rule's SQL twin; /actions offers a step for each row."""
    ids = fill(city)
    vacate(city, *missing)
    left = compare_with_the_rule(city, ids)
    # Kept from members, an internal item whose head has left waits for people who may not read it.
    hidden = {ids["secret"]} if {"tra_head", "director"} & set(missing) else set()
    assert left <= hidden


def compare_with_the_rule(city: City, ids: dict[str, int], now: datetime | None = None) -> set[int]:
    """Compare everybody's inbox with the rule and with /actions; returns the items that wait for nobody."""
    waited: set[int] = set()
    with city.database.reading() as session:
        connection = session.connection()
        departments = connection.execute(select(Department.id)).scalars().all()
        lent = None if now is None else read_lent(connection, now, TODAY)
        holders = tuple(find_holders(connection, departments, TODAY, lent))
        every = connection.execute(select(Item.id, Item.kind, Item.workflow_version).where(Item.closed_at.is_(None)))
        items = {row[0]: city.book.machine(connection, row[1], row[2]) for row in every}
        for login in city.people:
            actor = find_actor(connection, city.people[login], TODAY, now)
            assert actor is not None
            expected = {
                item_id for item_id, machine in items.items()
                if can_read(connection, actor.readers, item_id)
                and wait_for(connection, actor, holders, item_id, machine)
            }  # fmt: skip
            shown = {row.item.id for row in read_inbox(city, connection, login, now, limit=200).rows}
            assert shown == expected, login
            waited |= shown
            for item_id in shown:
                assert list_offers(connection, city.book, actor.person_id, item_id, now or NOW).offers, (login, item_id)
    assert ids["assigned"] in waited
    return items.keys() - waited


@pytest.mark.parametrize("seed", [0, 2, 5, 7])
def test_with_any_delegations_the_inbox_is_still_what_the_rule_says(city: City, seed: int) -> None:
    """PEERS 21-24: chains, posts, kinds and vacancies at random; a substitute's SQL and `Role.fits` say the same."""
    ids = fill(city)
    chance = random.Random(seed)  # noqa: S311  # no secret
    logins = sorted(city.posts)
    made = 0
    for _ in range(40):
        principal, substitute = chance.sample(logins, 2)
        kinds = chance.choice([None, None, ("task",), ("project", "share"), ("request", "task"), ("allocation",)])
        amount_max_fen = chance.choice([None, None, 1, WAN, 60 * WAN])
        try:
            lend(city, principal, substitute, kinds=kinds, from_at=NOW, amount_max_fen=amount_max_fen)
        except (InvalidError, ConflictError):
            continue
        made += 1
    assert made >= 4
    vacate(city, *chance.choice(VACANCIES))
    compare_with_the_rule(city, ids, NOW)


def test_what_waits_says_whose_substitute_one_is(city: City) -> None:
    """Each row names the one for whom it waits; the person's own work names nobody; it ends with the delegation."""
    ids = fill(city)
    lend(city, "ene_staff", "wea_head", from_at=NOW)
    lend(city, "tra_head", "wea_head", kinds=("task",), from_at=NOW)
    with city.database.reading() as session:
        rows = read_inbox(city, session.connection(), "wea_head", NOW, limit=200).rows
        whose = {row.item.id: row.for_person_name for row in rows}
        after = read_inbox(city, session.connection(), "wea_head", END, limit=200).rows
    assert whose[ids["received"]] == "测试ene_staff"
    assert whose[ids["assigned"]] == "测试tra_head"
    assert whose[ids["secret"]] == "测试tra_head"
    assert whose[ids["working"]] is None
    assert ids["project"] not in whose
    assert {row.item.id for row in after} == {ids["working"]}
    assert all(row.for_person_name is None for row in after)


def test_pages_follow_each_other_and_a_broken_cursor_is_refused(city: City) -> None:
    """P5: every row exactly once, nearest due date first, undated last; a foreign cursor is 422."""
    fill(city)
    with city.database.reading() as session:
        connection = session.connection()
        whole = read_inbox(city, connection, "office1", limit=200).rows
        found, cursor = [], None
        while True:
            page = read_inbox(city, connection, "office1", limit=2, cursor=cursor)
            found += [row.item.id for row in page.rows]
            cursor = page.next_cursor
            assert len(found) < 100
            if cursor is None:
                break
        assert found == [row.item.id for row in whole]
        assert len(found) == len(set(found)) >= 4
        days = [row.item.due_on for row in whole]
        assert days == sorted(days, key=lambda day: (day is None, day or TODAY))
        with pytest.raises(InvalidError):
            read_inbox(city, connection, "office1", cursor="broken")


def test_filters_restrict_and_never_add(city: City) -> None:
    """By kind, by capacity, signatures alone, by words."""
    ids = fill(city)
    with city.database.reading() as session:
        connection = session.connection()
        whole = {row.item.id for row in read_inbox(city, connection, "pol_head").rows}
        signatures = read_inbox(city, connection, "pol_head", wanted=InboxFilter(only_signatures=True)).rows
        assert {row.item.id for row in signatures} == {ids["reviewed"]} <= whole
        assert all(row.owes_signature for row in signatures)
        shares = read_inbox(city, connection, "ene_head", wanted=InboxFilter(kinds=("share",))).rows
        assert shares
        assert {row.item.kind for row in shares} == {"share"}
        named = read_inbox(city, connection, "tra_head", wanted=InboxFilter(words="待签收")).rows
        assert [row.item.id for row in named] == [ids["assigned"]]
        foreign = InboxFilter(post_id=city.posts["leader"])
        assert read_inbox(city, connection, "tra_head", wanted=foreign).rows == ()


@pytest.fixture
def statements(city: City) -> Iterator[list[str]]:
    """Give the statements that the city's database runs."""
    found: list[str] = []

    def note(*given: Any) -> None:  # noqa: ANN401
        found.append(given[2])

    event.listen(city.database.engine, "before_cursor_execute", note)
    yield found
    event.remove(city.database.engine, "before_cursor_execute", note)


def test_an_inbox_takes_as_many_statements_for_many_as_for_few(city: City, statements: list[str]) -> None:
    """STYLE: a constant number of statements."""
    fill(city)
    counts = []
    for limit in (1, 100):
        with city.database.reading() as session:
            connection = session.connection()
            read_inbox(city, connection, "director")
            statements.clear()
            assert len(read_inbox(city, connection, "director", limit=limit).rows) >= min(limit, 3)
        counts.append(len([text for text in statements if text.lstrip().upper().startswith(("SELECT", "WITH"))]))
    assert counts[0] == counts[1]
    assert counts[0] <= 4
