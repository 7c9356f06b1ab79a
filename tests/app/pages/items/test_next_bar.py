"""The bar under an item's title: what is owed next, who is waited for, which moves are what the item waits for."""

import re
from collections.abc import Callable
from datetime import date

from sqlalchemy import update

from app.models.item import Item, ItemClock
from tests.app.pages.conftest import Visit
from tests.app.services.supervision.owing import reporting_task
from tests.city import NOW, City
from tests.sweeping import local, sweep

Begin = Callable[[str], Visit]


def _begin(city: City) -> int:
    """Return a task that reports weekly and is at work for a week without a report."""
    item_id = reporting_task(city, now=local(2026, 2, 24))
    with city.database.writing() as session:
        values = {"state_since": local(2026, 2, 23), "last_progress_at": local(2026, 2, 23)}
        session.execute(update(Item).where(Item.id == item_id).values(**values))
        session.execute(update(ItemClock).where(ItemClock.item_id == item_id).values(report_ends_on=date(2026, 3, 8)))
    return item_id


def read_bar(page: str) -> str:
    """Return the bar without its markup."""
    part = page[page.index('<section class="next"') :]
    return re.sub(r"<[^>]+>", "", part[: part.index("</section>")])


def test_a_report_that_was_sent_is_not_asked_for_again(city: City, visit: Begin) -> None:
    """Before it the bar says until when, after it when it was and when the next period ends; nothing is filled then."""
    item_id = _begin(city)
    staff = visit("tra_staff")
    page = staff.get(f"/items/{item_id}").text
    assert "请您在3月8日前报告进展" in read_bar(page)
    assert "btn-primary" in page[page.index('<section class="next"') :]
    version = str(city.version(item_id))
    staff.get(f"/items/{item_id}/actions/report")
    sent = staff.post(f"/items/{item_id}/actions/report", version=version, key=staff.key, f__text="本周完成联调")
    assert sent.status_code == 303
    page = staff.get(f"/items/{item_id}").text
    bar = read_bar(page)
    assert "3月2日已报告进展，下次在3月" in bar
    assert "最近进展3月2日" in bar
    assert "已等待" not in bar
    assert "btn-primary" not in page[page.index('<section class="next"') : page.index('<div class="cols">')]


def test_an_owed_report_is_named(city: City, visit: Begin) -> None:
    """A period that has passed without a report is named in the bar."""
    item_id = reporting_task(city, now=local(2026, 2, 24))
    with city.database.writing() as session:
        session.execute(update(Item).where(Item.id == item_id).values(state_since=local(2026, 2, 23)))
    sweep(city, local(2026, 3, 2, 9))
    assert "请您补报进展：2026年第9周" in read_bar(visit("tra_staff").get(f"/items/{item_id}").text)


def _bring_to_acceptance(city: City) -> int:
    """Return a project that waits for the office to close it."""
    project = city.project()
    with city.database.writing() as session:
        session.execute(update(Item).where(Item.id == project).values(state="acceptance", state_since=NOW))
    return project


def test_the_good_end_is_the_move_that_is_waited_for(city: City, visit: Begin) -> None:
    """Whoever of the office opens a project in acceptance is asked to close it; only breaking it off is red."""
    project = _bring_to_acceptance(city)
    office = visit("office1")
    page = office.get(f"/items/{project}").text
    bar = read_bar(page)
    assert "请您结项" in bar
    assert "等协调办办理" not in bar
    assert re.search(r'class="btn btn-primary" href="[^"]*/actions/close"', page)
    assert re.search(r'class="btn btn-danger" href="[^"]*/actions/cancel"', page)
    form = office.get(f"/items/{project}/actions/close").text
    assert "btn-danger" not in form
    assert "项目即告结束，不能再办" in form
    row = office.get("/").text
    assert f'href="/items/{project}/actions/close">项目结项' in row
    assert "等协调办办理" in read_bar(visit("leader").get(f"/items/{project}").text)


def test_a_closed_way_says_that_it_is_ones_turn(city: City, visit: Begin) -> None:
    """Where the visitor is waited for and cannot act yet, the bar says so instead of naming their own office."""
    project = _bring_to_acceptance(city)
    city.task(parent_id=project)
    bar = read_bar(visit("office1").get(f"/items/{project}").text)
    assert "等您结项，目前还不能办" in bar
    assert "现在不能" in bar


def test_nobody_is_offered_to_urge_themself(city: City, visit: Begin) -> None:
    """The one who is waited for has no urging; the office that waits for them has it."""
    item_id = city.task()
    city.do("office1", item_id, "assign")
    city.do("tra_head", item_id, "receive")
    assert f"/items/{item_id}/actions/urge" in visit("office1").get(f"/items/{item_id}").text
    draft = city.task("拟办的")
    assert f"/items/{draft}/actions/urge" not in visit("office1").get(f"/items/{draft}").text
    assert f"/items/{item_id}/actions/urge" not in visit("tra_head").get(f"/items/{item_id}").text


def test_disagreeing_is_called_one_thing(city: City, visit: Begin) -> None:
    """From the button to the form: disagree; the reasons are needed and say so, the button says what it does."""
    project = city.project(supports=("ENE", "POL"))
    city.do("tra_head", project, "submit")
    signer = visit("ene_head")
    assert "请您会签：同意或者不同意" in read_bar(signer.get(f"/items/{project}").text)
    form = signer.get(f"/items/{project}/actions/sign?verdict=refuse").text
    assert '<button class="btn btn-primary">不同意</button>' in form
    assert re.search(r'for="f-remark">理由</label>', form)
    assert '<button class="btn btn-primary">提交意见</button>' in signer.get(f"/items/{project}/actions/sign").text
    signer.client.set_cookie("lang", "en")
    form = signer.get(f"/items/{project}/actions/sign?verdict=refuse").text
    assert '<button class="btn btn-primary">Disagree</button>' in form
    assert "refuse</label>" not in form
