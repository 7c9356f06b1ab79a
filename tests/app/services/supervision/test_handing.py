"""Work handed on to a section (科室分办): who sees it, who does it, who stays answerable."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from app.policy.people import find_actor
from app.queries.inbox import list_inbox
from app.services.act import Act
from app.services.organisation.merging import merge_department
from app.services.recording import Acting
from tests.app.services.supervision.asking import add_section, assert_access_is_right, item, on, story, told
from tests.city import NOW, City
from tests.sweeping import assigned_task, local, messages, running_task, sweep


def test_a_section_works_for_its_department(city: City) -> None:
    """Its people receive, start and report; the department stays the owner and its head appoints from the section."""
    section = add_section(city)
    task = assigned_task(city)
    with pytest.raises(NotFoundError):
        city.do("TRA-1_staff", task, "receive")
    city.do("tra_head", task, "hand_on", {"section": section, "note": "请信号科办理"})
    assert item(city, task).section_id == section
    assert told(city, task, "task.hand_on") == [f"S:{section}"]
    city.do("TRA-1_staff", task, "receive")
    city.do("tra_head", task, "appoint", {"person": city.people["TRA-1_staff"]})
    city.do("TRA-1_staff", task, "start")
    city.do("TRA-1_staff", task, "report", {"text": "已勘察"})
    assert item(city, task).owner_department_id == city.departments["TRA"]
    assert_access_is_right(city)


def test_the_section_is_told_of_rungs_for_the_department(city: City) -> None:
    """A rung for the lead department's staff goes to the section that has the work."""
    section = add_section(city)
    task = assigned_task(city)
    city.do("tra_head", task, "hand_on", {"section": section})
    sweep(city, local(2026, 3, 5, 9))
    assert [row.recipient for row in messages(city, task)] == [f"S:{section}"]


def test_taken_back_the_section_reads_no_more(city: City) -> None:
    """Access rows change in the same unit; a second time there is nothing to take back."""
    section = add_section(city)
    task = assigned_task(city)
    city.do("tra_head", task, "hand_on", {"section": section})
    city.do("tra_head", task, "take_back")
    with pytest.raises(NotFoundError):
        city.do("TRA-1_staff", task, "receive")
    with pytest.raises(ConflictError) as caught:
        city.do("tra_head", task, "take_back")
    assert caught.value.code == "has_section"
    assert_access_is_right(city)


def test_only_the_head_hands_on_and_only_to_an_own_section(city: City) -> None:
    """Another department's section, a department, something unknown: each refused at the field."""
    add_section(city)
    foreign = add_section(city, "ENE-1", "ENE", "电网科")
    task = assigned_task(city)
    with pytest.raises(ForbiddenError):
        city.do("tra_staff", task, "hand_on", {"section": city.departments["TRA-1"]})
    for wrong in (foreign, city.departments["ENE"], city.departments["TRA"], 999_999):
        with pytest.raises(InvalidError) as caught:
            city.do("tra_head", task, "hand_on", {"section": wrong})
        assert [fault.field for fault in caught.value.faults] == ["section"]
    assert story(city, task)[-1] == "assign"


def test_re_assigned_the_work_leaves_the_section(city: City) -> None:
    """The new department's work lies in nobody's section yet."""
    section = add_section(city)
    task = assigned_task(city)
    city.do("tra_head", task, "hand_on", {"section": section})
    city.do("office1", task, "reassign", {"department": city.departments["ENE"], "reason": "改派"})
    assert item(city, task).section_id is None
    with pytest.raises(NotFoundError):
        city.do("TRA-1_head", task, "receive")
    assert_access_is_right(city)


def test_a_share_is_handed_on_as_well(city: City) -> None:
    """A supporting department has sections, too."""
    section = add_section(city, "ENE-1", "ENE", "电网科")
    task = assigned_task(city, supports=("ENE",))
    with city.database.reading() as session:
        share = session.connection().exec_driver_sql(f"SELECT id FROM items WHERE parent_id = {task}").scalar_one()
    city.do("ene_head", share, "hand_on", {"section": section})
    city.do("ENE-1_staff", share, "receive")
    assert city.state(share) == "received"


def test_a_department_that_is_being_merged_away_is_given_nothing(city: City) -> None:
    """A merge at the same moment: who gives it work waits for the merge and is told of the successor."""
    task, ids = running_task(city), city.departments
    with ThreadPoolExecutor(1) as pool:
        with city.database.writing() as session:
            act = Act(session.connection(), Acting(city.people["admin"], "admin"), NOW, on("2026-03-02"), "test")
            merge_department(act, ids["ENE"], ids["POL"])
            given = pool.submit(city.do, "office1", task, "reassign", {"department": ids["ENE"], "reason": "x"})
            time.sleep(0.5)
        with pytest.raises(InvalidError) as caught:
            given.result(10)
    assert [fault.field for fault in caught.value.faults] == ["department"]
    assert item(city, task).owner_department_id == ids["TRA"]


def test_a_section_finds_its_work(city: City) -> None:
    """What was handed on stands in the work list of the section's people, and no longer once it was taken back."""
    section = add_section(city)
    task = assigned_task(city)

    def work() -> list[int]:
        """Return what waits for the section's member."""
        with city.database.reading() as session:
            connection = session.connection()
            actor = find_actor(connection, city.people["TRA-1_staff"], NOW.date())
            assert actor is not None
            machines = [city.book.current_machine(connection, "task")]
            return [row.item.id for row in list_inbox(connection, actor, machines, NOW.date()).rows]

    assert work() == []
    city.do("tra_head", task, "hand_on", {"section": section})
    assert work() == [task]
    city.do("tra_head", task, "take_back")
    assert work() == []
