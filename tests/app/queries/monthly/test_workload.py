"""What departments hold and have finished in a month: work alone, by its own date of the time and the city's days."""

from datetime import date

import pytest
from sqlalchemy import select

from app.models.item import Item
from reports.progress import DepartmentLine, ProgressReport
from reports.wording import say
from tests.app.queries.monthly.reading import read_month
from tests.app.queries.paper.working import finish
from tests.app.services.supervision.asking import ask
from tests.app.services.supervision.stalling import yellow_task
from tests.city import City
from tests.meeting import Bench
from tests.sweeping import local, running_task


def _transport(report: ProgressReport) -> DepartmentLine:
    return next(one for one in report.departments if say(one.name, "zh") == "交通局")


def _figure(report: ProgressReport, key: str) -> tuple[object, int | None]:
    figure = next(one for one in report.figures if one.key == key)
    return figure.value, figure.base


def test_only_work_is_overdue_and_what_stalls_is_measured_against_everything_open(city: City) -> None:
    """The basis says projects, tasks and shares: a slip past its answer and a request past its limit are none."""
    task, _slip = yellow_task(city)
    late = running_task(city, title="逾期的任务", due_on=date(2026, 3, 20))
    ask(
        city,
        "tra_head",
        late,
        "ask_extension",
        local(2026, 3, 18),
        new_due_on="2026-05-20",
        reason="设备",
        progress="六成",
    )
    report = read_month(city, 6)
    assert _transport(report).open_items == _transport(report).overdue == len({task, late})
    assert _figure(report, "overdue") == (2, 2)
    stalled, base = _figure(report, "stalled")
    assert (stalled, base) == (len(report.stalled), 4)


def test_a_late_decision_and_its_task_are_one_overdue_item(city: City) -> None:
    """The task is the work; the decision is told among the decisions of meetings."""
    bench = Bench.found(city)
    _, _, (decision,) = bench.whole()
    report = read_month(city, 4)
    assert report.decisions is not None
    assert report.decisions.late_total == 1
    with city.database.reading() as session:
        dated = select(Item.id).where(Item.due_on < date(2026, 4, 30), Item.closed_at.is_(None))
        late = set(session.execute(dated.where(Item.kind.in_(("task", "share")))).scalars())
    assert bench.task_of(decision) in late
    assert _figure(report, "overdue") == (len(late), len(late))


@pytest.mark.parametrize("ending", ["cancel", "split"])
def test_what_was_cancelled_or_split_is_not_closed_on_time(city: City, ending: str) -> None:
    """Ended before its date, and not carried out: neither closed nor in time."""
    task = running_task(city)
    parts = [{"title": f"第{n}部分", "department": city.departments["TRA"], "due_on": "2026-04-20"} for n in (1, 2)]
    fields: dict[str, object] = {"reason": "不再需要"} if ending == "cancel" else {"parts": parts, "reason": "分开办"}
    city.do("office1", task, ending, fields, now=local(2026, 3, 10))
    report = read_month(city, 3)
    assert _figure(report, "on_time") == (0, 0)
    assert sum(one.closed for one in report.departments) == 0


def test_in_time_is_judged_by_the_citys_day_on_which_work_was_sent_in(city: City) -> None:
    """Half past midnight in Shanghai is the next day; a slow check costs the department nothing."""
    finish(city, "迟半小时", date(2026, 3, 20), local(2026, 3, 21, 0, 30), local(2026, 3, 21, 10))
    finish(city, "准时报送", date(2026, 3, 20), local(2026, 3, 20, 23, 30), local(2026, 3, 25))
    report = read_month(city, 3)
    assert _figure(report, "on_time") == (1, 2)
    assert (_transport(report).closed, _transport(report).on_time) == (2, 1)


def test_an_extension_after_the_month_leaves_its_overdue_items(city: City) -> None:
    """Late at the end of March by the date of that time; granted on 3 April, it is not late in April's report."""
    task = running_task(city, due_on=date(2026, 3, 20))
    city.do("office1", task, "extend", {"new_due_on": "2026-05-20", "reason": "汛期"}, now=local(2026, 4, 3))
    assert [_figure(read_month(city, month), "overdue") for month in (3, 4)] == [(1, 1), (0, 1)]
    assert _figure(read_month(city, 4, today=date(2026, 4, 10)), "overdue") == (0, 1)
