"""The plan of a project: its cells, the tasks behind each, what departments owe; only what the reader may read."""

from datetime import date

import pytest

from app.core.errors import InvalidError, NotFoundError
from app.queries.project.below import read_phase_ends
from app.queries.project.duty import read_duties
from app.queries.project.plan import Plan, read_plan
from app.queries.project.tasks import list_tasks
from app.services.entering import NewItem
from app.services.linking import lay_links
from tests.app.queries.project.planning import add_tasks, planned_project, set_state
from tests.city import NOW, City

TODAY = date(2026, 4, 15)
OFFICE = ("OFFICE",)


def _plan(city: City, project: int, readers: tuple[str, ...] = OFFICE, limit: int = 40) -> Plan:
    with city.database.reading() as session:
        connection = session.connection()
        ends = read_phase_ends(connection, project)
        return read_plan(connection, readers, project, TODAY, ends, limit=limit)


def test_a_task_counts_in_the_phase_of_its_first_date(city: City) -> None:
    """The day on which a phase ends is still its own; a date moved later does not carry a task into the next phase."""
    project = planned_project(city)
    first, _second, _late, _none = add_tasks(
        city, project, ("末日", date(2026, 3, 31), "design"), ("次日", date(2026, 4, 1), "design"),
        ("最后", date(2027, 1, 1), ""), ("未定", None, "build"),
    )  # fmt: skip
    set_state(city, first, due_on=date(2026, 5, 1))
    cells = {(cell.phase_seq, cell.stage): cell.tasks for cell in _plan(city, project).cells}
    assert cells == {(1, "design"): 1, (2, "design"): 1, (3, "none"): 1, (0, "build"): 1}


def test_every_cell_leads_to_its_own_tasks(city: City) -> None:
    """A count and its list agree: the tasks behind all cells are the tasks of the plan, each once."""
    project = planned_project(city)
    ids = add_tasks(
        city, project, *((f"任务{n}", date(2026, 2 + n % 7, 10), ("analysis", "build", "")[n % 3]) for n in range(12))
    )
    set_state(city, ids[0], state="done", closed_at=NOW)
    set_state(city, ids[1], state="in_progress")
    seen: list[int] = []
    with city.database.reading() as session:
        for cell in _plan(city, project).cells:
            page = list_tasks(session.connection(), OFFICE, project, TODAY, phase=cell.phase_seq, stage=cell.stage,
                              standing=cell.state)  # fmt: skip
            assert len(page.items) == cell.tasks
            seen += [row.id for row in page.items]
    assert sorted(seen) == sorted(ids)


def test_pages_of_a_plan_follow_on(city: City) -> None:
    """Keyset pages in the order of due dates, those without one last, each task once; a foreign cursor is refused."""
    project = planned_project(city)
    ids = add_tasks(city, project, ("丙", None, ""), ("乙", date(2026, 5, 2), ""), ("甲", date(2026, 5, 1), ""))
    with city.database.reading() as session:
        first = list_tasks(session.connection(), OFFICE, project, TODAY, limit=2)
        rest = list_tasks(session.connection(), OFFICE, project, TODAY, limit=2, cursor=first.next_cursor)
        assert [row.id for row in (*first.items, *rest.items)] == ids[::-1]
        assert rest.next_cursor is None
        with pytest.raises(InvalidError):
            list_tasks(session.connection(), OFFICE, project, TODAY, cursor="x")


def test_nobody_counts_what_they_may_not_read(city: City) -> None:
    """P09, P13: a confidential task is in no cell, bar or sum of whoever may not read it; a foreign project is 404."""
    project = planned_project(city)
    add_tasks(city, project, ("公开", date(2026, 5, 1), "build"))
    add_tasks(city, project, ("信访专项", date(2026, 5, 2), "build"), confidential=True)
    staff = (f"D:{city.departments['TRA']}",)
    assert [task.title for task in _plan(city, project, staff).tasks] == ["公开"]
    assert sum(cell.tasks for cell in _plan(city, project, staff).cells) == 1
    with city.database.reading() as session:
        assert [duty.total for duty in read_duties(session.connection(), staff, project, TODAY)] == [1]
        with pytest.raises(NotFoundError):
            list_tasks(session.connection(), (f"D:{city.departments['POL']}",), project, TODAY)


def test_a_cancelled_task_is_no_part_of_the_plan(city: City) -> None:
    """What was cancelled or split is neither drawn nor counted."""
    project = planned_project(city)
    one, other = add_tasks(city, project, ("留", date(2026, 5, 1), ""), ("去", date(2026, 5, 1), ""))
    set_state(city, other, state="cancelled", closed_at=NOW)
    assert [task.id for task in _plan(city, project).tasks] == [one]


def test_many_tasks_are_cut_and_said_so(city: City) -> None:
    """Beyond the limit open tasks with the nearest dates stay, and the plan says that there are more."""
    project = planned_project(city)
    ids = add_tasks(city, project, *((f"任务{n}", date(2026, 4, 1 + n), "") for n in range(6)))
    set_state(city, ids[0], state="done", closed_at=NOW)
    plan = _plan(city, project, limit=3)
    assert (plan.is_more, [task.id for task in plan.tasks]) == (True, ids[1:4])


def test_what_waits_begins_after_what_blocks_it(city: City) -> None:
    """The planned begin of a task rests on the latest date among what must be finished first."""
    project = planned_project(city)
    one, other, last = add_tasks(
        city, project, ("一", date(2026, 4, 10), ""), ("二", date(2026, 4, 20), ""), ("三", date(2026, 5, 20), "")
    )
    with city.database.writing() as session:
        lay_links(session.connection(), [(one, last), (other, last)], "blocks")
    waits = {task.id: task.waits_until_on for task in _plan(city, project).tasks}
    assert waits == {one: None, other: None, last: date(2026, 4, 20)}


def test_departments_owe_tasks_and_shares(city: City) -> None:
    """A share counts for its own department; late, open and all are told apart, the late ones named first."""
    project = planned_project(city)
    supports = [(city.departments["ENE"], "接口", None)]
    late, _later = add_tasks(
        city, project, ("迟", date(2026, 4, 1), ""), ("早", date(2026, 5, 20), ""), supports=supports
    )
    set_state(city, late, state="in_progress")
    city.enter(NewItem("share", "负荷接口", city.departments["ENE"], parent_id=late, due_on=date(2026, 4, 2),
                       details={"deliverable": "负荷接口"}))  # fmt: skip
    with city.database.reading() as session:
        found = {duty.name: duty for duty in read_duties(session.connection(), OFFICE, project, TODAY)}
    assert {name: (duty.total, duty.open, duty.late) for name, duty in found.items()} == {
        "交通局": (2, 2, 1), "能源局": (1, 1, 1),
    }  # fmt: skip
    assert [item.title for item in found["交通局"].items] == ["迟", "早"]
