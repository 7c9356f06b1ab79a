"""The lived city many times over: every project, task and share is copied set-based, with what lists read of it."""

from sqlalchemy import Connection, Table, text

from app.core.database import Database
from app.models.escalation import Episode
from app.models.item import (
    Criterion,
    Item,
    ItemAccess,
    ItemClock,
    Milestone,
    Phase,
    Project,
    Share,
    Support,
    Task,
)

#: What is copied with an item; numbers of rows are given anew.
_TABLES = (Item, Project, Task, Share, Phase, Milestone, Criterion, Support, ItemAccess, ItemClock, Episode)
#: A copy has no number of its own.
_EMPTIED = {("items", "number"), ("items", "external_source"), ("items", "external_key")}
_KINDS = "SELECT id FROM items WHERE kind IN ('project', 'task', 'share') AND id <= :last"


def multiply(database: Database, times: int, *, one_parent: int) -> int:
    """Copy the city `times` times; tasks of `one_parent` stay its. Returns how many items there are."""
    with database.writing() as session:
        connection = session.connection()
        last = connection.execute(text("SELECT max(id) FROM items")).scalar_one()
        values = {"last": last, "times": times, "parent": one_parent}
        for model in _TABLES:
            _copy(connection, model.__table__, values)  # type: ignore[arg-type]  # every model has a table
        return int(connection.execute(text("SELECT count(*) FROM items")).scalar_one())


def _copy(connection: Connection, table: Table, values: dict[str, int]) -> None:
    columns = [column for column in table.columns if column.key != "id" or table.name == "items"]
    key = "id" if table.name == "items" else next(c.name for c in columns if c.name in ("item_id", "project_id"))
    taken = ", ".join(_take(table, column.name) for column in columns)
    names = ", ".join(column.name for column in columns)
    statement = f"""
        WITH RECURSIVE turn(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM turn WHERE n < :times)
        INSERT INTO {table.name} ({names}) SELECT {taken} FROM {table.name} t, turn WHERE t.{key} IN ({_KINDS})
    """
    used = {name: value for name, value in values.items() if f":{name}" in statement}
    connection.execute(text(statement), used)


def _take(table: Table, name: str) -> str:
    if (table.name, name) in _EMPTIED:
        return "NULL"
    if (table.name, name) == ("items", "parent_id"):
        return "CASE WHEN t.parent_id = :parent AND t.kind = 'task' THEN :parent ELSE t.parent_id + turn.n * :last END"
    if (table.name, name) == ("items", "id") or name in ("item_id", "project_id"):
        return f"t.{name} + turn.n * :last"
    return f"t.{name}"
