"""Reads issued papers: one by id or code, its versions and files, the list of those that somebody may read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, tuple_
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import NotFoundError
from app.models.issued import IssuedFile, IssuedPaper
from app.models.item import Item
from app.models.organisation import Person, Post
from app.models.rule import RuleSet
from app.queries.item import is_readable
from app.queries.listing.newest import read_newest

NO_PAPER = ("没有这份文件，或您无权查看。", "No such paper, or not for you to see.")
_SORT = "paper"
_Later = aliased(IssuedPaper, name="later")


@dataclass(frozen=True, slots=True)
class PaperRow:
    """An issued paper; `is_last`: no version replaces it; `is_confidential`: it was then or its item is now."""

    id: int
    kind: str
    item_id: int | None
    scope_id: int
    period: str
    edition: str
    version: int
    number: str
    code: str
    replaces_id: int | None
    reason: str | None
    title: str
    title_en: str
    issuer: str
    issuer_en: str
    tells_of: tuple[int, ...]
    data_at: datetime
    issued_at: datetime
    issued_by_name: str
    issued_post: str | None
    rule_set_id: int | None
    rules_on: Any
    template: int
    frozen_at: datetime
    is_confidential: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of an issued paper."""

    paper_id: int
    ending: str
    lang: str
    sha256: str
    size_bytes: int
    file_name: str


@dataclass(frozen=True, slots=True)
class PaperPage:
    """One page, the newest first, and the cursor behind it."""

    items: tuple[PaperRow, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Sight:
    """Which papers somebody sees: those of items by reader keys, the others whoever sees the whole city."""

    readers: tuple[str, ...]
    is_whole: bool


@dataclass(frozen=True, slots=True)
class PaperFilter:
    """What a list of papers shows: kinds (none: all), the half-open span of their issue, one item's only."""

    kinds: tuple[str, ...] = ()
    issued_from: datetime | None = None
    issued_before: datetime | None = None
    item_id: int | None = None


def _select() -> Select[*tuple[Any, ...]]:
    own = IssuedPaper
    secret = or_(own.confidential, and_(Item.id.is_not(None), Item.confidential))
    return (
        select(
            own.id, own.kind, own.item_id, own.scope_id, own.period, own.edition, own.version, own.number, own.code,
            own.replaces_id, own.reason, own.title, own.title_en, own.issuer, own.issuer_en, own.tells_of, own.data_at,
            own.issued_at, Person.name, Post.title.label("post"), own.rule_set_id, RuleSet.effective_on, own.template,
            own.frozen_at, secret.label("secret"), (~exists().where(_Later.replaces_id == own.id)).label("last"),
        )
        .join(Person, Person.id == own.issued_by)
        .outerjoin(Post, Post.id == own.issued_post_id)
        .outerjoin(RuleSet, RuleSet.id == own.rule_set_id)
        .outerjoin(Item, Item.id == own.item_id)
    )  # fmt: skip


_PLACE = PaperRow.__slots__.index("tells_of")


def _row(row: Any) -> PaperRow:  # noqa: ANN401  # a row of `_select`
    values = list(row)
    values[_PLACE] = tuple(values[_PLACE])
    values[-2:] = [bool(value) for value in values[-2:]]
    return PaperRow(*values)


def _is_seen(sight: Sight) -> ColumnElement[bool]:
    own = IssuedPaper
    of_items = and_(own.item_id.is_not(None), is_readable(sight.readers, own.item_id))
    return or_(of_items, own.item_id.is_(None)) if sight.is_whole else of_items


def find_paper(connection: Connection, sight: Sight, paper_id: int) -> PaperRow:
    """Return a paper that somebody sees; NotFoundError for any other."""
    row = connection.execute(_select().where(IssuedPaper.id == paper_id, _is_seen(sight))).first()
    if row is None:
        raise NotFoundError(*NO_PAPER)
    return _row(row)


def find_by_id(connection: Connection, paper_id: int) -> PaperRow:
    """Return a paper that was issued, whoever asks."""
    return _row(connection.execute(_select().where(IssuedPaper.id == paper_id)).one())


def find_by_code(connection: Connection, code: str) -> PaperRow | None:
    """Return the paper that carries a code, whoever asks: what may be told of it is the caller's to decide."""
    row = connection.execute(_select().where(IssuedPaper.code == code)).first()
    return None if row is None else _row(row)


def find_by_hash(connection: Connection, sha256: str) -> PaperRow | None:
    """Return the last paper that has a file with these bytes, whoever asks."""
    statement = _select().join(IssuedFile, IssuedFile.paper_id == IssuedPaper.id).where(IssuedFile.sha256 == sha256)
    row = connection.execute(statement.order_by(IssuedPaper.id.desc()).limit(1)).first()
    return None if row is None else _row(row)


def find_edition(connection: Connection, kind: str, scope_id: int, period: str, edition: str) -> PaperRow | None:
    """Return the paper of one state of what it tells of, whoever asks; None: it is not issued."""
    own = IssuedPaper
    row = connection.execute(
        _select().where(own.kind == kind, own.scope_id == scope_id, own.period == period, own.edition == edition)
    ).first()
    return None if row is None else _row(row)


def list_versions(connection: Connection, kind: str, scope_id: int, period: str) -> tuple[PaperRow, ...]:
    """Return all versions of a paper, the newest first, whoever asks."""
    own = IssuedPaper
    rows = connection.execute(
        _select()
        .where(own.kind == kind, own.scope_id == scope_id, own.period == period)
        .order_by(own.version.desc())
    ).all()  # fmt: skip
    return tuple(_row(row) for row in rows)


def list_papers(
    connection: Connection, sight: Sight, wanted: PaperFilter, *, limit: int = 50, cursor: str | None = None
) -> PaperPage:
    """Return one page of the papers that somebody sees, the last issued first; one statement."""
    own = IssuedPaper
    statement = _select().where(_is_seen(sight))
    if wanted.kinds:
        statement = statement.where(own.kind.in_(wanted.kinds))
    if wanted.issued_from is not None:
        statement = statement.where(own.issued_at >= wanted.issued_from)
    if wanted.issued_before is not None:
        statement = statement.where(own.issued_at < wanted.issued_before)
    if wanted.item_id is not None:
        statement = statement.where(own.item_id == wanted.item_id)
    rows, more = read_newest(connection, statement, own.id, sort=_SORT, limit=limit, cursor=cursor)
    return PaperPage(tuple(_row(row) for row in rows), more)


def list_files(connection: Connection, paper_ids: Iterable[int]) -> dict[int, tuple[FileRow, ...]]:
    """Return the files of papers that the caller was shown, by paper, Chinese first; one statement."""
    ids: Sequence[int] = list(paper_ids)
    own = IssuedFile
    rows = connection.execute(
        select(own.paper_id, own.ending, own.lang, own.sha256, own.size_bytes, own.file_name)
        .where(own.paper_id.in_(ids))
        .order_by(own.paper_id, own.lang.desc(), own.ending.desc())
    ).all()
    return {one: tuple(FileRow(*row) for row in rows if row[0] == one) for one in ids}


def name_rules(connection: Connection, rule_set_id: int | None) -> str:
    """Return how papers name a set of rules: its number and the day from which it counts; — without one."""
    if rule_set_id is None:
        return "—"
    day = connection.execute(select(RuleSet.effective_on).where(RuleSet.id == rule_set_id)).scalar_one()
    return f"{rule_set_id} ({day.isoformat()})"


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What an item's paper takes from the item when it is frozen."""

    title: str
    confidential: bool
    rule_set_id: int


def find_item_facts(connection: Connection, item_id: int) -> ItemFacts:
    """Return these of an item, whoever asks; NotFoundError without it."""
    row = connection.execute(select(Item.title, Item.confidential, Item.rule_set_id).where(Item.id == item_id)).first()
    if row is None:
        raise NotFoundError(*NO_PAPER)
    return ItemFacts(*row)


def find_projects_above(connection: Connection, item_id: int) -> tuple[int, ...]:
    """Return the ids of the projects above an item, two levels up at most: those that its paper may name."""
    parent, above = aliased(Item), aliased(Item)
    row = connection.execute(
        select(parent.id, parent.kind, above.id, above.kind)
        .select_from(Item)
        .outerjoin(parent, parent.id == Item.parent_id)
        .outerjoin(above, above.id == parent.parent_id)
        .where(Item.id == item_id)
    ).first()
    pairs = () if row is None else ((row[0], row[1]), (row[2], row[3]))
    return tuple(one for one, kind in pairs if kind == "project")


def list_all_files(connection: Connection, after: tuple[int, str, str], limit: int = 500) -> tuple[FileRow, ...]:
    """Return the next files of all papers behind (paper, ending, language); one statement."""
    own = IssuedFile
    place = tuple_(own.paper_id, own.ending, own.lang)
    rows = connection.execute(
        select(own.paper_id, own.ending, own.lang, own.sha256, own.size_bytes, own.file_name)
        .where(place > after)
        .order_by(own.paper_id, own.ending, own.lang)
        .limit(limit)
    )
    return tuple(FileRow(*row) for row in rows)
