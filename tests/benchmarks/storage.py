"""What a city keeps on the disk: bytes an item of the large city, bytes a transition, tables and indexes together.

Sizes, not seconds: they are the same on a noisy machine. docs/scale.md reckons from them.
"""

from collections.abc import Iterator, Mapping

from sqlalchemy import text

from app.core.database import Database
from tests.benchmarks.population import Population, vacuum
from tests.benchmarks.timing import Figure
from tests.benchmarks.transition import Service, make_city, ready_tasks
from tests.databases import copy_postgresql

_TASKS, _ROUNDS = 100, 40
#: Tables that are named; the others stand together.
_NAMED = 6


def read_sizes(database: Database) -> dict[str, int]:
    """Return {table: bytes with its indexes and what is kept out of line}."""
    with database.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT relname, pg_total_relation_size(oid) AS size FROM pg_class WHERE relkind = 'r'"
                 " AND relnamespace = 'public'::regnamespace")
        )  # fmt: skip
        return {row.relname: row.size for row in rows}


def _tell(sizes: Mapping[str, float]) -> str:
    named = sorted(sizes.items(), key=lambda one: -one[1])[:_NAMED]
    return ", ".join(f"{name} {size:,.0f}" for name, size in named if size >= 1)


def run(population: Population) -> Iterator[Figure]:
    """Measure the large city, then transitions in a small one."""
    sizes = {name: size / population.size for name, size in read_sizes(population.city.database).items()}
    yield Figure(f"an open item of {population.size:,}", f"{sum(sizes.values()):,.0f} bytes", _tell(sizes), 0, "", True)  # noqa: FBT003 - no bound
    city = make_city(copy_postgresql())
    service = Service(city, ready_tasks(city, _TASKS))
    service.run()
    before = read_sizes(city.database)
    for _ in range(_ROUNDS):
        service.run()
    vacuum(city.database)
    count = _TASKS * _ROUNDS
    grown = {name: (size - before[name]) / count for name, size in read_sizes(city.database).items()}
    yield Figure(f"a transition, of {count:,}", f"{sum(grown.values()):,.0f} bytes", _tell(grown), 0, "", True)  # noqa: FBT003 - no bound
