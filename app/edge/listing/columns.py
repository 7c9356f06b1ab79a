"""The columns of a list in both languages, and what each of them writes into a file.

A column of a page holds two lines (who leads, and below who supports); in a file each line is a cell of its own, with
dates, counts and percentages as such.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.engine import Connection

from app.core.money import to_decimal_string
from app.ledger.batch_sheet import SOURCES, URGENCIES
from app.ledger.table_file import Cell
from app.queries.item import LIMIT_MAX, ItemRow, list_items
from app.queries.listing.beside import read_parents
from app.queries.listing.conditions import ItemFilter
from app.queries.portfolio import Card, read_cards
from app.services.rulebook import Rulebook
from reports.wording import Lang
from workflows.calendar import Calendar
from workflows.interpreter import Machine
from workflows.light import COLOUR_LABELS, RULE_LABELS, plan_pct, renew_values
from workflows.machine import LEVEL_LABELS
from workflows.words import Text

URGENCY_LABELS = {name: Text(zh, en) for name, (zh, en) in URGENCIES.items()}
SOURCE_LABELS = {name: Text(zh, en) for name, (zh, en) in SOURCES.items()}
_NO_LEAD = Text("未定牵头单位", "no lead department")
#: What an item without a number is called; the search understands both (`app.queries.listing.conditions`).
_RUNNING = {
    "project": ("项目", "Project"), "task": ("任务", "Task"), "share": ("分工", "Share"), "slip": ("督办单", "Notice"),
    "request": ("申请", "Request"), "allocation": ("资金安排", "Allocation"), "disbursement": ("拨付", "Disbursement"),
    "leadership_group": ("领导小组", "Group"), "meeting": ("会议", "Meeting"), "agenda_item": ("议题", "Topic"),
    "decision": ("议定事项", "Decision"),
}  # fmt: skip
#: Rules of the light that are its word instead of standing below it.
_WORDS_OF_THEIR_OWN = ("suspended", "closed")


@dataclass(frozen=True, slots=True)
class Listed:
    """An item of a list with all that its columns say."""

    row: ItemRow
    card: Card | None
    machine: Machine
    calendar: Calendar
    today: date
    parent: str | None = None

    @property
    def late_workdays(self) -> int | None:
        """How many working days it is late; None when it is not."""
        is_late = self.row.is_overdue and self.row.due_on is not None
        return self.calendar.workdays_between(self.row.due_on, self.today) if is_late else None  # type: ignore[arg-type]

    @property
    def plan_pct(self) -> int | None:
        """The progress that the plan wants today; None where there is no plan."""
        if self.card is None or self.card.start_on is None or self.row.due_on is None:
            return None
        return plan_pct(self.card.start_on, self.row.due_on, self.today)

    @property
    def light_values(self) -> Mapping[str, Any]:
        """What the light's rule compared, with the plan of today."""
        if self.card is None:
            return {}
        return renew_values(self.card.light_facts, self.card.start_on, self.row.due_on, self.today) or {}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its words, the heads of its cells in a file, and the cells themselves."""

    label: Text
    heads: tuple[Text, ...]
    cells: Callable[[Listed, Lang], tuple[Cell, ...]]


def say_in(text: Any, lang: Lang) -> str:  # noqa: ANN401  # any text of both languages
    """Return a text as a label of its own: in English it begins with a capital."""
    said: str = text.in_language(lang)
    return said[:1].upper() + said[1:]


def tell_light(listed: Listed, lang: Lang) -> tuple[Cell, ...]:
    """Return the light and the rule that fired, with its value."""
    rule, known = listed.row.light_rule, listed.light_values
    if rule in _WORDS_OF_THEIR_OWN:
        return say_in(RULE_LABELS[rule], lang), None
    colour = say_in(COLOUR_LABELS[listed.row.light], lang)
    if rule == "behind_plan" and "points" in known:
        points = known["points"]
        return colour, f"落后计划{points}点" if lang == "zh" else f"{points} points behind plan"
    if rule == "forecast_late" and "days" in known:
        days = int(known["days"])
        return colour, f"预计晚{days}天" if lang == "zh" else f"forecast {days} day{'s' * (days != 1)} late"
    return colour, say_in(RULE_LABELS[rule], lang) if rule in RULE_LABELS else rule


def _title(listed: Listed, lang: Lang) -> tuple[Cell, ...]:
    rung = listed.row.rung
    return tell_number(listed.row, lang), listed.row.title, say_in(LEVEL_LABELS[rung], lang) if rung else None


def tell_number(row: ItemRow, lang: Lang) -> str:
    """Return the item's number, or what lists call it until one is issued: 任务50, Task 50."""
    zh, en = _RUNNING[row.kind]
    return row.number or (f"{zh}{row.id}" if lang == "zh" else f"{en} {row.id}")


def _lead(listed: Listed, lang: Lang) -> tuple[Cell, ...]:
    row = listed.row
    lead = row.department_name_en if lang == "en" and row.department_name_en else row.department_name
    names = [name.in_language(lang) for name in listed.card.supporters] if listed.card else []
    return lead or say_in(_NO_LEAD, lang), ("、" if lang == "zh" else ", ").join(names) or None


def _state(listed: Listed, lang: Lang) -> tuple[Cell, ...]:
    card = listed.card
    stage = None if card is None else card.phase.in_language(lang) if card.phase else card.stage_text
    return say_in(listed.machine.states[listed.row.state].label, lang), stage


def _progress(listed: Listed, _lang: Lang) -> tuple[Cell, ...]:
    pct = listed.card.progress_pct if listed.card else None
    return pct, None if pct is None else listed.plan_pct


def _urgency(listed: Listed, lang: Lang) -> tuple[Cell, ...]:
    return (say_in(URGENCY_LABELS[listed.row.urgency], lang),)


def _source(listed: Listed, lang: Lang) -> tuple[Cell, ...]:
    kind = listed.card.source_kind if listed.card else None
    return (say_in(SOURCE_LABELS[kind], lang) if kind in SOURCE_LABELS else kind,)


def _budget(listed: Listed, _lang: Lang) -> tuple[Cell, ...]:
    """Return the budget with its currency, so that nobody adds up what is not alike."""
    if listed.card is None or listed.card.budget_fen is None:
        return None, None
    return Decimal(to_decimal_string(listed.card.budget_fen)), listed.card.currency or "CNY"


def _day_of(listed: Listed, instant: datetime | None) -> tuple[Cell, ...]:
    return (None if instant is None else listed.calendar.local_date(instant),)


def _one(zh: str, en: str, cells: Callable[[Listed, Lang], tuple[Cell, ...]]) -> Column:
    return Column(Text(zh, en), (Text(zh, en),), cells)


#: By the names that addresses use, in the order in which they stand.
COLUMNS: dict[str, Column] = {
    "light": Column(Text("灯", "light"), (Text("灯", "light"), Text("灯的依据", "rule of the light")), tell_light),
    "title": Column(
        Text("事项", "item"), (Text("编号", "number"), Text("事项", "item"), Text("督办级别", "level")), _title
    ),
    "kind": _one("类别", "kind", lambda listed, lang: (say_in(listed.machine.label, lang),)),
    "lead": Column(
        Text("牵头／配合", "lead, support"),
        (Text("牵头单位", "lead department"), Text("配合单位", "supporting departments")),
        _lead,
    ),
    "state": Column(Text("状态／阶段", "state, phase"), (Text("状态", "state"), Text("阶段", "phase")), _state),
    "progress": Column(
        Text("进度", "progress"), (Text("进度%", "progress %"), Text("计划进度%", "planned %")), _progress
    ),
    "assignee": _one("承办人", "in charge", lambda listed, _lang: (listed.row.assignee_name,)),
    "urgency": _one("缓急", "urgency", _urgency),
    "source": _one("来源", "source", _source),
    "parent": _one("所属事项", "belongs to", lambda listed, _lang: (listed.parent,)),
    "created": _one("登记日期", "entered", lambda listed, _lang: _day_of(listed, listed.row.created_at)),
    "last_progress": _one(
        "最近进展", "last progress", lambda listed, _lang: _day_of(listed, listed.row.last_progress_at)
    ),
    "original_due": _one("原定期限", "original due date", lambda listed, _lang: (listed.row.original_due_on,)),
    "due": Column(
        Text("完成期限", "due date"),
        (Text("完成期限", "due date"), Text("逾期工作日", "working days late")),
        lambda listed, _lang: (listed.row.due_on, listed.late_workdays),
    ),
    "closed": _one("了结日期", "closed", lambda listed, _lang: _day_of(listed, listed.row.closed_at)),
    "budget": Column(Text("预算", "budget"), (Text("预算", "budget"), Text("币种", "currency")), _budget),
}


def read_listed(
    connection: Connection, book: Rulebook, readers: Sequence[str], today: date, rows: Sequence[ItemRow],
    columns: Iterable[str],
) -> tuple[Listed, ...]:  # fmt: skip
    """Return what `columns` say of rows that a caller with `readers` was shown; two statements, three with parents."""
    ids = [row.id for row in rows]
    cards = read_cards(connection, ids)
    parents = read_parents(connection, readers, ids) if "parent" in columns else {}
    calendar = book.calendar(connection)
    return tuple(
        Listed(
            row, cards.get(row.id), book.machine(connection, row.kind, row.workflow_version), calendar, today,
            parents.get(row.id, (0, None))[1],
        )
        for row in rows
    )  # fmt: skip


def iterate_pages(
    connection: Connection, book: Rulebook, readers: Sequence[str], today: date, wanted: ItemFilter, sort: str,
    columns: Sequence[str],
) -> Iterable[tuple[Listed, ...]]:  # fmt: skip
    """Yield the list page by page, each of at most 200 rows and read by a constant number of statements."""
    cursor = None
    while True:
        page = list_items(connection, readers, today, wanted, sort=sort, limit=LIMIT_MAX, cursor=cursor)
        yield read_listed(connection, book, readers, today, page.items, columns)
        cursor = page.next_cursor
        if cursor is None:
            return
