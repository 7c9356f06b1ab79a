"""Inputs of the monthly report's further parts: matters to decide, dates, earned value, funds, decisions, risks."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from reports.wording import Money, Words

FundLight = Literal["green", "yellow", "red", "grey"]


class MatterKind(StrEnum):
    """Why a matter waits for the leadership group, the most pressing first."""

    TOPIC = "topic"
    REQUEST = "request"
    ALLOCATION = "allocation"
    ESCALATED = "escalated"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Matter:
    """A matter for the leadership group: what, the facts, what the office proposes (None: nothing yet), whose it is."""

    kind: MatterKind
    title: Words
    facts: Words
    proposal: Words | None
    who: Words
    since_on: date | None = None


@dataclass(frozen=True, slots=True)
class DateMove:
    """A due date that was moved by an approved request: `workdays` and `days` say by how much, positive is later."""

    code: str
    title: Words
    lead: Words
    old_on: date | None
    new_on: date | None
    days: int | None
    workdays: int | None
    approved_by: Words
    basis: Words


@dataclass(frozen=True, slots=True)
class Mark:
    """A milestone or gate of a project: reached on that day, or planned for it."""

    on: date
    is_reached: bool


@dataclass(frozen=True, slots=True)
class NextStep:
    """What a project has to reach next and by when."""

    name: Words
    on: date


@dataclass(frozen=True, slots=True)
class EarnedLine:
    """A project's earned value; amounts in one currency. None: not defined yet.

    The definitions stand in `workflows.measure.earned_value`.
    """

    code: str
    title: Words
    lead: Words
    budget: Money
    planned: Money
    earned: Money
    paid: Money
    planned_pct: Decimal
    done_pct: int
    spi: Decimal | None
    cpi: Decimal | None
    eac: Money | None


@dataclass(frozen=True, slots=True)
class FundLine:
    """A special fund in the year of the report: `allocated` includes what was `paid`, both within `budget`.

    `rate_pct` is paid of budget (None: no budget), `elapsed_pct` the part of the year that is over, `behind_pct` the
    points between the two, positive is behind.
    """

    code: str
    name: Words
    budget: Money
    allocated: Money
    paid: Money
    rate_pct: Decimal | None
    elapsed_pct: Decimal
    behind_pct: Decimal | None
    light: FundLight


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """The decisions of one meeting (or of all): `counted` are done or past their date, `rate_pct` done of these."""

    name: Words
    held_on: date | None
    decided: int
    counted: int
    done: int
    late: int
    open: int
    undated: int
    rate_pct: int | None


@dataclass(frozen=True, slots=True)
class LateDecision:
    """A decision past its date, in calendar days."""

    title: Words
    meeting: Words
    lead: Words
    due_on: date
    days: int


@dataclass(frozen=True, slots=True)
class Decisions:
    """How the decisions of a year's meetings were carried out; `late` lists the longest late, `late_total` counts.

    What is late may have been decided in an earlier year.
    """

    year: int
    total: MeetingLine
    meetings: tuple[MeetingLine, ...]
    late: tuple[LateDecision, ...]
    late_total: int


@dataclass(frozen=True, slots=True)
class Risk:
    """A point of risk: how many of how many, which above all, and on what it rests."""

    name: Words
    count: int
    base: int | None
    examples: Words
    basis: Words
