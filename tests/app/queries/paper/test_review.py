"""The year's figures against what was done, on both databases; two years compared; constant statements."""

from datetime import date, datetime

import pytest
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from app.models.item import Item, ItemClock, LightChange
from app.queries.paper import review
from app.queries.paper.review import read_review
from app.queries.paper.work import make_span
from reports.city.inputs import Review
from reports.city.ranking import sum_scores
from tests.app.queries.fund.reading import count_statements
from tests.app.queries.paper.working import OFFICE, finish, make_issuer
from tests.app.queries.project.planning import set_state
from tests.app.services.supervision.stalling import DUE_ON, ISSUE_AT, YELLOW_AT, pass_slips, red_task
from tests.city import City
from tests.meeting import Bench
from tests.money import WAN, Treasury
from tests.sweeping import local, running_task, sweep

AT = local(2026, 6, 30, 18)


def _read(city: City, unit: Session, readers: tuple[str, ...] = OFFICE, at: datetime = AT) -> Review:
    issuer = make_issuer(city, unit)
    spans = [make_span(issuer.calendar, date(year, 1, 1), date(year, 12, 31), at) for year in (2026, 2025)]
    return read_review(unit.connection(), issuer, readers, spans[0], spans[1])


def test_the_year_counts_what_was_done_in_it(city: City) -> None:
    """Projects by step, tasks by month, rungs by level and cause, slips issued; the year before has nothing."""
    city.project()
    ended = city.project("取消的项目")
    city.do("office1", ended, "cancel", {"reason": "并入其他项目"}, now=local(2026, 5, 4))
    finish(city, "三月按期", date(2026, 3, 12), local(2026, 3, 12), local(2026, 3, 13))
    finish(city, "四月逾期", date(2026, 3, 31), local(2026, 4, 2), local(2026, 4, 3))
    dropped = running_task(city, title="取消的任务", due_on=date(2026, 12, 1))
    city.do("office1", dropped, "cancel", {"reason": "重复"}, now=local(2026, 4, 9))
    red_task(city, title="久拖不决")
    pass_slips(city, ISSUE_AT)
    with city.database.reading() as unit:
        paper = _read(city, unit)
    own = paper.counts
    assert (own.projects_proposed, own.projects_cancelled, own.projects_open) == (2, 1, 1)
    assert (own.tasks_assigned, own.tasks_done, own.tasks_cancelled) == (4, 2, 1)
    assert (own.dated, own.on_time, own.late_open, own.open_items) == (2, 1, 1, 1)
    assert [(one.month, one.finished, one.on_time) for one in paper.months if one.finished] == [(3, 1, 1), (4, 1, 0)]
    assert (own.yellow_slips, own.red_slips, own.slips_withdrawn) == (1, 1, 0)
    assert own.rungs[1:3] == (1, 1)
    assert [(one.level, one.times, one.items) for one in paper.levels][1:3] == [(2, 1, 1), (3, 1, 1)]
    assert sum(times for one in paper.levels for _, times in one.causes) == sum(own.rungs)
    assert {one.title: one.closed_on for one in paper.projects} == {
        "取消的项目": date(2026, 5, 4), "交通能源数据共享": None
    }  # fmt: skip
    assert paper.is_running
    assert paper.before is not None
    assert (paper.before.tasks_done, paper.before.rungs, paper.before.rate_pct) == (0, (0, 0, 0, 0), None)


def test_a_reader_sees_their_own_year_only(city: City) -> None:
    """P13: everything goes through item_access; who reads nothing has nothing."""
    finish(city, "交通的", date(2026, 3, 12), local(2026, 3, 12), local(2026, 3, 13))
    with city.database.reading() as unit:
        assert _read(city, unit, (f"D:{city.departments['WEA']}",)).counts.tasks_done == 0
        assert _read(city, unit, (f"D:{city.departments['TRA']}",)).counts.tasks_done == 1


def _read_over(city: City) -> Review:
    """Return the review of 2026, made in the year after."""
    with city.database.reading() as unit:
        return _read(city, unit, at=local(2027, 2, 1))


def test_a_year_that_is_over_has_passed_as_a_whole(city: City) -> None:
    """Execution is judged against twelve months of a finished year, against five of one that stands in June."""
    money = Treasury.found(city, 100 * WAN)
    money.paid(money.allocated(30 * WAN))
    (fund,) = _read_over(city).funds
    assert (fund.rate_pct, fund.elapsed_pct) == (30.0, 100.0)
    with city.database.reading() as unit:
        (fund,) = _read(city, unit).funds
    assert fund.elapsed_pct == 41.7


def test_decisions_stand_as_at_the_end_of_the_year(city: City) -> None:
    """Carried out in January: late in the review of the year before, also when that is made later."""
    bench = Bench.found(city)
    _, _, (decision,) = bench.whole()
    task = bench.task_of(decision)
    before = _read_over(city).counts
    assert (before.meetings, before.decisions_counted, before.decisions_done) == (1, 1, 0)
    bench.at(date(2027, 1, 11))
    bench.do("ene_head", task, "receive")
    bench.do("ene_head", task, "start")
    set_state(city, task, state="submitted", version=Item.version + 1)
    bench.do("office1", task, "verify")
    assert city.state(decision) == "done"
    assert _read_over(city).counts.decisions_done == 0


def test_nothing_confidential_is_counted_of_meetings_and_decisions(city: City) -> None:
    """P09: the note says so; a confidential decision, and everything of a confidential meeting, is left out."""
    bench = Bench.found(city)
    meeting, _, (decision,) = bench.whole()
    set_state(city, decision, confidential=True)
    counts = _read_over(city).counts
    assert (counts.meetings, counts.decisions) == (1, 0)
    set_state(city, decision, confidential=False)
    assert _read_over(city).counts.decisions == 1
    set_state(city, meeting, confidential=True)
    counts = _read_over(city).counts
    assert (counts.meetings, counts.decisions) == (0, 0)


def test_the_head_rate_is_the_sum_of_the_departments(city: City) -> None:
    """What belongs to no department could be ranked for nobody: it is in no score, and in no sum either."""
    finish(city, "有单位", date(2026, 3, 12), local(2026, 3, 12), local(2026, 3, 13))
    lost = finish(city, "无单位", date(2026, 3, 12), local(2026, 3, 16), local(2026, 3, 17))
    late = running_task(city, title="无单位逾期", due_on=date(2026, 3, 12))
    for item in (lost, late):
        set_state(city, item, owner_department_id=None)
    paper = _read_over(city)
    total = sum_scores(paper.scores, "")
    assert (paper.counts.dated, paper.counts.on_time, paper.counts.late_open) == (1, 1, 0)
    assert (total.dated, total.on_time, total.late_open) == (1, 1, 0)
    assert sum(one.finished for one in paper.months) == paper.counts.tasks_done == 1


def test_projects_stand_as_at_the_end_of_the_year(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """Light, date and order of then: ended ones first, the open ones by date, without one last; a cut is told."""
    ended = city.project("年内取消")
    city.do("office1", ended, "cancel", {"reason": "并入"}, now=local(2026, 5, 4))
    undated = city.project("未定期限", due_on=None)
    later = city.project("次年取消", due_on=date(2026, 11, 30))
    city.do("office1", later, "cancel", {"reason": "并入"}, now=local(2027, 1, 5))
    open_ = city.project("在办", due_on=date(2026, 12, 31))
    with city.database.writing() as session:
        session.execute(
            insert(LightChange), [
                {"item_id": open_, "on_day": day, "light": light, "light_rule": "overdue", "recorded_at": AT}
                for day, light in ((date(2026, 9, 1), "green"), (date(2026, 12, 30), "yellow"),
                                   (date(2027, 1, 4), "red"))
            ],
        )  # fmt: skip
        session.execute(update(ItemClock).where(ItemClock.item_id == open_).values(light="red"))
    paper = _read_over(city)
    assert [(one.title, one.closed_on is not None) for one in paper.projects] == [
        ("年内取消", True), ("次年取消", False), ("在办", False), ("未定期限", False),
    ]  # fmt: skip
    assert paper.projects[2].tone == "yellow"
    assert paper.projects_more == 0
    monkeypatch.setattr(review, "PROJECTS_MAX", 3)
    cut = _read_over(city)
    assert (cut.projects, cut.projects_more) == (paper.projects[:3], 1)
    assert undated


def test_the_statements_do_not_grow_with_the_year(city: City) -> None:
    """No N+1: as many statements for one task, slip, project, decision and fund as for six of each."""
    counts, bench = [], Bench.found(city)
    for round_of in (1, 5):
        for number in range(round_of):
            city.project(f"项目{round_of}-{number}")
            Treasury.found(city, WAN, code=f"F{round_of}{number}")
            bench.at(date(2026, 3, 2)).whole()
            running_task(city, title=f"逾期{round_of}-{number}", due_on=DUE_ON)
            finish(city, f"办结{round_of}-{number}", date(2026, 3, 12), local(2026, 3, 12), local(2026, 3, 13))
        sweep(city, YELLOW_AT)
        with city.database.reading() as unit, count_statements(unit) as counted:
            own = _read(city, unit)
        counts.append(counted[0])
        assert min(own.counts.decisions, own.counts.yellow_slips, len(own.projects), len(own.funds)) >= round_of
    assert counts[0] == counts[1]
