"""What changed since a day: each sort of change once, from the day on, and only what the reader may read."""

from datetime import date, datetime

import pytest
from sqlalchemy import insert

from app.core.errors import NotFoundError
from app.models.item import LightChange
from app.queries.project.changes import Changes, read_changes
from app.queries.project.lights import read_lights
from app.queries.project.way import read_way
from app.services.entering import NewItem
from tests.app.queries.project.planning import planned_project
from tests.app.services.supervision.stalling import yellow_task
from tests.city import NOW, City
from tests.sweeping import local, running_task

OFFICE = ("OFFICE",)


def _read(city: City, item_id: int, since: datetime, readers: tuple[str, ...] = OFFICE, limit: int = 50) -> Changes:
    with city.database.reading() as session:
        return read_changes(session.connection(), readers, item_id, since, since.date(), limit=limit)


def test_a_moved_date_says_from_where_to_where_and_why(city: City) -> None:
    """Two moves in a row: each from the date before it, with the reason and who decided; the newest first."""
    task = running_task(city, due_on=date(2026, 4, 1))
    city.do("office1", task, "extend", {"new_due_on": "2026-04-10", "reason": "汛期"}, now=local(2026, 3, 5))
    city.do("office2", task, "extend", {"new_due_on": "2026-04-07", "reason": "提前"}, now=local(2026, 3, 6))
    moved = _read(city, task, local(2026, 3, 3)).moved
    assert [(one.from_on, one.to_on, one.reason, one.by_name) for one in moved] == [
        (date(2026, 4, 10), date(2026, 4, 7), "提前", "测试office2"),
        (date(2026, 4, 1), date(2026, 4, 10), "汛期", "测试office1"),
    ]
    later = _read(city, task, local(2026, 3, 6)).moved
    assert [(one.from_on, one.to_on) for one in later] == [(date(2026, 4, 10), date(2026, 4, 7))]


def test_changes_reach_down_to_shares_but_not_beside(city: City) -> None:
    """New tasks and shares below a project are told; another project's are not."""
    project, other = planned_project(city), planned_project(city, title="另一项目")
    task = city.task("下级", parent_id=project)
    share = city.enter(
        NewItem("share", "分工", city.departments["ENE"], parent_id=task, details={"deliverable": "分工"})
    )[0]
    city.task("别处", parent_id=other)
    assert {one.item.id for one in _read(city, project, NOW).entered} == {task, share}


def test_a_confidential_task_stays_out_of_the_changes(city: City) -> None:
    """P09, P13: what the reader may not read has no change either; an unreadable item is not found."""
    project = planned_project(city)
    hidden = city.task("信访专项", parent_id=project, confidential=True)
    city.do("director", hidden, "assign")
    staff = (f"D:{city.departments['TRA']}",)
    found = _read(city, project, NOW, staff)
    assert hidden not in {one.item.id for one in found.entered}
    assert hidden not in {one.item.id for one in found.steps}
    with pytest.raises(NotFoundError):
        _read(city, hidden, NOW, staff)


def test_lights_tell_what_they_were(city: City) -> None:
    """A first light is no change, the same light again is none; before the day nothing counts."""
    task = running_task(city)
    days = [(date(2026, 3, 10), "green"), (date(2026, 3, 12), "yellow"), (date(2026, 3, 13), "yellow")]
    with city.database.writing() as session:
        session.execute(insert(LightChange), [
            {"item_id": task, "on_day": day, "light": light, "light_rule": "due_soon", "recorded_at": NOW}
            for day, light in days
        ])  # fmt: skip
    found = _read(city, task, local(2026, 3, 11)).lights
    assert [(one.on_day, one.before, one.light) for one in found] == [(date(2026, 3, 12), "green", "yellow")]
    with city.database.reading() as session:
        history = read_lights(session.connection(), OFFICE, task)
        assert [row.light for row in history.rows][-3:] == ["green", "yellow", "yellow"]
        assert read_lights(session.connection(), ("D:0",), task).rows == ()


def test_rungs_slips_and_steps_have_parts_of_their_own(city: City) -> None:
    """A slip is told once, as issued; the sweep's rung stands beside it; limits say that there is more."""
    task, slip = yellow_task(city)
    found = _read(city, task, local(2026, 3, 1))
    assert [one.item.id for one in found.slips] == [slip]
    assert (task, 2) in {(one.item.id, one.level) for one in found.rungs}
    assert not {"create", "issue"} & {one.action for one in found.steps}
    assert "steps" in _read(city, task, local(2026, 3, 1), limit=1).more


def test_the_way_leaves_out_what_kept_the_state(city: City) -> None:
    """The way through the workflow is its moves from state to state, in order."""
    task = running_task(city)
    city.do("tra_staff", task, "report", {"text": "进展"})
    with city.database.reading() as session:
        way = read_way(session.connection(), OFFICE, task)
        assert [one.to_state for one in way] == ["draft", "assigned", "received", "in_progress"]
        assert read_way(session.connection(), ("D:0",), task) == ()
