"""The queue's tables on PostgreSQL: procrastinate's own revisions, as the package ships them, and what wakes it.

The package ships the whole chain of its schema with every release and never changes what was shipped, so a revision of
ours that applies a stretch of the chain makes the same tables whichever release is installed. Nothing of it is copied
here, and nothing of it is made on SQLite.
"""

from collections.abc import Iterator
from importlib.resources import files

from sqlalchemy.engine import Connection

#: The last link of the chain that the revision add_queue applies; a test says when the package has a newer one.
FIRST_UP_TO = "03.04.00_50_post_add_retry_failed_job_procedure"

_DELIVERY = """
CREATE FUNCTION lianban_defer_delivery() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('lianban.delivery_deferred', true) IS DISTINCT FROM 'yes' THEN
        PERFORM set_config('lianban.delivery_deferred', 'yes', true);
        PERFORM procrastinate_defer_jobs_v1(ARRAY[
            ROW('messages', 'deliver', 0, NULL, NULL, '{}', NULL)::procrastinate_job_to_defer_v1
        ]);
    END IF;
    RETURN NULL;
END;
$$;
CREATE TRIGGER outbox_defers_delivery AFTER INSERT ON outbox
    FOR EACH STATEMENT EXECUTE FUNCTION lianban_defer_delivery();
"""
_WORK = """
CREATE FUNCTION lianban_defer_work() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM procrastinate_defer_jobs_v1(ARRAY[
        ROW('works', 'work', 0, NULL, NULL, jsonb_build_object('work_id', NEW.id), NULL)::procrastinate_job_to_defer_v1
    ]);
    RETURN NULL;
END;
$$;
CREATE TRIGGER long_work_defers_work AFTER INSERT OR UPDATE OF status ON long_work
    FOR EACH ROW WHEN (NEW.status = 'waiting') EXECUTE FUNCTION lianban_defer_work();
"""
_UNDO = """
DROP TRIGGER outbox_defers_delivery ON outbox;
DROP TRIGGER long_work_defers_work ON long_work;
DROP FUNCTION lianban_defer_delivery();
DROP FUNCTION lianban_defer_work();
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT format('%s', oid::regclass) FROM pg_class
        WHERE relname LIKE 'procrastinate\\_%' AND relkind = 'r' AND pg_table_is_visible(oid)
    LOOP
        EXECUTE 'DROP TABLE ' || name || ' CASCADE';
    END LOOP;
    FOR name IN SELECT format('%s', oid::regprocedure) FROM pg_proc
        WHERE proname LIKE 'procrastinate\\_%' AND pg_function_is_visible(oid)
    LOOP
        EXECUTE 'DROP FUNCTION ' || name || ' CASCADE';
    END LOOP;
    FOR name IN SELECT format('%s', oid::regtype) FROM pg_type
        WHERE typname LIKE 'procrastinate\\_%' AND typtype IN ('e', 'c') AND pg_type_is_visible(oid)
    LOOP
        EXECUTE 'DROP TYPE ' || name || ' CASCADE';
    END LOOP;
END;
$$;
"""


def list_links() -> list[str]:
    """Return the names of the package's own revisions, the oldest first."""
    folder = files("procrastinate") / "sql" / "migrations"
    return sorted(one.name.removesuffix(".sql") for one in folder.iterdir() if one.name.endswith(".sql"))


def read_chain(after: str, up_to: str) -> Iterator[str]:
    """Yield the package's own revisions beyond `after` ("" for all) up to and with `up_to`."""
    folder = files("procrastinate") / "sql" / "migrations"
    for name in list_links():
        if after < name <= up_to:
            yield (folder / f"{name}.sql").read_text(encoding="utf-8")


def make_queue(connection: Connection) -> None:
    """Make the queue's tables, and the triggers by which what waits defers its job in its own transaction."""
    for script in (*read_chain("", FIRST_UP_TO), _DELIVERY, _WORK):
        _run(connection, script)


def drop_queue(connection: Connection) -> None:
    """Take back what `make_queue` made; jobs are wake-ups only, so nothing is lost."""
    _run(connection, _UNDO)


def _run(connection: Connection, script: str) -> None:
    """Run a script of several statements in the connection's transaction: SQLAlchemy takes one at a time."""
    driver = connection.connection.driver_connection
    if driver is None:
        raise TypeError("a connection without a driver's connection")
    driver.execute(script)
