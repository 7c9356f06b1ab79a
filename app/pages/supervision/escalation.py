"""The escalation board: what stalls, by the level that it has risen to."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup, escape

from app.edge.auth import require_actor
from app.edge.context import current_context
from app.pages.items.item_row import name_department, name_running
from app.pages.show import say_label, show_day, show_instant_day
from app.pages.telling import Telling, tell_due
from app.pages.words import gettext as _
from app.queries.escalation import Card, Column, last_sweep, read_board
from app.queries.report_owed import OwedCount, count_owed, make_day
from workflows.calendar import Calendar
from workflows.machine import CAUSE_LABELS, LEVEL_LABELS, Cause

pages = Blueprint("escalation", __name__)
COLUMN_CARDS = 30


@dataclass(frozen=True, slots=True)
class CardView:
    """A card: what stalls, why, how late, and when it rises next."""

    number: str
    cause: str
    address: str
    title: str
    lead: str
    due: Telling
    text: Markup
    next: Markup


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A level with its cards; `more` leads to the rest."""

    level: int
    label: str
    to: str
    cards: tuple[CardView, ...]
    more: str


@pages.get("/escalations")
def show_board() -> str:
    """Show the board; `after<level>` continues a column."""
    context = current_context()
    given = {level: cursor for level in LEVEL_LABELS if (cursor := request.args.get(f"after{level}"))}
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        board = read_board(unit, actor.readers, limit=COLUMN_CARDS, cursors=given)
        calendar = context.book.calendar(unit.connection())
        counts = count_owed(unit.connection(), actor.readers, make_day(calendar, context.today()))
        sweep = last_sweep(unit)
    columns = [_column(column, calendar) for column in board]
    return render_template(
        "board.html", here="escalation", columns=columns, sweep=sweep, is_later=bool(given),
        departments=[_tell_owed(row) for row in counts],
    )  # fmt: skip


def _tell_owed(row: OwedCount) -> tuple[str, OwedCount]:
    return name_department(row.department_name, row.department_name_en) or _("未定牵头单位"), row


def _column(column: Column, calendar: Calendar) -> ColumnView:
    more = f"{url_for('escalation.show_board')}?after{column.level}={column.next_cursor}" if column.next_cursor else ""
    cards = tuple(_card(card, calendar) for card in column.cards)
    labels = {
        1: (_("一级 提醒单"), _("致承办方")),
        2: (_("二级 预警单"), _("致负责人或协调办")),
        3: (_("三级 督办单"), _("由协调办督办")),
        4: (_("四级 提交会议"), _("致领导小组，列入下次协调会")),
    }
    return ColumnView(column.level, *labels[column.level], cards, more)


def _card(card: Card, calendar: Calendar) -> CardView:
    today = current_context().today()
    due = tell_due(card.due_on, today, calendar, is_open=True)
    if card.cause == Cause.DUE and due.text:
        text = due.text
    elif card.since is not None:
        text = escape(_("%(day)s到本级")) % {"day": show_instant_day(card.since)}
    else:
        text = Markup()
    return CardView(
        number=card.number or name_running(card.kind, card.item_id),
        cause=say_label(CAUSE_LABELS[Cause(card.cause)]) if card.cause else "",
        address=url_for("item.show_item", item_id=card.item_id),
        title=card.title,
        lead=name_department(card.department_name, card.department_name_en) or _("未定牵头单位"),
        due=due,
        text=text,
        next=_tell_next(card),
    )


def _tell_next(card: Card) -> Markup:
    if card.next_rung is None or card.next_rung.level <= card.level:
        return escape(_("不再升级"))
    context = current_context()
    if card.next_rung.at <= context.now():
        return escape(_("下次巡检升级"))
    day = card.next_rung.at.astimezone(context.settings.timezone).date()
    return escape(_("%(day)s升级")) % {"day": show_day(day)}
