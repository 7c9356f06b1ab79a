"""What follows a migration: the rules of this release stored, built-in accounts, shipped calendars (idempotent)."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, and_, delete, func, insert, literal, literal_column, select, update
from sqlalchemy.engine import Connection

from app.core.database import UtcDateTime
from app.core.errors import Sentence, UnavailableError
from app.core.text import sort_key
from app.models.escalation import LadderRung
from app.models.item import Item
from app.models.organisation import Person
from app.models.record import History
from app.models.rule import CalendarDay, CalendarYear, RuleSet, WorkflowVersion
from app.services.template.storing import store_templates
from workflows.calendar_table import CalendarTable
from workflows.catalogue import WORKFLOWS
from workflows.light import LightThresholds
from workflows.machine import canonical, fingerprint
from workflows.ruling.keys import DEFAULT_WAY, SPARSE
from workflows.terms import write_terms
from workflows.versions import only_adds

#: Accounts that act for the product itself; nobody can log in with them.
BUILT_IN = {"system": "系统", "system-import": "台账导入"}

#: The first rule set holds from the beginning.
_FIRST_DAY = date(2000, 1, 1)


def store_rules(connection: Connection, now: datetime, tables: Iterable[CalendarTable]) -> None:
    """Store what this release brings and the database lacks; UnavailableError when a stored version was altered."""
    _store_accounts(connection, now)
    _store_workflows(connection, now)
    _adopt(connection, now)
    store_templates(connection, now)
    if connection.execute(select(func.count()).select_from(RuleSet)).scalar_one() == 0:
        add_rule_set(connection, now, _FIRST_DAY, {}, note="defaults of the workflow tables")
    elif _lacks_ladders(connection):
        add_rule_set(connection, now, now.date(), {}, note="new ladders of the workflow tables")
    known = set(connection.execute(select(CalendarYear.year).where(CalendarYear.is_forecast.is_(False))).scalars())
    for table in tables:
        if table.year not in known and not table.forecast:
            write_year(connection, now, table)


def _store_accounts(connection: Connection, now: datetime) -> None:
    known = set(connection.execute(select(Person.login).where(Person.is_system)).scalars())
    for login, name in BUILT_IN.items():
        if login not in known:
            connection.execute(
                insert(Person).values(login=login, name=name, sort_key=sort_key(name), is_system=True, created_at=now)
            )


def _store_workflows(connection: Connection, now: datetime) -> None:
    stored = {
        (kind, version): sha256
        for kind, version, sha256 in connection.execute(
            select(WorkflowVersion.kind, WorkflowVersion.version, WorkflowVersion.sha256)
        )
    }
    for table in WORKFLOWS.values():
        body = table.body()
        sha256 = fingerprint(body)
        known = stored.get((table.kind, table.version))
        if known is None:
            connection.execute(
                insert(WorkflowVersion).values(
                    kind=table.kind, version=table.version, sha256=sha256, body=canonical(body), stored_at=now
                )
            )
        elif known != sha256:
            raise UnavailableError(
                "workflow_altered",
                Sentence(
                    f"流程{table.kind}第{table.version}版与已存内容不符：修改流程须提高版本号。",
                    f"Workflow {table.kind} version {table.version} differs from the stored one: a change needs a new"
                    " version.",
                ),
            )


def _adopt(connection: Connection, now: datetime) -> None:
    """Move open items to a version that only adds to theirs; each gets its history row as `system`."""
    system_id = connection.execute(select(Person.id).where(Person.login == "system")).scalar_one()
    for table in WORKFLOWS.values():
        body = table.body()
        older = connection.execute(
            select(WorkflowVersion.version, WorkflowVersion.body).where(
                WorkflowVersion.kind == table.kind, WorkflowVersion.version < table.version
            )
        ).all()
        for version, text in older:
            if only_adds(json.loads(text), body):
                _move_items(connection, now, system_id, table.kind, version, table.version)


def _move_items(connection: Connection, now: datetime, system_id: int, kind: str, old: int, new: int) -> None:
    running = and_(Item.kind == kind, Item.workflow_version == old, Item.closed_at.is_(None))
    seq = select(func.max(History.seq) + 1).where(History.item_id == Item.id).scalar_subquery()
    columns: dict[str, ColumnElement[Any]] = {
        "item_id": literal_column("items.id"),
        "seq": seq,
        "action": literal("adopt"),
        "from_state": literal_column("items.state"),
        "to_state": literal_column("items.state"),
        "workflow_version": literal(new),
        "actor_id": literal(system_id),
        "acting_role": literal("system"),
        "occurred_at": literal(now, UtcDateTime),
        "recorded_at": literal(now, UtcDateTime),
        "data": literal({"from_version": old}, JSON),
    }
    rows = select(*columns.values()).select_from(Item).where(running)
    connection.execute(insert(History).from_select(list(columns), rows))
    connection.execute(update(Item).where(running).values(workflow_version=new))


def _lacks_ladders(connection: Connection) -> bool:
    newest = select(func.max(RuleSet.id)).scalar_subquery()
    known = connection.execute(
        select(LadderRung.kind, LadderRung.cause).where(LadderRung.rule_set_id == newest).distinct()
    ).all()
    wanted = {(table.kind, ladder.cause.value) for table in WORKFLOWS.values() for ladder in table.ladders}
    return not wanted <= {(kind, cause) for kind, cause in known}


def default_rules() -> dict[str, dict[str, str]]:
    """Return limits, ladders, thresholds and terms as this release has them, by key; sparse parts are empty."""
    limits, ladders = {}, {}
    for table in WORKFLOWS.values():
        for ladder in table.ladders:
            key = f"{table.kind}.{ladder.cause}"
            if ladder.limit is not None:
                limits[key] = str(ladder.limit)
            for rung in ladder.rungs:
                ladders[f"{key}.{rung.level}"] = str(rung.after)
    light = LightThresholds()
    thresholds = {
        "yellow_points": str(light.yellow_points),
        "red_points": str(light.red_points),
        "soon_workdays": str(light.soon_workdays),
    }
    sparse: dict[str, dict[str, str]] = {part: {} for part in SPARSE}
    return {"limits": limits, "ladders": ladders, "light": thresholds, "terms": write_terms(), **sparse}


def add_rule_set(
    connection: Connection, now: datetime, effective_on: date, changes: Mapping[str, Mapping[str, str]], *, note: str
) -> int:
    """Store a rule set: the newest one's values with `changes` over them; returns its id."""
    newest = connection.execute(select(RuleSet.body).order_by(RuleSet.id.desc()).limit(1)).scalar_one_or_none()
    defaults = default_rules()
    base: dict[str, Any] = json.loads(json.dumps(newest)) if newest else {}
    body = {part: {**defaults[part], **base.get(part, {}), **changes.get(part, {})} for part in defaults}
    rule_set_id = int(
        connection.execute(
            insert(RuleSet)
            .values(effective_on=effective_on, body=body, note=note, created_at=now)
            .returning(RuleSet.id)
        ).scalar_one()
    )
    next_ladder = int(connection.execute(select(func.coalesce(func.max(LadderRung.ladder_id), 0))).scalar_one())
    rows = []
    for table in WORKFLOWS.values():
        for ladder in table.ladders:
            next_ladder += 1
            rows += [
                {
                    "rule_set_id": rule_set_id,
                    "ladder_id": next_ladder,
                    "kind": table.kind,
                    "cause": ladder.cause.value,
                    "level": rung.level,
                    "after": body["ladders"][f"{table.kind}.{ladder.cause}.{rung.level}"],
                    "to_role": body["to"].get(f"{table.kind}.{ladder.cause}.{rung.level}", rung.to.name),
                    "way": body["by"].get(f"{table.kind}.{ladder.cause}.{rung.level}", DEFAULT_WAY),
                }
                for rung in ladder.rungs
            ]
    connection.execute(insert(LadderRung), rows)
    return rule_set_id


def write_year(connection: Connection, now: datetime, table: CalendarTable) -> None:
    """Write an official table that the database does not have yet; it takes the place of a forecast."""
    connection.execute(delete(CalendarDay).where(CalendarDay.table_year == table.year))
    connection.execute(delete(CalendarYear).where(CalendarYear.year == table.year))
    days = {day.on: day for day in table.days}
    taken = set(connection.execute(select(CalendarDay.on_day).where(CalendarDay.on_day.in_(days))).scalars())
    rows = [
        {"table_year": table.year, "on_day": on, "kind": "makeup" if day.working else "holiday", "name": day.name}
        for on, day in days.items()
        if on not in taken
    ]
    connection.execute(insert(CalendarYear).values(year=table.year, source=table.source, loaded_at=now))
    if rows:
        connection.execute(insert(CalendarDay), rows)
