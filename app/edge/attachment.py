"""Takes files in and hands them out: bytes to the store first, then the row; headers that let no browser run them."""

import re
from contextlib import ExitStack
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import quote

from flask import Response, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wsgi import wrap_file

from app.core.errors import Fault, InvalidError, Sentence, UnavailableError
from app.core.sealed_store import SealedStore
from app.core.store import TooLargeError
from app.edge.auth import require_actor
from app.edge.context import Context
from app.edge.document import log_reading, read_document
from app.edge.reading import log_reading_of
from app.policy.people import Actor
from app.queries.attachment import AttachmentRow, FoundAttachment, find_attachment
from app.services.attachment.adding import Added, Upload, add_attachment, check_kind
from app.services.attachment.content import find_type
from app.services.attachment.naming import clean_name, read_extension
from app.services.attachment.permission import Parent, find_standing
from app.services.recording import Acting, write_audit
from workflows.roles import Duty

_MB = 1024 * 1024
#: What a multipart request needs around its file.
_AROUND = 256 * 1024
_NO_FILE = Sentence("请选择要上传的文件。", "Choose a file.")
_ONE_AT_A_TIME = Sentence("每次只能上传一个文件。", "Send one file at a time.")
_GONE = Sentence(
    "文件内容暂时无法读取，已记录，请联系系统管理员。",
    "The file's bytes cannot be read; please tell the administrator.",
)
#: A file is saved, never shown: opened in the browser all the same, it can neither run nor reach anything.
_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
#: What no ending of a plain name holds.
_OTHER = re.compile(r"[^0-9A-Za-z]")
#: What `filename*` may hold without its percent form.
_PLAIN = "!#$&+-.^_`|~"


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as a form sent it: the name as given, its bytes, its kind."""

    name: str
    stream: BinaryIO
    kind: str


def open_store(context: Context) -> SealedStore:
    """Return the store of the installation, in which everything lies sealed; no web server serves it."""
    return context.store


def limit_request(context: Context) -> None:
    """Bound the present request before its body is read."""
    request.max_content_length = context.settings.max_file_mb * _MB + _AROUND


def read_sent(context: Context) -> Sent:
    """Return the file of the present request; InvalidError without one or when it is too large."""
    limit_request(context)
    try:
        given: list[FileStorage] = [one for one in request.files.getlist("file") if one.filename]
        kind = request.form.get("kind", "other")
    except RequestEntityTooLarge:
        raise _too_large(context) from None
    if len(given) != 1:
        raise InvalidError([Fault("file", _ONE_AT_A_TIME if given else _NO_FILE)])
    return Sent(given[0].filename or "", given[0].stream, kind)  # type: ignore[arg-type]  # werkzeug says IO[bytes]


def take_in(context: Context, person_id: int, parent: Parent, sent: Sent, *, key: str | None, source: str) -> Added:
    """Check a file, store its bytes, then write its row; every fault of name, kind and content is told at once.

    Whoever may not add is refused before anything is stored. When the row cannot be written the bytes stay behind
    without one, until upkeep drops them.
    """
    with context.database.reading() as unit:
        find_standing(unit.connection(), parent, person_id, context.now(), context.today()).require()
    name, faults = clean_name(sent.name)
    faults += check_kind(sent.kind)
    try:
        found = find_type(sent.stream, read_extension(name))
    except InvalidError as error:
        raise InvalidError([*faults, *error.faults], code=error.code) from None
    if faults:
        raise InvalidError(faults)
    try:
        stored = open_store(context).put(sent.stream, context.settings.max_file_mb * _MB)
    except TooLargeError:
        raise _too_large(context) from None
    upload, now, today = Upload(name, found.media_type, sent.kind, stored), context.now(), context.today()
    return context.database.write(
        lambda unit: add_attachment(unit.connection(), person_id, now, today, parent, upload, key=key, source=source)
    )


def _too_large(context: Context) -> InvalidError:
    limit = context.settings.max_file_mb
    said = Sentence(f"文件最大{limit}MB。", f"A file has at most {limit} MB.")
    return InvalidError([Fault("file", said)], code="file_too_large")


def hand_out(context: Context, person_id: int, attachment_id: int, *, source: str) -> Response:
    """Return a file's bytes; NotFoundError when the person may not read what it hangs on.

    Each reading of a confidential item's or document's file is on record, and each by an auditor.
    """
    with context.database.reading() as unit:
        actor = require_actor(unit, person_id)
        found = find_attachment(unit.connection(), actor, attachment_id)
    try:
        stream = open_store(context).open(found.row.sha256)
    except FileNotFoundError:
        raise UnavailableError("file_missing", _GONE) from None
    with ExitStack() as undo:
        undo.callback(stream.close)
        _log_reading(context, actor, found, source=source)
        undo.pop_all()
    return _respond(found.row, stream, is_confidential=found.is_confidential)


def log_showing(context: Context, actor: Actor, parent: Parent, *, source: str) -> None:
    """Log that an overseer was shown which files hang on an item or a document; nobody else costs a statement."""
    if parent.item_id is not None:
        log_reading_of(context, actor, parent.item_id, source=source)
    elif parent.document_id is not None and any(held.duty in (Duty.AUDITOR, Duty.LEADER) for held in actor.capacities):
        with context.database.reading() as unit:
            document, _ = read_document(context, unit, actor.person_id, parent.document_id)
        log_reading(context, actor, document, source=source)


def _log_reading(context: Context, actor: Actor, found: FoundAttachment, *, source: str) -> None:
    if not (found.is_confidential or actor.has(Duty.AUDITOR)):
        return
    capacity = next((held for held in actor.capacities if held.duty is Duty.AUDITOR), None)
    capacity = capacity or (actor.capacities[0] if actor.capacities else None)
    acting = Acting(actor.person_id, str(capacity.duty.value) if capacity else "self", capacity)
    row, now = found.row, context.now()
    context.database.write(
        lambda unit: write_audit(
            unit.connection(), acting, now, action="read_attachment", source=source, item_id=row.item_id,
            subject=f"attachment:{row.id}", after={"name": row.name, "sha256": row.sha256},
        )
    )  # fmt: skip


def _respond(row: AttachmentRow, stream: BinaryIO, *, is_confidential: bool) -> Response:
    response = Response(wrap_file(request.environ, stream), direct_passthrough=True)
    response.call_on_close(stream.close)
    response.headers["Content-Type"] = row.media_type
    response.headers["Content-Length"] = str(row.size_bytes)
    response.headers["Content-Disposition"] = name_download(row.name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cache-Control"] = "private, no-store" if is_confidential else "private, no-cache"
    response.set_etag(row.sha256)
    if not is_confidential:
        response.make_conditional(request)
    return response


def name_download(name: str) -> str:
    """Return the Content-Disposition (RFC 6266): the name in plain letters, and in full as `filename*`."""
    stem, _, ending = name.rpartition(".")
    plain = "".join(char if char.isascii() and (char.isalnum() or char in " -._()") else "_" for char in stem or name)
    shown = plain.strip(" ._-") or "file"
    whole = f"{shown}.{_OTHER.sub('_', ending)}" if stem else shown
    return f"attachment; filename=\"{whole}\"; filename*=UTF-8''{quote(name, safe=_PLAIN)}"
