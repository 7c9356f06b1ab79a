"""Projects through their gates, readers of confidential items, the access table."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from app.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from app.models.escalation import Episode
from app.models.item import Item, ItemAccess, ItemClock, Phase, Project
from app.policy import access
from app.services import effects
from tests.app.services.acts import approved_project, rows, run, submitted_task
from tests.city import NOW, City
from workflows.catalogue import WORKFLOWS


def test_a_project_passes_its_gates_in_order(city: City) -> None:
    """Each gate needs evidence and a decision; acceptance opens after the last phase has begun."""
    project = approved_project(city)
    with pytest.raises(ConflictError) as caught:
        city.do("tra_head", project, "apply", {"evidence": "x"})
    assert caught.value.code == "gates_passed"
    with pytest.raises(InvalidError):
        city.do("office1", project, "pass_gate", {"evidence": "阶段报告"})
    for _ in range(2):
        city.do("office1", project, "pass_gate", {"evidence": "阶段报告", "decision": "3月协调会议定事项"})
    with pytest.raises(ConflictError):
        city.do("office1", project, "pass_gate", {"evidence": "x", "decision": "y"})
    city.do("tra_head", project, "apply", {"evidence": "总结报告"})
    city.do("office1", project, "close", {"evidence": "验收报告"})
    assert rows(city, select(Project.phase_seq).where(Project.item_id == project)) == [(3,)]
    assert rows(city, select(func.count()).select_from(Phase).where(Phase.passed_at.is_not(None))) == [(3,)]


def test_a_joint_project_needs_a_supporter_and_its_signature(city: City) -> None:
    """A joint project has two departments at least; the leadership decides after the co-signing."""
    alone = city.project(supports=())
    with pytest.raises(ConflictError) as caught:
        city.do("tra_head", alone, "submit")
    assert caught.value.code == "has_supporters"
    project = city.project()
    city.do("tra_head", project, "submit")
    with pytest.raises(ConflictError):
        city.do("leader", project, "approve")
    with pytest.raises(ForbiddenError):
        city.do("office1", project, "approve")


def test_a_project_does_not_close_over_an_open_task(city: City) -> None:
    """An open task holds the acceptance; a closed project holds its tasks closed."""
    project = approved_project(city)
    for _ in range(2):
        city.do("office1", project, "pass_gate", {"evidence": "x", "decision": "y"})
    task = city.task(parent_id=project)
    with pytest.raises(ConflictError) as caught:
        city.do("tra_head", project, "apply", {"evidence": "x"})
    assert caught.value.code == "children_closed"
    run(city, task, ("office1", "assign"), ("tra_head", "receive"), ("tra_head", "start"))
    run(city, task, ("tra_head", "submit", {"evidence": "x"}), ("office1", "verify"))
    city.do("tra_head", project, "apply", {"evidence": "x"})
    city.do("office1", project, "close", {"evidence": "x"})
    with pytest.raises(ConflictError) as reopened:
        city.do("office1", task, "reopen", {"reason": "x"})
    assert reopened.value.code == "parent_open"


def test_progress_changes_light_and_idle_clock(city: City) -> None:
    """A report restarts the idle clock and the light is judged anew, with its rule."""
    project = approved_project(city)
    with city.database.writing() as session:
        session.execute(text("UPDATE project SET start_on = '2025-01-01' WHERE item_id = :i"), {"i": project})
    idle = select(Episode.anchor).where(Episode.item_id == project, Episode.cause == "idle", Episode.ended_at.is_(None))
    before = rows(city, idle)
    city.do("tra_staff", project, "report", {"text": "完成需求", "progress_pct": 20}, now=NOW + timedelta(hours=2))
    assert rows(city, select(ItemClock.light, ItemClock.light_rule).where(ItemClock.item_id == project)) == [
        ("red", "behind_plan")
    ]
    assert rows(city, idle) != before


def test_an_assignee_comes_from_the_department(city: City) -> None:
    """Somebody of another department cannot be put in charge."""
    task = city.task()
    city.do("office1", task, "assign")
    with pytest.raises(InvalidError) as caught:
        city.do("tra_head", task, "appoint", {"person": city.people["ene_head"]})
    assert caught.value.faults[0].field == "person"
    city.do("tra_head", task, "appoint", {"person": city.people["tra_staff"]})
    assert (f"U:{city.people['tra_staff']}",) in rows(city, select(ItemAccess.reader).where(ItemAccess.item_id == task))


def test_a_confidential_item_is_read_by_name_and_post_only(city: City) -> None:
    """Staff of the lead department and of the office do not see it; heads, director, leaders and the assignee do."""
    task = city.task("信访专项", confidential=True, supports=("POL",), reader_ids=(city.people["wea_staff"],))
    for login in ("office1", "tra_staff", "ene_head", "admin"):
        with pytest.raises(NotFoundError):
            city.do(login, task, "assign")
    city.do("director", task, "assign")
    for login in ("tra_head", "pol_head", "leader", "auditor", "wea_staff"):
        with pytest.raises((ForbiddenError, ConflictError)):
            city.do(login, task, "verify")
    ((share,),) = rows(city, select(Item.id).where(Item.parent_id == task))
    with pytest.raises(NotFoundError):
        city.do("office1", share, "cancel", {"reason": "x"})


def test_the_access_table_equals_its_rebuild(city: City) -> None:
    """After creation, appointment, shares and closing nothing is missing, superfluous or wrong."""
    task = submitted_task(city, "ENE", "WEA")
    city.task("保密", confidential=True)
    city.task("下级", parent_id=approved_project(city))
    with city.database.writing() as session:
        connection = session.connection()
        assert access.compare(connection) == []
        connection.execute(text("DELETE FROM item_access WHERE item_id = :i AND reader = 'OFFICE'"), {"i": task})
        connection.execute(text("UPDATE item_access SET due_key = '2020-01-01' WHERE item_id = :i"), {"i": task})
        assert {d.fault for d in access.compare(connection)} == {"missing", "wrong"}
        access.rebuild(connection)
        assert access.compare(connection) == []


def test_every_effect_of_the_tables_is_registered() -> None:
    """Used = registered, in both directions over all tables."""
    used = {name for table in WORKFLOWS.values() for step in table.steps for name in step.then}
    assert used == set(effects.BEFORE) | set(effects.AFTER)
    assert not set(effects.BEFORE) & set(effects.AFTER)
