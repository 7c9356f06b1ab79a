"""Keeps an item's clocks in step with what happened to it: which episodes run, the light, the rung shown.

An episode runs per (cause, anchor); what no longer stalls ends, what stalls anew opens, and an anchor that was
there before is reopened rather than doubled.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import and_, bindparam, insert, literal_column, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection

from app.models.escalation import Episode, Escalation
from app.models.item import Item, ItemClock, LightChange
from app.services.loading import Loaded, load
from app.services.rulebook import LadderRule, Rulebook
from workflows.calendar import Calendar
from workflows.interpreter import Machine
from workflows.light import Colour, Light, LightFacts, judge
from workflows.machine import Cause
from workflows.span import Span


@dataclass(frozen=True, slots=True)
class Wanted:
    """An episode that should run: its anchor in canonical text, and the date its rungs count from."""

    cause: Cause
    anchor: str
    base_on: date
    ladder: LadderRule


def limit_day(calendar: Calendar, start: datetime, span: Span, not_before: date | None) -> date:
    """Return the local day on which a limit of `span` from `start` (not before `not_before`) ends."""
    if not_before is not None:
        start = max(start, calendar.day_start(not_before))
    if span.unit == "workdays":
        return calendar.add_workdays(calendar.start_day(start), span.count)
    if span.unit == "workhours":
        return calendar.local_date(calendar.limit_end(start, span))
    return calendar.add_workdays(calendar.local_date(start), 0) if span.count == 0 else _days_on(calendar, start, span)


def _days_on(calendar: Calendar, start: datetime, span: Span) -> date:
    return date.fromordinal(calendar.local_date(start).toordinal() + span.count)


def wanted_episodes(
    connection: Connection, book: Rulebook, machine: Machine, item: Loaded, now: datetime
) -> list[Wanted]:
    """Return the episodes that should run for `item` as it stands; none while it, or what is above it, is paused."""
    state = machine.states[item.state]
    if not state.clocks or item.paused_state is not None or item.is_paused_above:
        return []
    calendar = book.calendar(connection, item.calendar_revision)
    rules = book.rules(connection, item.rule_set_id)
    found = []
    for cause in state.clocks:
        ladder = rules.ladders.get((item.kind, cause))
        if ladder is not None:
            found += [
                Wanted(cause, anchor, base_on, ladder) for anchor, base_on in _anchors(calendar, item, ladder, now)
            ]
    return found


def _anchors(calendar: Calendar, item: Loaded, ladder: LadderRule, now: datetime) -> Iterator[tuple[str, date]]:
    floor = item.escalate_from
    limit = ladder.limit
    match ladder.cause:
        case Cause.DUE if item.due_on is not None:
            yield item.due_on.isoformat(), item.due_on if floor is None else max(item.due_on, floor)
        case Cause.RECEIPT if limit is not None:
            yield str(item.state_seq), limit_day(calendar, item.state_since, limit, floor)
        case Cause.IDLE if limit is not None:
            start = item.last_progress_at or item.state_since
            yield start.isoformat(timespec="seconds"), limit_day(calendar, start, limit, floor)
        case Cause.SIGN_OFF if limit is not None and item.sign_off_id is not None:
            yield str(item.sign_off_id), limit_day(calendar, item.sign_off_opened_at or now, limit, floor)
        case Cause.REPORT:
            for period, due_on in item.reports_owed:
                yield period, due_on if floor is None else max(due_on, floor)
        case Cause.FORECAST if item.due_on is not None and item.forecast_on is not None:
            if item.forecast_on > item.due_on:
                recorded_on = calendar.local_date(now)
                yield f"{item.due_on}:{item.forecast_on}", recorded_on
        case _:
            return


def reset_episodes(
    connection: Connection, book: Rulebook, machine: Machine, item: Loaded, now: datetime, *, is_new: bool = False
) -> None:
    """End the episodes of `item` that are answered and open those that now run (idempotent)."""
    wanted = wanted_episodes(connection, book, machine, item, now)
    shows_rung = item.has_rungs
    if not is_new:
        shows_rung = _end_others(connection, item, wanted, now) or shows_rung
    if wanted:
        calendar = book.calendar(connection, item.calendar_revision)
        upsert_episodes(connection, [episode_row(book, calendar, item.id, w, now) for w in wanted])
    if shows_rung:
        settle_rung(connection, item.id)


_RUNNING = update(Episode).where(Episode.item_id == bindparam("b_item_id"), Episode.ended_at.is_(None))
_END_ALL = _RUNNING.values(ended_at=bindparam("now"), next_at=None).returning(Episode.next_level)
_END_OTHERS = _END_ALL.where(tuple_(Episode.cause, Episode.anchor).not_in(bindparam("keep", expanding=True)))


def _end_others(connection: Connection, item: Loaded, wanted: list[Wanted], now: datetime) -> bool:
    """End what no longer runs; returns whether an ended episode may have reached a rung.

    `next_level` is read under the row's lock, so a sweep that was raising at the same moment is seen.
    """
    values: dict[str, Any] = {"b_item_id": item.id, "now": now}
    if wanted:
        values["keep"] = [(w.cause.value, w.anchor) for w in wanted]
    ended = connection.execute(_END_OTHERS if wanted else _END_ALL, values).scalars().all()
    return any(level is None or level > 1 for level in ended)


def first_rung(
    book: Rulebook, calendar: Calendar, ladder: LadderRule, base_on: date, opened_at: datetime
) -> tuple[int | None, datetime | None]:
    """Return the level and instant of the first rung ahead of an episode opened at `opened_at`.

    A rung before its base date whose instant lies before the opening is skipped.
    """
    for rung in book.plan(calendar, ladder, base_on):
        if not (rung.is_ahead and rung.at < opened_at):
            return rung.level, rung.at
    return None, None


def episode_row(book: Rulebook, calendar: Calendar, item_id: int, wanted: Wanted, now: datetime) -> dict[str, Any]:
    """Return the row of an episode that opens now."""
    level, at = first_rung(book, calendar, wanted.ladder, wanted.base_on, now)
    return {
        "item_id": item_id,
        "cause": wanted.cause.value,
        "anchor": wanted.anchor,
        "ladder_id": wanted.ladder.id,
        "base_on": wanted.base_on,
        "opened_at": now,
        "next_level": level,
        "next_at": at,
    }


def _make_upsert(make: Any) -> Any:  # noqa: ANN401  # two dialects' statements
    statement = make(Episode)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["item_id", "cause", "anchor"],
        set_={
            "ended_at": None,
            "opened_at": new.opened_at,
            "base_on": new.base_on,
            "ladder_id": new.ladder_id,
            "next_level": new.next_level,
            "next_at": new.next_at,
            "held_until": None,
        },
        where=or_(
            Episode.ended_at.is_not(None),
            and_(Episode.base_on != new.base_on, Episode.cause != literal_column("'forecast'")),
        ),
    )


_UPSERT = {"postgresql": _make_upsert(postgresql_insert), "sqlite": _make_upsert(sqlite_insert)}


def upsert_episodes(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Open the episodes of `rows`, or reopen those that were there."""
    # One row goes alone: the driver sends several as a pipeline of its own, which costs more.
    connection.execute(_UPSERT[connection.dialect.name], rows if len(rows) > 1 else rows[0])


_HAS_RUNG = (
    select(Escalation.id)
    .join(Episode, Episode.id == Escalation.episode_id)
    .where(Episode.item_id == ItemClock.item_id, Episode.ended_at.is_(None))
    .exists()
)


def settle_rung(connection: Connection, item_id: int) -> None:
    """Write the rung shown anew after episodes ended or were reopened; nearly free where no rung was reached.

    The first statement locks the clock's row: a sweep that raises another rung of the item at the same moment
    has either committed and is seen by what follows, or waits and adds its own to what is written here.
    """
    clock = update(ItemClock).where(ItemClock.item_id == item_id, or_(ItemClock.rung > 0, _HAS_RUNG))
    if connection.execute(clock.values(rung=ItemClock.rung)).rowcount:
        refresh_rung(connection, item_id)


def refresh_rung(connection: Connection, item_id: int) -> None:
    """Write the rung shown for an item: the highest reached in its open episodes, 0 when there is none."""
    top = connection.execute(
        select(Escalation.level, Escalation.cause)
        .join(Episode, Episode.id == Escalation.episode_id)
        .where(Episode.item_id == item_id, Episode.ended_at.is_(None))
        .order_by(Escalation.level.desc(), Escalation.id.desc())
        .limit(1)
    ).first()
    level, cause = (top.level, top.cause) if top else (0, None)
    connection.execute(update(ItemClock).where(ItemClock.item_id == item_id).values(rung=level, rung_cause=cause))


def light_facts(machine: Machine, item: Loaded) -> LightFacts:
    """Return what the light of `item` is judged by."""
    return LightFacts(
        is_open=machine.states[item.state].is_open,
        is_paused=item.paused_state is not None,
        due_on=item.due_on,
        start_on=item.start_on,
        progress_pct=item.progress_pct,
        forecast_on=item.forecast_on,
        warns_before_due=item.kind != "project",
        override=cast("Colour | None", item.light_override),
        override_until_on=item.light_override_until_on,
    )


def refresh_light(
    connection: Connection, book: Rulebook, machine: Machine, item: Loaded, now: datetime, *, is_new: bool = False
) -> Light:
    """Judge the light of `item` now and write it, with a row of its history when colour or rule changed."""
    calendar = book.calendar(connection, item.calendar_revision)
    today = calendar.local_date(now)
    light = judge(light_facts(machine, item), today, calendar, book.rules(connection, item.rule_set_id).light)
    values: dict[str, Any] = {
        "light": light.colour,
        "light_rule": light.rule,
        "light_facts": dict(light.values),
        "light_due_on": light.changes_on,
    }
    if is_new or (light.colour, light.rule) != (item.light, item.light_rule):
        values["light_since_on"] = today
        connection.execute(
            insert(LightChange),
            {"item_id": item.id, "on_day": today, "light": light.colour, "light_rule": light.rule, "recorded_at": now},
        )
    connection.execute(update(ItemClock).where(ItemClock.item_id == item.id).values(**values))
    return light


def reset_below(connection: Connection, book: Rulebook, item_id: int, now: datetime) -> None:
    """Set the clocks of every open item below `item_id` anew: what is above them paused, resumed or closed."""
    below = connection.execute(select(Item.id).where(Item.parent_id == item_id, Item.closed_at.is_(None))).scalars()
    for child_id in below.all():
        child = load(connection, child_id)
        machine = book.machine(connection, child.kind, child.workflow_version)
        reset_episodes(connection, book, machine, child, now)
        reset_below(connection, book, child_id, now)
