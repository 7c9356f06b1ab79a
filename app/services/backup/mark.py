"""The mark of a restore or a move that has begun and not ended: while it stands nothing is served from the database.

A table of its own beside the product's, there only meanwhile: an older revision's tables have no place for it.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, inspect, text

from app.core.errors import Sentence, UnavailableError

MARK = "lianban_restore"


@dataclass(frozen=True, slots=True)
class Mark:
    """What was begun: `source` as people know it, `digest` of the backup ("" for a move); `is_loaded`: rows are in."""

    source: str
    digest: str
    is_loaded: bool


def read_mark(connection: Connection) -> Mark | None:
    """Return the mark, None where nothing was begun."""
    if not inspect(connection).has_table(MARK):
        return None
    row = connection.execute(text(f"SELECT source, digest, is_loaded FROM {MARK}")).first()  # noqa: S608  # a constant
    return Mark("?", "", is_loaded=False) if row is None else Mark(row[0], row[1], bool(row[2]))


def set_mark(connection: Connection, mark: Mark) -> None:
    """Write the mark, in the place of an earlier one."""
    clear_mark(connection)
    connection.execute(
        text(
            f"CREATE TABLE {MARK}"
            " (source VARCHAR(400) NOT NULL, digest VARCHAR(64) NOT NULL, is_loaded INTEGER NOT NULL)"
        )
    )
    connection.execute(
        text(f"INSERT INTO {MARK} (source, digest, is_loaded) VALUES (:source, :digest, :is_loaded)"),  # noqa: S608  # as above
        {"source": mark.source[:400], "digest": mark.digest, "is_loaded": int(mark.is_loaded)},
    )


def clear_mark(connection: Connection) -> None:
    """Take the mark away."""
    connection.execute(text(f"DROP TABLE IF EXISTS {MARK}"))


def require_no_mark(connection: Connection) -> None:
    """Raise UnavailableError, with what is to be done, while a restore or a move is not finished."""
    mark = read_mark(connection)
    if mark is not None:
        raise UnavailableError("restore_unfinished", tell(mark))


def tell(mark: Mark) -> Sentence:
    """Say what was begun and what is to be done."""
    if not mark.digest:
        return Sentence(
            f"数据迁移（{mark.source}）没有完成：请清空本数据库后重新执行 flask db move。",
            f"A move from {mark.source} was not finished: empty this database and run `flask db move` again.",
        )
    return Sentence(
        f"恢复没有完成：请重新执行 flask restore {mark.source}。",
        f"A restore was not finished: run `flask restore {mark.source}` again.",
    )
