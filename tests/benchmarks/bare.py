"""The other side of the HTTP benchmark: a bare Flask application with SQLAlchemy Core and nothing else.

It answers the same hundred rows as JSON by keyset: no log-in, no permission, no schema, no language.
"""

import os

from flask import Flask, Response, jsonify
from sqlalchemy import create_engine, text

_ROWS = text(
    "SELECT i.id, i.kind, i.number, i.title, i.state, i.version, i.due_on, i.original_due_on, i.due_source, i.urgency,"
    " i.confidential, i.parent_id, i.owner_department_id, d.name, i.assignee_id, i.created_at, i.closed_at,"
    " i.last_progress_at, c.light, c.light_rule, c.rung, c.rung_cause"
    " FROM items i JOIN item_clock c ON c.item_id = i.id LEFT JOIN department d ON d.id = i.owner_department_id"
    " WHERE i.id > :after ORDER BY i.id LIMIT 100"
)


def make_bare() -> Flask:
    """Return the application on the database that LIANBAN_DATABASE_URL names."""
    app = Flask("bare")
    engine = create_engine(os.environ["LIANBAN_DATABASE_URL"], connect_args={"prepare_threshold": 2})

    @app.get("/rows")
    def list_rows() -> Response:
        with engine.connect() as connection:
            rows = [dict(row._mapping) for row in connection.execute(_ROWS, {"after": 1000})]  # noqa: SLF001  # Core's own name
        for row in rows:
            for name, value in row.items():
                if hasattr(value, "isoformat"):
                    row[name] = value.isoformat()
        return jsonify({"items": rows, "next_cursor": str(rows[-1]["id"])})

    return app
