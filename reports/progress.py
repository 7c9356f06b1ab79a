"""Input of the monthly progress report (工作月报): what a query fills and `reports.progress_pages.build` prints.

Plain frozen values, no lazy loading, so that a constant number of statements can fill them. Every figure travels
with its base (the number of items that it rests upon); what is not known is None and is printed as "—", never as 0.
A text that comes from data is a `str` and is printed alike in both languages; a text of ours is a `Text`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from reports.monthly.inputs import DateMove, Decisions, EarnedLine, FundLine, Mark, Matter, NextStep
from reports.wording import Lang, Money, Text, Words

__all__ = [
    "Basis",
    "BudgetChange",
    "Cause",
    "DepartmentLine",
    "Figure",
    "Flow",
    "ForecastMove",
    "Lang",
    "Light",
    "LightChange",
    "LightCounts",
    "Money",
    "Note",
    "ProgressReport",
    "ProjectLine",
    "Rung",
    "StalledLine",
    "Text",
    "Words",
]

Measure = Literal["count", "sum", "mean", "share"]
Rung = Literal[1, 2, 3, 4]


class Light(StrEnum):
    """A project's light, worst first; grey says that the data do not allow a judgement."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"
    GREY = "grey"


class Basis(StrEnum):
    """Where a lateness comes from: the source's own figure, or our comparison of stored forecasts."""

    SOURCE = "source"
    OURS = "ours"


class Cause(StrEnum):
    """Why an item counts as stalled."""

    DUE = "due"
    RECEIPT = "receipt"
    IDLE = "idle"
    SIGN_OFF = "sign_off"
    FORECAST = "forecast"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the month.

    `measure` says how `value` and `base` belong together: "count" is value of base items, "share" is per cent
    (0–100) of base items, "mean" and "sum" are taken over base items. `change` is against the previous snapshot, in
    the value's own unit. `base_label` says what the base counts, `basis` how the figure is computed (last page).
    `headline` puts it among the five large figures of page one.
    """

    key: str
    label: Words
    value: int | Decimal | Money | None
    base: int | None
    unit: Words = ""
    change: int | Decimal | Money | None = None
    note: Words | None = None
    measure: Measure = "count"
    base_label: Words | None = None
    basis: Words | None = None
    headline: bool = False


@dataclass(frozen=True, slots=True)
class LightCounts:
    """Open projects by light at one instant."""

    red: int = 0
    yellow: int = 0
    green: int = 0
    grey: int = 0

    @property
    def total(self) -> int:
        """All projects counted."""
        return self.red + self.yellow + self.green + self.grey

    def of(self, light: Light) -> int:
        """Return the count of one light."""
        return {
            Light.RED: self.red,
            Light.YELLOW: self.yellow,
            Light.GREEN: self.green,
            Light.GREY: self.grey,
        }[light]


@dataclass(frozen=True, slots=True)
class LightChange:
    """A project whose light differs from the previous snapshot; `rule` is the rule that gave the present one."""

    code: str
    title: Words
    lead: Words
    before: Light | None
    now: Light
    rule: Words


@dataclass(frozen=True, slots=True)
class ForecastMove:
    """A forecast finish that moved, which nobody has approved; `slip_days` are calendar days, positive is later.

    `slip_workdays` are the same in working days of the city's calendar, None where that is not known.
    """

    code: str
    title: Words
    lead: Words
    old_on: date | None
    new_on: date | None
    slip_days: int | None
    basis: Basis
    slip_workdays: int | None = None


@dataclass(frozen=True, slots=True)
class BudgetChange:
    """A project whose budget differs from the previous snapshot."""

    code: str
    title: Words
    lead: Words
    before: Money | None
    now: Money | None


@dataclass(frozen=True, slots=True)
class Flow:
    """Items of one kind in and out since the previous snapshot."""

    label: Words
    before: int | None
    entered: int | None
    left: int | None
    now: int


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """One project as of the report's date; `done_pct` is 0–100, `slip_days` calendar days, positive is late.

    `is_open` is False for a project that was closed within the month. `marks` are its gates and milestones.
    """

    code: str
    title: Words
    lead: Words
    light: Light
    light_rule: Words
    start_on: date | None = None
    planned_finish_on: date | None = None
    forecast_finish_on: date | None = None
    done_pct: int | Decimal | None = None
    phase: Words | None = None
    budget: Money | None = None
    slip_days: int | None = None
    slip_basis: Basis | None = None
    is_open: bool = True
    marks: tuple[Mark, ...] = ()
    next_step: NextStep | None = None


@dataclass(frozen=True, slots=True)
class DepartmentLine:
    """A department's workload: `overdue` and `due_soon` are parts of `open_items`, `on_time` of `closed`."""

    name: Words
    open_items: int
    overdue: int
    due_soon: int
    closed: int
    on_time: int


@dataclass(frozen=True, slots=True)
class StalledLine:
    """An item that does not move: the rung reached, the cause and the calendar days since it stalled."""

    title: Words
    kind: Words
    department: Words
    cause: Cause
    rung: Rung
    since_on: date | None
    days: int | None

    def __post_init__(self) -> None:
        """Refuse a rung that the ladder does not have."""
        if self.rung not in {1, 2, 3, 4}:
            msg = f"rung must be 1 to 4, not {self.rung}"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Note:
    """A further definition for the last page: the term and how it is computed."""

    term: Words
    text: Words


@dataclass(frozen=True, slots=True)
class ProgressReport:
    """One month's report.

    `as_of_on` is the last day that counts, `data_at` the aware instant at which the data were read (it also dates
    the PDF), `previous_on` the last day before the month or None. `is_running`: the month is not over, its figures are
    those of `data_at`. `due_soon_days` explains `DepartmentLine.due_soon`. `matters` come with the most pressing first.
    `funds` and `decisions` None: not for these readers, or nothing there. `undated` of `dated_base` open items have no
    due date (None: not known). `seal` tells the last signed head of the log by then, None: there was none.
    Lists may come in any order; the report sorts them. Raises ValueError on a naive `data_at` or a wrong month.
    """

    city: Words
    office: Words
    year: int
    month: int
    as_of_on: date
    data_at: datetime
    previous_on: date | None
    issue: str
    figures: tuple[Figure, ...] = ()
    lights_before: LightCounts | None = None
    light_changes: tuple[LightChange, ...] = ()
    forecast_moves: tuple[ForecastMove, ...] = ()
    budget_changes: tuple[BudgetChange, ...] = ()
    flows: tuple[Flow, ...] = ()
    projects: tuple[ProjectLine, ...] = ()
    departments: tuple[DepartmentLine, ...] = ()
    stalled: tuple[StalledLine, ...] = ()
    notes: tuple[Note, ...] = ()
    due_soon_days: int = 10
    is_running: bool = False
    matters: tuple[Matter, ...] = ()
    date_moves: tuple[DateMove, ...] = ()
    earned: tuple[EarnedLine, ...] = ()
    funds: tuple[FundLine, ...] | None = None
    decisions: Decisions | None = None
    undated: int | None = None
    dated_base: int | None = None
    seal: Note | None = None

    def __post_init__(self) -> None:
        """Refuse what would print a wrong head."""
        if self.data_at.utcoffset() is None:
            msg = "data_at must carry a time zone"
            raise ValueError(msg)
        if not 1 <= self.month <= 12:  # noqa: PLR2004 - months of a year
            msg = f"month must be 1 to 12, not {self.month}"
            raise ValueError(msg)

    @property
    def lights(self) -> LightCounts:
        """Open projects by light, counted from the lines themselves so that the two cannot disagree."""
        lights = [project.light for project in self.projects if project.is_open]
        return LightCounts(*(lights.count(light) for light in Light))


def list_all_notes(report: ProgressReport) -> tuple[Note, ...]:
    """Return the notes with the one on the log's seal last."""
    return report.notes if report.seal is None else (*report.notes, report.seal)
