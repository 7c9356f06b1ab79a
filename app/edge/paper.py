"""Makes the printed papers of supervision: read in one unit of work, rendered after it has ended.

A paper is read as its item is: only by who may, and on record where reading is.
"""

from dataclasses import dataclass
from datetime import date
from functools import partial

from app.core.errors import NotFoundError
from app.edge.context import Context, Unit
from app.edge.paperwork.asking import make_issuer
from app.edge.paperwork.frozen.demand import print_frozen
from app.edge.paperwork.kind import Ask
from app.edge.reading import log_reading, read_item
from app.edge.reporting import render_pdf
from app.queries.mark import Period
from app.queries.slip_paper import find_rung_item, read_reminder, read_slip_paper
from reports.slip import Text, build
from reports.wording import Lang


@dataclass(frozen=True, slots=True)
class Paper:
    """A rendered paper and a plain name for its file."""

    content: bytes
    file_name: str


def print_slip(context: Context, person_id: int, slip_id: int, lang: Lang, *, source: str) -> Paper:
    """Return a slip as PDF, an issued one as it was issued; NotFoundError when it is not the caller's to read."""
    with context.database.reading() as unit:
        reading = read_item(context, unit, person_id, slip_id)
        paper = read_slip_paper(unit.connection(), make_issuer(context, unit), reading.actor.readers, slip_id)
    log_reading(context, reading, source=source)
    printed = print_frozen(context, reading.actor, "slip", Ask(slip_id), "pdf", lang)
    content = printed.content or render_pdf(partial(build, paper, lang))
    return Paper(content, f"slip-{slip_id}-{lang}.pdf")


def print_reminder(context: Context, person_id: int, rung_id: int, lang: Lang, *, source: str) -> Paper:
    """Return the reminder of a rung of level 1 as PDF; NotFoundError for any other rung."""
    with context.database.reading() as unit:
        connection = unit.connection()
        item_id = find_rung_item(connection, rung_id)
        if item_id is None:
            raise NotFoundError
        reading = read_item(context, unit, person_id, item_id)
        row = reading.item.row
        label = context.book.machine(connection, row.kind, row.workflow_version).states[row.state].label
        paper = read_reminder(
            connection, make_issuer(context, unit), reading.actor.readers, rung_id, Text(label.zh, label.en)
        )
    log_reading(context, reading, source=source)
    return Paper(render_pdf(partial(build, paper, lang)), f"reminder-{rung_id}-{lang}.pdf")


def make_period(context: Context, unit: Unit, from_on: date, to_on: date) -> Period:
    """Return a period of whole days of the city."""
    calendar = context.book.calendar(unit.connection())
    return Period(from_on, to_on, calendar.day_start(from_on), calendar.day_end(to_on))
