"""The bulletin's figures against what was done, on both databases; only what a reader may read; constant statements."""

from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from app.queries.paper import bulletin
from app.queries.paper.bulletin import read_bulletin
from reports.city.inputs import Bulletin
from reports.wording import say
from tests.app.queries.fund.reading import count_statements
from tests.app.queries.paper.working import NOW, OFFICE, SENT, finish, make_issuer, march
from tests.app.queries.project.planning import set_state
from tests.app.services.supervision.stalling import DUE_ON, YELLOW_AT, yellow_task
from tests.city import City
from tests.sweeping import local, running_task, sweep


def _read(city: City, unit: Session, readers: tuple[str, ...] = OFFICE, now: datetime = NOW) -> Bulletin:
    span = march(city, unit, now)
    return read_bulletin(unit.connection(), make_issuer(city, unit), readers, span, (2026, 3), date(2026, 4, 6))


def _scores(paper: Bulletin) -> dict[str, tuple[int, int, int, int]]:
    return {
        say(one.department, "zh"): (one.finished, one.dated, one.on_time, one.late_open) for one in paper.scores
    }  # fmt: skip


def test_judged_is_the_day_on_which_it_was_sent_in(city: City) -> None:
    """Checking is others' time: sent in on the last minute of the day is in time; an extension does not change it."""
    finish(city, "按期", date(2026, 3, 12), local(2026, 3, 12, 23, 59), local(2026, 3, 20))
    finish(city, "晚一天", date(2026, 3, 12), local(2026, 3, 13, 0, 1), local(2026, 3, 13))
    moved = running_task(city, title="延期后", due_on=date(2026, 3, 10))
    city.do("office1", moved, "extend", {"new_due_on": "2026-03-20", "reason": "汛期"}, now=local(2026, 3, 5))
    city.do("tra_staff", moved, "submit", dict(SENT), now=local(2026, 3, 18))
    city.do("office1", moved, "verify", {"opinion": "同意"}, now=local(2026, 3, 19))
    finish(city, "四月办结", date(2026, 3, 12), local(2026, 3, 31), local(2026, 4, 1, 0, 0))
    with city.database.reading() as unit:
        assert _scores(_read(city, unit)) == {"交通局": (3, 3, 1, 0)}


def test_late_is_what_waited_for_its_department_at_the_end(city: City) -> None:
    """Left out: sent in and waiting to be verified, suspended, finished; what moves later is told as it stood then."""
    running_task(city, title="仍在办", due_on=date(2026, 3, 20))
    sent = running_task(city, title="已报送", due_on=date(2026, 3, 20))
    city.do("tra_staff", sent, "submit", dict(SENT), now=local(2026, 3, 30))
    paused = running_task(city, title="暂缓", due_on=date(2026, 3, 20))
    city.do("office1", paused, "suspend", {"reason": "等上位规划"}, now=local(2026, 3, 25))
    finish(city, "四月才报送", date(2026, 3, 26), local(2026, 4, 2), local(2026, 4, 3))
    running_task(city, title="未到期", due_on=date(2026, 3, 31))
    with city.database.reading() as unit:
        paper = _read(city, unit)
    assert [(one.title, one.late_workdays) for one in paper.late] == [("仍在办", 7), ("四月才报送", 3)]
    assert _scores(paper) == {"交通局": (0, 0, 0, 2)}


def test_slips_stand_as_at_the_end_of_the_month(city: City) -> None:
    """Answered in April: without an answer at the end of March; a bulletin made anew says the same."""
    _, slip = yellow_task(city)
    with city.database.reading() as unit:
        before = _read(city, unit)
    city.do("tra_head", slip, "answer", {"answer": "已安排", "promised_on": "2026-04-20"}, now=local(2026, 4, 2))
    with city.database.reading() as unit:
        paper = _read(city, unit)
    assert paper == before
    assert [(one.level, one.is_unanswered, one.is_issued_in_month) for one in paper.slips] == [(2, True, True)]
    assert paper.late[0].due_on == DUE_ON


def test_an_extension_after_the_month_changes_nothing_of_it(city: City) -> None:
    """The date of then counts: what was late on 31 March stays late in March's bulletin when April gives it time."""
    task = running_task(city, title="四月获准延期", due_on=date(2026, 3, 20))
    with city.database.reading() as unit:
        before = _read(city, unit)
    city.do("office1", task, "extend", {"new_due_on": "2026-04-30", "reason": "汛期"}, now=local(2026, 4, 3))
    with city.database.reading() as unit:
        paper = _read(city, unit)
    assert [(one.due_on, one.late_workdays) for one in paper.late] == [(date(2026, 3, 20), 7)]
    assert paper == before


def test_what_is_late_since_the_weekend_is_listed_as_it_is_counted(city: City) -> None:
    """Due on Friday, told on Sunday: late by no working day yet, in the score and in the list alike."""
    running_task(city, title="周五到期", due_on=date(2026, 3, 27))
    with city.database.reading() as unit:
        paper = _read(city, unit, now=local(2026, 3, 29))
    assert [(one.title, one.late_workdays) for one in paper.late] == [("周五到期", 0)]
    assert (_scores(paper), paper.late_more) == ({"交通局": (0, 0, 0, 1)}, 0)


def test_the_level_is_that_of_the_running_delay(city: City) -> None:
    """A rung of a delay that an extension ended is history: late anew, the item stands on none yet."""
    stays, _ = yellow_task(city, title="一直逾期")
    moved = running_task(city, title="延期后又逾期", due_on=DUE_ON)
    sweep(city, YELLOW_AT)
    city.do("office1", moved, "extend", {"new_due_on": "2026-03-30", "reason": "汛期"}, now=local(2026, 3, 24))
    with city.database.reading() as unit:
        levels = {one.title: one.level for one in _read(city, unit).late}
    assert levels == {"一直逾期": 2, "延期后又逾期": 0}
    assert stays != moved


def test_figures_rest_on_all_though_the_lists_are_cut(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is named with how many items, slips issued and unanswered: of everything, not of the first of each list."""
    monkeypatch.setattr(bulletin, "LATE_MAX", 1)
    monkeypatch.setattr(bulletin, "SLIPS_MAX", 1)
    for title in ("甲", "乙", "丙"):
        running_task(city, title=title, due_on=DUE_ON)
    sweep(city, YELLOW_AT)
    with city.database.reading() as unit:
        paper = _read(city, unit)
    assert (len(paper.late), paper.late_more, len(paper.slips), paper.slips_more) == (1, 2, 1, 2)
    assert [(say(one.department, "zh"), one.items) for one in paper.named] == [("交通局", 3)]
    assert (paper.counted.yellow, paper.counted.red, paper.counted.unanswered) == (3, 0, 3)


def test_it_tells_of_nothing_confidential_and_reads_as_its_reader(city: City) -> None:
    """P09: the paper goes to everybody, so that nothing confidential is in it, whoever makes it."""
    running_task(city, title="公开", due_on=date(2026, 3, 20))
    hidden = running_task(city, title="信访专项", due_on=date(2026, 3, 20))
    set_state(city, hidden, confidential=True)
    with city.database.reading() as unit:
        assert [one.title for one in _read(city, unit).late] == ["公开"]
        assert _read(city, unit, (f"D:{city.departments['WEA']}",)).late == ()
        assert _read(city, unit, ("U:0",)).scores == ()


def test_the_statements_do_not_grow_with_the_city(city: City) -> None:
    """No N+1: as many statements for one late task with its slip as for eight."""
    counts = []
    for round_of in (1, 7):
        for number in range(round_of):
            finish(city, f"办结{round_of}-{number}", date(2026, 3, 12), local(2026, 3, 12), local(2026, 3, 13))
            running_task(city, title=f"逾期{round_of}-{number}", due_on=DUE_ON)
        sweep(city, YELLOW_AT)
        with city.database.reading() as unit, count_statements(unit) as counted:
            paper = _read(city, unit)
        counts.append(counted[0])
        assert len(paper.late) == len(paper.slips)
    assert counts[0] == counts[1]
