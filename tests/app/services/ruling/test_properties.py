"""Any valid change: what ran before keeps its instants and its rule, what begins after has the new ones.

A moved item stands as one that began under the new version when its state did.
"""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select

from app.core.database import Database, make_engine
from app.models.escalation import Episode
from app.models.record import SignOff, SignSlot
from app.services.rulebook import Rulebook
from tests.app.services.ruling.making import change_rules, move
from tests.app.services.signing.rule import submitted
from tests.city import NOW, City, build_city
from tests.databases import copy_postgresql, copy_sqlite, drop_postgresql
from tests.postgres import make_folder
from tests.sweeping import assigned_task, running_task
from workflows.hours import Hours
from workflows.interpreter import compile_body
from workflows.ruling.keys import RULE_KEYS
from workflows.ruling.signing import read_kept
from workflows.span import Span
from workflows.task import TASK

_FOLDER = make_folder("rules")
_CAUSES = ("due", "receipt", "idle", "sign_off")


def _list_rungs(cause: str) -> list[str]:
    return [key for key, one in RULE_KEYS.items() if one.group == f"task.{cause}" and one.form == "offset"]


@st.composite
def make_changes(draw: Any) -> dict[str, str]:  # noqa: ANN401  # hypothesis' own
    """Give a valid change of the task's rules that differs from what is shipped."""
    changes: dict[str, str] = {}
    for cause in _CAUSES:
        if f"task.{cause}" in RULE_KEYS and draw(st.booleans()):
            unit = draw(st.sampled_from(("workdays", "days", "workhours")))
            changes[f"task.{cause}"] = f"{unit}({draw(st.integers(0, 40))})"
        if draw(st.booleans()):
            names = _list_rungs(cause)
            counts = sorted(draw(st.lists(st.integers(-10, 30), min_size=len(names), max_size=len(names))))
            changes |= {name: f"workdays({count})" for name, count in zip(names, counts, strict=True)}
    rule = draw(st.sampled_from(("all", "any", "sequence", "count(1)", "count(2)", "percent(51)", "percent(100)")))
    changes["task.cosign.rule"] = rule
    changes["task.cosign.refusal"] = draw(st.sampled_from(("ends", "counts")))
    changes["task.cosign.votes.support_head"] = draw(st.sampled_from(("1", "2", "3")))
    changes["task.due.2.by"] = "mail"  # so that there is always a difference
    return changes


def episodes(city: City, item_id: int) -> dict[str, tuple[date, int | None, datetime | None]]:
    """Return base, next level and its instant by cause."""
    columns = (Episode.cause, Episode.base_on, Episode.next_level, Episode.next_at)
    with city.database.reading() as session:
        rows = session.execute(select(*columns).where(Episode.item_id == item_id, Episode.ended_at.is_(None)))
        return {row[0]: (row[1], row[2], row[3]) for row in rows}


def rule_of(city: City, item_id: int) -> tuple[object, ...]:
    """Return the rule by which the item's round runs, with the votes of its slots."""
    with city.database.reading() as session:
        kept = session.execute(select(SignOff.rule).where(SignOff.item_id == item_id)).scalar_one()
        weights = session.execute(
            select(SignSlot.weight, SignSlot.turn).join(SignOff, SignOff.id == SignSlot.sign_off_id)
            .where(SignOff.item_id == item_id).order_by(SignSlot.slot)
        ).all()  # fmt: skip
    rule = read_kept(compile_body(TASK.body()).sign_offs["cosign"], kept)
    quorum = (rule.rule, rule.quorum_count, rule.quorum_percent, rule.refusal)
    return (*quorum, tuple((row[0], row[1]) for row in weights))


def check(city: City, changes: dict[str, str]) -> None:
    """Begin items, change the rules, begin the same again, move the old ones: compare."""
    makers = (assigned_task, running_task, lambda city: submitted(city, "ENE", "POL"))
    old = [make(city) for make in makers]
    before = [episodes(city, one) for one in old]
    rule = rule_of(city, old[-1])
    version = change_rules(city, changes)
    assert [episodes(city, one) for one in old] == before
    assert rule_of(city, old[-1]) == rule
    new = [make(city) for make in makers]
    after = [episodes(city, one) for one in new]
    for key, value in changes.items():
        cause = key.removeprefix("task.")
        if cause == "receipt" and Span.parse(value).unit == "workdays":
            base_on = after[0]["receipt"][0]
            with city.database.reading() as session:
                calendar = city.book.calendar(session.connection())
            assert base_on == calendar.add_workdays(
                NOW.astimezone(ZoneInfo("Asia/Shanghai")).date(), Span.parse(value).count
            )
    assert rule_of(city, new[-1])[3] == changes["task.cosign.refusal"]
    assert rule_of(city, new[-1])[4][0][0] == int(changes["task.cosign.votes.support_head"])  # type: ignore[index]
    for one in old:
        move(city, one, version)
    assert [episodes(city, one) for one in old] == after
    assert rule_of(city, old[-1]) == rule


def _run(url: str, changes: dict[str, str]) -> None:
    database = Database(make_engine(url))
    try:
        check(build_city(database, Rulebook(ZoneInfo("Asia/Shanghai"), Hours())), changes)
    finally:
        database.engine.dispose()


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(make_changes())
def test_any_change_binds_what_begins_and_what_is_moved_sqlite(changes: dict[str, str]) -> None:
    """Issue 5, no. 9, on SQLite: kept, new, and moved as if begun under the new version."""
    _run(copy_sqlite(_FOLDER), changes)


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(make_changes())
def test_any_change_binds_what_begins_and_what_is_moved_postgresql(changes: dict[str, str]) -> None:
    """The same on PostgreSQL."""
    url = copy_postgresql()
    try:
        _run(url, changes)
    finally:
        drop_postgresql(url)
