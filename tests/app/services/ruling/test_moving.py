"""The office moves one open item: limits and rungs are counted anew, what was raised stays, the history says so."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core.errors import ConflictError, DomainError, NotFoundError, StaleError
from app.models.escalation import Episode, LadderRung
from app.models.item import Item, ItemClock
from app.models.record import Audit, History
from tests.app.services.ruling.making import change_rules, move, rules_of
from tests.app.services.test_races import at_once
from tests.city import NOW, City
from tests.sweeping import assigned_task, episode_of, local, rungs, running_task, sweep


def test_a_moved_item_counts_from_where_it_counted(city: City) -> None:
    """The limit runs from the state's entry under the new version; the date stays; one row of history."""
    item_id = assigned_task(city)
    old, seen = rules_of(city, item_id), city.version(item_id)
    version = change_rules(city, {"task.receipt": "workdays(5)", "task.receipt.1": "workdays(2)"})
    moved = move(city, item_id, version, now=NOW + timedelta(hours=2))
    row = episode_of(city, item_id, "receipt")
    assert (row.base_on, row.next_level, row.next_at) == (date(2026, 3, 9), 1, local(2026, 3, 11))
    assert (moved.from_rule_set_id, rules_of(city, item_id), city.version(item_id)) == (old, version, seen + 1)
    with city.database.reading() as session:
        due_on = session.execute(select(Item.due_on).where(Item.id == item_id)).scalar_one()
        rows = (
            session.execute(select(History).where(History.item_id == item_id, History.action == "adopt"))
            .scalars()
            .all()
        )
        audit = session.execute(select(Audit).where(Audit.action == "rules.move")).scalars().one()
    assert due_on == date(2026, 4, 1)
    assert [(one.acting_role, one.data) for one in rows] == [
        ("office", {"from_rules": old, "to_rules": version, "reason": "按新规定办理"})
    ]
    assert (audit.item_id, audit.subject) == (item_id, f"rule_set:{version}")


def test_what_was_raised_stays_and_is_not_raised_again(city: City) -> None:
    """The next rung is the first above what was raised; a later limit takes nothing back."""
    item_id = running_task(city, due_on=date(2026, 6, 1))
    sweep(city, local(2026, 3, 31))
    assert rungs(city, item_id) == [("idle", 1, False)]
    version = change_rules(city, {"task.idle": "workdays(30)"}, now=local(2026, 3, 31, 10))
    move(city, item_id, version, now=local(2026, 3, 31, 10))
    row = episode_of(city, item_id, "idle")
    assert (row.next_level, row.next_at > local(2026, 4, 13)) == (2, True)
    sweep(city, local(2026, 4, 14))
    assert rungs(city, item_id) == [("idle", 1, False)]


def test_a_shorter_limit_climbs_with_the_next_sweep(city: City) -> None:
    """Moved under a limit that is over already, the item rises at once, the lower rung superseded."""
    item_id = running_task(city, due_on=date(2026, 6, 1))
    at = local(2026, 3, 20)
    move(city, item_id, change_rules(city, {"task.idle": "workdays(5)"}, now=at), now=at)
    sweep(city, at + timedelta(minutes=1))
    assert rungs(city, item_id) == [("idle", 1, True), ("idle", 2, False)]


def test_a_moved_item_is_lit_by_the_new_thresholds(city: City) -> None:
    """Its light is judged with the move, not with the next change of its own."""
    item_id = running_task(city, due_on=date(2026, 3, 20))
    move(city, item_id, change_rules(city, {"light.soon_workdays": "20"}))
    with city.database.reading() as session:
        light = session.execute(select(ItemClock.light).where(ItemClock.item_id == item_id)).scalar_one()
    assert light == "yellow"


def test_what_cannot_be_moved_says_why(city: City) -> None:
    """Ended, under this version already, not in force yet, not there, not for the reader."""
    item_id, ended = assigned_task(city), assigned_task(city)
    city.do("office1", ended, "cancel", {"reason": "重复"})
    hidden = city.task(confidential=True)
    version = change_rules(city, {"task.receipt": "workdays(5)"})
    move(city, item_id, version)
    codes = []
    for one, target in ((ended, version), (item_id, version), (item_id, version + 1)):
        with pytest.raises((ConflictError, NotFoundError)) as caught:
            move(city, one, target)
        codes.append(caught.value.code)
    assert codes == ["item_closed", "rules_kept", "not_found"]
    with pytest.raises(NotFoundError):
        move(city, hidden, version)
    ahead = change_rules(city, {"task.receipt": "workdays(6)"}, effective_on=date(2026, 3, 9))
    with pytest.raises(ConflictError) as early:
        move(city, item_id, ahead)
    assert early.value.code == "not_in_force"
    with city.database.reading() as session:
        adopted = select(func.count()).select_from(History).where(History.action == "adopt")
        assert session.execute(adopted).scalar_one() == 1


def test_of_two_who_move_an_item_one_does(city: City) -> None:
    """Two of the office at the same moment: one row of history, the other is told."""
    item_id = assigned_task(city)
    version = change_rules(city, {"task.receipt": "workdays(5)"})
    results = at_once([lambda: move(city, item_id, version), lambda: move(city, item_id, version, by="office2")])
    assert [one.code for one in results if isinstance(one, DomainError)] == ["rules_kept"]


def test_a_step_and_a_move_at_once_leave_one_set_of_rules(city: City) -> None:
    """Whoever comes second sees what the first did: the clocks of an item are those of its version."""
    items = [assigned_task(city, title=f"并发{number}") for number in range(4)]
    version = change_rules(city, {"task.receipt": "workdays(5)", "task.idle": "workdays(9)"})
    for item_id in items:
        seen = city.version(item_id)
        calls: list[Any] = [
            lambda item_id=item_id: move(city, item_id, version),
            lambda item_id=item_id, seen=seen: city.do("tra_head", item_id, "receive", version=seen),
        ]
        results = at_once(calls)
        assert all(isinstance(one, StaleError) for one in results if isinstance(one, DomainError))
        with city.database.reading() as session:
            rows = session.execute(
                select(LadderRung.rule_set_id).join(Episode, Episode.ladder_id == LadderRung.ladder_id)
                .where(Episode.item_id == item_id, Episode.ended_at.is_(None)).distinct()
            ).scalars().all()  # fmt: skip
        assert rows == [rules_of(city, item_id)] == [version]
