"""Requests and their clock rules: extension, suspension and resumption, dispute, re-assignment, a light by hand."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, StaleError
from app.models.escalation import Episode
from app.models.item import Item
from app.models.organisation import Department
from tests.app.services.supervision.asking import (
    ask,
    assert_access_is_right,
    item,
    on,
    one,
    request_of,
    request_row,
    story,
    told,
)
from tests.city import NOW, City
from tests.sweeping import episode_of, local, rungs, running_task, shown, sweep

LATER = on("2026-04-20")


def extension(city: City, task: int, login: str = "tra_head", now: object = NOW) -> int:
    """File an extension to LATER and return its id."""
    fields = {"new_due_on": LATER.isoformat(), "reason": "设备到货推迟", "progress": "已完成六成"}
    return ask(city, login, task, "ask_extension", now, **fields)  # type: ignore[arg-type]


# Extension


def test_staff_files_the_head_endorses_the_office_grants(city: City) -> None:
    """Unit's head first, then the office; the due date moves, the original one stays for the scores."""
    task = running_task(city)
    request = extension(city, task, "tra_staff")
    assert city.state(request) == "filed"
    assert told(city, request, "request.create") == [f"H:{city.departments['TRA']}"]
    assert item(city, request).due_on == on("2026-03-05")
    city.do("tra_head", request, "endorse")
    city.do("office1", request, "approve", {"opinion": "同意"})
    row = item(city, task)
    assert (row.due_on, row.original_due_on, row.due_source) == (LATER, on("2026-04-01"), "typed")
    assert request_row(city, request).granted_due_on == LATER
    assert city.state(request) == "approved"
    assert story(city, task)[-2:] == ["ask_extension", "extend"]
    assert story(city, request) == ["create", "endorse", "approve"]
    assert_access_is_right(city)


def test_what_the_head_files_goes_straight_to_the_office(city: City) -> None:
    """Nobody endorses their own; the office is told."""
    request = extension(city, running_task(city))
    assert city.state(request) == "endorsed"
    assert told(city, request, "request.pass_on") == ["OFFICE"]


def test_the_office_may_grant_another_date(city: City) -> None:
    """What was granted counts, and stands beside what was asked."""
    task = running_task(city)
    request = extension(city, task)
    city.do("office1", request, "approve", {"new_due_on": "2026-04-10"})
    row = request_row(city, request)
    assert (item(city, task).due_on, row.new_due_on, row.granted_due_on) == (on("2026-04-10"), LATER, on("2026-04-10"))


def test_filed_late_is_refused_and_the_office_sets_a_date(city: City) -> None:
    """Before the due date only (the day itself counts); late, the office sets a new one, scores use the old."""
    task = running_task(city)
    extension(city, task, now=local(2026, 4, 1, 17))
    other = running_task(city, title="另一项")
    with pytest.raises(ConflictError) as caught:
        extension(city, other, now=local(2026, 4, 2))
    assert caught.value.code == "not_overdue"
    fields = {"new_due_on": "2026-04-15", "reason": "领导同意另定期限"}
    city.do("office1", other, "extend", fields, now=local(2026, 4, 2))
    assert (item(city, other).due_on, item(city, other).original_due_on) == (on("2026-04-15"), on("2026-04-01"))


def test_filed_twice_is_refused(city: City) -> None:
    """One request at a time, whoever files it; withdrawn, another may be filed."""
    task = running_task(city)
    request = extension(city, task)
    with pytest.raises(ConflictError) as caught:
        extension(city, task, "tra_staff")
    assert caught.value.code == "request_pending"
    city.do("tra_staff", request, "withdraw", {"reason": "填错日期"})
    assert extension(city, task) != request


def test_a_double_click_files_once(city: City) -> None:
    """The same key gives the same answer; without one, the second meets the version."""
    task = running_task(city)
    fields = {"new_due_on": LATER.isoformat(), "reason": "设备推迟", "progress": "六成"}
    version = city.version(task)
    first = city.do("tra_head", task, "ask_extension", fields, key="k1", version=version)
    again = city.do("tra_head", task, "ask_extension", fields, key="k1", version=version)
    assert again.is_replay
    assert again.answer == first.answer
    with pytest.raises(StaleError):
        city.do("tra_head", task, "ask_extension", fields, version=version)
    request_of(city, task)


@pytest.mark.parametrize("date", ["2026-03-20", "2026-04-01", "2026-02-27"])
def test_an_extension_ends_later_than_the_due_date(city: City, date: str) -> None:
    """Earlier, the same or past: refused at the field, nothing filed."""
    task = running_task(city)
    with pytest.raises(InvalidError) as caught:
        ask(city, "tra_head", task, "ask_extension", NOW, new_due_on=date, reason="x", progress="y")
    assert [fault.field for fault in caught.value.faults] == ["new_due_on"]
    assert story(city, task)[-1] == "start"


def test_a_pending_extension_holds_the_ladder_three_working_days_at_most(city: City) -> None:
    """Filed on the due day (1 April, Wednesday); 2 April's rung waits until the hold ends, then is made up once."""
    task = running_task(city)
    sweep(city, local(2026, 3, 27, 9))
    extension(city, task, now=local(2026, 4, 1, 10))
    held = episode_of(city, task, "due").held_until
    # Three working days after 1 April: 2, 3, 7 (4 to 6 April are holidays); the hold ends when the 8th opens.
    assert held == local(2026, 4, 8, 9)
    sweep(city, local(2026, 4, 7, 16))
    assert [rung for rung in rungs(city, task) if rung[0] == "due"] == [("due", 1, False)]
    sweep(city, local(2026, 4, 8, 9))
    assert [rung for rung in rungs(city, task) if rung[0] == "due"] == [("due", 1, False), ("due", 2, False)]


def test_refused_the_ladder_goes_on_from_the_old_date(city: City) -> None:
    """The rung that passed while it was held is raised by the next sweep."""
    task = running_task(city)
    sweep(city, local(2026, 3, 27, 9))
    request = extension(city, task, now=local(2026, 4, 1, 10))
    sweep(city, local(2026, 4, 2, 10))
    assert shown(city, task)[0] <= 1
    city.do("office1", request, "refuse", {"reason": "理由不充分"}, now=local(2026, 4, 2, 11))
    row = episode_of(city, task, "due")
    assert (row.held_until, row.next_at) == (None, local(2026, 4, 2, 9))
    sweep(city, local(2026, 4, 2, 12))
    assert shown(city, task) == (2, "due")
    assert item(city, task).due_on == on("2026-04-01")


def test_granted_the_old_ladder_ends_and_the_new_one_counts_from_the_new_date(city: City) -> None:
    """Nothing of the old date is raised any more."""
    task = running_task(city)
    request = extension(city, task, now=local(2026, 4, 1, 10))
    city.do("office1", request, "approve", now=local(2026, 4, 3, 10))
    sweep(city, local(2026, 4, 8, 9))
    assert ("due", 2, False) not in rungs(city, task)
    assert episode_of(city, task, "due").base_on == LATER


def test_a_held_ladder_stays_held_while_work_goes_on(city: City) -> None:
    """A report in the meantime changes neither the hold nor the episode."""
    task = running_task(city)
    extension(city, task, now=local(2026, 4, 1, 10))
    city.do("tra_staff", task, "report", {"text": "到货一半"}, now=local(2026, 4, 1, 11))
    assert episode_of(city, task, "due").held_until == local(2026, 4, 8, 9)


# Suspension and resumption


def test_suspension_and_resumption_are_asked_for_and_granted(city: City) -> None:
    """While suspended nothing rises; on resuming the due date moves by the working days suspended."""
    task = running_task(city)
    request = ask(city, "tra_head", task, "ask_suspension", NOW, reason="等待上级立项")
    city.do("office1", request, "approve")
    assert city.state(task) == "suspended"
    with city.database.reading() as session:
        assert session.execute(select(Episode).where(Episode.item_id == task, Episode.ended_at.is_(None))).all() == []
    back = ask(city, "tra_head", task, "ask_resumption", local(2026, 3, 9, 10), reason="已立项")
    city.do("office1", back, "approve", now=local(2026, 3, 9, 11))
    row = item(city, task)
    assert (row.state, row.due_on, row.original_due_on) == ("in_progress", on("2026-04-09"), on("2026-04-01"))
    assert episode_of(city, task, "due").base_on == on("2026-04-09")


def test_a_request_about_a_suspended_item_still_has_its_limit(city: City) -> None:
    """The request to resume lies below a suspended item, whose pause stops its ladder: no rung until it is resumed."""
    task = running_task(city)
    city.do("office1", task, "suspend", {"reason": "暂缓"})
    request = ask(city, "tra_head", task, "ask_resumption", NOW, reason="可恢复")
    sweep(city, local(2026, 3, 20, 10))
    assert rungs(city, request) == []


def test_a_grant_that_the_subject_no_longer_allows_writes_nothing(city: City) -> None:
    """The office suspended it meanwhile: the approval is refused with the subject's state, and stays pending."""
    task = running_task(city)
    request = ask(city, "tra_head", task, "ask_suspension", NOW, reason="等待")
    city.do("office1", task, "suspend", {"reason": "已口头同意"})
    with pytest.raises(ConflictError) as caught:
        city.do("office2", request, "approve")
    assert caught.value.code == "wrong_state"
    assert city.state(request) == "endorsed"


# Re-assignment


def test_a_re_assignment_gives_the_full_period_and_the_work_to_the_new_department(city: City) -> None:
    """Nobody is in charge yet; whoever supported and now leads no longer owes a share."""
    task = running_task(city, supports=("ENE",))
    request = ask(
        city, "tra_head", task, "ask_reassignment", NOW, reason="职能已划转", department=city.departments["ENE"]
    )
    city.do("office1", request, "approve")
    row = item(city, task)
    assert (row.state, row.owner_department_id, row.assignee_id) == ("assigned", city.departments["ENE"], None)
    share = one(city, select(Item.state).where(Item.parent_id == task, Item.kind == "share"))
    assert share.state == "cancelled"
    city.do("ene_head", task, "receive")
    assert_access_is_right(city)


def test_a_department_that_vanished_is_named_with_its_successor(city: City) -> None:
    """A closed department takes over nothing; the fault says who has its duties."""
    task = running_task(city)
    with city.database.writing() as session:
        session.execute(
            update(Department)
            .where(Department.id == city.departments["WEA"])
            .values(to_on=NOW.date() - timedelta(days=1), successor_id=city.departments["ENE"])
        )
    with pytest.raises(InvalidError) as caught:
        city.do("office1", task, "reassign", {"department": city.departments["WEA"], "reason": "改派"})
    fault = caught.value.faults[0]
    assert fault.field == "department"
    assert "能源局" in fault.sentence.zh
    for department in (999_999, city.departments["TRA"]):
        with pytest.raises(InvalidError):
            city.do("office1", task, "reassign", {"department": department, "reason": "改派"})
    assert item(city, task).owner_department_id == city.departments["TRA"]


# Around them


def test_who_may_not_read_the_subject_does_not_see_the_request(city: City) -> None:
    """A request is readable as its subject: another department gets 404."""
    request = extension(city, running_task(city))
    with pytest.raises(NotFoundError):
        city.do("wea_head", request, "withdraw", {"reason": "x"})


def test_a_cancelled_task_takes_its_requests_along(city: City) -> None:
    """Nothing stays open below what is cancelled."""
    task = running_task(city)
    request = extension(city, task)
    city.do("office1", task, "cancel", {"reason": "任务取消"})
    assert city.state(request) == "withdrawn"
    assert story(city, request)[-1] == "cancel"


def test_a_closed_task_takes_its_requests_along(city: City) -> None:
    """What was asked about a task that is verified meanwhile is settled: nobody waits for a decision any more."""
    task = running_task(city)
    request = extension(city, task)
    city.do("tra_staff", task, "submit", {"evidence": "验收单"})
    city.do("office1", task, "verify")
    assert (city.state(request), story(city, request)[-1]) == ("withdrawn", "cancel")
    with pytest.raises(ConflictError) as caught:
        city.do("office2", request, "approve")
    assert caught.value.code == "wrong_state"


def test_who_endorsed_does_not_decide(city: City) -> None:
    """The head who endorsed sits in the office as well: somebody else decides."""
    city.add_person("both", ("TRA", "head", False), ("OFF", "office", False))
    task = running_task(city)
    request = extension(city, task, "tra_staff")
    city.do("both", request, "endorse")
    for action, fields in (("approve", {}), ("refuse", {"reason": "不同意"})):
        with pytest.raises(ForbiddenError):
            city.do("both", request, action, fields)
    city.do("office1", request, "approve")
