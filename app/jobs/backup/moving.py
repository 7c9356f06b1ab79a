"""Moves a city into another, empty database and compares the two row by row; the source is only read."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from app.core.backup.errors import BackupError
from app.core.database import Database
from app.core.errors import Sentence
from app.core.lease import make_lease
from app.core.migration import upgrade_within
from app.services.backup.comparing import compare_rows, measure
from app.services.backup.kinds import TableSpec
from app.services.backup.loading import Loader, read_rows, require_empty
from app.services.backup.mark import Mark, clear_mark, read_mark, set_mark
from app.services.backup.snapshot import describe_tables, read_last_id, read_lines

_BATCH = 5000


@dataclass(frozen=True, slots=True)
class Moved:
    """How many rows of how many tables were moved, and found the same."""

    tables: int
    rows: int


def move(source: Database, target: Database) -> Moved:
    """Copy every row into the empty database `target`; what is not finished leaves a mark there.

    BackupError when it is not empty, when a scheduler runs, when rows do not fit (before anything is written), when
    rows differ afterwards, or when somebody wrote into the source meanwhile.
    """
    with _no_scheduler(source), source.frozen() as read:
        specs = describe_tables(read)
        before = measure(read, specs)
        with target.reading() as session:
            mark = read_mark(session.connection())
            if mark is not None and mark.is_loaded:
                raise _refuse("another_restore", "目标数据库里有未完成的恢复", "an unfinished restore is in the target")
            require_empty(session.connection())
        _check(read, specs, is_postgresql=target.is_postgresql)
        with target.writing() as session:
            set_mark(session.connection(), Mark(source.engine.dialect.name, "", is_loaded=False))
        with target.writing() as session:
            _copy(read, session.connection(), specs)
        with target.frozen() as found:
            differing = list(compare_rows(read, found, specs))
        if differing:
            raise BackupError("rows_differ", differing[0])
    with source.reading() as session:
        is_same = measure(session.connection(), specs) == before
    if not is_same:
        raise _refuse(
            "source_written",
            "迁移期间有人写入来源数据库，请停止网页和任务进程",
            "somebody wrote into the source; stop it",
        )
    with target.writing() as session:
        clear_mark(session.connection())
    return Moved(len(specs), sum(rows for rows, _ in before.values()))


def _check(read: Any, specs: tuple[TableSpec, ...], *, is_postgresql: bool) -> None:  # noqa: ANN401  # a connection
    for spec in specs:
        for first_row, lines in _batch(read, spec):
            read_rows(spec, lines, first_row, is_postgresql=is_postgresql)


def _copy(read: Any, write: Any, specs: tuple[TableSpec, ...]) -> None:  # noqa: ANN401  # connections
    if write.dialect.name == "postgresql":
        write.exec_driver_sql("SET LOCAL statement_timeout = 0")
    upgrade_within(write, "head")
    loader = Loader(write)
    for spec in specs:
        for first_row, lines in _batch(read, spec):
            loader.add(spec, lines, first_row)
    loader.finish(specs, {spec.name: read_last_id(read, spec) for spec in specs})


def _batch(read: Any, spec: TableSpec) -> Iterator[tuple[int, list[str]]]:  # noqa: ANN401  # a connection
    """Yield (the number of the first row, lines) of a table, some thousand at once."""
    first_row, lines = 1, list[str]()
    for line in read_lines(read, spec):
        lines.append(line)
        if len(lines) == _BATCH:
            yield first_row, lines
            first_row, lines = first_row + _BATCH, []
    if lines:
        yield first_row, lines


@contextmanager
def _no_scheduler(source: Database) -> Iterator[None]:
    """Hold the scheduler's lease: a city that moves is not swept."""
    lease = make_lease(source, "scheduler")
    if not lease.try_take():
        raise _refuse("scheduler_runs", "任务进程正在运行，请先停止", "a scheduler is running; stop it first")
    try:
        yield
    finally:
        lease.release()


def _refuse(code: str, zh: str, en: str) -> BackupError:
    return BackupError(code, Sentence(f"没有迁移：{zh}。", f"Not moved: {en}."))
