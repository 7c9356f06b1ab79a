"""Seats of a group, and what follows from them: its member units, and what its rules leave to leaders' posts.

A seat belongs to a post: whoever holds the post sits in it, so a successor needs no paper. A post that is closed takes
its seat with it; one that passes over with a merged department hands its seat on.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import case, delete, insert, or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from app.core.errors import ConflictError, Sentence
from app.models.group import GroupSeat, LeadershipGroup
from app.models.item import Item, Support
from app.models.organisation import Post
from app.policy import access
from app.services.act import Act
from workflows.meeting.procedure import Procedure, read_procedure
from workflows.roles import Duty

_TAKEN = Sentence(
    "领导小组已有组长，或该职务已有席位，请刷新后再办。",
    "The group has a leader already, or the post has a seat: look at it again.",
)


def seat(connection: Connection, group_id: int, role: str, post_id: int, rank: int, from_on: date) -> int:
    """Give a post a seat from a day on; return the seat's id.

    ConflictError where the group has a leader already, or the post a seat: the database itself refuses a second one.
    """
    values = {"group_id": group_id, "role": role, "post_id": post_id, "rank": rank, "from_on": from_on}
    statement = insert(GroupSeat).values(**values).returning(GroupSeat.id)
    try:
        with connection.begin_nested():
            return int(connection.execute(statement).scalar_one())
    except IntegrityError as error:
        raise ConflictError("seat_taken", _TAKEN) from error


def end_seat(connection: Connection, seat_id: int, today: date) -> None:
    """End a seat today; one that was to begin later never begins. Idempotent."""
    held = (GroupSeat.id == seat_id) & GroupSeat.to_on.is_(None)
    ends = case((GroupSeat.from_on > today, GroupSeat.from_on), else_=today)
    connection.execute(update(GroupSeat).where(held).values(to_on=ends))


def end_seats(act: Act, post_id: int) -> None:
    """End every seat of a post that is closed today; its groups show the gap until a change of members fills it."""
    for row in _find_seats(act.connection, post_id):
        end_seat(act.connection, row.id, act.today)
        act.audit("end_seat", f"post:{post_id}", item_id=row.group_id, before={"role": row.role}, after=None)
        write_units(act.connection, row.group_id, act.today)
        access.refresh(act.connection, [row.group_id])
    write_authority(act.connection, act.today)


def pass_seats(act: Act, post_id: int, new_id: int) -> None:
    """Hand every seat of a post on to the post that follows it; a post that sits there already keeps its own seat.

    With the same post (it moved to another department as it is) only the member units are written anew.
    """
    for row in _find_seats(act.connection, post_id):
        if new_id != post_id:
            end_seat(act.connection, row.id, act.today)
            is_seated = any(other.group_id == row.group_id for other in _find_seats(act.connection, new_id))
            if not is_seated:
                seat(act.connection, row.group_id, row.role, new_id, row.rank, max(act.today, row.from_on))
            act.audit("pass_seat", f"post:{post_id}", item_id=row.group_id, before={"role": row.role},
                      after={"post": new_id})  # fmt: skip
        write_units(act.connection, row.group_id, act.today)
        access.refresh(act.connection, [row.group_id])
    write_authority(act.connection, act.today)


def _find_seats(connection: Connection, post_id: int) -> Sequence[Any]:
    """Return the seats of a post that have not ended: id, group, role, rank, first day."""
    held = (GroupSeat.post_id == post_id) & GroupSeat.to_on.is_(None)
    columns = (GroupSeat.id, GroupSeat.group_id, GroupSeat.role, GroupSeat.rank, GroupSeat.from_on)
    return connection.execute(select(*columns).where(held).order_by(GroupSeat.id)).all()


def write_units(connection: Connection, group_id: int, today: date) -> frozenset[int]:
    """Let the departments of a group's members read it and what is below it; return them.

    Leaders read everything anyway; the office owns the group.
    """
    owner = select(Item.owner_department_id).where(Item.id == group_id).scalar_subquery()
    units = frozenset(
        connection.execute(
            select(Post.department_id)
            .join(GroupSeat, GroupSeat.post_id == Post.id)
            .where(
                GroupSeat.group_id == group_id,
                or_(GroupSeat.to_on.is_(None), GroupSeat.to_on > today),
                Post.duty != Duty.LEADER.value,
                Post.department_id != owner,
            )
            .distinct()
        ).scalars()
    )
    connection.execute(delete(Support).where(Support.item_id == group_id))
    if units:
        connection.execute(insert(Support), [{"item_id": group_id, "department_id": unit} for unit in sorted(units)])
    return units


def write_authority(connection: Connection, today: date) -> None:
    """Keep with each leader's post what the city's leadership group leaves to its seat.

    Without an established leadership group every leader's post decides everything, as before there was one. Where
    several groups stand, a post's best seat counts.
    """
    rows = connection.execute(
        select(LeadershipGroup.item_id, LeadershipGroup.procedure)
        .join(Item, Item.id == LeadershipGroup.item_id)
        .where(Item.state.in_(("established", "adjusting")), LeadershipGroup.body == "leadership")
    ).all()
    rules = {row.item_id: read_procedure(dict(row.procedure)) for row in rows}
    posts = connection.execute(select(Post.id).where(Post.duty == Duty.LEADER.value)).scalars().all()
    seats: dict[int, list[tuple[Procedure, str]]] = {post_id: [] for post_id in posts}
    for group_id, post_id, role in connection.execute(
        select(GroupSeat.group_id, GroupSeat.post_id, GroupSeat.role).where(
            GroupSeat.group_id.in_(rules), or_(GroupSeat.to_on.is_(None), GroupSeat.to_on > today)
        )
    ):
        if post_id in seats:
            seats[post_id].append((rules[group_id], role))
    is_served = any(seats.values())
    for post_id, held in seats.items():
        barred, limit, is_called = _judge(held, list(rules.values())) if is_served else (frozenset[str](), None, True)
        values = {
            "barred_kinds": ",".join(sorted(barred)) or None, "approves_max_fen": limit, "is_called": is_called,
        }  # fmt: skip
        connection.execute(update(Post).where(Post.id == post_id).values(**values))


def _judge(held: list[tuple[Procedure, str]], rules: list[Procedure]) -> tuple[frozenset[str], int | None, bool]:
    """Return what a post may not decide, up to which amount it approves, and whether the group's calls reach it."""
    found = [rule.authority(role) for rule, role in held] or [rule.authority(None) for rule in rules]
    barred = frozenset.intersection(*(kinds for kinds, _ in found))
    limits = [limit for _, limit in found]
    limit = None if None in limits else max(one for one in limits if one is not None)
    return barred, limit, any(role in rule.climbs_to for rule, role in held)
