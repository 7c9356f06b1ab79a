"""Exports the sealed log as a bundle; the export is itself on record."""

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.core.errors import ConflictError, Fault, InvalidError, Sentence
from app.core.merkle.bundle import Entry, Opening, write_lines
from app.core.merkle.canonical import write_instant
from app.core.merkle.signed import Head
from app.core.merkle.tree import Frontier
from app.core.merkle.verifying import Leaf
from app.edge.auth import make_system_act
from app.edge.context import Context, Unit
from app.edge.log import require_log_reader
from app.policy.people import Actor, find_actor
from app.queries.oversight.log import READERS, list_shown, may_see_contents
from app.services.act import Act
from app.services.audit_seal.keeping import find_last_head, list_heads, list_keys
from app.services.audit_seal.proving import require_head
from app.services.audit_seal.rows import read_sealed
from app.services.organisation.person import find_person
from app.services.recording import Acting


@dataclass
class Exported:
    """What a bundle holds: its first leaf, the log's size, entries with and without their rows."""

    first: int
    size: int
    whole: int = 0
    hidden: int = 0


def find_reader(context: Context, unit: Unit, login: str | None) -> Actor | None:
    """Return who reads the log by a log-in (None: whoever has the database); ForbiddenError for whom it is not open."""
    if login is None:
        return None
    person_id = find_person(unit.connection(), login)
    actor = None if person_id is None else find_actor(unit.connection(), person_id, context.today(), context.now())
    if actor is None:
        raise InvalidError([Fault("--as", Sentence(f"没有用户“{login}”。", f"There is no user {login!r}."))])
    return require_log_reader(actor)


def make_reader_act(context: Context, unit: Unit, actor: Actor | None, source: str) -> Act:
    """Return what the record of a reading takes along: the post that lets the reader read, or the product itself."""
    if actor is None:
        return make_system_act(context, unit, source=source)
    held = next(one for one in actor.general if one.duty in READERS)
    acting = Acting(actor.person_id, held.duty.value, held)
    return Act(unit.connection(), acting, context.now(), context.today(), source)


def export_log(
    context: Context, path: Path, *, login: str | None = None, since: datetime | None = None, redact: bool = False
) -> Exported:
    """Write what is sealed (since an instant) as a bundle, whole or not at all; InvalidError when the file is there.

    Rows that the reader may not see, or see in part, are carried as hashes; with `redact` also acts on confidential
    items, documents and files. ConflictError when a sealed row is gone: verify first.
    """
    if path.exists():
        raise InvalidError([Fault("FILE", Sentence(f"{path}已存在。", f"{path} exists already."))])
    with context.database.reading() as unit:
        actor = find_reader(context, unit, login)
        head = require_head(unit.connection())
        begins = None if since is None else find_last_head(unit.connection(), until=since)
        done = Exported(begins.size if begins else 0, head.size)
        _write(path, _list_lines(context, unit, actor, begins, done, redact=redact))
    context.database.write(
        lambda unit: make_reader_act(context, unit, actor, "command").audit(
            "export_audit", f"audit_head:{head.size}",
            after={"first": done.first, "size": done.size, "rows": done.whole, "hashes": done.hidden, "redact": redact},
        )
    )  # fmt: skip
    return done


def _list_lines(
    context: Context, unit: Unit, actor: Actor | None, begins: Head | None, done: Exported, *, redact: bool
) -> Iterator[bytes]:
    connection = unit.connection()
    first = Frontier(begins.size, [bytes.fromhex(one) for one in begins.frontier]) if begins else Frontier()
    heads = [head for head in list_heads(connection, done.first - 1) if head.size <= done.size]
    opening = Opening(write_instant(context.now()), first)
    return write_lines(
        opening, list_keys(connection), heads, _list_entries(unit, actor, done, redact=redact)
    )  # fmt: skip


def _list_entries(unit: Unit, actor: Actor | None, done: Exported, *, redact: bool) -> Iterator[Entry]:
    connection, has_contents = unit.connection(), may_see_contents(actor)
    for chunk in read_sealed(connection, done.first, done.size):
        ids = [audit_id for _, _, audit_id, _ in chunk]
        shown = list_shown(connection, actor, min(ids), max(ids), with_confidential=not redact)
        for index, digest, audit_id, row in chunk:
            if row is None:
                raise ConflictError(
                    "row_gone",
                    Sentence(
                        f"日志第{audit_id}条已不存在，请先运行flask audit verify。",
                        f"Entry {audit_id} of the log is gone; run flask audit verify first.",
                    ),
                )
            is_whole = audit_id in shown and (has_contents or (row["before"] is None and row["after"] is None))
            done.whole, done.hidden = done.whole + is_whole, done.hidden + (not is_whole)
            yield Entry(Leaf(index, audit_id, digest), row if is_whole else None)


def _write(path: Path, lines: Iterator[bytes]) -> None:
    """Write a file beside its place, readable by its owner only, and put it there when it is whole."""
    part = path.with_name(f"{path.name}.{secrets.token_hex(8)}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        said = Sentence(f"{path}：无法写入（{error.strerror}）。", f"{path}: cannot be written ({error.strerror}).")
        raise InvalidError([Fault("FILE", said)]) from error
    except BaseException:
        part.unlink(missing_ok=True)
        raise
