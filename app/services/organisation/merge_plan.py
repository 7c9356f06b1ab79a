"""What a merge of two departments would move: read before it is done, and again in the unit that does it."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from app.core.errors import ConflictError, Sentence
from app.models.item import Item, Support
from app.models.organisation import Department, Holding, Person, Post
from app.models.record import Outbox, Signature, SignOff, SignSlot
from app.models.supervision import SupervisionRequest
from app.services.organisation.department import chain_above, check_end, read_department, say_loop
from app.services.organisation.department_reference import is_running
from app.services.organisation.vanished import require_running, tell_vanished
from workflows.roles import DUTY_LABELS, Duty

_Round = aliased(SignOff, name="round")
#: Messages that are still owed, those that could not be sent included.
OWED = ("pending", "failed")


@dataclass(frozen=True, slots=True)
class MovedItem:
    """An open item that a merge touches, and as what: lead, support, section, signature, request.

    `title` is None for a confidential item. `meets_itself`: the successor is lead and supporter of it at once.
    """

    item_id: int
    kind: str
    number: str | None
    title: str | None
    roles: tuple[str, ...]
    meets_itself: bool


@dataclass(frozen=True, slots=True)
class MovedPost:
    """A running post of the merged department; `duty_after` is what it is for in the successor."""

    post_id: int
    title: str
    title_en: str | None
    duty: str
    duty_after: str
    is_director: bool
    holders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MergePlan:
    """Everything that passes over, what to look at first, and why it cannot be done (empty: it can)."""

    department_id: int
    name: str
    name_en: str | None
    into_id: int
    into_name: str
    into_name_en: str | None
    on: date
    version: int
    items: tuple[MovedItem, ...]
    posts: tuple[MovedPost, ...]
    below: tuple[str, ...]
    messages: int
    conflicts: tuple[Sentence, ...]

    def count(self, role: str) -> int:
        """Return how many items the department is `role` of."""
        return sum(role in item.roles for item in self.items)


def plan_merge(
    connection: Connection, department_id: int, into_id: int, today: date, *, on: date | None = None
) -> MergePlan:
    """Return what merging one department into another would move.

    ConflictError when the department is closed or the successor lies below it (the chain is shown); InvalidError
    when they are the same, the successor is closed (its own successor is named) or the day is wrong.
    """
    row = read_department(connection, department_id)
    if row.to_on is not None:
        planned = Sentence(f"“{row.name}”已定于{row.to_on}撤销。", f"{row.name} ends on {row.to_on}.")
        raise ConflictError("closed", tell_vanished(connection, department_id, today) or planned)
    chain = chain_above(connection, into_id) if into_id != department_id else [(department_id, row.name)]
    if department_id in [known for known, _ in chain]:
        raise ConflictError("loop", say_loop(row.name, department_id, chain))
    require_running(connection, into_id, today, "into")
    ends = check_end(row.from_on, on or today, today)
    into = read_department(connection, into_id)
    items = find_moved_items(connection, department_id, into_id)
    posts = _find_posts(connection, department_id, into_id, today)
    below = connection.execute(
        select(Department.name)
        .where(Department.parent_id == department_id, is_running(Department.to_on, today))
        .order_by(Department.sort_key, Department.id)
    ).scalars()
    return MergePlan(
        department_id, row.name, row.name_en, into_id, into.name, into.name_en, ends, row.version, items, posts,
        tuple(below), _count_messages(connection, department_id),
        tuple(_find_conflicts(into.name, into.name_en or into.name, items, posts)),
    )  # fmt: skip


def department_keys(department_id: int) -> dict[str, str]:
    """Return the keys under which messages wait for a department, by their first letter."""
    return {letter: f"{letter}:{department_id}" for letter in ("D", "H", "S")}


def waits_for_signature(department_id: int) -> ColumnElement[bool]:
    """Return the condition by which a slot of a round still waits for the department's signature."""
    signed = exists().where(Signature.sign_off_id == SignSlot.sign_off_id, Signature.slot == SignSlot.slot)
    is_open = exists().where(_Round.id == SignSlot.sign_off_id, _Round.closed_at.is_(None))
    return and_(is_open, SignSlot.department_id == department_id, SignSlot.ended.is_(None), ~signed)


def find_moved_items(connection: Connection, department_id: int, into_id: int) -> tuple[MovedItem, ...]:
    """Return the open items that name the department, by id; the database is asked once a role."""
    slots = (
        select(SignOff.item_id)
        .join(SignSlot, SignSlot.sign_off_id == SignOff.id)
        .where(waits_for_signature(department_id))
    )
    named = {
        "lead": Item.owner_department_id == department_id,
        "support": Item.id.in_(select(Support.item_id).where(Support.department_id == department_id)),
        "section": Item.section_id == department_id,
        "signature": Item.id.in_(slots),
        "request": Item.id.in_(
            select(SupervisionRequest.item_id).where(SupervisionRequest.department_id == department_id)
        ),
    }
    supported = exists().where(Support.item_id == Item.id, Support.department_id == into_id)
    rows = connection.execute(
        select(
            Item.id, Item.kind, Item.number, Item.title, Item.confidential, Item.owner_department_id,
            supported.label("is_supported"), *[condition.label(name) for name, condition in named.items()],
        )
        .where(Item.closed_at.is_(None), or_(*named.values()))
        .order_by(Item.id)
    ).mappings()  # fmt: skip
    return tuple(
        MovedItem(
            row["id"], row["kind"], row["number"], None if row["confidential"] else row["title"],
            tuple(name for name in named if row[name]),
            meets_itself=bool(
                (row["lead"] and row["is_supported"]) or (row["support"] and row["owner_department_id"] == into_id)
            ),
        )
        for row in rows
    )  # fmt: skip


def _find_posts(connection: Connection, department_id: int, into_id: int, today: date) -> tuple[MovedPost, ...]:
    has_head = bool(_find_heads(connection, into_id, today))
    rows = connection.execute(
        select(Post.id, Post.title, Post.title_en, Post.duty, Post.is_director, Person.name)
        .outerjoin(Holding, (Holding.post_id == Post.id) & is_running(Holding.to_on, today))
        .outerjoin(Person, Person.id == Holding.person_id)
        .where(Post.department_id == department_id, is_running(Post.to_on, today))
        .order_by(Post.id, Person.sort_key, Person.id)
    ).all()
    holders: dict[int, list[str]] = {}
    for row in rows:
        holders.setdefault(row.id, []).extend([row.name] if row.name else [])
    firsts = {row.id: row for row in reversed(rows)}
    return tuple(
        MovedPost(post_id, firsts[post_id].title, firsts[post_id].title_en, firsts[post_id].duty,
                  str(Duty.MEMBER) if has_head and firsts[post_id].duty == Duty.HEAD else firsts[post_id].duty,
                  firsts[post_id].is_director, tuple(names))
        for post_id, names in holders.items()
    )  # fmt: skip


def _find_heads(connection: Connection, department_id: int, today: date) -> list[str]:
    return list(
        connection.execute(
            select(Person.name)
            .join(Holding, Holding.person_id == Person.id)
            .join(Post, Post.id == Holding.post_id)
            .where(
                Post.department_id == department_id,
                Post.duty == Duty.HEAD,
                is_running(Post.to_on, today),
                Holding.from_on <= today,
                is_running(Holding.to_on, today),
                Person.is_active,
            )
        ).scalars()
    )


def _count_messages(connection: Connection, department_id: int) -> int:
    keys = tuple(department_keys(department_id).values())
    return connection.execute(
        select(func.count()).select_from(Outbox).where(Outbox.recipient.in_(keys), Outbox.status.in_(OWED))
    ).scalar_one()


def _find_conflicts(
    into: str, into_en: str, items: tuple[MovedItem, ...], posts: tuple[MovedPost, ...]
) -> list[Sentence]:
    """Return what somebody should look at before the merge; none of it forbids it."""
    found = []
    lost = [post for post in posts if post.duty_after != post.duty]
    if lost:
        names = [name for post in lost for name in post.holders] or [lost[0].title]
        staff = DUTY_LABELS[Duty.MEMBER]
        found.append(
            Sentence(
                f"“{into}”已有负责人：{'、'.join(names)}不再任负责人，改任{staff.zh}。",
                f"{into_en} has a head already: {', '.join(names)} will no longer be a head, but {staff.en}.",
            )
        )
    both = [item for item in items if item.meets_itself]
    if both:
        count, first = len(both), "、".join(f"#{item.item_id}" for item in both[:5])
        found.append(
            Sentence(
                f"{count}个事项的牵头和配合将同为“{into}”（{first}）：不再列为配合单位，已分出的分工继续办理。",
                f"In {count} item{'s' * (count != 1)} lead and supporter will both be {into_en} ({first}): it is no"
                " longer listed as a supporter; shares that were handed out go on.",
            )
        )
    signing = [item for item in both if "signature" in item.roles]
    if signing:
        first = "、".join(f"#{item.item_id}" for item in signing[:5])
        found.append(
            Sentence(
                f"正在会签的事项将由“{into}”自签（{first}）；提交人不能自签，可撤回后重新提交。",
                f"Items being co-signed will wait for {into_en}'s own signature ({first}); who submitted cannot sign:"
                " withdraw and submit again.",
            )
        )
    return found
