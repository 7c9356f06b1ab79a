"""Calendar feeds: made and revoked by their own person; what an item showed last, so that SEQUENCE rises.

An address holds 32 random bytes of which only the SHA-256 is kept. SEQUENCE stands in `feed_entry`, one row an item:
`items.version` would not do, because a calendar that is loaded moves due dates although nobody wrote
(`escalation/recalculation.py`), and because it also rises where no calendar shows a change.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.engine import Connection

from app.core.database import make_insert
from app.core.errors import ConflictError, Fault, InvalidError, NotFoundError, Sentence
from app.core.text import NAME_MAX
from app.models.personal import CalendarFeed, FeedEntry
from app.services.act import Act, read_name

FEEDS_MAX = 10
ALARM_MAX = 30
LANGUAGES = ("zh", "en")
#: A reading is noted at most so often.
_READ_NOTED = timedelta(minutes=1)
_BATCH = 200


@dataclass(frozen=True, slots=True)
class MadeFeed:
    """A feed as it is shown once: `key` is the secret part of its address."""

    id: int
    key: str


@dataclass(frozen=True, slots=True)
class Shown:
    """How often what calendars show of an item has changed, and when it last did."""

    sequence: int
    changed_at: datetime


def make_feed(act: Act, label: str, lang: str, alarm_days: int | None) -> MadeFeed:
    """Make a feed of the acting person's dates; its address can never be read again.

    InvalidError with every fault; ConflictError beyond FEEDS_MAX feeds that are not revoked.
    """
    faults: list[Fault] = []
    name = read_name(faults, "label", label, NAME_MAX)
    if lang not in LANGUAGES:
        faults.append(Fault("lang", Sentence("应为zh或en。", "expected zh or en.")))
    if alarm_days is not None and not 0 <= alarm_days <= ALARM_MAX:
        said = Sentence(f"应为0至{ALARM_MAX}天。", f"expected 0 to {ALARM_MAX} days.")
        faults.append(Fault("alarm_days", said))
    if faults:
        raise InvalidError(faults)
    person_id = act.acting.person_id
    mine = (CalendarFeed.person_id == person_id, CalendarFeed.revoked_at.is_(None))
    if act.connection.execute(select(func.count()).where(*mine)).scalar_one() >= FEEDS_MAX:
        raise ConflictError(
            "too_many_feeds",
            Sentence(f"最多{FEEDS_MAX}个日历订阅，请先停用不用的。", f"At most {FEEDS_MAX} feeds; revoke one first."),
        )
    key = secrets.token_urlsafe(32)
    feed_id = act.connection.execute(
        insert(CalendarFeed)
        .values(
            person_id=person_id, sha256=hash_key(key), label=name, lang=lang, alarm_days=alarm_days,
            created_at=act.now,
        )
        .returning(CalendarFeed.id)
    ).scalar_one()  # fmt: skip
    act.audit("feed.make", f"feed:{feed_id}", after={"label": name, "alarm_days": alarm_days})
    return MadeFeed(feed_id, key)


def revoke_feed(act: Act, feed_id: int) -> None:
    """End a feed of the acting person's own at once (idempotent); NotFoundError for anybody else's."""
    mine = (CalendarFeed.id == feed_id, CalendarFeed.person_id == act.acting.person_id)
    row = act.connection.execute(select(CalendarFeed.revoked_at).where(*mine)).first()
    if row is None:
        raise NotFoundError("没有这个日历订阅。", "There is no such feed.")
    if row.revoked_at is None:
        act.connection.execute(
            update(CalendarFeed).where(*mine, CalendarFeed.revoked_at.is_(None)).values(revoked_at=act.now)
        )
        act.audit("feed.revoke", f"feed:{feed_id}")


def revoke_feeds_of(act: Act, person_id: int) -> None:
    """End every feed of a person at once."""
    theirs = (CalendarFeed.person_id == person_id, CalendarFeed.revoked_at.is_(None))
    act.connection.execute(update(CalendarFeed).where(*theirs).values(revoked_at=act.now))


def hash_key(key: str) -> str:
    """Return what is kept of a key."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def note_reading(connection: Connection, feed_id: int, now: datetime) -> None:
    """Note that a calendar has read the feed, at most once a minute."""
    is_old = or_(CalendarFeed.read_at.is_(None), CalendarFeed.read_at < now - _READ_NOTED)
    connection.execute(update(CalendarFeed).where(CalendarFeed.id == feed_id, is_old).values(read_at=now))


def hash_facts(facts: Sequence[Any]) -> str:
    """Return the SHA-256 of what calendars show of an item, the same for every reader and language."""
    text = json.dumps(facts, ensure_ascii=False, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def read_shown(connection: Connection, facts: Mapping[int, str]) -> tuple[dict[int, Shown], list[int]]:
    """Return how the items were shown last, by id, and the ids of those that show something else by now.

    `facts` are hashes by item. One statement for each _BATCH items.
    """
    found: dict[int, Shown] = {}
    changed = []
    ids = sorted(facts)
    for start in range(0, len(ids), _BATCH):
        rows = connection.execute(
            select(FeedEntry.item_id, FeedEntry.sequence, FeedEntry.changed_at, FeedEntry.sha256).where(
                FeedEntry.item_id.in_(ids[start : start + _BATCH])
            )
        )
        for row in rows:
            found[row.item_id] = Shown(row.sequence, row.changed_at)
            if row.sha256 != facts[row.item_id]:
                changed.append(row.item_id)
    changed += [item_id for item_id in ids if item_id not in found]
    return found, sorted(changed)


def write_shown(connection: Connection, facts: Mapping[int, str], now: datetime) -> None:
    """Note what the items show now: a new one at 0, a changed one a number higher, the same one not at all.

    Safe to run twice at the same time. One statement for each _BATCH items.
    """
    ids = sorted(facts)
    for start in range(0, len(ids), _BATCH):
        rows = [
            {"item_id": item_id, "sequence": 0, "sha256": facts[item_id], "changed_at": now}
            for item_id in ids[start : start + _BATCH]
        ]
        statement = make_insert(connection, FeedEntry).values(rows)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["item_id"],
                set_={
                    "sequence": FeedEntry.sequence + 1,
                    "sha256": statement.excluded.sha256,
                    "changed_at": statement.excluded.changed_at,
                },
                where=FeedEntry.sha256 != statement.excluded.sha256,
            )
        )
