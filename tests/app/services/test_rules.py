"""Rule sets are changed by key, from a day on; open items only when asked."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core.errors import InvalidError
from app.models.item import Item, ItemClock
from app.services.entering import NewItem
from app.services.recording import Acting
from app.services.rules import RuleChange, read_rule_sets, set_rule
from tests.city import NOW, City
from tests.sweeping import assigned_task, episode_of, local, rungs, running_task, sweep


def change(city: City, key: str, value: str, **more: Any) -> RuleChange:  # noqa: ANN401  # set_rule's options
    """Set a rule as the office."""
    acting = Acting(city.people["office1"], "office")
    given = {"from_on": None, "note": "", "apply_open": False, "source": "test", **more}
    now = given.pop("now", NOW)
    return city.database.write(lambda session: set_rule(session, city.book, acting, now, key=key, value=value, **given))


def rule_set_of(city: City, item_id: int) -> int:
    """Return the rule set under which an item stands."""
    with city.database.reading() as session:
        return session.execute(select(Item.rule_set_id).where(Item.id == item_id)).scalar_one()


def test_a_new_rule_holds_for_new_items_from_its_day_on(city: City) -> None:
    """DESIGN 1: values live in effective-dated rule sets, pinned on the item."""
    old = running_task(city, title="旧")
    done = change(city, "task.due.1", "workdays(-5)", from_on=date(2026, 3, 3), note="提前提醒")
    before = city.task(title="当天的")
    assert rule_set_of(city, before) == rule_set_of(city, old)
    new = city.enter(NewItem("task", "新", city.departments["TRA"]), now=local(2026, 3, 3))[0]
    assert rule_set_of(city, new) == done.rule_set_id
    assert (done.old, done.new, done.items) == ("workdays(-3)", "workdays(-5)", 0)
    with city.database.reading() as session:
        connection = session.connection()
        assert city.book.current_rule_set(connection, date(2026, 3, 2)) == rule_set_of(city, old)
        assert city.book.current_rule_set(connection, date(2026, 3, 3)) == done.rule_set_id
        assert [view.note for view in read_rule_sets(session)][-1] == "提前提醒"


def test_applied_to_open_items_clocks_are_counted_anew(city: City) -> None:
    """--apply-open: open items are pinned anew, the limits and rungs ahead move, what was raised stays raised."""
    item_id = running_task(city, due_on=date(2026, 3, 20))
    sweep(city, local(2026, 3, 17))
    idle = episode_of(city, item_id, "idle")
    done = change(city, "task.idle", "workdays(10)", apply_open=True, now=local(2026, 3, 17, 10))
    assert (done.items, done.moved.bases) == (1, 1)
    assert rule_set_of(city, item_id) == done.rule_set_id
    after = episode_of(city, item_id, "idle")
    assert (after.id, after.ladder_id != idle.ladder_id, after.base_on) == (idle.id, True, date(2026, 3, 16))
    assert after.next_at == local(2026, 3, 17)
    change(city, "task.due.2", "workdays(2)", apply_open=True, now=local(2026, 3, 17, 10))
    assert episode_of(city, item_id, "due").next_at == local(2026, 3, 24)
    sweep(city, local(2026, 3, 17, 11))
    assert rungs(city, item_id) == [("due", 1, False), ("idle", 1, False)]


def test_applied_thresholds_change_lights_with_the_next_sweep(city: City) -> None:
    """A light's threshold that is applied to open items shows with the next sweep."""
    item_id = running_task(city, due_on=date(2026, 3, 20))
    change(city, "light.soon_workdays", "20", apply_open=True)
    sweep(city, NOW + timedelta(minutes=1))
    with city.database.reading() as session:
        light = session.execute(select(ItemClock.light).where(ItemClock.item_id == item_id)).scalar_one()
    assert light == "yellow"


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("task.idel", "workdays(5)", "task.idle"),
        ("task.idle", "5 days", "expected workdays"),
        ("task.idle", "workdays(-1)", "backwards"),
        ("task.due.2", "workhours(4)", "counts days"),
        ("task.due.2", "workdays(6)", "before a lower one"),
        ("light.red_points", "many", "whole number"),
        ("light.red_points", "5", "yellow"),
        ("light.blue_points", "5", "light.red_points"),
    ],
)
def test_unknown_keys_and_bad_values_are_refused(city: City, key: str, value: str, said: str) -> None:
    """A wrong key names the known ones, a wrong value what was expected; nothing is stored."""
    with city.database.reading() as session:
        before = len(read_rule_sets(session))
    with pytest.raises(InvalidError) as caught:
        change(city, key, value)
    assert said in caught.value.faults[0].sentence.en
    with city.database.reading() as session:
        assert len(read_rule_sets(session)) == before


def test_a_future_rule_is_not_applied_to_open_items(city: City) -> None:
    """Only what is in force already can be applied to what is open."""
    assigned_task(city)
    with pytest.raises(InvalidError):
        change(city, "task.idle", "workdays(10)", from_on=date(2026, 4, 1), apply_open=True)
