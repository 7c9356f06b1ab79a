"""Changes a limit, a rung or a threshold by its key: a new rule set from a day on, for open items only when asked.

Keys: `task.idle` (the limit), `task.due.2` (a rung's offset), `light.red_points` (a threshold),
`terms.red_answer` (a term of supervision).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, true, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from app.core.errors import Fault, InvalidError, Sentence
from app.models.escalation import Episode, LadderRung
from app.models.item import Item
from app.models.rule import RuleSet
from app.services.escalation.recalculation import Moved, move_bases, renew_instants, renew_lights
from app.services.recording import Acting, write_audit
from app.services.rulebook import Rulebook
from app.services.upgrade import add_rule_set, default_rules
from workflows.span import Span
from workflows.terms import read_term

#: Parts of a rule set whose keys begin with the part's name.
_NAMED_PARTS = ("light", "terms")
_POINTS_MAX = 100
Body = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class RuleChange:
    """The rule set that was made; `items` open ones were put under it, `moved` tells what that moved."""

    rule_set_id: int
    key: str
    old: str
    new: str
    items: int
    moved: Moved


@dataclass(frozen=True, slots=True)
class RuleSetView:
    """A rule set: its day, its note, its values by key."""

    id: int
    effective_on: date
    note: str
    values: dict[str, str]


def read_rule_sets(session: Session) -> list[RuleSetView]:
    """Return every rule set, the oldest first."""
    statement = select(RuleSet.id, RuleSet.effective_on, RuleSet.note, RuleSet.body)
    rows = session.connection().execute(statement.order_by(RuleSet.effective_on, RuleSet.id))
    return [RuleSetView(row.id, row.effective_on, row.note, flatten(row.body)) for row in rows]


def flatten(body: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return the values of a rule set's body by their public keys, sorted."""
    found = {**body.get("limits", {}), **body.get("ladders", {})}
    for part in _NAMED_PARTS:
        found |= {f"{part}.{name}": value for name, value in body.get(part, {}).items()}
    return dict(sorted(found.items()))


def set_rule(
    session: Session, book: Rulebook, acting: Acting, now: datetime, *, key: str, value: str, from_on: date | None,
    note: str, apply_open: bool, source: str,
) -> RuleChange:  # fmt: skip
    """Store a rule set that differs from the newest one in `key`, in force from `from_on` (default: today).

    `apply_open` puts every open item under it and counts its clocks anew; take the `sweep` lock around that.
    InvalidError for an unknown key (naming the known ones) and for a value that does not fit it.
    """
    connection = session.connection()
    today = book.calendar(connection).local_date(now)
    effective_on = from_on or today
    body = _newest(connection)
    part, name = _find_place(body, key)
    clean = _check_value(body, part, name, value)
    if apply_open and effective_on > today:
        said = Sentence(
            "只有已生效的规则才能用于在办事项。", "Only rules that are in force already can be applied to open items."
        )
        raise InvalidError([Fault("--apply-open", said)])
    old = body[part][name]
    rule_set_id = add_rule_set(connection, now, effective_on, {part: {name: clean}}, note=note or f"{key} = {clean}")
    write_audit(
        connection, acting, now, action="rules.set", source=source, subject=key, before={key: old},
        after={key: clean, "rule_set_id": rule_set_id, "effective_on": effective_on, "apply_open": apply_open},
    )  # fmt: skip
    items, moved = _apply(connection, book, acting, now, rule_set_id, source) if apply_open else (0, Moved())
    return RuleChange(rule_set_id, key, old, clean, items, moved)


def _newest(connection: Connection) -> Body:
    defaults = default_rules()
    stored = connection.execute(select(RuleSet.body).order_by(RuleSet.id.desc()).limit(1)).scalar_one()
    newest: Body = {part: {**defaults[part], **_as_texts(stored.get(part))} for part in defaults}
    return newest


def _as_texts(part: object) -> dict[str, str]:
    return {str(key): str(value) for key, value in part.items()} if isinstance(part, Mapping) else {}


def _find_place(body: Body, key: str) -> tuple[str, str]:
    for part in ("limits", "ladders"):
        if key in body[part]:
            return part, key
    part, _, name = key.partition(".")
    if part in _NAMED_PARTS and name in body[part]:
        return part, name
    known = ", ".join(flatten(body))
    said = Sentence(f"没有规则“{key}”。可用的有：{known}", f"There is no rule {key!r}; known are: {known}")
    raise InvalidError([Fault("KEY", said)])


def _check_value(body: Body, part: str, name: str, value: str) -> str:
    """Return the value in canonical form."""
    if part == "light":
        return _check_threshold(body, name, value)
    if part == "terms":
        return _check_term(name, value)
    return _check_span(body, part, name, value)


def _check_term(name: str, value: str) -> str:
    try:
        return str(read_term(name, value))
    except ValueError as error:
        raise _refuse("不是该项可用的值", str(error), value) from None


def _check_threshold(body: Body, name: str, value: str) -> str:
    number = int(value) if value.isascii() and value.isdigit() else -1
    if not 0 <= number <= _POINTS_MAX:
        raise _refuse(f"应为0至{_POINTS_MAX}的整数", f"expected a whole number from 0 to {_POINTS_MAX}", value)
    light = {**body["light"], name: str(number)}
    if int(light["yellow_points"]) > int(light["red_points"]):
        raise _refuse("黄灯分值不得高于红灯", "yellow must not begin after red", value)
    return str(number)


def _check_span(body: Body, part: str, name: str, value: str) -> str:
    try:
        span = Span.parse(value)
    except ValueError:
        raise _refuse(
            "应为workdays(n)、workhours(n)或days(n)", "expected workdays(n), workhours(n) or days(n)", value
        ) from None
    if part == "limits":
        if span.count < 0:
            raise _refuse("时限不能为负", "a limit does not run backwards", value)
        return str(span)
    if span.unit == "workhours":
        raise _refuse("催办层级按天计算，不按小时", "a rung counts days, not hours", value)
    ladder = name.rpartition(".")[0]
    rungs = {**body["ladders"], name: str(span)}
    counts = [Span.parse(rungs[key]).count for key in sorted(rungs) if key.rpartition(".")[0] == ladder]
    if counts != sorted(counts):
        raise _refuse("高一级不得早于低一级", "a higher rung must not come before a lower one", value)
    return str(span)


def _refuse(zh: str, en: str, value: str) -> InvalidError:
    return InvalidError([Fault("VALUE", Sentence(f"“{value}”：{zh}。", f"{value!r}: {en}."))])


def _apply(
    connection: Connection, book: Rulebook, acting: Acting, now: datetime, rule_set_id: int, source: str
) -> tuple[int, Moved]:
    statement = update(Item).where(Item.closed_at.is_(None), Item.rule_set_id != rule_set_id)
    items = connection.execute(statement.values(rule_set_id=rule_set_id)).rowcount
    _move_ladders(connection, rule_set_id)
    bases = move_bases(connection, book, acting, now, source=source)
    instants = renew_instants(connection, book, acting, now, source=source)
    renew_lights(connection, book.calendar(connection).local_date(now), true())
    return int(items), Moved(bases=bases, instants=instants)


def _move_ladders(connection: Connection, rule_set_id: int) -> None:
    """Point the open episodes to the same ladders of the new rule set."""
    rows = connection.execute(
        select(LadderRung.ladder_id, LadderRung.rule_set_id, LadderRung.kind, LadderRung.cause).distinct()
    ).all()
    new = {(row.kind, row.cause): row.ladder_id for row in rows if row.rule_set_id == rule_set_id}
    for (kind, cause), ladder_id in sorted(new.items()):
        old = [row.ladder_id for row in rows if (row.kind, row.cause) == (kind, cause) and row.ladder_id != ladder_id]
        if old:
            running = update(Episode).where(Episode.ended_at.is_(None), Episode.ladder_id.in_(old))
            connection.execute(running.values(ladder_id=ladder_id))
