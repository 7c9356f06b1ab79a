"""Planned meetings follow their series: when its rule changed, or a calendar that was loaded moved a holiday.

Moved is only what nobody was told of yet. A meeting whose notice is out stays on the day that people have noted, one
that somebody moved by hand stays where it was put, and one in whose month the rule has none any more is not lost.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select, update

from app.models.item import Item
from app.models.meeting import Meeting
from app.models.record import History
from app.services.act import Act
from app.services.loading import load
from app.services.meeting.series.occurring import Slot, by_month, count_months, lay_slot, preview, read_series
from app.services.recording import Acting
from app.services.rulebook import Rulebook
from app.services.transitions import take
from workflows.meeting.recurrence import Occurrence, parse_rule

_MOVABLE = ("planned", "collecting", "agenda_set")
_MOVES = ("reschedule", "arrange")


@dataclass(frozen=True, slots=True)
class Stay:
    """A meeting that is not where its rule has it, and why it stays: notified, by_hand, no_day or past."""

    meeting_id: int
    why: str
    held_on: date
    rule_on: date | None


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of planned meetings: those moved, those that stay where they are."""

    moved: tuple[int, ...] = ()
    stays: tuple[Stay, ...] = ()


def align_series(act: Act, book: Rulebook, series_id: int, reason: str) -> Kept:
    """Bring the planned meetings of a series to where its rule has them now; idempotent.

    `reason` stands for those of which the rule itself says nothing out of the ordinary.
    """
    connection = act.connection
    series = read_series(connection, series_id, lock=True)
    rows = connection.execute(
        select(
            Item.id, Item.state, Meeting.month, Meeting.starts_at, Meeting.ends_at, Meeting.place, Meeting.call_on,
            Meeting.cutoff_on, Meeting.notice_on,
        )
        .join(Meeting, Meeting.item_id == Item.id)
        .where(Meeting.series_id == series_id, Item.state.in_((*_MOVABLE, "notified")), Meeting.starts_at > act.now)
        .order_by(Meeting.month)
    ).all()  # fmt: skip
    if not rows:
        return Kept()
    first, last = rows[0].month, rows[-1].month
    found = by_month(preview(connection, book, parse_rule(series.rule), first, count=count_months(first, last) + 1))
    by_hand = _find_moved_by_hand(act, [row.id for row in rows])
    moved, stays = [], []
    for row in rows:
        one = found.get(row.month)
        held_on = row.starts_at.astimezone(book.zone).date()
        why = _find_why(row, one, is_by_hand=row.id in by_hand, today=act.today)
        if why is None and one is not None and one.on is not None:
            slot = lay_slot(book, book.calendar(connection), series, one.on)
            if _move(act, book, row, slot, series.place, one, reason):
                moved.append(row.id)
        elif why is not None and (one is None or one.on != held_on):
            stays.append(Stay(row.id, why, held_on, None if one is None else one.on))
    return Kept(tuple(moved), tuple(stays))


def _find_why(row: Any, one: Occurrence | None, *, is_by_hand: bool, today: date) -> str | None:  # noqa: ANN401  # a row
    """Return why a meeting stays where it is; None: it may be moved."""
    if one is None or one.on is None:
        return "no_day"
    if row.state == "notified":
        return "notified"
    if is_by_hand:
        return "by_hand"
    return "past" if one.on < today else None


def _find_moved_by_hand(act: Act, meeting_ids: list[int]) -> set[int]:
    """Return the meetings whose last move was somebody's, not the product's."""
    last = (
        select(History.item_id, func.max(History.seq).label("seq"))
        .where(History.item_id.in_(meeting_ids), History.action.in_(_MOVES))
        .group_by(History.item_id)
        .subquery()
    )
    rows = act.connection.execute(
        select(History.item_id)
        .join(last, (last.c.item_id == History.item_id) & (last.c.seq == History.seq))
        .where(History.acting_role != "system")
    )
    return set(rows.scalars())


def _move(
    act: Act, book: Rulebook, row: Any, slot: Slot, place: str | None, one: Occurrence, reason: str  # noqa: ANN401  # a row
) -> bool:  # fmt: skip
    """Move a meeting to its slot; return whether anything changed."""
    connection = act.connection
    wanted = {
        "ends_at": slot.ends_at, "call_on": slot.call_on, "cutoff_on": slot.cutoff_on, "notice_on": slot.notice_on,
    }  # fmt: skip
    local = slot.starts_at.astimezone(book.zone)
    is_elsewhere = row.starts_at != slot.starts_at or (place is not None and row.place != place)
    if not is_elsewhere and all(getattr(row, name) == value for name, value in wanted.items()):
        return False
    if is_elsewhere:
        said = reason if one.reason is None else f"{reason}（{one.reason.zh}）"
        values = {"day": local.date(), "clock": f"{local:%H:%M}", "place": place, "reason": said}
        acting = Acting(act.acting.person_id, "system", act.acting.capacity)
        take(connection, book, acting, act.now, load(connection, row.id), "reschedule", values, source=act.source)
    else:
        before = {name: getattr(row, name) for name in wanted}
        act.audit("meeting.align", f"meeting:{row.id}", before=before, after=wanted, item_id=row.id)
    connection.execute(update(Meeting).where(Meeting.item_id == row.id).values(**wanted))
    return True
