"""One whole meeting by three people in a browser, from the call for topics to the follow-up (issue 7, done means)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from playwright.sync_api import expect

from tests.app.pages.conftest import Desk, give_passwords
from tests.meeting import Bench

pytestmark = pytest.mark.browser
Open = Callable[..., Desk]
DAY = date(2026, 3, 2)
DECIDED = "能源局三月底前开放负荷数据。"


def _do(desk: Desk, path: str, label: str) -> None:
    """Press a button of the bar under the title."""
    desk.open(path)
    with desk.page.expect_navigation():
        desk.page.locator(".next .acts").get_by_text(label, exact=True).click()


def _send(desk: Desk, **fields: str) -> None:
    """Fill the form of a step and send it."""
    for name, text in fields.items():
        desk.page.fill(f"#f-{name}", text)
    with desk.page.expect_navigation():
        desk.page.click("form.stacked .acts button")


@dataclass
class Room:
    """Three people at their desks, and the meeting that they run."""

    secretary: Desk
    head: Desk
    deputy: Desk
    bench: Bench
    meeting_id: int
    script: bool
    topic_id: int = 0

    @property
    def meeting(self) -> str:
        """The path of the meeting's page."""
        return f"/meetings/{self.meeting_id}"

    def call(self) -> None:
        """Call for topics; the department proposes one, has it countersigned, submits it."""
        _do(self.secretary, self.meeting, "征集议题")
        page = self.head.page
        self.head.open(f"/topics/new?meeting={self.meeting_id}")
        page.locator("#f-concerned").get_by_label("能源局").check()
        _send(self.head, title="电网负荷数据开放", brief="已两次协商。", sought="同意按目录开放。", minutes_wanted="20")
        topic = page.url.removeprefix(self.head.site.address)
        expect(page.locator("[data-code=not_consulted]")).to_be_visible()
        self.topic_id = int(topic.rpartition("/")[2])
        _do(self.head, topic, "送会签")
        self.bench.sign("ene_head", self.topic_id)
        _do(self.head, topic, "申报议题")

    def notify(self) -> None:
        """Admit the topic, fix the agenda, send the notice; the head replies."""
        _do(self.secretary, f"/items/{self.topic_id}", "列入议程")
        _do(self.secretary, self.meeting, "确定议程")
        _do(self.secretary, self.meeting, "发出会议通知")
        self.head.open(self.meeting)
        self.head.page.locator("#reply button").first.click()
        expect(self.head.page.get_by_role("status").first).to_contain_text("答复已记录")

    def hold(self) -> None:
        """Mark who is there, open, take the topic up, write, decide from a line, conclude, end."""
        live, part = self.secretary.page, f"topic:{self.topic_id}"
        self.secretary.open(f"{self.meeting}/live")
        live.locator("#presence button[name=all]").click()
        _do(self.secretary, self.meeting, "宣布开会")
        self.secretary.open(f"{self.meeting}/live?part={part}")
        live.get_by_text("开始审议", exact=True).click()
        # The page comes anew: what is typed into the old one would go with it.
        expect(live.get_by_text("结束审议", exact=True)).to_be_visible()
        live.fill("#text", DECIDED)
        if self.script:
            expect(live.locator("#saved")).to_contain_text("第1稿")
        live.locator("#notes form button").click()
        self.deputy.open(f"{self.meeting}/wall")
        expect(self.deputy.page.locator("h1")).to_contain_text("电网负荷数据开放")
        live.locator("#lines summary").click()
        live.locator("#lines button").click()
        live.locator("#decisions .miss a").click()
        live.select_option("#f-department", str(self.bench.city.departments["ENE"]))
        _send(self.secretary, due_on="2026-03-31")
        self.deputy.open(f"{self.meeting}/wall")
        expect(self.deputy.page.locator(".wall-decisions")).to_contain_text(DECIDED)
        live.locator("#f-outcome").get_by_label("同意", exact=True).check()
        live.fill("#f-conclusion", "同意按目录开放。")
        live.locator("#outcome").get_by_text("记录结论", exact=True).click()
        _do(self.secretary, self.meeting, "散会")

    def issue(self) -> None:
        """Send the minutes round; the head signs, the chair issues."""
        _do(self.secretary, self.meeting, "送会签")
        _send(self.secretary)
        _do(self.head, self.meeting, "同意纪要会签")
        for login in ("ene_head", "pol_head", "wea_head"):
            self.bench.sign(login, self.meeting_id)
        _do(self.deputy, self.meeting, "签发纪要")
        _send(self.deputy, opinion="同意印发。")

    def follow_up(self) -> None:
        """See the task that the decision became, and the next meeting that opens with it."""
        page = self.secretary.page
        self.secretary.open(self.meeting)
        decided = page.locator("#decisions tbody tr")
        expect(decided).to_have_count(1)
        with page.expect_navigation():
            decided.locator("a").last.click()
        expect(page.locator("#decided-by")).to_contain_text(DECIDED)
        next_id = self.bench.plan(date(2026, 4, 14))
        _do(self.secretary, f"/meetings/{next_id}", "征集议题")
        expect(page.locator("#agenda")).to_contain_text("上次会议议定事项办理情况")
        previous = page.get_by_label("上次会议议定事项")
        expect(previous).to_contain_text(DECIDED)
        expect(previous).to_contain_text("执行中")


@pytest.mark.parametrize("script", [True, False])
def test_three_people_run_a_meeting(open_desk: Open, script: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """Secretary, department head and deputy leader: call, topic, consent, notice, session, minutes, task, follow-up."""
    secretary, head, deputy = (open_desk(script=script) for _ in range(3))
    city = secretary.site.city
    bench = Bench.found(city)
    give_passwords(city.database)
    room = Room(secretary, head, deputy, bench, bench.plan(DAY, cutoff_on=DAY), script)
    for desk, login in ((secretary, "office1"), (head, "tra_head"), (deputy, "deputy")):
        desk.log_in(login)
    for act in (room.call, room.notify, room.hold, room.issue):
        act()
    assert bench.state(room.meeting_id) == "issued"
    room.follow_up()
    for desk in (secretary, head, deputy):
        assert desk.faults == []
