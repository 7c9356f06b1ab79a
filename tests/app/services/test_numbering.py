"""Numbers of papers: distinct, without gaps, by year and issuer."""

import threading

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core.database import Database
from app.models.record import NumberSeries
from app.services.numbering import format_number, take_number

TAKERS = 8
EACH = 5


def take(database: Database, kind: str = "slip", year: int = 2026, issuer: str = "") -> int:
    """Take a number in a unit of work of its own."""
    return database.write(lambda session: take_number(session.connection(), kind, year, issuer))


def give_up(database: Database) -> int:
    """Take a number in a unit of work that is rolled back; return it."""
    with database.writing() as session:
        taken = take_number(session.connection(), "slip", 2026, "")
        session.rollback()
    return taken


def test_p104_parallel_takers_get_distinct_numbers(database: Database) -> None:
    """P104: forty numbers taken by eight at once are 1 to 40, none twice, none left out."""
    taken: list[int] = []
    barrier = threading.Barrier(TAKERS)

    def run() -> None:
        barrier.wait()
        taken.extend(take(database) for _ in range(EACH))

    threads = [threading.Thread(target=run) for _ in range(TAKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(taken) == list(range(1, TAKERS * EACH + 1))


def test_p104_a_unit_that_is_rolled_back_gives_its_number_back(database: Database) -> None:
    """P104: no gap behind a refusal, be it the first number of a series or a later one."""
    assert give_up(database) == 1
    assert take(database) == 1
    assert give_up(database) == 2
    assert take(database) == 2


def test_p104_a_new_year_begins_with_one(database: Database) -> None:
    """P104: the old year's series goes on apart from the new one's."""
    assert [take(database, year=year) for year in (2026, 2026, 2027, 2026, 2027)] == [1, 2, 1, 3, 2]


def test_kinds_and_issuers_count_apart(database: Database) -> None:
    """A series is one kind of paper of one issuer."""
    assert [take(database, kind=kind, issuer=issuer) for kind, issuer in (("a", ""), ("b", ""), ("a", "交通局"))] == [
        1
    ] * 3
    with database.reading() as session:
        assert session.execute(select(NumberSeries.next).order_by(NumberSeries.kind)).scalars().all() == [2, 2, 2]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(keeps=st.lists(st.booleans(), max_size=6), year=st.integers(2000, 2099))
def test_what_is_kept_is_counted_without_gaps(database: Database, keeps: list[bool], year: int) -> None:
    """P104: whatever is kept and given up in turns, a unit gets the number behind the last one that was kept."""
    kind = f"k{year}"
    with database.reading() as session:
        found = session.execute(
            select(NumberSeries.next).where(NumberSeries.kind == kind, NumberSeries.year == year)
        ).scalar()
    last = (found or 1) - 1
    for is_kept in keeps:
        with database.writing() as session:
            assert take_number(session.connection(), kind, year, "") == last + 1
            if not is_kept:
                session.rollback()
        last += is_kept


def test_a_number_is_written_as_papers_carry_it() -> None:
    """DESIGN 5: 督〔2026〕17号, in the brackets of the national standard for official documents."""
    assert format_number("督", 2026, 17) == "督〔2026〕17号"
