"""Substitution on the pages: asked for, answered, ended; marked in the inbox and on the item; the office's list."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from app.core.clock import FixedClock
from app.models.delegation import Delegation
from app.models.organisation import Person
from tests.app.pages.conftest import Visit
from tests.city import NOW, City
from tests.delegating import BEGIN, lend, offer
from tests.messaging import deliver_at, inbox

Begin = Callable[[str], Visit]
PERIOD = {"from_on": "2026-03-02", "to_on": "2026-03-20"}


def test_a_substitution_from_the_form_to_its_end(city: City, visit: Begin) -> None:
    """PEERS 21, 24: offered, accepted, the work marked, done under both names, ended; nothing is rewritten."""
    task = city.task()
    city.do("office1", task, "assign")
    head, other = visit("tra_head"), visit("ene_head")
    assert "现有1项待办将同时等代理人办理" in head.get("/me/delegations/new").text
    looked = head.post("/me/delegations", **PERIOD, other="测试ene_head", reason="<培训>", kinds="project", preview="1")
    assert "现有0项待办" in looked.text
    assert "&lt;培训&gt;" in looked.text
    sent = head.post("/me/delegations", **PERIOD, other="测试ene_head", reason="<培训>")
    assert (sent.status_code, sent.headers["Location"]) == (303, "/me/delegations")
    assert "待对方接受" in head.get("/me/delegations").text
    assert "办理</b>" not in other.get("/inbox").text
    shown = other.get("/me/delegations").text
    assert "请您答复" in shown
    assert "测试ene_head（代测试tra_head）" in shown
    assert "3月2日" in shown
    assert "3月20日" in shown
    assert "&lt;培训&gt;" in shown
    one = city.database.write(lambda session: session.execute(select(Delegation.id)).scalar_one())
    assert head.post(f"/me/delegations/{one}/accept").status_code == 403
    other.post(f"/me/delegations/{one}/accept")
    home = other.get("/").text
    assert "您正代测试tra_head办理，至" in home
    assert "代测试tra_head办理" in other.get("/inbox").text
    page = other.get(f"/items/{task}").text
    assert "测试tra_head的代理人（交通局 · head）" in page
    other.post(f"/inbox/items/{task}/receive", version="2", key=other.key)
    assert city.state(task) == "received"
    assert "测试ene_head（代测试tra_head）" in head.get(f"/items/{task}").text
    visitor = visit("auditor")
    assert "，代测试tra_head" in visitor.get(f"/log?item={task}").text
    other.get("/me/delegations")
    other.post(f"/me/delegations/{one}/end", note="提前返岗")
    over = other.get("/me/delegations").text
    assert "测试ene_head提前结束" in over
    assert "说明：提前返岗" in over
    assert other.get(f"/items/{task}").status_code == 404
    assert "您正代" not in other.get("/").text


def test_every_fault_is_told_at_once_and_what_was_typed_stays(city: City, visit: Begin) -> None:
    """STYLE: beside its field, in the reader's language; namesakes are told apart by their log-ins."""
    head = visit("tra_head")
    head.get("/me/delegations/new")
    wrong = head.post("/me/delegations", from_on="x", to_on="", reason="", other="查无此人")
    assert wrong.status_code == 422
    for text in ("没有叫这个名字的在职人员", "应为日期", "请填写", "请写明事由", 'value="查无此人"'):
        assert text in wrong.text
    assert "请选择代理人" in head.post("/me/delegations", **PERIOD, reason="假").text
    past = head.post("/me/delegations", from_on="2026-03-01", to_on="2026-12-01", other="auditor", reason="假")
    for text in ("不能早于今天", "代理最长180天", "审计人员和系统管理员不能担任代理人"):
        assert text in past.text
    with city.database.writing() as session:
        session.execute(update(Person).where(Person.login.in_(("pol_head", "wea_head"))).values(name="测试同名"))
    same = head.post("/me/delegations", **PERIOD, other="测试同名", reason="假").text
    assert "pol_head" in same
    assert "wea_head" in same
    head.client.set_cookie("lang", "en")
    english = head.post("/me/delegations", **PERIOD, reason="")
    assert "A reason is needed." in english.text


def test_a_clash_is_told_with_the_other_and_the_form_stays(city: City, visit: Begin) -> None:
    """P04: a second substitute, and a loop, are refused on the page with names; nothing is written."""
    lend(city, "tra_head", "ene_head")
    head, other = visit("tra_head"), visit("ene_head")
    head.get("/me/delegations/new")
    clash = head.post("/me/delegations", from_on="2026-03-05", to_on="2026-03-06", other="pol_head", reason="会议")
    assert clash.status_code == 409
    assert "已委托测试ene_head代理" in clash.text
    assert "会议" in clash.text
    other.get("/me/delegations/new")
    loop = other.post("/me/delegations", from_on="2026-03-05", to_on="2026-03-06", other="tra_head", reason="会议")
    assert "循环代理：测试ene_head → 测试tra_head → 测试ene_head" in loop.text


def test_the_office_sees_the_city_and_makes_one_for_somebody_who_cannot(city: City, visit: Begin) -> None:
    """Marked so on both sides' pages; closed to everybody else."""
    offer(city, "pol_head", "wea_head")
    office = visit("office1")
    assert "测试wea_head（代测试pol_head）" in office.get("/delegations").text
    office.get("/me/delegations/new")
    made = office.post("/me/delegations", **PERIOD, principal="tra_head", other="tra_staff", reason="住院")
    assert made.status_code == 303
    staff = visit("tra_staff")
    assert "协调办测试office1代为登记" in staff.get("/me/delegations").text
    assert staff.get("/delegations").status_code == 403
    assert "全市代理情况" not in staff.get("/me/delegations").text
    staff.get("/me/delegations/new")
    refused = staff.post("/me/delegations", **PERIOD, principal="pol_head", other="wea_staff", reason="假")
    assert refused.status_code == 403


def test_what_cannot_be_done_any_more_is_said(city: City, visit: Begin) -> None:
    """A stale page: the offer was taken back meanwhile; a stranger's number is missing."""
    one = offer(city, "tra_head", "ene_head")
    head, other = visit("tra_head"), visit("ene_head")
    head.get("/me/delegations")
    head.post(f"/me/delegations/{one}/end")
    other.get("/me/delegations")
    other.post(f"/me/delegations/{one}/decline", note="不便")
    assert "已答复、结束或逾期" in other.get("/me/delegations").text
    stranger = visit("pol_head")
    stranger.get("/me/delegations")
    assert stranger.post(f"/me/delegations/{one}/accept").status_code == 404


def test_a_message_leads_to_the_delegations(city: City, visit: Begin) -> None:
    """The message about an offer opens the page on which it is answered."""
    offer(city, "tra_head", "ene_head")
    deliver_at(city, NOW)
    other = visit("ene_head")
    page = other.get("/messages").text
    assert "代理待接受：测试ene_head代测试tra_head" in page
    opened = other.post(f"/messages/{inbox(city, 'ene_head')[0].id}/open")
    assert opened.headers["Location"] == "/me/delegations"


@pytest.mark.parametrize("address", ["/", "/inbox", "/items/{task}"])
def test_pages_of_others_take_no_statement_more(app: Flask, city: City, visit: Begin, address: str) -> None:
    """STYLE: a constant number of statements; delegations of others cost a visitor nothing."""
    task = city.task()
    city.do("office1", task, "assign")
    path = address.format(task=task)
    someone = visit("tra_staff")
    counted: list[str] = []
    engine = app.extensions["lianban"].database.engine

    def note(*given: Any) -> None:  # noqa: ANN401
        counted.append(given[2])

    event.listen(engine, "before_cursor_execute", note)
    counts = []
    for _ in range(2):
        someone.get(path)
        counted.clear()
        someone.get(path)
        counts.append(len(counted))
        lend(city, "tra_head", "ene_head", from_at=NOW + timedelta(hours=len(counts)))
        clock = app.extensions["lianban"].clock
        assert isinstance(clock, FixedClock)
        clock.set(BEGIN + timedelta(minutes=1))
        someone = visit("tra_staff")
    assert counts[0] == counts[1]


def test_no_date_beyond_every_calendar(city: City, visit: Begin) -> None:
    """P100: a year that arithmetic cannot go beyond is refused beside its field, in forms and filters."""
    del city
    head = visit("tra_head")
    head.get("/me/delegations/new")
    sent = head.post("/me/delegations", from_on="2026-03-02", to_on="9999-12-31", other="测试ene_head", reason="培训")
    assert sent.status_code == 422
    assert "日期应在2000年至2099年之间。" in sent.text
    auditor = visit("auditor")
    for query in ("until=9999-12-31", "since=0001-01-01"):
        assert auditor.get(f"/log?{query}").status_code == 200


def test_one_substitute_is_chosen_once(city: City, visit: Begin) -> None:
    """A colleague chosen and another name typed is refused: nobody knows who was meant. The same one twice is one."""
    head = visit("tra_head")
    head.get("/me/delegations/new")
    both = {**PERIOD, "substitute": str(city.people["tra_staff"]), "reason": "培训"}
    sent = head.post("/me/delegations", **both, other="测试ene_head")
    assert sent.status_code == 422
    assert "已在上面选了另一人" in sent.text
    assert head.post("/me/delegations", **both, other="测试tra_staff").status_code == 303
    second = head.post("/me/delegations", **PERIOD, other="测试ene_head", reason="培训")
    assert "（2026-03-02至2026-03-20）" in second.text
