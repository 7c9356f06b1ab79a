"""What the papers about the city are made from: plain frozen values, already cut to what the reader may read.

Days are the city's. `made_at` is the data time in the city's zone: it dates the paper, nothing is taken from the clock.
Amounts are whole minor units (fen) of a fund's currency. Confidential items are in none of these papers: they go to
everybody.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from reports.city.ranking import Score
from reports.wording import Words

Level = Literal[1, 2, 3, 4]
Tone = Literal["red", "yellow", "green", "grey"]
#: Named is whose item is so many working days late: the rung at which a supervision notice is due.
NAMED_WORKDAYS = 5
#: Items that are told of a department that is named.
WORST_SHOWN = 3
#: The levels of slips.
YELLOW, RED = 2, 3


@dataclass(frozen=True, slots=True)
class LateItem:
    """A task or share that was late and open at the end of the month; `level` is the rung it stood on, 0: none.

    `late_workdays` 0: its date has passed and no working day since.
    """

    department: Words
    number: str
    title: str
    kind: Words
    due_on: date
    late_workdays: int
    level: int = 0
    is_share: bool = False


@dataclass(frozen=True, slots=True)
class SlipLine:
    """A slip; `answer_by` is the last day for the answer. `is_unanswered` as it stood at the end of the month."""

    department: Words
    number: str
    title: str
    level: int
    issued_on: date
    answer_by: date | None
    is_unanswered: bool
    is_issued_in_month: bool


@dataclass(frozen=True, slots=True)
class Named:
    """A department that is named: how many items it has that are `NAMED_WORKDAYS` late, `worst` the latest of them."""

    department: Words
    items: int
    worst: tuple[LateItem, ...]


@dataclass(frozen=True, slots=True)
class SlipCounts:
    """Slips issued in the month by colour; those without an answer at its end, `late` of them past the limit."""

    yellow: int = 0
    red: int = 0
    unanswered: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A month's bulletin. `dated_on` is its day, `reply_by_on` by when those named must answer.

    `is_running`: the month is not over. Of the late items and the slips the first are listed, `late_more` and
    `slips_more` are not; `named` and `counted` rest on all of them.
    """

    city: Words
    office: Words
    year: int
    month: int
    first_on: date
    as_of_on: date
    is_running: bool
    dated_on: date
    reply_by_on: date
    scores: tuple[Score, ...]
    late: tuple[LateItem, ...]
    late_more: int
    named: tuple[Named, ...]
    slips: tuple[SlipLine, ...]
    slips_more: int
    counted: SlipCounts
    made_at: datetime
    identifier: str


@dataclass(frozen=True, slots=True)
class MonthLine:
    """What was finished in a month of the year: `dated` of it had a due date, `on_time` kept it."""

    month: int
    finished: int
    dated: int
    on_time: int


@dataclass(frozen=True, slots=True)
class LevelLine:
    """How often a rung was reached in the year, by how many items; `causes` are (label, times), the most first."""

    level: int
    label: Words
    times: int
    items: int
    causes: tuple[tuple[Words, int], ...]


@dataclass(frozen=True, slots=True)
class YearFund:
    """A fund's year: budget in force, allocated and not paid, net paid, the execution rate and time elapsed."""

    name: Words
    currency: str
    budget_fen: int
    committed_fen: int
    net_paid_fen: int
    rate_pct: float | None
    elapsed_pct: float


@dataclass(frozen=True, slots=True)
class YearCounts:
    """What happened in a year, up to its end or to the data time. `late_open` and `open_*` are as of then."""

    projects_proposed: int
    projects_approved: int
    projects_started: int
    projects_closed: int
    projects_cancelled: int
    projects_open: int
    tasks_assigned: int
    tasks_done: int
    shares_accepted: int
    tasks_cancelled: int
    dated: int
    on_time: int
    late_open: int
    open_items: int
    rungs: tuple[int, int, int, int]
    yellow_slips: int
    red_slips: int
    slips_withdrawn: int
    requests_approved: int
    requests_refused: int
    meetings: int
    decisions: int
    decisions_counted: int
    decisions_done: int
    decisions_in_time: int

    @property
    def base(self) -> int:
        """What was due: the denominator of the on-time rate."""
        return self.dated + self.late_open

    @property
    def rate_pct(self) -> float | None:
        """Return the on-time rate in per cent, None without a base."""
        return 100 * self.on_time / self.base if self.base else None

    @property
    def decisions_pct(self) -> float | None:
        """Return the execution rate of decisions in per cent, None while nothing counts."""
        return 100 * self.decisions_done / self.decisions_counted if self.decisions_counted else None


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """A project that ended in the year or was open at its end, with its state, light and due date of then."""

    number: str
    title: str
    lead: Words
    state: Words
    light: Words
    tone: Tone
    due_on: date | None
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class Review:
    """A year's review. `before` is None where the year before is not on record. `is_running`: the year is not over.

    `projects_more` are not listed.
    """

    city: Words
    office: Words
    year: int
    as_of_on: date
    is_running: bool
    counts: YearCounts
    before: YearCounts | None
    months: tuple[MonthLine, ...]
    scores: tuple[Score, ...]
    levels: tuple[LevelLine, ...]
    projects: tuple[ProjectLine, ...]
    projects_more: int
    funds: tuple[YearFund, ...]
    made_at: datetime
    identifier: str


def sort_late(items: Iterable[LateItem]) -> list[LateItem]:
    """Return late items, the latest first."""
    return sorted(items, key=lambda item: (-item.late_workdays, item.due_on, item.title))


def list_named(items: Iterable[LateItem]) -> tuple[Named, ...]:
    """Return the departments that are named by these items, who has most first."""
    found: dict[Words, list[LateItem]] = {}
    for item in sort_late(items):
        if item.late_workdays >= NAMED_WORKDAYS:
            found.setdefault(item.department, []).append(item)
    ordered = sorted(found.items(), key=lambda pair: (-len(pair[1]), -pair[1][0].late_workdays))
    return tuple(Named(department, len(own), tuple(own[:WORST_SHOWN])) for department, own in ordered)


def count_slips(slips: Sequence[SlipLine], as_of_on: date) -> SlipCounts:
    """Return how many of these slips were issued in the month and how many had no answer on its last day."""
    issued = Counter(slip.level for slip in slips if slip.is_issued_in_month)
    waiting = [slip for slip in slips if slip.is_unanswered]
    late = sum(slip.answer_by is not None and slip.answer_by < as_of_on for slip in waiting)
    return SlipCounts(issued[YELLOW], issued[RED], len(waiting), late)
