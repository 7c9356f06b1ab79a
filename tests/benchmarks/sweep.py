"""(b) A sweep over many open items of which a tenth is due, against plain set-based SQL that writes the same rows.

A hundred thousand slips on one morning are no city's; so these are measured apart, a thousand in a small and a large
city by turns.
"""

import statistics
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from unittest.mock import patch

from sqlalchemy import text

from app.core.clock import FixedClock
from app.jobs import sweep as sweep_job
from app.jobs.sweep import SweepResult, run_sweep
from app.jobs.tools import Tools
from app.services.supervision.slip_batch import BATCH, Batch
from app.services.supervision.slip_making import make_batch
from tests.benchmarks.population import SWEEPS_ON, Population, vacuum
from tests.benchmarks.timing import Figure, seconds

_PLAIN = """
CREATE TEMPORARY TABLE due ON COMMIT DROP AS SELECT e.id, e.item_id, e.cause, e.next_level, e.next_at, i.kind,
  i.title, i.due_on, i.assignee_id, i.owner_department_id FROM episode e JOIN items i ON i.id = e.item_id
  WHERE e.ended_at IS NULL AND e.next_at <= :at;
INSERT INTO escalation (episode_id, item_id, cause, level, to_role, due_at, raised_at, is_superseded)
  SELECT id, item_id, cause, next_level, 'lead_head', next_at, :at, false FROM due;
INSERT INTO outbox (item_id, recipient, topic, payload, status, unique_key, not_before, created_at)
  SELECT item_id, 'H#' || owner_department_id, 'escalation', json_build_object('kind', kind, 'cause', cause,
  'level', next_level, 'title', title, 'due_on', due_on), 'pending', 'rung#' || id || '#' || next_level, :at, :at
  FROM due;
UPDATE episode e SET next_level = 3, next_at = CAST(:later AS timestamptz) FROM due WHERE due.id = e.id;
UPDATE item_clock c SET rung = due.next_level, rung_cause = due.cause FROM due WHERE due.item_id = c.item_id;
CREATE TEMPORARY TABLE lit ON COMMIT DROP AS SELECT item_id FROM item_clock WHERE light_due_on <= CAST(:on AS date);
UPDATE item_clock c SET light = 'red', light_rule = 'overdue', light_since_on = CAST(:on AS date),
  light_facts = json_build_object('workdays', '1'), light_due_on = NULL FROM lit WHERE lit.item_id = c.item_id;
INSERT INTO light_change (item_id, on_day, light, light_rule, recorded_at)
  SELECT item_id, CAST(:on AS date), 'red', 'overdue', :at FROM lit;
"""


def _plain(population: Population, at: datetime, on: date) -> float:
    """Return the seconds that the plain statements take; they are rolled back."""
    with population.city.database.engine.connect() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))

        def work() -> None:
            for statement in filter(str.strip, _PLAIN.split(";")):
                values = {"at": at, "on": on, "later": at + timedelta(days=4)}
                connection.execute(
                    text(statement), {name: value for name, value in values.items() if f":{name}" in statement}
                )

        took = seconds(work)
        connection.rollback()
    vacuum(population.city.database, "escalation, outbox, episode, item_clock")
    return took


def _ours(tools: Tools, at: datetime, results: list[SweepResult]) -> None:
    results.append(run_sweep(tools, at, source="bench"))


def run(small: Population, large: Population) -> Iterator[Figure]:
    """Measure the sweep of the large city, then how slips are made in both."""
    with patch.object(sweep_job, "run_slips", lambda *_: Batch()):
        _sweep_small(small)
        yield from _run_sweeps(large)
    yield from _run_slips(small, large)


def _sweep_small(population: Population) -> None:
    city = population.city
    with city.database.reading() as session:
        at = city.book.calendar(session.connection()).opening(SWEEPS_ON[-1])
    run_sweep(Tools(city.database, city.book, FixedClock(at)), at, source="bench")


def _run_sweeps(population: Population) -> Iterator[Figure]:
    """Sweep on three days, each side in turn, then once more with nothing due."""
    city = population.city
    with city.database.reading() as session:
        calendar = city.book.calendar(session.connection())
    ours, plain, raised = [], [], []
    for on in SWEEPS_ON:
        at = calendar.opening(on)
        tools = Tools(city.database, city.book, FixedClock(at))
        plain.append(_plain(population, at, on))
        results: list[SweepResult] = []
        ours.append(seconds(partial(_ours, tools, at, results)))
        raised.append(results[0].raised)
        if results[0].faults:
            raise AssertionError(results[0].faults)
    if raised != [population.size // 10] * len(SWEEPS_ON):
        raise AssertionError(f"raised {raised}, not a tenth each")
    ratio = statistics.median(mine / theirs for mine, theirs in zip(ours, plain, strict=True))
    yield Figure(
        f"sweep, {population.size:,} open, a tenth due", f"{statistics.median(ours):.2f} s",
        f"set-based SQL {statistics.median(plain):.2f} s", ratio, "≤ 1.50", ratio <= 1.5,
    )  # fmt: skip
    tools = Tools(city.database, city.book, FixedClock(at))
    idle = statistics.median(seconds(lambda: run_sweep(tools, at, source="bench")) for _ in range(5)) * 1000
    yield Figure(
        f"sweep, {population.size:,} open, nothing due", f"{idle:.0f} ms", "—", idle / 50, "≤ 50 ms", idle <= 50
    )


_TURNS = 5


def _make_slips(population: Population, at: datetime, after: list[int]) -> float:
    """Make one batch of slips, behind the rung that stands in `after`; return the seconds."""
    city, made = population.city, list[Batch]()

    def work() -> None:
        made.append(city.database.write(partial(make_batch, book=city.book, at=at, after=after[-1])))

    took = seconds(work)
    if made[0].made != BATCH or made[0].faults or made[0].last_id is None:
        raise AssertionError(f"{made[0].made} slips, faults {made[0].faults}")
    after.append(made[0].last_id)
    return took


def _run_slips(small: Population, large: Population) -> Iterator[Figure]:
    """Make slips of rungs by turns."""
    with large.city.database.reading() as session:
        at = large.city.book.calendar(session.connection()).opening(SWEEPS_ON[-1])
    places: tuple[list[int], list[int]] = ([0], [0])
    pairs = [(_make_slips(small, at, places[0]), _make_slips(large, at, places[1])) for _ in range(_TURNS + 2)][2:]
    growth = statistics.median(big / little for little, big in pairs)
    few, many = (statistics.median(side) / BATCH * 1000 for side in zip(*pairs, strict=True))
    yield Figure(
        f"a slip made, {large.size:,} open", f"{many:.2f} ms", f"{small.size:,}: {few:.2f} ms", growth, "≤ 1.20",
        growth <= 1.2,
    )  # fmt: skip
