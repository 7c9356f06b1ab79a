"""The figures of the city's overview for one reader: their shape, and how they lie in the table `summary` as JSON.

docs/dashboard.md says what each figure counts, over which denominator.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

#: So many weeks ahead does the load look, and so many months back the on-time rate.
WEEKS = 12
MONTHS = 12


@dataclass(frozen=True, slots=True)
class LightCount:
    """Open projects with one light."""

    light: str
    projects: int


@dataclass(frozen=True, slots=True)
class PhaseCount:
    """Open projects in one phase, by its place and names; place 0 without a name: no phase has begun."""

    seq: int
    name: str | None
    name_en: str | None
    projects: int


@dataclass(frozen=True, slots=True)
class MonthCount:
    """Tasks and shares that were finished in a month; `on_time` of those that had a due date (`dated`)."""

    finished: int = 0
    dated: int = 0
    on_time: int = 0


@dataclass(frozen=True, slots=True)
class DepartmentRate:
    """What a department finished as lead, month by month; `overdue`: its open ones that are past their date now."""

    department_id: int
    months: tuple[MonthCount, ...]
    overdue: int

    @property
    def finished(self) -> int:
        """Tasks and shares finished in all months."""
        return sum(month.finished for month in self.months)

    @property
    def dated(self) -> int:
        """Those of them that had a due date: the denominator of the rate."""
        return sum(month.dated for month in self.months)

    @property
    def on_time(self) -> int:
        """Those of them that were sent in by their original due date: the numerator."""
        return sum(month.on_time for month in self.months)

    @property
    def rate_pct(self) -> int | None:
        """Return on_time of dated in whole percent, halves up; None without a denominator."""
        return None if not self.dated else (self.on_time * 200 + self.dated) // (self.dated * 2)


@dataclass(frozen=True, slots=True)
class StateDays:
    """How long items stayed in a state: median and ninth decile of `count` stays that ended, in half working days."""

    kind: str
    state: str
    count: int
    median_halves: int
    most_halves: int


@dataclass(frozen=True, slots=True)
class WeekLoad:
    """Open items that fall due between two days (both included), by kind."""

    from_on: date
    until_on: date
    kinds: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Load:
    """Open items by their due date: past it, week by week, after the last week, without a date; by kind."""

    overdue: Mapping[str, int]
    weeks: tuple[WeekLoad, ...]
    later: Mapping[str, int]
    undated: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class JointCell:
    """Open projects and tasks that one department leads and another supports."""

    lead_id: int
    support_id: int
    projects: int
    tasks: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures for one reader as of `today`; `months` are the first days of the months looked at."""

    today: date
    lights: tuple[LightCount, ...]
    phases: tuple[PhaseCount, ...]
    months: tuple[date, ...]
    rates: tuple[DepartmentRate, ...]
    states: tuple[StateDays, ...]
    load: Load
    joint: tuple[JointCell, ...]

    @property
    def projects(self) -> int:
        """Open projects in all."""
        return sum(count.projects for count in self.lights)


def write_figures(figures: Figures) -> dict[str, Any]:
    """Return the figures as JSON keeps them."""
    return dict(_plain(asdict(figures)))


def _plain(value: Any) -> Any:  # noqa: ANN401  # JSON of any shape
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


def read_figures(data: Mapping[str, Any]) -> Figures:
    """Return figures that `write_figures` wrote; KeyError or TypeError when another release wrote them otherwise."""
    load = data["load"]
    return Figures(
        today=date.fromisoformat(data["today"]),
        lights=tuple(LightCount(**row) for row in data["lights"]),
        phases=tuple(PhaseCount(**row) for row in data["phases"]),
        months=tuple(date.fromisoformat(day) for day in data["months"]),
        rates=tuple(
            DepartmentRate(row["department_id"], tuple(MonthCount(**month) for month in row["months"]), row["overdue"])
            for row in data["rates"]
        ),
        states=tuple(StateDays(**row) for row in data["states"]),
        load=Load(load["overdue"], tuple(_read_week(week) for week in load["weeks"]), load["later"], load["undated"]),
        joint=tuple(JointCell(**row) for row in data["joint"]),
    )


def _read_week(row: Mapping[str, Any]) -> WeekLoad:
    return WeekLoad(date.fromisoformat(row["from_on"]), date.fromisoformat(row["until_on"]), row["kinds"])
