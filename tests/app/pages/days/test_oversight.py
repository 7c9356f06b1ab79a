"""The days of those who look on: a leader reads the brief and decides, an auditor reads the log, finance the money."""

import pytest
from playwright.sync_api import expect

from tests.app.pages.days.conftest import Day, press

pytestmark = pytest.mark.browser


def test_the_leader_reads_the_brief_and_decides(day: Day) -> None:
    """Figures lead to their lists, the city's page stands on one screen's scroll, a project waits for approval."""
    leader = day.begin("leader")
    figure = leader.page.locator(".readout a").first
    expect(figure).to_be_visible()
    press(figure)
    expect(leader.page.locator("h1")).to_be_visible()
    assert "light=" in leader.page.url or "view" in leader.page.url
    leader.open("/city")
    expect(leader.page.locator("main svg").first).to_be_attached()
    leader.open("/reports?kind=progress")
    expect(leader.page.locator("main form").first).to_be_attached()
    day.act(leader, "review", "approve", opinion="同意立项。")
    assert day.state("review") == "approved"


def test_the_auditor_reads_the_log(day: Day) -> None:
    """Acts by time with who and what; nothing can be changed; a confined list of the register is open."""
    auditor = day.begin("auditor", "/log")
    expect(auditor.page.locator("main table tbody tr").first).to_be_visible()
    auditor.open("/items/{project}")
    assert auditor.page.locator("main .btn-primary").count() == 0
    auditor.open("/records")
    expect(auditor.page.locator("h1")).to_be_visible()
    auditor.open("/documents")
    expect(auditor.page.locator("main table tbody tr").first).to_be_visible()


def test_finance_reads_what_concerns_money(day: Day) -> None:
    """The own home page names the projects with a budget; from there to the project."""
    finance = day.begin("finance")
    press(finance.page.locator("main a", has_text="云州市城乡学校数字教育资源均衡配置").first)
    expect(finance.page.locator("h1")).to_contain_text("云州市城乡学校数字教育资源均衡配置")
    finance.open("/projects")
    expect(finance.page.locator("main a.title").first).to_be_visible()
