"""A large city for measuring on PostgreSQL: 2 % projects, 98 % tasks below them, made set-based.

Three tenths of the items were due on three days in a row, so that three sweeps each find a tenth due; the rest is
due far ahead.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, text

from app.core.database import Database, make_engine
from app.models.escalation import LadderRung
from app.models.organisation import Department
from app.services.rulebook import Rulebook
from tests.city import FIRST, NOW, City, build_city
from tests.databases import copy_postgresql
from workflows.hours import Hours

#: Monday; the three tenths are due on the Friday before, on this day and on the next.
FIRST_SWEEP_ON = date(2026, 3, 2)
DUE_ON = (date(2026, 2, 28), date(2026, 3, 2), date(2026, 3, 3))
SWEEPS_ON = (date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4))
FAR_ON = date(2026, 12, 1)


@dataclass(frozen=True, slots=True)
class Population:
    """A city with `size` items; `url` is its database."""

    city: City
    url: str
    size: int


_ITEMS = """
INSERT INTO items (kind, title, sort_key, search_text, state, state_seq, state_since, version, parent_id,
  owner_department_id, created_by, created_at, last_progress_at, due_on, original_due_on, due_source, urgency,
  confidential, workflow_version, rule_set_id)
SELECT CASE WHEN n <= :projects THEN 'project' ELSE 'task' END, '事项' || n, 'shi4 xiang4 ' || lpad(n::text, 8, '0'),
  '事项' || n, 'in_progress', 3, :now, 3, CASE WHEN n <= :projects THEN NULL ELSE 1 + n % :projects END,
  1 + (n / 7) % :departments, 1, :now, :now,
  CASE n % 10 WHEN 0 THEN CAST(:due0 AS date) WHEN 1 THEN CAST(:due1 AS date) WHEN 2 THEN CAST(:due2 AS date)
    ELSE CAST(:far AS date) + CAST(n % 300 AS integer) END,
  NULL, 'typed', 'normal', false, CASE WHEN n <= :projects THEN :project_version ELSE :task_version END, :rule_set
FROM generate_series(1, :size) AS n
"""
_REST = """
INSERT INTO project (item_id, template, phase_seq, start_on, progress_pct)
  SELECT id, 'none', 0, CAST(:now AS date), 0 FROM items WHERE kind = 'project';
INSERT INTO task (item_id, source_kind) SELECT id, 'other' FROM items WHERE kind = 'task';
INSERT INTO item_clock (item_id, light, light_rule, light_since_on, light_due_on, rung)
  SELECT id, 'yellow', 'due_soon', CAST(:now AS date), due_on + 1, 0 FROM items;
INSERT INTO item_access (reader, item_id, kind, is_open, due_key) SELECT 'OFFICE', id, kind, true, due_on FROM items;
INSERT INTO item_access (reader, item_id, kind, is_open, due_key)
  SELECT 'OVERSIGHT', id, kind, true, due_on FROM items;
INSERT INTO item_access (reader, item_id, kind, is_open, due_key)
  SELECT 'D:' || owner_department_id, id, kind, true, due_on FROM items;
INSERT INTO episode (item_id, cause, anchor, ladder_id, base_on, opened_at, next_level, next_at)
  SELECT id, 'due', due_on::text, CASE kind WHEN 'task' THEN :task_ladder ELSE :project_ladder END, due_on, :now,
  CASE WHEN id % 10 < 3 THEN 2 ELSE 1 END,
  CASE id % 10 WHEN 0 THEN CAST(:at0 AS timestamptz) WHEN 1 THEN CAST(:at1 AS timestamptz)
    WHEN 2 THEN CAST(:at2 AS timestamptz) ELSE CAST(:now AS timestamptz) + interval '200 days' END FROM items;
"""


def populate(size: int, departments: int = 50) -> Population:
    """Make the city; about a minute for 1,000,000 items."""
    url = copy_postgresql()
    city = build_city(Database(make_engine(url)), Rulebook(ZoneInfo("Asia/Shanghai"), Hours()))
    with city.database.writing() as session:
        connection = session.connection()
        # Ten million items in one statement take longer than the product lets any statement run.
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        calendar = city.book.calendar(connection)
        for number in range(len(city.departments) + 1, departments + 1):
            name = f"D{number:03d}"
            connection.execute(insert(Department).values(code=name, name=name, sort_key=name, from_on=FIRST))
        ladders = {
            kind: connection.execute(
                select(LadderRung.ladder_id).where(LadderRung.kind == kind, LadderRung.cause == "due").limit(1)
            ).scalar_one()
            for kind in ("task", "project")
        }
        values = {
            "size": size,
            "projects": max(1, size // 50),
            "departments": departments,
            "now": NOW - timedelta(days=60),
            "far": FAR_ON,
            "rule_set": city.book.current_rule_set(connection, FIRST_SWEEP_ON),
            "project_version": city.book.current_machine(connection, "project").version,
            "task_version": city.book.current_machine(connection, "task").version,
            "task_ladder": ladders["task"],
            "project_ladder": ladders["project"],
            **{f"due{index}": due for index, due in enumerate(DUE_ON)},
            **{f"at{index}": calendar.opening(on) for index, on in enumerate(SWEEPS_ON)},
        }
        for statement in (_ITEMS, *filter(str.strip, _REST.split(";"))):
            names = {name: value for name, value in values.items() if f":{name}" in statement}
            connection.execute(text(statement), names)
    vacuum(city.database, "ANALYZE")
    return Population(city, url, size)


def vacuum(database: Database, what: str = "") -> None:
    """Vacuum, however long it takes: all tables, or those that `what` names in SQL's words."""
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text(f"VACUUM {what}"))
        connection.execute(text("RESET statement_timeout"))
