"""A month is told as it stood: dates, lights, pauses, phases of its time, and only what its readers may read."""

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import insert, select, update

from app.models.item import ItemAccess, Phase, Project
from app.models.ledger import LedgerFlag, LedgerImport
from app.models.meeting import Meeting
from app.models.topic import Decision
from app.services.entering import NewItem
from reports.monthly.inputs import MatterKind
from reports.progress import Light, ProgressReport
from reports.wording import Money, say
from tests.app.queries.fund.reading import readers_of
from tests.app.queries.monthly.reading import read_month
from tests.app.services.supervision.asking import ask, one
from tests.city import NOW, City
from tests.meeting import Bench
from tests.money import RULE, WAN, Treasury
from tests.sweeping import local, running_task

PAUSE = {"reason": "等待批复", "decision": "会议纪要"}


def _project(city: City, due_on: date = date(2026, 12, 31), title: str = "数据共享", **values: object) -> int:
    new = NewItem("project", title, city.departments["TRA"], due_on=due_on, state="in_progress")
    (item_id,) = city.enter(new, now=local(2026, 2, 2))
    if values:
        with city.database.writing() as session:
            session.execute(update(Project).where(Project.item_id == item_id).values(**values))
    return item_id


def _moves(report: ProgressReport) -> list[tuple[date | None, date | None, str, str]]:
    return [
        (move.old_on, move.new_on, say(move.approved_by, "zh"), say(move.basis, "zh")) for move in report.date_moves
    ]  # fmt: skip


def test_a_date_moved_after_the_month_leaves_its_light(city: City) -> None:
    """Overdue at the end of March; moved on 3 April it is green in April, whose report says that it was red before."""
    project = _project(city, date(2026, 3, 20), start_on=date(2026, 1, 1), progress_pct=90)
    city.do("leader", project, "extend", {"new_due_on": "2026-06-30", "reason": "汛期"}, now=local(2026, 4, 3))
    march, april = read_month(city, 3), read_month(city, 4)
    (then,), (now,) = march.projects, april.projects
    assert (then.light, then.planned_finish_on) == (Light.RED, date(2026, 3, 20))
    assert (now.light, now.planned_finish_on) == (Light.GREEN, date(2026, 6, 30))
    assert april.lights_before == march.lights
    assert [(one.before, one.now) for one in april.light_changes] == [(Light.RED, Light.GREEN)]


def test_a_suspension_counts_for_the_months_in_which_it_lasted(city: City) -> None:
    """Suspended over the end of March alone: grey there, before and after it not."""
    project = _project(city, start_on=date(2026, 1, 1))
    city.do("tra_head", project, "report", {"text": "进展", "progress_pct": 40}, now=local(2026, 2, 10))
    city.do("office1", project, "suspend", dict(PAUSE), now=local(2026, 3, 9))
    city.do("office1", project, "resume", {}, now=local(2026, 4, 9))
    february, march, april = (read_month(city, month) for month in (2, 3, 4))
    assert [one.projects[0].light for one in (february, march, april)] == [Light.GREEN, Light.GREY, Light.GREEN]
    assert (march.lights_before, april.lights_before) == (february.lights, march.lights)


def test_a_phase_entered_after_the_month_is_not_its_phase(city: City) -> None:
    """The build was entered in April; March's report stays with the design."""
    project = _project(city, phase_seq=9)
    phases = ((8, "设计", local(2026, 3, 3)), (9, "建设", local(2026, 4, 7)))
    with city.database.writing() as session:
        session.execute(insert(Phase), [
            {"project_id": project, "seq": seq, "name": name, "name_en": name, "entered_at": at}
            for seq, name, at in phases
        ])  # fmt: skip
    assert [say(read_month(city, month).projects[0].phase, "zh") for month in (3, 4)] == ["设计", "建设"]


def test_dates_moved_by_the_office_and_on_resuming_are_told(city: City) -> None:
    """Without a request, too: who, by which step; what moves with the item above is told for itself."""
    project = _project(city, date(2026, 6, 30))
    task = city.task(parent_id=project)
    city.do("office1", task, "assign")
    city.do("office1", task, "extend", {"new_due_on": "2026-04-10", "reason": "汛期"}, now=local(2026, 3, 5))
    city.do("office1", project, "suspend", dict(PAUSE), now=local(2026, 3, 9))
    city.do("office1", project, "resume", {}, now=local(2026, 3, 16))
    assert _moves(read_month(city, 3)) == [
        (date(2026, 4, 1), date(2026, 4, 10), "协调办", "调整期限"),
        (date(2026, 4, 10), date(2026, 4, 17), "协调办", "随上级事项恢复顺延"),
        (date(2026, 6, 30), date(2026, 7, 7), "协调办", "恢复"),
    ]
    assert _moves(read_month(city, 4)) == []
    assert _moves(read_month(city, 3, readers_of(city, "wea_head"))) == []


def test_flags_are_counted_for_those_who_may_read_their_items(city: City) -> None:
    """A flag of a confidential item tells nobody else that there is one."""
    _, hidden = city.task(), city.task("信访专项", confidential=True)
    with city.database.writing() as session:
        made = insert(LedgerImport).values(
            file_name="a.csv", sha256="0" * 64, mapping="m", actor_id=city.people["office1"], finished_at=NOW, rows=1,
            created=1, updated=0, unchanged=0, snapshots=0,
        )  # fmt: skip
        import_id = session.execute(made.returning(LedgerImport.id)).scalar_one()
        session.execute(insert(LedgerFlag).values(import_id=import_id, item_id=hidden, code="bad_date"))

    def terms(login: str) -> set[str]:
        return {say(note.term, "zh") for note in read_month(city, 3, readers_of(city, login)).notes}

    assert "数据标记" in terms("director")
    assert "数据标记" not in terms("wea_head")


def test_a_request_about_what_may_not_be_read_is_no_matter(city: City) -> None:
    """Its title would tell of the item: whoever reads the request alone is told nothing."""
    task = running_task(city)
    fields = {"new_due_on": "2026-04-20", "reason": "设备到货推迟", "progress": "已完成六成"}
    request = ask(city, "tra_head", task, "ask_extension", local(2026, 3, 20), **fields)
    city.do("office1", request, "refer", {"opinion": "同意"}, now=local(2026, 3, 23))
    reader = f"U:{city.people['wea_staff']}"
    with city.database.writing() as session:
        session.execute(insert(ItemAccess).values(
            item_id=request, reader=reader, is_open=True, kind="request", due_key=date(9999, 12, 31)
        ))  # fmt: skip
    assert len(read_month(city, 3).matters) == 1
    assert read_month(city, 3, (reader,)).matters == ()


def test_this_afternoons_meeting_is_still_one_to_decide_at(city: City) -> None:
    """In the morning its topics wait; when it has begun they do not."""
    bench = Bench.found(city)
    meeting_id = bench.plan(date(2026, 4, 10), forum="plenary")
    bench.do("office1", meeting_id, "call_topics")
    bench.put(meeting_id)

    def kinds(hour: int) -> list[MatterKind]:
        report = read_month(city, 4, today=date(2026, 4, 10), now=local(2026, 4, 10, hour))
        return [one.kind for one in report.matters]

    assert (kinds(7), kinds(20)) == ([MatterKind.TOPIC], [])


def test_an_allocation_waits_since_the_citys_day(city: City) -> None:
    """Asked for at half past midnight: that day, not the one before in Greenwich."""
    money = Treasury.found(city, rule=replace(RULE, leaders_from_fen=10 * WAN))
    money.now = local(2026, 3, 20, 0, 30)
    item_id = money.draft(money.project(), 30 * WAN)
    money.submit(item_id)
    money.do("fin1", item_id, "refer", opinion="建议安排。", amount="300000.00")
    assert [one.since_on for one in read_month(city, 3).matters] == [date(2026, 3, 20)]


def test_a_suspended_project_has_no_earned_value(city: City) -> None:
    """Its plan stands still: measured all the same, it would fall behind by each day of the suspension."""
    values: dict[str, Any] = {"start_on": date(2026, 1, 1), "budget_fen": 100 * WAN, "progress_pct": 40}
    projects = [_project(city, title=title, **values) for title in ("在办", "暂缓")]
    money = Treasury.found(city, 100 * WAN)
    for project in projects:
        money.paid(money.allocated(10 * WAN, project_id=project, title=f"资金{project}"))
    city.do("office1", projects[1], "suspend", dict(PAUSE), now=local(2026, 4, 9))
    assert [one.title for one in read_month(city, 3).earned] == ["在办", "暂缓"]
    assert [one.title for one in read_month(city, 4).earned] == ["在办"]


def test_the_change_of_the_budget_chains_over_a_project_that_was_closed(city: City) -> None:
    """April's sum is March's and the change, though one of March's projects ended in April."""
    _project(city, title="在办", budget_fen=100 * WAN)
    ended = _project(city, title="取消", budget_fen=30 * WAN)
    city.do("office1", ended, "cancel", {"reason": "不再需要"}, now=local(2026, 4, 9))

    def budget(month: int, key: str) -> tuple[object, object]:
        figure = next(one for one in read_month(city, month).figures if one.key == key)
        return figure.value, figure.change

    assert budget(3, "budget")[0] == Money(130 * WAN, "CNY")
    assert budget(4, "budget") == (Money(100 * WAN, "CNY"), Money(-30 * WAN, "CNY"))
    assert budget(4, "budget_known") == (1, -1)


def test_a_year_of_meetings_begins_with_its_first_month(city: City) -> None:
    """Under a cut-off on the 25th a meeting of 5 January is this year's and one of 28 December the next year's."""
    _, _, (decision,) = Bench.found(city).whole()
    (meeting,) = one(city, select(Decision.meeting_id).where(Decision.item_id == decision))

    def decided(month: int, **more: Any) -> int:  # noqa: ANN401  # the Reader's fields
        found = read_month(city, month, today=date(2026, 9, 1), **more).decisions
        return 0 if found is None else found.total.decided

    for held_at, by_the_calendar, under_a_cutoff in (
        (local(2025, 12, 28), 0, 1), (local(2025, 12, 25, 20), 0, 0), (local(2026, 1, 5), 1, 1),
    ):  # fmt: skip
        with city.database.writing() as session:
            session.execute(update(Meeting).where(Meeting.item_id == meeting).values(starts_at=held_at))
        found = (decided(4), decided(4, cutoff_of=lambda _year, _month: 25))
        assert found == (by_the_calendar, under_a_cutoff), held_at
