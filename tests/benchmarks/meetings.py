"""(e) Follow-up and execution of decisions at 100 and 10,000 of them: the same statements, and fast enough to wait for.

A hundredth of the decisions comes back to the meeting, as with a group that has met for years; the page of what comes
back shows fifty at most. The rates add all decisions up, so their time grows with them: the bound is on the seconds.
"""

import statistics
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import event, text

from app.core.database import Database, make_engine
from app.policy.people import find_actor
from app.queries.meeting.record.execution import ExecutionFilter, read_execution
from app.queries.meeting.record.follow_up import find_frame, list_followed
from app.services.entering import NewItem
from app.services.rulebook import Rulebook
from tests.benchmarks.timing import Figure, seconds
from tests.city import City, build_city
from tests.databases import copy_postgresql, drop_postgresql
from tests.meeting import Bench
from workflows.hours import Hours

SIZES = (100, 10_000)
ROUNDS = 15
PER_MEETING = 50
TODAY = date(2026, 3, 2)
#: Seconds that a reader may wait for the statements of one page.
BOUND = 0.25
_BACK_EACH = 100
_LEADS = ("TRA", "ENE", "POL", "WEA")


def _fill(bench: Bench, size: int) -> int:
    """Enter meetings of earlier years with their decisions and tasks; return the meeting that asks."""
    city = bench.city
    meetings = [
        bench.plan(date(2024, 1, 1) + timedelta(at * 700 // max(1, size // PER_MEETING)), title=f"第{at}次会议")
        for at in range(size // PER_MEETING)
    ]
    for start in range(0, size, 1000):
        numbers = range(start, min(start + 1000, size))
        due = {at: TODAY - timedelta(5) if at % _BACK_EACH == 0 else TODAY + timedelta(60 + at % 300) for at in numbers}
        tasks = city.enter(*(
            NewItem(kind="task", title=f"任务{at}", state="in_progress", due_on=due[at],
                    owner_department_id=city.departments[_LEADS[at % 4]], details={"source_kind": "meeting"})
            for at in numbers
        ))  # fmt: skip
        decisions = city.enter(*(
            NewItem(kind="decision", title=f"议定事项{at}", state="done" if at % 3 == 1 else "in_force", due_on=due[at],
                    owner_department_id=city.departments[_LEADS[at % 4]], parent_id=meetings[at // PER_MEETING],
                    details={"meeting_id": meetings[at // PER_MEETING], "seq": at % PER_MEETING + 1, "text": "x",
                             "wanted": [], "flags": []})
            for at in numbers
        ))  # fmt: skip
        rows = [
            {"b_id": decision_id, "b_task": task_id, "b_on": TODAY - timedelta(100) if at % 3 == 1 else None}
            for at, decision_id, task_id in zip(numbers, decisions, tasks, strict=True)
        ]
        with city.database.writing() as session:
            statement = text("UPDATE decision SET task_id = :b_task, settled_on = :b_on WHERE item_id = :b_id")
            session.connection().execute(statement, rows)
    with city.database.writing() as session:
        session.execute(text("UPDATE items SET last_progress_at = :at WHERE kind = 'task'"),
                        {"at": datetime(2025, 1, 1, tzinfo=UTC)})  # fmt: skip
    with city.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return bench.plan(TODAY + timedelta(8))


def _pages(city: City, meeting_id: int, connection: Any) -> dict[str, Callable[[], object]]:  # noqa: ANN401  # a connection
    zone = city.book.zone
    readers = {login: find_actor(connection, city.people[login], TODAY) for login in ("office1", "ene_head")}
    pages: dict[str, Callable[[], object]] = {}
    for login, actor in readers.items():
        if actor is None:
            raise AssertionError(login)
        keys = actor.readers

        def follow(keys: tuple[str, ...] = keys) -> object:
            frame = find_frame(connection, keys, meeting_id, zone)
            since = datetime(2026, 2, 1, tzinfo=UTC)
            return list_followed(connection, keys, frame, TODAY, since, zone)

        def execute(keys: tuple[str, ...] = keys) -> object:
            return read_execution(connection, keys, "meeting", ExecutionFilter(), TODAY, zone)

        pages[f"follow-up, {login}"] = follow
        pages[f"execution by meeting, {login}"] = execute
    return pages


def _measure(size: int) -> dict[str, tuple[float, int]]:
    """Return the median seconds and the statements of each page at a size."""
    url = copy_postgresql()
    database = Database(make_engine(url))
    try:
        city = build_city(database, Rulebook(ZoneInfo("Asia/Shanghai"), Hours()))
        meeting_id = _fill(Bench.found(city), size)
        statements: list[str] = []
        found = {}
        with database.reading() as session:
            event.listen(database.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
            for name, page in _pages(city, meeting_id, session.connection()).items():
                page()
                statements.clear()
                page()
                count = len(statements)
                found[name] = (statistics.median(seconds(page) for _ in range(ROUNDS)), count)
        return found
    finally:
        database.engine.dispose()
        drop_postgresql(url)


def run() -> Iterator[Figure]:
    """Measure every page at both sizes."""
    small, large = (_measure(size) for size in SIZES)
    for name, (took, count) in large.items():
        before, few = small[name]
        if few != count:
            raise AssertionError(f"{name}: {few} statements at {SIZES[0]}, {count} at {SIZES[1]}")
        yield Figure(f"{name}, {count} statements", f"{SIZES[1]:,}: {took * 1000:.1f} ms",
                     f"{SIZES[0]}: {before * 1000:.1f} ms", took / before, f"≤ {BOUND * 1000:.0f} ms",
                     took <= BOUND)  # fmt: skip
