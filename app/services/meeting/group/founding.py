"""A leadership group is set up: its office, its term, its seats; corrected while it is a draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from app.core.errors import Fault, ForbiddenError, InvalidError, Sentence
from app.models.item import Item
from app.models.organisation import Department, Post
from app.policy.people import Actor
from app.services.act import Act
from app.services.entering import NewItem, enter_items
from app.services.meeting.group.seating import seat, write_units
from app.services.recording import Acting
from app.services.rulebook import Rulebook
from workflows.meeting.procedure import SEATS, WrongProcedureError, read_procedure
from workflows.roles import OFFICE, Capacity, Duty

_OFFICE_ONLY = Sentence("由协调办办理。", "This is for the coordination office.")


@dataclass(frozen=True, slots=True)
class NewSeat:
    """A seat to be: its role, the post that takes it, its order among its like."""

    role: str
    post_id: int
    rank: int = 1


@dataclass(frozen=True, slots=True)
class NewGroup:
    """A group to be; `parent_id` of a working group 专班 is the leadership group above it."""

    title: str
    office_department_id: int
    term_from_on: date
    term_until_on: date | None = None
    parent_id: int | None = None
    duties: str | None = None
    document: str | None = None
    procedure: Mapping[str, Any] = field(default_factory=dict)
    seats: Sequence[NewSeat] = ()


def require_office(actor: Actor, kind: str) -> Capacity:
    """Return the office post in which somebody works on items of a kind; ForbiddenError when there is none."""
    for capacity in actor.on_kind(kind).capacities:
        if capacity.duty is Duty.OFFICE:
            return capacity
    raise ForbiddenError("not_yours", _OFFICE_ONLY)


def draft_group(act: Act, book: Rulebook, actor: Actor, new: NewGroup) -> int:
    """Enter a group as a draft with its seats; return its id. ForbiddenError outside the office, InvalidError."""
    capacity = require_office(actor, "leadership_group")
    check_group(act, new)
    item = NewItem(
        kind="leadership_group",
        title=new.title,
        parent_id=new.parent_id,
        owner_department_id=new.office_department_id,
        due_on=None,
        details={
            "body": "leadership" if new.parent_id is None else "working",
            "office_department_id": new.office_department_id, "duties": new.duties, "document": new.document,
            "term_from_on": new.term_from_on, "term_until_on": new.term_until_on,
            "procedure": read_procedure(new.procedure).body(),
        },
    )  # fmt: skip
    acting = Acting(act.acting.person_id, OFFICE.name, capacity)
    group_id = enter_items(act.connection, book, acting, act.now, [item], source=act.source)[0]
    for one in new.seats:
        seat(act.connection, group_id, one.role, one.post_id, one.rank, act.today)
    write_units(act.connection, group_id, act.today)
    return group_id


def check_group(act: Act, new: NewGroup) -> None:
    """Raise InvalidError with everything that is wrong with a group to be: rules, term, office, seats."""
    faults = []
    try:
        read_procedure(new.procedure)
    except WrongProcedureError as error:
        faults += tell_wrong_rules(error)
    if new.term_until_on is not None and new.term_until_on <= new.term_from_on:
        faults.append(Fault("term_until_on", Sentence("应晚于开始日期。", "It must lie behind the first day.")))
    office = act.connection.execute(
        select(Department.id).where(Department.id == new.office_department_id, Department.to_on.is_(None))
    ).first()
    if office is None:
        faults.append(Fault("office", Sentence("没有这个部门。", "There is no such department.")))
    if new.parent_id is not None:
        above = act.connection.execute(select(Item.kind, Item.closed_at).where(Item.id == new.parent_id)).first()
        if above is None or above.kind != "leadership_group" or above.closed_at is not None:
            said = Sentence("上级应为一个未撤销的领导小组。", "Above it stands a group that is not dissolved.")
            faults.append(Fault("parent", said))
    faults += check_seats(act, new.seats)
    if faults:
        raise InvalidError(faults)


def tell_wrong_rules(error: WrongProcedureError) -> list[Fault]:
    """Return what is wrong with rules of procedure, by the names that they have outside: amounts are in yuan there."""
    names = {"deputies_fen": "deputies_approve_up_to"}
    return [Fault(f"rules.{names.get(place, place)}", Sentence(said.zh, said.en)) for place, said in error.faults]


def check_seats(act: Act, seats: Sequence[NewSeat]) -> list[Fault]:
    """Return what is wrong with seats: unknown role or post, a post twice, more than one leader."""
    faults = []
    posts = set(
        act.connection.execute(
            select(Post.id).where(Post.id.in_({one.post_id for one in seats}), Post.to_on.is_(None))
        ).scalars()
    )
    seen: set[int] = set()
    for number, one in enumerate(seats, 1):
        if one.role not in SEATS:
            listed = ", ".join(SEATS)
            faults.append(Fault(f"seats[{number}].role", Sentence(f"应为{listed}之一。", f"One of {listed}.")))
        if one.post_id not in posts:
            faults.append(Fault(f"seats[{number}].post", Sentence("没有这个职务。", "There is no such post.")))
        elif one.post_id in seen:
            said = Sentence("同一职务只能有一个席位。", "A post has one seat only.")
            faults.append(Fault(f"seats[{number}].post", said))
        seen.add(one.post_id)
    if sum(one.role == "leader" for one in seats) > 1:
        faults.append(Fault("seats", Sentence("组长只能有一人。", "There is one leader at most.")))
    return faults
