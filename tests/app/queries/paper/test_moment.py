"""How work stood at an instant, of audit and history: due date, state, light, when it was sent in."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select

from app.models.item import Item, LightChange
from app.queries.paper.moment import due_on_at, last_sent_at, light_on, state_at
from tests.app.queries.paper.working import SENT
from tests.city import NOW, City
from tests.sweeping import local, running_task


def _read(city: City, item_id: int, column: Any) -> Any:  # noqa: ANN401  # a column and its value
    with city.database.reading() as session:
        return session.execute(select(column).where(Item.id == item_id)).scalar_one()


def _due(city: City, item_id: int, *instants: datetime) -> list[date | None]:
    return [_read(city, item_id, due_on_at(instant)) for instant in instants]


def test_a_due_date_is_the_one_of_its_time(city: City) -> None:
    """Moved twice: before, between and after; an instant of the move itself is not before it."""
    task, still = running_task(city, due_on=date(2026, 4, 1)), running_task(city, due_on=date(2026, 4, 2))
    for day, new in ((5, "2026-04-10"), (9, "2026-04-07")):
        city.do("office1", task, "extend", {"new_due_on": new, "reason": "汛期"}, now=local(2026, 3, day))
    assert _due(city, task, local(2026, 3, 5), local(2026, 3, 6), local(2026, 3, 10)) == [
        date(2026, 4, 1), date(2026, 4, 10), date(2026, 4, 7),
    ]  # fmt: skip
    assert _due(city, still, local(2026, 3, 5)) == [date(2026, 4, 2)]
    # Entered after the instant, as the items of a ledger with older reports: the date it has now.
    assert _due(city, task, local(2026, 2, 1)) == [date(2026, 4, 7)]


def test_a_date_shifted_with_the_item_above_is_told_as_well(city: City) -> None:
    """What resuming a project moves below it is audited item by item: from, to."""
    project = city.project(state="in_progress")
    task = city.task(parent_id=project, due_on=date(2026, 4, 1))
    city.do("office1", project, "suspend", {"reason": "等待批复", "decision": "会议纪要"}, now=local(2026, 3, 9))
    city.do("office1", project, "resume", {}, now=local(2026, 3, 16))
    assert _due(city, task, local(2026, 3, 16), local(2026, 3, 17)) == [date(2026, 4, 1), date(2026, 4, 9)]


def test_state_and_sending_in_are_those_before_the_instant(city: City) -> None:
    """Sent in, returned, sent in again: each as it was just before."""
    task = running_task(city)
    for day, login, action in ((10, "tra_staff", "submit"), (12, "office1", "return"), (15, "tra_staff", "submit")):
        fields = {"reason": "补材料"} if action == "return" else dict(SENT)
        city.do(login, task, action, fields, now=local(2026, 3, day))
    days = (10, 11, 13, 16)
    assert [_read(city, task, state_at(local(2026, 3, day))) for day in days] == [
        "in_progress", "submitted", "in_progress", "submitted",
    ]  # fmt: skip
    assert [_read(city, task, last_sent_at(local(2026, 3, day))) for day in days] == [
        None, local(2026, 3, 10), local(2026, 3, 10), local(2026, 3, 15),
    ]  # fmt: skip
    assert _read(city, task, state_at(NOW)) is None


def test_a_light_is_the_last_one_noted_by_the_day(city: City) -> None:
    """Of two on one day the later counts; none was noted before the first."""
    task = running_task(city)
    with city.database.writing() as session:
        session.execute(insert(LightChange), [
            {"item_id": task, "on_day": date(2026, 3, day), "light": light, "light_rule": "overdue", "recorded_at": NOW}
            for day, light in ((10, "yellow"), (12, "red"), (12, "grey"))
        ])  # fmt: skip
    first = _read(city, task, light_on(date(2026, 2, 1)))
    found = [_read(city, task, light_on(date(2026, 3, day))) for day in (10, 11, 12)]
    assert (first, found) == (None, ["yellow", "yellow", "grey"])
