"""A list as a file: exactly the rows, columns and order that its address shows to whoever asks, in XLSX or CSV.

Short ones are made within the request; longer ones run as long work, which pages through `iterate_rows` and hands
what it got to `write_export`. Every export is on record with its address, its size and its hash.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.errors import ConflictError, Sentence
from app.edge.auth import require_actor
from app.edge.context import Context, Unit
from app.edge.listing.asking import make_filter
from app.edge.listing.columns import COLUMNS, Listed, iterate_pages, say_in
from app.edge.listing.words import ORDER_LABELS, VIEW_LABELS, join, tell_filters
from app.ledger.table_file import MEDIA_TYPES, Cell, Ending, Notes, write_table_csv, write_table_xlsx
from app.policy.people import Actor
from app.schemas.item import KINDS
from app.schemas.listing import ListQuery
from app.services.recording import Acting, write_audit
from reports.wording import Lang
from workflows.words import Text

#: So many rows are made at once; more are long work.
EXPORT_MAX = 5000
_TITLE = Text("事项清单", "list of items")


@dataclass(frozen=True, slots=True)
class About:
    """What a workbook says of itself: which rows, in which order, as of when (aware, in the city's zone), for whom."""

    filters: Text
    order: Text
    made_at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file to hand out."""

    content: bytes
    name: str
    media_type: str
    row_count: int


def export_list(
    context: Context, person_id: int, query: ListQuery, lang: Lang, ending: Ending, *, source: str,
    is_strict: bool = False,
) -> ExportFile:  # fmt: skip
    """Return the list of `query` as a file and put it on record.

    ConflictError for more than EXPORT_MAX rows; InvalidError, when strict, for an unknown department.
    """
    now = context.now()

    def read(unit: Unit) -> tuple[Actor, list[Listed], About]:
        actor = require_actor(unit, person_id)
        rows: list[Listed] = []
        for row in iterate_rows(context, unit, actor, query, is_strict=is_strict):
            rows.append(row)
            if len(rows) > EXPORT_MAX:
                raise too_long()
        return actor, rows, describe_export(context, unit, actor, query, now)

    actor, rows, about = context.database.look(read)
    content = write_export(rows, query.shown_columns, lang, ending, about=about)
    record_export(context, actor, query, content, len(rows), ending=ending, source=source)
    return ExportFile(content, name_file(about, lang, ending), MEDIA_TYPES[ending], len(rows))


def too_long() -> ConflictError:
    """Return the refusal of an export with too many rows."""
    said = Sentence(
        f"超过{EXPORT_MAX}行，请缩小范围，或作为后台任务导出。",
        f"More than {EXPORT_MAX} rows: narrow the list, or export it as long work.",
    )
    return ConflictError("export_too_long", said)


def iterate_rows(
    context: Context, unit: Unit, actor: Actor, query: ListQuery, *, is_strict: bool = False
) -> Iterator[Listed]:
    """Yield every row of the list in its order, as far as `actor` may read; read 200 at a time."""
    connection = unit.connection()
    wanted = make_filter(connection, context.book, actor.person_id, query, is_strict=is_strict)
    pages = iterate_pages(
        connection, context.book, actor.readers, context.today(), wanted, query.sort, query.shown_columns
    )
    for page in pages:
        yield from page


def describe_export(context: Context, unit: Unit, actor: Actor, query: ListQuery, now: datetime) -> About:
    """Return what the file says of itself; `now` is the time of its data."""
    connection = unit.connection()
    named = () if query.kinds == KINDS else query.kinds
    parts = [context.book.current_machine(connection, kind).label for kind in named]
    filters = tell_filters(connection, context.book, actor.readers, query)
    return About(
        filters=join([*parts, VIEW_LABELS[query.view], *filters], VIEW_LABELS["all"]),
        order=ORDER_LABELS[query.sort],
        made_at=now.astimezone(context.settings.timezone),
        by=actor.name,
    )


def write_export(
    rows: Iterable[Listed], columns: Sequence[str], lang: Lang, ending: Ending, *, about: About
) -> bytes:  # fmt: skip
    """Return the rows as XLSX (what they are stands on a second sheet) or CSV; the same input gives the same bytes."""
    chosen = [COLUMNS[name] for name in columns]
    heads = [say_in(head, lang) for column in chosen for head in column.heads]
    records: Iterator[list[Cell]] = ([cell for column in chosen for cell in column.cells(row, lang)] for row in rows)
    if ending == "csv":
        return write_table_csv(heads, records)
    return write_table_xlsx(
        heads, records, sheet=say_in(_TITLE, lang), notes=_make_notes(about, lang), created_at=about.made_at
    )


def _make_notes(about: About, lang: Lang) -> Notes:
    lines = (
        (Text("范围", "what"), about.filters.in_language(lang)),
        (Text("顺序", "order"), about.order.in_language(lang)),
        (Text("数据时间", "data as of"), f"{about.made_at:%Y-%m-%d %H:%M}"),
        (Text("导出人", "exported by"), about.by),
    )
    sheet = say_in(Text("说明", "about"), lang)
    return Notes(sheet, tuple((say_in(label, lang), say_in(Text(value, value), lang)) for label, value in lines))


def name_file(about: About, lang: Lang, ending: Ending) -> str:
    """Return the file's name: 事项清单-20260302-1000.xlsx."""
    title = "items" if lang == "en" else _TITLE.zh
    return f"{title}-{about.made_at:%Y%m%d-%H%M}.{ending}"


def record_export(
    context: Context, actor: Actor, query: ListQuery, content: bytes, row_count: int, *, ending: str, source: str
) -> None:
    """Put an export on record: who took which list, how many rows, with the file's hash."""
    capacity = actor.capacities[0] if actor.capacities else None
    acting = Acting(actor.person_id, capacity.duty.value if capacity else "self", capacity)
    said = {
        "query": query.write(), "format": ending, "rows": row_count, "sha256": hashlib.sha256(content).hexdigest(),
    }  # fmt: skip
    now = context.now()
    context.database.write(
        lambda unit: write_audit(
            unit.connection(), acting, now, action="export", source=source, subject="items", after=said
        )
    )
