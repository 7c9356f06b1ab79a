"""Reads what the monthly progress report says: a constant number of statements, whatever the size of the city.

A report of month M stands as of the end of M, or of its cut-off day where there is one: what comes after counts for
the next month. A project's row is its last snapshot on or before that day; what a
ledger brought is taken from the snapshot alone, what was reported here also from the project itself. Compared is
with the last instant before M, so that reports chain: one month's end is the next one's beginning. A project that was
closed before M is no part of it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.escalation import Episode, Escalation
from app.models.item import Item, ItemAccess, Phase, Project
from app.models.ledger import ProgressSnapshot
from app.queries.paper.moment import due_on_at, state_at
from workflows.catalogue import WORKFLOWS
from workflows.period import read_period

_DECEMBER = 12

#: (year, month) -> the month's cut-off day, 0: its last day.
CutoffOf = Callable[[int, int], int]


@dataclass(frozen=True, slots=True)
class Period:
    """A month of the city: its days, its last instant, the readers for whom it is told.

    `cutoff_day`: the day with which the month ends for the report; 0: its last. `is_running`: today is in it, so
    that what stands now is what it tells.
    """

    first_on: date
    as_of_on: date
    starts_at: datetime
    ends_at: datetime
    readers: tuple[str, ...]
    cutoff_day: int = 0
    is_running: bool = False

    @property
    def before_on(self) -> date:
        """The last day before the month."""
        return self.first_on - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How a project stood on a reporting date."""

    as_of_on: date
    state: str | None
    stage: str | None
    forecast_on: date | None
    budget_fen: int | None
    progress_pct: int | None
    reported_slip_days: int | None


@dataclass(frozen=True, slots=True)
class Override:
    """A light set by hand: from the instant at which it was granted until its last day."""

    light: str
    granted_at: datetime
    until_on: date


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project with its present, its previous and its first known forecast.

    `due_on`, `is_paused` and `phase` are those of the month's end. `was_open`: it was there and open at the last
    instant before the month; `was_paused` and `was_due_on` are those of that instant.
    """

    id: int
    code: str
    title: str
    sort_key: str
    department_id: int | None
    state: str
    is_open: bool
    is_paused: bool
    is_imported: bool
    due_on: date | None
    start_on: date | None
    currency: str | None
    phase: tuple[str, str] | None
    rule_set_id: int
    now: Snapshot | None
    before: Snapshot | None
    first_forecast_on: date | None
    override: Override | None = None
    was_open: bool = False
    was_paused: bool = False
    was_due_on: date | None = None


@dataclass(frozen=True, slots=True)
class StalledRow:
    """An item with its highest rung reached in an episode that was running at the end of the month."""

    id: int
    title: str
    kind: str
    department_id: int | None
    cause: str
    level: int
    since_on: date


def make_period(
    year: int, month: int, day_start: Callable[[date], datetime], readers: Iterable[str], today: date,
    cutoff_of: CutoffOf,
) -> Period:  # fmt: skip
    """Return the month up to `today`; `day_start(date)` gives the instant at which a day of the city begins.

    It begins on the day after the cut-off of the month before, so that every fact counts in one month.
    """
    cutoff_day = cutoff_of(year, month)
    first_on = find_first_day(year, month, cutoff_of)
    ends_on = _find_last_day(year, month, cutoff_day)
    last_on = min(ends_on, today)
    starts_at, ends_at = day_start(first_on), day_start(last_on + timedelta(days=1))
    return Period(first_on, last_on, starts_at, ends_at, tuple(readers), cutoff_day, today <= ends_on)


def find_first_day(year: int, month: int, cutoff_of: CutoffOf) -> date:
    """Return the day with which a month begins for the report."""
    before = (year, month - 1) if month > 1 else (year - 1, _DECEMBER)
    return _find_last_day(*before, cutoff_of(*before)) + timedelta(days=1)


def _find_last_day(year: int, month: int, cutoff_day: int) -> date:
    return read_period(f"{year:04d}-{month:02d}", cutoff_day).ends_on


def is_read(item_id: Any, readers: Sequence[str]) -> ColumnElement[bool]:  # noqa: ANN401  # a column
    """Return whether one of `readers` may read the item of a column."""
    return exists().where(ItemAccess.item_id == item_id, ItemAccess.reader.in_(readers))


def was_there(period: Period) -> ColumnElement[bool]:
    """Return whether the item of the row was there by the month's end, as entered or as first reported."""
    reported = exists().where(ProgressSnapshot.item_id == Item.id, ProgressSnapshot.as_of_on <= period.as_of_on)
    return or_(Item.created_at < period.ends_at, reported)


def _was_before(period: Period) -> ColumnElement[bool]:
    reported = exists().where(ProgressSnapshot.item_id == Item.id, ProgressSnapshot.as_of_on <= period.before_on)
    return or_(Item.created_at < period.starts_at, reported)


def find_previous_date(connection: Connection, period: Period) -> date | None:
    """Return the last day before the month; None when no readable project was there yet."""
    return period.before_on if connection.execute(
        select(Item.id)
        .where(Item.kind == "project", _was_before(period), is_read(Item.id, period.readers))
        .limit(1)
    ).first() else None  # fmt: skip


def find_first_day_of_data(connection: Connection) -> date | None:
    """Return the earliest day of which anything is known: a report's date or a record; None without any."""
    reported_on = connection.execute(select(func.min(ProgressSnapshot.as_of_on))).scalar_one()
    entered_at = connection.execute(select(func.min(Item.created_at))).scalar_one()
    known = [day for day in (reported_on, entered_at.date() if entered_at else None) if day is not None]
    return min(known, default=None)


_SNAPSHOT = (
    ProgressSnapshot.item_id,
    ProgressSnapshot.as_of_on,
    ProgressSnapshot.state,
    ProgressSnapshot.stage_text,
    ProgressSnapshot.forecast_on,
    ProgressSnapshot.budget_fen,
    ProgressSnapshot.progress_pct,
    ProgressSnapshot.reported_slip_days,
)


def _read_snapshots(connection: Connection, until: date, readers: Sequence[str]) -> dict[int, Snapshot]:
    """Return each project's last snapshot on or before `until`."""
    last = (
        select(ProgressSnapshot.item_id, func.max(ProgressSnapshot.as_of_on).label("as_of_on"))
        .where(ProgressSnapshot.as_of_on <= until)
        .group_by(ProgressSnapshot.item_id)
        .subquery()
    )
    rows = connection.execute(
        select(*_SNAPSHOT)
        .join(last, and_(last.c.item_id == ProgressSnapshot.item_id, last.c.as_of_on == ProgressSnapshot.as_of_on))
        .join(Item, Item.id == ProgressSnapshot.item_id)
        .where(Item.kind == "project", is_read(Item.id, readers))
    ).all()
    return {row[0]: Snapshot(*row[1:]) for row in rows}


def _read_first_forecasts(connection: Connection, until: date) -> dict[int, date]:
    """Return each project's earliest stored forecast among its snapshots up to `until`: by reporting date."""
    dated = select(ProgressSnapshot.item_id, func.min(ProgressSnapshot.as_of_on).label("as_of_on")).where(
        ProgressSnapshot.forecast_on.is_not(None), ProgressSnapshot.as_of_on <= until
    )
    first = dated.group_by(ProgressSnapshot.item_id).subquery()
    rows = connection.execute(
        select(ProgressSnapshot.item_id, ProgressSnapshot.forecast_on).join(
            first, and_(first.c.item_id == ProgressSnapshot.item_id, first.c.as_of_on == ProgressSnapshot.as_of_on)
        )
    ).all()
    return {row[0]: row[1] for row in rows if row[1] is not None}


def _live_snapshot(row: Any, period: Period, found: Snapshot | None) -> Snapshot:  # noqa: ANN401  # a row
    """Return the standing of a project that reports here: its last report, and its own columns for the rest.

    Under a cut-off these columns are left out when they speak of a report after it.
    """
    is_later = bool(period.cutoff_day) and row.has_later_report
    forecast_on, progress_pct = (None, None) if is_later else (row.forecast_on, row.progress_pct)
    return Snapshot(
        as_of_on=found.as_of_on if found else period.as_of_on,
        state=found.state if found and found.state else row.state,
        stage=None,
        forecast_on=found.forecast_on if found and found.forecast_on else forecast_on,
        budget_fen=row.budget_fen,
        progress_pct=found.progress_pct if found and found.progress_pct is not None else progress_pct,
        reported_slip_days=None,
    )


#: The request that granted a light set by hand.
_Grant = aliased(Item)


def read_projects(connection: Connection, period: Period, previous_on: date | None) -> list[ProjectRow]:
    """Return every project of the month, with what it is compared with."""
    now = _read_snapshots(connection, period.as_of_on, period.readers)
    before = {} if previous_on is None else _read_snapshots(connection, previous_on, period.readers)
    first = _read_first_forecasts(connection, period.as_of_on)
    later = exists().where(ProgressSnapshot.item_id == Item.id, ProgressSnapshot.as_of_on > period.as_of_on)
    rows = connection.execute(
        select(
            Item.id, Item.number, Item.external_key, Item.title, Item.sort_key, Item.owner_department_id, Item.state,
            Item.closed_at, Item.paused_state, Item.external_source, Item.currency, Item.rule_set_id,
            (Item.due_on if period.is_running else due_on_at(period.ends_at)).label("due_on"),
            due_on_at(period.starts_at).label("was_due_on"), state_at(period.ends_at).label("state_then"),
            state_at(period.starts_at).label("state_before"),
            Project.start_on, Project.forecast_on, Project.budget_fen, Project.progress_pct, Phase.name, Phase.name_en,
            later.label("has_later_report"), Project.light_override, Project.light_override_until_on,
            _Grant.closed_at.label("granted_at"), _was_before(period).label("was_there"),
        )
        .join(Project, Project.item_id == Item.id)
        .outerjoin(Phase, and_(Phase.project_id == Item.id, Phase.seq == _phase_seq(period)))
        .outerjoin(_Grant, _Grant.id == Project.light_override_request_id)
        .where(
            was_there(period),
            or_(Item.closed_at.is_(None), Item.closed_at >= period.starts_at),
            is_read(Item.id, period.readers),
        )
        .order_by(Item.sort_key, Item.id)
    ).all()  # fmt: skip
    return [_project(row, period, now.get(row.id), before.get(row.id), first.get(row.id)) for row in rows]


def _project(
    row: Any,  # noqa: ANN401
    period: Period,
    now: Snapshot | None,
    before: Snapshot | None,
    first: date | None,
) -> ProjectRow:
    is_imported = row.external_source is not None
    return ProjectRow(
        id=row.id,
        code=row.number or row.external_key or str(row.id),
        title=row.title,
        sort_key=row.sort_key,
        department_id=row.owner_department_id,
        state=row.state,
        is_open=row.closed_at is None or row.closed_at >= period.ends_at,
        is_paused=row.paused_state is not None if row.state_then is None else _is_pause(row.state_then),
        is_imported=is_imported,
        due_on=row.due_on,
        start_on=row.start_on,
        currency=row.currency,
        phase=(row.name, row.name_en) if row.name else None,
        rule_set_id=row.rule_set_id,
        now=now if is_imported and now is not None else _live_snapshot(row, period, now),
        before=_before(row, period, before),
        first_forecast_on=first,
        override=_override(row),
        was_open=row.was_there,
        was_paused=_is_pause(row.state_before or (before.state if before else None)),
        was_due_on=row.was_due_on,
    )


def _is_pause(state: str | None) -> bool:
    """Return whether a project in `state` is paused; unknown counts as running."""
    return any(known.name == state and known.is_pause for known in WORKFLOWS["project"].states)


def _phase_seq(period: Period) -> ColumnElement[int]:
    """Return the phase in which the project was at the month's end: the present one unless one was entered since."""
    own = aliased(Phase)
    since = exists().where(own.project_id == Item.id, own.entered_at >= period.ends_at)
    then = (
        select(func.max(own.seq))
        .where(own.project_id == Item.id, own.entered_at < period.ends_at)
        .correlate(Item)
        .scalar_subquery()
    )
    return case((since, then), else_=Project.phase_seq)


def _before(row: Any, period: Period, found: Snapshot | None) -> Snapshot | None:  # noqa: ANN401  # a row
    """Return how a project stood before the month; None when it was not there.

    A budget that was entered here has no dates: it counts as what it is now. What was never reported is unknown.
    """
    if row.external_source is not None or not row.was_there:
        return found
    if found is None:
        return Snapshot(period.before_on, None, None, None, row.budget_fen, None, None)
    return found if found.budget_fen is not None else replace(found, budget_fen=row.budget_fen)


def _override(row: Any) -> Override | None:  # noqa: ANN401  # a row
    if row.light_override is None or row.granted_at is None:
        return None
    return Override(row.light_override, row.granted_at, row.light_override_until_on)


def read_stalled(connection: Connection, period: Period) -> list[StalledRow]:
    """Return the items that stood on a rung at the end of the month, each once, at its highest."""
    higher, of_higher = aliased(Escalation), aliased(Episode)
    running = and_(Escalation.due_at < period.ends_at, _runs(Episode, period))
    is_topped = exists().where(
        higher.item_id == Escalation.item_id,
        higher.due_at < period.ends_at,
        or_(higher.level > Escalation.level, and_(higher.level == Escalation.level, higher.id > Escalation.id)),
        exists().where(of_higher.id == higher.episode_id, _runs(of_higher, period)),
    )
    rows = connection.execute(
        select(
            Item.id,
            Item.title,
            Item.kind,
            Item.owner_department_id,
            Escalation.cause,
            Escalation.level,
            Episode.base_on,
        )
        .join(Episode, Episode.id == Escalation.episode_id)
        .join(Item, Item.id == Escalation.item_id)
        .where(running, ~is_topped, is_read(Item.id, period.readers))
        .order_by(Escalation.level.desc(), Episode.base_on, Item.id)
    ).all()
    return [StalledRow(*row) for row in rows]


def _runs(episode: Any, period: Period) -> ColumnElement[bool]:  # noqa: ANN401  # the class or its alias
    return or_(episode.ended_at.is_(None), episode.ended_at >= period.ends_at)
