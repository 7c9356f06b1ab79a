"""What the papers about one item are made from: plain frozen values, already cut to what the reader may read.

Days are the city's, instants carry its zone. `made_at` is the data time: it dates the paper, nothing is taken from the
clock. Amounts are whole minor units (fen) of the currency that stands beside them, else of the project's.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from reports.wording import Words

Tone = Literal["red", "yellow", "green", "grey"]


@dataclass(frozen=True, slots=True)
class PhaseLine:
    """A phase: when it was planned to end, was entered and passed its gate, with what evidence, by which decision."""

    name: Words
    planned_on: date | None
    entered_on: date | None
    passed_on: date | None
    evidence: str = ""
    decision: str = ""


@dataclass(frozen=True, slots=True)
class MilestoneLine:
    """A dated point of a project."""

    name: str
    planned_on: date
    forecast_on: date | None
    reached_on: date | None


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many tasks stand in a state."""

    state: Words
    tasks: int


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task of the project; `late_workdays` 0: not late."""

    number: str
    title: str
    department: Words
    state: Words
    due_on: date | None
    progress_pct: int | None
    late_workdays: int


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed: on which day, what, from and to, why and on whose word."""

    on: date
    what: Words
    subject: str
    change: Words
    reason: Words = ""


@dataclass(frozen=True, slots=True)
class FundLine:
    """An allocation of the project, in its fund's currency; `paid_fen` is net of returns, over all years."""

    number: str
    title: str
    fund: Words
    state: Words
    requested_fen: int
    granted_fen: int | None
    committed_fen: int
    paid_fen: int
    spent_fen: int
    currency: str


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision about the project or a task of it, and how it stands; `source` is the meeting or the gate."""

    source: Words
    on: date | None
    text: str
    department: Words | None
    due_on: date | None
    standing: Words


@dataclass(frozen=True, slots=True)
class StalledLine:
    """An item that does not move, with the rung that it has reached."""

    title: str
    department: Words
    cause: Words
    level: int
    since_on: date


@dataclass(frozen=True, slots=True)
class SlipLine:
    """A slip about the project or something below it."""

    number: str
    title: str
    department: Words
    level: int
    issued_on: date
    answer_by: date | None
    state: Words
    is_open: bool


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How the project stood a month ago."""

    on: date
    progress_pct: int | None
    forecast_on: date | None
    light: Words | None


@dataclass(frozen=True, slots=True)
class ProjectReport:
    """A project's report. `planned_pct` is the share of the planned time that has passed.

    `tasks` are the open ones, those late first; `more_tasks` are not listed. `changes` since `since_on`, newest first.
    """

    city: Words
    office: Words
    number: str
    title: str
    description: str
    lead: Words
    supports: tuple[Words, ...]
    state: Words
    phase: Words | None
    light: Words
    tone: Tone
    light_rule: Words
    start_on: date | None
    due_on: date | None
    original_due_on: date | None
    forecast_on: date | None
    closed_on: date | None
    progress_pct: int | None
    planned_pct: int | None
    budget_fen: int | None
    currency: str
    last_report: str
    last_report_on: date | None
    as_of_on: date
    since_on: date
    before: Snapshot | None
    phases: tuple[PhaseLine, ...]
    milestones: tuple[MilestoneLine, ...]
    states: tuple[StateCount, ...]
    tasks: tuple[TaskLine, ...]
    more_tasks: int
    done_tasks: int
    all_tasks: int
    late_tasks: int
    changes: tuple[Change, ...]
    more_changes: bool
    funds: tuple[FundLine, ...]
    decisions: tuple[DecisionLine, ...]
    stalled: tuple[StalledLine, ...]
    slips: tuple[SlipLine, ...]
    made_at: datetime
    identifier: str


@dataclass(frozen=True, slots=True)
class Proven:
    """A criterion of a task of the project, how it was answered, and by which evidence."""

    task: str
    department: Words
    wanted: str
    answer: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed what: the step, department and post, name, opinion, day; `for_whom` was represented.

    `is_agreed`: the step itself says so, also without an opinion.
    """

    step: Words
    unit: Words | None
    post: Words | None
    who: str
    opinion: str
    on: date
    for_whom: str = ""
    is_agreed: bool = False


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """The sum of a project's allocations in one currency, over all years.

    `paid_fen` is net of returns, `spent_fen` accounted for with receipts.
    """

    currency: str
    granted_fen: int
    paid_fen: int
    spent_fen: int


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A project that was accepted and closed.

    `money` has a line a currency, none: no allocation was made through the system, or none that the reader may read.
    `late_workdays` None: the project never had a due date. `done_tasks` are those that may be read.
    """

    city: Words
    office: Words
    number: str
    title: str
    description: str
    lead: Words
    supports: tuple[Words, ...]
    budget_fen: int | None
    money: tuple[MoneyLine, ...]
    currency: str
    start_on: date | None
    due_on: date | None
    original_due_on: date | None
    begun_on: date | None
    applied_on: date | None
    accepted_on: date
    late_workdays: int | None
    late_reason: str
    phases: tuple[PhaseLine, ...]
    proven: tuple[Proven, ...]
    done_tasks: int
    applied_with: str
    opinion: str
    accepted_with: str
    signed: tuple[Signed, ...]
    made_at: datetime
    identifier: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """The ruling on a dispute about whose task it is.

    `filer` disputed that it leads, `proposed` is whom it named; `owner` leads by the ruling. `is_upheld`: the dispute
    is well founded. `heard` are the steps between filing and ruling. `due_on` is the date after the ruling,
    `was_due_on` the one before; `receive_by_on` is the last day to acknowledge receipt.
    """

    city: Words
    office: Words
    by_leaders: bool
    filer: Words
    filed_by: str
    filed_post: Words | None
    filed_on: date
    proposed: Words | None
    owner: Words
    supports: tuple[Words, ...]
    task_number: str
    task_title: str
    requirement: str
    project: str
    source: str
    assigned_on: date | None
    was_due_on: date | None
    due_on: date | None
    receive_by_on: date | None
    reason: str
    heard: tuple[Signed, ...]
    is_upheld: bool
    grounds: str
    ruled_by: str
    ruled_post: Words | None
    ruled_on: date
    made_at: datetime
    identifier: str
