"""Merges a department into another one: what is open passes over item by item, what is closed stays as it was.

A post never moves: it ends, and its like begins in the successor, so that every paper that was signed in it still
names the department of its day.
"""

from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from app.core.text import TITLE_MAX
from app.models.item import Item, Support
from app.models.organisation import Department, Holding, Post
from app.models.record import Outbox, SignSlot
from app.models.supervision import SupervisionRequest
from app.policy import access
from app.services.act import Act
from app.services.loading import Loaded, load_many
from app.services.meeting.group.seating import pass_seats
from app.services.organisation.department import chain_above, end_department, lock_department
from app.services.organisation.department_reference import is_running, refresh_readers
from app.services.organisation.merge_plan import (
    OWED,
    MergePlan,
    MovedItem,
    MovedPost,
    department_keys,
    plan_merge,
    waits_for_signature,
)
from app.services.recording import write_history
from workflows.roles import DUTY_LABELS, Duty

HAND_OVER = "hand_over"
_BATCH = 500


def merge_department(act: Act, department_id: int, into_id: int, *, on: date | None = None) -> MergePlan:
    """Merge a department into another one and return what passed over; refusals are those of `plan_merge`.

    Open items (as lead, supporter, section, in requests and unsigned signatures), posts, sections below and messages
    that wait pass to the successor. Closed items, histories and signatures keep the old department.
    """
    act.take_turn("department")
    for one in sorted({department_id, into_id}):
        lock_department(act.connection, one)
    plan = plan_merge(act.connection, department_id, into_id, act.today, on=on)
    _move_items(act, plan)
    for moved in plan.posts:
        _pass_post(act, moved, into_id)
    _pass_rest(act.connection, department_id, into_id, act.today)
    end_department(act, department_id, plan.on, successor_id=into_id)
    refresh_readers(act.connection, into_id)
    after = {"to_on": plan.on, "successor": into_id, "items": len(plan.items), "posts": len(plan.posts)}
    act.audit("merge_department", f"department:{department_id}", before={"to_on": None}, after=after)
    return plan


def _move_items(act: Act, plan: MergePlan) -> None:
    by_id = {item.item_id: item for item in plan.items}
    ids = sorted(by_id)
    chain = [known for known, _ in chain_above(act.connection, plan.into_id)]
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        act.connection.execute(select(Item.id).where(Item.id.in_(batch)).order_by(Item.id).with_for_update()).all()
        for item in load_many(act.connection, batch):
            _move_item(act, plan, item, by_id[item.id], chain)
        access.refresh(act.connection, batch)


def _move_item(act: Act, plan: MergePlan, item: Loaded, moved: MovedItem, chain: list[int]) -> None:
    old, new = plan.department_id, plan.into_id
    owner_id = new if "lead" in moved.roles else item.owner_department_id
    changes: dict[str, Any] = {"version": item.version + 1}
    if "lead" in moved.roles:
        changes["owner_department_id"] = new
    if "section" in moved.roles:
        # Only a department below the lead one can be its section; else the work falls back to the department.
        changes["section_id"] = new if owner_id in chain[1:] else None
    act.connection.execute(update(Item).where(Item.id == item.id).values(**changes))
    if "support" in moved.roles or ("lead" in moved.roles and moved.meets_itself):
        _pass_support(act.connection, item.id, old, new, leads=owner_id == new)
    data = {"from_department": old, "to_department": new, "as": list(moved.roles)}
    write_history(act.connection, item, act.acting, act.now, action=HAND_OVER, from_state=item.state,
                  to_state=item.state, data=data)  # fmt: skip
    before = {"version": item.version, "owner_department_id": item.owner_department_id}
    act.audit(HAND_OVER, f"department:{old}", item_id=item.id, before=before, after={**data, **changes})


def _pass_support(connection: Connection, item_id: int, old: int, new: int, *, leads: bool) -> None:
    """Let the successor support instead; where it leads it supports nobody, where it supports already it owes both."""
    rows = {
        row.department_id: row
        for row in connection.execute(
            select(Support.department_id, Support.owes, Support.due_on).where(
                Support.item_id == item_id, Support.department_id.in_((old, new))
            )
        )
    }
    mine = (Support.item_id == item_id) & (Support.department_id == old)
    if leads:
        both = Support.department_id.in_((old, new))
        connection.execute(delete(Support).where(Support.item_id == item_id, both))
    elif new in rows:
        owed = [text for text in (rows[new].owes, rows[old].owes) if text]
        days = [day for day in (rows[new].due_on, rows[old].due_on) if day]
        connection.execute(delete(Support).where(mine))
        connection.execute(
            update(Support)
            .where(Support.item_id == item_id, Support.department_id == new)
            .values(owes="；".join(dict.fromkeys(owed))[:TITLE_MAX] or None, due_on=min(days, default=None))
        )
    else:
        connection.execute(update(Support).where(mine).values(department_id=new))


def _pass_post(act: Act, moved: MovedPost, into_id: int) -> None:
    """End a post and begin its like in the successor, with the same holders; one that began today just moves."""
    connection = act.connection
    post = connection.execute(
        select(Post.title, Post.title_en, Post.from_on, Post.to_on).where(Post.id == moved.post_id).with_for_update()
    ).one()
    values = {"department_id": into_id, "duty": moved.duty_after, **_title(post.title, post.title_en, moved)}
    if post.from_on >= act.today:
        connection.execute(update(Post).where(Post.id == moved.post_id).values(**values))
        act.audit("pass_post", f"post:{moved.post_id}", after=values)
        pass_seats(act, moved.post_id, moved.post_id)
        return
    new_id = int(
        connection.execute(
            insert(Post)
            .values(is_director=moved.is_director, from_on=act.today, to_on=post.to_on, **values)
            .returning(Post.id)
        ).scalar_one()
    )
    connection.execute(update(Post).where(Post.id == moved.post_id).values(to_on=act.today))
    _pass_holdings(act, moved.post_id, new_id)
    pass_seats(act, moved.post_id, new_id)
    act.audit("pass_post", f"post:{moved.post_id}", before={"to_on": post.to_on},
              after={"to_on": act.today, "post": new_id, **values})  # fmt: skip


def _title(title: str, title_en: str | None, moved: MovedPost) -> dict[str, str | None]:
    """Return the title in the successor: a head who is none any more keeps only a title of their own."""
    old, new = DUTY_LABELS[Duty(moved.duty)], DUTY_LABELS[Duty(moved.duty_after)]
    if moved.duty != moved.duty_after and title == old.zh:
        return {"title": new.zh, "title_en": new.en}
    return {"title": title, "title_en": title_en}


def _pass_holdings(act: Act, post_id: int, new_id: int) -> None:
    connection = act.connection
    rows = connection.execute(
        select(Holding.id, Holding.person_id, Holding.from_on, Holding.to_on)
        .where(Holding.post_id == post_id, is_running(Holding.to_on, act.today))
        .with_for_update()
    ).all()
    for row in rows:
        if row.from_on >= act.today:
            connection.execute(update(Holding).where(Holding.id == row.id).values(post_id=new_id))
            continue
        connection.execute(update(Holding).where(Holding.id == row.id).values(to_on=act.today))
        connection.execute(
            insert(Holding).values(post_id=new_id, person_id=row.person_id, from_on=act.today, to_on=row.to_on)
        )


def _pass_rest(connection: Connection, department_id: int, into_id: int, today: date) -> None:
    """Pass on what hangs on no single item: signatures not yet given, requests, messages, departments below."""
    open_items = select(Item.id).where(Item.closed_at.is_(None))
    connection.execute(
        update(SignSlot)
        .where(waits_for_signature(department_id))
        .values(department_id=into_id)
        .execution_options(synchronize_session=False)
    )
    connection.execute(
        update(SupervisionRequest)
        .where(SupervisionRequest.department_id == department_id, SupervisionRequest.item_id.in_(open_items))
        .values(department_id=into_id)
    )
    successors = department_keys(into_id)
    for letter, key in department_keys(department_id).items():
        connection.execute(
            update(Outbox).where(Outbox.recipient == key, Outbox.status.in_(OWED)).values(recipient=successors[letter])
        )
    connection.execute(
        update(Department)
        .where(Department.parent_id == department_id, is_running(Department.to_on, today))
        .values(parent_id=into_id, version=Department.version + 1)
    )
