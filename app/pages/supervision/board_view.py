"""A card of the escalation board in words: what stalls and why, how its slip stands, when it rises next."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import url_for
from markupsafe import Markup, escape

from app.pages.items.item_row import name_department, name_running
from app.pages.show import say_label, show_day, show_instant, show_instant_day
from app.pages.telling import Telling, tell_due
from app.pages.words import gettext as _
from app.queries.city.board import BoardSlip
from app.queries.escalation import Card, Column
from workflows.calendar import Calendar
from workflows.interpreter import Machine
from workflows.machine import CAUSE_LABELS, Cause

_WAITS_FOR_ANSWER = ("issued", "returned")


@dataclass(frozen=True, slots=True)
class BoardReading:
    """What cards are read with: day, instant, the city's zone, the calendar, the slips' workflows by version."""

    today: date
    now: datetime
    zone: ZoneInfo
    calendar: Calendar
    slip_machine: Callable[[int], Machine]


@dataclass(frozen=True, slots=True)
class CardView:
    """A card: `number` is the slip's where there is one; `how` says how it stands, `next` when it rises."""

    number: str
    number_address: str
    cause: str
    address: str
    title: str
    lead: str
    how: Telling
    next: Markup
    answer_address: str


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A level with its cards; `more` leads to the rest."""

    level: int
    label: str
    to: str
    cards: tuple[CardView, ...]
    more: str


def make_column(column: Column, reading: BoardReading, more: str) -> ColumnView:
    """Return a column for reading."""
    labels = {
        1: (_("一级 提醒单"), _("致承办方")),
        2: (_("二级 预警单"), _("致负责人或协调办")),
        3: (_("三级 督办单"), _("由协调办督办")),
        4: (_("四级 提交会议"), _("致领导小组，列入下次协调会")),
    }
    cards = tuple(_make_card(card, reading) for card in column.cards)
    return ColumnView(column.level, *labels[column.level], cards, more)


def _make_card(card: Card, reading: BoardReading) -> CardView:
    address = url_for("item.show_item", item_id=card.item_id)
    slip = card.slip
    return CardView(
        number=(slip.number or _("待编号")) if slip else card.number or name_running(card.kind, card.item_id),
        number_address=url_for("item.show_item", item_id=slip.id) if slip else "",
        cause=say_label(CAUSE_LABELS[Cause(card.cause)]) if card.cause else "",
        address=address,
        title=card.title,
        lead=name_department(card.department_name, card.department_name_en) or _("未定牵头单位"),
        how=_tell_slip(slip, reading) if slip else _tell_item(card, reading),
        next=_tell_next(card, reading),
        answer_address=url_for("item.show_item", item_id=slip.id) if slip and slip.has_answer else "",
    )


def _tell_item(card: Card, reading: BoardReading) -> Telling:
    due = tell_due(card.due_on, reading.today, reading.calendar, is_open=True)
    if card.cause == Cause.DUE and due.text:
        return due
    if card.since is not None:
        return Telling(escape(_("%(day)s到本级")) % {"day": show_instant_day(card.since)})
    return Telling(Markup())


def _tell_slip(slip: BoardSlip, reading: BoardReading) -> Telling:
    """Return how a slip stands: who waits for what until when."""
    if slip.state == "drafted" and slip.issue_at is not None:
        return Telling(escape(_("%(at)s自动签发")) % {"at": show_instant(slip.issue_at)}, "red")
    state = reading.slip_machine(slip.workflow_version).states.get(slip.state)
    label = say_label(state.label) if state else slip.state
    if slip.state in _WAITS_FOR_ANSWER:
        due = tell_due(slip.due_on, reading.today, reading.calendar, is_open=True)
        if due.text:
            return Telling(escape(_("%(limit)s，%(how)s")) % {"limit": label, "how": due.text}, due.tone)
    return Telling(escape(label))


def _tell_next(card: Card, reading: BoardReading) -> Markup:
    """Return when a card rises, or why it does not: stopped with its item, held by a request, at its last rung."""
    if card.is_paused:
        return escape(_("已停表"))
    rung = card.next_rung
    if rung is not None and rung.held_until is not None and rung.held_until > reading.now:
        return escape(_("暂停至%(day)s")) % {"day": show_day(rung.held_until.astimezone(reading.zone).date())}
    if rung is None or rung.level <= card.level:
        return escape(_("已到该原因的最高一级"))
    if rung.at <= reading.now:
        return escape(_("下次巡检升级"))
    return escape(_("%(day)s升级")) % {"day": show_day(rung.at.astimezone(reading.zone).date())}
