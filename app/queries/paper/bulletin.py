"""Fills the department bulletin of a month: scores, late items, slips. A constant number of statements."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.item import Item
from app.models.supervision import Slip
from app.queries.item import is_readable
from app.queries.paper.moment import state_at
from app.queries.paper.work import Names, Span, make_scores, read_finished, read_late
from app.queries.slip_paper import Issuer
from reports.city.inputs import Bulletin, LateItem, SlipLine, count_slips, list_named, sort_late
from reports.wording import Text
from workflows.catalogue import WORKFLOWS

#: Late items and slips that a bulletin lists; beyond that the system's lists are the way in.
LATE_MAX = 200
SLIPS_MAX = 200
#: Those named answer within so many working days.
REPLY_WORKDAYS = 5
_UNANSWERED = ("issued", "returned")
_ANNULLED = ("withdrawn",)
_Matter = aliased(Item, name="matter")


def read_bulletin(
    connection: Connection, issuer: Issuer, readers: Sequence[str], span: Span, month: tuple[int, int], dated_on: date
) -> Bulletin:
    """Return the bulletin of a month (year, month; `span` has its days) as `readers` may read it; dated `dated_on`."""
    calendar = issuer.calendar
    names = Names(connection, span.as_of_on)
    late = read_late(connection, readers, span)
    lines = [
        LateItem(
            names.say(one.department_id), one.number or "", one.title, _label(one.kind), one.due_on,
            calendar.workdays_between(one.due_on, span.as_of_on), one.level, one.kind == "share",
        )
        for one in late
    ]  # fmt: skip
    # All are counted before they are cut: what is told of a department does not hang on the length of a list.
    lines, slips = sort_late(lines), _read_slips(connection, issuer, readers, span, names)
    return Bulletin(
        city=issuer.city,
        office=issuer.office,
        year=month[0],
        month=month[1],
        first_on=span.first_on,
        as_of_on=span.as_of_on,
        is_running=span.is_running,
        dated_on=dated_on,
        reply_by_on=calendar.add_workdays(dated_on, REPLY_WORKDAYS),
        scores=make_scores(read_finished(connection, readers, calendar, span), late, names),
        late=tuple(lines[:LATE_MAX]),
        late_more=max(len(lines) - LATE_MAX, 0),
        named=list_named(lines),
        slips=tuple(slips[:SLIPS_MAX]),
        slips_more=max(len(slips) - SLIPS_MAX, 0),
        counted=count_slips(slips, span.as_of_on),
        made_at=span.ends_at.astimezone(calendar.zone),
        identifier=f"bulletin:{month[0]}-{month[1]:02d}",
    )


def _label(kind: str) -> Text:
    label = WORKFLOWS[kind].label
    return Text(label.zh, label.en)


def _read_slips(
    connection: Connection, issuer: Issuer, readers: Sequence[str], span: Span, names: Names
) -> list[SlipLine]:  # fmt: skip
    """Return the slips that were issued in the span, and older ones that had no answer at its end.

    What was withdrawn by then, as after an upheld appeal, is told of nobody.
    """
    state = state_at(span.ends_at)
    rows: Any = connection.execute(
        select(
            Item.owner_department_id, Item.number, _Matter.title, Slip.level, Slip.issued_at, Item.due_on,
            Item.original_due_on, state.label("state_then"),
        )
        .join(Slip, Slip.item_id == Item.id)
        .join(_Matter, _Matter.id == Item.parent_id)
        .where(
            Slip.issued_at < span.ends_at, or_(Slip.issued_at >= span.starts_at, state.in_(_UNANSWERED)),
            state.not_in(_ANNULLED), ~Item.confidential, ~_Matter.confidential, is_readable(readers),
            is_readable(readers, _Matter.id),
        )
        .order_by(state.in_(_UNANSWERED).desc(), Slip.level.desc(), Slip.issued_at, Item.id)
    )  # fmt: skip
    return [
        SlipLine(
            names.say(row.owner_department_id), row.number or "", row.title, row.level,
            issuer.calendar.local_date(row.issued_at), row.due_on or row.original_due_on,
            row.state_then in _UNANSWERED, row.issued_at >= span.starts_at,
        )
        for row in rows
    ]  # fmt: skip
