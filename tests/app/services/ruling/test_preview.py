"""What a change would touch: counted by state and department, page by page, only what the reader may read."""

from datetime import date, datetime

from app.policy.people import find_actor
from app.services.ruling.assessing import make_rules
from app.services.ruling.preview import (
    Effect,
    Pairs,
    TouchedPage,
    Viewer,
    count_touched,
    find_pairs,
    page_touched,
    reckon_effect,
)
from app.services.ruling.values import read_newest
from tests.app.services.ruling.making import ZONE, change_rules, move
from tests.city import NOW, City
from tests.sweeping import assigned_task, episode_of, local, running_task

LATER = local(2026, 3, 20)


def look(
    city: City, changes: dict[str, str], *, by: str = "office1", now: datetime = NOW, limit: int = 50, after_id: int = 0
) -> tuple[list[tuple[str, str, str | None, int]], Effect, TouchedPage, Pairs]:
    """Return counts, effect and one page of what values would touch, as somebody sees it."""
    with city.database.reading() as session:
        connection = session.connection()
        today = now.astimezone(ZONE).date()
        actor = find_actor(connection, city.people[by], today, now)
        assert actor is not None
        newest = read_newest(connection)
        target = make_rules({**newest.values, **changes}, city.book.rules(connection, newest.id))
        pairs = find_pairs(connection, city.book, target)
        viewer = Viewer(actor.readers, now, today)
        groups = count_touched(connection, viewer, pairs)
        total = sum(group.items for group in groups)
        effect = reckon_effect(connection, city.book, viewer, pairs, target, total)
        page = page_touched(connection, city.book, viewer, pairs, target, limit=limit, after_id=after_id)
    return [(g.kind, g.state, g.department_name, g.items) for g in groups], effect, page, pairs


def test_touched_items_are_counted_by_state_and_department(city: City) -> None:
    """Open tasks only, each in its state and lead department; closed ones and other kinds are not touched."""
    assigned_task(city)
    running_task(city)
    assigned_task(city, lead="WEA")
    ended = assigned_task(city)
    city.do("office1", ended, "cancel", {"reason": "重复"})
    city.project()
    groups, effect, page, _pairs = look(city, {"task.receipt": "workdays(1)"})
    assert sorted(groups) == [
        ("task", "assigned", "交通局", 1), ("task", "assigned", "气象局", 1), ("task", "in_progress", "交通局", 1),
    ]  # fmt: skip
    assert (effect.items, effect.moved, len(page.items)) == (3, 2, 3)


def test_what_would_be_overdue_and_rise_at_once_is_told(city: City) -> None:
    """A limit of five days on an item that has stood still for fourteen: overdue at once, and a rung higher."""
    item_id = running_task(city, due_on=date(2026, 6, 1))
    _groups, effect, page, _pairs = look(city, {"task.idle": "workdays(5)"}, now=LATER)
    assert (effect.overdue, effect.climbing, effect.is_more) == (1, 1, False)
    (item,) = page.items
    assert (item.is_overdue_at_once, item.climbs_at_once) == (True, True)
    clock = next(one for one in item.clocks if one.cause.value == "idle")
    assert (clock.old.base_on, clock.new.base_on) == (date(2026, 3, 30), date(2026, 3, 9))
    assert clock.new.at == local(2026, 3, 10)
    # What was shown is what happens.
    move(city, item_id, change_rules(city, {"task.idle": "workdays(5)"}, now=LATER), now=LATER)
    row = episode_of(city, item_id, "idle")
    assert (row.base_on, row.next_level, row.next_at) == (clock.new.base_on, clock.new.level, clock.new.at)


def test_a_longer_limit_raises_nothing(city: City) -> None:
    """The figures are of what becomes worse, not of whatever moves."""
    running_task(city, due_on=date(2026, 6, 1))
    _groups, effect, _page, _pairs = look(city, {"task.idle": "workdays(40)"}, now=LATER)
    assert (effect.moved, effect.overdue, effect.climbing) == (1, 0, 0)


def test_what_one_may_not_read_is_neither_counted_nor_listed(city: City) -> None:
    """Access: a confidential task is the director's to see, not a clerk's."""
    city.task(confidential=True)
    assert look(city, {"task.idle": "workdays(5)"})[1].items == 0
    assert look(city, {"task.idle": "workdays(5)"}, by="director")[1].items == 1
    assert look(city, {"task.idle": "workdays(5)"}, by="admin")[1].items == 0


def test_pages_follow_one_another(city: City) -> None:
    """Keyset pages hold every touched item once."""
    ids = [assigned_task(city, title=f"任务{number}") for number in range(5)]
    seen: list[int] = []
    after: int | None = 0
    while after is not None:
        page = look(city, {"task.receipt": "workdays(1)"}, limit=2, after_id=after)[2]
        seen += [item.id for item in page.items]
        after = page.next_id
    assert seen == ids


def test_only_kinds_that_are_bound_otherwise_are_touched(city: City) -> None:
    """A threshold of lights binds what is lit; a term of slips no task; a way of telling its own kind."""
    assert set(look(city, {"light.red_points": "40"})[3]) == {"project", "task", "share"}
    assert set(look(city, {"terms.red_answer": "workdays(4)"})[3]) == {"slip"}
    assert set(look(city, {"share.due.1.by": "mail"})[3]) == {"share"}
    assert set(look(city, {"request.circulation.refusal": "ends"})[3]) == {"request"}
