"""Where the clocks of running items stand under their own rules, and where they would stand under others.

One reckoning for both the preview and the move: what was shown is what happens.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, select
from sqlalchemy.engine import Connection

from app.models.escalation import Episode, Escalation
from app.models.item import Item, ItemClock
from app.models.record import SignOff
from app.services.clocks import limit_day
from app.services.rulebook import LadderRule, LadderStep, Rules
from workflows.calendar import Calendar
from workflows.light import LightThresholds
from workflows.machine import Cause
from workflows.ruling.keys import RULE_KEYS, Values
from workflows.span import Span
from workflows.terms import read_terms

_RAISED = (
    select(func.coalesce(func.max(Escalation.level), 0)).where(Escalation.episode_id == Episode.id).scalar_subquery()
)
_EPISODES = (
    select(
        Episode.id, Episode.item_id, Episode.cause, Episode.base_on, Episode.opened_at, Episode.next_level,
        Episode.next_at, Episode.held_until, _RAISED.label("raised"), Item.kind, Item.rule_set_id, Item.state_since,
        Item.last_progress_at, ItemClock.escalate_from, SignOff.opened_at.label("round_at"),
    )
    .join(Item, Item.id == Episode.item_id)
    .join(ItemClock, ItemClock.item_id == Episode.item_id)
    .outerjoin(SignOff, (SignOff.item_id == Episode.item_id) & (cast(SignOff.id, String) == Episode.anchor))
    .where(Episode.ended_at.is_(None), Item.closed_at.is_(None))
    .order_by(Episode.item_id, Episode.id)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a cause stands: the day from which its rungs count, the next rung and its instant (None: none is left)."""

    base_on: date
    level: int | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Clock:
    """A running cause of an item, as it stands and as it would stand; `ladder` is the one that it would rise on."""

    episode_id: int
    item_id: int
    cause: Cause
    old: Standing
    new: Standing
    ladder: LadderRule

    @property
    def is_moved(self) -> bool:
        """Whether anything of it would move."""
        return self.old != self.new

    def is_overdue_at_once(self, today: date) -> bool:
        """Whether its limit would be over where it is not yet."""
        return self.new.base_on < today <= self.old.base_on

    def climbs_at_once(self, now: datetime) -> bool:
        """Whether it would reach a rung that it has not reached by now."""
        is_reached = self.old.at is not None and self.old.at <= now
        return self.new.at is not None and self.new.at <= now and not is_reached


@dataclass
class Reckoner:
    """Reckons clocks under `rules`; what was worked out once for a ladder and a day is kept."""

    calendar: Calendar
    rules: Rules
    _limits: dict[tuple[Span, date, date | None], date] = field(default_factory=dict)
    _plans: dict[tuple[str, Cause, date], tuple[tuple[int, datetime, bool], ...]] = field(default_factory=dict)

    def assess(self, row: Any) -> Clock | None:  # noqa: ANN401  # a row of `read_episodes`
        """Return how an episode would stand; None where the rules have no ladder for it."""
        cause = Cause(row.cause)
        ladder = self.rules.ladders.get((row.kind, cause))
        if ladder is None:
            return None
        base_on = self._find_base(row, cause, ladder)
        old = Standing(row.base_on, row.next_level, row.next_at)
        return Clock(row.id, row.item_id, cause, old, self._find_next(row, ladder, base_on), ladder)

    def _find_base(self, row: Any, cause: Cause, ladder: LadderRule) -> date:  # noqa: ANN401  # as above
        starts = {
            Cause.RECEIPT: row.state_since, Cause.IDLE: row.last_progress_at or row.state_since,
            Cause.SIGN_OFF: row.round_at,
        }  # fmt: skip
        start = starts.get(cause)
        if start is None or ladder.limit is None:
            return row.base_on  # type: ignore[no-any-return]  # a date
        key = (ladder.limit, self.calendar.start_day(start), row.escalate_from)
        if ladder.limit.unit == "workdays":
            if key not in self._limits:
                self._limits[key] = limit_day(self.calendar, start, ladder.limit, row.escalate_from)
            return self._limits[key]
        return limit_day(self.calendar, start, ladder.limit, row.escalate_from)

    def _find_next(self, row: Any, ladder: LadderRule, base_on: date) -> Standing:  # noqa: ANN401  # as above
        """Return the first rung above what was raised; one before its base and past at the opening is skipped."""
        for level, at, is_ahead in self._plan(row.kind, ladder, base_on):
            if level > row.raised and not (is_ahead and at < row.opened_at):
                held = row.held_until
                return Standing(base_on, level, max(at, held) if held is not None else at)
        return Standing(base_on, None, None)

    def _plan(self, kind: str, ladder: LadderRule, base_on: date) -> tuple[tuple[int, datetime, bool], ...]:
        key = (kind, ladder.cause, base_on)
        found = self._plans.get(key)
        if found is None:
            rungs, latest = [], None
            for rung in ladder.rungs:
                at = self.calendar.rung_at(base_on, rung.after)
                # As the sweep has it: a higher rung is never reached before a lower one.
                latest = at if latest is None else max(latest, at)
                rungs.append((rung.level, latest, rung.after.count < 0))
            found = self._plans[key] = tuple(rungs)
        return found


def read_episodes(connection: Connection, which: ColumnElement[bool], limit: int | None = None) -> list[Any]:
    """Return the running episodes of open items `which`, with what their limits count from; one statement."""
    return list(connection.execute(_EPISODES.where(which).limit(limit)).all())


def make_rules(values: Values, present: Rules) -> Rules:
    """Return the rule set that `values` would make, over the ladders of `present`; nothing points to its ladders."""
    ladders = {
        (kind, cause): LadderRule(
            -ladder.id, cause, _limit_of(f"{kind}.{cause}", values, ladder), tuple(_list_steps(kind, ladder, values))
        )
        for (kind, cause), ladder in present.ladders.items()
    }
    light = {name: int(values[f"light.{name}"]) for name in LightThresholds.__dataclass_fields__}
    terms = {key.removeprefix("terms."): value for key, value in values.items() if key.startswith("terms.")}
    signing = {key: value for key, value in values.items() if RULE_KEYS[key].part == "signing"}
    return Rules(0, ladders, LightThresholds(**light), read_terms(terms), signing)


def _limit_of(key: str, values: Mapping[str, str], ladder: LadderRule) -> Span | None:
    return Span.parse(values[key]) if key in RULE_KEYS else ladder.limit


def _list_steps(kind: str, ladder: LadderRule, values: Mapping[str, str]) -> Iterator[LadderStep]:
    for rung in ladder.rungs:
        key = f"{kind}.{ladder.cause}.{rung.level}"
        known = key in RULE_KEYS
        yield LadderStep(
            rung.level, Span.parse(values[key]) if known else rung.after, values.get(f"{key}.to", rung.to_role),
            values.get(f"{key}.by", rung.way),
        )  # fmt: skip
