"""The rules in force, read once and kept: compiled workflows, rule sets with their ladders, the calendar.

Workflow bodies and rule sets never change once stored, so they are kept for the process's life. The calendar
carries a revision that every transition reads along, so a load elsewhere is noticed with the next unit of work.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import cast
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.engine import Connection

from app.core.database import WRITES
from app.core.errors import Sentence, UnavailableError
from app.models.escalation import LadderRung
from app.models.rule import CalendarDay, CalendarYear, RuleSet, WorkflowVersion
from workflows.calendar import Calendar
from workflows.hours import Hours
from workflows.interpreter import CompiledSignOff, Machine, compile_body
from workflows.light import LightThresholds
from workflows.machine import Cause
from workflows.ruling.keys import DEFAULT_WAY
from workflows.ruling.signing import change_rule
from workflows.span import Span
from workflows.terms import DEFAULTS, Terms, read_terms


@dataclass(frozen=True, slots=True)
class LadderStep:
    """A rung as a rule set has it."""

    level: int
    after: Span
    to_role: str
    way: str = DEFAULT_WAY


@dataclass(frozen=True, slots=True)
class LadderRule:
    """A ladder as a rule set has it; `id` is what episodes point to."""

    id: int
    cause: Cause
    limit: Span | None
    rungs: tuple[LadderStep, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """One rule set: its ladders by (kind, cause), its thresholds, its terms, what it changes about sign-offs."""

    id: int
    ladders: dict[tuple[str, Cause], LadderRule]
    light: LightThresholds
    terms: Terms = DEFAULTS
    signing: Mapping[str, str] = field(default_factory=dict)

    def sign_off(self, kind: str, rule: CompiledSignOff) -> CompiledSignOff:
        """Return a sign-off of a kind's workflow as this rule set has it; itself where nothing is changed."""
        return change_rule(kind, rule, self.signing)


@dataclass(frozen=True, slots=True)
class RungPlan:
    """When a rung is reached for one base date; `is_ahead`: it lies before the base."""

    level: int
    at: datetime
    is_ahead: bool
    to_role: str


@dataclass
class Rulebook:
    """The rules of one database, for one zone and one set of working hours."""

    zone: ZoneInfo
    hours: Hours
    _machines: dict[tuple[str, int], Machine] = field(default_factory=dict)
    _current: dict[str, int] = field(default_factory=dict)
    _rules: dict[int, Rules] = field(default_factory=dict)
    _looked: WeakKeyDictionary[Connection, str] = field(default_factory=WeakKeyDictionary)
    _calendar: tuple[str, Calendar] | None = None
    _plans: dict[tuple[int, date], tuple[RungPlan, ...]] = field(default_factory=dict)

    def machine(self, connection: Connection, kind: str, version: int) -> Machine:
        """Return the compiled workflow of an item."""
        found = self._machines.get((kind, version))
        if found is None:
            body = connection.execute(
                select(WorkflowVersion.body).where(WorkflowVersion.kind == kind, WorkflowVersion.version == version)
            ).scalar_one()
            found = self._machines[kind, version] = compile_body(json.loads(body))
        return found

    def current_machine(self, connection: Connection, kind: str) -> Machine:
        """Return the newest stored workflow of a kind: what new items start with."""
        version = self._current.get(kind)
        if version is None:
            version = connection.execute(
                select(func.max(WorkflowVersion.version)).where(WorkflowVersion.kind == kind)
            ).scalar_one()
            if version is None:
                raise UnavailableError(
                    "not_upgraded",
                    Sentence(
                        "数据库尚未升级：请运行 flask db upgrade。", "The database is not upgraded: flask db upgrade."
                    ),
                )
            self._current[kind] = version
        return self.machine(connection, kind, version)

    def current_rule_set(self, connection: Connection, today: date) -> int:
        """Return the id of the rule set in force on `today`."""
        return connection.execute(
            select(RuleSet.id)
            .where(RuleSet.effective_on <= today)
            .order_by(RuleSet.effective_on.desc(), RuleSet.id.desc())
            .limit(1)
        ).scalar_one()

    def rules(self, connection: Connection, rule_set_id: int) -> Rules:
        """Return a rule set with its ladders."""
        found = self._rules.get(rule_set_id)
        if found is None:
            found = self._rules[rule_set_id] = _read_rules(connection, rule_set_id)
        return found

    def calendar(self, connection: Connection, revision: str | None = None) -> Calendar:
        """Return the working calendar; `revision` as `calendar_revision` gives it saves the look.

        A unit of work that only reads looks once; one that writes may load a calendar itself and looks each time.
        """
        if revision is None:
            revision = self._looked.get(connection)
        if revision is None:
            revision = str(connection.execute(select(calendar_revision())).scalar_one())
            if not connection.get_execution_options().get(WRITES):
                self._looked[connection] = revision
        if self._calendar is None or self._calendar[0] != revision:
            self._calendar = (revision, _read_calendar(connection, self.zone, self.hours))
            self._plans = {}
        return self._calendar[1]

    @property
    def revision(self) -> str:
        """The revision of the calendar last read."""
        return self._calendar[0] if self._calendar else ""

    def plan(self, calendar: Calendar, ladder: LadderRule, base_on: date) -> tuple[RungPlan, ...]:
        """Return when each rung of `ladder` is reached for episodes counted from `base_on`."""
        key = (ladder.id, base_on)
        found = self._plans.get(key)
        if found is None:
            found = self._plans[key] = tuple(
                RungPlan(r.level, calendar.rung_at(base_on, r.after), r.after.count < 0, r.to_role)
                for r in ladder.rungs
            )
        return found


def calendar_revision() -> ScalarSelect[datetime]:
    """Return the scalar subquery that tells calendars apart: the last load of an official table."""
    return select(func.max(CalendarYear.loaded_at)).scalar_subquery()


def _read_rules(connection: Connection, rule_set_id: int) -> Rules:
    body = cast(
        "dict[str, dict[str, str]]",
        connection.execute(select(RuleSet.body).where(RuleSet.id == rule_set_id)).scalar_one(),
    )
    limits = body["limits"]
    grouped: dict[tuple[str, Cause], list[LadderRung]] = {}
    rows = connection.execute(
        select(LadderRung.kind, LadderRung.cause, LadderRung.ladder_id, LadderRung.level, LadderRung.after,
               LadderRung.to_role, LadderRung.way)
        .where(LadderRung.rule_set_id == rule_set_id)
        .order_by(LadderRung.kind, LadderRung.cause, LadderRung.level)
    ).all()  # fmt: skip
    for row in rows:
        grouped.setdefault((row.kind, Cause(row.cause)), []).append(cast("LadderRung", row))
    ladders = {
        (kind, cause): LadderRule(
            id=rungs[0].ladder_id,
            cause=cause,
            limit=Span.parse(limits[f"{kind}.{cause}"]) if f"{kind}.{cause}" in limits else None,
            rungs=tuple(LadderStep(r.level, Span.parse(r.after), r.to_role, r.way) for r in rungs),
        )
        for (kind, cause), rungs in grouped.items()
    }
    light = body["light"]
    thresholds = LightThresholds(int(light["yellow_points"]), int(light["red_points"]), int(light["soon_workdays"]))
    return Rules(rule_set_id, ladders, thresholds, read_terms(body.get("terms", {})), body.get("signing", {}))


def _read_calendar(connection: Connection, zone: ZoneInfo, hours: Hours) -> Calendar:
    days = connection.execute(select(CalendarDay.on_day, CalendarDay.kind)).all()
    years = connection.execute(select(CalendarYear.year).where(CalendarYear.is_forecast.is_(False))).scalars().all()
    return Calendar(
        zone=zone,
        hours=hours,
        off=frozenset(on for on, kind in days if kind == "holiday"),
        on=frozenset(on for on, kind in days if kind == "makeup"),
        official_years=frozenset(years),
    )
