"""A draft changes nothing; what is wrong in it is told all at once; nobody writes over what they have not seen."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app.core.errors import ConflictError, InvalidError, NotFoundError, StaleError
from app.models.record import Audit
from app.models.rule import RuleChange, RuleSet
from app.queries.ruling.changes import find_change, list_changes
from app.services.ruling.drafting import Proposal, edit_change, withdraw_change
from tests.app.services.ruling.making import as_person, draft
from tests.city import NOW, City


def faults_of(city: City, changes: Mapping[str, str], *, reason: str = "调整", on: date | None = None) -> set[str]:
    """Return the places of the faults of a draft, which is refused."""
    with pytest.raises(InvalidError) as caught:
        draft(city, changes, reason=reason, effective_on=on)
    return {fault.field for fault in caught.value.faults}


def test_a_draft_changes_nothing_and_tells_its_difference(city: City) -> None:
    """Issue 5, no. 9: proposed values stand beside those in force; no version comes of it by itself."""
    change_id = draft(
        city, {"task.idle": " workdays(15) ", "task.due.2.to": "office_director", "task.idle.1": "workdays(1)"}
    )
    with city.database.reading() as session:
        row = find_change(session.connection(), change_id)
        assert session.execute(select(func.count()).select_from(RuleSet)).scalar_one() == 1
        audits = session.execute(select(Audit.subject).where(Audit.action == "rules.draft")).scalars().all()
    assert (row.status, row.version, row.reason) == ("draft", 1, "季度调整")
    # What equals the rules in force is no change; values are kept in their canonical form.
    assert [(one.key, one.old, one.new) for one in row.differences] == [
        ("task.due.2.to", "lead_head", "office_director"), ("task.idle", "workdays(20)", "workdays(15)"),
    ]  # fmt: skip
    assert audits == [f"rule_change:{change_id}"]


def test_every_fault_is_told_at_once(city: City) -> None:
    """Bad input: each wrong value, the reason and the day, in one answer; nothing is stored."""
    found = faults_of(
        city,
        {"task.idle": "soon", "task.due.1.to": "system", "task.due.2.by": "pigeon", "task.nothing": "1",
         "task.cosign.rule": "most", "terms.red_answer": "days(3)", "light.red_points": "101"},
        reason=" ", on=date(2026, 3, 1),
    )  # fmt: skip
    wrong = ("task.idle", "task.due.1.to", "task.due.2.by", "task.nothing", "task.cosign.rule", "terms.red_answer",
             "light.red_points")  # fmt: skip
    assert found == {*(f"changes.{key}" for key in wrong), "reason", "effective_on"}
    with city.database.reading() as session:
        assert session.execute(select(func.count()).select_from(RuleChange)).scalar_one() == 0


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"task.due.2": "workdays(6)"}, "changes.task.due.3"),
        ({"task.due.1": "workdays(2)"}, "changes.task.due.2"),
        ({"light.yellow_points": "31"}, "changes.light.red_points"),
        ({"request.circulation.rule": "count(0)"}, "changes.request.circulation.rule"),
        ({"request.circulation.rule": "percent(0)"}, "changes.request.circulation.rule"),
        ({"request.circulation.rule": "percent(101)"}, "changes.request.circulation.rule"),
        ({"request.circulation.rule": "count(2)"}, "changes.request.circulation.rule"),
        ({"task.idle": "workdays(20)"}, "changes"),
        ({}, "changes"),
    ],
)
def test_what_makes_no_regulation_is_refused(city: City, changes: Mapping[str, str], place: str) -> None:
    """Rungs out of order, a quorum of nobody or beyond the seats (here one), and no change at all."""
    assert faults_of(city, changes) == {place}


def test_a_quorum_within_the_seats_is_admitted(city: City) -> None:
    """The seats that are held now are counted: with three leaders two votes can be reached."""
    city.add_person("leader2", ("OFF", "leader", False))
    city.add_person("leader3", ("OFF", "leader", False))
    assert draft(city, {"request.circulation.rule": "count(2)"})
    assert faults_of(city, {"request.circulation.rule": "count(4)"}) == {"changes.request.circulation.rule"}


def test_the_same_draft_sent_twice_is_there_once(city: City) -> None:
    """A double click: one draft; another person's is their own."""
    first = draft(city, {"task.idle": "workdays(15)"})
    assert draft(city, {"task.idle": "workdays(15)"}) == first
    assert draft(city, {"task.idle": "workdays(15)"}, by="office2") != first


def test_nobody_saves_over_what_they_have_not_seen(city: City) -> None:
    """Somebody else saved meanwhile: refused with the present version; the writer is an author from then on."""
    change_id = draft(city, {"task.idle": "workdays(15)"})
    proposal = Proposal({"task.idle": "workdays(12)"}, "再议")
    assert as_person(city, "office2", lambda act: edit_change(act, change_id, 1, proposal)) == 2
    with pytest.raises(StaleError) as caught:
        as_person(city, "office1", lambda act: edit_change(act, change_id, 1, proposal))
    assert (caught.value.current, caught.value.given) == (2, 1)
    with city.database.reading() as session:
        row = find_change(session.connection(), change_id)
    assert (row.version, row.reason, dict(row.changes)) == (2, "再议", {"task.idle": "workdays(12)"})
    assert set(row.authors) == {city.people["office1"], city.people["office2"]}


def test_a_withdrawn_draft_is_over(city: City) -> None:
    """Withdrawn with a reason it stays readable and takes no more edits; without one it stays."""
    change_id = draft(city, {"task.idle": "workdays(15)"})
    with pytest.raises(InvalidError):
        as_person(city, "office2", lambda act: withdraw_change(act, change_id, 1, " "))
    as_person(city, "office2", lambda act: withdraw_change(act, change_id, 1, "暂不调整"))
    with pytest.raises(ConflictError):
        as_person(city, "office1", lambda act: edit_change(act, change_id, 1, Proposal({"task.idle": "days(9)"}, "x")))
    with pytest.raises(NotFoundError):
        as_person(city, "office1", lambda act: withdraw_change(act, change_id + 9, 1, "x"))
    with city.database.reading() as session:
        assert find_change(session.connection(), change_id).status == "withdrawn"
        assert list_changes(session.connection(), is_open=True).items == ()
        assert [row.note for row in list_changes(session.connection(), is_open=False).items] == ["暂不调整"]


def test_no_version_waits_for_ever(city: City) -> None:
    """A day in the year 9999 would hold up every later version, which takes effect no earlier: a year ahead at most."""
    with pytest.raises(InvalidError) as caught:
        draft(city, {"task.receipt": "workdays(1)"}, effective_on=NOW.date() + timedelta(days=367))
    assert [fault.field for fault in caught.value.faults] == ["effective_on"]
    draft(city, {"task.receipt": "workdays(1)"}, effective_on=NOW.date() + timedelta(days=366))
