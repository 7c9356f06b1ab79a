"""Drafts of changes, and the versions of the rules: who made them when and why, and what each changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import NotFoundError
from app.models.item import Item
from app.models.organisation import Person
from app.models.rule import RuleChange, RuleSet
from app.queries.cursor import broken, read_cursor, write_cursor
from workflows.ruling.keys import read_values

_SORT = "-id"
#: Where the authors stand in a row of a change.
_AUTHORS = 5
_Drafter, _Editor, _Publisher, _Withdrawer = (
    aliased(Person, name=name) for name in ("drafter", "editor", "publisher", "withdrawer")
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A rule whose value differs, by its key."""

    key: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change of rules: draft (neither published nor withdrawn), what it changes against its base, who wrote it."""

    id: int
    version: int
    base_id: int
    reason: str
    effective_on: date | None
    authors: tuple[int, ...]
    drafted_by_name: str
    drafted_at: datetime
    edited_by_name: str
    edited_at: datetime
    published_by_name: str | None
    published_at: datetime | None
    rule_set_id: int | None
    withdrawn_by_name: str | None
    withdrawn_at: datetime | None
    note: str | None
    changes: Mapping[str, str]
    differences: tuple[Difference, ...]

    @property
    def status(self) -> str:
        """Where it stands: draft, published or withdrawn."""
        if self.published_at is not None:
            return "published"
        return "draft" if self.withdrawn_at is None else "withdrawn"


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version of the rules: its values, and what it changed; who by and why, where it came of a draft."""

    id: int
    effective_on: date
    created_at: datetime
    reason: str
    drafted_by_name: str | None
    published_by_name: str | None
    change_id: int | None
    note: str | None
    values: Mapping[str, str]
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Changes, the newest first, and the cursor behind them."""

    items: tuple[ChangeRow, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class VersionPage:
    """Versions, the newest first, and the cursor behind them."""

    items: tuple[VersionRow, ...]
    next_cursor: str | None


def find_differences(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[Difference, ...]:
    """Return the rules whose values differ, in the order of the keys."""
    return tuple(Difference(key, old[key], value) for key, value in new.items() if old[key] != value)


_CHANGES = (
    select(
        RuleChange.id, RuleChange.version, RuleChange.base_rule_set_id, RuleChange.reason, RuleChange.effective_on,
        RuleChange.authors, _Drafter.name, RuleChange.drafted_at, _Editor.name, RuleChange.edited_at, _Publisher.name,
        RuleChange.published_at, RuleChange.rule_set_id, _Withdrawer.name, RuleChange.withdrawn_at, RuleChange.note,
        RuleChange.changes, RuleSet.body,
    )
    .join(RuleSet, RuleSet.id == RuleChange.base_rule_set_id)
    .join(_Drafter, _Drafter.id == RuleChange.drafted_by)
    .join(_Editor, _Editor.id == RuleChange.edited_by)
    .outerjoin(_Publisher, _Publisher.id == RuleChange.published_by)
    .outerjoin(_Withdrawer, _Withdrawer.id == RuleChange.withdrawn_by)
)  # fmt: skip


def list_changes(
    connection: Connection, *, is_open: bool | None = None, limit: int = 50, cursor: str | None = None
) -> ChangePage:
    """Return changes, the newest first; `is_open`: only drafts, or only what has ended."""
    statement = _CHANGES.order_by(RuleChange.id.desc()).limit(limit + 1)
    ended = RuleChange.published_at.is_not(None) | RuleChange.withdrawn_at.is_not(None)
    if is_open is not None:
        statement = statement.where(~ended if is_open else ended)
    if cursor is not None:
        statement = statement.where(RuleChange.id < _read_place(cursor))
    rows = connection.execute(statement).all()
    shown = tuple(_make_change(row) for row in rows[:limit])
    return ChangePage(shown, _write_place(shown, len(rows), limit))


def find_change(connection: Connection, change_id: int) -> ChangeRow:
    """Return one change; NotFoundError."""
    row = connection.execute(_CHANGES.where(RuleChange.id == change_id)).first()
    if row is None:
        raise NotFoundError("没有这份草稿。", "There is no such draft.")
    return _make_change(row)


def _make_change(row: Any) -> ChangeRow:  # noqa: ANN401  # a row
    *plain, changes, body = tuple(row)
    values = read_values(body)
    plain[_AUTHORS] = tuple(plain[_AUTHORS])
    known = {key: value for key, value in changes.items() if key in values}
    rest: tuple[Any, ...] = (*plain, changes, find_differences(values, {**values, **known}))
    return ChangeRow(*rest)


_VERSIONS = (
    select(
        RuleSet.id, RuleSet.effective_on, RuleSet.created_at, RuleSet.note, _Drafter.name, _Publisher.name,
        RuleChange.id.label("change_id"), RuleChange.note.label("said"), RuleSet.body,
    )
    .outerjoin(RuleChange, RuleChange.rule_set_id == RuleSet.id)
    .outerjoin(_Drafter, _Drafter.id == RuleChange.drafted_by)
    .outerjoin(_Publisher, _Publisher.id == RuleChange.published_by)
    .order_by(RuleSet.id.desc())
)  # fmt: skip


def list_versions(connection: Connection, *, limit: int = 50, cursor: str | None = None) -> VersionPage:
    """Return the versions of the rules, the newest first, each with its difference to the one before."""
    statement = _VERSIONS.limit(limit + 2)
    if cursor is not None:
        statement = statement.where(RuleSet.id < _read_place(cursor))
    rows = list(connection.execute(statement).all())
    befores = [*rows[1:], None]
    shown = tuple(_make_version(row, before) for row, before in zip(rows[:limit], befores, strict=False))
    return VersionPage(shown, _write_place(shown, len(rows), limit))


def find_version(connection: Connection, rule_set_id: int) -> VersionRow:
    """Return one version with its difference to the one before; NotFoundError."""
    rows = connection.execute(_VERSIONS.where(RuleSet.id <= rule_set_id).limit(2)).all()
    if not rows or rows[0].id != rule_set_id:
        raise NotFoundError("没有这一版规则。", "There is no such version of the rules.")
    return _make_version(rows[0], rows[1] if len(rows) > 1 else None)


def find_rule_set_of(connection: Connection, item_id: int) -> int:
    """Return the version of the rules under which an item stands."""
    return int(connection.execute(select(Item.rule_set_id).where(Item.id == item_id)).scalar_one())


def find_newest_id(connection: Connection) -> int:
    """Return the id of the newest version, in force or not yet."""
    return int(connection.execute(select(func.max(RuleSet.id))).scalar_one())


def _make_version(row: Any, before: Any | None) -> VersionRow:  # noqa: ANN401  # rows
    *plain, body = tuple(row)
    values = read_values(body)
    old = values if before is None else read_values(before.body)
    rest: tuple[Any, ...] = (*plain, values, find_differences(old, values))
    return VersionRow(*rest)


def _read_place(cursor: str) -> int:
    value, row_id = read_cursor(cursor, _SORT)
    if value:
        raise broken()
    return row_id


def _write_place(shown: Sequence[ChangeRow | VersionRow], found: int, limit: int) -> str | None:
    return write_cursor(_SORT, "", shown[-1].id) if found > limit else None
