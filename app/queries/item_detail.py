"""One item with everything that its page shows; what hangs on it is shown only as far as the caller may read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Date, Select, String, bindparam, cast, func, or_, select, union_all
from sqlalchemy.engine import Connection

from app.core.errors import NotFoundError
from app.models.allocation import Allocation, Disbursement
from app.models.attachment import Attachment
from app.models.escalation import Episode
from app.models.group import LeadershipGroup
from app.models.item import (
    KINDS,
    Criterion,
    Item,
    ItemClock,
    ItemLink,
    Milestone,
    Phase,
    Project,
    Share,
    Support,
    Task,
)
from app.models.meeting import Meeting
from app.models.organisation import Department, Person
from app.models.remark import CriterionFile
from app.models.supervision import Slip, SupervisionRequest
from app.models.topic import AgendaItem, Decision
from app.queries.item import READERS, ItemRow, is_readable, select_rows
from app.queries.on_item.archive import STATE_COLUMNS, ArchiveState, join_archive, read_state
from app.queries.work.signing import SignOffRow, read_sign_offs
from workflows.light import renew_values

#: What `find_item` reads beside the columns of a list.
_MORE = (
    "state_since", "paused_state", "created_by_name", "currency", "external_source", "external_key", "due_basis",
    "light_facts", "light_since_on",
)  # fmt: skip
#: How many items of a kind a page shows below one.
CHILDREN_MAX = 30
_DETAILS: dict[str, Any] = {
    "project": Project, "task": Task, "share": Share, "slip": Slip, "request": SupervisionRequest,
    "allocation": Allocation, "disbursement": Disbursement, "leadership_group": LeadershipGroup, "meeting": Meeting,
    "agenda_item": AgendaItem, "decision": Decision,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SupportRow:
    """A supporting department and what it owes."""

    department_id: int
    name: str
    name_en: str | None
    owes: str | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """An acceptance criterion with its answer, if any."""

    seq: int
    wanted: str
    answer: str | None
    evidence: str | None
    #: Ids of the item's files that prove it, those taken away left out.
    files: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PhaseRow:
    """A phase of a project: entered, passed with evidence."""

    seq: int
    name: str
    name_en: str
    planned_on: date | None
    entered_at: datetime | None
    passed_at: datetime | None
    gate_evidence: str | None
    gate_decision: str | None


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """A dated point of a project."""

    id: int
    name: str
    planned_on: date
    forecast_on: date | None
    reached_on: date | None
    weight_pct: int


@dataclass(frozen=True, slots=True)
class LinkRow:
    """Another item that this one is linked with; `is_from`: this one stands at the link's start."""

    kind: str
    is_from: bool
    item: ItemRow


@dataclass(frozen=True, slots=True)
class EpisodeRow:
    """A cause of stalling that runs now, and when it rises next."""

    cause: str
    anchor: str
    base_on: date
    opened_at: datetime
    next_level: int | None
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class ItemDetail:
    """One item. `details` holds the columns of its kind's own table; `children` the items below it."""

    row: ItemRow
    state_since: datetime
    paused_state: str | None
    created_by_name: str
    currency: str | None
    external_source: str | None
    external_key: str | None
    due_basis: Mapping[str, Any] | None
    light_facts: Mapping[str, Any] | None
    light_since_on: date | None
    details: Mapping[str, Any]
    parent: ItemRow | None
    children: tuple[ItemRow, ...]
    supports: tuple[SupportRow, ...]
    criteria: tuple[CriterionRow, ...]
    phases: tuple[PhaseRow, ...]
    milestones: tuple[MilestoneRow, ...]
    links: tuple[LinkRow, ...]
    sign_offs: tuple[SignOffRow, ...]
    episodes: tuple[EpisodeRow, ...]
    archive: ArchiveState | None = None


#: Built once, as whatever else an item's page asks for: building such a statement takes longer than its answer.
_TODAY = bindparam("today", type_=Date)
_ITEM = join_archive(
    select_rows(_TODAY)
    .add_columns(
        Item.state_since, Item.paused_state, Person.name, Item.currency, Item.external_source,
        Item.external_key, Item.due_basis, ItemClock.light_facts, ItemClock.light_since_on,
    )
    .join(Person, Person.id == Item.created_by)
    .where(Item.id == bindparam("item_id"), is_readable(READERS))
)  # fmt: skip


def find_item(
    connection: Connection, readers: Sequence[str], item_id: int, today: date, *, children_max: int | None = None
) -> ItemDetail:
    """Return the item; NotFoundError when there is none or none of `readers` may read it.

    With `children_max` at most so many of each kind below it, open ones first, by due date.
    """
    asked = {"today": today, "item_id": item_id, "readers": list(readers)}
    whole: Any = connection.execute(_ITEM, asked).first()
    if whole is None:
        raise NotFoundError
    found, archive = whole[: -len(STATE_COLUMNS)], read_state(whole[-len(STATE_COLUMNS) :])
    row = ItemRow(*found[: -len(_MORE)])
    more: dict[str, Any] = dict(zip(_MORE, found[-len(_MORE) :], strict=True))
    near = _read_near(connection, asked, row.parent_id, children_max)
    details = _read_details(connection, row)
    more["light_facts"] = renew_values(more["light_facts"], details.get("start_on"), row.due_on, today)
    return ItemDetail(
        row=row,
        **more,
        details=details,
        parent=next((other for other in near if other.id == row.parent_id), None),
        children=tuple(other for other in near if other.parent_id == row.id),
        supports=_read_supports(connection, item_id),
        criteria=_read_criteria(connection, item_id),
        phases=_read_phases(connection, item_id),
        milestones=_read_milestones(connection, item_id),
        links=_read_links(connection, asked),
        sign_offs=read_sign_offs(connection, item_id),
        episodes=_read_episodes(connection, item_id),
        archive=archive,
    )


def _read_near(
    connection: Connection, asked: Mapping[str, Any], parent_id: int | None, children_max: int | None
) -> list[ItemRow]:
    """Return the readable items directly above and below, by id."""
    found = connection.execute(_build_near(children_max), {**asked, "parent_id": parent_id})
    return [ItemRow(*other) for other in found.all()]


@cache
def _build_near(children_max: int | None) -> Select[*tuple[Any, ...]]:
    # A branch each, joined by their ids: an OR of both sides would read every item.
    is_below = Item.parent_id == bindparam("item_id", type_=BigInteger)
    branches: list[Select[Any]] = [select(Item.id).where(Item.id == bindparam("parent_id", type_=BigInteger))]
    if children_max is None:
        branches.append(select(Item.id).where(is_below))
    else:
        # A branch a kind, so that thousands of tasks do not crowd out the slips.
        first = (Item.closed_at.is_not(None), Item.due_on.is_(None), Item.due_on, Item.id)
        branches += [
            select(
                select(Item.id)
                .where(is_below, Item.kind == kind, is_readable(READERS))
                .order_by(*first)
                .limit(children_max)
                .subquery()
            )
            for kind in KINDS
        ]
    near = union_all(*branches).subquery()
    return select_rows(_TODAY).join(near, near.c.id == Item.id).where(is_readable(READERS)).order_by(Item.id)


def _read_details(connection: Connection, row: ItemRow) -> Mapping[str, Any]:
    table = _DETAILS[row.kind].__table__
    found = connection.execute(select(table).where(table.c.item_id == row.id)).mappings().first()
    return {key: value for key, value in (found or {}).items() if key != "item_id"}


def _read_supports(connection: Connection, item_id: int) -> tuple[SupportRow, ...]:
    statement = (
        select(Department.id, Department.name, Department.name_en, Support.owes, Support.due_on)
        .join(Support, Support.department_id == Department.id)
        .where(Support.item_id == item_id)
        .order_by(Department.sort_key, Department.id)
    )
    return tuple(SupportRow(*row) for row in connection.execute(statement))


def _read_criteria(connection: Connection, item_id: int) -> tuple[CriterionRow, ...]:
    files = (
        select(func.aggregate_strings(cast(Attachment.id, String), ","))
        .join(CriterionFile, CriterionFile.attachment_id == Attachment.id)
        .where(CriterionFile.criterion_id == Criterion.id, Attachment.removed_at.is_(None))
        .scalar_subquery()
    )
    statement = select(Criterion.seq, Criterion.wanted, Criterion.answer, Criterion.evidence, files)
    rows: Any = connection.execute(statement.where(Criterion.item_id == item_id).order_by(Criterion.seq))
    return tuple(CriterionRow(*(*row[:-1], _read_ids(row[-1]))) for row in rows)


def _read_ids(joined: str | None) -> tuple[int, ...]:
    return tuple(sorted(map(int, joined.split(",")))) if joined else ()


def _read_phases(connection: Connection, item_id: int) -> tuple[PhaseRow, ...]:
    statement = select(
        Phase.seq, Phase.name, Phase.name_en, Phase.planned_on, Phase.entered_at, Phase.passed_at,
        Phase.gate_evidence, Phase.gate_decision,
    )  # fmt: skip
    rows = connection.execute(statement.where(Phase.project_id == item_id).order_by(Phase.seq))
    return tuple(PhaseRow(*row) for row in rows)


def _read_milestones(connection: Connection, item_id: int) -> tuple[MilestoneRow, ...]:
    statement = select(
        Milestone.id, Milestone.name, Milestone.planned_on, Milestone.forecast_on, Milestone.reached_on,
        Milestone.weight_pct,
    )  # fmt: skip
    rows = connection.execute(
        statement.where(Milestone.project_id == item_id).order_by(Milestone.planned_on, Milestone.id)
    )
    return tuple(MilestoneRow(*row) for row in rows)


_IS_FROM = (ItemLink.from_id == bindparam("item_id")) & (ItemLink.to_id == Item.id)
_IS_TO = (ItemLink.to_id == bindparam("item_id")) & (ItemLink.from_id == Item.id)
_LINKS = (
    select_rows(_TODAY)
    .add_columns(ItemLink.kind, ItemLink.from_id)
    .join(ItemLink, or_(_IS_FROM, _IS_TO))
    .where(is_readable(READERS))
    .order_by(ItemLink.kind, Item.id)
)


def _read_links(connection: Connection, asked: Mapping[str, Any]) -> tuple[LinkRow, ...]:
    found = connection.execute(_LINKS, asked)
    return tuple(LinkRow(row[-2], row[-1] == asked["item_id"], ItemRow(*row[:-2])) for row in found.all())


def _read_episodes(connection: Connection, item_id: int) -> tuple[EpisodeRow, ...]:
    statement = (
        select(Episode.cause, Episode.anchor, Episode.base_on, Episode.opened_at, Episode.next_level, Episode.next_at)
        .where(Episode.item_id == item_id, Episode.ended_at.is_(None))
        .order_by(Episode.next_at.is_(None), Episode.next_at, Episode.id)
    )
    return tuple(EpisodeRow(*row) for row in connection.execute(statement))
