"""Seats of a group, and what follows from them: its member units, and what its rules leave to leaders' posts."""

from datetime import date

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.engine import Connection

from app.models.group import GroupSeat, LeadershipGroup
from app.models.item import Item, Support
from app.models.organisation import Post
from workflows.meeting.procedure import Procedure, read_procedure
from workflows.roles import Duty


def seat(connection: Connection, group_id: int, role: str, post_id: int, rank: int, from_on: date) -> int:
    """Give a post a seat from a day on; return the seat's id."""
    values = {"group_id": group_id, "role": role, "post_id": post_id, "rank": rank, "from_on": from_on}
    return int(connection.execute(insert(GroupSeat).values(**values).returning(GroupSeat.id)).scalar_one())


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
