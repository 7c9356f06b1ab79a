"""Copies for information 抄送: an item is given to people to read; who got one may read it from then on.

Sent by whoever the item waits for, its assignee, the head of its lead department, the coordination office. Readers of
a confidential item are named by the office alone, as when it is entered. A copy is withdrawn while it is unread.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.engine import Connection

from app.core.database import make_insert
from app.core.errors import ConflictError, Fault, ForbiddenError, InvalidError, NotFoundError, Sentence
from app.core.text import clean
from app.models.item import NamedReader
from app.models.organisation import Department, Holding, Person, Post
from app.models.remark import COPY_NOTE_MAX, ItemCopy
from app.policy import access
from app.policy.people import find_holders, name_people
from app.services import idempotency
from app.services.on_item.standing import Standing, find_standing
from app.services.recording import Acting, owe, write_audit
from app.services.rulebook import Rulebook
from workflows.roles import Capacity, Duty, Place, Role

RECEIVERS_MAX = 50
COPIED = "copy.sent"
NO_COPY = ("没有这份抄送，或您无权查看。", "No such copy, or not for you to see.")
_NOT_YOURS = Sentence(
    "抄送由事项当前办理人、承办人、牵头单位负责人或协调办办理。",
    "Copies are sent by whoever the item waits for, its assignee, the head of the lead department or the office.",
)
_CONFIDENTIAL = Sentence(
    "限定范围的事项，由协调办指定阅知人员。", "Readers of a restricted item are named by the coordination office."
)
_NOT_YOUR_COPY = Sentence(
    "抄送由发送人或协调办撤回。", "A copy is withdrawn by who sent it or by the coordination office."
)
_READ = Sentence("对方已阅，不能撤回。", "It has been read and can no longer be withdrawn.")
_GONE = Sentence("抄送已撤回。", "The copy was withdrawn.")


@dataclass(frozen=True, slots=True)
class NewCopies:
    """Who is to get a copy: people, heads of departments; what is said with it."""

    people: tuple[int, ...] = ()
    departments: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """The copies' ids; `names` of those who got one now, `had` of those who had one already."""

    copy_ids: tuple[int, ...]
    names: tuple[str, ...] = ()
    had: tuple[str, ...] = ()
    is_replay: bool = False


def find_refusal(book: Rulebook, connection: Connection, standing: Standing) -> ForbiddenError | None:
    """Return why somebody who may read the item sends no copies of it; None when they may."""
    fits = _make_test(book, connection, standing)
    if any(fits(held) for held in standing.capacities):
        return None
    return ForbiddenError("not_yours", _CONFIDENTIAL if standing.item.confidential else _NOT_YOURS)


def _make_test(book: Rulebook, connection: Connection, standing: Standing) -> Callable[[Capacity], bool]:
    item = standing.item
    waits_for = book.machine(connection, item.kind, item.workflow_version).states[item.state].waits_for
    return lambda held: may_send(held, item.place, waits_for, is_confidential=item.confidential)


def may_send(held: Capacity, place: Place, waits_for: Role | None, *, is_confidential: bool) -> bool:
    """Whether a post sends copies of an item at `place` that waits for a role; auditors' posts never do."""
    if held.duty is Duty.OFFICE or is_confidential:
        return held.duty is Duty.OFFICE
    if held.duty in (Duty.AUDITOR, Duty.ADMIN):
        return False
    is_head = held.duty is Duty.HEAD and held.department_id in (place.owner_department_id, place.section_id)
    is_assignee = place.assignee_id is not None and held.holder_id == place.assignee_id
    return is_head or is_assignee or (waits_for is not None and waits_for.fits(held, place))


def send_copies(
    connection: Connection, book: Rulebook, actor_id: int, now: datetime, item_id: int, new: NewCopies, *,
    key: str | None, source: str,
) -> Sent:  # fmt: skip
    """Send copies of an item: the receivers become named readers and are told; who has a live copy keeps that one.

    NotFoundError, ForbiddenError, ConflictError (archived), InvalidError with every fault.
    """
    if key is not None:
        content = {
            "copies": item_id, "people": list(new.people), "departments": list(new.departments), "note": new.note
        }  # fmt: skip
        kept = idempotency.claim(connection, actor_id, key, idempotency.hash_request(content), now)
        if kept is not None:
            return _restore(kept.answer)
    today = now.astimezone(book.zone).date()
    standing = find_standing(connection, item_id, actor_id, now, today)
    refusal = find_refusal(book, connection, standing)
    if refusal is not None:
        raise refusal
    note, receivers = _read(connection, actor_id, today, new)
    live = connection.execute(
        select(ItemCopy.person_id, ItemCopy.id).where(
            ItemCopy.item_id == item_id, ItemCopy.person_id.in_(receivers), ItemCopy.withdrawn_at.is_(None)
        )
    ).all()
    had = {row.person_id: row.id for row in live}
    fresh = [person_id for person_id in receivers if person_id not in had]
    fits = _make_test(book, connection, standing)
    acting = standing.acting(fits=fits)
    ids = [*had.values(), *_write(connection, standing, acting, now, fresh, note)]
    if fresh:
        write_audit(
            connection, acting, now, action="send_copy", source=source, item_id=item_id, subject=f"item:{item_id}",
            after={"receivers": [receivers[person_id] for person_id in fresh]},
        )  # fmt: skip
    sent = Sent(
        tuple(ids), tuple(receivers[one] for one in fresh), tuple(receivers[one] for one in had), is_replay=not fresh
    )
    if key is not None:
        answer = {"copies": list(sent.copy_ids), "names": list(sent.names), "had": list(sent.had)}
        idempotency.keep(connection, actor_id, key, 201, answer)
    return sent


def _restore(answer: dict[str, Any]) -> Sent:
    return Sent(tuple(answer["copies"]), tuple(answer["names"]), tuple(answer["had"]), is_replay=True)


def _read(
    connection: Connection, actor_id: int, today: date, new: NewCopies
) -> tuple[str | None, dict[int, str]]:  # fmt: skip
    """Return the note and the receivers' names by id; InvalidError with every fault."""
    faults: list[Fault] = []
    note = clean(new.note, newlines=True) or None
    if note is not None and len(note) > COPY_NOTE_MAX:
        said = Sentence(
            f"最多{COPY_NOTE_MAX}字，现为{len(note)}字。", f"At most {COPY_NOTE_MAX} characters, got {len(note)}."
        )
        faults.append(Fault("note", said))
    receivers = _find_people(connection, new.people, today, faults)
    receivers |= _find_heads(connection, new.departments, today, faults)
    receivers.pop(actor_id, None)
    if len(receivers) > RECEIVERS_MAX:
        said = Sentence(f"一次最多抄送{RECEIVERS_MAX}人。", f"At most {RECEIVERS_MAX} people at a time.")
        faults.append(Fault("people", said))
    if not receivers and not faults:
        faults.append(Fault("people", Sentence("请选择抄送对象。", "Choose who is to get it.")))
    if faults:
        raise InvalidError(faults)
    return note, receivers


def _find_people(connection: Connection, ids: Iterable[int], today: date, faults: list[Fault]) -> dict[int, str]:
    """Return the names of people who hold a post other than an administrator's."""
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return {}
    rows = connection.execute(
        select(Person.id, Person.name)
        .join(Holding, Holding.person_id == Person.id)
        .join(Post, Post.id == Holding.post_id)
        .where(
            Person.id.in_(wanted), Person.is_active, ~Person.is_system, Post.duty != Duty.ADMIN.value,
            Holding.from_on <= today, Holding.to_on.is_(None) | (Holding.to_on > today),
            Post.to_on.is_(None) | (Post.to_on > today),
        )
        .distinct()
    )  # fmt: skip
    found = {row.id: row.name for row in rows}
    known = name_people(connection, [person_id for person_id in wanted if person_id not in found])
    for person_id in wanted:
        if person_id not in found:
            name = known.get(person_id, f"#{person_id}")
            said = Sentence(
                f"{name}目前没有阅办事项的职务，不能抄送。",
                f"{name} holds no post in which items are read; no copy is sent.",
            )
            faults.append(Fault("people", said))
    return {person_id: found[person_id] for person_id in wanted if person_id in found}


def _find_heads(connection: Connection, ids: Iterable[int], today: date, faults: list[Fault]) -> dict[int, str]:
    """Return the names of whoever heads the departments today."""
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return {}
    names = {
        row.id: row.name
        for row in connection.execute(select(Department.id, Department.name).where(Department.id.in_(wanted)))
    }
    heads: dict[int, list[int]] = {}
    for held in find_holders(connection, wanted, today):
        if held.duty is Duty.HEAD and held.department_id in names:
            heads.setdefault(held.department_id, []).append(held.person_id)
    for department_id in wanted:
        if department_id not in names:
            said = Sentence(f"没有编号为{department_id}的单位。", f"There is no department {department_id}.")
            faults.append(Fault("departments", said))
        elif department_id not in heads:
            said = Sentence(
                f"{names[department_id]}目前没有负责人，请改选人员。",
                f"{names[department_id]} has no head at present; choose a person.",
            )
            faults.append(Fault("departments", said))
    people = [person_id for found in heads.values() for person_id in found]
    rows = connection.execute(select(Person.id, Person.name).where(Person.id.in_(people)))
    return {row.id: row.name for row in rows}


def _write(
    connection: Connection, standing: Standing, acting: Acting, now: datetime, receivers: list[int], note: str | None
) -> list[int]:
    if not receivers:
        return []
    item_id = standing.item.id
    named = set(
        connection.execute(
            make_insert(connection, NamedReader)
            .values([{"item_id": item_id, "person_id": person_id} for person_id in receivers])
            .on_conflict_do_nothing()
            .returning(NamedReader.person_id)
        ).scalars()
    )
    ids = connection.execute(
        insert(ItemCopy)
        .values([
            {
                "item_id": item_id, "person_id": person_id, "sent_by": acting.person_id, "note": note, "sent_at": now,
                "on_behalf_of": acting.behalf, "is_naming": person_id in named,
            }
            for person_id in receivers
        ])
        .returning(ItemCopy.id)
    ).scalars()  # fmt: skip
    found = list(ids)
    if named:
        access.refresh(connection, [item_id])
    owe(
        connection, standing.item, [f"U:{person_id}" for person_id in receivers], now, topic=COPIED,
        payload={"by": standing.actor.name},
    )  # fmt: skip
    return found


def withdraw_copy(
    connection: Connection, actor_id: int, now: datetime, today: date, copy_id: int, *, source: str
) -> int:
    """Withdraw an unread copy; whom it had made a reader is none any more. Idempotent; returns the item's id.

    NotFoundError, ForbiddenError (another's), ConflictError (read, archived).
    """
    row = _find(connection, copy_id)
    try:
        standing = find_standing(connection, row.item_id, actor_id, now, today)
    except NotFoundError:
        raise NotFoundError(*NO_COPY) from None
    row = _find(connection, copy_id)
    is_office = any(held.duty is Duty.OFFICE for held in standing.capacities)
    if row.sent_by != actor_id and not is_office:
        raise ForbiddenError("not_yours", _NOT_YOUR_COPY)
    if row.withdrawn_at is not None:
        return int(row.item_id)
    if row.read_at is not None:
        raise ConflictError("copy_read", _READ)
    connection.execute(update(ItemCopy).where(ItemCopy.id == copy_id).values(withdrawn_at=now, withdrawn_by=actor_id))
    if row.is_naming:
        connection.execute(
            delete(NamedReader).where(NamedReader.item_id == row.item_id, NamedReader.person_id == row.person_id)
        )
        access.refresh(connection, [row.item_id])
    write_audit(
        connection, standing.acting(), now, action="withdraw_copy", source=source, item_id=row.item_id,
        subject=f"person:{row.person_id}",
    )  # fmt: skip
    return int(row.item_id)


def _find(connection: Connection, copy_id: int) -> Row[Any]:
    row = connection.execute(
        select(*ItemCopy.__table__.columns).where(ItemCopy.id == copy_id).with_for_update()
    ).first()
    if row is None:
        raise NotFoundError(*NO_COPY)
    return row


def mark_copy_read(connection: Connection, person_id: int, now: datetime, copy_id: int) -> int:
    """Note that its receiver has read a copy (the first time counts); returns the item's id.

    NotFoundError for anybody else's, ConflictError when it was withdrawn.
    """
    row = _find(connection, copy_id)
    if row.person_id != person_id:
        raise NotFoundError(*NO_COPY)
    if row.withdrawn_at is not None:
        raise ConflictError("copy_withdrawn", _GONE)
    connection.execute(update(ItemCopy).where(ItemCopy.id == copy_id, ItemCopy.read_at.is_(None)).values(read_at=now))
    return int(row.item_id)


def mark_item_opened(connection: Connection, person_id: int, now: datetime, item_id: int) -> None:
    """Note that somebody has opened an item of which they got a copy."""
    connection.execute(
        update(ItemCopy)
        .where(
            ItemCopy.item_id == item_id, ItemCopy.person_id == person_id, ItemCopy.read_at.is_(None),
            ItemCopy.withdrawn_at.is_(None),
        )
        .values(read_at=now)
    )  # fmt: skip
