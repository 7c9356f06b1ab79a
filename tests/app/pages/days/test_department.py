"""A department's day: the head signs, endorses and decides in the inbox; a member reports and answers."""

import pytest
from playwright.sync_api import expect

from tests.app.pages.days.conftest import Day, press

pytestmark = pytest.mark.browser


def test_the_head_signs_and_endorses_in_the_inbox(day: Day) -> None:
    """Without leaving the list: a signature that is owed, a request of one's own department."""
    head = day.begin("transport", "/inbox")
    for title in ("编制城市运行“一张图”接口规范", "延期申请：开通景区与地铁接驳专线"):
        row = head.page.locator(".inbox > li", has_text=title).first
        expect(row).to_be_visible()
        row_id = row.get_attribute("id")
        press(row.locator(".acts .btn-primary").first)
        opened = head.page.locator(f"#{row_id}.outcome, #{row_id} .row-form form").first
        expect(opened).to_be_visible()
        form = head.page.locator(f"#{row_id} .row-form form")
        if form.count():
            for box in form.locator("textarea").all():
                box.fill("同意。")
            press(form.locator(".btn-primary").first)
        expect(head.page.locator(f"#{row_id}.outcome")).to_be_visible()
    assert day.state("request") == "endorsed"


def test_the_head_reads_the_own_projects(day: Day) -> None:
    """From the list of projects to one of them: timeline, grid, what each department owes, what changed."""
    head = day.begin("transport", "/projects")
    press(head.page.locator("main a.title", has_text="云州市中心城区交通信号协同控制").first)
    for part in (".gantt", ".matrix", ".duties", ".life"):
        expect(head.page.locator(part).first).to_be_attached()
    head.open("/items/{project}/changes?since=2026-06-01")
    expect(head.page.locator("h1")).to_be_visible()
    head.open("/items/{project}/workflow")
    expect(head.page.locator("main svg").first).to_be_attached()


def test_a_member_reports_and_reads_the_messages(day: Day) -> None:
    """A report on a project from the own home page, then the messages and what one wants to be told."""
    member = day.begin("transport2")
    expect(member.page.locator("h1")).to_have_text(day.say("我的工作"))
    day.act(member, "project", "report", text="云溪片区绿波试行范围扩大到12个路口。")
    assert "云溪片区绿波试行范围扩大到12个路口。" in member.page.inner_text("main")
    member.open("/messages")
    expect(member.page.locator("h1")).to_be_visible()
    member.open("/me/messages")
    expect(member.page.locator("main form input[type=radio]").first).to_be_attached()


def test_a_head_answers_a_notice(day: Day) -> None:
    """A notice is answered with a date that was promised; without one the sentence stands beside the field."""
    head = day.begin("garden", "/items/{slip}/actions/answer")
    press(head.page.locator("main form .btn-primary").first)
    expect(head.page.locator("#f-answer-fault")).to_be_visible()
    head.page.fill("#f-answer", "照明线路已抢修，三日内恢复。")
    head.page.fill("#f-promised_on", "2026-07-03")
    press(head.page.locator("main form .btn-primary").first)
    expect(head.page.locator(".note-green")).to_be_visible()
    assert day.state("slip") == "answered"
