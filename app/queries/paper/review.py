"""Fills the year's review: what was begun, finished and cancelled, how dates were kept, rungs, slips, meetings, funds.

A constant number of statements, the same again for the year before.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.escalation import Escalation
from app.models.item import Item, ItemClock
from app.models.meeting import Meeting
from app.models.record import History
from app.models.supervision import Slip, SupervisionRequest
from app.queries.fund.overview import list_funds
from app.queries.item import is_readable
from app.queries.meeting.record.execution import ExecutionFilter, read_execution
from app.queries.paper.work import Finished, Late, Names, Span, make_scores, read_finished, read_late, state_at
from app.queries.slip_paper import Issuer
from reports.city.inputs import FundLine, LevelLine, MonthLine, ProjectLine, Review, YearCounts
from reports.wording import Text, Words, say
from workflows.calendar import Calendar
from workflows.catalogue import WORKFLOWS
from workflows.light import COLOUR_LABELS
from workflows.machine import Cause

#: Projects that a review lists; the others are counted.
PROJECTS_MAX = 100
_Earlier = aliased(History, name="earlier")
_STEPS = {"proposed": ("create", "register"), "approved": ("approve",), "started": ("start",), "closed": ("close",),
          "cancelled": ("cancel",)}  # fmt: skip
_MET = ("held", "minutes_draft", "minutes_cosign", "issued", "closed")
_LEVELS = {
    1: Text("提醒", "Reminder"), 2: Text("预警", "Warning"), 3: Text("督办", "Supervision"),
    4: Text("提交会议", "To the meeting"),
}  # fmt: skip
_CAUSES = {
    Cause.DUE: Text("逾期", "past the date"), Cause.RECEIPT: Text("未签收", "not received"),
    Cause.IDLE: Text("无进展", "no progress"), Cause.SIGN_OFF: Text("未会签", "not co-signed"),
    Cause.FORECAST: Text("预计逾期", "forecast late"), Cause.REPORT: Text("未报告", "report owed"),
}  # fmt: skip
_NOT_BEFORE = Text("已结束", "ended")
_LABELS = {state.name: Text(state.label.zh, state.label.en) for state in WORKFLOWS["project"].states}


def read_review(
    connection: Connection, issuer: Issuer, readers: Sequence[str], span: Span, before: Span | None
) -> Review:  # fmt: skip
    """Return the review of a year as far as `readers` may read; `before` is the year before, None: not on record."""
    calendar = issuer.calendar
    names = Names(connection, span.as_of_on)
    finished, late = read_finished(connection, readers, calendar, span), read_late(connection, readers, span)
    earlier = None
    if before is not None:
        earlier = _count(
            connection, readers, calendar, before, read_finished(connection, readers, calendar, before),
            read_late(connection, readers, before),
        )  # fmt: skip
    year = span.first_on.year
    return Review(
        city=issuer.city,
        office=issuer.office,
        year=year,
        as_of_on=span.as_of_on,
        is_running=span.is_running,
        counts=_count(connection, readers, calendar, span, finished, late),
        before=earlier,
        months=tuple(_count_month(finished, month) for month in range(1, span.as_of_on.month + 1)),
        scores=make_scores(finished, late, names),
        levels=tuple(_read_levels(connection, readers, span)),
        projects=tuple(_read_projects(connection, readers, span, names, calendar.local_date)),
        funds=tuple(_read_funds(connection, year, span.as_of_on)),
        made_at=span.ends_at.astimezone(calendar.zone),
        identifier=f"review:{year}",
    )


def _count_month(finished: Sequence[Finished], month: int) -> MonthLine:
    own = [one for one in finished if one.closed_on.month == month]
    dated = [one for one in own if one.is_on_time is not None]
    return MonthLine(month, len(own), len(dated), sum(one.is_on_time is True for one in dated))


def _count(
    connection: Connection, readers: Sequence[str], calendar: Calendar, span: Span, finished: Sequence[Finished],
    late: Sequence[Late],
) -> YearCounts:  # fmt: skip
    steps = _count_steps(connection, readers, span)
    open_projects, open_items, cancelled = _count_standing(connection, readers, span)
    yellow, red, withdrawn = _count_slips(connection, readers, span)
    approved, refused = _count_requests(connection, readers, span)
    asked = ExecutionFilter(begins_at=span.starts_at, ends_before=span.ends_at)
    decided = read_execution(connection, readers, "group", asked, span.as_of_on, calendar.zone).total
    dated = [one for one in finished if one.is_on_time is not None]
    return YearCounts(
        projects_proposed=steps["project", "proposed"],
        projects_approved=steps["project", "approved"],
        projects_started=steps["project", "started"],
        projects_closed=steps["project", "closed"],
        projects_cancelled=steps["project", "cancelled"],
        projects_open=open_projects,
        tasks_assigned=steps["task", "assigned"],
        tasks_done=sum(one.kind == "task" for one in finished),
        shares_accepted=sum(one.kind == "share" for one in finished),
        tasks_cancelled=cancelled,
        dated=len(dated),
        on_time=sum(one.is_on_time is True for one in dated),
        late_open=sum(one.department_id is not None for one in late),
        open_items=open_items,
        rungs=_count_rungs(connection, readers, span),
        yellow_slips=yellow,
        red_slips=red,
        slips_withdrawn=withdrawn,
        requests_approved=approved,
        requests_refused=refused,
        meetings=_count_meetings(connection, readers, span),
        decisions=decided.counted + decided.open + decided.undated,
        decisions_counted=decided.counted,
        decisions_done=decided.done,
        decisions_in_time=decided.in_time,
    )


def _count_steps(connection: Connection, readers: Sequence[str], span: Span) -> Counter[tuple[str, str]]:
    """Return how many projects took which step within the span, and how many tasks were assigned for the first time."""
    actions = [action for group in _STEPS.values() for action in group]
    first = (
        select(func.min(_Earlier.seq))
        .where(_Earlier.item_id == Item.id, _Earlier.action == "assign")
        .correlate(Item)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(Item.kind, History.action, func.count(Item.id.distinct()))
        .join(Item, Item.id == History.item_id)
        .where(
            History.occurred_at >= span.starts_at, History.occurred_at < span.ends_at, ~Item.confidential,
            or_(
                (Item.kind == "project") & History.action.in_(actions),
                (Item.kind == "task") & (History.action == "assign") & (History.seq == first),
            ),
            is_readable(readers),
        )
        .group_by(Item.kind, History.action)
    )  # fmt: skip
    named = {action: name for name, group in _STEPS.items() for action in group}
    found: Counter[tuple[str, str]] = Counter()
    for kind, action, count in rows:
        found[kind, "assigned" if kind == "task" else named[action]] += count
    return found


def _count_standing(connection: Connection, readers: Sequence[str], span: Span) -> tuple[int, int, int]:
    """Return projects open at the end, tasks and shares open at the end, tasks and shares cancelled within the span."""
    is_open = or_(Item.closed_at.is_(None), Item.closed_at >= span.ends_at)
    is_ended = (Item.closed_at >= span.starts_at) & (Item.closed_at < span.ends_at)
    state = state_at(span.ends_at)
    rows = connection.execute(
        select(
            Item.kind, func.sum(case((is_open & (state != "draft"), 1), else_=0)),
            func.sum(case((is_ended & Item.state.in_(("cancelled", "superseded")), 1), else_=0)),
        )
        .where(
            Item.kind.in_(("project", "task", "share")), Item.created_at < span.ends_at, ~Item.confidential,
            is_readable(readers),
        )
        .group_by(Item.kind)
    )  # fmt: skip
    found = {kind: (int(opened or 0), int(ended or 0)) for kind, opened, ended in rows}
    projects, tasks, shares = (found.get(kind, (0, 0)) for kind in ("project", "task", "share"))
    return projects[0], tasks[0] + shares[0], tasks[1] + shares[1]


def _count_slips(connection: Connection, readers: Sequence[str], span: Span) -> tuple[int, int, int]:
    """Return the yellow and the red slips issued within the span, and how many of them were withdrawn."""
    rows = connection.execute(
        select(Slip.level, func.count(), func.sum(case((Item.state == "withdrawn", 1), else_=0)))
        .join(Item, Item.id == Slip.item_id)
        .where(
            Slip.issued_at >= span.starts_at, Slip.issued_at < span.ends_at, ~Item.confidential, is_readable(readers)
        )
        .group_by(Slip.level)
    )  # fmt: skip
    found = {level: (count, int(withdrawn or 0)) for level, count, withdrawn in rows}
    yellow, red = found.get(2, (0, 0)), found.get(3, (0, 0))
    return yellow[0], red[0], yellow[1] + red[1]


def _count_requests(connection: Connection, readers: Sequence[str], span: Span) -> tuple[int, int]:
    rows = connection.execute(
        select(Item.state, func.count())
        .join(SupervisionRequest, SupervisionRequest.item_id == Item.id)
        .where(
            Item.closed_at >= span.starts_at, Item.closed_at < span.ends_at, ~Item.confidential, is_readable(readers)
        )
        .group_by(Item.state)
    )  # fmt: skip
    found: dict[str, int] = {row[0]: row[1] for row in rows}
    return found.get("approved", 0), found.get("refused", 0)


def _count_rungs(connection: Connection, readers: Sequence[str], span: Span) -> tuple[int, int, int, int]:
    found = Counter({row[0]: row[2] for row in _select_rungs(connection, readers, span, by_cause=False)})
    return found[1], found[2], found[3], found[4]


def _select_rungs(connection: Connection, readers: Sequence[str], span: Span, *, by_cause: bool) -> Sequence[Any]:
    """Return (level, cause or None, times, items); a rung skipped by a higher one in the same sweep is none."""
    keys: list[Any] = [Escalation.level, Escalation.cause] if by_cause else [Escalation.level]
    return connection.execute(
        select(
            Escalation.level, Escalation.cause if by_cause else func.min(Escalation.cause), func.count(),
            func.count(Escalation.item_id.distinct()),
        )
        .join(Item, Item.id == Escalation.item_id)
        .where(
            Escalation.raised_at >= span.starts_at, Escalation.raised_at < span.ends_at, ~Escalation.is_superseded,
            ~Item.confidential, is_readable(readers),
        )
        .group_by(*keys)
        .order_by(*keys)
    ).all()  # fmt: skip


def _read_levels(connection: Connection, readers: Sequence[str], span: Span) -> list[LevelLine]:
    """Return each rung with its causes; two statements."""
    whole = {row[0]: (row[2], row[3]) for row in _select_rungs(connection, readers, span, by_cause=False)}
    causes: dict[int, list[tuple[Words, int]]] = defaultdict(list)
    for level, cause, times, _ in _select_rungs(connection, readers, span, by_cause=True):
        causes[level].append((_CAUSES[Cause(cause)], times))
    return [
        LevelLine(
            level, label, *whole.get(level, (0, 0)),
            tuple(sorted(causes[level], key=lambda pair: (-pair[1], say(pair[0], "zh")))),
        )
        for level, label in _LEVELS.items()
    ]  # fmt: skip


def _count_meetings(connection: Connection, readers: Sequence[str], span: Span) -> int:
    return int(
        connection.execute(
            select(func.count())
            .select_from(Meeting)
            .join(Item, Item.id == Meeting.item_id)
            .where(
                Meeting.starts_at >= span.starts_at, Meeting.starts_at < span.ends_at, Item.state.in_(_MET),
                is_readable(readers),
            )
        ).scalar_one()
    )  # fmt: skip


def _read_projects(
    connection: Connection, readers: Sequence[str], span: Span, names: Names, local: Callable[..., date]
) -> list[ProjectLine]:  # fmt: skip
    """Return the projects that ended in the span or were open at its end: those that ended first, then by date."""
    state = state_at(span.ends_at).label("state_then")
    rows: Any = connection.execute(
        select(
            Item.number, Item.title, Item.owner_department_id, state, ItemClock.light, Item.due_on, Item.closed_at
        )
        .join(ItemClock, ItemClock.item_id == Item.id)
        .where(
            Item.kind == "project", Item.created_at < span.ends_at, ~Item.confidential, is_readable(readers),
            or_(Item.closed_at.is_(None), Item.closed_at >= span.starts_at),
        )
        .order_by(Item.closed_at.is_(None), Item.closed_at, Item.due_on, Item.id)
        .limit(PROJECTS_MAX)
    )  # fmt: skip
    lines = []
    for row in rows:
        ended = row.closed_at is not None and row.closed_at < span.ends_at
        light = COLOUR_LABELS["grey" if ended else row.light]
        label = _LABELS.get(row.state_then) or Text(str(row.state_then), str(row.state_then))
        shown = _NOT_BEFORE if ended else Text(light.zh, light.en)
        lines.append(
            ProjectLine(
                row.number or "", row.title, names.say(row.owner_department_id), label, shown,
                "grey" if ended else row.light, row.due_on, local(row.closed_at) if ended else None,
            )
        )  # fmt: skip
    return lines


def _read_funds(connection: Connection, year: int, as_of_on: date) -> list[FundLine]:
    lines = []
    for fund in list_funds(connection, year):
        if not fund.figures.is_known:
            continue
        judged = fund.figures.judge(as_of_on)
        lines.append(
            FundLine(
                Text(fund.name, fund.name_en or fund.name),
                fund.currency,
                fund.figures.budget_fen,
                fund.figures.amounts["committed"],
                fund.figures.net_paid_fen,
                judged.rate_pct,
                judged.elapsed_pct,
            )
        )
    return lines
