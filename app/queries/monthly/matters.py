"""What waits for the leadership group at the end of a month: five statements, whatever the size of the city.

Topics for its meetings, requests and allocations referred to it, items that have risen to it, projects red for long.
A matter is told once, by the most pressing of these; the state is that of the month's last instant.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.allocation import Allocation
from app.models.fund import Fund, FundRule
from app.models.item import Item, LightChange
from app.models.meeting import Meeting
from app.models.record import History
from app.models.supervision import SupervisionRequest
from app.models.topic import AgendaItem
from app.queries.paper.moment import state_at
from app.queries.progress import Period, StalledRow, is_read
from reports.monthly.inputs import Matter, MatterKind
from reports.progress import Cause
from reports.wording import Money, Text, Words, compact_money, spell_day
from workflows.calendar import Calendar
from workflows.machine import LEVEL_LABELS

#: A project that is red for longer than this goes before the group.
RED_DAYS = 30
TOP_LEVEL = 4
#: Meetings of the leadership group itself; the office settles its own.
FORUMS = ("leaders", "plenary")
_AHEAD = ("submitted", "referred", "accepted")
_Subject = aliased(Item, name="subject")
_Source = aliased(Item, name="source")
_ASKS = {
    "extension": Text("是否同意延期：", "More time: "),
    "suspension": Text("是否同意暂缓：", "Suspension: "),
    "resumption": Text("是否同意恢复：", "Resumption: "),
    "dispute": Text("裁定归属：", "Whose task: "),
    "reassignment": Text("是否同意改派：", "Re-assignment: "),
    "light": Text("是否调整信号灯：", "Override of the light: "),
}

#: How an item is stuck, by cause; {} are calendar days.
_STUCK = {
    Cause.DUE: Text("逾期{}天", "{} days past its date"),
    Cause.RECEIPT: Text("未签收{}天", "Not received for {} days"),
    Cause.IDLE: Text("无进展{}天", "Without progress for {} days"),
    Cause.SIGN_OFF: Text("会签未完成{}天", "Not signed off for {} days"),
    Cause.FORECAST: Text("预测晚于期限已{}天", "Forecast behind its date for {} days"),
    Cause.REPORT: Text("欠报进展{}天", "A report is owed for {} days"),
}

#: Department id (None: none) -> its name.
Name = Callable[[int | None], Words]


@dataclass(frozen=True, slots=True)
class RedProject:
    """A project that is red in the report: its id, title, lead, the rule's words."""

    id: int
    title: str
    department_id: int | None
    rule: Text


@dataclass(frozen=True, slots=True)
class _Found:
    """A matter with the item that it is about: an item is told once."""

    subject_id: int
    matter: Matter


def read_matters(
    connection: Connection, period: Period, calendar: Calendar, name: Name, stalled: Sequence[StalledRow],
    red: Sequence[RedProject], now: datetime,
) -> tuple[Matter, ...]:  # fmt: skip
    """Return the matters, the most pressing first: by kind, then the longest waiting.

    In the running month a meeting lies ahead as seen from `now`: this afternoon's is one to decide at.
    """
    topics = _read_topics(connection, period, now if period.is_running else period.ends_at)
    requests = _read_requests(connection, period)
    allocations = _read_allocations(connection, period)
    opinions = _read_opinions(connection, period, [row.id for row in (*requests, *allocations)])
    sought = {row.source_item_id: row.sought for row in topics if row.source_item_id is not None and row.sought}
    on = period.as_of_on
    found = [
        *(_topic(row, name, calendar) for row in topics if row.forum in FORUMS),
        *(_request(row, name, calendar, opinions.get(row.id), on) for row in requests),
        *(_allocation(row, name, calendar, opinions.get(row.id)) for row in allocations),
        *(_escalated(row, name, sought.get(row.id), on) for row in stalled if row.level == TOP_LEVEL),
        *_list_red(connection, period, red, name),
    ]
    return tuple(_keep_first(sorted(found, key=_rank)))


def _rank(found: _Found) -> tuple[int, date, int]:
    return list(MatterKind).index(found.matter.kind), found.matter.since_on or date.max, found.subject_id


def _keep_first(found: Iterable[_Found]) -> Iterable[Matter]:
    told: set[int] = set()
    for one in found:
        if one.subject_id not in told:
            told.add(one.subject_id)
            yield one.matter


def _was_in(period: Period, *states: str) -> ColumnElement[bool]:
    """Return whether the item of the row was in one of the states at the month's last instant, by its last step."""
    last = state_at(period.ends_at)
    return and_(or_(Item.closed_at.is_(None), Item.closed_at >= period.ends_at), last.in_(states))


def _read_topics(connection: Connection, period: Period, ahead_of: datetime) -> Sequence[Any]:
    return connection.execute(
        select(
            Item.id, Item.title, Item.owner_department_id, Item.source_item_id, Item.created_at, AgendaItem.brief,
            AgendaItem.sought, Meeting.forum, Meeting.starts_at, _Source.title.label("source_title"),
        )
        .join(AgendaItem, AgendaItem.item_id == Item.id)
        .join(Meeting, Meeting.item_id == AgendaItem.meeting_id)
        .outerjoin(_Source, and_(_Source.id == Item.source_item_id, is_read(_Source.id, period.readers)))
        .where(
            Item.kind == "agenda_item", AgendaItem.kind.in_(("topic", "escalated")),
            Meeting.starts_at >= ahead_of, _was_in(period, *_AHEAD), is_read(Item.id, period.readers),
        )
        .order_by(Meeting.starts_at, Item.id)
    ).all()  # fmt: skip


def _topic(row: Any, name: Name, calendar: Calendar) -> _Found:  # noqa: ANN401  # a row
    day = calendar.local_date(row.starts_at)
    facts = Text(
        f"拟提交{day.month}月{day.day}日会议审议。{row.brief or ''}",
        f"For the meeting of {spell_day(day, 'en')}. {row.brief or ''}".strip(),
    )
    since = calendar.local_date(row.created_at)
    return _Found(
        row.source_item_id or row.id,
        Matter(MatterKind.TOPIC, row.title, facts, row.sought or None, name(row.owner_department_id), since),
    )


def _read_requests(connection: Connection, period: Period) -> Sequence[Any]:
    own = SupervisionRequest
    return connection.execute(
        select(
            Item.id, Item.parent_id, Item.created_at, own.request_kind, own.reason, own.old_due_on, own.new_due_on,
            own.light, own.until_on, _Subject.title, _Subject.owner_department_id,
        )
        .join(own, own.item_id == Item.id)
        .join(_Subject, _Subject.id == Item.parent_id)
        .where(
            Item.kind == "request", _was_in(period, "referred"), is_read(Item.id, period.readers),
            is_read(_Subject.id, period.readers),
        )
        .order_by(Item.created_at, Item.id)
    ).all()  # fmt: skip


def _request(row: Any, name: Name, calendar: Calendar, opinion: str | None, on: date) -> _Found:  # noqa: ANN401
    ask = _ASKS[row.request_kind]
    zh, en = "", ""
    if row.new_due_on is not None and row.old_due_on is not None:
        days = calendar.workdays_between(row.old_due_on, row.new_due_on)
        zh = f"期限{row.old_due_on}拟改为{row.new_due_on}（{days}个工作日），"
        en = f"From {row.old_due_on} to {row.new_due_on} ({days} working days). "
    since = calendar.local_date(row.created_at)
    waits = (on - since).days
    zh, en = f"{zh}已等候{waits}天。", f"{en}Waiting {waits} days. "
    matter = Matter(
        MatterKind.REQUEST, Text(ask.zh + row.title, ask.en + row.title), Text(zh + row.reason, en + row.reason),
        opinion, name(row.owner_department_id), since,
    )  # fmt: skip
    return _Found(row.parent_id, matter)


def _read_allocations(connection: Connection, period: Period) -> Sequence[Any]:
    own = Allocation
    limit = (
        select(FundRule.leaders_from_fen)
        .where(FundRule.fund_id == own.fund_id, FundRule.from_on <= period.as_of_on)
        .order_by(FundRule.from_on.desc(), FundRule.id.desc())
        .limit(1)
        .correlate(own)
        .scalar_subquery()
    )
    return connection.execute(
        select(
            Item.id, Item.title, Item.owner_department_id, Item.created_at, own.requested_fen, own.purpose,
            Fund.name, Fund.name_en, Fund.currency, limit.label("limit_fen"),
        )
        .join(own, own.item_id == Item.id)
        .join(Fund, Fund.id == own.fund_id)
        .where(Item.kind == "allocation", _was_in(period, "leadership_approval"), is_read(Item.id, period.readers))
        .order_by(Item.created_at, Item.id)
    ).all()  # fmt: skip


def _allocation(row: Any, name: Name, calendar: Calendar, opinion: str | None) -> _Found:  # noqa: ANN401  # a row
    def amount(fen: int, lang: str) -> str:
        return "".join(compact_money(Money(fen, row.currency), "zh")) if lang == "zh" else " ".join(
            compact_money(Money(fen, row.currency), "en")
        )  # fmt: skip

    zh = f"向{row.name}申请{amount(row.requested_fen, 'zh')}"
    en = f"{amount(row.requested_fen, 'en')} asked of {row.name_en or row.name}"
    if row.limit_fen is not None:
        zh += f"，{amount(row.limit_fen, 'zh')}以上由领导小组审批"
        en += f"; from {amount(row.limit_fen, 'en')} on the group decides"
    return _Found(
        row.id,
        Matter(
            MatterKind.ALLOCATION, Text(f"是否安排资金：{row.title}", f"Funding: {row.title}"),
            Text(f"{zh}。{row.purpose}", f"{en}. {row.purpose}"), opinion, name(row.owner_department_id),
            calendar.local_date(row.created_at),
        ),
    )  # fmt: skip


def _read_opinions(connection: Connection, period: Period, item_ids: Sequence[int]) -> dict[int, str]:
    """Return {item: what was said when it was referred to the group}; one statement."""
    rows = connection.execute(
        select(History.item_id, History.data["opinion"].as_string())
        .where(History.item_id.in_(item_ids), History.action == "refer", History.occurred_at < period.ends_at)
        .order_by(History.item_id, History.seq)
    ).all()
    return {row[0]: row[1] for row in rows if row[1]}


def _escalated(row: StalledRow, name: Name, sought: str | None, on: date) -> _Found:
    level, days = LEVEL_LABELS[row.level], (on - row.since_on).days
    told = _STUCK[Cause(row.cause)]
    zh, en = told.zh.format(days), told.en.format(days)
    facts = Text(f"{zh}，已升至“{level.zh}”层级。", f"{en}, risen to “{level.en}”.")
    matter = Matter(MatterKind.ESCALATED, row.title, facts, sought, name(row.department_id), row.since_on)
    return _Found(row.id, matter)


def _list_red(connection: Connection, period: Period, red: Sequence[RedProject], name: Name) -> Iterable[_Found]:
    since = _read_red_since(connection, period) if red else {}
    for one in red:
        on = since.get(one.id)
        days = (period.as_of_on - on).days if on else 0
        if days >= RED_DAYS:
            facts = Text(f"红灯已持续{days}天：{one.rule.zh}。", f"Red for {days} days: {one.rule.en}.")
            yield _Found(one.id, Matter(MatterKind.RED, one.title, facts, None, name(one.department_id), on))


def _read_red_since(connection: Connection, period: Period) -> dict[int, date]:
    """Return {project: the day since which it is red without a break}; one statement."""
    other = (
        select(LightChange.item_id, func.max(LightChange.id).label("last"))
        .where(LightChange.on_day <= period.as_of_on, LightChange.light != "red")
        .group_by(LightChange.item_id)
        .subquery()
    )
    rows = connection.execute(
        select(LightChange.item_id, func.min(LightChange.on_day))
        .join(Item, Item.id == LightChange.item_id)
        .outerjoin(other, other.c.item_id == LightChange.item_id)
        .where(
            Item.kind == "project",
            is_read(Item.id, period.readers),
            LightChange.light == "red",
            LightChange.on_day <= period.as_of_on,
            or_(other.c.last.is_(None), LightChange.id > other.c.last),
        )
        .group_by(LightChange.item_id)
    ).all()
    return {row[0]: row[1] for row in rows}
