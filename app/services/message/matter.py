"""How things stand with what messages are about, read at the moment of telling and again at sending (case P24)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.models.escalation import Episode, LadderRung
from app.models.item import Item
from app.models.supervision import Slip
from app.policy.amount import amount_of
from app.services.message.topics import RUNG, SLIP_ISSUED, find_topic, list_rungs
from workflows.roles import Place
from workflows.ruling.keys import DEFAULT_WAY

#: Ways of telling a rung other than by each person's choice.
INBOX, MAIL = "inbox", "mail"
#: An episode and a level.
Reached = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Matter:
    """An item as messages tell of it; `slip_level` only of a slip."""

    item_id: int
    kind: str
    number: str | None
    title: str
    due_on: date | None
    is_open: bool
    is_confidential: bool
    department_id: int | None
    slip_level: int | None
    section_id: int | None = None
    amount_fen: int | None = None

    @property
    def place(self) -> Place:
        """Where it stands, as far as it matters who is told of it."""
        return Place(self.department_id, section_id=self.section_id, kind=self.kind, amount_fen=self.amount_fen)


def read_matters(connection: Connection, item_ids: Collection[int]) -> dict[int, Matter]:
    """Return the items by id; one statement."""
    rows: Any = connection.execute(
        select(
            Item.id, Item.kind, Item.number, Item.title, Item.due_on, Item.closed_at.is_(None), Item.confidential,
            Item.owner_department_id, Slip.level, Item.section_id, amount_of(Item.kind, Item.id),
        )
        .outerjoin(Slip, Slip.item_id == Item.id)
        .where(Item.id.in_(tuple(item_ids)))
    )  # fmt: skip
    return {row[0]: Matter(*row) for row in rows}


def read_ended(connection: Connection, payloads: Iterable[Mapping[str, Any]]) -> frozenset[int]:
    """Return those of the episodes named in `payloads` of rungs that have ended; one statement."""
    named = {rung.get("episode") for payload in payloads for rung in list_rungs(payload)} - {None}
    if not named:
        return frozenset()
    return frozenset(
        connection.execute(select(Episode.id).where(Episode.id.in_(named), Episode.ended_at.is_not(None))).scalars()
    )


def read_ways(connection: Connection, payloads: Iterable[Mapping[str, Any]]) -> dict[Reached, str]:
    """Return the ways of the rungs of which `payloads` tell, where they are not the usual one; one statement."""
    named = {rung.get("episode") for payload in payloads for rung in list_rungs(payload)} - {None}
    if not named:
        return {}
    rows = connection.execute(
        select(Episode.id, LadderRung.level, LadderRung.way)
        .join(LadderRung, LadderRung.ladder_id == Episode.ladder_id)
        .where(Episode.id.in_(named), LadderRung.way != DEFAULT_WAY)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def way_of(ways: Mapping[Reached, str], payload: Mapping[str, Any], level: int | None) -> str:
    """Return by which way a message of a rung is told: by that of its highest rung."""
    episode = payload.get("episode")
    if episode is None or level is None:
        return DEFAULT_WAY
    return ways.get((int(episode), level), DEFAULT_WAY)


def keep_owed(
    topic: str, payload: Mapping[str, Any], matter: Matter | None, ended: Collection[int]
) -> dict[str, Any] | None:
    """Return what is still to be told of `payload`; None when it reminds of something that is done by now."""
    if matter is not None and not matter.is_open and find_topic(topic).is_reminder:
        return None
    if topic != RUNG:
        return dict(payload)
    rungs = [rung for rung in list_rungs(payload) if rung.get("episode") not in ended]
    return {**payload, **rungs[0], "rungs": rungs} if rungs else None


def find_level(topic: str, payload: Mapping[str, Any], matter: Matter | None) -> int | None:
    """Return the level that a message tells of: the rung's, or that of the slip that was issued."""
    if topic == RUNG:
        return int(payload["level"]) if "level" in payload else None
    return matter.slip_level if matter is not None and topic == SLIP_ISSUED else None
