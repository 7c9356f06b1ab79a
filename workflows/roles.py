"""Who is who to an item: duties that posts carry, roles relative to an item, and who stands in for a vacancy.

Rule of practice: an item never waits for nobody. A vacant role falls to the department's head, then to the
office's director, then to whoever holds an office post.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from workflows.words import Text


class Duty(StrEnum):
    """What a post is for."""

    OFFICE = "office"
    HEAD = "head"
    MEMBER = "member"
    FINANCE = "finance"
    LEADER = "leader"
    AUDITOR = "auditor"
    ADMIN = "admin"


DUTY_LABELS = {
    Duty.OFFICE: Text("协调办", "coordination office"),
    Duty.HEAD: Text("部门负责人", "department head"),
    Duty.MEMBER: Text("部门工作人员", "department staff"),
    Duty.FINANCE: Text("财务人员", "finance"),
    Duty.LEADER: Text("领导小组", "leadership group"),
    Duty.AUDITOR: Text("审计", "auditor"),
    Duty.ADMIN: Text("系统管理员", "administrator"),
}

Relation = Literal["city", "own", "support", "parent", "chair"]


@dataclass(frozen=True, slots=True)
class Capacity:
    """A post in which one person may act at this moment: held, or lent by its holder (`delegation.lending`)."""

    post_id: int
    person_id: int
    duty: Duty
    department_id: int
    is_director: bool = False
    #: Whose post it is when it is lent: the person is the substitute and acts on their behalf.
    for_person_id: int | None = None
    #: The kinds of items for which it is lent; None: all.
    kinds: frozenset[str] | None = None
    #: The largest amount, in fen, of an item that is about money on which it counts: for which it is lent, or which the
    #: rules of procedure leave to a leader's post, whichever is less; None: any.
    amount_max_fen: int | None = None
    #: Through whose hands it came where it was lent on.
    through: frozenset[int] = frozenset()
    #: The kinds of items on which a leader's post has no say by the rules of procedure.
    barred: frozenset[str] = frozenset()
    #: Whether what is told to the leadership group is told to a leader's post by these rules.
    is_called: bool = True

    @property
    def holder_id(self) -> int:
        """Who holds the post: the person, or whom they stand for."""
        return self.person_id if self.for_person_id is None else self.for_person_id

    @property
    def is_lent(self) -> bool:
        """Whether the person acts as somebody's substitute."""
        return self.for_person_id is not None

    @property
    def people(self) -> frozenset[int]:
        """Everybody whose act it is when this capacity is used; nobody of them approves what one of them submitted."""
        return self.through | {self.person_id, self.holder_id}

    def serves(self, kind: str | None, amount_fen: int | None = None) -> bool:
        """Whether it may be used on an item of `kind`, which is about `amount_fen` (None: about no money)."""
        within = self.amount_max_fen is None or amount_fen is None or amount_fen <= self.amount_max_fen
        return within and kind not in self.barred and self.covers(kind)

    def covers(self, kind: str | None) -> bool:
        """Whether it was not lent for other kinds of items only: what counts beside the steps (remarks, files)."""
        return self.kinds is None or kind in self.kinds


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands among departments; what a relative role is relative to."""

    owner_department_id: int | None
    support_ids: frozenset[int] = frozenset()
    parent_department_id: int | None = None
    assignee_id: int | None = None
    #: The section inside the lead department to which the work was handed on (科室分办).
    section_id: int | None = None
    #: The item's kind; without it nothing that was lent for some kinds fits.
    kind: str | None = None
    #: What an allocation or a payment is about, in fen; other items are about no money.
    amount_fen: int | None = None
    #: The post that chairs the meeting, of a meeting and what belongs to one; None: none is named.
    chair_post_id: int | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """A role relative to an item: some duties, in a department that stands in some relation to it."""

    name: str
    label: Text
    duties: frozenset[Duty]
    relation: Relation = "city"
    director_only: bool = False
    #: The role is the item's assignee; without one it is the department's head.
    assignee: bool = False
    #: The section to which the work was handed on counts as the department itself.
    with_section: bool = False

    def departments(self, place: Place) -> frozenset[int] | None:
        """Return the departments whose posts count, None for the whole city."""
        if self.relation == "city":
            return None
        if self.relation == "support":
            return place.support_ids
        if self.relation == "chair":
            return None if place.chair_post_id is None else frozenset()
        one = place.owner_department_id if self.relation == "own" else place.parent_department_id
        section = place.section_id if self.with_section else None
        return frozenset(department_id for department_id in (one, section) if department_id is not None)

    def fits(self, capacity: Capacity, place: Place) -> bool:
        """Whether `capacity` is this role to an item at `place` (vacancies apart).

        A substitute is the assignee in the posts lent, so in the item's department (or section) only.
        """
        if not capacity.serves(place.kind, place.amount_fen):
            return False
        if self.relation == "chair" and place.chair_post_id is not None:
            return capacity.post_id == place.chair_post_id
        if self.assignee and place.assignee_id is not None:
            here = not capacity.is_lent or capacity.department_id in (place.owner_department_id, place.section_id)
            return here and capacity.holder_id == place.assignee_id and capacity.duty is not Duty.AUDITOR
        if capacity.duty not in self.duties or (self.director_only and not capacity.is_director):
            return False
        departments = self.departments(place)
        return departments is None or capacity.department_id in departments


def resolve(role: Role, place: Place, holders: Iterable[Capacity]) -> tuple[Capacity, ...]:
    """Return who acts in `role` now, down the chain of stand-ins when it is vacant.

    `holders` are the present holders of posts in the departments concerned and in the office. Empty only when
    the city has no office post either.
    """
    present = tuple(holder for holder in holders if holder.serves(place.kind, place.amount_fen))
    found = tuple(holder for holder in present if role.fits(holder, place))
    if found:
        return found
    departments = role.departments(place)
    stand_ins = (
        lambda h: h.duty is Duty.HEAD and departments is not None and h.department_id in departments,
        lambda h: h.duty is Duty.OFFICE and h.is_director,
        lambda h: h.duty is Duty.OFFICE,
    )
    for stands_in in stand_ins:
        found = tuple(holder for holder in present if stands_in(holder))
        if found:
            return found
    return ()


def _role(name: str, zh: str, en: str, *duties: Duty, relation: Relation = "city", **more: bool) -> Role:
    return Role(name, Text(zh, en), frozenset(duties), relation, **more)


OFFICE = _role("office", "协调办", "the coordination office", Duty.OFFICE)
OFFICE_DIRECTOR = _role("office_director", "协调办主任", "the office's director", Duty.OFFICE, director_only=True)
LEADERSHIP = _role("leadership", "领导小组", "the leadership group", Duty.LEADER)
LEAD_HEAD = _role("lead_head", "牵头单位负责人", "the lead department's head", Duty.HEAD, relation="own")
LEAD_STAFF = _role(
    "lead_staff", "牵头单位", "the lead department", Duty.HEAD, Duty.MEMBER, relation="own", with_section=True
)
ASSIGNEE = _role("assignee", "承办人", "the assignee", Duty.HEAD, relation="own", assignee=True)
SUPPORT_HEAD = _role(
    "support_head", "配合单位负责人", "the supporting department's head", Duty.HEAD, relation="support"
)
#: Whoever manages the fund from which an item draws: its finance department supports the item.
FINANCE = _role("finance", "财政", "finance", Duty.FINANCE, relation="support")
#: A member unit of a leadership group, a working group or a meeting: the units that support the item.
UNIT_HEAD = _role("unit_head", "成员单位负责人", "the member unit's head", Duty.HEAD, relation="support")
#: Whoever holds the post that chairs the meeting; before one is named, the leadership group.
CHAIR = _role("chair", "主持人", "the chair", Duty.LEADER, relation="chair")
PARENT_STAFF = _role(
    "parent_staff",
    "上级事项牵头单位",
    "the lead department of the task above",
    Duty.HEAD,
    Duty.MEMBER,
    relation="parent",
)
#: Acts through the product itself (a sign-off that completes, an import); no person fits it.
SYSTEM = Role("system", Text("系统", "the system"), frozenset())

ROLES = {
    role.name: role
    for role in (
        OFFICE,
        OFFICE_DIRECTOR,
        LEADERSHIP,
        LEAD_HEAD,
        LEAD_STAFF,
        ASSIGNEE,
        SUPPORT_HEAD,
        FINANCE,
        UNIT_HEAD,
        CHAIR,
        PARENT_STAFF,
        SYSTEM,
    )
}
