"""Posts, and who holds them from when until when (half-open city dates).

Three rules: the last office post is never vacated, since everything that nobody else answers for falls to it; who
leaves a department hands back what they were in charge of there; a new head or director reads the confidential
items of the department at once.
"""

from datetime import date

from sqlalchemy import case, delete, exists, func, insert, or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.sql.elements import ColumnElement, SQLColumnExpression

from app.core.errors import ConflictError, Fault, InvalidError, NotFoundError, Sentence
from app.core.text import NAME_MAX
from app.models.item import Item, Support
from app.models.organisation import Department, Holding, Person, Post
from app.policy import access
from app.services.act import Act, read_name
from app.services.loading import load
from app.services.meeting.group.seating import end_seats, write_authority
from app.services.organisation.vanished import tell_vanished
from app.services.recording import write_history
from workflows.roles import DUTY_LABELS, Duty

_BATCH = 1000


def add_post(
    act: Act,
    department_id: int,
    duty: str,
    *,
    title: str | None = None,
    title_en: str | None = None,
    is_director: bool = False,
) -> int:
    """Add a post that begins today and return its id; a head's or director's post reads what it must at once."""
    faults: list[Fault] = []
    if duty not in [known.value for known in Duty]:
        known = ", ".join(known.value for known in Duty)
        faults.append(Fault("role", Sentence(f"应为{known}之一。", f"expected one of {known}.")))
        raise InvalidError(faults)
    if is_director and duty != Duty.OFFICE:
        faults.append(
            Fault("director", Sentence("只有协调办岗位可设主任。", "Only an office post can be the director's."))
        )
    label = DUTY_LABELS[Duty(duty)]
    shown = read_name(faults, "title", title or label.zh, NAME_MAX)
    english = read_name(faults, "title_en", title_en or (None if title else label.en), NAME_MAX, required=False)
    act.connection.execute(select(Department.id).where(Department.id == department_id).with_for_update(read=True))
    gone = tell_vanished(act.connection, department_id, act.today)
    if gone is not None:
        faults.append(Fault("department", gone))
    if faults:
        raise InvalidError(faults)
    post_id = int(
        act.connection.execute(
            insert(Post)
            .values(
                department_id=department_id,
                duty=duty,
                title=shown,
                title_en=english,
                is_director=is_director,
                from_on=act.today,
            )
            .returning(Post.id)
        ).scalar_one()
    )
    after = {"department": department_id, "duty": duty, "is_director": is_director}
    act.audit("add_post", f"post:{post_id}", after=after)
    if duty == Duty.LEADER:
        write_authority(act.connection, act.today)
    if is_director:
        refresh_access(act.connection, Item.confidential)
    elif duty == Duty.HEAD:
        refresh_access(act.connection, Item.confidential & _concerns(department_id))
    return post_id


def close_post(act: Act, post_id: int) -> None:
    """End a post today, and its seats in leadership groups with it.

    ConflictError while somebody holds it, NotFoundError when there is none.
    """
    row = act.connection.execute(select(Post.from_on, Post.to_on).where(Post.id == post_id).with_for_update()).first()
    if row is None:
        raise NotFoundError("没有这个岗位。", "There is no such post.")
    held = act.connection.execute(
        select(Person.name)
        .join(Holding, Holding.person_id == Person.id)
        .where(Holding.post_id == post_id, is_held(act.today, ever=True))
        .limit(1)
    ).scalar_one_or_none()
    if held is not None:
        raise ConflictError(
            "post_held", Sentence(f"{held}仍在此岗位，请先免去。", f"{held} still holds this post; vacate it first.")
        )
    to_on = max(act.today, row.from_on)
    act.connection.execute(update(Post).where(Post.id == post_id).values(to_on=to_on))
    act.audit("close_post", f"post:{post_id}", before={"to_on": row.to_on}, after={"to_on": to_on})
    end_seats(act, post_id)


def appoint(act: Act, post_id: int, person_id: int, *, from_on: date | None = None) -> int:
    """Let a person hold a post from a day on (default today) and return the holding's id.

    InvalidError when the person is not active, the post is closed, or the person holds it already.
    """
    begins = from_on or act.today
    faults = []
    post = act.connection.execute(select(Post.to_on).where(Post.id == post_id).with_for_update(read=True)).first()
    if post is None or (post.to_on is not None and post.to_on <= begins):
        faults.append(Fault("post", Sentence("没有这个岗位，或岗位已撤销。", "No such post, or it is closed.")))
    person = act.connection.execute(
        select(Person.id).where(Person.id == person_id, Person.is_active, ~Person.is_system).with_for_update(read=True)
    ).first()
    if person is None:
        faults.append(Fault("person", Sentence("没有这个在职人员。", "There is no such active person.")))
    taken = select(Holding.id).where(
        Holding.post_id == post_id,
        Holding.person_id == person_id,
        or_(Holding.to_on.is_(None), Holding.to_on > begins),
    )
    if act.connection.execute(taken).first() is not None:
        faults.append(Fault("person", Sentence("此人已任此岗位。", "This person holds the post already.")))
    if faults:
        raise InvalidError(faults)
    holding_id = int(
        act.connection.execute(
            insert(Holding).values(post_id=post_id, person_id=person_id, from_on=begins).returning(Holding.id)
        ).scalar_one()
    )
    act.audit("appoint", f"post:{post_id}", after={"person": person_id, "from_on": begins})
    return holding_id


def fill_post(act: Act, department_id: int, duty: str, person_id: int, *, is_director: bool = False) -> int:
    """Appoint a person to a vacant post of the department with this duty, or to a new one; returns the post's id."""
    vacant = act.connection.execute(
        select(Post.id)
        .where(
            Post.department_id == department_id,
            Post.duty == duty,
            Post.is_director == is_director,
            or_(Post.to_on.is_(None), Post.to_on > act.today),
            ~exists().where(Holding.post_id == Post.id, is_held(act.today, ever=True)),
        )
        .order_by(Post.id)
        .limit(1)
        .with_for_update()
    ).scalar_one_or_none()
    post_id = vacant or add_post(act, department_id, duty, is_director=is_director)
    appoint(act, post_id, person_id)
    return post_id


def vacate(act: Act, holding_id: int, *, on: date | None = None) -> None:
    """End a holding on a day, today at the latest: from then on the person no longer acts in the post (idempotent).

    A holding that has not lasted a day leaves only its audit row. What the person was in charge of in that
    department falls to its head. ConflictError when it is the last held office post.
    """
    row = act.connection.execute(
        select(Holding.post_id, Holding.person_id, Holding.from_on, Holding.to_on, Post.duty)
        .join(Post, Post.id == Holding.post_id)
        .where(Holding.id == holding_id)
    ).first()
    if row is None:
        raise NotFoundError("没有这项任职。", "There is no such holding.")
    ends = on or act.today
    if ends > act.today:
        said = Sentence("免去在当天办理，日期不能晚于今天。", "A post is vacated on its day: not after today.")
        raise InvalidError([Fault("on", said)])
    if row.to_on is not None and row.to_on <= act.today:
        return
    if row.duty == Duty.OFFICE:
        _keep_office(act, holding_id)
    if row.from_on >= ends:
        act.connection.execute(delete(Holding).where(Holding.id == holding_id))
    else:
        act.connection.execute(update(Holding).where(Holding.id == holding_id).values(to_on=ends))
    before = {"person": row.person_id, "from_on": row.from_on, "to_on": row.to_on}
    act.audit("vacate", f"post:{row.post_id}", before=before, after={"to_on": ends})
    release_assignments(act, row.person_id)


def _keep_office(act: Act, holding_id: int) -> None:
    """Refuse to vacate the last office post; all of them are locked, so two who leave at once cannot both go."""
    posts = select(Post.id).where(Post.duty == Duty.OFFICE).order_by(Post.id).with_for_update()
    act.connection.execute(posts).all()
    left = act.connection.execute(
        select(func.count())
        .select_from(Holding)
        .join(Post, Post.id == Holding.post_id)
        .join(Person, Person.id == Holding.person_id)
        .where(
            Post.duty == Duty.OFFICE,
            or_(Post.to_on.is_(None), Post.to_on > act.today),
            Person.is_active,
            Holding.id != holding_id,
            is_held(act.today),
        )
    ).scalar_one()
    if left == 0:
        raise ConflictError(
            "last_office_post",
            Sentence(
                "这是协调办最后一名在岗人员：请先任命接任者，否则无人受理的事项将无人承接。",
                "This is the last person in the office: appoint a successor first, or what nobody else answers for"
                " would wait for nobody.",
            ),
        )


def is_held(today: date, *, ever: bool = False) -> ColumnElement[bool]:
    """Return the condition: whether a holding runs on `today`; `ever`: or will later."""
    lasts = or_(Holding.to_on.is_(None), Holding.to_on > today)
    return lasts if ever else (Holding.from_on <= today) & lasts


def find_holding(connection: Connection, holding_id: int) -> tuple[int, int]:
    """Return person and post of a holding; NotFoundError when there is none."""
    row = connection.execute(select(Holding.person_id, Holding.post_id).where(Holding.id == holding_id)).first()
    if row is None:
        raise NotFoundError("没有这项任职。", "There is no such holding.")
    return row.person_id, row.post_id


def list_charges(connection: Connection, person_id: int) -> list[tuple[int, str | None]]:
    """Return the open items (id, title) that a person is in charge of: what a warning before leaving shows.

    A confidential item has no title here: who keeps the organisation need not be its reader.
    """
    rows = connection.execute(
        select(Item.id, case((Item.confidential, None), else_=Item.title))
        .where(Item.assignee_id == person_id, Item.closed_at.is_(None))
        .order_by(Item.id)
    )
    return [(item_id, title) for item_id, title in rows]


def release_assignments(act: Act, person_id: int) -> list[int]:
    """Take a person off open items of departments where they no longer work; returns the items' ids.

    Without an assignee the head of the department answers for an item.
    """
    works_there = exists().where(
        Holding.person_id == person_id,
        Holding.post_id == Post.id,
        or_(Post.department_id == Item.owner_department_id, Post.department_id == Item.section_id),
        Post.duty.in_((Duty.HEAD, Duty.MEMBER)),
        or_(Post.to_on.is_(None), Post.to_on > act.today),
        Person.id == Holding.person_id,
        Person.is_active,
        is_held(act.today, ever=True),
    )
    ids = list(
        act.connection.execute(
            select(Item.id)
            .where(Item.assignee_id == person_id, Item.closed_at.is_(None), ~works_there)
            .order_by(Item.id)
            .with_for_update()
        ).scalars()
    )
    for item_id in ids:
        item = load(act.connection, item_id)
        act.connection.execute(
            update(Item).where(Item.id == item_id).values(assignee_id=None, version=item.version + 1)
        )
        data = {"person": person_id}
        write_history(act.connection, item, act.acting, act.now, action="release", from_state=item.state,
                      to_state=item.state, data=data)  # fmt: skip
        act.audit("release", f"person:{person_id}", item_id=item_id, before={"assignee_id": person_id},
                  after={"assignee_id": None})  # fmt: skip
    access.refresh(act.connection, ids)
    return ids


def _concerns(department_id: int) -> ColumnElement[bool]:
    supports = select(Support.item_id).where(Support.department_id == department_id)
    return (Item.owner_department_id == department_id) | Item.id.in_(supports)


def refresh_access(connection: Connection, condition: SQLColumnExpression[bool]) -> None:
    """Write the readers of the items that meet `condition`, and of what is below them, anew."""
    ids = list(connection.execute(select(Item.id).where(condition).order_by(Item.id)).scalars())
    for start in range(0, len(ids), _BATCH):
        access.refresh(connection, ids[start : start + _BATCH])
