"""A call for requests from the draft to the decision, and what each step refuses (issue 6, call and advice)."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from app.core.errors import ConflictError, DomainError, ForbiddenError, InvalidError, NotFoundError, StaleError
from app.models.allocation import Allocation
from app.models.call import CallDecision, CallEntry, CallProposal, FundCall
from app.services.fund.call.deciding import Decision
from app.services.fund.call.drafting import Criterion, DepartmentLimit, edit_call
from app.services.fund.call.running import start_scoring
from app.services.fund.drafting import Draft, Goal, amend_allocation
from tests.app.services.fund_call.calling import Calling
from tests.city import City
from tests.money import RULE, WAN, Treasury, yuan


@pytest.fixture
def call(city: City) -> Calling:
    """Give a drafted call of 50 wan."""
    return Calling.draft(Treasury.found(city))


def refuse(code: str, work: object, kind: type[DomainError] = ConflictError) -> DomainError:
    """Assert that `work` is refused with a code; return the refusal."""
    assert callable(work)
    with pytest.raises(kind) as found:
        work()
    assert found.value.code == code
    return found.value


def fields_of(call: Calling, **more: object) -> list[str]:
    """Return the fields that are wrong in a text."""
    version, changed = call.version, call.text(**more)  # type: ignore[arg-type]  # what the test changes
    with pytest.raises(InvalidError) as found:
        call.money.by("fin1", lambda act, _: edit_call(act, call.call_id, version, changed))
    return [fault.field for fault in found.value.faults]


def test_a_call_goes_from_the_draft_to_the_decision(call: Calling) -> None:
    """Proposed by the better score, decided by the head with a reason, and the requests go on with just that."""
    call.scored((30 * WAN, 12 * WAN, 90), (30 * WAN, 20 * WAN, 80), (20 * WAN, None, 40))
    proposal = call.propose()
    with call.money.city.database.reading() as session:
        body = session.execute(select(CallProposal.body)).scalar_one()
    granted = {line["id"]: line["granted_fen"] for line in body["lines"]}
    first, second, third = call.entries
    # 90 and two thirds of 80 are worth more than 0.4 of 90, nothing and 40.
    assert granted == {first: 30 * WAN, second: 20 * WAN, third: 0}
    call.decide(proposal, Decision(second, 0, "与在建项目重复"), Decision(third, 20 * WAN, "民生急需"))
    with call.money.city.database.reading() as session:
        rows = session.execute(select(CallDecision.entry_id, CallDecision.amount_fen, CallDecision.reason)).all()
        assert sorted(tuple(row) for row in rows) == [
            (first, 30 * WAN, None), (second, 0, "与在建项目重复"), (third, 20 * WAN, "民生急需"),
        ]  # fmt: skip
        items = {row.id: row.item_id for row in session.execute(select(CallEntry.id, CallEntry.item_id))}
    assert call.read().state == "decided"
    money = call.money
    for entry_id in call.entries:
        money.submit(items[entry_id])
    refuse("invalid", lambda: money.do("fin1", items[first], "approve", amount=yuan(29 * WAN)), InvalidError)
    refuse("call_decided_nothing", lambda: money.do("fin1", items[second], "approve"))
    money.do("fin1", items[first], "approve", amount=yuan(30 * WAN))
    money.do("fin1", items[third], "approve")
    money.do("fin1", items[second], "reject", reason="未获安排")
    assert money.totals()["committed"] == 50 * WAN
    assert money.check().faults == []


def test_what_is_wrong_in_a_call_is_told_at_once(call: Calling) -> None:
    """Wrong weights, days, people, floors: each beside its field, all together."""
    assert fields_of(call, criteria=(Criterion("甲", 60), Criterion("乙", 30))) == ["criteria"]
    assert fields_of(call, criteria=(Criterion("甲", 0), Criterion("甲", -5), Criterion("丙", 105))) == [
        "criteria[1].weight", "criteria[2].name", "criteria[2].weight", "criteria[3].weight",
    ]  # fmt: skip
    assert fields_of(call, criteria=()) == ["criteria"]
    assert fields_of(call, title=" ", text="", closes_on=date(2026, 3, 1), year=2035, reviewers=()) == [
        "title", "text", "year", "closes_on", "reviewers",
    ]  # fmt: skip
    assert fields_of(call, opens_on=date(2026, 2, 1), closes_on=date(2026, 3, 1)) == ["closes_on"]
    assert fields_of(call, reviewers=(call.money.city.people["wea_head"], 999_999)) == ["reviewers[2]"]
    tra, ene = call.money.city.departments["TRA"], call.money.city.departments["ENE"]
    limits = (DepartmentLimit(tra, 30 * WAN, 20 * WAN), DepartmentLimit(ene), DepartmentLimit(tra, WAN))
    assert fields_of(call, limits=limits) == ["limits[1].ceiling", "limits[2].floor", "limits[3].department"]
    assert fields_of(call, limits=(DepartmentLimit(tra, 30 * WAN), DepartmentLimit(ene, 30 * WAN))) == ["limits"]
    refuse("version_stale", lambda: call.money.by(
        "fin1", lambda act, _: edit_call(act, call.call_id, 7, call.text())), StaleError)  # fmt: skip


def test_requests_are_taken_in_the_days_of_the_call_only(call: Calling) -> None:
    """Before it is opened, after its last day, for another's request, twice: no."""
    money = call.money
    project = money.project()
    item_id = money.draft(project, 10 * WAN)
    refuse("wrong_call_state", lambda: call.enter(item_id))
    call.open()
    refuse("not_yours", lambda: call.enter(item_id, by="ene_staff"), ForbiddenError)
    refuse("not_found", lambda: call.enter(item_id, by="pol_head"), NotFoundError)
    refuse("invalid", lambda: call.enter(project), InvalidError)
    entry_id = call.enter(item_id)
    refuse("already_entered", lambda: call.enter(item_id))
    call.withdraw(entry_id)
    refuse("already_withdrawn", lambda: call.withdraw(entry_id))
    call.enter(item_id)
    money.at(2026, 3, 10)
    version = call.version
    refuse("call_still_open", lambda: money.by("fin1", lambda act, _: start_scoring(act, call.call_id, version)))
    money.at(2026, 3, 11)
    refuse("call_closed", lambda: call.enter(money.draft(project, WAN)))
    refuse("call_closed", lambda: call.withdraw(call.entries[-1]))
    other = Treasury.found(money.city, code="F2")
    foreign = other.draft(project, WAN)
    again = Calling.draft(money.at(2026, 3, 3)).open()
    refuse("invalid", lambda: again.enter(foreign), InvalidError)


def test_reviewers_score_once_and_never_their_own(call: Calling) -> None:
    """The requesting department, who drafted it, who is no reviewer, a second time, wrong points: refused."""
    money = call.money
    people = money.city.people
    reviewers = (people["wea_head"], people["tra_head"], people["tra_staff2"])
    version = call.version
    money.by("fin1", lambda act, _: edit_call(act, call.call_id, version, call.text(reviewers=reviewers)))
    call.open()
    entry_id = call.enter(money.draft(money.project(), 10 * WAN))
    refuse("wrong_call_state", lambda: call.score(entry_id, (80, 80)))
    call.start()
    refuse("conflict_of_interest", lambda: call.score(entry_id, (80, 80), by="tra_head"), ForbiddenError)
    refuse("reviewers_only", lambda: call.score(entry_id, (80, 80), by="ene_head"), ForbiddenError)
    refuse("not_found", lambda: call.score(999_999, (80, 80)), NotFoundError)
    for points, field in (((80,), "points"), ((-1, 80), "points[1]"), ((80, 101), "points[2]")):
        wrong = refuse("invalid", lambda points=points: call.score(entry_id, points), InvalidError)
        assert isinstance(wrong, InvalidError)
        assert [fault.field for fault in wrong.faults] == [field]
    call.score(entry_id, (80, 75))
    refuse("already_scored", lambda: call.score(entry_id, (90, 90)))
    assert call.propose()  # both others have an interest: nothing is missing
    refuse("wrong_call_state", lambda: call.score(entry_id, (80, 80)))


def test_a_proposal_waits_for_the_scores_and_every_run_is_kept(call: Calling) -> None:
    """Missing scores are named, unless the keeper goes on without them; what changed meanwhile is not overlooked."""
    money = call.money
    call.open()
    entry_id = call.enter(money.draft(money.project(), 10 * WAN))
    call.start()
    refuse("nothing_scored", lambda: call.propose(with_missing=True))
    call.score(entry_id, (80, 75))
    assert "1" in refuse("scores_missing", call.propose).sentence.en
    first = call.propose(with_missing=True)
    second = call.propose()
    assert second > first
    with money.city.database.reading() as session:
        hashes = session.execute(select(CallProposal.input_hash)).scalars().all()
    assert len(hashes) == 2
    assert len(set(hashes)) == 1
    refuse("proposal_outdated", lambda: call.decide(first))
    with money.city.database.writing() as session:
        session.execute(update(Allocation).values(requested_fen=11 * WAN))
    refuse("inputs_changed", lambda: call.decide(second))


def test_a_second_person_decides_and_gives_reasons(call: Calling) -> None:
    """Amounts outside of what was asked for, without a reason, over the cap, by who proposed: refused."""
    call.scored((30 * WAN, 12 * WAN, 90), (30 * WAN, 20 * WAN, 80))
    first, second = call.entries
    own = call.propose(by="fin_head")
    refuse("own_proposal", lambda: call.decide(own), ForbiddenError)
    proposal = call.propose()
    wrong = refuse("invalid", lambda: call.decide(
        proposal, Decision(first, 11 * WAN, "少"), Decision(second, 30 * WAN), Decision(second, 0, "重复"),
        Decision(999_999, 0, "无"),
    ), InvalidError)  # fmt: skip
    assert isinstance(wrong, InvalidError)
    assert [fault.field for fault in wrong.faults] == [
        "decisions[1].amount", "decisions[2].reason", "decisions[3].entry", "decisions[4].entry",
    ]  # fmt: skip
    over = refuse("invalid", lambda: call.decide(proposal, Decision(second, 30 * WAN, "需要")), InvalidError)
    assert isinstance(over, InvalidError)
    assert "100,000.00" in over.faults[0].sentence.zh
    call.decide(proposal)
    assert call.read().state == "decided"
    refuse("wrong_call_state", lambda: call.decide(proposal))
    refuse("wrong_call_state", call.cancel)


def test_what_was_decided_is_what_is_reserved(call: Calling) -> None:
    """Decided at its minimum, a request reserves that and not all it asked for; decided at nothing, nothing."""
    call.scored((30 * WAN, 12 * WAN, 90), (30 * WAN, 20 * WAN, 80))
    first, second = call.entries
    call.decide(call.propose(), Decision(first, 12 * WAN, "分期实施"), Decision(second, 0, "重复"))
    money, city = call.money, call.money.city
    with city.database.reading() as session:
        items = {row.id: row.item_id for row in session.execute(select(CallEntry.id, CallEntry.item_id)).all()}
    for entry in (first, second):
        money.submit(items[entry])
    assert money.balance("reserved", items[first]) == 12 * WAN
    assert money.balance("reserved", items[second]) == 0
    money.do("fin1", items[first], "approve")
    assert money.balance("committed", items[first]) == 12 * WAN
    assert money.check().faults == []


def test_a_call_that_reaches_the_threshold_is_for_the_leadership_group(city: City) -> None:
    """`leaders_from` of the fund's rule is compared with the cap."""
    money = Treasury.found(city, rule=replace(RULE, leaders_from_fen=50 * WAN))
    assert Calling.draft(money, 50 * WAN).read().is_high
    assert not Calling.draft(money, 50 * WAN - 1).read().is_high


def test_a_request_that_is_weighed_stands_still(call: Calling) -> None:
    """Neither approved past the call nor amended under the reviewers' eyes; cancelled, it is free again."""
    money = call.money
    item_id = money.draft(money.project(), 10 * WAN)
    call.open()
    call.enter(item_id)
    call.start()
    version = money.city.version(item_id)
    draft = Draft("信号机升级", money.fund_id, "采购", "不能联网", 9 * WAN, goals=(Goal("quantity", "路口", "10"),))
    refuse("being_weighed", lambda: money.by(
        "tra_staff", lambda act, actor: amend_allocation(act, actor, item_id, version, draft)))  # fmt: skip
    money.submit(item_id)
    refuse("call_not_decided", lambda: money.do("fin1", item_id, "approve"))
    refuse("invalid", lambda: call.cancel(" "), InvalidError)
    call.cancel()
    money.do("fin1", item_id, "approve", amount=yuan(8 * WAN))
    assert money.totals()["committed"] == 8 * WAN


def test_an_earmark_is_not_exceeded(city: City) -> None:
    """What requests of an earmark get stays within what it holds, their own reservations included."""
    money = Treasury.found(city)
    money.budget("earmark", 15 * WAN, earmark="应急")
    call = Calling.draft(money).open()
    with city.database.reading() as session:
        earmark = session.execute(text("SELECT id FROM fund_earmark")).scalar_one()
    project = money.project()
    kept = money.draft(project, 10 * WAN, earmark_id=earmark)
    money.submit(kept)
    for item_id in (kept, money.draft(project, 10 * WAN, earmark_id=earmark)):
        call.enter(item_id)
    call.start()
    for entry_id, points in zip(call.entries, (70, 60), strict=True):
        call.score(entry_id, (points, points))
        call.score(entry_id, (points, points), by="wea_staff")
    proposal = call.propose()
    with city.database.reading() as session:
        body = session.execute(select(CallProposal.body)).scalar_one()
    assert [line["granted_fen"] for line in body["lines"]] == [10 * WAN, 0]
    assert [(lever["kind"], lever["more_fen"]) for lever in body["lines"][1]["levers"]] == [("earmark", 5 * WAN)]
    refuse("invalid", lambda: call.decide(proposal, Decision(call.entries[1], 10 * WAN, "应急")), InvalidError)


def test_what_was_scored_proposed_and_decided_is_never_rewritten(call: Calling) -> None:
    """The triggers hold, whoever writes."""
    call.scored((30 * WAN, None, 90))
    call.decide(call.propose())
    for table in ("call_score", "call_proposal", "call_decision"):
        for statement in (f"UPDATE {table} SET call_id = call_id", f"DELETE FROM {table}"):
            with pytest.raises(DBAPIError), call.money.city.database.writing() as session:
                session.execute(text(statement))
    with call.money.city.database.reading() as session:
        assert session.execute(select(FundCall.decided_fen)).scalar_one() == 30 * WAN
