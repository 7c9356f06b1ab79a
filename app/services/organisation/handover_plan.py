"""What waits on one person: read before a hand-over is saved, and again in the unit that does it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import exists, func, or_, select
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, NotFoundError, Sentence
from app.models.item import Item, NamedReader
from app.models.organisation import Department, Holding, Person, Post
from app.models.record import Outbox, Signature, SignOff, SignSlot
from app.policy.people import find_holders
from app.services.organisation.department_reference import is_running
from app.services.organisation.post import is_held
from workflows.roles import ASSIGNEE, Capacity, Duty, Place, resolve
from workflows.signing.round import SIGNING_ROLES

_OWED = ("pending", "failed")


@dataclass(frozen=True, slots=True)
class Charge:
    """An open item that the person is in charge of. `title` is None for a confidential item.

    `proposed_id` is who would be in charge next, None when the head of the department answers; `answers` names who
    can act then.
    """

    item_id: int
    kind: str
    number: str | None
    title: str | None
    version: int
    department_id: int | None
    section_id: int | None
    department: str | None
    department_en: str | None
    proposed_id: int | None
    proposed: str | None
    answers: tuple[str, ...]
    candidates: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post that the person holds; `others` hold it or its like in the same department too."""

    holding_id: int
    post_id: int
    title: str
    title_en: str | None
    duty: str
    department_id: int
    department: str
    department_en: str | None
    from_on: date
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwedSignature:
    """A signature that one of the person's posts owes, and who else can give it."""

    item_id: int
    title: str | None
    department_id: int | None
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HandoverPlan:
    """Everything that waits on a person; `basis` names what the preview showed, `blocks` why nothing can be done."""

    person_id: int
    name: str
    is_active: bool
    charges: tuple[Charge, ...]
    posts: tuple[HeldPost, ...]
    signatures: tuple[OwedSignature, ...]
    messages: int
    named: tuple[int, ...]
    drafts: tuple[int, ...]
    warnings: tuple[Sentence, ...]
    blocks: tuple[Sentence, ...]
    basis: str


def plan_handover(
    connection: Connection, person_id: int, today: date, *, to_id: int | None = None, ends_posts: bool = True
) -> HandoverPlan:
    """Return what a hand-over would do; NotFoundError for an unknown person, ConflictError for a built-in account.

    Each item is proposed to `to_id` where that person works in its department, else its head answers.
    """
    row = connection.execute(
        select(Person.name, Person.is_active, Person.is_system).where(Person.id == person_id)
    ).first()
    if row is None:
        raise NotFoundError("没有这个人员。", "There is no such person.")
    if row.is_system:
        raise ConflictError(
            "built_in_account", Sentence("内置账号没有可移交的事项。", "A built-in account has nothing to hand over.")
        )
    items = _read_items(connection, person_id)
    held = _read_holdings(connection, person_id, today)
    departments = {one for item in items for one in (item.owner_department_id, item.section_id) if one is not None}
    holders = find_holders(connection, departments | {one.department_id for one in held}, today)
    staying = [holder for holder in holders if holder.person_id != person_id or not ends_posts]
    names = _name_people(connection, {holder.person_id for holder in holders})
    charges = tuple(_make_charge(item, staying, names, person_id, to_id) for item in items)
    posts = tuple(_make_post(one, holders, names, person_id) for one in held)
    signatures = tuple(_read_signatures(connection, person_id, held, staying, names))
    return HandoverPlan(
        person_id, row.name, row.is_active, charges, posts, signatures,
        messages=_count_messages(connection, person_id),
        named=_list_ids(connection, select(NamedReader.item_id).join(Item, Item.id == NamedReader.item_id).where(
            NamedReader.person_id == person_id, Item.closed_at.is_(None)).order_by(NamedReader.item_id)),
        drafts=_list_ids(connection, select(Item.id).where(
            Item.created_by == person_id, Item.state == "draft", Item.closed_at.is_(None)).order_by(Item.id)),
        warnings=tuple(_warn(charges, posts, signatures, ends_posts=ends_posts)),
        blocks=tuple(_block(posts, holders, person_id, ends_posts=ends_posts)),
        basis=make_basis({item.item_id: item.version for item in charges}, [one.holding_id for one in posts]),
    )  # fmt: skip


def make_basis(versions: Mapping[int, int], holdings: Iterable[int]) -> str:
    """Return what a preview rests on as text: the items with their versions, the holdings."""
    items = ",".join(f"{item_id}:{version}" for item_id, version in sorted(versions.items()))
    return f"{items};{','.join(map(str, sorted(holdings)))}"


def _list_ids(connection: Connection, statement: object) -> tuple[int, ...]:
    return tuple(connection.execute(statement).scalars())  # type: ignore[call-overload]  # a SELECT of one id


@dataclass(frozen=True, slots=True)
class _ItemRow:
    id: int
    kind: str
    number: str | None
    title: str
    version: int
    confidential: bool
    owner_department_id: int | None
    section_id: int | None
    department: str | None
    department_en: str | None


def _read_items(connection: Connection, person_id: int) -> list[_ItemRow]:
    rows: Iterable[Any] = connection.execute(
        select(
            Item.id, Item.kind, Item.number, Item.title, Item.version, Item.confidential, Item.owner_department_id,
            Item.section_id, Department.name, Department.name_en,
        )
        .outerjoin(Department, Department.id == Item.owner_department_id)
        .where(Item.assignee_id == person_id, Item.closed_at.is_(None))
        .order_by(Item.id)
    )  # fmt: skip
    return [_ItemRow(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class _Held:
    holding_id: int
    post_id: int
    title: str
    title_en: str | None
    duty: str
    department_id: int
    department: str
    department_en: str | None
    from_on: date
    is_director: bool


def _read_holdings(connection: Connection, person_id: int, today: date) -> list[_Held]:
    rows: Iterable[Any] = connection.execute(
        select(
            Holding.id, Post.id, Post.title, Post.title_en, Post.duty, Post.department_id, Department.name,
            Department.name_en, Holding.from_on, Post.is_director,
        )
        .join(Post, Post.id == Holding.post_id)
        .join(Department, Department.id == Post.department_id)
        .where(Holding.person_id == person_id, is_held(today, ever=True), is_running(Post.to_on, today))
        .order_by(Holding.id)
    )  # fmt: skip
    return [_Held(*row) for row in rows]


def _name_people(connection: Connection, ids: set[int]) -> dict[int, str]:
    rows = connection.execute(select(Person.id, Person.name).where(Person.id.in_(ids)).order_by(Person.sort_key))
    return {row.id: row.name for row in rows}


def find_workers(holders: Iterable[Capacity], department_ids: Iterable[int | None]) -> set[int]:
    """Return who can be in charge of an item of these departments: their heads and staff."""
    places = set(department_ids)
    return {h.person_id for h in holders if h.department_id in places and h.duty in (Duty.HEAD, Duty.MEMBER)}


def _make_charge(
    item: _ItemRow, staying: Sequence[Capacity], names: Mapping[int, str], person_id: int, to_id: int | None
) -> Charge:
    workers = find_workers(staying, (item.owner_department_id, item.section_id)) - {person_id}
    proposed_id = to_id if to_id in workers else None
    if proposed_id is None:
        place = Place(item.owner_department_id, section_id=item.section_id)
        answering = dict.fromkeys(holder.person_id for holder in resolve(ASSIGNEE, place, staying))
    else:
        answering = {proposed_id: None}
    return Charge(
        item.id, item.kind, item.number, None if item.confidential else item.title, item.version,
        item.owner_department_id, item.section_id, item.department, item.department_en, proposed_id,
        None if proposed_id is None else names[proposed_id], tuple(names[one] for one in answering),
        tuple((one, name) for one, name in names.items() if one in workers),
    )  # fmt: skip


def _make_post(held: _Held, holders: Sequence[Capacity], names: Mapping[int, str], person_id: int) -> HeldPost:
    others = {
        holder.person_id
        for holder in holders
        if holder.person_id != person_id
        and (holder.department_id, holder.duty, holder.is_director)
        == (held.department_id, Duty(held.duty), held.is_director)
    }
    return HeldPost(
        held.holding_id, held.post_id, held.title, held.title_en, held.duty, held.department_id, held.department,
        held.department_en, held.from_on, tuple(name for one, name in names.items() if one in others),
    )  # fmt: skip


def _read_signatures(
    connection: Connection, person_id: int, held: Sequence[_Held], staying: Sequence[Capacity], names: Mapping[int, str]
) -> list[OwedSignature]:
    """Return the unsigned slots that the person could sign in one of the posts held."""
    signed = exists().where(Signature.sign_off_id == SignSlot.sign_off_id, Signature.slot == SignSlot.slot)
    places = {one.department_id for one in held}
    rows = connection.execute(
        select(
            SignOff.item_id, Item.title, Item.confidential, SignSlot.role, SignSlot.department_id, SignSlot.person_id,
        )
        .join(SignOff, SignOff.id == SignSlot.sign_off_id)
        .join(Item, Item.id == SignOff.item_id)
        .where(
            SignOff.closed_at.is_(None),
            SignSlot.ended.is_(None),
            or_(SignSlot.person_id.is_(None), SignSlot.person_id == person_id),
            or_(SignSlot.department_id.in_(places), SignSlot.department_id.is_(None)),
            ~signed,
        )
        .order_by(SignOff.item_id, SignSlot.slot)
    ).all()  # fmt: skip
    mine = [Capacity(one.post_id, person_id, Duty(one.duty), one.department_id, one.is_director) for one in held]
    found = []
    for row in rows:
        role = SIGNING_ROLES[row.role]
        ids = frozenset({row.department_id} if row.department_id is not None else ())
        place = Place(row.department_id, ids, row.department_id)
        if row.person_id is None and not any(role.fits(capacity, place) for capacity in mine):
            continue
        others = {holder.person_id for holder in resolve(role, place, staying)} - {person_id}
        shown = tuple(name for one, name in names.items() if one in others)
        found.append(OwedSignature(row.item_id, None if row.confidential else row.title, row.department_id, shown))
    return found


def _count_messages(connection: Connection, person_id: int) -> int:
    mine = (Outbox.recipient == f"U:{person_id}") & Outbox.status.in_(_OWED)
    return connection.execute(select(func.count()).select_from(Outbox).where(mine)).scalar_one()


def _warn(
    charges: Sequence[Charge], posts: Sequence[HeldPost], signatures: Sequence[OwedSignature], *, ends_posts: bool
) -> list[Sentence]:
    """Return what somebody should know before saving."""
    found = []
    loose = [charge for charge in charges if charge.proposed_id is None]
    if loose:
        who = dict.fromkeys(name for charge in loose for name in charge.answers)
        found.append(
            Sentence(
                f"{len(loose)}个在办事项没有指定接办人，将由{'、'.join(who)}承接。",
                f"{len(loose)} open item{'s' * (len(loose) != 1)} without a successor will fall to {', '.join(who)}.",
            )
        )
    if ends_posts:
        found += [
            Sentence(
                f"{post.department}的“{post.title}”将空缺。",
                f"The post {post.title_en or post.title} of {post.department_en or post.department} will be vacant.",
            )
            for post in posts
            if not post.others
        ]
        waiting = dict.fromkeys(name for one in signatures for name in one.others)
        if signatures:
            count = len(signatures)
            found.append(
                Sentence(
                    f"{count}项待签将由{'、'.join(waiting)}签署。",
                    f"{count} signature{'s' * (count != 1)} will be given by {', '.join(waiting)}.",
                )
            )
    return found


def _block(
    posts: Sequence[HeldPost], holders: Sequence[Capacity], person_id: int, *, ends_posts: bool
) -> list[Sentence]:
    """Return why the posts cannot end: nobody would be left in the office."""
    in_office = any(post.duty == Duty.OFFICE for post in posts)
    stay = any(holder.duty is Duty.OFFICE and holder.person_id != person_id for holder in holders)
    if not ends_posts or not in_office or stay:
        return []
    return [
        Sentence(
            "这是协调办最后一名在岗人员：须同时指定其岗位的接任者。",
            "This is the last person in the office: name who takes the post over as well.",
        )
    ]
