"""Writes the row of an issued paper with its files, number and code in one unit: all of it or nothing.

The files were drawn and stored before, with the number that was next then. Should somebody else have taken it
meanwhile, nothing is written and the paper is drawn anew; so a series has no gap and nothing slow holds a lock.
"""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from app.core.database import make_insert
from app.models.issued import CODE_LENGTH, IssuedFile, IssuedPaper
from app.models.record import History
from app.services.numbering import take_number
from app.services.recording import Acting, write_audit

#: Crockford's letters: none is taken for another when it is read from paper.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#: The series of the numbers that papers get when they are issued; the issuer names the word.
SERIES = "paper"


class NumberMovedError(Exception):
    """Somebody took the number that the paper was drawn with; draw it anew."""


@dataclass(frozen=True, slots=True)
class Series:
    """The series that a number is of, and the number that the paper was drawn with."""

    word: str
    year: int
    number: int


@dataclass(frozen=True, slots=True)
class FileOf:
    """A file of a paper whose bytes are in the store."""

    ending: str
    lang: str
    sha256: str
    size_bytes: int
    file_name: str


@dataclass(frozen=True, slots=True)
class NewPaper:
    """A paper about to be issued, as `IssuedPaper` has it."""

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
    confidential: bool
    tells_of: tuple[int, ...]
    data_at: datetime
    issued_at: datetime
    rule_set_id: int | None
    template: int


def make_code() -> str:
    """Return a new code: 100 bits by chance, so that nobody finds one by trying."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def write_paper(
    connection: Connection, acting: Acting, now: datetime, paper: NewPaper, files: Sequence[FileOf], *,
    series: Series | None, source: str, person_id: int, post_id: int | None,
) -> int | None:  # fmt: skip
    """Write a paper issued by `person_id`; returns its id, None when that edition or version is issued already.

    NumberMovedError when `series` has moved on: the caller's unit must be rolled back.
    """
    same = (IssuedPaper.kind == paper.kind, IssuedPaper.scope_id == paper.scope_id, IssuedPaper.period == paper.period)
    is_there = select(IssuedPaper.id).where(
        *same, (IssuedPaper.version == paper.version) | (IssuedPaper.edition == paper.edition)
    )
    if connection.execute(is_there.limit(1)).first() is not None:
        return None
    if series is not None and take_number(connection, SERIES, series.year, series.word) != series.number:
        raise NumberMovedError
    values = {
        **asdict(paper), "tells_of": list(paper.tells_of), "issued_by": person_id, "issued_post_id": post_id,
        "frozen_at": now,
    }  # fmt: skip
    statement = make_insert(connection, IssuedPaper).values(values).on_conflict_do_nothing().returning(IssuedPaper.id)
    paper_id = connection.execute(statement).scalar_one_or_none()
    if paper_id is None:  # written by somebody else at the same moment: the number goes back
        raise NumberMovedError
    connection.execute(insert(IssuedFile), [{"paper_id": paper_id, **asdict(one)} for one in files])
    write_audit(
        connection, acting, now, action="issue_paper", source=source, item_id=paper.item_id,
        subject=f"paper:{paper_id}",
        after={"kind": paper.kind, "number": paper.number, "version": paper.version, "replaces": paper.replaces_id,
               "reason": paper.reason, "files": {f"{one.lang}.{one.ending}": one.sha256 for one in files}},
    )  # fmt: skip
    return int(paper_id)


def find_issuer(
    connection: Connection, item_id: int, issued_at: datetime, seq: int | None = None
) -> tuple[int, int | None] | None:
    """Return who issued an item's paper, and in which post: by step `seq` of its history, else the last up to then."""
    is_step = History.recorded_at <= issued_at if seq is None else History.seq == seq
    row = connection.execute(
        select(History.actor_id, History.acting_post_id)
        .where(History.item_id == item_id, is_step)
        .order_by(History.seq.desc())
        .limit(1)
    ).first()
    return None if row is None else (row[0], row[1])
