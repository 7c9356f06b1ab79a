"""What the product does by itself before a meeting: opens the call, reminds of the cut-off and of the notice.

Each once, however often it runs; after an outage what is still of use is made up: a call opens late as long as the
meeting is ahead, a reminder goes out as long as what it reminds of has not passed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.core.database import make_insert
from app.core.errors import ConflictError
from app.models.item import Item, Support
from app.models.meeting import Meeting
from app.models.record import Outbox
from app.services.act import Act
from app.services.loading import load
from app.services.meeting.notice.listing import hand_over
from app.services.meeting.series.keeping import Stay
from app.services.rulebook import Rulebook
from app.services.transitions import take

CUTOFF_NEAR, NOTICE_DUE, OFF_DAY = "meeting.cutoff_near", "meeting.notice_due", "meeting.off_day"
#: Units are reminded so many working days before topics close.
REMIND_WORKDAYS = 2
_UNSENT = ("planned", "collecting", "agenda_set")


@dataclass(slots=True)
class Day:
    """What one run did before one meeting or several."""

    called: list[int] = field(default_factory=list)
    reminded: int = 0
    handed_over: list[int] = field(default_factory=list)

    def add(self, other: "Day") -> None:
        """Count another meeting in."""
        self.called += other.called
        self.reminded += other.reminded
        self.handed_over += other.handed_over


def list_ahead(connection: Connection, now: datetime) -> list[int]:
    """Return the meetings that are still to be held, the next one first."""
    rows = connection.execute(
        select(Item.id)
        .join(Meeting, Meeting.item_id == Item.id)
        .where(Item.state.in_((*_UNSENT, "notified")), Meeting.ends_at > now)
        .order_by(Meeting.starts_at, Item.id)
    )
    return list(rows.scalars())


def prepare(act: Act, book: Rulebook, meeting_id: int) -> Day:
    """Do what is due before one meeting on the day of `act`; idempotent."""
    connection, day = act.connection, Day()
    connection.execute(select(Item.id).where(Item.id == meeting_id).with_for_update())
    item = load(connection, meeting_id)
    own: Any = connection.execute(
        select(Meeting.call_on, Meeting.cutoff_on, Meeting.notice_on).where(Meeting.item_id == meeting_id)
    ).one()
    if item.state == "notified":
        day.handed_over = hand_over(act, meeting_id)
        return day
    if item.state not in _UNSENT:
        return day
    if item.state == "planned" and own.call_on is not None and own.call_on <= act.today:
        try:
            take(connection, book, act.acting, act.now, item, "call_topics", {}, source=act.source)
        except ConflictError:  # the group above is closed: nobody proposes to it
            return day
        day.called.append(meeting_id)
        item = load(connection, meeting_id)
    if item.state == "collecting" and own.cutoff_on is not None:
        begins = book.calendar(connection).add_workdays(own.cutoff_on, -REMIND_WORKDAYS)
        if begins <= act.today <= own.cutoff_on:
            units = connection.execute(
                select(Support.department_id).where(Support.item_id == meeting_id).order_by(Support.department_id)
            ).scalars()
            day.reminded += _owe_once(
                act, meeting_id, [f"H:{one}" for one in units], CUTOFF_NEAR, own.cutoff_on.isoformat(),
                {"on": own.cutoff_on.isoformat()},
            )  # fmt: skip
    if own.notice_on is not None and own.notice_on <= act.today:
        on = own.notice_on.isoformat()
        day.reminded += _owe_once(act, meeting_id, ["OFFICE"], NOTICE_DUE, on, {"on": on})
    return day


def tell_off_days(act: Act, stays: Iterable[Stay]) -> int:
    """Tell the office of meetings that are not where their rule has them since a calendar was loaded; each once."""
    return sum(
        _owe_once(
            act, one.meeting_id, ["OFFICE"], OFF_DAY, f"{one.why}:{one.rule_on}",
            {"why": one.why, "held_on": one.held_on.isoformat(),
             "rule_on": None if one.rule_on is None else one.rule_on.isoformat()},
        )
        for one in stays
        if one.why in ("notified", "no_day")
    )  # fmt: skip


def _owe_once(
    act: Act, meeting_id: int, keys: list[str], topic: str, what: str, payload: Mapping[str, Any]
) -> int:  # fmt: skip
    """Owe a message about a meeting to each key, if it was not owed before for the same reason; return how many."""
    if not keys:
        return 0
    rows = [
        {
            "item_id": meeting_id, "recipient": key, "topic": topic, "payload": dict(payload), "status": "pending",
            "unique_key": f"{topic.partition('.')[2]}:{meeting_id}:{key}:{what}", "not_before": act.now,
            "created_at": act.now,
        }
        for key in keys
    ]  # fmt: skip
    statement = make_insert(act.connection, Outbox).on_conflict_do_nothing(index_elements=["unique_key"])
    return len(act.connection.execute(statement.returning(Outbox.id), rows).all())
