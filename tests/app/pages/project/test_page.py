"""A project's page and the addresses beside it, without script: plan, changes, lights, workflow, links."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import event, func, insert, select

from app.models.item import ItemLink, LightChange
from tests.app.pages.conftest import Visit
from tests.app.queries.project.planning import add_tasks, planned_project, set_state
from tests.app.services.supervision.stalling import yellow_task
from tests.city import NOW, City
from tests.sweeping import running_task
from workflows.catalogue import WORKFLOWS

Begin = Callable[[str], Visit]
HOSTILE = '"><img src=x onerror=alert(1)>'
PAGE_MAX = 200 * 1024


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """Collect the statements of the application."""
    engine, found = app.extensions["lianban"].database.engine, []

    def note(_c: object, _k: object, statement: str, *_more: object) -> None:
        found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


def test_statements_do_not_grow_with_the_tasks(app: Flask, city: City, visit: Begin) -> None:
    """Issue 4.14: the project's page takes as many statements with 50 tasks below it as with 5."""
    few, many = planned_project(city), planned_project(city, title="大项目")
    add_tasks(city, few, *((f"任务{n}", date(2026, 3, 20), "build") for n in range(5)))
    add_tasks(city, many, *((f"任务{n}", date(2026, 3, 20), "build") for n in range(50)))
    office = visit("office1")
    for project in (few, many):
        office.get(f"/items/{project}")
    counts = []
    for project in (few, many):
        with counted(app) as found:
            assert office.get(f"/items/{project}").status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_a_large_project_stays_a_small_page(city: City, visit: Begin) -> None:
    """Issue 4.13: with hundreds of tasks the page is cut, says so, leads to the list, and weighs under 200 KB."""
    project = planned_project(city)
    add_tasks(city, project, *((f"任务{n}：" + "长" * 80, date(2026, 3, 20), "build") for n in range(400)))
    page = visit("office1").get(f"/items/{project}").text
    assert len(page.encode()) <= PAGE_MAX
    assert "任务较多，只画出未了结的和期限最近的。" in page
    assert "400项任务" in page
    assert f'href="/items/{project}/plan"' in page


def test_the_timeline_says_lateness_in_words(city: City, visit: Begin) -> None:
    """Late is a word beside the bar, in working days (28 February is a worked Saturday); no style attribute (CSP)."""
    project = planned_project(city)
    late, _soon = add_tasks(city, project, ("迟的", date(2026, 2, 26), "design"), ("早的", date(2026, 4, 9), ""))
    set_state(city, late, state="in_progress")
    page = visit("tra_head").get(f"/items/{project}").text
    assert re.findall(r'class="g-lab g-red"[^>]*>([^<]*)<', page) == ["承办中，逾期3个工作日"]
    assert 'aria-label="迟的：' in page
    assert "style=" not in page
    # The gate between two phases stands with its plan.
    assert "阶段门：基础建设 → 集成应用" in page


def test_the_grid_leads_to_what_it_counts(city: City, visit: Begin) -> None:
    """Each cell is a link to exactly its tasks; without stages the grid says honestly what it counts."""
    project = planned_project(city)
    add_tasks(city, project, ("甲", date(2026, 3, 20), "build"), ("乙", date(2026, 3, 21), ""))
    office = visit("office1")
    page = office.get(f"/items/{project}").text
    assert "阶段 × 环节" in page
    listed = office.get(f"/items/{project}/plan?phase=1&stage=build").text
    assert ("甲" in listed, "乙" in listed, "开发测试" in listed) == (True, False, True)
    plain = planned_project(city, title="无环节")
    add_tasks(city, plain, ("丙", date(2026, 3, 20), ""))
    page = office.get(f"/items/{plain}").text
    assert "任务没有标明环节，按办理情况计" in page
    assert f"/items/{plain}/plan?phase=1&amp;standing=ahead" in page
    assert office.get(f"/items/{plain}/plan?phase=x&stage=y&standing=z").status_code == 200


def test_changes_keep_what_was_typed(city: City, visit: Begin) -> None:
    """A day that is none, or lies ahead, is refused beside its field; what was typed stays; the page still works."""
    project = planned_project(city)
    add_tasks(city, project, ("新任务", date(2026, 3, 20), ""))
    head = visit("tra_head")
    page = head.get(f"/items/{project}/changes?since=2026-03-01").text
    assert "新任务" in page
    for wrong in ("gestern", "2026-13-01", "2999-01-01", HOSTILE):
        answer = head.get(f"/items/{project}/changes", query_string={"since": wrong})
        assert answer.status_code == 422
        assert 'id="since-fault"' in answer.text
        assert HOSTILE not in answer.text
    assert 'value="gestern"' in head.get(f"/items/{project}/changes?since=gestern").text


@pytest.mark.parametrize("path", ["changes", "lights", "plan", "workflow"])
def test_pages_beside_an_unreadable_item_are_missing(city: City, visit: Begin, path: str) -> None:
    """P13, P14: somebody else's item looks like none, at every address."""
    task = city.task()
    police = visit("pol_head")
    assert visit("tra_head").get(f"/items/{task}/{path}").status_code == 200
    assert [police.get(f"/items/{wrong}/{path}").status_code for wrong in (task, task + 99)] == [404, 404]


def test_lights_show_their_past(city: City, visit: Begin) -> None:
    """The history lists every light with its rule and days; the strip beside the light has words."""
    task = running_task(city)
    with city.database.writing() as session:
        session.execute(insert(LightChange).values(item_id=task, on_day=date(2026, 3, 1), light="red",
                                                   light_rule="overdue", recorded_at=NOW))  # fmt: skip
    page = visit("tra_staff").get(f"/items/{task}/lights").text
    assert "红灯" in page
    assert "已逾期" in page
    assert f"/items/{task}/lights" in visit("tra_staff").get(f"/items/{task}").text


def test_the_workflow_page_says_what_each_step_needs(city: City, visit: Begin) -> None:
    """Issue 4.6: the present state is lit, the way stands beside, each step names who, fields and conditions."""
    task = running_task(city)
    page = visit("tra_staff").get(f"/items/{task}/workflow").text
    assert "现在：承办中" in page
    assert re.search(r'<g class="w-node is-now">.*?承办中</text>', page)
    assert page.count("is-past") >= 3
    assert "还有配合单位的分工未通过验收。" in page
    assert "您现在可以办理" in page
    assert "style=" not in page


def test_workflows_read_like_the_regulation(city: City, visit: Begin) -> None:
    """Every kind has its page with states, steps, limits; an unknown one is missing; both languages."""
    del city
    staff = visit("tra_staff")
    listed = staff.get("/workflows").text
    kinds = re.findall(r'href="/workflows/(\w+)"', listed)
    assert set(kinds) == {workflow.kind for workflow in WORKFLOWS.values()}
    page = staff.get("/workflows/task").text
    assert "核验销号" in page
    assert "期限前3个工作日" in page
    assert "您就是办理“提交办结”的人。" in page
    assert staff.get("/workflows/NIX").status_code == 404
    staff.client.set_cookie("lang", "en")
    assert "3 working days before" in staff.get("/workflows/task?lang=en").text


def test_a_link_is_laid_and_taken_away(city: City, visit: Begin) -> None:
    """The office links two tasks by the other's number; the page says with which; a button takes it away."""
    task, other = city.task("后办"), city.task("先办")
    office = visit("office1")
    assert "添加关联" in office.get(f"/items/{task}").text
    assert office.post(f"/items/{task}/links", relation="before", number=str(other)).status_code == 303
    page = office.get(f"/items/{task}").text
    assert "已与“先办”关联。" in page
    assert f'value="blocks.from.{other}"' in page
    again = office.post(f"/items/{other}/links", relation="before", number=str(task))
    assert again.status_code == 409
    assert "会形成循环" in again.text
    office.get(f"/items/{task}")
    assert office.post(f"/items/{task}/links/remove", link=f"blocks.from.{other}").status_code == 303
    with city.database.reading() as session:
        assert session.execute(select(func.count()).select_from(ItemLink)).scalar_one() == 0
    office.get(f"/items/{task}")
    assert office.post(f"/items/{task}/links/remove", link="blocks.sideways.x").status_code == 404


def test_a_wrong_link_keeps_what_was_typed(city: City, visit: Begin) -> None:
    """Both faults at once beside their fields, 422; an unreadable item looks like a missing one; text stays text."""
    task, foreign = city.task(), city.task("别家", lead="POL")
    head = visit("tra_head")
    head.get(f"/items/{task}")
    both = head.post(f"/items/{task}/links", relation="nix", number=HOSTILE)
    assert both.status_code == 422
    assert 'id="relation-fault"' in both.text
    assert 'id="number-fault"' in both.text
    assert HOSTILE not in both.text
    answers = []
    for wrong in (foreign, foreign + 99):
        head.get(f"/items/{task}")
        answers.append(head.post(f"/items/{task}/links", relation="before", number=str(wrong)))
    assert {answer.status_code for answer in answers} == {422}
    assert all("没有这个编号的事项，或您无权查看。" in answer.text for answer in answers)
    assert f'value="{foreign}"' in answers[0].text


def test_who_may_not_link_sees_no_form(city: City, visit: Begin) -> None:
    """Supporters and overseers see links but no form; a forged one is refused."""
    task, other = city.task(supports=("ENE",)), city.task("另一", supports=("ENE",))
    support = visit("ene_head")
    assert "添加关联" not in support.get(f"/items/{task}").text
    assert support.post(f"/items/{task}/links", relation="before", number=str(other)).status_code == 403


def test_a_closed_item_holds_no_upload_out(city: City, visit: Begin) -> None:
    """A closed item offers the office a folded form for a late paper, its lead department none."""
    task = city.task()
    set_state(city, task, state="done", closed_at=NOW)
    assert '<summary class="ink-2 t-s">事项已了结，仍要补充附件' in visit("office1").get(f"/items/{task}").text
    assert "上传附件" not in visit("tra_head").get(f"/items/{task}").text


def test_the_life_line_leads_to_the_slip(city: City, visit: Begin) -> None:
    """Slips stand on the life line with their number and state, in their colour, instead of the bare rung."""
    task, slip = yellow_task(city)
    page = visit("office1").get(f"/items/{task}").text
    life = page[page.index('<ol class="life">') : page.index("</ol>", page.index('<ol class="life">'))]
    assert re.search(rf'<li class="slip slip-2"><span><a href="/items/{slip}">', life)


def test_hostile_titles_are_text_everywhere(city: City, visit: Begin) -> None:
    """P98: a title full of markup stays text in drawings, labels and lists."""
    project = planned_project(city, title=f"项目{HOSTILE}")
    add_tasks(city, project, (f"任务{HOSTILE}", date(2026, 3, 20), "build"))
    office = visit("office1")
    for path in ("", "/changes?since=2026-03-01", "/plan", "/workflow", "/lights"):
        text = office.get(f"/items/{project}{path}").text
        assert "<img src=x" not in text
