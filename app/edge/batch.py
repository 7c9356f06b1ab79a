"""Takes in a file of tasks: its name and bytes, bounded before they are read; hands out the empty form."""

from datetime import timedelta

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from app.core.errors import Fault, InvalidError, Sentence
from app.core.text import NAME_MAX, clean
from app.edge.context import Context, Unit
from app.ledger.batch_form import write_batch_form
from app.ledger.batch_sheet import BATCH_BYTES_MAX
from app.queries.department import list_departments

#: What a request needs around its file, or for the rows of a preview that it sends back.
_AROUND = 4 * 1024 * 1024
_PARTS_MAX = 20_000
_EXAMPLE_DAYS = 60
_NO_FILE = Sentence("请选择要上传的文件。", "Choose a file.")


def widen_request() -> None:
    """Let the present request carry a file or the rows of a whole batch; before its form is read."""
    request.max_content_length = BATCH_BYTES_MAX + _AROUND
    request.max_form_memory_size = BATCH_BYTES_MAX + _AROUND
    request.max_form_parts = _PARTS_MAX


def read_upload() -> tuple[str, bytes]:
    """Return name and bytes of the present request's file; InvalidError without one or when it is too large."""
    try:
        found = request.files.get("file")
    except RequestEntityTooLarge:
        limit = BATCH_BYTES_MAX // 1024 // 1024
        said = Sentence(f"文件最大{limit}MB。", f"A file has at most {limit} MB.")
        raise InvalidError([Fault("file", said)], code="file_too_large") from None
    if found is None or not found.filename:
        raise InvalidError([Fault("file", _NO_FILE)])
    name = clean(found.filename.replace("\\", "/").rpartition("/")[2])[-NAME_MAX:] or "file"
    return name, found.stream.read(BATCH_BYTES_MAX + 1)


def make_form(context: Context, unit: Unit) -> bytes:
    """Return the empty XLSX form with today's departments."""
    rows = list_departments(unit.connection(), context.today())
    calendar = context.book.calendar(unit.connection())
    due_on = calendar.next_working(context.today() + timedelta(days=_EXAMPLE_DAYS))
    departments = [(row.code, row.name, row.name_en) for row in rows]
    return write_batch_form(departments, example_due_on=due_on, created_at=context.now())
