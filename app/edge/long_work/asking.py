"""Asks for long work in a person's name, shows how theirs stand, hands out what they made."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, request
from werkzeug.wsgi import wrap_file

from app.core.errors import ConflictError, Fault, InvalidError, NotFoundError, Sentence, UnavailableError
from app.core.store import TooLargeError
from app.edge.attachment import Sent, name_download, open_store
from app.edge.auth import make_act, require_actor
from app.edge.context import Context, Unit
from app.edge.long_work.kinds import make_kinds
from app.edge.long_work.paper import KIND as PAPER
from app.edge.long_work.paper import check_old_report, translate_old_report
from app.policy.people import Actor
from app.queries.personal.long_work import WorkRow, find_work
from app.queries.worker import is_work_done
from app.services.attachment.naming import clean_name
from app.services.long_work.asking import ask, ask_again, cancel
from app.services.long_work.kind import Kind
from app.services.organisation.repeating import do_once

_MB = 1024 * 1024
_NO_KIND = Sentence("没有这种任务。", "There is no such kind of work.")
_GONE = Sentence(
    "文件已过保存期（7天）或无法读取，请重新办理。",
    "The file is past its seven days or cannot be read; ask for it again.",
)
_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for; `key` is the request's Idempotency-Key, `source` the edge."""

    kind: str
    arguments: Mapping[str, Any]
    lang: str
    source: str
    key: str | None = None
    input_sha256: str | None = None


def ask_work(context: Context, person_id: int, wish: Wish) -> tuple[int, bool]:
    """Put work into the queue; returns its id and whether it was asked for before under the same key.

    NotFoundError for an unknown kind, ForbiddenError where the kind is not the person's to ask for, InvalidError
    with every fault of the arguments, ConflictError when too many of theirs have not ended.
    """
    is_old = wish.kind == "report"
    kind = make_kinds(context).get(PAPER if is_old else wish.kind)
    if kind is None:
        raise InvalidError([Fault("kind", _NO_KIND)])
    actor = _require(context, person_id, kind)
    # A report under its name and arguments of earlier versions is a paper.
    given = translate_old_report(check_old_report(context, wish.arguments)) if is_old else wish.arguments
    arguments = kind.check(given) if kind.read is None else kind.read(actor, given)

    def write(unit: Unit) -> tuple[int, bool]:
        act = make_act(context, unit, person_id, role="self", source=wish.source)
        content = {"kind": kind.name, "arguments": arguments, "input": wish.input_sha256}
        answer, is_replay = do_once(
            act, wish.key, content,
            lambda: {"id": ask(act, kind.name, arguments, lang=wish.lang, input_sha256=wish.input_sha256)},
            status=202,
        )  # fmt: skip
        return int(answer["id"]), is_replay

    return context.database.write(write)


def _require(
    context: Context, person_id: int, kind: Kind, arguments: Mapping[str, Any] | None = None
) -> Actor:  # fmt: skip
    with context.database.reading() as unit:
        actor = require_actor(unit, person_id)
    kind.allow(actor)
    if arguments is not None and kind.admit is not None:
        kind.admit(actor, arguments)
    return actor


def ask_import(
    context: Context, person_id: int, sent: Sent, arguments: Mapping[str, Any], *, lang: str, source: str,
    key: str | None = None,
) -> tuple[int, bool]:  # fmt: skip
    """Take in a ledger and put its import (as a rule a dry run first) into the queue; as `ask_work`.

    Whoever may not import is refused before anything is stored; every fault is told at once.
    """
    kind = make_kinds(context)["import"]
    _require(context, person_id, kind)
    name, faults = clean_name(sent.name)
    given = {**arguments, "file_name": name, "has_input": True}
    try:
        kind.check(given)
    except InvalidError as error:
        faults = [*faults, *error.faults]
    if faults:
        raise InvalidError(faults)
    limit = context.settings.max_file_mb
    try:
        stored = open_store(context).put(sent.stream, limit * _MB)
    except TooLargeError:
        said = Sentence(f"文件最大{limit}MB。", f"A file has at most {limit} MB.")
        raise InvalidError([Fault("file", said)], code="file_too_large") from None
    return ask_work(context, person_id, Wish("import", given, lang, source, key, stored.sha256))


def ask_apply(
    context: Context, person_id: int, work_id: int, *, source: str, key: str | None = None
) -> tuple[int, bool]:
    """Ask for the import whose dry run found no fault; ConflictError for any other work."""
    with context.database.reading() as unit:
        row = find_work(unit.connection(), person_id, work_id)
    result = row.result or {}
    if row.kind != "import" or row.status != "done" or not result.get("dry_run") or result.get("refused"):
        said = Sentence("只有试运行通过的台账可以导入。", "Only a ledger whose dry run found no fault can be imported.")
        raise ConflictError("not_to_apply", said)
    if row.input_sha256 is None:
        raise UnavailableError("file_missing", _GONE)
    given = {**row.arguments, "dry_run": False}
    return ask_work(context, person_id, Wish("import", given, row.lang, source, key, row.input_sha256))


def cancel_work(context: Context, person_id: int, work_id: int, *, source: str) -> str:
    """Take work back; returns its state now."""
    return context.database.write(
        lambda unit: cancel(make_act(context, unit, person_id, role="self", source=source), work_id)
    )


def ask_work_again(context: Context, person_id: int, work_id: int, *, source: str) -> int:
    """Ask anew for what failed or was cancelled; returns the new work's id. As `ask_work`."""
    with context.database.reading() as unit:
        row = find_work(unit.connection(), person_id, work_id)
    kind = make_kinds(context).get(row.kind)
    if kind is None:
        raise NotFoundError(_NO_KIND.zh, _NO_KIND.en)
    _require(context, person_id, kind, row.arguments)
    return context.database.write(
        lambda unit: ask_again(make_act(context, unit, person_id, role="self", source=source), work_id)
    )


def hand_out_work(context: Context, person_id: int, work_id: int) -> Response:
    """Return the file that a work made, to whom asked for it; NotFoundError for anybody else or without one.

    Whether the kind is still theirs is asked once more: who lost their posts gets no file that these gave.
    """
    with context.database.reading() as unit:
        row = find_work(unit.connection(), person_id, work_id)
    if row.file_name is None:
        raise NotFoundError("这项任务没有文件。", "This work made no file.")
    kind = make_kinds(context).get(row.kind)
    if kind is not None:
        _require(context, person_id, kind, row.arguments)
    return send_stored(context, row.file_sha256, row.file_name, row.media_type or "application/octet-stream")


def send_stored(context: Context, sha256: str | None, name: str, media_type: str) -> Response:
    """Send bytes of the store as a file to be saved; UnavailableError when they are gone."""
    if sha256 is None:
        raise UnavailableError("file_missing", _GONE)
    try:
        stream = open_store(context).open(sha256)
    except FileNotFoundError:
        raise UnavailableError("file_missing", _GONE) from None
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    response = Response(wrap_file(request.environ, stream), direct_passthrough=True)
    response.call_on_close(stream.close)
    response.headers["Content-Type"] = media_type
    response.headers["Content-Length"] = str(size)
    response.headers["Content-Disposition"] = name_download(name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cache-Control"] = "private, no-store"
    return response


def read_work(context: Context, person_id: int, work_id: int) -> tuple[WorkRow, bool]:
    """Return a work of the person's own, and whether a process lives that does it."""
    with context.database.reading() as unit:
        row = find_work(unit.connection(), person_id, work_id)
        is_alive = not row.is_open or is_work_done(unit, context.now())
    return row, is_alive
