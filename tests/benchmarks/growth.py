"""(f) Growth: each main page and its API twin on a small and a large city by turns, in this process.

Without a web server and with the two sides in turn, what else the machine does strikes both; minutes instead of the
quarter of an hour that `pages` takes. Goal: nothing grows by more than a fifth from 10,000 to 1,000,000 items.
"""

import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event, select

from app.factory import create_app
from app.models.item import Item
from app.policy import access
from config import read_settings
from tests.benchmarks.pages import PAGES, Served, serve_city
from tests.benchmarks.population import Population
from tests.benchmarks.timing import Figure
from tests.databases import settings_of

_WARM, _TURNS = 7, 11


@dataclass(slots=True)
class _Side:
    """A city with a client of the application on it, the seconds of each reading, the statements of the last."""

    served: Served
    client: FlaskClient
    seconds: list[float] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)

    def read(self, path: str, headers: dict[str, str]) -> None:
        """Read once."""
        self.statements.clear()
        begin = time.perf_counter()
        answer = self.client.get(path.format(**self.served.ids), headers=headers)
        self.seconds.append(time.perf_counter() - begin)
        if answer.status_code != 200:
            raise AssertionError(f"{path}: {answer.status_code}")


def _make_side(stack: ExitStack, population: Population) -> _Side:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    app = create_app(read_settings(settings_of(population.url, folder)))
    side = _Side(serve_city(stack, population), app.test_client(use_cookies=False))
    engine = app.extensions["lianban"].database.engine

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:  # noqa: ANN401
        side.statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    stack.callback(engine.dispose)
    return side


def _headers(served: Served, login: str, *, is_page: bool) -> dict[str, str]:
    if is_page:
        return {"Cookie": served.cookies[login], "Accept-Language": "zh"}
    return {"Authorization": f"Bearer {served.tokens[login]}", "Accept-Language": "zh"}


def run(small: Population, large: Population) -> Iterator[Figure]:
    """Measure every page and its twin."""
    with ExitStack() as stack:
        sides = [_make_side(stack, population) for population in (small, large)]
        for name, page, twin, login in PAGES:
            for is_page in (True, False):
                for side in sides:
                    side.seconds.clear()
                for _ in range(_WARM + _TURNS):
                    for side in sides:
                        side.read(page if is_page else twin, _headers(side.served, login, is_page=is_page))
                few, many = (side.seconds[_WARM:] for side in sides)
                growth = statistics.median(much / little for little, much in zip(few, many, strict=True))
                counts = "/".join(str(len(side.statements)) for side in sides)
                yield Figure(f"{name}, {'page' if is_page else 'API'}, {counts} statements", _tell(many), _tell(few),
                             growth, "≤ 1.20", growth <= 1.2)  # fmt: skip
    yield from _run_readers(small, large)


def _run_readers(small: Population, large: Population) -> Iterator[Figure]:
    """Write the readers anew of a task and of a project with the fifty tasks below it, as a handover does."""
    with ExitStack() as stack:
        opened = [stack.enter_context(population.city.database.engine.connect()) for population in (small, large)]
        for name, kind in (("a task", "task"), ("a project with its tasks", "project")):
            pairs = []
            for number in range(_WARM + _TURNS):
                spent = []
                for connection in opened:
                    find = select(Item.id).where(Item.kind == kind).order_by(Item.id).offset(number).limit(1)
                    ids = connection.execute(find).scalars().all()
                    begin = time.perf_counter()
                    access.refresh(connection, ids)
                    spent.append(time.perf_counter() - begin)
                    connection.rollback()
                pairs.append(spent)
            few, many = zip(*pairs[_WARM:], strict=True)
            growth = statistics.median(much / little for little, much in pairs[_WARM:])
            yield Figure(f"readers of {name} written anew", _tell(many), _tell(few), growth, "≤ 1.20", growth <= 1.2)


def _tell(seconds: Sequence[float]) -> str:
    return f"{statistics.median(seconds) * 1000:.1f} ms"
