"""A slip's life: corrected, issued, answered, returned, appealed, withdrawn, closed; what each costs."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.core.errors import ConflictError, DomainError, ForbiddenError
from app.models.item import Item
from app.models.organisation import Holding
from app.models.record import NumberSeries
from app.policy.people import find_actor
from app.queries.inbox import list_inbox
from app.services.entering import NewItem
from tests.app.services.acts import approved_project, rows
from tests.app.services.supervision.stalling import (
    DUE_ON,
    ISSUE_AT,
    RED_AT,
    marks,
    pass_slips,
    red_task,
    slip_of,
    slips,
    steps,
    yellow_task,
)
from tests.city import City
from tests.sweeping import episode_of, local, messages, rungs, running_task, sweep

LATER = local(2026, 3, 24, 10)


def _answer(city: City, slip: int, at: datetime = LATER) -> None:
    city.do("tra_head", slip, "answer", {"answer": "已整改", "promised_on": "2026-04-10"}, now=at)


def _move_on(city: City, task: int, at: datetime = LATER) -> None:
    """Answer the cause itself: the office sets a new date."""
    city.do("office1", task, "extend", {"new_due_on": "2026-06-30", "reason": "另定"}, now=at)


def test_answered_and_accepted_it_closes_when_its_matter_moves(city: City) -> None:
    """DESIGN 4: answered → accepted, and closed by the pass once every cause that it covers has ended."""
    task, slip = yellow_task(city)
    _answer(city, slip)
    answered = slip_of(city, slip)
    assert (answered.state, answered.answer, answered.due_on) == ("answered", "已整改", None)
    assert answered.original_due_on == date(2026, 3, 26)
    written = dict(steps(city, slip))["answer"]
    assert (written["limit_on"], written["is_late"]) == ("2026-03-26", False)
    city.do("office1", slip, "accept", now=LATER)
    assert slip_of(city, slip).state == "accepted"
    assert sweep(city, local(2026, 3, 25)).slips_settled == 0
    _move_on(city, task, local(2026, 3, 25, 10))
    assert sweep(city, local(2026, 3, 25, 11)).slips_settled == 1
    assert slip_of(city, slip).state == "closed"
    assert steps(city, slip)[-1][0] == "close"


def test_accepted_after_its_matter_moved_it_closes_at_once(city: City) -> None:
    """The close follows the acceptance in the same unit of work when nothing stalls any more."""
    task, slip = yellow_task(city)
    _answer(city, slip)
    _move_on(city, task)
    city.do("office1", slip, "accept", now=LATER)
    assert slip_of(city, slip).state == "closed"
    assert [action for action, _ in steps(city, slip)][-2:] == ["accept", "close"]


def test_it_stays_open_while_one_of_its_causes_runs(city: City) -> None:
    """A slip that a second cause joined closes only when both have ended."""
    task = city.task(due_on=date(2026, 3, 6))
    city.do("office1", task, "assign")
    sweep(city, local(2026, 3, 6))
    sweep(city, local(2026, 3, 9))
    (slip,) = slips(city, task)
    at = local(2026, 3, 9, 10)
    _answer(city, slip.id, at)
    city.do("office1", slip.id, "accept", now=at)
    city.do("tra_head", task, "receive", now=at)
    assert pass_slips(city, at).settled == 0
    _move_on(city, task, at)
    assert pass_slips(city, at).settled == 1


def test_a_returned_answer_gets_the_whole_limit_anew(city: City) -> None:
    """Returned, the department has three working days again, and is reminded and escalated anew."""
    _, slip = yellow_task(city)
    _answer(city, slip)
    city.do("office1", slip, "return", {"reason": "没有措施"}, now=LATER)
    returned = slip_of(city, slip)
    assert (returned.state, returned.due_on, returned.original_due_on) == (
        "returned", date(2026, 3, 27), date(2026, 3, 26),
    )  # fmt: skip
    assert episode_of(city, slip, "due").base_on == date(2026, 3, 27)
    with pytest.raises(ConflictError) as refused:
        city.do("tra_head", slip, "appeal", {"reason": "不服"}, now=LATER)
    assert refused.value.code == "wrong_state"
    city.do("tra_head", slip, "answer", {"answer": "已补充"}, now=local(2026, 3, 31))
    assert slip_of(city, slip).answer == "已补充"
    assert steps(city, slip)[-1][1]["is_late"] is True


def test_nobody_accepts_their_own_answer(city: City) -> None:
    """Self-approval is judged by person: who heads the department and sits in the office does not accept it."""
    city.add_person("both", ("TRA", "head", False), ("OFF", "office", False))
    _, slip = yellow_task(city)
    city.do("both", slip, "answer", {"answer": "已整改"}, now=LATER)
    with pytest.raises(ForbiddenError) as refused:
        city.do("both", slip, "accept", now=LATER)
    assert refused.value.code == "own_submission"


def test_an_appeal_is_heard_once(city: City) -> None:
    """Appealed, the limit stops; dismissed, it runs anew in full, and there is no second appeal."""
    _, slip = yellow_task(city)
    city.do("tra_head", slip, "appeal", {"reason": "不应由我办"}, now=LATER)
    appealed = slip_of(city, slip)
    assert (appealed.state, appealed.due_on, appealed.appealed_at) == ("appealed", None, LATER)
    at = local(2026, 3, 26)
    sweep(city, at)
    assert rungs(city, slip) == []
    with pytest.raises(ForbiddenError):
        city.do("office1", slip, "dismiss", {"reason": "维持"}, now=at)
    city.do("director", slip, "dismiss", {"reason": "维持"}, now=at)
    assert slip_of(city, slip).due_on == date(2026, 3, 31)
    with pytest.raises(ConflictError) as refused:
        city.do("tra_head", slip, "appeal", {"reason": "还是不服"}, now=at)
    assert refused.value.code == "appealed_before"


def test_an_appeal_waits_in_the_directors_inbox_alone(city: City) -> None:
    """My work lists a slip for whoever it waits for: the head, then the director, not the rest of the office."""
    _, slip = yellow_task(city)

    def waiting(login: str) -> list[int]:
        with city.database.reading() as session:
            connection = session.connection()
            actor = find_actor(connection, city.people[login], LATER.date())
            assert actor is not None
            machine = city.book.current_machine(connection, "slip")
            return [row.item.id for row in list_inbox(connection, actor, [machine], LATER.date()).rows]

    assert (waiting("tra_head"), waiting("director"), waiting("office1")) == ([slip], [], [])
    city.do("tra_head", slip, "appeal", {"reason": "不应由我办"}, now=LATER)
    assert (waiting("tra_head"), waiting("director"), waiting("office1")) == ([], [slip], [])


def test_an_upheld_appeal_gives_the_points_back_by_a_row_of_its_own(city: City) -> None:
    """The record is only added to: a counter row, dated, and nothing twice."""
    _, red = red_task(city)
    sweep(city, ISSUE_AT)
    city.do("tra_head", red, "appeal", {"reason": "资料已报"}, now=ISSUE_AT)
    city.do("director", red, "uphold", {"reason": "属实"}, now=ISSUE_AT)
    assert marks(city) == [(red, 2, "red"), (red, -2, "appeal_upheld")]
    assert slip_of(city, red).state == "withdrawn"
    assert slip_of(city, red).number == "督〔2026〕1号"
    with pytest.raises(DomainError):
        city.do("director", red, "withdraw", {"reason": "再撤"}, now=ISSUE_AT)
    assert len(marks(city)) == 2


def test_the_director_withdraws_an_issued_slip_and_its_points(city: City) -> None:
    """Withdrawn, the number stays with it; the points come back."""
    _, red = red_task(city)
    sweep(city, ISSUE_AT)
    with pytest.raises(ForbiddenError):
        city.do("office1", red, "withdraw", {"reason": "误"}, now=ISSUE_AT)
    city.do("director", red, "withdraw", {"reason": "误发"}, now=ISSUE_AT)
    assert marks(city) == [(red, 2, "red"), (red, -2, "withdrawn")]


def test_the_office_corrects_a_draft_and_issues_it_at_once(city: City) -> None:
    """During its working day of correction the office may put the demand in its own words, and need not wait."""
    _, red = red_task(city)
    at = local(2026, 3, 27, 15)
    city.do("office1", red, "correct", {"demand": "逐项说明。\n三日内完成。"}, now=at)
    assert slip_of(city, red).demand == "逐项说明。\n三日内完成。"
    city.do("office2", red, "issue", {"opinion": "同意"}, now=at)
    assert (slip_of(city, red).number, slip_of(city, red).issued_at) == ("督〔2026〕1号", at)
    assert sweep(city, ISSUE_AT).slips_issued == 0
    assert marks(city) == [(red, 2, "red")]
    with pytest.raises(ConflictError):
        city.do("office1", red, "correct", {"demand": "太迟"}, now=ISSUE_AT)


def test_a_withdrawn_draft_costs_nothing_and_takes_no_number(city: City) -> None:
    """P104: a number is given at issue, never at draft."""
    _, red = red_task(city)
    city.do("director", red, "withdraw", {"reason": "不必"}, now=RED_AT)
    assert sweep(city, ISSUE_AT).slips_issued == 0
    assert (slip_of(city, red).number, slip_of(city, red).issue_at, marks(city)) == (None, None, [])


def test_a_draft_is_dropped_when_its_matter_moves(city: City) -> None:
    """Nothing is issued about what has moved: the draft is dropped before the drafts issue themselves."""
    task, red = red_task(city)
    _move_on(city, task, local(2026, 3, 27, 16))
    result = sweep(city, ISSUE_AT)
    assert (result.slips_issued, result.slips_settled) == (0, 1)
    assert (slip_of(city, red).state, slip_of(city, red).number) == ("withdrawn", None)
    assert steps(city, red)[-1][0] == "drop"


def test_p104_numbers_are_gap_free_and_roll_back_with_their_unit(city: City) -> None:
    """P104: a unit that fails after the number was taken gives it back; the next slip gets it."""
    _, red = red_task(city)
    stale = city.version(red)
    city.do("office1", red, "correct", {"demand": "改"}, now=RED_AT)
    with pytest.raises(DomainError):
        city.do("office1", red, "issue", version=stale, now=RED_AT)
    assert rows(city, select(NumberSeries.kind).where(NumberSeries.kind == "slip.red")) == []
    city.do("office1", red, "issue", now=RED_AT)
    running_task(city, title="第二件", due_on=DUE_ON)
    sweep(city, local(2026, 3, 31))
    sweep(city, local(2026, 4, 1))
    assert [slip.number for slip in slips(city) if slip.level == 3] == ["督〔2026〕1号", "督〔2026〕2号"]


def test_each_year_begins_with_one(city: City) -> None:
    """P104: a new year's series begins with 1; the year is the city's."""
    for day, title in ((25, "年内"), (28, "跨年")):
        at = local(2026, 12, day, 10)
        (task,) = city.enter(NewItem("task", title, city.departments["TRA"], due_on=date(2027, 6, 1)), now=at)
        city.do("office1", task, "assign", now=at)
    sweep(city, local(2026, 12, 31))
    sweep(city, local(2027, 1, 1))
    assert [slip.number for slip in slips(city)] == ["预警〔2026〕1号", "预警〔2027〕1号"]


def test_the_second_yellow_slip_on_one_item_costs_a_point(city: City) -> None:
    """Local rules (domain notes, part 4): two yellow slips on one item cost a point; on another item none."""
    task, slip = yellow_task(city)
    _answer(city, slip)
    city.do("office1", slip, "accept", now=LATER)
    city.do("office1", task, "extend", {"new_due_on": "2026-03-31", "reason": "另定"}, now=LATER)
    other = running_task(city, title="另一件", due_on=date(2026, 3, 31))
    sweep(city, local(2026, 4, 1))
    second = slips(city, task)[1]
    assert (second.level, second.points, slips(city, other)[0].points) == (2, 1, 0)
    assert marks(city) == [(second.id, 1, "second_yellow")]


def test_an_upheld_yellow_slip_does_not_count_as_the_first(city: City) -> None:
    """What was taken back does not make the next one the second."""
    task, slip = yellow_task(city)
    city.do("tra_head", slip, "appeal", {"reason": "误"}, now=LATER)
    city.do("director", slip, "uphold", {"reason": "属实"}, now=LATER)
    city.do("office1", task, "extend", {"new_due_on": "2026-03-31", "reason": "另定"}, now=LATER)
    sweep(city, local(2026, 4, 1))
    assert (slips(city, task)[1].points, marks(city)) == (0, [])


def test_a_suspended_matter_stops_the_slips_clock(city: City) -> None:
    """Clock rules: suspension stops every ladder below too; resumed, the limit moves by the days suspended."""
    task, slip = yellow_task(city)
    city.do("office1", task, "suspend", {"reason": "等待"}, now=LATER)
    sweep(city, local(2026, 4, 1))
    assert rungs(city, slip) == []
    city.do("office1", task, "resume", now=local(2026, 4, 1, 10))
    # Six working days from 24 March to 1 April; 4 to 6 April are a holiday.
    assert slip_of(city, slip).due_on == date(2026, 4, 3)
    sweep(city, local(2026, 4, 8))
    assert [level for _, level, _ in rungs(city, slip)] == [1, 4]


def test_a_cancelled_matter_cancels_its_slips(city: City) -> None:
    """A draft that ended so never issues; what was charged stays charged."""
    task, red = red_task(city)
    city.do("office1", task, "cancel", {"reason": "不办了"}, now=RED_AT)
    assert slip_of(city, red).state == "withdrawn"
    assert sweep(city, ISSUE_AT).faults == ()
    assert (slip_of(city, red).issue_at, slip_of(city, red).number) == (None, None)


def test_a_slip_never_holds_its_matter_up(city: City) -> None:
    """An accepted slip waits for its project to move: it is no item below that must be closed first."""
    project = approved_project(city)
    at = local(2027, 1, 4)
    while not slips(city, project):
        sweep(city, at)
        at += timedelta(days=1)
    with city.database.reading() as session:
        count = session.execute(select(Item.id).where(Item.parent_id == project, Item.closed_at.is_(None))).all()
    assert len(count) == 1
    for _ in range(2):
        city.do("office1", project, "pass_gate", {"evidence": "证", "decision": "纪要"}, now=at)
    city.do("tra_head", project, "apply", {"evidence": "总结", "late_reason": "迟"}, now=at)
    assert city.state(project) == "acceptance"


def test_a_vacant_heads_slip_is_answered_by_the_stand_in(city: City) -> None:
    """An item never waits for nobody: without a head in the department, the office's director answers."""
    _, slip = yellow_task(city)
    with city.database.writing() as session:
        session.execute(
            update(Holding).where(Holding.person_id == city.people["tra_head"]).values(to_on=date(2026, 3, 24))
        )
    with pytest.raises(ForbiddenError):
        city.do("tra_staff", slip, "answer", {"answer": "我来答"}, now=LATER)
    city.do("director", slip, "answer", {"answer": "代为答复"}, now=LATER)
    with pytest.raises(ForbiddenError):
        city.do("director", slip, "accept", now=LATER)
    city.do("office1", slip, "accept", now=LATER)
    assert slip_of(city, slip).state == "accepted"


def test_a_double_click_answers_once(city: City) -> None:
    """The same key gives the first answer again; nothing is written twice."""
    _, slip = yellow_task(city)
    fields = {"answer": "已整改"}
    clicks = [city.do("tra_head", slip, "answer", fields, now=LATER, version=2, key="k") for _ in range(2)]
    assert [click.is_replay for click in clicks] == [False, True]
    assert [action for action, _ in steps(city, slip)].count("answer") == 1


def test_an_unanswered_slip_climbs_to_the_leadership_group(city: City) -> None:
    """Its own ladder: a reminder a working day before the limit, the leadership group two after it."""
    task, slip = yellow_task(city)
    # The matter itself moved: its slip is still to be answered.
    _move_on(city, task)
    for day in (25, 26, 27, 30):
        sweep(city, local(2026, 3, day))
    assert [level for _, level, _ in rungs(city, slip)] == [1, 4]
    assert [row.recipient for row in messages(city, slip)] == [f"H:{city.departments['TRA']}", "LEADERSHIP"]
    assert slip_of(city, slip).state == "issued"
