"""Judges a city after its soak from its rows alone: nothing lost, doubled or late, nothing that waits for nobody."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.models.escalation import Episode, Escalation, LadderRung
from app.models.item import Item
from app.models.record import Outbox
from app.models.supervision import Slip, SlipCover, SupervisionRequest
from app.policy import access
from app.policy.people import find_actor
from app.services.loading import load
from app.services.transitions import find_capacities
from tests.city import City
from workflows.span import Span

#: The longest stretch between two sweeps: from an evening to the next opening.
_NIGHT = timedelta(hours=16, minutes=30)
Plan = dict[int, list[tuple[int, Span]]]


def find_faults(city: City, now: datetime, tick: timedelta) -> list[str]:
    """Return what is wrong with the city; `tick` is how far apart the sweeps were at most."""
    with city.database.reading() as session:
        connection = session.connection()
        return [
            *_lost_rungs(city, connection, now),
            *_early_or_late(connection, tick),
            *_doubles(connection),
            *_idle_items(city, connection, now),
            *(f"access: {difference}" for difference in access.compare(connection)),
        ]


def _plans(connection: Connection) -> Plan:
    plans: Plan = {}
    for row in connection.execute(select(LadderRung.ladder_id, LadderRung.level, LadderRung.after)):
        plans.setdefault(row.ladder_id, []).append((row.level, Span.parse(row.after)))
    return plans


def _lost_rungs(city: City, connection: Connection, now: datetime) -> list[str]:
    """Each rung whose instant lay within its episode must be there; worked out from the calendar alone."""
    calendar = city.book.calendar(connection)
    plans = _plans(connection)
    raised = {(r[0], r[1]) for r in connection.execute(select(Escalation.episode_id, Escalation.level))}
    faults = []
    for episode in connection.execute(select(*Episode.__table__.columns)):
        # What was reached in the very last tick before the end may have been overtaken by the act that ended it.
        until = now if episode.ended_at is None else episode.ended_at - timedelta(minutes=16)
        if episode.held_until is not None:
            continue
        for level, after in plans[episode.ladder_id]:
            at = calendar.rung_at(episode.base_on, after)
            skipped = after.count < 0 and at < episode.opened_at
            # What passed during a pause is reached when the episode opens again, by the next sweep.
            if max(at, episode.opened_at) <= until and not skipped and (episode.id, level) not in raised:
                faults.append(f"lost: item {episode.item_id} {episode.cause} {level} due {at.isoformat()}")
    return faults


def _early_or_late(connection: Connection, tick: timedelta) -> list[str]:
    rows = connection.execute(
        select(Escalation.item_id, Escalation.cause, Escalation.level, Escalation.due_at, Escalation.raised_at,
               Episode.opened_at, Episode.held_until)
        .join(Episode, Episode.id == Escalation.episode_id)
    ).all()  # fmt: skip
    held = _find_holds(connection)
    faults = []
    for row in rows:
        due_at = max(row.due_at, row.opened_at, row.held_until or datetime(1970, 1, 1, tzinfo=UTC))
        ends: list[datetime] = []
        if row.cause == "due":
            # A ladder held by a request is released when that is decided: what it passed is raised from then on.
            found = [end or row.raised_at for begin, end in held.get(row.item_id, []) if begin <= row.raised_at]
            ends = [min(end, row.raised_at) for end in found if end >= row.due_at]
            due_at = max([due_at, *ends])
        # People act while the clock stands: what they open or release past its instant is for the next sweep.
        allowed = _NIGHT if ends or row.opened_at >= row.due_at else tick
        if row.raised_at < row.due_at:
            faults.append(f"early: item {row.item_id} {row.cause} {row.level}")
        if row.opened_at <= row.raised_at and row.raised_at - due_at > allowed:
            faults.append(f"late: item {row.item_id} {row.cause} {row.level} by {row.raised_at - due_at}")
    return faults


def _find_holds(connection: Connection) -> dict[int, list[tuple[datetime, datetime | None]]]:
    """Return, by item, from when to when a request for more time was pending."""
    rows = connection.execute(
        select(Item.parent_id, Item.created_at, Item.closed_at)
        .join(SupervisionRequest, SupervisionRequest.item_id == Item.id)
        .where(SupervisionRequest.request_kind == "extension")
    )
    holds: dict[int, list[tuple[datetime, datetime | None]]] = {}
    for item_id, created_at, closed_at in rows:
        if item_id is not None:
            holds.setdefault(item_id, []).append((created_at, closed_at))
    return holds


def _doubles(connection: Connection) -> list[str]:
    rungs = Counter((r[0], r[1]) for r in connection.execute(select(Escalation.episode_id, Escalation.level)))
    keys = Counter(connection.execute(select(Outbox.unique_key).where(Outbox.unique_key.is_not(None))).scalars())
    covers = Counter((r[0], r[1]) for r in connection.execute(select(SlipCover.escalation_id, SlipCover.department_id)))
    numbers = Counter(connection.execute(select(Item.number).where(Item.number.is_not(None))).scalars())
    matters = Counter(
        (row.parent_id, row.owner_department_id, row.level)
        for row in connection.execute(
            select(Item.parent_id, Item.owner_department_id, Slip.level)
            .join(Slip, Slip.item_id == Item.id)
            .where(Item.closed_at.is_(None))
        )
    )
    counted: dict[str, dict[Any, int]] = {
        "rung": rungs, "message": keys, "cover": covers, "number": numbers, "open slip": matters,
    }  # fmt: skip
    return [f"doubled {name}: {key}" for name, found in counted.items() for key, n in found.items() if n > 1]


def _idle_items(city: City, connection: Connection, now: datetime) -> list[str]:
    """No open item on which nobody can act, and none whose next rung was passed over."""
    today = now.astimezone(city.book.zone).date()
    actors = [actor for p in city.people.values() if (actor := find_actor(connection, p, today)) is not None]
    faults = []
    for item_id in connection.execute(select(Item.id).where(Item.closed_at.is_(None))).scalars().all():
        item = load(connection, item_id)
        machine = city.book.machine(connection, item.kind, item.workflow_version)
        waits_for = machine.states[item.state].waits_for
        if waits_for is None or not any(find_capacities(connection, [waits_for], item, a, today) for a in actors):
            faults.append(f"nobody can act: {item.kind} {item_id} in {item.state}")
    overdue = select(Episode.item_id, Episode.cause).where(Episode.ended_at.is_(None), Episode.next_at <= now)
    return faults + [f"passed over: item {r[0]} {r[1]}" for r in connection.execute(overdue)]
