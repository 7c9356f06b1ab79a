"""What waits for the leadership group: each kind with facts, proposal and who, as it stood at the month's end."""

from dataclasses import replace
from datetime import date

from sqlalchemy import insert

from app.models.item import LightChange
from app.services.entering import NewItem
from reports.monthly.inputs import Matter, MatterKind
from reports.wording import say
from tests.app.queries.fund.reading import readers_of
from tests.app.queries.monthly.reading import read_month
from tests.app.services.supervision.asking import ask
from tests.city import City
from tests.meeting import Bench
from tests.money import RULE, WAN, Treasury
from tests.sweeping import local, running_task, sweep


def _tell(matter: Matter) -> tuple[MatterKind, str, str, str]:
    return matter.kind, say(matter.title, "zh"), say(matter.proposal, "zh"), say(matter.who, "zh")


def test_a_referred_request_waits_from_its_referral_to_its_decision(city: City) -> None:
    """March's report tells what the office put before the group, April's does not, though it is decided by now."""
    task = running_task(city)
    fields = {"new_due_on": "2026-04-20", "reason": "设备到货推迟", "progress": "已完成六成"}
    request = ask(city, "tra_head", task, "ask_extension", local(2026, 3, 20), **fields)
    city.do("office1", request, "refer", {"opinion": "同意顺延一次。"}, now=local(2026, 3, 23))
    city.do("leader", request, "approve", now=local(2026, 4, 2))
    (matter,) = read_month(city, 3).matters
    assert _tell(matter) == (MatterKind.REQUEST, "是否同意延期：主城区信号机数据对接", "同意顺延一次。", "交通局")
    assert say(matter.facts, "zh") == "期限2026-04-01拟改为2026-04-20（12个工作日），已等候11天。设备到货推迟"
    assert matter.since_on == date(2026, 3, 20)
    assert read_month(city, 4).matters == ()
    assert read_month(city, 3, readers_of(city, "wea_head")).matters == ()


def test_an_allocation_above_the_limit_waits_with_amount_and_limit(city: City) -> None:
    """Money that finance refers upwards names the fund, what is asked and from what amount on the group decides."""
    money = Treasury.found(city, rule=replace(RULE, leaders_from_fen=10 * WAN))
    item_id = money.draft(money.project(), 30 * WAN)
    money.submit(item_id)
    money.do("fin1", item_id, "refer", opinion="建议安排二十万元。", amount="300000.00")
    (matter,) = read_month(city, 3).matters
    assert _tell(matter) == (MatterKind.ALLOCATION, "是否安排资金：信号机升级", "建议安排二十万元。", "交通局")
    assert say(matter.facts, "zh").startswith("向联合项目专项资金申请30.00万元，10.00万元以上由领导小组审批。")
    money.at(2026, 4, 3).do("leader", item_id, "approve", basis="第3次会议")
    assert [one.kind for one in read_month(city, 3).matters] == [MatterKind.ALLOCATION]
    assert read_month(city, 4).matters == ()


def test_a_topic_for_the_group_comes_first_and_an_offices_own_is_none(city: City) -> None:
    """A topic for a meeting of the group is told with what is sought; what the coordination office settles is not."""
    bench = Bench.found(city)
    for on, forum in ((date(2026, 4, 10), "plenary"), (date(2026, 4, 8), "office")):
        meeting_id = bench.plan(on, forum=forum)
        bench.do("office1", meeting_id, "call_topics")
        bench.put(meeting_id, f"{forum}的议题")
    (matter,) = [one for one in read_month(city, 3).matters if one.kind is MatterKind.TOPIC]
    assert _tell(matter) == (MatterKind.TOPIC, "plenary的议题", "同意按目录开放。", "交通局")
    assert say(matter.facts, "zh").startswith("拟提交4月10日会议审议。")
    assert not [one for one in read_month(city, 4).matters if one.kind is MatterKind.TOPIC]


def test_what_has_risen_to_the_group_and_what_is_red_for_long(city: City) -> None:
    """Level 4 and thirty days of red; an item that is both is told once, by the more pressing of the two."""
    running_task(city, due_on=date(2026, 4, 1))
    sweep(city, local(2026, 4, 30))
    new = NewItem("project", "长期红灯", city.departments["TRA"], due_on=date(2026, 3, 31), state="in_progress")
    (project,) = city.enter(new)
    with city.database.writing() as session:
        for on, light in ((date(2026, 3, 5), "red"), (date(2026, 3, 10), "green"), (date(2026, 3, 31), "red")):
            session.connection().execute(
                insert(LightChange).values(
                    item_id=project, on_day=on, light=light, light_rule="overdue", recorded_at=local(2026, 4, 1)
                )
            )
    found = {one.kind: one for one in read_month(city, 4).matters}
    risen = found[MatterKind.ESCALATED]
    assert say(risen.title, "zh") == "主城区信号机数据对接"
    assert say(risen.facts, "zh") == "逾期29天，已升至“提交会议”层级。"
    assert risen.proposal is None
    # Red since 31 March without a break: thirty days on 30 April. The red of 5 March is another one.
    red = found[MatterKind.RED]
    assert (say(red.title, "zh"), red.since_on) == ("长期红灯", date(2026, 3, 31))
    assert say(red.facts, "zh").startswith("红灯已持续30天：")
    assert MatterKind.RED not in {one.kind for one in read_month(city, 3).matters}
    # Swept once more, the project has risen to the group as well, and is told as that.
    sweep(city, local(2026, 4, 30, 10))
    told = [one.kind for one in read_month(city, 4).matters if say(one.title, "zh") == "长期红灯"]
    assert told == [MatterKind.ESCALATED]
