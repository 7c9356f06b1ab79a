"""An archived item as one ZIP: what it was, its steps, its remarks, its files, its paper, and a list of checksums.

Everything in it the caller could read one by one; internal notes are in none. The same data gives the same bytes:
members carry the time of archiving. Files are copied through a file on disk, never held in memory.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from datetime import datetime
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from flask import Response, request
from werkzeug.wsgi import wrap_file

from app.core.errors import ConflictError, Sentence, UnavailableError
from app.core.store import Store
from app.edge.attachment import name_download, open_store
from app.edge.context import Context, Unit
from app.edge.paper import print_slip
from app.edge.reading import Reading, log_reading, read_item
from app.policy.people import Actor
from app.queries.attachment import AttachmentRow, list_of_item
from app.queries.history import list_history
from app.queries.on_item.remark import list_remarks
from app.services.recording import Acting, plain, write_audit

_PAGE = 200
_STEP = 256 * 1024
#: Beyond it the package is written to disk while it is made.
_IN_MEMORY = 4 * 1024 * 1024
_NOT_ARCHIVED = Sentence(
    "只有已归档的事项可以导出归档包。", "Only archived items are handed out as packages; archive it first."
)
_GONE = Sentence(
    "归档包中的附件暂时无法读取，已停止导出，请联系系统管理员。",
    "A file of the package cannot be read, so none was made; please tell the administrator.",
)


def hand_out_package(context: Context, person_id: int, item_id: int, *, source: str) -> Response:
    """Return the package of an archived item, to be saved; its making is on record.

    NotFoundError when the person may not read the item, ConflictError when it is not archived, UnavailableError when
    a file's bytes are missing.
    """
    with context.database.reading() as unit:
        reading = read_item(context, unit, person_id, item_id)
        archive = reading.item.archive
        if archive is None or archive.archived_at is None or archive.number is None:
            raise ConflictError("not_archived", _NOT_ARCHIVED)
        parts = dict(_read_parts(unit, reading, item_id))
        files = list_of_item(unit.connection(), reading.actor.readers, item_id)
    paper = _print_paper(context, reading, person_id, source=source)
    if paper is not None:
        parts["paper.pdf"] = paper
    stamp = archive.archived_at.astimezone(context.settings.timezone)
    with ExitStack() as undo:
        target = undo.enter_context(tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))
        _write(target, parts, files, open_store(context), stamp)
        _record(context, reading.actor, item_id, archive.number, source=source)
        log_reading(context, reading, source=source)
        undo.pop_all()
    target.seek(0)
    response = Response(wrap_file(request.environ, target), direct_passthrough=True)
    response.call_on_close(target.close)
    response.headers["Content-Type"] = "application/zip"
    response.headers["Content-Disposition"] = name_download(f"{archive.number}.zip")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _read_parts(unit: Unit, reading: Reading, item_id: int) -> Iterator[tuple[str, bytes]]:
    """Yield the texts of the package by name: the item, its history, its remarks."""
    connection, actor = unit.connection(), reading.actor
    yield "item.json", _dump(asdict(reading.item))
    steps: list[Any] = []
    cursor = None
    while True:
        page = list_history(connection, actor.readers, item_id, limit=_PAGE, cursor=cursor)
        steps += [asdict(row) for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break
    yield "history.json", _dump(steps[::-1])
    remarks: list[Any] = []
    while True:
        found = list_remarks(connection, actor, item_id, is_note=False, limit=_PAGE, cursor=cursor)
        remarks += [asdict(row) for row in found.items]
        cursor = found.next_cursor
        if cursor is None:
            break
    yield "remarks.json", _dump(remarks[::-1])


def _dump(value: Any) -> bytes:  # noqa: ANN401  # JSON of any shape
    return (json.dumps(plain(value), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _print_paper(context: Context, reading: Reading, person_id: int, *, source: str) -> bytes | None:
    """Return the item's paper, where its kind has one and this machine can make it."""
    row = reading.item.row
    if row.kind != "slip" or row.number is None:
        return None
    try:
        return print_slip(context, person_id, row.id, "zh", source=source).content
    except UnavailableError:
        return None


def _write(
    target: IO[bytes], parts: dict[str, bytes], files: tuple[AttachmentRow, ...], store: Store, stamp: datetime
) -> None:
    sums: list[tuple[str, str]] = []
    with ZipFile(target, "w") as package:
        for name, content in sorted(parts.items()):
            package.writestr(_name_member(name, stamp, ZIP_DEFLATED), content)
            sums.append((hashlib.sha256(content).hexdigest(), name))
        for row in files:
            name = f"files/{row.id}-{row.name}"
            sums.append((_copy(package, _name_member(name, stamp, ZIP_STORED), row, store), name))
        lines = "".join(f"{sha256}  {name}\n" for sha256, name in sums)
        package.writestr(_name_member("manifest-sha256.txt", stamp, ZIP_DEFLATED), lines.encode())


def _name_member(name: str, stamp: datetime, method: int) -> ZipInfo:
    member = ZipInfo(name, (stamp.year, stamp.month, stamp.day, stamp.hour, stamp.minute, stamp.second))
    member.compress_type = method
    member.external_attr = 0o600 << 16
    return member


def _copy(package: ZipFile, member: ZipInfo, row: AttachmentRow, store: Store) -> str:
    """Copy a file into the package and return its hash as it is now."""
    found = hashlib.sha256()
    try:
        with store.open(row.sha256) as stream, package.open(member, "w", force_zip64=True) as out:
            while chunk := stream.read(_STEP):
                found.update(chunk)
                out.write(chunk)
    except FileNotFoundError:
        raise UnavailableError("file_missing", _GONE) from None
    return found.hexdigest()


def _record(context: Context, actor: Actor, item_id: int, number: str, *, source: str) -> None:
    capacity = actor.capacities[0] if actor.capacities else None
    acting, now = Acting(actor.person_id, str(capacity.duty.value) if capacity else "self", capacity), context.now()
    context.database.write(
        lambda unit: write_audit(
            unit.connection(), acting, now, action="export_package", source=source, item_id=item_id,
            after={"number": number},
        )
    )  # fmt: skip
