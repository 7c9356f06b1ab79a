"""A draft becomes the next version by a second person; who publishes second is told; nothing running is touched."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.core.errors import ConflictError, DomainError, ForbiddenError, InvalidError, StaleError
from app.models.rule import RuleSet
from app.queries.ruling.changes import find_change, find_version, list_versions
from app.services.rulebook import Rulebook
from app.services.ruling.drafting import Proposal, edit_change
from app.services.ruling.publishing import Published
from tests.app.services.ruling.making import as_person, change_rules, draft, publish, rules_of
from tests.app.services.test_races import at_once
from tests.city import NOW, City
from tests.sweeping import assigned_task, episode_of, local


def test_a_published_version_binds_what_begins_from_its_day_on(city: City) -> None:
    """Issue 5, no. 9: running items keep their version; earlier versions stay readable; who, when and why are kept."""
    before = assigned_task(city)
    old = rules_of(city, before)
    done = publish(city, draft(city, {"task.receipt": "workdays(1)"}, effective_on=date(2026, 3, 4)))
    assert done.effective_on == date(2026, 3, 4)
    today = assigned_task(city)
    assert rules_of(city, today) == old == rules_of(city, before)
    later = city.task()
    with city.database.reading() as session:
        connection = session.connection()
        assert city.book.current_rule_set(connection, date(2026, 3, 4)) == done.rule_set_id
        newest, first = list_versions(connection).items
        assert find_version(connection, old).values["task.receipt"] == "workdays(2)"
    assert rules_of(city, later) == old
    assert (newest.id, newest.reason, newest.drafted_by_name, newest.published_by_name) == (
        done.rule_set_id, "季度调整", "测试office1", "测试director",
    )  # fmt: skip
    assert [(one.key, one.old, one.new) for one in newest.differences] == [
        ("task.receipt", "workdays(2)", "workdays(1)")
    ]
    assert (first.differences, first.published_by_name) == ((), None)


def test_who_wrote_in_a_draft_does_not_publish_it(city: City) -> None:
    """Four eyes, by person: neither the drafter nor whoever edited it later, in whatever post."""
    change_id = draft(city, {"task.idle": "workdays(15)"}, by="director")
    with pytest.raises(ForbiddenError) as caught:
        publish(city, change_id)
    assert caught.value.code == "own_change"
    assert publish(city, change_id, by="leader").rule_set_id
    second = draft(city, {"task.idle": "workdays(12)"})
    proposal = Proposal({"task.idle": "workdays(13)"}, "再议")
    as_person(city, "director", lambda act: edit_change(act, second, 1, proposal))
    with pytest.raises(ForbiddenError):
        publish(city, second, version=2)


def test_a_draft_under_which_the_rules_changed_is_not_published(city: City) -> None:
    """The second draft rested on what is no longer in force: told, and after it is saved anew it goes through."""
    first, second = draft(city, {"task.idle": "workdays(15)"}), draft(city, {"task.receipt": "workdays(1)"})
    won = publish(city, first)
    with pytest.raises(ConflictError) as caught:
        publish(city, second)
    assert caught.value.code == "rules_changed"
    proposal = Proposal({"task.receipt": "workdays(1)"}, "再核")
    as_person(city, "office2", lambda act: edit_change(act, second, 1, proposal))
    done = publish(city, second, version=2)
    with city.database.reading() as session:
        values = find_version(session.connection(), done.rule_set_id).values
        assert find_change(session.connection(), second).base_id == won.rule_set_id
    assert (values["task.idle"], values["task.receipt"]) == ("workdays(15)", "workdays(1)")


def test_of_two_who_publish_at_once_one_wins(city: City) -> None:
    """Issue 5: two drafts at the same moment: one becomes the version, the other's publisher is told why not."""
    first, second = draft(city, {"task.idle": "workdays(15)"}), draft(city, {"task.idle": "workdays(16)"})
    results = at_once([lambda: publish(city, first), lambda: publish(city, second, by="leader")])
    won = [one for one in results if isinstance(one, Published)]
    lost = [one for one in results if isinstance(one, DomainError)]
    assert (len(won), [error.code for error in lost]) == (1, ["rules_changed"])
    with city.database.reading() as session:
        assert (
            session.execute(select(RuleSet.id).order_by(RuleSet.id.desc()).limit(1)).scalar_one() == won[0].rule_set_id
        )


def test_one_draft_is_published_once(city: City) -> None:
    """A double click by two people: one version comes of it."""
    change_id = draft(city, {"task.idle": "workdays(15)"})
    results = at_once([lambda: publish(city, change_id), lambda: publish(city, change_id, by="leader")])
    assert [error.code for error in results if isinstance(error, DomainError)] == ["change_ended"]


def test_another_process_sees_the_new_version_with_its_next_unit(city: City) -> None:
    """A rulebook that has read the rules already knows the new version at once, without being told."""
    other = Rulebook(city.book.zone, city.book.hours)
    with city.database.reading() as session:
        old = other.current_rule_set(session.connection(), NOW.date())
        assert str(other.rules(session.connection(), old).ladders["task", "idle"].limit) == "workdays(20)"  # type: ignore[index]
    done = change_rules(city, {"task.idle": "workdays(15)"})
    with city.database.reading() as session:
        new = other.current_rule_set(session.connection(), NOW.date())
        assert new == done
        assert str(other.rules(session.connection(), new).ladders["task", "idle"].limit) == "workdays(15)"  # type: ignore[index]


def test_versions_follow_one_another(city: City) -> None:
    """A version never takes effect before the one that it rests on; a day that has passed counts as today."""
    change_rules(city, {"task.idle": "workdays(15)"}, effective_on=date(2026, 3, 9))
    with pytest.raises(InvalidError) as caught:
        draft(city, {"task.idle": "workdays(14)"}, effective_on=date(2026, 3, 5))
    assert [fault.field for fault in caught.value.faults] == ["effective_on"]
    soon = draft(city, {"task.idle": "workdays(14)"})
    assert publish(city, soon).effective_on == date(2026, 3, 9)
    waiting = draft(city, {"task.idle": "workdays(13)"}, effective_on=date(2026, 3, 10))
    assert publish(city, waiting, now=local(2026, 3, 20)).effective_on == date(2026, 3, 20)


def test_a_stale_page_publishes_nothing(city: City) -> None:
    """Who looked at an older text of the draft is told; nothing is published."""
    change_id = draft(city, {"task.idle": "workdays(15)"})
    proposal = Proposal({"task.idle": "workdays(1)"}, "改")
    as_person(city, "office2", lambda act: edit_change(act, change_id, 1, proposal))
    with pytest.raises(StaleError):
        publish(city, change_id)


def test_rungs_tell_whom_the_version_says(city: City) -> None:
    """When, to whom: an item that begins under the version rises by it."""
    change_rules(city, {"task.receipt": "workdays(1)", "task.receipt.1": "workdays(0)", "task.receipt.1.to": "office"})
    item_id = assigned_task(city)
    row = episode_of(city, item_id, "receipt")
    assert (row.base_on, row.next_at) == (date(2026, 3, 3), local(2026, 3, 3))
    with city.database.reading() as session:
        rules = city.book.rules(session.connection(), rules_of(city, item_id))
    ladder = next(
        ladder for (kind, cause), ladder in rules.ladders.items() if (kind, cause.value) == ("task", "receipt")
    )
    assert [step.to_role for step in ladder.rungs] == ["office", "lead_head", "office"]
    assert NOW + timedelta(days=1) > row.next_at
