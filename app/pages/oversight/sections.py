"""The sections of the home page beside one's own work, by the posts that the visitor holds."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import url_for
from markupsafe import Markup

from app.edge.city import read_overview
from app.edge.context import Context
from app.edge.unit import Unit
from app.pages.items.item_row import Reading, make_reading, name_department, name_lead, name_number, name_running
from app.pages.show import GAP, keep_together, say_label, show_day, show_instant, show_instant_day, show_money
from app.pages.telling import tell_due
from app.pages.words import gettext as _
from app.policy.people import OVERSIGHT_READER, Actor
from app.queries.escalation import Card, read_board
from app.queries.item import ItemFilter, ItemRow, list_items
from app.queries.job import last_runs
from app.queries.oversight import brief
from app.queries.slip import SlipFilter, list_slips
from workflows.light import COLOUR_LABELS
from workflows.machine import CAUSE_LABELS, LEVEL_LABELS, Cause
from workflows.roles import Duty

ROWS = 5
_WEEK = timedelta(days=7)
_HEAVY = 3
_RED = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a section; `rung` 0: without; `tone`: how loud the text at its end is."""

    address: str
    title: str
    note: Markup
    end: Markup = Markup()  # noqa: RUF009  # an immutable text
    tone: str = ""
    rung: int = 0
    rung_label: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A panel of the home page; `more` leads to the whole list, `empty` says what to do when there is nothing."""

    heading: str
    note: str
    entries: tuple[Entry, ...]
    more: str
    more_label: str
    empty: str


@dataclass(slots=True)
class Home:
    """What the home page shows beside one's own work: figures with their lists, sections in order."""

    figures: list[dict[str, str]] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)


def make_sections(unit: Unit, context: Context, actor: Actor) -> Home:
    """Return what the visitor's posts call for, the union of all of them, the first post's first."""
    home = Home()
    makers: dict[Duty, Any] = {
        Duty.OFFICE: _add_office, Duty.HEAD: _add_head, Duty.LEADER: _add_leader, Duty.FINANCE: _add_finance,
        Duty.ADMIN: _add_admin,
    }  # fmt: skip
    for duty in dict.fromkeys(capacity.duty for capacity in actor.capacities):
        if duty in makers:
            makers[duty](home, unit, context, actor)
    return home


def _read(unit: Unit, context: Context, rows: tuple[ItemRow, ...]) -> Reading:
    return make_reading(unit, context, rows)


def _item_entries(rows: tuple[ItemRow, ...], reading: Reading) -> tuple[Entry, ...]:
    found = []
    for row in rows:
        due = tell_due(row.due_on, reading.today, reading.calendar, is_open=not reading.state(row).is_pause)
        found.append(
            Entry(
                url_for("item.show_item", item_id=row.id), row.title,
                GAP.join([keep_together(name_number(row)), Markup.escape(name_lead(row)),
                          Markup.escape(say_label(reading.state(row).label))]),
                due.text or show_day(row.due_on), due.tone, row.rung,
                say_label(LEVEL_LABELS[row.rung]) if row.rung else "",
            )
        )  # fmt: skip
    return tuple(found)


def _board_entries(cards: list[Card]) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            url_for("item.show_item", item_id=card.item_id), card.title,
            GAP.join([keep_together(card.number or name_running(card.kind, card.item_id)),
                      Markup.escape(name_department(card.department_name, card.department_name_en)
                                    or _("未定牵头单位")),
                      Markup.escape(say_label(CAUSE_LABELS[Cause(card.cause)]) if card.cause else "")]),
            Markup.escape(_("%(day)s到本级")) % {"day": show_instant_day(card.since)} if card.since else Markup(),
            "", card.level, say_label(LEVEL_LABELS[card.level]),
        )
        for card in cards
    )  # fmt: skip


def _add_office(home: Home, unit: Unit, context: Context, actor: Actor) -> None:
    connection, readers, today = unit.connection(), actor.readers, context.today()
    board = read_board(unit, readers, limit=ROWS)
    cards = [card for column in sorted(board, key=lambda column: -column.level) for card in column.cards][: ROWS + 3]
    home.sections.append(
        Section(_("停滞的事项"), _("级别高的在前"), _board_entries(cards), url_for("escalation.show_board"),
                _("催办看板"), _("没有停滞的事项。"))
    )  # fmt: skip
    drafts = list_slips(connection, readers, SlipFilter(levels=(_RED,), states=("drafted",)), limit=ROWS).slips
    home.sections.append(
        Section(
            _("督办单待更正"), _("留置一个工作日，到时自动签发"),
            tuple(Entry(url_for("item.show_item", item_id=row.id), row.matter_title,
                        Markup.escape(name_department(row.department_name, row.department_name_en)),
                        Markup.escape(_("%(at)s自动签发")) % {"at": show_instant(row.issue_at)}, "red",
                        row.level, say_label(LEVEL_LABELS[row.level])) for row in drafts),
            url_for("slip.list_all"), _("全部督办单"), _("没有待更正的督办单。"),
        )
    )  # fmt: skip
    sunday = today + timedelta(days=6 - today.weekday())
    wanted = ItemFilter(kinds=("project", "task", "share"), is_open=True, due_from=today, due_until=sunday)
    due = list_items(connection, readers, today, wanted, limit=ROWS).items
    home.sections.append(
        Section(_("本周到期"), "", _item_entries(due, _read(unit, context, due)), url_for("item.list_tasks"),
                _("看全部任务"), _("本周没有到期的事项。"))
    )  # fmt: skip
    _add_owed(home, unit, context, actor)


def _add_owed(home: Home, unit: Unit, context: Context, actor: Actor) -> None:
    owed = brief.count_owed_by(unit.connection(), actor.readers, context.today(), limit=ROWS)
    address = url_for("escalation.show_board") + "#reports"
    home.sections.append(
        Section(
            _("各单位欠报"), "",
            tuple(Entry(address, name_department(row.department_name, row.department_name_en) or _("未定牵头单位"),
                        Markup.escape(_("其中逾期%(count)s件", count=row.late)) if row.late else Markup(),
                        Markup.escape(_("%(count)s件", count=row.owed)), "red" if row.late else "") for row in owed),
            address, _("各单位进展报告"), _("各单位没有欠报。"),
        )
    )  # fmt: skip


def _add_head(home: Home, unit: Unit, context: Context, actor: Actor) -> None:
    own = [held.department_id for held in actor.capacities if held.duty is Duty.HEAD]
    wanted = ItemFilter(kinds=("project", "task", "share"), department_id=own[0], part="lead", is_overdue=True)
    late = list_items(unit.connection(), actor.readers, context.today(), wanted, limit=ROWS).items
    kinds = ",".join(wanted.kinds)
    more = url_for("item.list_items", kind=kinds, department=own[0], part="lead", overdue="1")
    home.sections.append(
        Section(_("本单位逾期"), _("牵头或承办的"), _item_entries(late, _read(unit, context, late)), more,
                _("全部逾期事项"), _("本单位没有逾期的事项。"))
    )  # fmt: skip


def _add_leader(home: Home, unit: Unit, context: Context, actor: Actor) -> None:
    connection, readers = unit.connection(), actor.readers
    lights = brief.count_lights(connection, readers)
    for light, words in COLOUR_LABELS.items():
        count = lights.get(light, 0)
        css = "is-red" if light == "red" and count else ""
        label = _("%(light)s项目", light=say_label(words))
        home.figures.append(_figure(label, str(count), url_for("item.list_projects", light=light), css))
    late = brief.count_late(connection, readers, context.today())
    stalled = brief.count_stalled(connection, readers, _HEAVY)
    home.figures += [
        _figure(_("逾期任务"), _tell_count(late), url_for("item.list_tasks", overdue="1")),
        _figure(_("停在三、四级"), _tell_count(stalled), url_for("escalation.show_board")),
    ]
    # Made every quarter of an hour, so it says as of when; what stands before it is read at this moment.
    made = read_overview(context, unit, actor.person_id, OVERSIGHT_READER).made
    if made is not None:
        dated = sum(rate.months[-1].dated for rate in made.figures.rates if rate.months)
        on_time = sum(rate.months[-1].on_time for rate in made.figures.rates if rate.months)
        if dated:
            address = url_for("city.show", months="1", _anchor="months")
            figure = _figure(_("本月按期办结"), f"{on_time} / {dated}", address)
            home.figures.append(figure | {"at": _("截至%(at)s", at=show_instant(made.made_at))})
    board = read_board(unit, readers, limit=ROWS)
    cards = [card for column in board if column.level >= _HEAVY for card in column.cards]
    cards.sort(key=lambda card: -card.level)
    home.sections.append(
        Section(_("需要领导关注"), _("最多五件"), _board_entries(cards[:ROWS]), url_for("escalation.show_board"),
                _("催办看板"), _("没有升到三、四级的事项。"))
    )  # fmt: skip
    rises = brief.list_rises(connection, readers, context.now() - _WEEK, 2, limit=ROWS)
    home.sections.append(
        Section(
            _("一周以来的变化"), _("新升级的事项"),
            tuple(Entry(url_for("item.show_item", item_id=rise.item_id), rise.title,
                        Markup.escape(say_label(CAUSE_LABELS[Cause(rise.cause)])), show_instant_day(rise.raised_at),
                        "", rise.level, say_label(LEVEL_LABELS[rise.level])) for rise in rises),
            url_for("escalation.show_board"), _("催办看板"), _("一周以来没有事项升级。"),
        )
    )  # fmt: skip


def _figure(label: str, value: str, address: str, css: str = "") -> dict[str, str]:
    return {"label": label, "value": value, "address": address, "css": css}


def _tell_count(count: int) -> str:
    return f"{brief.COUNT_MAX}+" if count > brief.COUNT_MAX else str(count)


def _add_finance(home: Home, unit: Unit, context: Context, actor: Actor) -> None:
    rows = brief.list_budgets(unit.connection(), actor.readers, context.today(), limit=ROWS + 3)
    home.sections.append(
        Section(
            _("有预算的项目"), _("您可阅看的在办项目"),
            tuple(Entry(url_for("item.show_item", item_id=row.item.id), row.item.title,
                        GAP.join([keep_together(name_number(row.item)), Markup.escape(name_lead(row.item))]),
                        show_money(row.budget_fen, None)) for row in rows),
            url_for("item.list_projects"), _("全部项目"), _("您可阅看的项目还没有登记预算。"),
        )
    )  # fmt: skip


def _add_admin(home: Home, unit: Unit, context: Context, _actor: Actor) -> None:
    now = context.now()
    trouble = brief.read_trouble(unit.connection(), now)
    health = last_runs(unit, now)
    entries = []
    if not health.is_alive:
        entries.append(Entry(url_for("day.show"), _("调度进程没有心跳"), Markup(), tone="red"))
    entries += [
        Entry(url_for("day.show"), run.job, Markup.escape(run.message or ""), show_instant(run.finished_at), "red")
        for run in health.runs if run.outcome == "failed"
    ]  # fmt: skip
    if trouble.mails or trouble.calls:
        told = _("邮件%(mails)s封，推送%(calls)s次", mails=_tell_count(trouble.mails), calls=_tell_count(trouble.calls))
        entries.append(Entry(url_for("message.show_deliveries"), _("没有送达的消息"), Markup.escape(told), tone="red"))
    home.sections.append(
        Section(_("出错的"), _("任务、消息、巡检"), tuple(entries), url_for("day.show"), _("定时任务"),
                _("没有出错的任务和消息。"))
    )  # fmt: skip
    home.sections.append(
        Section(
            _("暂停登录的账号"), "",
            tuple(Entry(url_for("organisation.show_tree"), name, Markup.escape(login), show_instant(until))
                  for login, name, until in trouble.locked),
            url_for("organisation.show_tree"), _("组织机构"), _("没有被暂停登录的账号。"),
        )
    )  # fmt: skip
