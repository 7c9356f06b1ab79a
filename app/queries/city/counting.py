"""Counts the figures of the overview for every reader key at once: a constant number of statements.

Items that the same keys may read form a group (a temporary table, gone with the unit of work); each statement
counts by group, and the sums are handed out to the group's readers in Python. So every item is looked at once,
however many departments read it, and nobody's figures count what they may not read. For one reader alone no table is
made: such a count only reads, and a standby can do it.

Only the common keys have figures (OFFICE, OVERSIGHT, `D:<department>`): what one person reads by name or by post is
left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Date, bindparam, text
from sqlalchemy.engine import Connection

from app.core.database import UtcDateTime
from app.models.item import KINDS, LIGHTS
from app.queries.city.figures import (
    MONTHS,
    WEEKS,
    DepartmentRate,
    Figures,
    JointCell,
    LightCount,
    Load,
    MonthCount,
    PhaseCount,
    StateDays,
    WeekLoad,
)
from workflows.calendar import Calendar

UNDATED, PAST, LATER = -2, -1, WEEKS
_COMMON = "(reader IN ('OFFICE', 'OVERSIGHT') OR reader LIKE 'D:%')"
_GROUP = "JOIN city_group g ON g.item_id = i.id"
_OWN_GROUP = "city_group AS (SELECT item_id, reader AS readers FROM item_access WHERE reader = :reader)"
_PROJECTS = f"""
SELECT g.readers, c.light, COALESCE(ph.seq, 0), ph.name, ph.name_en, COUNT(*)
FROM items i {_GROUP} JOIN item_clock c ON c.item_id = i.id JOIN project p ON p.item_id = i.id
LEFT JOIN phase ph ON ph.project_id = i.id AND ph.seq = p.phase_seq
WHERE i.kind = 'project' AND i.closed_at IS NULL GROUP BY g.readers, c.light, ph.seq, ph.name, ph.name_en
"""  # noqa: S608  # own text
#: The day on which it was sent in for good stands for the day on which it was finished: checking it is others' time.
_FINISHED = f"""
WITH finished AS (
  SELECT g.readers, i.owner_department_id AS department_id, {{month}} AS month, i.original_due_on,
    COALESCE((SELECT MAX(h.occurred_at) FROM history h WHERE h.item_id = i.id AND h.action = 'submit'), i.closed_at)
      AS sent_at
  FROM items i {_GROUP}
  WHERE i.closed_at >= :from_at AND i.closed_at < :until_at AND i.owner_department_id IS NOT NULL
    AND ((i.kind = 'task' AND i.state = 'done') OR (i.kind = 'share' AND i.state = 'accepted'))
)
SELECT readers, department_id, month, COUNT(*), COUNT(original_due_on),
  SUM(CASE WHEN {{sent_on}} <= original_due_on THEN 1 ELSE 0 END)
FROM finished GROUP BY readers, department_id, month
"""  # noqa: S608  # own text
_OPEN = f"""
SELECT g.readers, i.kind, COALESCE(i.owner_department_id, 0), {{week}} AS week, COUNT(*)
FROM items i {_GROUP} WHERE i.closed_at IS NULL GROUP BY g.readers, i.kind, i.owner_department_id, week
"""  # noqa: S608  # own text
_JOINT = f"""
SELECT g.readers, i.owner_department_id, s.department_id, i.kind, COUNT(*)
FROM support s JOIN items i ON i.id = s.item_id {_GROUP}
WHERE i.closed_at IS NULL AND i.kind IN ('project', 'task') AND i.owner_department_id IS NOT NULL
GROUP BY g.readers, i.owner_department_id, s.department_id, i.kind
"""  # noqa: S608  # own text
#: Stays that ended in the months looked at. What a ledger registered in a state has been in it for who knows how long.
_STAYS = f"""
WITH entered AS (
  SELECT h.item_id, h.action, h.to_state, h.occurred_at,
    LEAD(h.occurred_at) OVER (PARTITION BY h.item_id ORDER BY h.seq) AS left_at
  FROM history h WHERE h.from_state IS NULL OR h.from_state <> h.to_state
)
SELECT g.readers, i.kind, e.to_state, {{entered_on}} AS entered_on, {{left_on}} AS left_on, COUNT(*)
FROM entered e JOIN items i ON i.id = e.item_id {_GROUP}
WHERE e.left_at >= :from_at AND e.left_at < :until_at AND e.action <> 'register'
GROUP BY g.readers, i.kind, e.to_state, entered_on, left_on
"""  # noqa: S608  # own text


@dataclass
class _Sums:
    """What was counted for one reader so far."""

    lights: dict[str, int] = field(default_factory=dict)
    phases: dict[tuple[int, str | None, str | None], int] = field(default_factory=dict)
    months: dict[int, dict[int, tuple[int, int, int]]] = field(default_factory=dict)
    overdue: dict[int, int] = field(default_factory=dict)
    stays: dict[tuple[str, str], dict[int, int]] = field(default_factory=dict)
    weeks: dict[int, dict[str, int]] = field(default_factory=dict)
    joint: dict[tuple[int, int], list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Source:
    """Runs the statements on all groups, or on what one reader alone may read."""

    connection: Connection
    reader: str | None

    def run(self, sql: str, values: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401  # rows
        """Execute a text whose values are bound as the columns that they are compared with keep them."""
        given = values or {}
        typed = (
            bindparam(name, type_=UtcDateTime() if isinstance(value, datetime) else Date())
            for name, value in given.items()
        )
        if self.reader is None:
            return self.connection.execute(text(sql).bindparams(*typed), given)
        body = sql.strip()
        more = f", {body.removeprefix('WITH ')}" if body.startswith("WITH ") else f" {body}"
        return self.connection.execute(
            text(f"WITH {_OWN_GROUP}{more}").bindparams(*typed), {**given, "reader": self.reader}
        )


def count_figures(
    connection: Connection, calendar: Calendar, today: date, *, reader: str | None = None
) -> dict[str, Figures]:
    """Return the figures as of `today` by reader key, or those of one `reader` alone; five statements and a table.

    Keys that read nothing are missing in the answer. Rolled back or committed, the unit of work leaves nothing behind.
    """
    months, source = list_months(today), _Source(connection, reader)
    if reader is None:
        _make_groups(connection)
    sums: dict[str, _Sums] = {}
    _add_projects(sums, source)
    _add_finished(sums, source, calendar, months, today)
    _add_open(sums, source, today)
    _add_joint(sums, source)
    _add_stays(sums, source, calendar, months, today)
    if reader is None:
        connection.execute(text("DROP TABLE city_group"))
    return {key: _finish(found, today, months) for key, found in sums.items()}


def make_empty(today: date) -> Figures:
    """Return the figures of somebody who reads nothing."""
    return _finish(_Sums(), today, list_months(today))


def list_months(today: date) -> tuple[date, ...]:
    """Return the first days of the months looked at: the present one and those before it."""
    last = today.year * 12 + today.month - 1
    return tuple(date(count // 12, count % 12 + 1, 1) for count in range(last - MONTHS + 1, last + 1))


def list_weeks(today: date) -> tuple[tuple[date, date], ...]:
    """Return the weeks looked at, from today to Sunday and then Monday to Sunday."""
    monday = today - timedelta(today.weekday())
    starts = [today, *(monday + timedelta(7 * week) for week in range(1, WEEKS))]
    return tuple((start, monday + timedelta(7 * week + 6)) for week, start in enumerate(starts))


def _make_groups(connection: Connection) -> None:
    is_postgresql = connection.dialect.name == "postgresql"
    kind, gather, at_commit = (
        ("BIGINT", "STRING_AGG(reader, ',' ORDER BY reader)", " ON COMMIT DROP")
        if is_postgresql
        else ("INTEGER", "GROUP_CONCAT(reader)", "")
    )
    connection.execute(text("DROP TABLE IF EXISTS city_group"))
    connection.execute(
        text(f"CREATE TEMPORARY TABLE city_group (item_id {kind} PRIMARY KEY, readers TEXT NOT NULL){at_commit}")
    )
    connection.execute(
        text(f"INSERT INTO city_group SELECT item_id, {gather} FROM item_access WHERE {_COMMON} GROUP BY item_id")  # noqa: S608
    )
    if is_postgresql:
        connection.execute(text("ANALYZE city_group"))


def _share(sums: dict[str, _Sums], readers: str) -> Iterator[_Sums]:
    for reader in readers.split(","):
        found = sums.get(reader)
        if found is None:
            found = sums[reader] = _Sums()
        yield found


def _add_projects(sums: dict[str, _Sums], source: _Source) -> None:
    for readers, light, seq, name, name_en, count in source.run(_PROJECTS):
        for found in _share(sums, readers):
            found.lights[light] = found.lights.get(light, 0) + count
            key = (seq, name, name_en)
            found.phases[key] = found.phases.get(key, 0) + count


def _add_finished(
    sums: dict[str, _Sums], source: _Source, calendar: Calendar, months: Sequence[date], today: date
) -> None:
    cases = " ".join(f"WHEN i.closed_at >= :month_{place} THEN {place}" for place in range(len(months) - 1, 0, -1))
    values: dict[str, Any] = {f"month_{place}": calendar.day_start(on) for place, on in enumerate(months) if place}
    sql = _FINISHED.format(
        month=f"CASE {cases} ELSE 0 END", sent_on=_local("sent_at", source.connection, calendar, months)
    )
    for readers, department_id, month, finished, dated, on_time in source.run(
        sql, {**_period(calendar, months, today), **values}
    ):
        for found in _share(sums, readers):
            own = found.months.setdefault(department_id, {})
            old = own.get(month, (0, 0, 0))
            own[month] = (old[0] + finished, old[1] + dated, old[2] + on_time)


def _add_open(sums: dict[str, _Sums], source: _Source, today: date) -> None:
    weeks = list_weeks(today)
    cases = " ".join(f"WHEN i.due_on <= :week_{place} THEN {place}" for place in range(len(weeks)))
    week = f"CASE WHEN i.due_on IS NULL THEN {UNDATED} WHEN i.due_on < :today THEN {PAST} {cases} ELSE {LATER} END"
    values = {f"week_{place}": until for place, (_, until) in enumerate(weeks)}
    for readers, kind, department_id, place, count in source.run(_OPEN.format(week=week), {"today": today, **values}):
        for found in _share(sums, readers):
            own = found.weeks.setdefault(place, {})
            own[kind] = own.get(kind, 0) + count
            if place == PAST and department_id and kind in ("task", "share"):
                found.overdue[department_id] = found.overdue.get(department_id, 0) + count


def _add_joint(sums: dict[str, _Sums], source: _Source) -> None:
    for readers, lead_id, support_id, kind, count in source.run(_JOINT):
        for found in _share(sums, readers):
            found.joint.setdefault((lead_id, support_id), [0, 0])[kind == "task"] += count


def _add_stays(
    sums: dict[str, _Sums], source: _Source, calendar: Calendar, months: Sequence[date], today: date
) -> None:
    sql = _STAYS.format(
        entered_on=_local("e.occurred_at", source.connection, calendar, months),
        left_on=_local("e.left_at", source.connection, calendar, months),
    )
    grouped: dict[tuple[str, str, str, int], int] = {}
    for readers, kind, state, entered_on, left_on, count in source.run(sql, _period(calendar, months, today)):
        days = max(0, calendar.workdays_between(_as_date(entered_on), _as_date(left_on)))
        key = (readers, kind, state, days)
        grouped[key] = grouped.get(key, 0) + count
    for (readers, kind, state, days), count in grouped.items():
        for found in _share(sums, readers):
            own = found.stays.setdefault((kind, state), {})
            own[days] = own.get(days, 0) + count


def _as_date(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _period(calendar: Calendar, months: Sequence[date], today: date) -> dict[str, datetime]:
    return {"from_at": calendar.day_start(months[0]), "until_at": calendar.day_end(today)}


def _local(column: str, connection: Connection, calendar: Calendar, months: Sequence[date]) -> str:
    """Return the SQL for the city's date of an instant: PostgreSQL knows zones, SQLite is told the offsets."""
    if connection.dialect.name == "postgresql":
        return f"CAST({column} AT TIME ZONE '{calendar.zone.key}' AS DATE)"
    offsets = _list_offsets(calendar, months)
    text_of = [f"date({column}, '{minutes:+d} minutes')" for _, minutes in offsets]
    cases = " ".join(
        f"WHEN {column} < '{since:%Y-%m-%d %H:%M:%S}' THEN {shown}"
        for (since, _), shown in zip(offsets[1:], text_of, strict=False)
    )
    return f"CASE {cases} ELSE {text_of[-1]} END" if cases else text_of[0]


def _list_offsets(calendar: Calendar, months: Sequence[date]) -> list[tuple[datetime, int]]:
    """Return since when (UTC) the zone stands how many minutes off UTC; looks three years back, to the hour."""
    last = months[-1] + timedelta(62)
    at = datetime(months[0].year - 2, 1, 1, tzinfo=UTC)
    found: list[tuple[datetime, int]] = []
    while at.date() <= last:
        minutes = _offset(calendar, at)
        if not found or found[-1][1] != minutes:
            low, high = at - timedelta(1), at
            while found and high - low > timedelta(minutes=1):
                middle = low + (high - low) / 2
                low, high = (middle, high) if _offset(calendar, middle) == found[-1][1] else (low, middle)
            found.append((high.replace(second=0, microsecond=0), minutes))
        at += timedelta(1)
    return found


def _offset(calendar: Calendar, at: datetime) -> int:
    offset = at.astimezone(calendar.zone).utcoffset()
    return int((offset or timedelta()).total_seconds()) // 60


def _finish(found: _Sums, today: date, months: tuple[date, ...]) -> Figures:
    departments = sorted({*found.months, *found.overdue})
    by_kind = {place: {kind: own[kind] for kind in KINDS if kind in own} for place, own in found.weeks.items()}
    return Figures(
        today=today,
        lights=tuple(LightCount(light, found.lights.get(light, 0)) for light in LIGHTS),
        phases=tuple(
            PhaseCount(*key, count)
            for key, count in sorted(found.phases.items(), key=lambda pair: (pair[0][0], pair[0][1] or ""))
        ),
        months=months,
        rates=tuple(_rate(found, one, len(months)) for one in departments),
        states=tuple(_measure(kind, state, found.stays[kind, state]) for kind, state in sorted(found.stays)),
        load=Load(
            by_kind.get(PAST, {}),
            tuple(WeekLoad(*days, by_kind.get(place, {})) for place, days in enumerate(list_weeks(today))),
            by_kind.get(LATER, {}),
            by_kind.get(UNDATED, {}),
        ),
        joint=tuple(JointCell(*pair, *counts) for pair, counts in sorted(found.joint.items())),
    )


def _rate(found: _Sums, department_id: int, months: int) -> DepartmentRate:
    own = found.months.get(department_id, {})
    counts = tuple(MonthCount(*own.get(month, (0, 0, 0))) for month in range(months))
    return DepartmentRate(department_id, counts, found.overdue.get(department_id, 0))


def _measure(kind: str, state: str, days: Mapping[int, int]) -> StateDays:
    """Return median and ninth decile of the stays; an even number has its median between the two in the middle."""
    count = sum(days.values())
    low, high = _pick(days, (count - 1) // 2), _pick(days, count // 2)
    return StateDays(kind, state, count, low + high, 2 * _pick(days, -(-count * 9 // 10) - 1))


def _pick(days: Mapping[int, int], place: int) -> int:
    """Return the value at a place (from 0) of the stays in order."""
    passed = 0
    for value in sorted(days):
        passed += days[value]
        if place < passed:
            return value
    raise AssertionError("the place lies among the stays")
