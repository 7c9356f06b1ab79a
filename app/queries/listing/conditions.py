"""The conditions of lists: what a filter asks for, as SQL over Item, ItemClock and ItemAccess.

Words are searched in the folded column, every one must occur, wildcards stand for themselves. Brackets count as one
another (督[2026]17 finds 督〔2026〕17号). The running number of an item finds it, with its kind or without (任务12,
Task 12, #12, 12).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select

from app.core.text import fold
from app.models.item import KINDS, Item, ItemAccess, ItemClock, Phase, Project, Support, Task
from app.models.organisation import Department
from app.models.remark import ItemArchive
from app.policy.access import NO_DUE
from app.queries.listing.pairs import contains_word
from app.queries.predicate import OVERDUE, Day

#: Asked for as a phase: projects that have not entered any.
NO_PHASE = "-"
Part = Literal["lead", "support", "either"]

_WORDS_MAX = 10
_OPENING, _CLOSING = "([〔【〖{", ")]〕】〗}"
_BRACKETS = re.compile(f"[{re.escape(_OPENING + _CLOSING)}]")
#: What an item without a number is called on the pages, in both languages.
_RUNNING = re.compile(
    r"(?:(?P<project>项目|project)|(?P<task>任务|task)|(?P<share>分工|share)|(?P<slip>督办单|notice)|(?P<request>申请|request)"
    r"|(?P<allocation>资金安排|allocation)|(?P<disbursement>拨付|disbursement)|(?P<leadership_group>领导小组|专班|group)"
    r"|(?P<meeting>会议|meeting)|(?P<agenda_item>议题|topic)|(?P<decision>议定事项|decision))?"
    r" ?#?(?P<id>[0-9]{1,18})"
)


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """What a list shows; None or empty does not restrict.

    `department_id` takes in the departments below it, by `part` as lead, as support or as either; `support_id` is a
    supporting department beside it. `words`: every one
    must occur. Due dates are from–until, both included; closing instants are half-open. `rung`: the level of
    escalation that has been reached at least. `phase` is a phase's name in either language,
    `NO_PHASE` for none.
    """

    kinds: tuple[str, ...] = KINDS
    states: tuple[str, ...] = ()
    is_open: bool | None = None
    department_id: int | None = None
    part: Part = "either"
    support_id: int | None = None
    assignee_id: int | None = None
    lights: tuple[str, ...] = ()
    urgencies: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    phase: str = ""
    parent_id: int | None = None
    due_from: date | None = None
    due_until: date | None = None
    closed_from: datetime | None = None
    closed_before: datetime | None = None
    rung: int = 0
    is_overdue: bool | None = None
    is_archived: bool | None = None
    words: str = ""
    #: Items that are found beside those in which the words occur.
    also_ids: tuple[int, ...] = ()

    @property
    def needs_item(self) -> bool:
        """Whether a walk of `item_access` must look at the item itself."""
        return bool(
            self.states or self.words or self.department_id or self.support_id or self.assignee_id or self.parent_id
            or self.urgencies or self.sources or self.phase or self.closed_from or self.closed_before
        )  # fmt: skip

    @property
    def needs_clock(self) -> bool:
        """Whether the item's clock must be looked at."""
        return bool(self.lights or self.rung)

    @property
    def openness(self) -> tuple[bool, ...]:
        """The values of openness to walk."""
        if self.is_overdue:
            return (True,)
        return (True, False) if self.is_open is None else (self.is_open,)


def is_overdue(today: Any) -> ColumnElement[bool]:  # noqa: ANN401  # a date, or a parameter for one
    """Return the SQL twin of "open and its due date has passed"."""
    return OVERDUE.where(Day(today, today))


def make_conditions(today: date, wanted: ItemFilter, *, by_access: bool) -> Iterator[ColumnElement[bool]]:
    """Yield what the filter asks for; openness and dates from `item_access` where that is what is walked."""
    if not by_access and wanted.is_open is not None:
        yield Item.closed_at.is_(None) if wanted.is_open else Item.closed_at.is_not(None)
    if wanted.is_overdue is not None:
        overdue = and_(ItemAccess.is_open, ItemAccess.due_key < today) if by_access else is_overdue(today)
        yield overdue if wanted.is_overdue else ~func.coalesce(overdue, false())
    if wanted.is_archived is not None:
        item_id: Any = ItemAccess.item_id if by_access else Item.id
        archived = exists().where(ItemArchive.item_id == item_id, ItemArchive.archived_at.is_not(None))
        yield archived if wanted.is_archived else ~archived
    yield from _make_due(wanted, by_access=by_access)
    yield from _make_own(wanted)
    if wanted.lights:
        yield ItemClock.light.in_(wanted.lights)
    if wanted.rung:
        yield ItemClock.rung >= wanted.rung
    if wanted.sources:
        yield exists().where(Task.item_id == Item.id, Task.source_kind.in_(wanted.sources))
    if wanted.phase == NO_PHASE:
        yield exists().where(Project.item_id == Item.id, func.coalesce(Project.phase_seq, 0) == 0)
    elif wanted.phase:
        yield exists().where(
            Project.item_id == Item.id, Phase.project_id == Item.id, Phase.seq == Project.phase_seq,
            or_(Phase.name == wanted.phase, Phase.name_en == wanted.phase),
        )  # fmt: skip
    if wanted.department_id is not None:
        yield _concerns(wanted.department_id, wanted.part)
    if wanted.support_id is not None:
        yield _concerns(wanted.support_id, "support", "below_beside")
    yield from _make_words(wanted.words, wanted.also_ids)


def _make_due(wanted: ItemFilter, *, by_access: bool) -> Iterator[ColumnElement[bool]]:
    if wanted.due_from is not None:
        yield ItemAccess.due_key >= wanted.due_from if by_access else Item.due_on >= wanted.due_from
    if wanted.due_until is not None:
        yield ItemAccess.due_key <= wanted.due_until if by_access else Item.due_on <= wanted.due_until
    if by_access and (wanted.due_from is not None or wanted.due_until is not None):
        yield ItemAccess.due_key < NO_DUE


def _make_own(wanted: ItemFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.states:
        yield Item.state.in_(wanted.states)
    if wanted.urgencies:
        yield Item.urgency.in_(wanted.urgencies)
    if wanted.assignee_id is not None:
        yield Item.assignee_id == wanted.assignee_id
    if wanted.parent_id is not None:
        yield Item.parent_id == wanted.parent_id
    if wanted.closed_from is not None:
        yield Item.closed_at >= wanted.closed_from
    if wanted.closed_before is not None:
        yield Item.closed_at < wanted.closed_before


def _make_words(text: str, also_ids: tuple[int, ...]) -> Iterator[ColumnElement[bool]]:
    folded = fold(text)
    found = [_contains(word) for word in folded.split()[:_WORDS_MAX]]
    if not found:
        return
    running = _RUNNING.fullmatch(folded)
    if running is not None:
        kind = next((name for name in KINDS if running[name]), None)
        by_number = Item.id == int(running["id"])
        yield or_(and_(*found), by_number if kind is None else and_(by_number, Item.kind == kind))
        return
    yield or_(and_(*found), Item.id.in_(also_ids)) if also_ids else and_(*found)


def _contains(word: str) -> ColumnElement[bool]:
    """Return that the word occurs, whichever brackets stand in it."""
    if _BRACKETS.search(word) is None:
        return contains_word(word)
    forms = [
        _BRACKETS.sub(lambda found: opening if found[0] in _OPENING else closing, word)  # noqa: B023  # used at once
        for opening, closing in zip(_OPENING, _CLOSING, strict=True)
    ]
    return contains_word(word, forms, _OPENING + _CLOSING)


def _concerns(department_id: int, part: Part, name: str = "below") -> ColumnElement[bool]:
    """Return that a department, or one below it, takes part; `name` tells the trees of one statement apart."""
    below = select(Department.id).where(Department.id == department_id).cte(name, recursive=True)
    below = below.union(select(Department.id).join(below, Department.parent_id == below.c.id))
    ids = select(below.c.id)
    leads = Item.owner_department_id.in_(ids)
    supports = exists().where(Support.item_id == Item.id, Support.department_id.in_(ids))
    return {"lead": leads, "support": supports, "either": or_(leads, supports)}[part]
