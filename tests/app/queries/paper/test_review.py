"""The year's figures against what was done, on both databases; two years compared; constant statements."""

from datetime import date

from sqlalchemy.orm import Session

from app.queries.paper.review import read_review
from app.queries.paper.work import make_span
from reports.city.inputs import Review
from tests.app.queries.fund.reading import count_statements
from tests.app.queries.paper.working import OFFICE, finish, make_issuer
from tests.app.services.supervision.stalling import ISSUE_AT, pass_slips, red_task
from tests.city import City
from tests.sweeping import local, running_task

AT = local(2026, 6, 30, 18)


def _read(city: City, unit: Session, readers: tuple[str, ...] = OFFICE) -> Review:
    issuer = make_issuer(city, unit)
    spans = [make_span(issuer.calendar, date(year, 1, 1), date(year, 12, 31), AT) for year in (2026, 2025)]
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


def test_the_statements_do_not_grow_with_the_year(city: City) -> None:
    """No N+1: as many statements for one task as for six."""
    counts = []
    for round_of in (1, 5):
        for number in range(round_of):
            finish(city, f"办结{round_of}-{number}", date(2026, 3, 12), local(2026, 3, 12), local(2026, 3, 13))
        with city.database.reading() as unit, count_statements(unit) as counted:
            _read(city, unit)
        counts.append(counted[0])
    assert counts[0] == counts[1]
