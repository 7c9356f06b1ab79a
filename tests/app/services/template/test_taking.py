"""Templates taken from projects: roles, phases, limits and order stay; people, dates and amounts go."""

import tomllib
from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.models.item import Item, Milestone, Phase, Project
from app.models.organisation import Department
from app.services.entering import NewItem
from app.services.linking import lay_links
from app.services.template.shipped import read_shipped_templates
from app.services.template.storing import load_template
from app.services.template.taking import draft_template, take_template
from tests.app.services.template.orders import START, make, order
from tests.city import City
from workflows.template import Template
from workflows.template_writer import write_toml
from workflows.words import Text

LABEL = Text("从项目来", "From a project")


def take(city: City, item_id: int) -> Template:
    with city.database.reading() as session:
        return take_template(session.connection(), city.book, item_id, "taken", LABEL)


def write(city: City, statement: Any) -> None:  # noqa: ANN401  # an update
    with city.database.writing() as session:
        session.execute(statement)


def test_there_and_back_keeps_the_plan(city: City) -> None:
    """Made from a template and taken again: phases, gates, limits, stages, criteria, order, weights are the same."""
    source = next(one for one in read_shipped_templates() if one.key == "smart-traffic")
    taken = take(city, make(city, order(city)).answer["id"])
    assert [(p.name, p.workdays, p.gate, dict(p.outputs)) for p in taken.phases] == [
        (p.name, p.workdays, p.gate, dict(p.outputs)) for p in source.phases
    ]
    key_of = dict(zip((p.key for p in source.phases), (p.key for p in taken.phases), strict=True))
    mine, theirs = ({task.key: task for task in one.tasks} for one in (taken, source))
    assert mine.keys() == theirs.keys()
    for key, task in theirs.items():
        found = mine[key]
        assert (found.limit_workdays, found.stage, found.phase) == (task.limit_workdays, task.stage, key_of[task.phase])
        assert (set(found.after), found.rhythm, found.urgency) == (set(task.after), task.rhythm, task.urgency)
        assert [line.zh for line in found.criteria] == [line.zh for line in task.criteria]
    assert [one.weight_pct for one in taken.milestones] == [one.weight_pct for one in source.milestones]
    assert taken.indicators == source.indicators
    assert {role.key for role in taken.roles} == {"lead", "pol", "ene", "wea"}


def test_no_people_dates_or_amounts_pass_over(city: City) -> None:
    """What belongs to one project stays with it: the text of the template holds no date and no name of a person."""
    made = make(city, order(city)).answer["id"]
    write(city, update(Project).where(Project.item_id == made).values(budget_fen=123_456_700, place="某路"))
    write(city, update(Item).where(Item.parent_id == made).values(assignee_id=city.people["tra_staff"]))
    text = write_toml(take(city, made))
    for word in ("2026", "123456", "1234567", "某路", "tra_staff", "测试"):
        assert word not in text
    assert tomllib.loads(text)["languages"] == ["zh"]


def test_a_project_of_the_simple_kind_makes_one_too(city: City) -> None:
    """Without planned phases they share the time evenly; tasks fall into the phase of their date; weights make 100."""
    project = city.project("普通项目", due_on=date(2026, 8, 31), details={"start_on": START}, milestones=[
        {"name": name, "planned_on": date(2026, month, 1), "weight_pct": 10} for name, month in
        (("甲", 4), ("乙", 6), ("丙", 8))
    ])  # fmt: skip
    first = city.task("先做", parent_id=project, due_on=date(2026, 3, 31), criteria=("有成果",), supports=("ENE",))
    later = city.task("后做", parent_id=project, due_on=date(2026, 9, 30))
    left = city.task("取消的", parent_id=project)
    city.do("office1", left, "cancel", {"reason": "不要了"})
    secret = city.task("内部", parent_id=project, confidential=True)
    with city.database.writing() as session:
        lay_links(session.connection(), [(first, later), (secret, later)], "blocks")
    taken = take(city, project)
    assert [phase.name.zh for phase in taken.phases] == ["基础建设", "集成应用", "优化迭代"]
    assert [(task.title.zh, task.phase) for task in taken.tasks] == [("先做", "phase-1"), ("后做", "phase-3")]
    assert taken.tasks[1].after == (taken.tasks[0].key,)
    assert taken.tasks[1].limit_workdays == taken.phases[2].workdays
    assert [one.weight_pct for one in taken.milestones] == [34, 33, 33]


def test_a_bare_project_gets_one_phase_and_one_milestone(city: City) -> None:
    """A ledger's project has no phases: the whole time is one."""
    project = city.project("台账项目", details={"template": "none", "start_on": START})
    city.task("一件", parent_id=project)
    taken = take(city, project)
    assert len(taken.phases) == len(taken.milestones) == 1
    assert taken.milestones[0].weight_pct == 100
    assert taken.phases[0].name.en == "Implementation"


def test_what_cannot_be_a_template_is_refused(city: City) -> None:
    """Confidential, dateless, without tasks, in disorder, or no project: a sentence each."""
    with pytest.raises(NotFoundError):
        take(city, city.task())
    with pytest.raises(ConflictError) as secret:
        take(city, city.project("内部", confidential=True))
    assert secret.value.code == "confidential"
    with pytest.raises(InvalidError) as dateless:
        take(city, city.project("无期限", due_on=None))
    assert dateless.value.faults[0].field == "project"
    with pytest.raises(InvalidError) as empty:
        take(city, city.project("没有任务"))
    assert "task" in empty.value.faults[0].field
    made = make(city, order(city)).answer["id"]
    write(city, update(Phase).where(Phase.project_id == made, Phase.seq == 2).values(planned_on=date(2026, 1, 5)))
    with pytest.raises(InvalidError) as disorder:
        take(city, made)
    assert "先后" in disorder.value.faults[0].sentence.zh


def test_a_draft_can_be_written_where_the_template_is_refused(city: City) -> None:
    """What the strict reader refuses is written out for people to put right."""
    project = city.project("没有任务")
    with city.database.reading() as session:
        draft = draft_template(session.connection(), city.book, project, "taken", LABEL)
    assert draft.tasks == ()
    assert "taken" in write_toml(draft)


def test_milestones_without_weights_share_evenly(city: City) -> None:
    """Weights of nought: equal shares; none at all: one at the end."""
    made = make(city, order(city)).answer["id"]
    write(city, update(Milestone).values(weight_pct=0))
    assert sorted(one.weight_pct for one in take(city, made).milestones) == [25, 25, 25, 25]
    write(city, delete(Milestone))
    assert take(city, made).milestones[0].key == "finished"


def test_keys_never_meet(city: City) -> None:
    """Departments with codes that no key can take, and a made task that is called as another is numbered."""
    with city.database.writing() as session:
        connection = session.connection()
        codes = {"POL": "公安", "WEA": "9号", "ENE": "LEAD"}
        for old, new in codes.items():
            connection.execute(text_of(old, new))
    project = city.project(
        "代码", due_on=date(2026, 8, 31), details={"start_on": START}, supports=("ENE", "POL", "WEA")
    )
    city.task("一", parent_id=project)
    city.enter(NewItem("task", "二", city.departments["TRA"], parent_id=project, due_on=date(2026, 3, 5),
                       note={"template_task": "task-2", "stage": "nonsense"}))  # fmt: skip
    taken = take(city, project)
    assert len({role.key for role in taken.roles}) == 4
    assert len({task.key for task in taken.tasks}) == 2


def text_of(old: str, new: str) -> Any:  # noqa: ANN401  # an update
    """Return the statement that gives a department another code."""
    return update(Department).where(Department.code == old).values(code=new)


def test_an_unknown_stored_template_is_not_there(city: City) -> None:
    """Reading one that is not there is NotFoundError."""
    with city.database.reading() as session, pytest.raises(NotFoundError):
        load_template(session.connection(), 10**9)


def test_a_project_keeps_its_template_by_version(city: City) -> None:
    """`key@version` leads back to the very text."""
    made = make(city, order(city)).answer
    with city.database.reading() as session:
        assert (
            session.execute(select(Project.template).where(Project.item_id == made["id"])).scalar_one()
            == (made["template"])
        )
