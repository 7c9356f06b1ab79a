"""A change of a group's members is filed by the office; it waits until the leader approves or refuses it.

A change is a list of lines: a seat ends, a post gets a seat, a seat passes to another post. Nothing of it holds before
it is approved. What a member unit asks for itself is filed by the office, with the unit's reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert, or_, select
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, Fault, InvalidError, NotFoundError, Sentence, StaleError
from app.models.group import GroupChange, GroupSeat
from app.models.item import Item
from app.models.organisation import Post
from app.policy.people import Actor
from app.services.act import Act
from app.services.loading import load_for_actor
from app.services.meeting.group.founding import require_office
from workflows.meeting.procedure import SEATS

LINES_MAX = 60
_WAITS = Sentence("已有一项成员调整待批。", "A change of members waits already.")
_NOT_ESTABLISHED = Sentence("只有已成立的领导小组可以调整成员。", "Members change once the group is established.")
_STALE = Sentence(
    "席位或职务在提请后有变动，这项调整不能照办，请退回重报。",
    "Seats or posts have changed since it was proposed: refuse it, and let it be filed anew.",
)


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A line: `end` names a seat, `add` a role and a post, `replace` a seat and the post that takes it."""

    op: str
    seat_id: int | None = None
    role: str | None = None
    post_id: int | None = None
    rank: int = 1


@dataclass(frozen=True, slots=True)
class _Sitting:
    """A seat that has not ended: its role, its post, its order."""

    role: str
    post_id: int
    rank: int


def file_change(
    act: Act, actor: Actor, group_id: int, version: int | None, lines: Sequence[ChangeLine], reason: str
) -> int:
    """File a change of members of an established group; return its number. The step `propose_change` follows.

    NotFoundError, ForbiddenError outside the office, StaleError on another version, ConflictError when one waits
    already, InvalidError with every fault by line.
    """
    group, _ = load_for_actor(act.connection, group_id, actor.person_id, act.now, act.today, lock=True)
    if group.kind != "leadership_group":
        raise NotFoundError
    require_office(actor, "leadership_group")
    # Two who file at once: the second one sees the first one's.
    act.connection.execute(select(Item.version).where(Item.id == group_id).with_for_update())
    if version != group.version:
        raise StaleError(group.version, version)
    if group.state == "adjusting" or _find_waiting(act.connection, group_id):
        raise ConflictError("change_waits", _WAITS)
    if group.state != "established":
        raise ConflictError("wrong_state", _NOT_ESTABLISHED)
    plain = _check(act, group_id, lines)
    values = {
        "group_id": group_id, "lines": plain, "reason": reason, "proposed_by": act.acting.person_id,
        "proposed_at": act.now,
    }  # fmt: skip
    number = int(act.connection.execute(insert(GroupChange).values(**values).returning(GroupChange.id)).scalar_one())
    act.audit("file_change", f"group_change:{number}", item_id=group_id, after={"lines": len(plain)})
    return number


def refuse_stale(connection: Connection, group_id: int, lines: Sequence[Mapping[str, Any]], today: date) -> None:
    """Raise ConflictError when a change cannot be made any more as it was proposed."""
    sitting = _read_sitting(connection, group_id)
    ending = {line["seat"] for line in lines if line["op"] == "end"}
    added = [line for line in lines if line["op"] == "add"]
    staying = [one for seat_id, one in sitting.items() if seat_id not in ending]
    posts = [one.post_id for one in staying] + [line["post"] for line in added]
    leaders = [one for one in staying if one.role == "leader"] + [one for one in added if one["role"] == "leader"]
    is_open = _find_open_posts(connection, {line["post"] for line in added}, today)
    if not ending <= sitting.keys() or len(set(posts)) < len(posts) or len(leaders) > 1 or len(is_open) < len(added):
        raise ConflictError("change_stale", _STALE)


def _check(act: Act, group_id: int, lines: Sequence[ChangeLine]) -> list[dict[str, Any]]:
    """Return the lines as they are kept: a seat that passes on ends and begins."""
    sitting = _read_sitting(act.connection, group_id)
    posts = _find_open_posts(act.connection, {one.post_id for one in lines if one.post_id is not None}, act.today)
    faults: list[Fault] = []
    if not 1 <= len(lines) <= LINES_MAX:
        said = Sentence(f"应有1至{LINES_MAX}行调整。", f"A change has 1 to {LINES_MAX} lines.")
        faults.append(Fault("lines", said))
    ended: set[int] = set()
    kept: list[dict[str, Any]] = []
    for number, line in enumerate(lines, 1):
        found = list(_check_line(f"lines[{number}]", line, sitting, posts, ended))
        faults += found
        if not found:
            kept += _plain(line, sitting)
        if line.op != "add" and line.seat_id is not None:
            ended.add(line.seat_id)
    if not faults:
        faults = _check_result(sitting, kept)
    if faults:
        raise InvalidError(faults)
    return kept


def _check_line(
    place: str, line: ChangeLine, sitting: Mapping[int, _Sitting], posts: set[int], ended: set[int]
) -> list[Fault]:
    faults = []
    if line.op not in ("add", "end", "replace"):
        return [Fault(f"{place}.op", Sentence("应为add、end或replace。", "One of add, end, replace."))]
    if line.op != "add":
        if line.seat_id not in sitting:
            said = Sentence("这个领导小组现在没有这个席位。", "The group has no such seat now.")
            faults.append(Fault(f"{place}.seat", said))
        elif line.seat_id in ended:
            faults.append(Fault(f"{place}.seat", Sentence("一个席位只能调整一次。", "A seat changes once.")))
    if line.op != "end" and line.post_id not in posts:
        said = Sentence("没有这个职务，或已撤销。", "There is no such post, or it is closed.")
        faults.append(Fault(f"{place}.post", said))
    if line.op == "add" and line.role not in SEATS:
        listed = ", ".join(SEATS)
        faults.append(Fault(f"{place}.role", Sentence(f"应为{listed}之一。", f"One of {listed}.")))
    return faults


def _plain(line: ChangeLine, sitting: Mapping[int, _Sitting]) -> list[dict[str, Any]]:
    if line.op == "add":
        return [{"op": "add", "role": line.role, "post": line.post_id, "rank": line.rank}]
    seat = sitting[line.seat_id or 0]
    ending = {"op": "end", "seat": line.seat_id, "role": seat.role}
    if line.op == "end":
        return [ending]
    return [ending, {"op": "add", "role": seat.role, "post": line.post_id, "rank": seat.rank, "follows": line.seat_id}]


def _check_result(sitting: Mapping[int, _Sitting], kept: Sequence[Mapping[str, Any]]) -> list[Fault]:
    """Return what would be wrong with the group as it would be then."""
    ending = {line["seat"] for line in kept if line["op"] == "end"}
    seats = [(one.role, one.post_id) for seat_id, one in sitting.items() if seat_id not in ending]
    seats += [(line["role"], line["post"]) for line in kept if line["op"] == "add"]
    faults = []
    if sum(role == "leader" for role, _ in seats) != 1:
        said = Sentence("调整后组长应恰好一人。", "There must be exactly one leader afterwards.")
        faults.append(Fault("lines", said))
    if len({post_id for _, post_id in seats}) < len(seats):
        faults.append(Fault("lines", Sentence("同一职务只能有一个席位。", "A post has one seat only.")))
    if len(seats) < 2:  # noqa: PLR2004  # a group of one is none
        faults.append(Fault("lines", Sentence("至少要有两个席位。", "At least two seats must remain.")))
    return faults


def _read_sitting(connection: Connection, group_id: int) -> dict[int, _Sitting]:
    rows = connection.execute(
        select(GroupSeat.id, GroupSeat.role, GroupSeat.post_id, GroupSeat.rank).where(
            GroupSeat.group_id == group_id, GroupSeat.to_on.is_(None)
        )
    )
    return {row.id: _Sitting(row.role, row.post_id, row.rank) for row in rows}


def _find_open_posts(connection: Connection, post_ids: set[int], today: date) -> set[int]:
    """Return which of the posts run, and keep them so until the unit of work ends."""
    running = or_(Post.to_on.is_(None), Post.to_on > today)
    statement = select(Post.id).where(Post.id.in_(post_ids), running).order_by(Post.id).with_for_update(read=True)
    return set(connection.execute(statement).scalars()) if post_ids else set()


def _find_waiting(connection: Connection, group_id: int) -> bool:
    waiting = select(GroupChange.id).where(GroupChange.group_id == group_id, GroupChange.outcome.is_(None))
    return connection.execute(waiting).first() is not None
