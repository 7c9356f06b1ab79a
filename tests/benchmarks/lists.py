"""(c) Lists and portfolio at two sizes, first and deep page: the same statements, the time grown by a fifth at most."""

import statistics
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import event, text

from app.policy.people import find_actor
from app.queries.cursor import write_cursor
from app.queries.item import ItemFilter, list_items
from app.queries.portfolio import read_cards
from tests.benchmarks.population import FIRST_SWEEP_ON, Population
from tests.benchmarks.timing import Figure, seconds

LIMIT = 50
ROUNDS = 30
#: (name, filter, who reads, sort)
LISTS: Sequence[tuple[str, ItemFilter, str, str]] = (
    ("portfolio, office, by due date", ItemFilter(kinds=("project",), is_open=True), "office1", "due"),
    ("tasks, office, by due date", ItemFilter(kinds=("task",), is_open=True), "office1", "due"),
    ("own department, by due date", ItemFilter(kinds=("project", "task"), is_open=True), "tra_head", "due"),
    ("portfolio, leader, by pinyin", ItemFilter(kinds=("project",), is_open=True), "leader", "title"),
)


def _deep_cursor(population: Population, sort: str, kinds: Sequence[str]) -> str:
    """Return the cursor behind the row in the middle of all items of these kinds."""
    order = "due_on, id" if sort == "due" else "sort_key, id"
    with population.city.database.reading() as session:
        due_on, key, item_id = session.execute(
            text(f"SELECT due_on, sort_key, id FROM items WHERE kind = :kind ORDER BY {order} OFFSET :skip LIMIT 1"),
            {"kind": kinds[-1], "skip": population.size // (100 if kinds[-1] == "project" else 3)},
        ).one()
    return write_cursor(sort, due_on.isoformat() if sort == "due" else key, item_id)


def _measure(population: Population, which: int, cursor: str | None) -> tuple[float, int]:
    """Return the median seconds of one page and its number of statements."""
    _, wanted, login, sort = LISTS[which]
    city = population.city
    statements: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:  # noqa: ANN401
        statements.append(statement)

    with city.database.reading() as session:
        connection = session.connection()
        actor = find_actor(connection, city.people[login], FIRST_SWEEP_ON)
        if actor is None:
            raise AssertionError(login)

        def page() -> None:
            found = list_items(connection, actor.readers, FIRST_SWEEP_ON, wanted, sort=sort, limit=LIMIT, cursor=cursor)
            read_cards(connection, [row.id for row in found.items])
            if len(found.items) != LIMIT:
                raise AssertionError(f"{len(found.items)} rows on a page")

        page()
        event.listen(city.database.engine, "before_cursor_execute", note)
        page()
        event.remove(city.database.engine, "before_cursor_execute", note)
        return statistics.median(seconds(page) for _ in range(ROUNDS)), len(statements)


def run(small: Population, large: Population) -> Iterator[Figure]:
    """Measure every list on both cities in turn."""
    for which, (name, wanted, _, sort) in enumerate(LISTS):
        for depth in ("first", "deep"):
            cursors = [
                _deep_cursor(population, sort, wanted.kinds) if depth == "deep" else None
                for population in (small, large)
            ]
            pairs = [(_measure(small, which, cursors[0]), _measure(large, which, cursors[1])) for _ in range(3)]
            growth = statistics.median(big[0] / little[0] for little, big in pairs)
            (little, few), (big, many) = pairs[0]
            if few != many:
                raise AssertionError(f"{name}: {few} statements at {small.size}, {many} at {large.size}")
            yield Figure(
                f"{name}, {depth} page, {many} statements", f"{large.size:,}: {big * 1000:.1f} ms",
                f"{small.size:,}: {little * 1000:.1f} ms", growth, "≤ 1.20", growth <= 1.2,
            )  # fmt: skip
