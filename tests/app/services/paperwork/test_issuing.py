"""The rows of issued papers: numbers without gaps, no issue twice, nothing changed afterwards, bytes that are kept."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.models.issued import IssuedPaper
from app.services.attachment.upkeep import list_needed
from app.services.numbering import peek_number
from app.services.paperwork.issuing import (
    ALPHABET,
    SERIES,
    FileOf,
    NewPaper,
    NumberMovedError,
    Series,
    make_code,
    write_paper,
)
from app.services.recording import Acting
from tests.city import NOW, City
from tests.sweeping import run_sql

FILES = (FileOf("pdf", "zh", "a" * 64, 10, "a-zh.pdf"), FileOf("pdf", "en", "b" * 64, 11, "a-en.pdf"))
PAPER = NewPaper(
    kind="bulletin", item_id=None, scope_id=0, period="2026-02", edition="1", version=1, number="通报〔2026〕1号",
    code="0" * 20, replaces_id=None, reason=None, title="通报", title_en="Bulletin", issuer="办公室",
    issuer_en="Office", confidential=False, tells_of=(), data_at=NOW, issued_at=NOW, rule_set_id=None, template=1,
)  # fmt: skip


def _write(city: City, paper: NewPaper, number: int | None = None) -> int | None:
    person_id = city.people["office1"]
    series = None if number is None else Series("通报", 2026, number)
    return city.database.write(
        lambda session: write_paper(
            session.connection(), Acting(person_id, "office"), NOW, paper, FILES, series=series, source="test",
            person_id=person_id, post_id=None,
        )
    )  # fmt: skip


def _peek(city: City) -> int:
    with city.database.reading() as session:
        return peek_number(session.connection(), SERIES, 2026, "通报")


def test_a_number_that_moved_is_not_used_and_leaves_no_gap(city: City) -> None:
    """Numbers are taken with the rows: a paper drawn with a number that is gone is not written, and takes none."""
    assert _peek(city) == 1
    first = _write(city, PAPER, 1)
    assert first is not None
    march = replace(PAPER, period="2026-03", code="1" * 20)
    with pytest.raises(NumberMovedError):
        _write(city, march, 1)
    assert _peek(city) == 2
    assert _write(city, march, 2) is not None
    assert _peek(city) == 3


def test_nothing_is_issued_twice(city: City) -> None:
    """The same version or edition of the same paper is there already: nothing is written, no number taken."""
    first = _write(city, PAPER, 1)
    assert _write(city, replace(PAPER, code="1" * 20), 2) is None
    assert _write(city, replace(PAPER, code="1" * 20, version=2, replaces_id=first), 2) is None
    assert _peek(city) == 2
    second = _write(city, replace(PAPER, code="1" * 20, version=2, edition="2", replaces_id=first, reason="笔误"))
    assert second is not None
    third = replace(PAPER, code="2" * 20, version=3, edition="3", replaces_id=first, reason="又改")
    with pytest.raises(NumberMovedError):  # two papers cannot replace the same one
        _write(city, third)


def test_what_was_issued_never_changes(city: City) -> None:
    """Both tables are append-only by triggers, on both databases; a correction without its predecessor is refused."""
    paper_id = _write(city, PAPER)
    for sql in (
        "UPDATE issued_paper SET title = 'x' WHERE id = :id", "DELETE FROM issued_paper WHERE id = :id",
        "UPDATE issued_file SET sha256 = 'x' WHERE paper_id = :id", "DELETE FROM issued_file WHERE paper_id = :id",
    ):  # fmt: skip
        with pytest.raises(DBAPIError, match="append-only"):
            run_sql(city, sql, id=paper_id)
    with pytest.raises(IntegrityError):
        _insert(city, version=2, edition="2", code="1" * 20)
    with pytest.raises(IntegrityError):
        _insert(city, period="2026-05", code=PAPER.code)


def _insert(city: City, **more: object) -> None:
    values = {name: getattr(PAPER, name) for name in NewPaper.__slots__} | {"tells_of": []} | more
    with city.database.writing() as session:
        session.add(IssuedPaper(**values, issued_by=city.people["office1"], frozen_at=NOW))


def test_the_store_keeps_what_is_issued(city: City) -> None:
    """The night's upkeep counts the files of issued papers among those that are needed."""
    _write(city, PAPER)
    with city.database.reading() as session:
        assert {one.sha256 for one in FILES} <= list_needed(session.connection())


def test_codes_hold_a_hundred_bits() -> None:
    """Nobody finds a code by trying; none of its letters is taken for another."""
    codes = {make_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(len(code) == 20 and set(code) <= set(ALPHABET) for code in codes)
    assert len(ALPHABET) == 32
    assert not set("ILOU") & set(ALPHABET)
