"""Dates, plans, money, decisions and flows of a month, read on both databases as they stood at its end."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, update

from app.models.item import Item, Milestone, Phase, Project
from app.services.entering import NewItem
from reports.monthly.inputs import Mark
from reports.wording import Money, say
from tests.app.queries.fund.reading import readers_of
from tests.app.queries.monthly.reading import read_counted, read_month
from tests.app.services.supervision.asking import ask
from tests.city import City
from tests.meeting import Bench
from tests.money import WAN, Treasury
from tests.sweeping import local, running_task


def _extend(city: City, task: int, day: int, **granted: Any) -> int:  # noqa: ANN401  # a step's fields
    fields = {"new_due_on": "2026-04-20", "reason": "设备到货推迟", "progress": "已完成六成"}
    request = ask(city, "tra_head", task, "ask_extension", local(2026, 3, 20), **fields)
    city.do("office1", request, "approve", granted, now=local(2026, 3, day))
    return request


def test_an_approved_extension_names_old_new_who_and_by_which_request(city: City) -> None:
    """Issue 8.4: dates moved, in days and working days; what was granted counts, not what was asked."""
    task = running_task(city)
    request = _extend(city, task, 24, new_due_on="2026-04-10")
    (move,) = read_month(city, 3).date_moves
    assert (move.old_on, move.new_on, move.days, move.workdays) == (date(2026, 4, 1), date(2026, 4, 10), 9, 6)
    assert say(move.approved_by, "zh") == "协调办"
    assert say(move.basis, "zh") == f"延期申请#{request}"
    assert read_month(city, 4).date_moves == ()
    assert read_month(city, 3, readers_of(city, "wea_head")).date_moves == ()


def _project(city: City, **values: Any) -> int:  # noqa: ANN401  # columns
    new = NewItem("project", "数据共享", city.departments["TRA"], due_on=date(2026, 12, 31), state="in_progress")
    (item_id,) = city.enter(new, now=local(2026, 3, 1))
    if values:
        with city.database.writing() as session:
            session.connection().execute(update(Project).where(Project.item_id == item_id).values(**values))
    return item_id


def test_gates_and_milestones_stand_as_reached_or_planned_and_the_nearest_is_next(city: City) -> None:
    """A gate passed in April is ahead in March's report; a milestone past and unrecorded is not told at all."""
    project = _project(city)
    with city.database.writing() as session:
        connection = session.connection()
        evidence = {"gate_evidence": "会议通过", "passed_at": datetime(2026, 4, 5, 2, tzinfo=UTC)}
        connection.execute(
            insert(Phase), [
                {"project_id": project, "seq": 8, "name": "建设", "name_en": "Build", "planned_on": date(2026, 4, 3),
                 **evidence},
                {"project_id": project, "seq": 9, "name": "验收", "name_en": "Acceptance",
                 "planned_on": date(2026, 10, 1), "passed_at": None, "gate_evidence": None},
            ],
        )  # fmt: skip
        connection.execute(
            insert(Milestone), [
                {"project_id": project, "name": "无人记录", "planned_on": date(2026, 3, 5), "reached_on": None},
                {"project_id": project, "name": "联调", "planned_on": date(2026, 6, 1),
                 "reached_on": date(2026, 4, 20)},
            ],
        )  # fmt: skip
    march, april = read_month(city, 3).projects[0], read_month(city, 4).projects[0]
    assert march.marks == (
        Mark(date(2026, 4, 3), is_reached=False), Mark(date(2026, 6, 1), is_reached=False),
        Mark(date(2026, 10, 1), is_reached=False),
    )  # fmt: skip
    assert march.next_step is not None
    assert (say(march.next_step.name, "zh"), march.next_step.on) == ("“建设”阶段关口", date(2026, 4, 3))
    assert [(mark.on.month, mark.is_reached) for mark in april.marks] == [(4, True), (4, True), (10, False)]
    assert april.next_step is not None
    assert april.next_step.on == date(2026, 10, 1)


def test_without_gates_the_next_task_is_the_next_step(city: City) -> None:
    """The open task that is due next; one that is past or closed is not next."""
    project = _project(city)
    for title, day in (("早已过期", 5), ("下一项", 28), ("更晚", 30)):
        new = NewItem("task", title, city.departments["TRA"], due_on=date(2026, 4, day), parent_id=project)
        city.enter(new, now=local(2026, 3, 2))
    step = read_month(city, 4, today=date(2026, 4, 20)).projects[0].next_step
    assert step is not None
    assert (say(step.name, "zh"), step.on) == ("下一项", date(2026, 4, 28))


def test_money_stands_as_it_stood_at_the_months_end(city: City) -> None:
    """What is paid in April is not in March's report, of the fund and of the project's earned value alike."""
    project = _project(city, start_on=date(2026, 1, 1), budget_fen=100 * WAN, progress_pct=40)
    money = Treasury.found(city, 100 * WAN)
    first = money.allocated(30 * WAN, project_id=project, parts=(20 * WAN, 10 * WAN))
    money.paid(first)
    money.at(2026, 4, 8).paid(money.allocated(25 * WAN, project_id=project, title="第二批"))
    march, april = read_month(city, 3), read_month(city, 4)
    assert march.funds is not None
    assert april.funds is not None
    (before,), (after,) = march.funds, april.funds
    assert (before.budget, before.allocated, before.paid) == tuple(Money(one * WAN, "CNY") for one in (100, 30, 20))
    assert (after.allocated, after.paid) == (Money(55 * WAN, "CNY"), Money(45 * WAN, "CNY"))
    # March is over: a quarter of the year.
    assert (before.rate_pct, before.elapsed_pct, before.behind_pct) == (
        Decimal("20.0"),
        Decimal("25.0"),
        Decimal("5.0"),
    )
    assert [one.paid for one in (*march.earned, *april.earned)] == [Money(20 * WAN, "CNY"), Money(45 * WAN, "CNY")]
    # 40 % of a million done for 450,000: the whole will cost 1,125,000.
    assert april.earned[0].eac == Money(112_500_000, "CNY")
    assert {figure.key: figure.value for figure in april.figures}["fund_rate"] == Decimal("45.0")


def test_funds_are_for_everybody_with_a_post_and_nobody_else(city: City) -> None:
    """`app.policy.fund`: a fund's sums are for whoever holds a post; without one the section says so."""
    Treasury.found(city)
    assert read_month(city, 3, readers_of(city, "wea_staff")).funds
    assert read_month(city, 3, (f"U:{city.people['admin']}",)).funds is None


def test_decisions_count_as_they_stood_and_late_ones_are_listed(city: City) -> None:
    """Late at the end of April with its days; what is carried out in May is late in April's report all the same."""
    bench = Bench.found(city)
    _, _, (decision,) = bench.whole()
    task = bench.task_of(decision)
    april = read_month(city, 4).decisions
    assert april is not None
    assert (april.total.decided, april.total.counted, april.total.done, april.total.rate_pct) == (1, 1, 0, 0)
    (late,) = april.late
    assert (say(late.lead, "zh"), late.due_on, late.days) == ("能源局", date(2026, 4, 9), 21)
    bench.at(date(2026, 5, 6))
    bench.do("ene_head", task, "receive")
    bench.do("ene_head", task, "start")
    with city.database.writing() as session:
        session.execute(update(Item).where(Item.id == task).values(state="submitted", version=Item.version + 1))
    bench.do("office1", task, "verify")
    again, may = read_month(city, 4).decisions, read_month(city, 5).decisions
    assert again == april
    assert may is not None
    assert (may.total.done, may.total.rate_pct, may.late) == (1, 100, ())
    assert read_month(city, 4, (f"U:{city.people['admin']}",)).decisions is None
    assert read_month(city, 2).decisions is None


def test_items_in_and_out_add_up(city: City) -> None:
    """Before and in, less out, is now; what was entered and closed within the month counts in both."""
    _, goes = city.task(), city.task("取消的任务")
    city.do("office1", goes, "cancel", {"reason": "不再需要"}, now=local(2026, 3, 10))
    march = {say(flow.label, "zh"): flow for flow in read_month(city, 3).flows}["任务"]
    april = {say(flow.label, "zh"): flow for flow in read_month(city, 4).flows}["任务"]
    assert (march.before, march.entered, march.left, march.now) == (0, 2, 1, 1)
    assert (april.before, april.entered, april.left, april.now) == (1, 0, 0, 1)


def test_a_report_takes_a_constant_number_of_statements(city: City) -> None:
    """STYLE: whatever the size of the city."""
    money = Treasury.found(city)
    money.paid(money.allocated(5 * WAN))
    _extend(city, running_task(city), 24)
    _, few = read_counted(city, 3)
    for at in range(6):
        _project(city, start_on=date(2026, 1, 1), budget_fen=WAN, progress_pct=at)
        _extend(city, running_task(city), 25)
        money.paid(money.allocated(WAN, title=f"第{at}批"))
    report, many = read_counted(city, 3)
    assert len(report.projects) > 6
    assert many == few
