"""Fills the year's review: what was begun, finished and cancelled, how dates were kept, rungs, slips, meetings, funds.

A constant number of statements, the same again for the year before.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import case, func, literal, or_, select
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
from app.queries.paper.moment import light_on, state_at
from app.queries.paper.work import (
    CAUSES,
    Finished,
    Late,
    Names,
    Span,
    due_then,
    make_scores,
    read_finished,
    read_late,
)
from app.queries.slip_paper import Issuer
from reports.city.inputs import LevelLine, MonthLine, ProjectLine, Review, Tone, YearCounts, YearFund
from reports.paper.labels import RUNGS
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
    projects, projects_more = _read_projects(connection, readers, span, names, calendar.local_date)
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
        projects=tuple(projects),
        projects_more=projects_more,
        funds=tuple(_read_funds(connection, year, span)),
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
    asked = ExecutionFilter(begins_at=span.starts_at, ends_before=span.ends_at, as_then=True, is_public=True)
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
        late_open=len(late),
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
        causes[level].append((CAUSES[Cause(cause)], times))
    return [
        LevelLine(
            level, Text(label.zh, label.en.capitalize()), *whole.get(level, (0, 0)),
            tuple(sorted(causes[level], key=lambda pair: (-pair[1], say(pair[0], "zh")))),
        )
        for level, label in RUNGS.items()
    ]  # fmt: skip


def _count_meetings(connection: Connection, readers: Sequence[str], span: Span) -> int:
    return int(
        connection.execute(
            select(func.count())
            .select_from(Meeting)
            .join(Item, Item.id == Meeting.item_id)
            .where(
                Meeting.starts_at >= span.starts_at, Meeting.starts_at < span.ends_at, Item.state.in_(_MET),
                ~Item.confidential, is_readable(readers),
            )
        ).scalar_one()
    )  # fmt: skip


def _read_projects(
    connection: Connection, readers: Sequence[str], span: Span, names: Names, local: Callable[..., date]
) -> tuple[list[ProjectLine], int]:  # fmt: skip
    """Return the projects that ended in the span or were open at its end, and how many more there are.

    Those that ended stand first, then the open ones by date, those without one last; state, light and date are of then.
    """
    ended, due_on = func.coalesce(Item.closed_at < span.ends_at, literal(False)), due_then(span)  # noqa: FBT003  # SQL
    light = ItemClock.light if span.is_running else func.coalesce(light_on(span.as_of_on), "grey")
    rows: Any = connection.execute(
        select(
            Item.number, Item.title, Item.owner_department_id, state_at(span.ends_at).label("state_then"),
            light.label("light"), due_on.label("due_then"), Item.closed_at, ended.label("is_ended"),
            func.count().over().label("total"),
        )
        .join(ItemClock, ItemClock.item_id == Item.id)
        .where(
            Item.kind == "project", Item.created_at < span.ends_at, ~Item.confidential, is_readable(readers),
            or_(Item.closed_at.is_(None), Item.closed_at >= span.starts_at),
        )
        .order_by(
            case((ended, 0), else_=1), case((ended, Item.closed_at)), due_on.is_(None), due_on, Item.id
        )
        .limit(PROJECTS_MAX)
    ).all()  # fmt: skip
    return [_tell_project(row, names, local) for row in rows], (rows[0].total - len(rows) if rows else 0)


def _tell_project(row: Any, names: Names, local: Callable[..., date]) -> ProjectLine:  # noqa: ANN401  # a row
    tone: Tone = "grey" if row.is_ended else row.light
    light = COLOUR_LABELS[tone]
    return ProjectLine(
        row.number or "", row.title, names.say(row.owner_department_id),
        _LABELS.get(row.state_then) or Text(str(row.state_then), str(row.state_then)),
        _NOT_BEFORE if row.is_ended else Text(light.zh, light.en), tone, row.due_then,
        local(row.closed_at) if row.is_ended else None,
    )  # fmt: skip


def _read_funds(connection: Connection, year: int, span: Span) -> list[YearFund]:
    # A year that is over has passed as a whole; in the running one the present month has not.
    judged_on = span.as_of_on if span.is_running else span.as_of_on + timedelta(days=1)
    lines = []
    for fund in list_funds(connection, year):
        if not fund.figures.is_known:
            continue
        judged = fund.figures.judge(judged_on)
        lines.append(
            YearFund(
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
