"""(f) The ledger: postings through the service against a bare driver, eight writers on one hot fund.

A posting reserves for an allocation and releases it in turn. The bare side sends the very statements that the service
sent, recorded once and replayed through the driver alone, with the number and the id that each posting gets.
"""

import multiprocessing
import statistics
import time
from collections.abc import Iterator
from itertools import cycle
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from sqlalchemy import event, select

from app.core.database import Database, make_engine
from app.core.errors import ConflictError
from app.models.organisation import Department, Person
from app.services.fund.posting import Account, Leg, NewPosting, post
from app.services.fund.standing import require_rule
from app.services.recording import Acting
from app.services.rulebook import Rulebook
from tests.benchmarks.timing import Figure, in_turn
from tests.benchmarks.transition import make_city
from tests.city import City
from tests.databases import copy_postgresql
from tests.money import WAN, YEAR, Treasury
from workflows.hours import Hours

POSTINGS = 200
ROUNDS = 7
_WORKERS = 8
_SECONDS = 4.0
_BOUND = 0.35


class Poster:
    """Reserves and releases for one allocation in turn, each posting a unit of work of its own."""

    def __init__(self, money: Treasury, holder_id: int) -> None:
        self.money = money
        department_id = money.city.departments["TRA"]
        free, held = Account("uncommitted", YEAR), Account("reserved", YEAR, holder_id, department_id, holder_id)
        self._legs = cycle((("reserve", [Leg(free, held, WAN)]), ("release", [Leg(held, free, WAN)])))
        self._acting = Acting(money.city.people["fin1"], "finance")
        with money.city.database.reading() as session:
            self._rule_id = require_rule(session.connection(), money.fund_id, money.today).id
        self._item_id = holder_id

    def step(self) -> None:
        """Post once."""
        operation, legs = next(self._legs)
        money = self.money
        new = NewPosting(money.fund_id, YEAR, operation, legs, money.today, self._rule_id, item_id=self._item_id)
        money.city.database.write(lambda session: post(session.connection(), self._acting, money.now, new))

    def run(self) -> None:
        """Post POSTINGS times."""
        for _ in range(POSTINGS):
            self.step()


def record(poster: Poster) -> list[list[tuple[str, Any]]]:
    """Return the statements, as the driver gets them, of a reservation and of its release."""
    found: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, ___: Any, ____: Any) -> None:  # noqa: ANN401
        found.append((statement, parameters))

    engine = poster.money.city.database.engine
    event.listen(engine, "before_cursor_execute", note)
    poster.step()
    first, found = found, []
    poster.step()
    event.remove(engine, "before_cursor_execute", note)
    return [first, found]


class Bare:
    """Sends the recorded statements through psycopg alone; the number and the id of each posting are its own."""

    def __init__(self, url: str, recorded: list[list[tuple[str, Any]]]) -> None:
        self.connection = psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"), prepare_threshold=2)
        self._recorded = cycle(recorded)
        self.posted = 0

    def run(self) -> None:
        """Post POSTINGS times."""
        cursor = self.connection.cursor()
        for _ in range(POSTINGS):
            own: dict[str, Any] = {}
            for statement, parameters in next(self._recorded):
                if isinstance(parameters, list):
                    cursor.executemany(statement, [{**row, **_known(row, own)} for row in parameters])
                else:
                    cursor.execute(statement, {**parameters, **_known(parameters, own)})
                if cursor.description is None:
                    continue
                rows = cursor.fetchall()
                if statement.startswith("UPDATE fund_year"):
                    own["seq"] = rows[0][0]
                elif statement.startswith("INSERT INTO fund_posting"):
                    own["posting_id"] = rows[0][0]
                    self.posted += 1
            self.connection.commit()


def _known(given: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in own.items() if name in given}


def run() -> Iterator[Figure]:
    """Measure one client on PostgreSQL, then eight processes on one fund."""
    url = copy_postgresql()
    money = Treasury.found(make_city(url), 1_000 * WAN)
    project = money.project()
    holders = [money.draft(project, WAN) for _ in range(2)]
    ours = Poster(money, holders[0])
    recorded = record(Poster(money, holders[1]))
    bare = Bare(url, recorded)
    found = in_turn({"ours": ours.run, "bare": bare.run}, ROUNDS)
    if bare.posted != ROUNDS * POSTINGS:
        raise AssertionError("the bare side did not post what the service posts")
    bare.connection.close()
    rate = {name: POSTINGS / value for name, value in found.items()}
    share = rate["ours"] / rate["bare"]
    yield Figure(
        f"posting, PostgreSQL, one client, {len(recorded[0])} statements", f"{rate['ours']:.0f}/s",
        f"bare driver {rate['bare']:.0f}/s", share, f"≥ {_BOUND}", share >= _BOUND,
    )  # fmt: skip
    yield from _run_hot(url, money, project, rate["ours"])
    money.city.database.engine.dispose()


def _run_hot(url: str, money: Treasury, project: int, alone: float) -> Iterator[Figure]:
    """Have eight processes post on one fund; whatever is no honest refusal is a failure."""
    holders = [money.draft(project, WAN) for _ in range(_WORKERS)]
    context = multiprocessing.get_context("spawn")
    answers: Any = context.Queue()
    workers = [context.Process(target=_post_for, args=(url, money.fund_id, holder, answers)) for holder in holders]
    for worker in workers:
        worker.start()
    found = [answers.get(timeout=120) for _ in workers]
    for worker in workers:
        worker.join(30)
    failures = [text for one in found for text in one[1]]
    report = money.check()
    rate = sum(one[0] for one in found) / _SECONDS
    p50 = statistics.median(one[2] for one in found)
    yield Figure(
        f"posting, {_WORKERS} processes on one fund", f"{rate:.0f}/s, p50 {p50 * 1000:.1f} ms",
        f"one client {alone:.0f}/s", float(len(failures) + len(report.faults)), "no failure, no fault",
        not failures and not report.faults,
    )  # fmt: skip


def open_city(url: str) -> City:
    """Open a city that stands already: as much of it as posting needs."""
    city = City(Database(make_engine(url)), Rulebook(ZoneInfo("Asia/Shanghai"), Hours()))
    with city.database.reading() as session:
        city.people = {row[0]: row[1] for row in session.execute(select(Person.login, Person.id))}
        city.departments = {row[0]: row[1] for row in session.execute(select(Department.code, Department.id))}
    return city


def _post_for(url: str, fund_id: int, holder_id: int, answers: Any) -> None:  # noqa: ANN401  # a queue
    city = open_city(url)
    poster = Poster(Treasury(city, fund_id), holder_id)
    poster.step()
    ends_at = time.perf_counter() + _SECONDS
    times: list[float] = []
    failures: list[str] = []
    while time.perf_counter() < ends_at:
        begin = time.perf_counter()
        try:
            poster.step()
        except ConflictError:
            continue  # an honest refusal: the balance was used up
        except Exception as error:  # noqa: BLE001  # what is counted here is just this
            failures.append(repr(error))
        times.append(time.perf_counter() - begin)
    answers.put((len(times) - len(failures), failures, statistics.median(times)))
    city.database.engine.dispose()
