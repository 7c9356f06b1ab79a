"""Disputes about whose task it is, and their ruling."""

import pytest

from app.core.errors import ConflictError, ForbiddenError, InvalidError
from tests.app.services.supervision.asking import (
    ask,
    assert_access_is_right,
    item,
    on,
    request_of,
    told,
)
from tests.city import NOW, City
from tests.sweeping import assigned_task, episode_of, local, rungs, sweep


def test_a_dispute_stops_the_receipt_clock_and_is_ruled_once(city: City) -> None:
    """Upheld: another department gets the full period anew; it cannot be disputed again."""
    task = assigned_task(city)
    request = ask(
        city, "tra_head", task, "dispute", local(2026, 3, 4, 10), reason="不属我局职责",
        department=city.departments["ENE"],
    )  # fmt: skip
    assert city.state(task) == "disputed"
    sweep(city, local(2026, 3, 9, 10))
    assert [rung for rung in rungs(city, task) if rung[0] == "receipt"] == []
    assert rungs(city, request) == [("due", 1, False)]
    city.do("office1", request, "approve", {"opinion": "属能源局"}, now=local(2026, 3, 9, 11))
    row = item(city, task)
    # Assigned on 2 March, due on 1 April: 22 working days, counted from 9 March over the holiday of 4 to 6 April.
    assert (row.state, row.owner_department_id) == ("assigned", city.departments["ENE"])
    assert (row.due_on, row.original_due_on, row.due_source) == (on("2026-04-09"), on("2026-04-09"), "computed")
    assert episode_of(city, task, "receipt").base_on == on("2026-03-11")
    assert_access_is_right(city)
    with pytest.raises(ConflictError) as caught:
        city.do("ene_head", task, "dispute", {"reason": "也不属我局"}, now=local(2026, 3, 9, 12))
    assert caught.value.code == "ruled_before"


def test_a_dispute_refused_leaves_the_task_with_its_department(city: City) -> None:
    """The ruling gives the full period anew all the same."""
    task = assigned_task(city)
    request = ask(city, "tra_head", task, "dispute", local(2026, 3, 4, 10), reason="不属我局职责")
    city.do("office1", request, "refuse", {"reason": "职责清单第三条"}, now=local(2026, 3, 5, 10))
    row = item(city, task)
    assert (row.state, row.owner_department_id, row.due_on) == (
        "assigned", city.departments["TRA"], on("2026-04-07"),
    )  # fmt: skip
    with pytest.raises(ConflictError, match="ruled already"):
        city.do("tra_head", task, "dispute", {"reason": "仍不同意"}, now=local(2026, 3, 5, 11))


def test_a_dispute_withdrawn_was_never_ruled(city: City) -> None:
    """The receipt clock starts afresh, the due date stays, and it may be disputed still."""
    task = assigned_task(city)
    request = ask(city, "tra_head", task, "dispute", local(2026, 3, 4, 10), reason="职责不清")
    city.do("tra_head", request, "withdraw", {"reason": "已协商"}, now=local(2026, 3, 5, 10))
    assert (city.state(task), item(city, task).due_on) == ("assigned", on("2026-04-01"))
    assert episode_of(city, task, "receipt").base_on == on("2026-03-09")
    ask(city, "tra_head", task, "dispute", local(2026, 3, 6, 10), reason="协商未成")


def test_disputing_and_withdrawing_in_turn_ends(city: City) -> None:
    """Each withdrawal starts the receipt clock afresh: after two of them the task is received or goes up its rungs."""
    task = assigned_task(city)
    for day in (3, 4):
        request = ask(city, "tra_head", task, "dispute", local(2026, 3, day, 10), reason="职责不清")
        city.do("tra_head", request, "withdraw", {"reason": "已协商"}, now=local(2026, 3, day, 15))
    with pytest.raises(ConflictError, match="withdrawn"):
        city.do("tra_head", task, "dispute", {"reason": "职责不清"}, now=local(2026, 3, 5, 10))
    assert episode_of(city, task, "receipt").base_on == on("2026-03-06")


def test_a_dispute_needs_a_department_to_be_upheld(city: City) -> None:
    """Upheld without a department the task would wait for nobody: refused at the field."""
    task = assigned_task(city)
    request = ask(city, "tra_head", task, "dispute", NOW, reason="不属我局职责")
    with pytest.raises(InvalidError) as caught:
        city.do("office1", request, "approve")
    assert [fault.field for fault in caught.value.faults] == ["department"]
    assert city.state(task) == "disputed"


def test_the_office_does_not_rule_on_its_own_dispute(city: City) -> None:
    """Arbitration of one's own: the office's own department disputes; only the leadership group rules."""
    city.add_person("off_head", ("OFF", "head", False))
    task = assigned_task(city, lead="OFF")
    request = ask(city, "off_head", task, "dispute", NOW, reason="不属协调办", department=city.departments["WEA"])
    for action, fields in (("approve", {}), ("refuse", {"reason": "维持"})):
        with pytest.raises(ConflictError) as caught:
            city.do("office1", request, action, fields)
        assert caught.value.code == "offices_own"
    city.do("office1", request, "refer")
    city.do("leader", request, "approve")
    assert item(city, task).owner_department_id == city.departments["WEA"]


def test_nobody_decides_what_they_filed(city: City) -> None:
    """The same person with a second post, in the office, is still the same person."""
    city.add_person("both", ("TRA", "head", False), ("OFF", "office", False))
    task = assigned_task(city)
    fields = {"reason": "不属我局职责", "department": city.departments["ENE"]}
    city.do("both", task, "dispute", fields, as_post=city.posts["both"])
    request = request_of(city, task)
    with pytest.raises(ForbiddenError):
        city.do("both", request, "approve")
    city.do("office1", request, "approve")


def test_arbitration_rises_to_the_office_then_to_the_leader(city: City) -> None:
    """Its ladder aims at who must rule."""
    task = assigned_task(city)
    request = ask(city, "tra_head", task, "dispute", NOW, reason="不属我局职责")
    sweep(city, local(2026, 3, 12, 10))
    assert [(cause, level) for cause, level, _ in rungs(city, request)] == [("due", 1), ("due", 4)]
    assert told(city, request, "rung")[-1] == "LEADERSHIP"
