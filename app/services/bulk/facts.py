"""The facts that guards look at, for many items at once: read without locks, to show what could be done.

`app.services.facts.gather` decides; this is its twin for lists, and a test compares what both lead to.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.item import Item, Phase
from app.models.organisation import Post
from app.models.record import History
from app.models.supervision import Slip, SupervisionRequest
from app.services.facts import DISPUTES_WITHDRAWN_MAX, LEADERS_KINDS, RULED, make_facts
from app.services.fund.standing import read_money_facts
from app.services.loading import Loaded
from app.services.meeting.standing import read_meeting_facts
from workflows.facts import Facts, RestsOn
from workflows.interpreter import Machine
from workflows.roles import Duty
from workflows.terms import Terms

_Subject = aliased(Item, name="subject")


def gather_many(
    connection: Connection,
    items: Sequence[Loaded],
    today: date,
    rests_on: Iterable[RestsOn],
    *,
    since: datetime,
    terms: Mapping[int, Terms],
    machines: Mapping[int, Machine],
) -> dict[int, Facts]:
    """Return the facts by item id; `terms` by rule set. At most twelve statements, however many items."""
    ids, wanted = [item.id for item in items], frozenset(rests_on)
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    if "parent" in wanted:
        _read_parents(connection, items, found)
    if "children" in wanted:
        _read_children(connection, ids, found)
    if "phases" in wanted:
        _read_phases(connection, ids, found)
    if "requests" in wanted:
        _read_requests(connection, ids, found)
    if "urges" in wanted:
        urged = _count_urges(connection, ids, since)
        for item in items:
            found[item.id] |= {
                "urged_today": urged.get(item.id, 0),
                "urges_a_day": terms[item.rule_set_id].urges_a_day,
            }
    if "slip" in wanted:
        for item_id, appealed_at in connection.execute(
            select(Slip.item_id, Slip.appealed_at).where(Slip.item_id.in_(ids))
        ):
            found[item_id]["was_appealed"] = appealed_at is not None
    _read_standings(connection, items, today, wanted, found)
    if "request" in wanted:
        _read_asked(connection, ids, found)
    if "history" in wanted:
        _read_visited(connection, items, machines, found)
    return {item.id: make_facts(item, today, found[item.id]) for item in items}


def _read_standings(
    connection: Connection, items: Sequence[Loaded], today: date, wanted: frozenset[RestsOn],
    found: dict[int, dict[str, Any]],
) -> None:  # fmt: skip
    """Read how money and meetings stand, where a guard asks for them."""
    kinds = {item.id: item.kind for item in items}
    if "money" in wanted:
        for item_id, facts in read_money_facts(connection, kinds, today).items():
            found[item_id]["money"] = facts
    if "meeting" in wanted:
        for item_id, stands in read_meeting_facts(connection, kinds, today).items():
            found[item_id]["meeting"] = stands


def _read_parents(connection: Connection, items: Sequence[Loaded], found: dict[int, dict[str, Any]]) -> None:
    parents = {item.parent_id for item in items if item.parent_id is not None}
    rows = connection.execute(select(Item.id, Item.closed_at, Item.paused_state).where(Item.id.in_(parents)))
    state = {
        row.id: {"parent_open": row.closed_at is None, "parent_suspended": row.paused_state is not None} for row in rows
    }
    for item in items:
        if item.parent_id is not None:
            found[item.id] |= state[item.parent_id]


def _read_children(connection: Connection, ids: Sequence[int], found: dict[int, dict[str, Any]]) -> None:
    rows: Any = connection.execute(
        select(Item.parent_id, Item.kind, func.count())
        .where(Item.parent_id.in_(ids), Item.closed_at.is_(None), Item.kind != "slip")
        .group_by(Item.parent_id, Item.kind)
    )
    for parent_id, kind, count in rows:
        own = found[parent_id]
        own["children_open"] = own.get("children_open", 0) + count
        if kind == "share":
            own["shares_open"] = count


def _read_phases(connection: Connection, ids: Sequence[int], found: dict[int, dict[str, Any]]) -> None:
    rows = connection.execute(
        select(Phase.project_id, func.count(), func.count(Phase.passed_at))
        .where(Phase.project_id.in_(ids))
        .group_by(Phase.project_id)
    )
    for project_id, total, passed in rows:
        found[project_id]["gates_left"] = max(0, total - passed - 1)


def _read_requests(connection: Connection, ids: Sequence[int], found: dict[int, dict[str, Any]]) -> None:
    rows: Any = connection.execute(
        select(Item.parent_id, SupervisionRequest.request_kind, Item.state, Item.closed_at)
        .join(SupervisionRequest, SupervisionRequest.item_id == Item.id)
        .where(Item.parent_id.in_(ids))
    ).all()
    pending: dict[int, set[str]] = defaultdict(set)
    disputes: dict[int, list[str]] = defaultdict(list)
    for subject_id, kind, state, closed_at in rows:
        if closed_at is None:
            pending[subject_id].add(kind)
        if kind == "dispute":
            disputes[subject_id].append(state)
    for item_id in {*pending, *disputes}:
        states = disputes[item_id]
        is_spent = states.count("withdrawn") >= DISPUTES_WITHDRAWN_MAX
        found[item_id] |= {
            "requests_open": frozenset(pending[item_id]),
            "was_ruled": is_spent or any(state in RULED for state in states),
        }


def _count_urges(connection: Connection, ids: Sequence[int], since: datetime) -> dict[int, int]:
    rows = connection.execute(
        select(History.item_id, func.count())
        .where(History.item_id.in_(ids), History.action == "urge", History.occurred_at >= since)
        .group_by(History.item_id)
    )
    return {row[0]: row[1] for row in rows}


def _read_visited(
    connection: Connection, items: Sequence[Loaded], machines: Mapping[int, Machine], found: dict[int, dict[str, Any]]
) -> None:
    visited: dict[int, set[str]] = defaultdict(set)
    rows = select(History.item_id, History.to_state).where(History.item_id.in_([item.id for item in items])).distinct()
    for item_id, state in connection.execute(rows):
        visited[item_id].add(state)
    for item in items:
        found[item.id]["earlier_states"] = machines[item.id].list_returnable(visited[item.id], item.state)


def _read_asked(connection: Connection, ids: Sequence[int], found: dict[int, dict[str, Any]]) -> None:
    office = select(Post.id).where(
        Post.department_id == Item.owner_department_id, Post.duty == Duty.OFFICE.value, Post.to_on.is_(None)
    )
    rows = connection.execute(
        select(Item.id, SupervisionRequest.request_kind, _Subject.kind, office.exists())
        .join(SupervisionRequest, SupervisionRequest.item_id == Item.id)
        .outerjoin(_Subject, _Subject.id == Item.parent_id)
        .where(Item.id.in_(ids))
    )
    for item_id, kind, subject, is_offices_own in rows:
        found[item_id] |= {
            "request_kind": kind,
            "is_leaders_matter": kind in LEADERS_KINDS or subject == "project",
            "is_offices_own": bool(is_offices_own),
        }
