"""Closes the periods of reports: whoever was at work and sent none owes one, exactly once, set-based.

A period is judged by how things stood when it ended, however late that is looked at: an item that was not at work
then (not begun, submitted, paused by itself or from above) owes nothing for it. A sweep closes what has ended; a
report closes what its own item has still to close, so the last report decides: no other one can lie in a period
that is still open. After a long stop the last three periods are owed; older ones are put on record as lapsed
(answered in the moment in which they were recorded): nobody is asked years later for what nobody asked for in time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    Integer,
    MetaData,
    String,
    Table,
    and_,
    case,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session, aliased
from sqlalchemy.schema import CreateTable

from app.core.database import UtcDateTime, make_insert
from app.models.escalation import Episode, Sweep
from app.models.item import Item, ItemClock
from app.models.ledger import ProgressSnapshot
from app.models.record import History
from app.models.supervision import ReportOwed
from app.policy.owing import PAUSES, is_at_work, is_paused_above
from app.services.clocks import first_rung
from app.services.clocks_many import reset_episodes_of
from app.services.loading import load_many
from app.services.rulebook import Rulebook, Rules
from workflows.calendar import Calendar
from workflows.machine import Cause
from workflows.period import Period, find_ending, find_first_owed, find_next, find_period, find_previous

#: Clocks that one sweep takes; the rest is for the next.
MOST = 100_000
#: Periods that are still asked for after a long stop.
STILL_OWED = 3
_BATCH = 500
_NAMED_ITEMS = 20

Fault = dict[str, object]

#: The clocks that were taken, held until the unit of work ends.
_TAKEN = Table(
    "swept_report",
    MetaData(),
    Column("item_id", BigInteger()),
    Column("kind", String()),
    Column("workflow_version", Integer()),
    Column("rule_set_id", BigInteger()),
    Column("rhythm", String()),
    Column("ends_on", Date()),
    Column("state", String()),
    Column("state_since", UtcDateTime()),
    Column("parent_id", BigInteger()),
    Column("is_open", Boolean()),
    Column("floor_on", Date()),
    Column("reported_at", UtcDateTime()),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DELETE ROWS",
)
_T = _TAKEN.c
_MAKE = CreateTable(_TAKEN, if_not_exists=True)
_ENDED = (
    select(
        Item.id, Item.kind, Item.workflow_version, Item.rule_set_id, Item.report_rhythm, ItemClock.report_ends_on,
        Item.state, Item.state_since, Item.parent_id, Item.closed_at.is_(None), ItemClock.escalate_from,
        ItemClock.reported_at,
    )
    .join(ItemClock, ItemClock.item_id == Item.id)
    .order_by(ItemClock.report_ends_on, ItemClock.item_id)
    # A clock that a step holds at this moment is the next sweep's: nobody waits for anybody.
    .with_for_update(of=ItemClock, skip_locked=True)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Closing:
    """One closing: on what, by which rules, as of which instant."""

    connection: Connection
    book: Rulebook
    calendar: Calendar
    at: datetime
    today: date


def close_periods(session: Session, book: Rulebook, at: datetime) -> list[Fault]:
    """Close every period that has ended by `at`, and put right what a step at the same moment left; returns faults.

    Called at a sweep's beginning, in its unit of work; any number of times and at once: a period is owed once.
    """
    connection = session.connection()
    calendar = book.calendar(connection)
    closing = _Closing(connection, book, calendar, at, calendar.local_date(at))
    if _is_first_of_day(closing):
        _wake(closing)
    ended = select(ItemClock.item_id).where(_has_ended(closing.today)).order_by(ItemClock.report_ends_on).limit(1)
    faults = [] if connection.execute(ended).first() is None else _close(closing, _has_ended(closing.today))
    _set_right(closing)
    return faults


def close_of(connection: Connection, book: Rulebook, item_id: int, at: datetime) -> None:
    """Close what has ended for one item whose clock the caller has locked."""
    calendar = book.calendar(connection)
    closing = _Closing(connection, book, calendar, at, calendar.local_date(at))
    _close(closing, and_(ItemClock.item_id == item_id, _has_ended(closing.today)))


def _has_ended(today: date) -> ColumnElement[bool]:
    return and_(ItemClock.report_ends_on.is_not(None), ItemClock.report_ends_on < today)


def _close(closing: _Closing, which: ColumnElement[bool]) -> list[Fault]:
    connection = closing.connection
    connection.execute(_MAKE)
    connection.execute(delete(_TAKEN))
    taken = _TAKEN.insert().from_select([column.name for column in _TAKEN.columns], _ENDED.where(which).limit(MOST))
    if not connection.execute(taken).rowcount:
        return []
    closed = or_(~_T.is_open, _T.rhythm.is_(None))
    _roll(connection, closed, None)
    connection.execute(delete(_TAKEN).where(closed))
    faults: list[Fault] = []
    groups = connection.execute(
        select(_T.rhythm, _T.rule_set_id).distinct().order_by(*_TAKEN.c["rhythm", "rule_set_id"])
    )
    for rhythm, rule_set_id in groups.all():
        mine = and_(_T.rhythm == rhythm, _T.rule_set_id == rule_set_id)
        try:
            _close_group(closing, rhythm, closing.book.rules(connection, rule_set_id), mine)
        except (ValueError, OverflowError) as error:
            items = connection.execute(
                select(_T.item_id).where(mine).order_by(_T.item_id).limit(_NAMED_ITEMS)
            ).scalars()
            faults.append({"kind": "report", "items": list(items), "said": str(error)})
    return faults


def _roll(connection: Connection, which: ColumnElement[bool], ends_on: date | None) -> None:
    clocks = update(ItemClock).where(ItemClock.item_id.in_(select(_T.item_id).where(which)))
    connection.execute(clocks.values(report_ends_on=ends_on))


def _close_group(closing: _Closing, rhythm: str, rules: Rules, mine: ColumnElement[bool]) -> None:
    """Close, from the oldest on, the ended periods of the items that share rhythm and rules."""
    connection, cutoff = closing.connection, rules.terms.report_cutoff_day
    ends = connection.execute(select(_T.ends_on).where(mine).distinct()).scalars().all()
    periods = {ends_on: find_ending(rhythm, ends_on, cutoff) for ends_on in ends}
    for ends_on, period in periods.items():
        if period.ends_on != ends_on:
            connection.execute(update(_TAKEN).where(mine, _T.ends_on == ends_on).values(ends_on=period.ends_on))
    kinds = connection.execute(select(_T.kind, _T.workflow_version).where(mine).distinct()).all()
    running = find_period(rhythm, closing.today, cutoff)
    asked_from = running
    for _ in range(STILL_OWED):
        asked_from = find_previous(rhythm, asked_from, cutoff)
    period = min(periods.values(), key=lambda one: one.ends_on)
    while period.ends_on < closing.today:
        for kind, version in kinds:
            machine = closing.book.machine(connection, kind, version)
            states = [name for name, state in machine.states.items() if Cause.REPORT in state.clocks]
            own = and_(mine, _T.kind == kind, _T.workflow_version == version, _T.ends_on <= period.ends_on)
            if states:
                _owe(closing, period, rules, own, states, is_lapsed=period.starts_on < asked_from.starts_on)
                if period.starts_on >= asked_from.starts_on:
                    _open_episodes(closing, period, kind, rules, own, states)
        period = find_next(rhythm, period, cutoff)
    _roll(connection, mine, running.ends_on)


def _limit_day(closing: _Closing, period: Period, rules: Rules) -> date:
    return closing.calendar.add_workdays(period.ends_on, rules.terms.report_limit.count)


def _owe(
    closing: _Closing, period: Period, rules: Rules, own: ColumnElement[bool], states: list[str], *, is_lapsed: bool
) -> None:
    """Put on record who was at work at the period's end and has no report in it."""
    calendar = closing.calendar
    starts_at, ends_at = calendar.day_start(period.starts_on), calendar.day_end(period.ends_on)
    is_imported = exists().where(
        ProgressSnapshot.item_id == _T.item_id,
        ProgressSnapshot.as_of_on >= period.starts_on,
        ProgressSnapshot.raw.is_not(None),
    )
    owing = select(
        _T.item_id, literal(period.key), literal(period.ends_on, Date()),
        literal(_limit_day(closing, period, rules), Date()), literal(closing.at, UtcDateTime()),
        literal(closing.at if is_lapsed else None, UtcDateTime()),
    ).where(
        own,
        _state_at(_TAKEN.c, _T.item_id, ends_at).in_(states),
        ~_was_paused_above(ends_at),
        or_(_T.reported_at.is_(None), _T.reported_at < starts_at),
        ~is_imported,
    )  # fmt: skip
    columns = ["item_id", "period", "ends_on", "due_on", "recorded_at", "answered_at"]
    insert = make_insert(closing.connection, ReportOwed).from_select(columns, owing)
    closing.connection.execute(insert.on_conflict_do_nothing())


def _state_at(item: Any, item_id: Any, instant: datetime) -> ColumnElement[str]:  # noqa: ANN401  # columns
    """Return the state that an item was in just before `instant`: its present one, or what its history says."""
    told = (
        select(History.to_state)
        .where(History.item_id == item_id, History.recorded_at < instant)
        .order_by(History.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    return case((item.state_since < instant, item.state), else_=func.coalesce(told, ""))


def _was_paused_above(instant: datetime) -> ColumnElement[bool]:
    above, higher = aliased(Item), aliased(Item)
    higher_pauses = exists().where(higher.id == above.parent_id, _state_at(higher, higher.id, instant).in_(PAUSES))
    own_pause = _state_at(above, above.id, instant).in_(PAUSES)
    return exists().where(above.id == _T.parent_id, or_(own_pause, higher_pauses))


def _open_episodes(
    closing: _Closing, period: Period, kind: str, rules: Rules, own: ColumnElement[bool], states: list[str]
) -> None:
    """Open the episodes of what has just been recorded, as `clocks.reset_episodes` would, for those at work now."""
    ladder = rules.ladders.get((kind, Cause.REPORT))
    if ladder is None:
        return
    connection, due_on = closing.connection, _limit_day(closing, period, rules)
    is_owed = exists().where(
        ReportOwed.item_id == _T.item_id, ReportOwed.period == period.key, ReportOwed.answered_at.is_(None)
    )
    at_work = and_(own, _T.state.in_(states), ~is_paused_above(_T.parent_id), is_owed)
    for floor_on in connection.execute(select(_T.floor_on).where(own).distinct()).scalars().all():
        base_on = due_on if floor_on is None else max(due_on, floor_on)
        level, at = first_rung(closing.book, closing.calendar, ladder, base_on, closing.at)
        values = {
            "item_id": _T.item_id,
            "cause": literal(Cause.REPORT.value),
            "anchor": literal(period.key),
            "ladder_id": literal(ladder.id, Integer()),
            "base_on": literal(base_on, Date()),
            "opened_at": literal(closing.at, UtcDateTime()),
            "next_level": literal(level, Integer()),
            "next_at": literal(at, UtcDateTime()),
        }
        is_floor = _T.floor_on.is_(None) if floor_on is None else _T.floor_on == floor_on
        rows = select(*values.values()).where(at_work, is_floor)
        connection.execute(make_insert(connection, Episode).from_select(list(values), rows).on_conflict_do_nothing())


def _is_first_of_day(closing: _Closing) -> bool:
    last = select(func.max(Sweep.at)).where(Sweep.finished_at.is_not(None))
    last_at = closing.connection.execute(last).scalar_one()
    return last_at is None or closing.calendar.local_date(last_at) < closing.today


def _wake(closing: _Closing) -> None:
    """Start the clocks of open items whose rhythm has none running: closed when theirs ended, and re-opened since."""
    connection = closing.connection
    asleep = (
        select(Item.id, Item.report_rhythm, Item.rule_set_id)
        .join(ItemClock, ItemClock.item_id == Item.id)
        .where(Item.report_rhythm.is_not(None), Item.closed_at.is_(None), ItemClock.report_ends_on.is_(None))
        .order_by(Item.id)
    )
    found: dict[tuple[str, int], list[int]] = {}
    for item_id, rhythm, rule_set_id in connection.execute(asleep.with_for_update(of=ItemClock, skip_locked=True)):
        found.setdefault((str(rhythm), rule_set_id), []).append(item_id)
    for (rhythm, rule_set_id), ids in found.items():
        cutoff = closing.book.rules(connection, rule_set_id).terms.report_cutoff_day
        first = find_first_owed(rhythm, closing.today, cutoff)
        for part in _cut(ids):
            clocks = update(ItemClock).where(ItemClock.item_id.in_(part))
            connection.execute(clocks.values(report_ends_on=first.ends_on))


def _set_right(closing: _Closing) -> None:
    """Open the episodes that lack, and end those that are due without being owed any more.

    A step that had read its item before a period was closed, or answered by a ledger, sets the clocks as it knew
    them; the next sweep finds what differs.
    """
    connection = closing.connection
    runs = exists().where(
        Episode.item_id == ReportOwed.item_id,
        Episode.cause == Cause.REPORT.value,
        Episode.anchor == ReportOwed.period,
        Episode.ended_at.is_(None),
    )
    lacking = (
        select(ReportOwed.item_id)
        .join(Item, Item.id == ReportOwed.item_id)
        .where(ReportOwed.answered_at.is_(None), is_at_work(), ~runs)
    )
    is_owed = exists().where(
        ReportOwed.item_id == Episode.item_id, ReportOwed.period == Episode.anchor, ReportOwed.answered_at.is_(None)
    )
    needless = select(Episode.item_id).where(
        Episode.ended_at.is_(None),
        Episode.next_at.is_not(None),
        Episode.next_at <= closing.at,
        Episode.cause == Cause.REPORT.value,
        ~is_owed,
    )
    for part in _batches(connection, lacking, needless):
        reset_episodes_of(connection, closing.book, load_many(connection, part), closing.at)


def _batches(connection: Connection, *statements: Any) -> Iterator[list[int]]:  # noqa: ANN401  # selects
    ids = {item_id for statement in statements for item_id in connection.execute(statement.distinct()).scalars()}
    yield from _cut(sorted(ids))


def _cut(ids: list[int]) -> Iterator[list[int]]:
    yield from (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))
