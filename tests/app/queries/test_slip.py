"""What slips print and list: frozen grounds, names of the day of issue, only what the caller may read."""

from datetime import date

import pytest
from sqlalchemy import Connection

from app.core.errors import NotFoundError
from app.queries.slip_paper import Issuer, find_last_reminder, read_reminder, read_slip_paper
from reports.slip import SlipPaper, Text
from tests.app.services.supervision.stalling import red_task, yellow_task
from tests.city import City
from tests.sweeping import local, run_sql, running_task, sweep

OFFICE = ("OFFICE",)


def _issuer(city: City, connection: Connection) -> Issuer:
    return Issuer(Text("云州市", "Yunzhou"), Text("办公室", "Office"), city.book.calendar(connection))


def _read(city: City, slip: int) -> SlipPaper:
    with city.database.reading() as session:
        connection = session.connection()
        return read_slip_paper(connection, _issuer(city, connection), OFFICE, slip)


def test_a_paper_stays_as_it_was_issued(city: City) -> None:
    """A department renamed later, a due date moved, an answer: the paper prints what it said on its day."""
    task, slip = yellow_task(city, supports=("ENE",))
    before = _read(city, slip)
    # The supporting department's share has stalled as well: two slips.
    assert before.number in {"预警〔2026〕1号", "预警〔2026〕2号"}
    assert (before.answer_by, before.late_workdays) == (date(2026, 3, 26), 1)
    assert (before.department, before.supports) == (Text("交通局", "交通局"), (Text("能源局", "能源局"),))
    later = local(2026, 4, 1, 10)
    city.do("office1", task, "extend", {"new_due_on": "2026-06-30", "reason": "另定"}, now=later)
    city.do("tra_head", slip, "answer", {"answer": "已整改"}, now=later)
    new = {"id": city.departments["TRA"], "day": "2026-04-02"}
    run_sql(city, "UPDATE department SET name = '交通运输局' WHERE id = :id", id=new["id"])
    run_sql(city, "UPDATE department_name SET to_on = :day WHERE department_id = :id", **new)
    run_sql(
        city,
        "INSERT INTO department_name (department_id, name, folded, from_on) VALUES (:id, '交通运输局', 'x', :day)",
        **new,
    )
    assert _read(city, slip) == before


def test_a_draft_prints_the_offices_own_demand(city: City) -> None:
    """The corrected demand stands on the paper, line by line; a draft has no number and no limit."""
    _, red = red_task(city)
    city.do("office1", red, "correct", {"demand": "一、说明原因。\n\n二、三日内完成。"}, now=local(2026, 3, 27, 10))
    paper = _read(city, red)
    assert (paper.is_draft, paper.number, paper.answer_by) == (True, None, None)
    assert paper.demand == ("一、说明原因。", "二、三日内完成。")


def test_a_reminder_says_whether_anything_is_late(city: City) -> None:
    """Before its date an item is reminded of what comes; a rung of another level is no reminder."""
    task = running_task(city, due_on=date(2026, 3, 20))
    sweep(city, local(2026, 3, 17))
    with city.database.reading() as session:
        connection = session.connection()
        rung = find_last_reminder(connection, task)
        assert rung is not None
        issuer, state = _issuer(city, connection), Text("承办中", "in progress")
        paper = read_reminder(connection, issuer, OFFICE, rung, state)
        assert (paper.level, paper.number, paper.late_workdays) == (1, None, 0)
        assert (paper.ground, paper.state.zh if isinstance(paper.state, Text) else "") == (
            Text("临近完成期限", "The due date is near"), "承办中",
        )  # fmt: skip
        with pytest.raises(NotFoundError):
            read_reminder(connection, issuer, ("D:0",), rung, state)
        with pytest.raises(NotFoundError):
            read_slip_paper(connection, issuer, OFFICE, task)
