"""Hands over everything that waits on a person, in one unit: items, posts, messages; the past stays as it was.

Items are handed over today. Posts end today or on an earlier day, never before the last step that the person took.
A day ahead is refused: what waits on that day can be known only then.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, Fault, InvalidError, Sentence
from app.models.item import Item
from app.models.organisation import Person
from app.models.record import History, Outbox
from app.policy import access
from app.policy.people import find_holders
from app.services.act import Act
from app.services.loading import load_many
from app.services.organisation.handover_plan import Charge, HandoverPlan, find_workers, make_basis, plan_handover
from app.services.organisation.person import deactivate_person
from app.services.organisation.post import appoint, vacate
from app.services.recording import write_history

HAND_OVER = "hand_over"
_BATCH = 500
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Choice:
    """Who takes over what. `items` and `posts` name single ones (by item and by holding) before `to_id`.

    `basis` is that of the preview which was seen; None: whatever there is now. `on` ends the posts.
    """

    to_id: int | None = None
    items: Mapping[int, int | None] = field(default_factory=dict)
    posts: Mapping[int, int] = field(default_factory=dict)
    on: date | None = None
    ends_posts: bool = True
    deactivates: bool = False
    basis: str | None = None


@dataclass(frozen=True, slots=True)
class Handed:
    """What was done."""

    person_id: int
    items: tuple[tuple[int, int | None], ...]
    posts_ended: int
    posts_taken: int
    messages: int
    is_active: bool


def hand_over(act: Act, person_id: int, choice: Choice) -> Handed:
    """Hand over what waits on a person, as chosen; everything or nothing.

    ConflictError when the preview is out of date (what changed is named) or the office would be left without
    anybody; InvalidError lists wrong choices; NotFoundError for an unknown person.
    """
    connection = act.connection
    connection.execute(select(Person.id).where(Person.id == person_id).with_for_update()).first()
    mine = select(Item.id).where(Item.assignee_id == person_id, Item.closed_at.is_(None)).order_by(Item.id)
    connection.execute(mine.with_for_update()).all()
    ends_posts = choice.ends_posts or choice.deactivates
    plan = plan_handover(connection, person_id, act.today, to_id=choice.to_id, ends_posts=ends_posts)
    _require_present(plan, choice.basis)
    ends = _check(act, plan, choice)
    for holding_id, successor_id in sorted(choice.posts.items()):
        appoint(act, next(post.post_id for post in plan.posts if post.holding_id == holding_id), successor_id)
    assigned = _choose(act, plan, choice)
    messages = _pass_items(act, person_id, assigned)
    if ends_posts:
        for post in plan.posts:
            vacate(act, post.holding_id, on=ends)
    if choice.deactivates:
        deactivate_person(act, person_id)
    handed = Handed(person_id, tuple(sorted(assigned.items())), len(plan.posts) if ends_posts else 0,
                    len(choice.posts), messages, plan.is_active and not choice.deactivates)  # fmt: skip
    after = {"items": len(assigned), "posts_ended": handed.posts_ended, "posts_taken": handed.posts_taken, "on": ends}
    act.audit("hand_over_person", f"person:{person_id}", after=after)
    return handed


def _require_present(plan: HandoverPlan, basis: str | None) -> None:
    """Raise ConflictError unless the preview that was seen still holds; InvalidError when it is none of ours."""
    if basis is None or basis == plan.basis:
        return
    seen, posts = _read_basis(basis)
    present = {charge.item_id: charge.version for charge in plan.charges}
    changed = [
        *(f"#{one}（{seen[one]} → {present[one]}）" for one in seen if one in present and seen[one] != present[one]),
        *(f"−#{one}" for one in seen if one not in present),
        *(f"+#{one}" for one in present if one not in seen),
    ]
    held = {post.holding_id for post in plan.posts}
    zh, en = "、".join(changed[:_SHOWN]), ", ".join(changed[:_SHOWN])
    if posts != held:
        zh, en = "、".join(filter(None, (zh, "任职"))), ", ".join(filter(None, (en, "posts held")))
    raise ConflictError(
        "changed_meanwhile",
        Sentence(
            f"预览之后有变化，没有移交任何事项：{zh}。请重新预览。",
            f"Something changed since the preview, and nothing was handed over: {en}. Look at it again.",
        ),
    )


def _read_basis(basis: str) -> tuple[dict[int, int], set[int]]:
    items, _, posts = basis.partition(";")
    try:
        pairs = [pair.split(":") for pair in items.split(",") if pair]
        seen = {int(one): int(version) for one, version in pairs}
        held = {int(one) for one in posts.split(",") if one}
    except ValueError:
        seen, held = {}, {-1}
    if make_basis(seen, held) != basis:
        said = Sentence("应为预览给出的basis，请重新预览。", "expected the basis of a preview; look at it again.")
        raise InvalidError([Fault("basis", said)])
    return seen, held


def _check(act: Act, plan: HandoverPlan, choice: Choice) -> date:
    """Return the day on which the posts end; InvalidError lists what is wrong with the day and the names."""
    faults = _check_day(act, plan, choice.on)
    known = {charge.item_id for charge in plan.charges}
    faults += [
        Fault(
            f"items.{item_id}", Sentence("此人不是该事项的承办人，或事项已办结。", "Not an open item of this person.")
        )
        for item_id in choice.items
        if item_id not in known
    ]
    held = {post.holding_id for post in plan.posts}
    faults += [
        Fault(f"posts.{holding_id}", Sentence("此人没有这项任职。", "The person does not hold this."))
        for holding_id in choice.posts
        if holding_id not in held
    ]
    given = {"to": choice.to_id} | {f"posts.{known_id}": one for known_id, one in choice.posts.items()}
    active = _find_active(act.connection, {one for one in given.values() if one is not None})
    for name, one in given.items():
        if one is not None and (one == plan.person_id or one not in active):
            faults.append(Fault(name, Sentence("须为另一名在职人员。", "Another active person is needed.")))
    if faults:
        raise InvalidError(faults)
    if plan.blocks and not choice.posts:
        raise ConflictError("last_office_post", plan.blocks[0])
    return choice.on or act.today


def _check_day(act: Act, plan: HandoverPlan, on: date | None) -> list[Fault]:
    if on is None:
        return []
    if on > act.today:
        said = Sentence(
            "移交在当天办理，日期不能晚于今天；请到该日再办。",
            "A hand-over is done on its day: not after today; come back on that day.",
        )
        return [Fault("on", said)]
    last = act.connection.execute(
        select(func.max(History.occurred_at)).where(History.actor_id == plan.person_id, History.acting_role != "system")
    ).scalar()
    # By the date in UTC: at most a day before the city's, so nothing right is ever refused.
    if last is not None and on < (day := last.date()):
        return [Fault("on", Sentence(f"此人{day}仍有办理记录，不能更早。", f"They still acted on {day}: not before."))]
    return []


def _find_active(connection: Connection, ids: set[int]) -> set[int]:
    statement = select(Person.id).where(Person.id.in_(ids), Person.is_active, ~Person.is_system)
    return set(connection.execute(statement).scalars())


def _choose(act: Act, plan: HandoverPlan, choice: Choice) -> dict[int, int | None]:
    """Return who is in charge of each item from now on; InvalidError when somebody named does not work there."""
    departments = {one for charge in plan.charges for one in _places(charge)}
    # Asked again: who was just appointed to a post counts.
    holders = find_holders(act.connection, departments, act.today)
    chosen: dict[int, int | None] = {}
    faults = []
    for charge in plan.charges:
        workers = find_workers(holders, _places(charge)) - {plan.person_id}
        is_named = charge.item_id in choice.items
        wanted = choice.items[charge.item_id] if is_named else choice.to_id
        if wanted in workers:
            chosen[charge.item_id] = wanted
            continue
        chosen[charge.item_id] = None
        if is_named and wanted is not None:
            said = Sentence("接办人须是承办部门现任工作人员。", "Who takes it over must work in the item's department.")
            faults.append(Fault(f"items.{charge.item_id}", said))
    if faults:
        raise InvalidError(faults)
    return chosen


def _places(charge: Charge) -> tuple[int, ...]:
    return tuple(one for one in (charge.department_id, charge.section_id) if one is not None)


def _pass_items(act: Act, person_id: int, assigned: Mapping[int, int | None]) -> int:
    """Write the new assignee of each item with its records; returns how many messages were re-addressed."""
    messages = 0
    ids = sorted(assigned)
    for start in range(0, len(ids), _BATCH):
        for item in load_many(act.connection, ids[start : start + _BATCH]):
            new_id = assigned[item.id]
            act.connection.execute(
                update(Item).where(Item.id == item.id).values(assignee_id=new_id, version=item.version + 1)
            )
            data: dict[str, Any] = {"from_person": person_id, "person": new_id}
            write_history(act.connection, item, act.acting, act.now, action=HAND_OVER, from_state=item.state,
                          to_state=item.state, data=data)  # fmt: skip
            act.audit(HAND_OVER, f"person:{person_id}", item_id=item.id, before={"assignee_id": person_id},
                      after={"assignee_id": new_id})  # fmt: skip
            heir = f"U:{new_id}" if new_id is not None else f"H:{item.owner_department_id}"
            owed = (Outbox.item_id == item.id) & (Outbox.recipient == f"U:{person_id}")
            messages += act.connection.execute(
                update(Outbox).where(owed, Outbox.status.in_(("pending", "failed"))).values(recipient=heir)
            ).rowcount
        access.refresh(act.connection, ids[start : start + _BATCH])
    return messages
