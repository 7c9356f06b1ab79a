"""The board and the ladders: only what the reader may read, by level, in a constant number of statements."""

from datetime import date

import pytest
from sqlalchemy import event

from app.core.errors import InvalidError, NotFoundError
from app.queries.escalation import Column, last_sweep, read_board, read_ladders
from tests.city import City
from tests.sweeping import local, running_task, sweep

OFFICE = ("OFFICE",)


def board(city: City, readers: tuple[str, ...] = OFFICE, **more: object) -> tuple[Column, ...]:
    """Return the board for `readers`."""
    with city.database.reading() as session:
        return read_board(session, readers, **more)  # type: ignore[arg-type]  # read_board's options


def test_the_board_shows_what_stalls_by_level(city: City) -> None:
    """Columns by level; a card names the cause, since when, the next rung and its instant."""
    first = running_task(city, title="先", due_on=date(2026, 3, 20))
    second = running_task(city, title="后", due_on=date(2026, 3, 27))
    running_task(city, title="不急", due_on=date(2026, 9, 30))
    sweep(city, local(2026, 3, 24))
    columns = board(city)
    assert [[card.item_id for card in column.cards] for column in columns] == [[second], [first], [], []]
    card = columns[1].cards[0]
    assert (card.cause, card.since, card.level) == ("due", local(2026, 3, 23), 2)
    assert card.department_name == "交通局"
    assert card.next_rung is not None
    assert (card.next_rung.level, card.next_rung.at) == (3, local(2026, 3, 27))


def test_the_board_shows_only_what_the_reader_may_read(city: City) -> None:
    """DESIGN 2: every list goes through item_access."""
    item_id = running_task(city, due_on=date(2026, 3, 20))
    sweep(city, local(2026, 3, 17))
    own, other = (f"D:{city.departments[code]}" for code in ("TRA", "WEA"))
    assert [card.item_id for card in board(city, (own,))[0].cards] == [item_id]
    assert [column.cards for column in board(city, (other,))] == [(), (), (), ()]


def test_a_column_goes_on_behind_its_cursor(city: City) -> None:
    """Keyset pages: every card once; a broken cursor is refused."""
    items = [running_task(city, title=f"事项{number}", due_on=date(2026, 3, 20)) for number in range(5)]
    sweep(city, local(2026, 3, 17))
    seen: list[int] = []
    cursors: dict[int, str] = {}
    while True:
        column = board(city, limit=2, cursors=cursors)[0]
        seen += [card.item_id for card in column.cards]
        if column.next_cursor is None:
            break
        cursors = {1: column.next_cursor}
    assert seen == sorted(items, reverse=True)
    with pytest.raises(InvalidError):
        board(city, cursors={1: "x"})


def test_the_number_of_statements_does_not_grow(city: City) -> None:
    """STYLE: a constant number of statements, whatever the board holds."""
    counts = []
    for number in range(3):
        running_task(city, title=f"事项{number}", due_on=date(2026, 3, 20))
        sweep(city, local(2026, 3, 17, 9, number))
        seen: list[str] = []

        def note(_c: object, _cu: object, statement: str, *_rest: object, seen: list[str] = seen) -> None:
            if statement.startswith("SELECT"):
                seen.append(statement)

        event.listen(city.database.engine, "before_cursor_execute", note)
        board(city)
        event.remove(city.database.engine, "before_cursor_execute", note)
        counts.append(len(seen))
    assert counts == [7, 7, 7]


def test_an_items_ladders_show_what_was_reached_and_what_lies_ahead(city: City) -> None:
    """The item's page: reached rungs with their instants, those ahead, nearest first; nothing for strangers."""
    item_id = running_task(city, due_on=date(2026, 3, 20))
    sweep(city, local(2026, 3, 24))
    with city.database.reading() as session:
        calendar = city.book.calendar(session.connection())
        view = read_ladders(session, calendar, OFFICE, item_id)
        with pytest.raises(NotFoundError):
            read_ladders(session, calendar, (f"D:{city.departments['WEA']}",), item_id)
    assert [(rung.level, rung.due_at, rung.is_superseded) for rung in view.reached] == [
        (1, local(2026, 3, 17), True),
        (2, local(2026, 3, 23), False),
    ]
    assert [(rung.cause, rung.level) for rung in view.ahead] == [
        ("due", 3), ("idle", 1), ("due", 4), ("idle", 2), ("idle", 3),
    ]  # fmt: skip
    assert view.ahead[0].at == local(2026, 3, 27)


def test_the_last_sweep_is_told(city: City) -> None:
    """Pages show when the last sweep was and whether it met a fault."""
    with city.database.reading() as session:
        assert last_sweep(session) is None
    running_task(city, due_on=date(2026, 3, 20))
    sweep(city, local(2026, 3, 17))
    with city.database.reading() as session:
        view = last_sweep(session)
    assert view is not None
    assert (view.at, view.raised, view.is_clean, view.source) == (local(2026, 3, 17), 1, True, "test")
