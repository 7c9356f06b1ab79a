"""Writes remarks and copies as the people of the made-up city."""

from datetime import datetime, timedelta
from typing import Any

from app.policy.people import Actor, find_actor
from app.queries.on_item.remark import RemarkRow, list_remarks
from app.services.on_item.archiving import Archived, archive_item, unarchive_item
from app.services.on_item.copying import NewCopies, Sent, send_copies
from app.services.on_item.remark import NewRemark, Written, correct_remark, withdraw_remark, write_remark
from tests.city import NOW, City


def write(
    city: City,
    login: str,
    item_id: int,
    text: str,
    *,
    now: datetime = NOW,
    key: str | None = None,
    **more: Any,  # noqa: ANN401  # as NewRemark takes it
) -> Written:
    """Write a remark."""
    new = NewRemark(text, **more)
    return city.database.write(
        lambda unit: write_remark(
            unit.connection(), city.people[login], now, now.date(), item_id, new, key=key, source="test"
        )
    )


def correct(city: City, login: str, remark_id: int, text: str, *, after: timedelta = timedelta(0)) -> Written:
    """Correct a remark so long after NOW."""
    now = NOW + after
    return city.database.write(
        lambda unit: correct_remark(
            unit.connection(), city.people[login], now, now.date(), remark_id, text, source="test"
        )
    )


def withdraw(city: City, login: str, remark_id: int) -> int:
    """Withdraw a remark."""
    return city.database.write(
        lambda unit: withdraw_remark(unit.connection(), city.people[login], NOW, NOW.date(), remark_id, source="test")
    )


def act_as(city: City, login: str) -> Actor:
    """Return somebody of the city as of NOW."""
    with city.database.reading() as unit:
        found = find_actor(unit.connection(), city.people[login], NOW.date(), NOW)
    assert found is not None
    return found


def read(city: City, login: str, item_id: int, *, is_note: bool | None = None) -> tuple[RemarkRow, ...]:
    """Return the remarks on an item as somebody sees them."""
    actor = act_as(city, login)
    with city.database.reading() as unit:
        return list_remarks(unit.connection(), actor, item_id, is_note=is_note).items


def copy(
    city: City,
    login: str,
    item_id: int,
    *receivers: str,
    key: str | None = None,
    note: str = "",
    departments: tuple[int, ...] = (),
    people: tuple[int, ...] = (),
) -> Sent:
    """Send copies to people."""
    new = NewCopies((*(city.people[one] for one in receivers), *people), departments, note)
    return city.database.write(
        lambda unit: send_copies(
            unit.connection(), city.book, city.people[login], NOW, item_id, new, key=key, source="test"
        )
    )


def close(city: City, item_id: int) -> None:
    """Cancel a task: it is closed."""
    city.do("office1", item_id, "cancel", {"reason": "不再需要"})


def archive(
    city: City, login: str, item_id: int, retention: str | None = None, *, now: datetime = NOW, key: str | None = None
) -> Archived:
    """Archive an item."""
    return city.database.write(
        lambda unit: archive_item(
            unit.connection(), city.book, city.people[login], now, item_id, retention, key=key, source="test"
        )
    )


def unarchive(
    city: City, login: str, item_id: int, reason: str = "补充材料", *, now: datetime = NOW
) -> tuple[int, ...]:
    """Take an item out of the archive."""
    return city.database.write(
        lambda unit: unarchive_item(
            unit.connection(), city.book, city.people[login], now, item_id, reason, source="test"
        )
    )
