"""The sweep's lights: colours that change with the date alone, judged anew on the day on which they can change.

Tasks and shares have no plan to be measured against, so a due date and a rule set decide: one judgement a group,
written set-based. Projects are judged one by one.
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Date, bindparam, func, insert, select, text, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from app.models.item import Item, ItemClock, LightChange, Project
from app.services.escalation import sweep_sql
from app.services.escalation.sweep import ChunkResult, Fault, Order, Stretch, halve, make_tables
from app.services.rulebook import Rulebook
from workflows.calendar import Calendar
from workflows.light import Light, LightFacts, judge

_NAMED_ITEMS = 20

_GROUPS = text(
    "SELECT DISTINCT due_on, rule_set_id, is_open, is_paused FROM swept_clock WHERE kind <> 'project'"
).columns(due_on=Date())
_PROJECTS = select(
    Item.id, Item.due_on, Item.rule_set_id, Item.closed_at, Item.paused_state, Project.start_on, Project.progress_pct,
    Project.forecast_on, Project.light_override, Project.light_override_until_on, ItemClock.light, ItemClock.light_rule,
).join(Project, Project.item_id == Item.id).join(ItemClock, ItemClock.item_id == Item.id).where(
    Item.id.in_(text("SELECT item_id FROM swept_clock WHERE kind = 'project'"))
)  # fmt: skip
_IN_GROUP = sweep_sql.typed(
    "SELECT item_id FROM swept_clock WHERE kind <> 'project' AND rule_set_id = :rule_set_id "
    "AND due_on = :due_on ORDER BY item_id"
).bindparams(bindparam("due_on", type_=Date()))
_INSERT_LIGHT = text(
    "INSERT INTO swept_light (due_on, rule_set_id, is_open, is_paused, light, light_rule, light_facts, changes_on) "
    "VALUES (:due_on, :rule_set_id, :is_open, :is_paused, :light, :light_rule, :light_facts, :changes_on)"
).bindparams(bindparam("due_on", type_=Date()), bindparam("changes_on", type_=Date()))
_DUE_CLOCKS = sweep_sql.typed(
    "SELECT item_id FROM item_clock WHERE light_due_on IS NOT NULL AND light_due_on <= :today "
    "AND item_id > :low AND item_id <= :high ORDER BY item_id"
)


def light_chunk(session: Session, book: Rulebook, order: Order, stretch: Stretch) -> ChunkResult:
    """Judge the lights of the items in `stretch` that can change by the sweep's day; idempotent.

    `lights` counts those judged, of which the history gets only those whose colour or rule changed.
    """
    connection = session.connection()
    make_tables(connection)
    calendar = book.calendar(connection)
    values = {"today": calendar.local_date(order.at), "now": order.now}

    def work(connection: Connection, place: Mapping[str, Any]) -> ChunkResult:
        return _judge_stretch(connection, book, calendar, place)

    return halve(connection, stretch, values, work, _DUE_CLOCKS)


def _judge_stretch(
    connection: Connection, book: Rulebook, calendar: Calendar, values: Mapping[str, Any]
) -> ChunkResult:
    sql = sweep_sql.statements(connection.dialect.name)
    for statement in sql.clear[2:]:
        connection.execute(statement)
    result = ChunkResult()
    if not connection.execute(sql.lock_clocks, values).rowcount:
        return result
    today: date = values["today"]
    rows = []
    for group in connection.execute(_GROUPS).all():
        facts = LightFacts(is_open=bool(group.is_open), is_paused=bool(group.is_paused), due_on=group.due_on)
        light = _judge(connection, book, calendar, facts, group.rule_set_id, today)
        if isinstance(light, str):
            result.faults.append(_tell_group(connection, group.rule_set_id, group.due_on, light))
            continue
        rows.append({
            "due_on": group.due_on, "rule_set_id": group.rule_set_id, "is_open": group.is_open,
            "is_paused": group.is_paused, "light": light.colour, "light_rule": light.rule,
            "light_facts": _json(light), "changes_on": light.changes_on,
        })  # fmt: skip
    if rows:
        connection.execute(_INSERT_LIGHT, rows)
        connection.execute(sql.write_changes, values)
        result.lights += connection.execute(sql.write_lights, values).rowcount
    _judge_projects(connection, book, calendar, values, result)
    return result


def _judge(
    connection: Connection, book: Rulebook, calendar: Calendar, facts: LightFacts, rule_set_id: int, today: date
) -> Light | str:
    """Return the light, or why it cannot be judged."""
    try:
        return judge(facts, today, calendar, book.rules(connection, rule_set_id).light)
    except (ValueError, OverflowError) as error:
        return str(error)


def _json(light: Light) -> str:
    return json.dumps(dict(light.values), ensure_ascii=False)


def _tell_group(connection: Connection, rule_set_id: int, due_on: date | None, said: str) -> Fault:
    items = connection.execute(_IN_GROUP, {"rule_set_id": rule_set_id, "due_on": due_on}).scalars().all()
    return {"kind": "light", "items": list(items[:_NAMED_ITEMS]), "said": said}


def _judge_projects(
    connection: Connection, book: Rulebook, calendar: Calendar, values: Mapping[str, Any], result: ChunkResult
) -> None:
    today: date = values["today"]
    clocks, changes = [], []
    for row in connection.execute(_PROJECTS).all():
        facts = LightFacts(
            is_open=row.closed_at is None,
            is_paused=row.paused_state is not None,
            due_on=row.due_on,
            start_on=row.start_on,
            progress_pct=row.progress_pct,
            forecast_on=row.forecast_on,
            warns_before_due=False,
            override=row.light_override,
            override_until_on=row.light_override_until_on,
        )
        light = _judge(connection, book, calendar, facts, row.rule_set_id, today)
        if isinstance(light, str):
            result.faults.append({"kind": "light", "items": [row.id], "said": light})
            continue
        has_changed = (light.colour, light.rule) != (row.light, row.light_rule)
        clocks.append({
            "b_item_id": row.id, "light": light.colour, "light_rule": light.rule, "light_facts": dict(light.values),
            "light_due_on": light.changes_on, "b_since": today if has_changed else None,
        })  # fmt: skip
        if has_changed:
            changes.append({"item_id": row.id, "on_day": today, "light": light.colour, "light_rule": light.rule,
                            "recorded_at": values["now"]})  # fmt: skip
    if clocks:
        since = func.coalesce(bindparam("b_since", type_=Date()), ItemClock.light_since_on)
        statement = update(ItemClock).where(ItemClock.item_id == bindparam("b_item_id")).values(light_since_on=since)
        connection.execute(statement, clocks)
        result.lights += len(clocks)
    if changes:
        connection.execute(insert(LightChange), changes)
