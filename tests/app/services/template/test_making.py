"""Projects made from templates: everything the plan shows, all or nothing, and refusals that name the place."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, update

from app.core.errors import ConflictError, DomainError, ForbiddenError, InvalidError
from app.models.item import Criterion, Item, ItemLink, Milestone, Phase, Project, Support
from app.models.organisation import Department
from app.services.template.planning import Plan, plan_project
from app.services.template.shipped import read_shipped_templates
from app.services.template.storing import retire_template
from tests.app.services.template.orders import DEPARTMENTS, START, act, count, make, order
from tests.city import NOW, City

TEMPLATE = next(one for one in read_shipped_templates() if one.key == "smart-traffic")


def rows(city: City, statement: Any) -> list[Any]:  # noqa: ANN401  # a select
    with city.database.reading() as session:
        return list(session.execute(statement).all())


def plan(city: City, **changes: Any) -> Plan:  # noqa: ANN401  # fields of an order
    with city.database.reading() as session:
        return plan_project(session.connection(), city.book, NOW, order(city, **changes))


def refuse(city: City, **changes: Any) -> InvalidError:  # noqa: ANN401  # fields of an order
    with pytest.raises(InvalidError) as caught:
        plan(city, **changes)
    return caught.value


def test_a_project_has_all_that_its_template_says(city: City) -> None:
    """Issue 3.7: project as a proposal, phases with dates, milestones, supporters, draft tasks with criteria, order."""
    made = make(city, order(city)).answer
    project = made["id"]
    assert city.state(project) == "proposed"
    kept = rows(city, select(Project.template, Project.start_on, Item.due_source, Item.report_rhythm)
                .join(Item, Item.id == Project.item_id).where(Item.id == project))  # fmt: skip
    assert kept == [("smart-traffic@1", START, "computed", "ten_day")]
    phases = rows(city, select(Phase.name, Phase.name_en, Phase.planned_on).order_by(Phase.seq))
    assert [row[:2] for row in phases] == [
        ("基础建设", "Foundation"), ("集成应用", "Integration"), ("优化迭代", "Optimisation"),
    ]  # fmt: skip
    with city.database.reading() as session:
        calendar = city.book.calendar(session.connection())
    assert [row[2] for row in phases] == [calendar.add_workdays(START, days) for days in (110, 200, 280)]
    assert sum(row[0] for row in rows(city, select(Milestone.weight_pct))) == 100
    owes = rows(city, select(Support.department_id, Support.owes).where(Support.item_id == project))
    assert {row[0] for row in owes} == {city.departments[code] for code in ("POL", "ENE", "WEA")}
    assert all(row[1] for row in owes)
    tasks = rows(city, select(Item.state, Item.due_on, Item.due_basis).where(Item.parent_id == project))
    assert [row[0] for row in tasks] == ["draft"] * len(TEMPLATE.tasks)
    assert all(row[1] == calendar.add_workdays(START, row[2]["workdays"]) for row in tasks)
    assert len(rows(city, select(Criterion.id))) == sum(len(task.criteria) for task in TEMPLATE.tasks)
    ids = {task["key"]: task["id"] for task in made["tasks"]}
    wanted = {(ids[before], ids[task.key]) for task in TEMPLATE.tasks for before in task.after}
    assert set(rows(city, select(ItemLink.from_id, ItemLink.to_id))) == wanted
    assert made["links"] == len(wanted)


def test_a_task_passes_from_draft_to_its_department(city: City) -> None:
    """What was made works on: the office assigns a task, the lead receives it, the supporter has its share."""
    made = make(city, order(city)).answer
    task = next(one["id"] for one in made["tasks"] if one["key"] == "collect-needs")
    city.do("office1", task, "assign")
    city.do("tra_head", task, "receive")
    shares = rows(city, select(Item.owner_department_id).where(Item.parent_id == task, Item.kind == "share"))
    assert {row[0] for row in shares} == {city.departments["POL"], city.departments["ENE"]}


def test_the_plan_is_what_is_made(city: City) -> None:
    """The preview writes nothing and shows the very dates; those of a year without a calendar are provisional."""
    before = count(city, "items")
    shown = plan(city)
    assert count(city, "items") == before
    assert shown.is_provisional
    assert not shown.tasks[0].due.is_provisional
    made = make(city, order(city)).answer
    assert made["due_on"] == shown.due.on.isoformat()
    assert [(task["key"], task["due_on"]) for task in made["tasks"]] == [
        (task.key, task.due.on.isoformat()) for task in shown.tasks
    ]


def test_outside_parties_are_named_where_they_have_no_account(city: City) -> None:
    """R5: a party outside government may be left out; what it owes stands in the requirement instead."""
    shown = plan(city)
    task = next(one for one in shown.tasks if one.key == "install-sensors")
    assert "平台建设企业：设备供货、安装和调试" in task.requirement
    assert "平台建设企业" in shown.description
    with_supplier = plan(city, departments=DEPARTMENTS | {"supplier": "OFF"})
    task = next(one for one in with_supplier.tasks if one.key == "install-sensors")
    assert "平台建设企业" not in task.requirement
    assert city.departments["OFF"] in {support.department_id for support in task.supports}


def test_english_projects_read_english(city: City) -> None:
    """Both languages: the words of the template in the language that was asked for."""
    shown = plan(city, lang="en")
    assert shown.tasks[0].title == "Collect each department's needs and data"
    assert "Parties outside government" in shown.description


def test_one_department_in_two_roles_owes_both(city: City) -> None:
    """A small city: one bureau plays two roles; it supports once and owes both, and not itself."""
    shown = plan(city, departments=DEPARTMENTS | {"city-management": "POL", "data": "TRA"})
    assert [support.department_id for support in shown.supports] == [city.departments["POL"]]
    assert "；" in shown.supports[0].owes
    standard = next(task for task in shown.tasks if task.key == "data-standard")
    assert standard.lead_id == city.departments["TRA"]
    assert standard.lead_id not in {support.department_id for support in standard.supports}


def test_left_out_tasks_are_led_around(city: City) -> None:
    """A skipped task is not made; who waited for it waits for what it waited for."""
    made = make(city, order(city, skip=("connect-data", "baseline"))).answer
    keys = [task["key"] for task in made["tasks"]]
    assert len(keys) == len(TEMPLATE.tasks) - 2
    ids = {task["key"]: task["id"] for task in made["tasks"]}
    waits = {row[0] for row in rows(city, select(ItemLink.from_id).where(ItemLink.to_id == ids["incident-exchange"]))}
    assert waits == {ids["platform"], ids["install-sensors"]}


def test_every_fault_of_an_order_is_named_at_once(city: City) -> None:
    """A missing role, an unknown one, an unknown department, a wrong start, a strange task: all in one answer."""
    departments = {"transport": "TRA", "police": "没有的局", "data": "WEA", "captain": "TRA"}
    error = refuse(city, departments=departments, start_on=date(1996, 3, 2), skip=["x"], title=" ", lang="fr")
    assert [fault.field for fault in error.faults] == [
        "title", "start_on", "skip", "lang", "departments.captain", "departments.police", "departments.city-management",
    ]  # fmt: skip
    assert "城市管理" in error.faults[-1].sentence.zh
    assert refuse(city, title="长" * 301).faults[0].field == "title"


def test_a_project_of_one_department_is_not_joint(city: City) -> None:
    """R15: at least two departments."""
    assert refuse(city, departments=dict.fromkeys(DEPARTMENTS, "TRA")).faults[0].field == "departments"


def test_duties_too_long_for_one_department_are_refused(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """P107: never cut in silence: what several roles owe together must fit the column."""
    monkeypatch.setattr("app.services.template.planning.TITLE_MAX", 20)
    error = refuse(city, departments=DEPARTMENTS | {"data": "POL"}, title="短")
    assert [fault.field for fault in error.faults] == ["departments"]


def test_a_closed_department_names_its_successor(city: City) -> None:
    """Issue 3 (a department that vanished): the refusal says who took over; nobody, a loop: it says closed."""

    def close(code: str, successor: str | None) -> None:
        with city.database.writing() as session:
            after = city.departments[successor] if successor else None
            session.execute(update(Department).where(Department.code == code).values(to_on=START, successor_id=after))

    close("WEA", "ENE")
    assert "能源局" in refuse(city).faults[0].sentence.zh
    close("WEA", None)
    assert refuse(city).faults[0].sentence.en == "气象局 is closed."
    close("WEA", "ENE")
    close("ENE", "WEA")
    assert refuse(city).faults[-1].sentence.en == "气象局 is closed."


def test_a_former_name_still_finds_the_department(city: City) -> None:
    """Departments are named by id, code or name, folded."""
    wanted = DEPARTMENTS | {"police": city.departments["POL"], "data": " wea "}
    assert plan(city, departments=wanted).lead_id == city.departments["TRA"]


@pytest.mark.parametrize(("login", "ok"), [
    ("office1", True), ("tra_head", True), ("pol_head", False), ("tra_staff", False), ("leader", False),
    ("admin", False),
])  # fmt: skip
def test_who_may_make_a_project(city: City, login: str, *, ok: bool) -> None:
    """The office, or the lead department's head; nothing is written for anybody else."""
    if ok:
        make(city, order(city), by=login)
        assert count(city, "project") == 1
        return
    with pytest.raises(ForbiddenError):
        make(city, order(city), by=login)
    assert count(city, "items") == 0


def test_the_same_key_makes_one_project(city: City) -> None:
    """A double click: the second request gets the first answer; other content under the key is refused."""
    first = make(city, order(city), key="k1")
    again = make(city, order(city), key="k1")
    assert again.is_replay
    assert again.answer == first.answer
    assert count(city, "project") == 1
    with pytest.raises(InvalidError):
        make(city, order(city, title="另一个"), key="k1")


def test_a_retired_template_makes_nothing(city: City) -> None:
    """A template that is offered no more is refused with a sentence, also by its id."""
    with city.database.writing() as session:
        assert retire_template(act(city, session.connection()), "smart-traffic") == 1
    with pytest.raises(ConflictError) as caught:
        make(city, order(city))
    assert caught.value.code == "template_retired"


def test_nothing_is_half_made(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """All in one unit: a failure at the last step leaves no project, phase or task."""

    def fail(*_: object, **__: object) -> None:
        raise ConflictError("loop", refuse_sentence)

    refuse_sentence = refuse(city, title="").sentence
    monkeypatch.setattr("app.services.template.making.lay_links", fail)
    with pytest.raises(DomainError):
        make(city, order(city), key="k1")
    assert [count(city, table) for table in ("items", "phase", "milestone", "idempotency")] == [0, 0, 0, 0]


def test_the_number_of_statements_does_not_grow(city: City) -> None:
    """No N+1: ten tasks take as many statements as three."""
    few, many = order(city, skip=tuple(task.key for task in TEMPLATE.tasks[3:])), order(city)
    make(city, few)  # the rules are read once and kept
    seen: list[str] = []
    event.listen(city.database.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    make(city, few)
    least = len(seen)
    seen.clear()
    make(city, many)
    assert len(seen) == least < 50


def test_every_shipped_template_makes_a_project(city: City) -> None:
    """The twelve of the issue: each is laid out and made, with roles filled from four departments."""
    codes = ("TRA", "ENE", "POL", "WEA")
    for template in read_shipped_templates():
        roles = [role.key for role in template.roles if not role.is_outside]
        departments = {key: codes[place % 4] for place, key in enumerate(roles)}
        made = make(city, order(city, template.key, departments=departments)).answer
        assert len(made["tasks"]) == len(template.tasks)
    assert count(city, "project") == len(read_shipped_templates()) == 12


def test_a_start_far_ahead_has_provisional_dates(city: City) -> None:
    """No official calendar is known for next year: every date that rests on it says so."""
    shown = plan(city, start_on=START + timedelta(days=700))
    assert all(task.due.is_provisional for task in shown.tasks)
