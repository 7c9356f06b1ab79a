"""Judges the projects of a monthly report: the light now and before, the rule's words, the days late."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from app.queries.progress import CutoffOf, Period, ProjectRow, Snapshot
from reports.progress import LightCounts
from reports.wording import Money, Text
from workflows.calendar import Calendar
from workflows.light import RULE_LABELS, Colour, LightFacts, LightThresholds, judge
from workflows.light import Light as Judgement


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom and of what a report is read: the city's words, the calendar, the thresholds of a rule set, cut-offs.

    `now` is the instant of the reading; None: the end of its day.
    """

    city: Text
    office: Text
    calendar: Calendar
    thresholds_of: Callable[[int], LightThresholds]
    readers: tuple[str, ...]
    cutoff_of: CutoffOf = lambda _year, _month: 0
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A project with its light now and on the previous reporting date (None: it was not there)."""

    row: ProjectRow
    now: Judgement
    before: Judgement | None

    @property
    def forecast_on(self) -> date | None:
        """The present forecast of the finish."""
        return self.row.now.forecast_on if self.row.now else None

    @property
    def slip_days(self) -> int | None:
        """Days from the first stored forecast (else the due date) to the present one."""
        base = self.row.first_forecast_on if self.row.is_imported else self.row.due_on
        if base is None or self.forecast_on is None:
            return None
        return (self.forecast_on - base).days


def judge_project(reader: Reader, period: Period, row: ProjectRow, previous_on: date | None) -> Judged:
    """Return the project with its light at the month's end and on the day compared with, each by its time's date."""
    limits = reader.thresholds_of(row.rule_set_id)

    by_hand = row.override

    def light(
        snapshot: Snapshot | None, on: date, due_on: date | None, *, is_open: bool, is_paused: bool
    ) -> Judgement:  # fmt: skip
        is_by_hand = by_hand is not None and reader.calendar.local_date(by_hand.granted_at) <= on
        facts = LightFacts(
            is_open=is_open,
            is_paused=is_paused,
            due_on=due_on,
            start_on=row.start_on,
            progress_pct=snapshot.progress_pct if snapshot else None,
            forecast_on=snapshot.forecast_on if snapshot else None,
            warns_before_due=False,
            override=cast("Colour", by_hand.light) if by_hand and is_by_hand else None,
            override_until_on=by_hand.until_on if by_hand and is_by_hand else None,
        )
        return judge(facts, on, reader.calendar, limits)

    now = light(row.now, period.as_of_on, row.due_on, is_open=row.is_open, is_paused=row.is_paused)
    before = None
    if row.before is not None and previous_on is not None:
        before = light(
            row.before, previous_on, row.was_due_on, is_open=row.was_open, is_paused=row.was_paused
        )  # fmt: skip
    return Judged(row, now, before)


def word_rule(light: Judgement) -> Text:
    """Return the words of the rule that fired, with its values."""
    label = RULE_LABELS[light.rule]
    values = dict(light.values)
    if light.rule == "behind_plan":
        return Text(f"{label.zh}{values['points']}点", f"{values['points']} points behind plan")
    if light.rule == "forecast_late":
        return Text(f"预计晚{values['days']}天", f"forecast {values['days']} days late")
    if light.rule == "overdue":
        return Text(f"逾期{values['workdays']}个工作日", f"{values['workdays']} working days overdue")
    return Text(label.zh, label.en)


def count_lights(lights: Iterable[Judgement | None]) -> LightCounts:
    """Return how many there are of each light."""
    found = Counter(light.colour for light in lights if light is not None)
    return LightCounts(found["red"], found["yellow"], found["green"], found["grey"])


def find_budget(row: ProjectRow, snapshot: Snapshot | None) -> Money | None:
    """Return the budget of a project as it stood in the snapshot."""
    if snapshot is None or snapshot.budget_fen is None:
        return None
    return Money(snapshot.budget_fen, row.currency or "CNY")
