"""Locks the rows that a step's guards rest on, then reads the facts: parent before child, then by id."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.engine import Connection

from app.models.item import Item, Phase
from app.models.organisation import Post
from app.models.record import History
from app.models.supervision import Slip, SupervisionRequest
from app.services.fund.standing import read_money_facts
from app.services.loading import Loaded
from app.services.meeting.standing import read_meeting_facts
from app.services.on_item.evidence import read_text_of
from workflows.facts import Facts, RestsOn
from workflows.interpreter import Machine
from workflows.roles import Duty
from workflows.terms import DEFAULTS, Terms

_PARENT = select(Item.closed_at, Item.paused_state).where(Item.id == bindparam("b_id"))
_PARENT_LOCKED = _PARENT.with_for_update(read=True)
#: A decision on a request writes its subject: locked for that from the start, so that two never cross.
_SUBJECT_LOCKED = _PARENT.with_for_update()
#: Requests that were ruled on: only a decision of the office or the leaders rules.
RULED = ("approved", "refused")
#: A dispute that is withdrawn starts the receipt clock afresh: without an end nobody would ever have to receive.
DISPUTES_WITHDRAWN_MAX = 2
#: What only the leadership group decides: a light set by hand, and whatever concerns a project.
LEADERS_KINDS = ("light",)
#: The item itself first: who reopens a child locks its parent before the child.
_FAMILY = (
    select(Item.kind, Item.closed_at, Item.parent_id)
    .where(or_(Item.id == bindparam("b_id"), Item.parent_id == bindparam("b_id")))
    .order_by(Item.id != bindparam("b_id"), Item.id)
)
_FAMILY_LOCKED = _FAMILY.with_for_update()


def gather(
    connection: Connection,
    item: Loaded,
    today: date,
    rests_on: Iterable[RestsOn],
    fields: Mapping[str, Any] | None = None,
    *,
    since: datetime | None = None,
    terms: Terms = DEFAULTS,
    lock: bool = True,
    machine: Machine | None = None,
) -> Facts:
    """Return the facts that guards resting on `rests_on` need; what nobody asked for keeps its default.

    `fields` are the step's own inputs: answers that it brings count as answered. `since` is when the city's day
    began, from which urges are counted against `terms`. Without `lock` the rows are only read: enough to show what
    could be done, not to do it.
    """
    wanted = frozenset(rests_on)
    found: dict[str, Any] = {}
    if "parent" in wanted and item.parent_id is not None:
        locked = _SUBJECT_LOCKED if item.kind == "request" else _PARENT_LOCKED
        parent = locked if lock else _PARENT
        closed_at, paused_state = connection.execute(parent, {"b_id": item.parent_id}).one()
        found |= {"parent_open": closed_at is None, "parent_suspended": paused_state is not None}
    if "children" in wanted:
        found |= _read_children(connection, item.id, lock=lock)
    if "criteria" in wanted:
        found["criteria_open"] = len(find_unanswered(item, fields or {}))
    if "phases" in wanted and item.kind == "project":
        total = _count(connection, select(func.count()).where(Phase.project_id == item.id))
        passed = _count(
            connection, select(func.count()).where(Phase.project_id == item.id, Phase.passed_at.is_not(None))
        )
        found["gates_left"] = max(0, total - passed - 1)
    if "money" in wanted:
        found["money"] = read_money_facts(connection, {item.id: item.kind}, today)[item.id]
    if "meeting" in wanted:
        found["meeting"] = read_meeting_facts(connection, {item.id: item.kind}, today)[item.id]
    found |= _read_supervision(connection, item, wanted, since, terms)
    if "history" in wanted and machine is not None:
        visited = select(History.to_state).where(History.item_id == item.id).distinct()
        found["earlier_states"] = machine.list_returnable(connection.execute(visited).scalars(), item.state)
    return make_facts(item, today, found)


def make_facts(item: Loaded, today: date, found: Mapping[str, Any]) -> Facts:
    """Return what guards may know of an item: its own columns, and what was `found` beside them."""
    return Facts(
        state=item.state,
        today=today,
        due_on=item.due_on,
        has_owner=item.owner_department_id is not None,
        support_count=len(item.support_ids),
        sign_off_open=item.sign_off_id is not None,
        has_section=item.section_id is not None,
        has_override=item.light_override is not None,
        **found,
    )


def _count(connection: Connection, statement: Any) -> int:  # noqa: ANN401  # a count statement
    return int(connection.execute(statement).scalar_one())


def _read_children(connection: Connection, item_id: int, *, lock: bool) -> dict[str, int]:
    rows = connection.execute(_FAMILY_LOCKED if lock else _FAMILY, {"b_id": item_id}).all()
    waiting = [kind for kind, closed_at, parent_id in rows if closed_at is None and parent_id == item_id]
    # A slip waits for its matter to move: it must not hold the matter up in turn.
    return {"children_open": len(waiting) - waiting.count("slip"), "shares_open": waiting.count("share")}


def find_unanswered(item: Loaded, fields: Mapping[str, Any]) -> frozenset[int]:
    """Return the numbers of the criteria that neither stand answered nor are answered by `fields`."""
    return item.open_criteria - _answered(fields)


def _answered(fields: Mapping[str, Any]) -> frozenset[int]:
    answers = fields.get("answers")
    if not isinstance(answers, Mapping):
        return frozenset()
    return frozenset(
        int(seq) for seq, answer in answers.items() if str(seq).isdecimal() and read_text_of(answer).strip()
    )


def _read_supervision(
    connection: Connection, item: Loaded, wanted: frozenset[RestsOn], since: datetime | None, terms: Terms
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "requests" in wanted:
        rows = connection.execute(
            select(SupervisionRequest.request_kind, Item.state, Item.closed_at)
            .join(Item, Item.id == SupervisionRequest.item_id)
            .where(Item.parent_id == item.id)
        ).all()
        found["requests_open"] = frozenset(kind for kind, _, closed_at in rows if closed_at is None)
        disputes = [state for kind, state, _ in rows if kind == "dispute"]
        is_spent = disputes.count("withdrawn") >= DISPUTES_WITHDRAWN_MAX
        found["was_ruled"] = is_spent or any(state in RULED for state in disputes)
    if "urges" in wanted and since is not None:
        urges = select(func.count()).where(
            History.item_id == item.id, History.action == "urge", History.occurred_at >= since
        )
        found |= {"urged_today": _count(connection, urges), "urges_a_day": terms.urges_a_day}
    if "slip" in wanted and item.kind == "slip":
        appealed_at = connection.execute(select(Slip.appealed_at).where(Slip.item_id == item.id)).scalar_one()
        found["was_appealed"] = appealed_at is not None
    if "request" in wanted and item.kind == "request":
        found |= _read_request(connection, item)
    return found


def _read_request(connection: Connection, item: Loaded) -> dict[str, Any]:
    subject = select(Item.kind).where(Item.id == item.parent_id).scalar_subquery()
    office = select(Post.id).where(
        Post.department_id == item.owner_department_id, Post.duty == Duty.OFFICE.value, Post.to_on.is_(None)
    )
    row = connection.execute(
        select(SupervisionRequest.request_kind, subject, office.exists()).where(SupervisionRequest.item_id == item.id)
    ).one()
    return {
        "request_kind": row[0],
        "is_leaders_matter": row[0] in LEADERS_KINDS or row[1] == "project",
        "is_offices_own": bool(row[2]),
    }
