"""The figures of the overview: recounted in plain Python from the tables, for every reader, on both databases."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, insert, select, update

from app.jobs.summary import make_summaries
from app.models.item import Item, ItemAccess, ItemClock, Phase, Project, Support
from app.models.record import History
from app.models.summary import Summary
from app.queries.city.counting import count_figures, list_months, list_weeks, make_empty
from app.queries.city.figures import Figures, read_figures, write_figures
from app.queries.city.summary import find_summary
from app.services.entering import NewItem
from tests.city import NOW, City
from workflows.calendar import Calendar

TODAY = date(2026, 3, 2)
SHANGHAI = ZoneInfo("Asia/Shanghai")
STATES = ("assigned", "received", "in_progress", "submitted", "suspended")


def count(city: City, reader: str | None = None) -> dict[str, Figures]:
    """Count the figures as of TODAY."""
    with city.database.reading() as session:
        connection = session.connection()
        return count_figures(connection, city.book.calendar(connection), TODAY, reader=reader)


def fill(city: City, seed: int) -> None:
    """Fill the city with items of every kind whose states, dates and histories a die decides."""
    dice = random.Random(seed)  # noqa: S311  # a die of a test
    codes = ["TRA", "ENE", "POL", "WEA"]
    projects = [
        city.project(title=f"项目{n}", lead=dice.choice(codes), supports=(dice.choice(codes),)) for n in range(4)
    ]
    tasks = [
        city.task(
            title=f"任务{n}", lead=dice.choice(codes), supports=dice.sample(codes, dice.randrange(3)),
            parent_id=dice.choice([None, *projects]), confidential=dice.random() < 0.2,
        )
        for n in range(24)
    ]  # fmt: skip
    city.enter(*(
        NewItem("share", f"分工{n}", city.departments[dice.choice(codes)], parent_id=dice.choice(tasks),
                due_on=TODAY, details={"deliverable": "数据"})
        for n in range(12)
    ))  # fmt: skip
    with city.database.writing() as session:
        connection = session.connection()
        new = select(Item.id, Item.kind).where(Item.id >= projects[0]).order_by(Item.id)
        for row in connection.execute(new).all():
            _scatter(connection, dice, row.id, row.kind, city.people["office1"])
        connection.execute(
            insert(Phase),
            [{"project_id": one, "seq": 9, "name": "试点", "name_en": "pilot"} for one in projects[:2]],
        )
        connection.execute(update(Project).where(Project.item_id.in_(projects[:2])).values(phase_seq=9))


def _scatter(connection: Any, dice: random.Random, item_id: int, kind: str, person_id: int) -> None:  # noqa: ANN401
    """Give an item a random history, due dates and light; some end, some end elsewhere than done."""
    at = datetime(2025, 1, 10, 15, 30, tzinfo=UTC) + timedelta(hours=dice.randrange(24 * 380))
    state, rows = "draft", []
    for seq in range(2, 2 + dice.randrange(7)):
        at += timedelta(hours=dice.choice((0, 3, 20, 90, 400)))
        new = dice.choice((state, *STATES))
        action = dice.choice(("submit", "report", "register")) if seq > 2 else "assign"
        rows.append({
            "item_id": item_id, "seq": seq, "action": action, "from_state": state, "to_state": new,
            "workflow_version": 1, "actor_id": person_id, "acting_role": "office", "occurred_at": at,
            "recorded_at": at, "data": {},
        })  # fmt: skip
        state = new
    if rows:
        connection.execute(insert(History), rows)
    due = [None, *(TODAY + timedelta(days) for days in (-300, -60, -1, 0, 5, 6, 7, 83, 84, 200))]
    values: dict[str, Any] = {"due_on": dice.choice(due), "original_due_on": dice.choice([at.date(), *due])}
    if dice.random() < 0.5:
        end = {"task": "done", "share": "accepted", "project": "closed"}[kind]
        values |= {"state": dice.choice((end, end, "cancelled")), "closed_at": at}
    connection.execute(update(Item).where(Item.id == item_id).values(**values))
    connection.execute(
        update(ItemClock).where(ItemClock.item_id == item_id).values(light=dice.choice(("red", "green", "grey")))
    )


def read_all(city: City) -> dict[str, list[Any]]:
    """Return the rows of the tables that the figures rest on."""
    tables = (Item, ItemAccess, ItemClock, Project, Phase, Support, History)
    with city.database.reading() as session:
        return {one.__name__: list(session.execute(select(one)).scalars()) for one in tables}


def recount(rows: dict[str, list[Any]], calendar: Calendar, reader: str) -> Figures:
    """Count a reader's figures item by item, without SQL."""
    ids = {row.item_id for row in rows["ItemAccess"] if row.reader == reader}
    items = [row for row in rows["Item"] if row.id in ids]
    history: dict[int, list[Any]] = {}
    for row in sorted(rows["History"], key=lambda one: one.seq):
        history.setdefault(row.item_id, []).append(row)
    empty = make_empty(TODAY)
    return replace(
        empty,
        lights=_recount_lights(rows, items),
        phases=_recount_phases(rows, items),
        rates=_recount_rates(items, history),
        states=_recount_states(items, history, calendar),
        load=_recount_load(items),
        joint=_recount_joint(rows, items),
    )


def _recount_lights(rows: dict[str, list[Any]], items: Sequence[Any]) -> Any:  # noqa: ANN401  # figures
    lights = {row.item_id: row.light for row in rows["ItemClock"]}
    found = [lights[item.id] for item in items if item.kind == "project" and item.closed_at is None]
    return tuple(replace(one, projects=found.count(one.light)) for one in make_empty(TODAY).lights)


def _recount_phases(rows: dict[str, list[Any]], items: Sequence[Any]) -> Any:  # noqa: ANN401  # figures
    from_project = {row.item_id: row.phase_seq for row in rows["Project"]}
    names = {(row.project_id, row.seq): (row.seq, row.name, row.name_en) for row in rows["Phase"]}
    keys = [
        names.get((item.id, from_project[item.id]), (0, None, None))
        for item in items if item.kind == "project" and item.closed_at is None
    ]  # fmt: skip
    return tuple(_phase(*key, keys.count(key)) for key in sorted(set(keys), key=str))


def _phase(seq: int, name: str | None, name_en: str | None, projects: int) -> Any:  # noqa: ANN401  # a figure
    return read_figures(
        {**write_figures(make_empty(TODAY)),
         "phases": [{"seq": seq, "name": name, "name_en": name_en, "projects": projects}]}
    ).phases[0]  # fmt: skip


def _recount_rates(items: Sequence[Any], history: dict[int, list[Any]]) -> Any:  # noqa: ANN401  # figures
    months = list_months(TODAY)
    found: dict[int, dict[str, Any]] = {}
    for item in items:
        if item.kind not in ("task", "share") or item.owner_department_id is None:
            continue
        own = {"overdue": 0, "months": [{"finished": 0, "dated": 0, "on_time": 0} for _ in months]}
        if item.closed_at is None:
            if item.due_on is None or item.due_on >= TODAY:
                continue
            found.setdefault(item.owner_department_id, own)["overdue"] += 1
        elif item.state in ("done", "accepted"):
            closed_on = item.closed_at.astimezone(SHANGHAI).date()
            if not months[0] <= closed_on <= TODAY:
                continue
            sent = [row.occurred_at for row in history[item.id] if row.action == "submit"]
            sent_on = max(sent, default=item.closed_at).astimezone(SHANGHAI).date()
            month = found.setdefault(item.owner_department_id, own)["months"][months.index(closed_on.replace(day=1))]
            month["finished"] += 1
            month["dated"] += item.original_due_on is not None
            month["on_time"] += item.original_due_on is not None and sent_on <= item.original_due_on
    data = [{"department_id": one, **own} for one, own in sorted(found.items())]
    return read_figures({**write_figures(make_empty(TODAY)), "rates": data}).rates


def _recount_states(items: Sequence[Any], history: dict[int, list[Any]], calendar: Calendar) -> Any:  # noqa: ANN401
    stays: dict[tuple[str, str], list[int]] = {}
    first, last = list_months(TODAY)[0], TODAY
    for item in items:
        changes = [row for row in history[item.id] if row.from_state != row.to_state]
        for row, after in pairwise(changes):
            entered, left = (one.occurred_at.astimezone(SHANGHAI).date() for one in (row, after))
            if first <= left <= last and row.action != "register":
                days = max(0, calendar.workdays_between(entered, left))
                stays.setdefault((item.kind, row.to_state), []).append(days)
    data = []
    for (kind, state), lengths in sorted(stays.items()):
        ordered = sorted(lengths)
        most = next(one for place, one in enumerate(ordered, 1) if place * 10 >= len(ordered) * 9)
        data.append({"kind": kind, "state": state, "count": len(lengths), "median_halves": int(median(lengths) * 2),
                     "most_halves": most * 2})  # fmt: skip
    return read_figures({**write_figures(make_empty(TODAY)), "states": data}).states


def _recount_load(items: Sequence[Any]) -> Any:  # noqa: ANN401  # figures
    opened = [item for item in items if item.closed_at is None]

    def kinds(chosen: Sequence[Any]) -> dict[str, int]:
        names = [item.kind for item in chosen]
        return {kind: names.count(kind) for kind in ("project", "task", "share") if kind in names}

    dated = [item for item in opened if item.due_on is not None]
    weeks = list_weeks(TODAY)
    return replace(
        make_empty(TODAY).load,
        overdue=kinds([item for item in dated if item.due_on < TODAY]),
        weeks=tuple(
            replace(week, kinds=kinds([item for item in dated if week.from_on <= item.due_on <= week.until_on]))
            for week in make_empty(TODAY).load.weeks
        ),
        later=kinds([item for item in dated if item.due_on > weeks[-1][1]]),
        undated=kinds([item for item in opened if item.due_on is None]),
    )


def _recount_joint(rows: dict[str, list[Any]], items: Sequence[Any]) -> Any:  # noqa: ANN401  # figures
    opened = {item.id: item for item in items if item.closed_at is None and item.kind in ("project", "task")}
    pairs: dict[tuple[int, int], dict[str, int]] = {}
    for row in rows["Support"]:
        item = opened.get(row.item_id)
        if item is not None and item.owner_department_id is not None:
            own = pairs.setdefault((item.owner_department_id, row.department_id), {"project": 0, "task": 0})
            own[item.kind] += 1
    data = [
        {"lead_id": lead, "support_id": support, "projects": own["project"], "tasks": own["task"]}
        for (lead, support), own in sorted(pairs.items())
    ]
    return read_figures({**write_figures(make_empty(TODAY)), "joint": data}).joint


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_readers_figures_are_what_a_recount_finds(city: City, seed: int) -> None:
    """DESIGN 2: whoever may not read an item does not count it; each figure as docs/dashboard.md defines it."""
    fill(city, seed)
    counted, rows = count(city), read_all(city)
    with city.database.reading() as session:
        calendar = city.book.calendar(session.connection())
    common = {row.reader for row in rows["ItemAccess"] if not row.reader.startswith(("U:", "P:"))}
    assert counted.keys() == common
    assert any(rate.on_time for rate in counted["OVERSIGHT"].rates)
    assert counted["OVERSIGHT"] != counted["OFFICE"]
    for reader in sorted(common):
        expected = recount(rows, calendar, reader)
        for name in ("lights", "phases", "rates", "states", "load", "joint"):
            assert getattr(counted[reader], name) == getattr(expected, name), (reader, name)
        assert count(city, reader)[reader] == counted[reader]


def test_figures_survive_their_way_through_the_table(city: City) -> None:
    """What the job writes is what the page reads; a second run changes nothing but the time (idempotent)."""
    fill(city, 4)
    first = make_summaries(city.database, city.book, NOW)
    later = NOW + timedelta(minutes=15)
    assert make_summaries(city.database, city.book, later) == first
    counted = count(city)
    with city.database.reading() as session:
        connection = session.connection()
        keys = set(connection.execute(select(Summary.reader)).scalars())
        for reader in keys:
            made = find_summary(connection, reader)
            assert made is not None
            assert made.made_at == later
            assert made.figures == counted.get(reader, make_empty(TODAY))
    assert {"OFFICE", "OVERSIGHT", *(f"D:{one}" for one in city.departments.values())} <= keys


def test_older_figures_never_replace_younger_ones(city: City) -> None:
    """Two runs at once: the one that began first and ends last leaves the younger figures."""
    city.task()
    make_summaries(city.database, city.book, NOW + timedelta(hours=1))
    make_summaries(city.database, city.book, NOW)
    with city.database.reading() as session:
        made = find_summary(session.connection(), "OFFICE")
    assert made is not None
    assert made.made_at == NOW + timedelta(hours=1)


def test_readers_that_are_gone_lose_their_figures(city: City) -> None:
    """A department that was closed and reads nothing keeps no row; figures of another release count as none."""
    with city.database.writing() as session:
        session.execute(insert(Summary).values(reader="D:999", name="city", made_at=NOW, data={"old": 1}))
        assert find_summary(session.connection(), "D:999") is None
    make_summaries(city.database, city.book, NOW)
    with city.database.reading() as session:
        assert "D:999" not in set(session.execute(select(Summary.reader)).scalars())


def test_the_number_of_statements_does_not_grow(city: City) -> None:
    """STYLE: a constant number of statements, whatever is counted and for however many readers."""
    counts = []
    for seed in (5, 6):
        fill(city, seed)
        seen: list[str] = []

        def note(_c: object, _cu: object, statement: str, *_rest: object, seen: list[str] = seen) -> None:
            seen.append(statement)

        event.listen(city.database.engine, "before_cursor_execute", note)
        count(city)
        event.remove(city.database.engine, "before_cursor_execute", note)
        counts.append(len([one for one in seen if not one.startswith("BEGIN")]))
    assert counts[0] == counts[1] <= 12


def test_a_day_of_the_city_is_not_a_day_of_utc(city: City) -> None:
    """A task sent in at 23:30 local time is on time, at 00:30 of the next day late, though UTC says otherwise."""
    due = date(2026, 2, 10)
    for hour, minute, day in ((23, 30, due), (0, 30, due + timedelta(1))):
        item_id = city.task(title="办结", due_on=due)
        closed_at = datetime.combine(day, time(hour, minute), tzinfo=SHANGHAI).astimezone(UTC)
        with city.database.writing() as session:
            session.execute(update(Item).where(Item.id == item_id).values(state="done", closed_at=closed_at))
    [rate] = count(city)["OFFICE"].rates
    assert (rate.on_time, rate.dated, rate.finished, rate.rate_pct) == (1, 2, 2, 50)
