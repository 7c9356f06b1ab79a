"""What a step on a meeting or a topic may name: the posts that may chair, the topics into which another goes."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.item import Item, ItemAccess
from app.models.meeting import Meeting
from app.models.organisation import Department, Person, Post
from app.models.topic import AgendaItem
from app.services.meeting.planning import list_seats
from app.services.meeting.standing import get_procedure
from workflows.meeting.procedure import SEATS
from workflows.words import Text

_MERGING = ("submitted", "accepted")


def list_chairs(connection: Connection, meeting_id: int, today: date) -> list[tuple[int, Text]]:
    """Return the posts that the group's rules let chair a meeting and that somebody holds, with their words."""
    own = select(Meeting.group_id, Meeting.forum).where(Meeting.item_id == meeting_id)
    row = connection.execute(own).first()
    if row is None or row.group_id is None:
        return []
    allowed = get_procedure(connection, row.group_id).chairs[row.forum]
    seats = [
        seat
        for role in allowed
        for seat in list_seats(connection, row.group_id, today)
        if seat.role == role and seat.person_id is not None
    ]
    posts = {
        post.id: post
        for post in connection.execute(
            select(Post.id, Post.title, Post.title_en, Department.name, Department.name_en)
            .join(Department, Department.id == Post.department_id)
            .where(Post.id.in_([seat.post_id for seat in seats]))
        )
    }
    people = dict(
        connection.execute(
            select(Person.id, Person.name).where(Person.id.in_([seat.person_id for seat in seats]))
        ).all()
    )  # fmt: skip
    found = []
    for seat in seats:
        post, seated = posts[seat.post_id], SEATS[seat.role]
        name = people[seat.person_id or 0]
        zh = f"{name}（{seated.zh}，{post.name}{post.title}）"
        en = f"{name} ({seated.en}, {post.name_en or post.name}, {post.title_en or post.title})"
        found.append((seat.post_id, Text(zh, en)))
    return found


def list_merging(connection: Connection, readers: tuple[str, ...], topic_id: int) -> list[tuple[int, str]]:
    """Return the open topics of a topic's meeting into which it may go, by id and title, as far as `readers` read."""
    own, other = aliased(AgendaItem, name="own"), AgendaItem
    mine, item = aliased(Item, name="mine"), Item
    rows = connection.execute(
        select(item.id, item.title)
        .join(other, other.item_id == item.id)
        .join(own, own.meeting_id == other.meeting_id)
        .join(mine, mine.id == own.item_id)
        .where(
            own.item_id == topic_id,
            item.id != topic_id,
            item.state.in_(_MERGING),
            # A restricted topic goes into another restricted one only.
            mine.confidential.is_(False) | item.confidential.is_(True),
            select(ItemAccess.item_id).where(ItemAccess.item_id == item.id, ItemAccess.reader.in_(readers)).exists(),
        )
        .order_by(other.position.is_(None), other.position, item.id)
    )
    return [(item_id, title) for item_id, title in rows]
