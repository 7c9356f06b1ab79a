"""Rungs become slips: one matter one slip, each rung decided once, whatever ran when."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, event, select

from app.jobs import sweep as sweeping
from app.models.escalation import Escalation
from app.models.item import ItemLink
from app.models.record import History, Outbox
from app.policy.access import can_read, compare
from app.services.entering import NewItem
from app.services.supervision.slip_batch import Batch
from tests.app.services.acts import rows, submitted_task
from tests.app.services.supervision.stalling import (
    DUE_ON,
    ISSUE_AT,
    RED_AT,
    YELLOW_AT,
    covers,
    marks,
    pass_slips,
    red_task,
    slips,
    steps,
    yellow_task,
)
from tests.city import NOW, City
from tests.sweeping import assigned_task, local, messages, run_sql, rungs, running_task, sweep


def test_a_yellow_slip_is_made_and_issued_with_its_rung(city: City) -> None:
    """DESIGN 4, level 2: numbered at issue, three working days to answer, the first one costs nothing."""
    task = running_task(city, due_on=DUE_ON)
    result = sweep(city, YELLOW_AT)
    assert (result.slips_made, result.slips_issued, result.slips_settled, result.faults) == (1, 1, 0, ())
    (slip,) = slips(city, task)
    assert (slip.number, slip.title, slip.state) == ("预警〔2026〕1号", "预警单：主城区信号机数据对接", "issued")
    assert (slip.due_on, slip.original_due_on) == (date(2026, 3, 26), date(2026, 3, 26))
    assert (slip.level, slip.cause, slip.points, slip.issue_at, slip.issued_at) == (2, "due", 0, None, YELLOW_AT)
    assert slip.owner_department_id == city.departments["TRA"]
    assert slip.basis["late_workdays"] == 1
    assert slip.basis["state"] == "in_progress"
    assert covers(city, task) == [("due", 2, "made", slip.id)]
    assert marks(city) == []
    told = rows(city, select(Outbox.recipient).where(Outbox.item_id == slip.id, Outbox.topic == "slip.issue"))
    assert told == [(f"H:{city.departments['TRA']}",)]


def test_raised_counts_rungs_alone_and_a_repeated_sweep_makes_nothing(city: City) -> None:
    """Contract: `raised` counts the rungs' rows; repeated at the same instant, a sweep makes no slip."""
    running_task(city, due_on=DUE_ON)
    sweep(city, local(2026, 3, 20))
    first, again = sweep(city, YELLOW_AT), sweep(city, YELLOW_AT)
    assert (first.raised, first.slips_made) == (1, 1)
    assert (again.raised, again.slips_made, again.slips_issued, again.slips_settled) == (0, 0, 0, 0)


def test_a_red_slip_lies_a_working_day_then_issues_itself(city: City) -> None:
    """DESIGN 4, level 3: made on Friday, it lies with the office over the weekend and issues itself on Monday."""
    task, red = red_task(city)
    draft = slips(city, task)[1]
    assert (draft.id, draft.state, draft.number, draft.due_on, draft.issue_at) == (red, "drafted", None, None, ISSUE_AT)
    assert sweep(city, local(2026, 3, 29, 12)).slips_issued == 0
    assert sweep(city, ISSUE_AT).slips_issued == 1
    issued = slips(city, task)[1]
    assert (issued.state, issued.number, issued.issue_at) == ("issued", "督〔2026〕1号", None)
    # The Qingming holiday (4 to 6 April) does not count.
    assert (issued.due_on, issued.points) == (date(2026, 4, 7), 2)
    assert marks(city) == [(red, 2, "red")]


def test_a_red_slip_stands_for_the_open_yellow_one(city: City) -> None:
    """One matter one slip: the yellow one closes, linked with the red one, and both say so."""
    task, red = red_task(city)
    yellow = slips(city, task)[0]
    assert yellow.state == "closed"
    assert steps(city, yellow.id)[-1] == ("replace", {"slip_id": red})
    assert ("supersede", {"slip_id": yellow.id}) in steps(city, red)
    assert rows(city, select(ItemLink.from_id, ItemLink.to_id, ItemLink.kind)) == [(yellow.id, red, "merged_into")]


def test_a_second_cause_joins_the_open_slip(city: City) -> None:
    """One matter one slip: a further cause of the same level gets a row in the slip's history, and no slip."""
    task = assigned_task(city, due_on=date(2026, 3, 6))
    assert sweep(city, local(2026, 3, 6)).slips_made == 1
    (slip,) = slips(city, task)
    assert sweep(city, local(2026, 3, 9)).slips_made == 0
    levels = [(cause, level) for cause, level, _ in rungs(city, task) if level == 2]
    assert levels == [("receipt", 2), ("due", 2)]
    assert [cover[2:] for cover in covers(city, task)] == [("made", slip.id), ("joined", slip.id)]
    rung_id = rows(city, select(Escalation.id).where(Escalation.cause == "due", Escalation.level == 2))[0][0]
    assert steps(city, slip.id)[-1] == ("join", {"cause": "due", "level": 2, "escalation_id": rung_id})


def test_two_causes_in_one_pass_make_one_slip(city: City) -> None:
    """One matter one slip, also when both rungs are reached in the same sweep; each joins with its own row."""
    task = assigned_task(city, due_on=date(2026, 3, 5))
    result = sweep(city, local(2026, 3, 6))
    assert (result.slips_made, result.faults) == (1, ())
    (slip,) = slips(city, task)
    assert sorted(cover[2:] for cover in covers(city, task)) == [("joined", slip.id), ("made", slip.id)]
    assert [action for action, _ in steps(city, slip.id)] == ["create", "join", "issue"]


def test_several_causes_that_join_at_once_are_numbered_in_order(city: City) -> None:
    """Histories are numbered without a gap also where one batch adds several rows to one slip."""
    task, slip = yellow_task(city)
    for cause in ("idle", "forecast", "report"):
        run_sql(
            city,
            "INSERT INTO episode (item_id, cause, anchor, ladder_id, base_on, opened_at) "
            "SELECT item_id, :cause, 'made up', ladder_id, base_on, opened_at FROM episode WHERE item_id = :item "
            "AND cause = 'due'",
            cause=cause, item=task,
        )  # fmt: skip
        run_sql(
            city,
            "INSERT INTO escalation (episode_id, item_id, cause, level, to_role, due_at, raised_at, is_superseded, "
            "needs_slip) SELECT id, item_id, cause, 2, 'lead_head', opened_at, opened_at, FALSE, TRUE FROM episode "
            "WHERE anchor = 'made up' AND cause = :cause",
            cause=cause,
        )
    assert pass_slips(city, YELLOW_AT).faults == []
    assert [action for action, _ in steps(city, slip)] == ["create", "issue", "join", "join", "join"]
    assert [row[0] for row in rows(city, select(History.seq).where(History.item_id == slip))] == [1, 2, 3, 4, 5]


def test_a_yellow_rung_joins_an_open_red_slip(city: City) -> None:
    """One matter one slip: nothing yellow is made where a red one is open."""
    task = assigned_task(city, due_on=date(2026, 3, 2))
    sweep(city, local(2026, 3, 9))
    red = [slip for slip in slips(city, task) if slip.level == 3]
    assert [slip.state for slip in red] == ["drafted"]
    city.do("tra_head", task, "receive", now=local(2026, 3, 9, 10))
    city.do("tra_head", task, "appoint", {"person": city.people["tra_staff"]}, now=local(2026, 3, 9, 10))
    city.do("tra_staff", task, "start", now=local(2026, 3, 9, 10))
    report = {"text": "要晚", "forecast_on": "2026-07-31"}
    city.do("tra_staff", task, "report", report, now=local(2026, 3, 9, 11))
    sweep(city, local(2026, 3, 17))
    assert ("forecast", 2, "joined", red[0].id) in covers(city, task)
    assert len(slips(city, task)) == 1


@contextmanager
def _slips_held() -> Iterator[None]:
    """Sweep without the slip pass, as when the process dies between the two."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweeping, "run_slips", lambda *_: Batch())
        yield


def test_what_was_answered_before_its_slip_gets_none(city: City) -> None:
    """A rung whose cause has ended when its slip is decided brings forth nothing; it is decided all the same."""
    task = running_task(city, due_on=DUE_ON)
    with _slips_held():
        sweep(city, YELLOW_AT)
    city.do("office1", task, "extend", {"new_due_on": "2026-06-30", "reason": "另定"}, now=YELLOW_AT)
    assert pass_slips(city, YELLOW_AT).made == 0
    assert covers(city, task) == [("due", 2, "answered", None)]
    assert rows(city, select(Escalation.id).where(Escalation.needs_slip)) == []


def test_a_pass_that_died_is_made_up(city: City) -> None:
    """Killed between rungs and slips, the next pass makes what is missing, once."""
    task = running_task(city, due_on=DUE_ON)
    with _slips_held():
        sweep(city, YELLOW_AT)
    assert slips(city, task) == []
    assert sweep(city, local(2026, 3, 23, 9, 15)).slips_made == 1
    assert [slip.issued_at for slip in slips(city, task)] == [local(2026, 3, 23, 9, 15)]


def test_without_a_department_there_is_nobody_to_answer(city: City) -> None:
    """An imported item may have no lead: its rung is decided, and the record says why there is no slip."""
    (task,) = city.enter(
        NewItem("task", "无主事项", None, due_on=DUE_ON, state="in_progress", escalate_from=NOW.date())
    )
    assert sweep(city, YELLOW_AT).faults == ()
    assert covers(city, task) == [("due", 2, "nobody", None)]
    assert slips(city) == []


def test_after_a_long_stop_only_the_highest_rung_makes_a_slip(city: City) -> None:
    """DESIGN 4: of the rungs passed during a stop the lower ones are superseded, and bring forth nothing."""
    task = running_task(city, due_on=DUE_ON)
    sweep(city, NOW)
    result = sweep(city, RED_AT)
    assert (result.slips_made, result.slips_issued) == (1, 0)
    assert [slip.level for slip in slips(city, task)] == [3]
    other = running_task(city, title="更久的", due_on=date(2026, 3, 6))
    assert sweep(city, local(2026, 4, 1)).faults == ()
    assert slips(city, other) == []


def test_muted_rungs_make_no_slips(city: City) -> None:
    """P22: what is muted after a restore is old news; it brings forth no slip either."""
    task = running_task(city, due_on=DUE_ON)
    sweep(city, local(2026, 3, 24), mute_before=local(2026, 3, 24))
    assert [level for _, level, _ in rungs(city, task)] == [1, 2]
    assert slips(city, task) == []


def test_a_sign_off_asks_whoever_has_not_signed(city: City) -> None:
    """A sign-off's rung concerns the supporting departments that have not signed, one slip each."""
    task = submitted_task(city, "ENE", "POL", "WEA")
    city.do("ene_head", task, "sign", {"verdict": "agree"})
    at = next(at for day in range(9, 20) if sweep(city, at := local(2026, 3, day)).slips_made)
    made = slips(city, task)
    assert {slip.owner_department_id for slip in made} == {city.departments["POL"], city.departments["WEA"]}
    assert {(slip.level, slip.cause, slip.state) for slip in made} == {(2, "sign_off", "issued")}
    assert {slip.number for slip in made} == {"预警〔2026〕1号", "预警〔2026〕2号"}
    assert sweep(city, at).slips_made == 0


def test_a_share_brings_forth_a_slip_for_its_own_department(city: City) -> None:
    """The supporting department answers for its own part."""
    running_task(city, supports=("ENE",), due_on=DUE_ON)
    sweep(city, local(2026, 3, 24))
    ours = [slip for slip in slips(city) if slip.owner_department_id == city.departments["ENE"]]
    assert len(ours) == 1
    assert ours[0].level == 2


def test_slips_never_bring_forth_slips(city: City) -> None:
    """An unanswered slip is reminded of, then goes to the leadership group; no slip about a slip."""
    _, slip = yellow_task(city)
    sweep(city, local(2026, 3, 25))
    sweep(city, local(2026, 3, 30))
    assert rungs(city, slip) == [("due", 1, False), ("due", 4, False)]
    assert [row.recipient for row in messages(city, slip)] == [f"H:{city.departments['TRA']}", "LEADERSHIP"]
    assert [row for row in slips(city) if row.parent_id == slip] == []


def test_a_long_title_is_cut(city: City) -> None:
    """The slip's title is at most 300 characters, as every item's is."""
    yellow_task(city, title="长" * 300)
    (slip,) = slips(city)
    assert len(slip.title) == 300
    assert slip.title.endswith("长…")


def test_a_confidential_matter_has_a_confidential_slip(city: City) -> None:
    """A child is read as its matter: heads, the director, overseers; the access table agrees with its rebuild."""
    task = city.task(confidential=True)
    city.do("director", task, "assign")
    sweep(city, local(2026, 3, 6))
    slip = slips(city, task)[0].id
    assert slips(city, task)[0].confidential
    with city.database.reading() as session:
        connection = session.connection()
        assert compare(connection) == []
        assert can_read(connection, [f"P:{city.posts['tra_head']}"], slip)
        assert can_read(connection, ["OVERSIGHT"], slip)
        assert not can_read(connection, ["OFFICE", f"D:{city.departments['TRA']}"], slip)


def test_who_reads_an_ordinary_slip(city: City) -> None:
    """A slip is read by its matter's departments, the office and overseers, nobody else."""
    _, slip = yellow_task(city, supports=("ENE",))
    with city.database.reading() as session:
        connection = session.connection()
        readers = ["OFFICE", "OVERSIGHT", *(f"D:{city.departments[code]}" for code in ("TRA", "ENE"))]
        assert all(can_read(connection, [reader], slip) for reader in readers)
        assert not can_read(connection, [f"D:{city.departments['POL']}"], slip)
        assert compare(connection) == []


def test_a_bad_row_is_told_and_stops_nothing(city: City) -> None:
    """One rung whose day cannot be counted is a fault of its own; the others get their slips; it is tried again."""
    tasks = [running_task(city, title=f"事项{number}", due_on=DUE_ON) for number in range(5)]
    with _slips_held():
        sweep(city, YELLOW_AT)
    run_sql(city, "UPDATE episode SET base_on = '1900-01-01' WHERE cause = 'due' AND item_id = :item", item=tasks[2])
    done = pass_slips(city, YELLOW_AT)
    assert (done.made, done.issued) == (4, 4)
    assert [(fault["kind"], "1990-01-01" in str(fault["said"])) for fault in done.faults] == [("slip", True)]
    assert [slip.number for slip in slips(city)] == [f"预警〔2026〕{number}号" for number in range(1, 5)]
    run_sql(city, "UPDATE episode SET base_on = '2026-03-20' WHERE cause = 'due' AND item_id = :item", item=tasks[2])
    assert pass_slips(city, YELLOW_AT).made == 1


@contextmanager
def _counting(city: City) -> Iterator[list[str]]:
    found: list[str] = []

    def note(_: Connection, __: Any, statement: str, *___: Any) -> None:  # noqa: ANN401  # SQLAlchemy's event
        found.append(statement)

    event.listen(city.database.engine, "before_cursor_execute", note)
    yield found
    event.remove(city.database.engine, "before_cursor_execute", note)


def _red_rungs(city: City, count: int) -> None:
    for number in range(count):
        running_task(city, title=f"批{number}", due_on=DUE_ON)
    with _slips_held():
        sweep(city, RED_AT)


def test_making_costs_the_same_number_of_statements_for_few_and_many(city: City) -> None:
    """P102 and its kind: a batch of drafts is made with a number of statements that does not grow with it."""
    _red_rungs(city, 2)
    with _counting(city) as few:
        assert pass_slips(city, RED_AT).made == 2
    _red_rungs(city, 20)
    with _counting(city) as many:
        assert pass_slips(city, RED_AT).made == 20
    # The first pass also reads the rules, once a process.
    assert len(many) <= len(few)
