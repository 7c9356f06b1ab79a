"""Changes a limit, a rung or a threshold by its key: a new rule set from a day on, for open items only when asked.

Keys stand in `workflows/ruling/keys.py`. The office changes rules by drafts (`app/services/ruling/`); this is the way
of whoever runs the installation.
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
from app.services.ruling.values import read_newest
from app.services.upgrade import add_rule_set
from workflows.ruling.checking import WrongValueError, find_faults, read_value
from workflows.ruling.keys import RULE_KEYS, read_values, write_parts
from workflows.words import Text


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
    """Return the values of a rule set's body by their public keys, sorted; what it lacks has its default."""
    return dict(sorted(read_values(body).items()))


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
    values = read_newest(connection).values
    clean = _check_value(values, key, value)
    if apply_open and effective_on > today:
        said = Sentence(
            "只有已生效的规则才能用于在办事项。", "Only rules that are in force already can be applied to open items."
        )
        raise InvalidError([Fault("--apply-open", said)])
    old = values[key]
    rule_set_id = add_rule_set(
        connection, now, effective_on, write_parts({key: clean}), note=note or f"{key} = {clean}"
    )
    write_audit(
        connection, acting, now, action="rules.set", source=source, subject=key, before={key: old},
        after={key: clean, "rule_set_id": rule_set_id, "effective_on": effective_on, "apply_open": apply_open},
    )  # fmt: skip
    items, moved = _apply(connection, book, acting, now, rule_set_id, source) if apply_open else (0, Moved())
    return RuleChange(rule_set_id, key, old, clean, items, moved)


def _check_value(values: Mapping[str, str], key: str, value: str) -> str:
    """Return the value in canonical form; InvalidError for an unknown key, and for a value that does not hold."""
    if key not in RULE_KEYS:
        known = ", ".join(sorted(RULE_KEYS))
        said = Sentence(f"没有规则“{key}”。可用的有：{known}", f"There is no rule {key!r}; known are: {known}")
        raise InvalidError([Fault("KEY", said)])
    try:
        clean = read_value(RULE_KEYS[key], value)
    except WrongValueError as error:
        raise _refuse(error.said, value) from None
    for _key, said_text in find_faults({**values, key: clean}):
        raise _refuse(said_text, value)
    return clean


def _refuse(said: Text, value: str) -> InvalidError:
    return InvalidError([Fault("VALUE", Sentence(f"“{value}”：{said.zh}。", f"{value!r}: {said.en}."))])


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
