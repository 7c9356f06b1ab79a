"""A long list as a file: what its address shows to whoever asked, read page by page, never with a lock on writers."""

import io
from collections.abc import Iterator, Mapping
from typing import Any, cast

from app.core.errors import ConflictError, Fault, InvalidError, Sentence
from app.edge.attachment import open_store
from app.edge.context import Context, Unit
from app.edge.listing.columns import Listed
from app.edge.listing.exporting import About, describe_export, iterate_rows, name_file, record_export, write_export
from app.edge.listing.understood import require_understood
from app.ledger.table_file import MEDIA_TYPES, Ending
from app.schemas.listing import read_address
from app.services.long_work.kind import Kind, MadeFile, Outcome, Running, require_post
from reports.wording import Lang

QUERY_MAX = 2000
#: A sheet of a workbook holds little more.
ROWS_MAX = 1_000_000
_NAMES = ("query", "format")
_SIZE_MAX = 1024 * 1024 * 1024
_TELL_EACH = 200


def make_export_kind(context: Context) -> Kind:
    """Return the kind `export`; arguments: query (the part of a list's address after "?"), format (xlsx, csv)."""

    def run(running: Running) -> Outcome:
        return _run(context, running)

    def check(given: Mapping[str, Any]) -> dict[str, Any]:
        return check_export(context, given)

    return Kind("export", require_post, check, run)


def check_export(context: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of an export; InvalidError with every fault, those of filters named `query.<filter>`."""
    faults = []
    query, ending = given.get("query", ""), given.get("format", "xlsx")
    if not isinstance(query, str) or len(query) > QUERY_MAX:
        said = Sentence(
            f"应为清单地址，最多{QUERY_MAX}字。", f"expected a list's query of at most {QUERY_MAX} characters."
        )
        faults.append(Fault("query", said))
    if ending not in MEDIA_TYPES:
        faults.append(Fault("format", Sentence("应为xlsx或csv。", "expected xlsx or csv.")))
    faults += [
        Fault(str(name), Sentence("不认识此项，可填：query, format。", "Not known here; known are: query, format."))
        for name in given if name not in _NAMES
    ]  # fmt: skip
    if faults:
        raise InvalidError(faults)
    with context.database.reading() as unit:
        require_understood(unit, cast("str", query).removeprefix("?"), prefix="query.")
    # Kept as the address is written by us, without its place in the list.
    return {"query": read_address(cast("str", query).removeprefix("?")).write(), "format": ending}


def _run(context: Context, running: Running) -> Outcome:
    arguments, actor = running.work.arguments, running.actor
    query, ending = read_address(str(arguments["query"])), cast("Ending", arguments["format"])
    lang: Lang = "en" if running.work.lang == "en" else "zh"
    count = 0

    def counted(rows: Iterator[Listed]) -> Iterator[Listed]:
        nonlocal count
        for row in rows:
            if count % _TELL_EACH == 0:
                running.tell(count, None)
            count += 1
            if count > ROWS_MAX:
                said = Sentence(f"超过{ROWS_MAX}行，请缩小范围。", f"More than {ROWS_MAX} rows: narrow the list.")
                raise ConflictError("export_too_long", said)
            yield row

    def write(unit: Unit) -> tuple[About, bytes]:
        nonlocal count
        count = 0
        about = describe_export(context, unit, actor, query, context.now())
        rows = counted(iterate_rows(context, unit, actor, query, is_strict=True))
        return about, write_export(rows, query.shown_columns, lang, ending, about=about)

    about, content = context.database.look(write)
    running.tell(count, count)
    stored = open_store(context).put(io.BytesIO(content), _SIZE_MAX)
    record_export(context, actor, query, content, count, ending=ending, source="work")
    return Outcome({"rows": count}, MadeFile(stored.sha256, name_file(about, lang, ending), MEDIA_TYPES[ending]))
