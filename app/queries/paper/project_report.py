"""Fills the report of one project, as of now, with what changed within a month. A constant number of statements.

Everything below the project is taken as far as the reader may read it, whatever its depth.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Select, cast, func, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import NotFoundError
from app.models.allocation import Allocation
from app.models.escalation import Episode, Escalation
from app.models.fund import Fund, FundAccount
from app.models.item import Item, ItemLink, LightChange, Task
from app.models.ledger import ProgressSnapshot
from app.models.meeting import Meeting
from app.models.supervision import Slip
from app.models.topic import Decision
from app.queries.item import is_readable
from app.queries.item_detail import ItemDetail
from app.queries.meeting.record.standing import COUNTED, standing_of
from app.queries.paper.work import CAUSES, Names
from app.queries.project.below import LEFT_OUT, select_below
from app.queries.project.changes import Changes, read_changes
from app.queries.slip_paper import Issuer
from reports.project.inputs import (
    Change,
    DecisionLine,
    FundLine,
    MilestoneLine,
    PhaseLine,
    ProjectReport,
    SlipLine,
    Snapshot,
    StalledLine,
    StateCount,
    TaskLine,
)
from reports.wording import Text, Words
from workflows.light import COLOUR_LABELS, RULE_LABELS, plan_pct
from workflows.machine import Cause
from workflows.meeting.follow_up import STANDINGS

#: Open tasks that a report lists, and changes; beyond that the system's pages are the way in.
TASKS_MAX = 25
CHANGES_MAX = 20
ROWS_MAX = 50
_OPEN_SLIPS = ("drafted", "issued", "returned", "answered", "appealed", "accepted")
_PAUSED = ("draft", "suspended", "disputed", "submitted")
_Sitting = aliased(Item, name="sitting")
_Matter = aliased(Item, name="matter")

#: Words for a state, by kind, version of the workflow and code.
NameState = Callable[[str, int, str], Words]


@dataclass(frozen=True, slots=True)
class Frame:
    """For whom a report is made, as of when, since when, and how states are called."""

    issuer: Issuer
    readers: tuple[str, ...]
    now: datetime
    since_on: date
    name_state: NameState

    @property
    def today(self) -> date:
        """The city's day."""
        return self.issuer.calendar.local_date(self.now)


def read_project_report(connection: Connection, frame: Frame, item: ItemDetail) -> ProjectReport:
    """Return a project's report as it was read for the frame's readers; NotFoundError for any other item."""
    row, details, calendar = item.row, item.details, frame.issuer.calendar
    if row.kind != "project":
        raise NotFoundError
    names = Names(connection, frame.today)
    reach = _Reach(connection, frame, row.id, names)
    since = calendar.day_start(frame.since_on)
    changes = read_changes(connection, frame.readers, row.id, since, frame.since_on, limit=ROWS_MAX)
    told = sorted(_tell(changes, frame), key=lambda change: change.on, reverse=True)
    tasks, states = reach.read_tasks()
    open_tasks = sorted(tasks, key=lambda one: (-one.late_workdays, one.due_on or date.max, one.title))
    start_on, due_on = details.get("start_on"), row.due_on
    last, before = reach.read_snapshots()
    light, rule = COLOUR_LABELS[row.light], RULE_LABELS.get(row.light_rule)
    return ProjectReport(
        city=frame.issuer.city,
        office=frame.issuer.office,
        number=row.number or "",
        title=row.title,
        description=details.get("description") or "",
        lead=names.say(row.department_id),
        supports=tuple(names.say(one.department_id) for one in item.supports),
        state=frame.name_state("project", row.workflow_version, row.state),
        phase=_find_phase(item),
        light=Text(light.zh, light.en),
        tone=row.light,  # type: ignore[arg-type]  # the table's CHECK keeps it to the four
        light_rule=Text(rule.zh, rule.en) if rule else "",
        start_on=start_on,
        due_on=due_on,
        original_due_on=row.original_due_on,
        forecast_on=details.get("forecast_on"),
        closed_on=None if row.closed_at is None else calendar.local_date(row.closed_at),
        progress_pct=details.get("progress_pct"),
        planned_pct=None if start_on is None or due_on is None else plan_pct(start_on, due_on, frame.today),
        budget_fen=details.get("budget_fen"),
        currency=item.currency or "CNY",
        last_report=last[1] if last else "",
        last_report_on=last[0] if last else None,
        as_of_on=frame.today,
        since_on=frame.since_on,
        before=before,
        phases=_list_phases(item, frame),
        milestones=_list_milestones(item),
        states=states,
        tasks=tuple(open_tasks[:TASKS_MAX]),
        more_tasks=max(len(open_tasks) - TASKS_MAX, 0),
        done_tasks=reach.done_tasks,
        all_tasks=sum(one.tasks for one in states),
        late_tasks=sum(one.late_workdays > 0 for one in tasks),
        changes=tuple(told[:CHANGES_MAX]),
        more_changes=len(told) > CHANGES_MAX or bool(changes.more & {"moved", "lights", "closed", "entered"}),
        funds=reach.read_funds(),
        decisions=(*_tell_gates(item, frame), *reach.read_decisions()),
        stalled=reach.read_stalled(),
        slips=reach.read_slips(),
        made_at=frame.now.astimezone(calendar.zone),
        identifier=f"project-report:{row.id}",
    )  # fmt: skip


def _find_phase(item: ItemDetail) -> Words | None:
    """Return the phase in which the project stands; None before the first."""
    seq = item.details.get("phase_seq") or 0
    return next((Text(one.name, one.name_en or one.name) for one in item.phases if one.seq == seq), None)


def _list_phases(item: ItemDetail, frame: Frame) -> tuple[PhaseLine, ...]:
    return tuple(
        PhaseLine(
            Text(one.name, one.name_en or one.name), one.planned_on, _local(one.entered_at, frame),
            _local(one.passed_at, frame), one.gate_evidence or "", one.gate_decision or "",
        )
        for one in item.phases
    )  # fmt: skip


def _list_milestones(item: ItemDetail) -> tuple[MilestoneLine, ...]:
    return tuple(MilestoneLine(one.name, one.planned_on, one.forecast_on, one.reached_on) for one in item.milestones)


def _local(at: datetime | None, frame: Frame) -> date | None:
    return None if at is None else frame.issuer.calendar.local_date(at)


def _tell_gates(item: ItemDetail, frame: Frame) -> Iterable[DecisionLine]:
    """Yield the decisions with which the project's gates were passed."""
    for phase in item.phases:
        if phase.gate_decision:
            name = Text(f"{phase.name}阶段评审", f"Gate: {phase.name_en or phase.name}")
            done = Text("已通过", "passed")
            yield DecisionLine(name, _local(phase.passed_at, frame), phase.gate_decision, None, None, done)


def _tell(changes: Changes, frame: Frame) -> Iterable[Change]:
    local = frame.issuer.calendar.local_date
    for moved in changes.moved:
        given = [one for one in (moved.reason, moved.by_name) if one]
        reason = Text("；".join(given), "; ".join(given))
        span = f"{moved.from_on or '—'} → {moved.to_on or '—'}"
        yield Change(local(moved.at), Text("期限调整", "Date moved"), moved.item.title, span, reason)
    for changed in changes.lights:
        before, after = COLOUR_LABELS[changed.before or "grey"], COLOUR_LABELS[changed.light]
        zh, en = f"{before.zh} → {after.zh}", f"{before.en} → {after.en}"
        rule = RULE_LABELS.get(changed.light_rule)
        text = Text(f"{zh}（{rule.zh}）", f"{en} ({rule.en})") if rule else Text(zh, en)
        yield Change(changed.on_day, Text("灯色变化", "Light changed"), changed.item.title, text)
    for closed in changes.closed:
        state = frame.name_state(closed.item.kind, closed.item.workflow_version, closed.state)
        yield Change(local(closed.at), Text("办结或结束", "Finished"), closed.item.title, state)
    for entered in changes.entered:
        due = "" if entered.due_on is None else entered.due_on.isoformat()
        text = Text(f"期限{due}" if due else "未定期限", f"due {due}" if due else "no due date")
        yield Change(local(entered.at), Text("新增", "Added"), entered.item.title, text)


class _Reach:
    """Reads the parts that lie below a project."""

    def __init__(self, connection: Connection, frame: Frame, project_id: int, names: Names) -> None:
        self.connection = connection
        self.frame = frame
        self.project_id = project_id
        self.names = names
        self.done_tasks = 0

    def _among(self, statement: Select[*tuple[Any, ...]], item_id: Any = Item.id) -> Select[*tuple[Any, ...]]:  # noqa: ANN401  # a column
        below = select_below(self.project_id)
        return statement.join(below, below.c.id == item_id).where(is_readable(self.frame.readers, item_id))

    def read_tasks(self) -> tuple[list[TaskLine], tuple[StateCount, ...]]:
        """Return the open tasks, and how many stand in each state; what was cancelled or split is no task any more."""
        calendar, today = self.frame.issuer.calendar, self.frame.today
        rows: Any = self.connection.execute(
            self._among(
                select(
                    Item.number, Item.title, Item.owner_department_id, Item.state, Item.workflow_version, Item.due_on,
                    Item.closed_at, Task.progress_pct,
                ).join(Task, Task.item_id == Item.id)
            )
            .where(Item.kind == "task", Item.state.not_in(LEFT_OUT))
            .order_by(Item.id)
        ).all()  # fmt: skip
        counts: dict[tuple[str, int], int] = {}
        lines = []
        for row in rows:
            key = (row.state, row.workflow_version)
            counts[key] = counts.get(key, 0) + 1
            self.done_tasks += row.closed_at is not None
            if row.closed_at is not None:
                continue
            is_late = row.due_on is not None and row.due_on < today and row.state not in _PAUSED
            lines.append(
                TaskLine(
                    row.number or "", row.title, self.names.say(row.owner_department_id),
                    self.frame.name_state("task", row.workflow_version, row.state), row.due_on, row.progress_pct,
                    max(calendar.workdays_between(row.due_on, today), 0) if is_late else 0,
                )
            )  # fmt: skip
        states: dict[Words, int] = {}
        for (state, version), count in sorted(counts.items(), key=lambda pair: -pair[1]):
            label = self.frame.name_state("task", version, state)
            states[label] = states.get(label, 0) + count
        return lines, tuple(StateCount(label, count) for label, count in states.items())

    def read_snapshots(self) -> tuple[tuple[date, str] | None, Snapshot | None]:
        """Return the last report with a text, and how the project stood a month ago; three statements."""
        own = ProgressSnapshot
        last = self.connection.execute(
            select(own.as_of_on, own.text)
            .where(own.item_id == self.project_id, own.text.is_not(None))
            .order_by(own.as_of_on.desc())
            .limit(1)
        ).first()
        since_on = self.frame.since_on
        then = self.connection.execute(
            select(own.progress_pct, own.forecast_on)
            .where(own.item_id == self.project_id, own.as_of_on <= since_on)
            .order_by(own.as_of_on.desc())
            .limit(1)
        ).first()
        light = self.connection.execute(
            select(LightChange.light)
            .where(LightChange.item_id == self.project_id, LightChange.on_day <= since_on)
            .order_by(LightChange.on_day.desc(), LightChange.id.desc())
            .limit(1)
        ).scalar()
        before = None
        if then is not None or light is not None:
            label = COLOUR_LABELS.get(light or "")
            words = None if label is None else Text(label.zh, label.en)
            before = Snapshot(since_on, then.progress_pct if then else None, then.forecast_on if then else None, words)
        return (last.as_of_on, last.text or "") if last else None, before

    def read_funds(self) -> tuple[FundLine, ...]:
        """Return the project's allocations with what stands where, the first asked for first."""

        def held(*kinds: str) -> Any:  # noqa: ANN401  # an SQL expression
            return (
                select(cast(func.coalesce(func.sum(FundAccount.balance_fen), 0), BigInteger))
                .where(FundAccount.allocation_id == Item.id, FundAccount.kind.in_(kinds))
                .scalar_subquery()
            )

        rows: Any = self.connection.execute(
            select(
                Item.number, Item.title, Fund.name, Fund.name_en, Fund.currency, Item.state, Item.workflow_version,
                Allocation.requested_fen, Allocation.granted_fen, held("committed"), held("paid", "spent"),
                held("spent"),
            )
            .join(Allocation, Allocation.item_id == Item.id)
            .join(Fund, Fund.id == Allocation.fund_id)
            .where(Item.parent_id == self.project_id, is_readable(self.frame.readers))
            .order_by(Item.id)
        )  # fmt: skip
        return tuple(
            FundLine(
                row.number or "", row.title, Text(row.name, row.name_en or row.name),
                self.frame.name_state("allocation", row.workflow_version, row.state), row.requested_fen,
                row.granted_fen if row.state in ("allocated", "settled", "closed") else None,
                int(row[-3]), int(row[-2]), int(row[-1]), row.currency,
            )
            for row in rows
        )  # fmt: skip

    def read_decisions(self) -> tuple[DecisionLine, ...]:
        """Return the decisions from which the project or a task below it came, or that a link names; newest first."""
        below = select_below(self.project_id)
        ids = select(below.c.id)
        linked = select(ItemLink.from_id).where(ItemLink.kind == "decides", ItemLink.to_id.in_(ids))
        sources = select(Item.source_item_id).where(Item.id.in_(ids), Item.source_item_id.is_not(None))
        rows: Any = self.connection.execute(
            select(
                _Sitting.title, Meeting.starts_at, Decision.text, Item.owner_department_id, Item.due_on,
                standing_of(self.frame.today).label("standing"),
            )
            .join(Decision, Decision.item_id == Item.id)
            .outerjoin(_Sitting, (_Sitting.id == Decision.meeting_id) & is_readable(self.frame.readers, _Sitting.id))
            .outerjoin(Meeting, Meeting.item_id == _Sitting.id)
            .where(
                Item.kind == "decision", Item.state.in_(COUNTED), is_readable(self.frame.readers),
                or_(Decision.task_id.in_(ids), Item.id.in_(linked), Item.id.in_(sources)),
            )
            .order_by(Item.id.desc())
            .limit(ROWS_MAX)
        )  # fmt: skip
        lines = []
        for row in rows:
            label = STANDINGS[row.standing]
            lines.append(
                DecisionLine(
                    row.title or Text("会议", "Meeting"),
                    _local(row.starts_at, self.frame),
                    row.text,
                    None if row.owner_department_id is None else self.names.say(row.owner_department_id),
                    row.due_on,
                    Text(label.zh, label.en),
                )
            )
        return tuple(lines)

    def read_stalled(self) -> tuple[StalledLine, ...]:
        """Return what stands on a rung at the project or below it, each item once, at its highest."""
        rows: Any = self.connection.execute(
            self._among(
                select(
                    Item.id, Item.title, Item.owner_department_id, Escalation.cause, Escalation.level, Episode.base_on
                )
                .join(Escalation, Escalation.item_id == Item.id)
                .join(Episode, Episode.id == Escalation.episode_id)
            )
            .where(Episode.ended_at.is_(None), Item.closed_at.is_(None))
            .order_by(Escalation.level.desc(), Episode.base_on, Item.id)
        )  # fmt: skip
        seen: dict[int, StalledLine] = {}
        for row in rows:
            cause = CAUSES[Cause(row.cause)]
            department = self.names.say(row.owner_department_id)
            seen.setdefault(row.id, StalledLine(row.title, department, cause, row.level, row.base_on))
        return tuple(seen.values())[:ROWS_MAX]

    def read_slips(self) -> tuple[SlipLine, ...]:
        """Return the issued slips that are open, and those of the last month; the newest first."""
        since = self.frame.issuer.calendar.day_start(self.frame.since_on)
        rows: Any = self.connection.execute(
            self._among(
                select(
                    Item.number, _Matter.title, Item.owner_department_id, Slip.level, Slip.issued_at, Item.due_on,
                    Item.state, Item.workflow_version,
                )
                .join(Slip, Slip.item_id == Item.id)
                .join(_Matter, _Matter.id == Item.parent_id)
            )
            .where(
                Slip.issued_at.is_not(None), or_(Item.state.in_(_OPEN_SLIPS), Slip.issued_at >= since),
                is_readable(self.frame.readers, _Matter.id),
            )
            .order_by(Slip.issued_at.desc(), Item.id.desc())
            .limit(ROWS_MAX)
        )  # fmt: skip
        return tuple(
            SlipLine(
                row.number or "", row.title, self.names.say(row.owner_department_id), row.level,
                self.frame.issuer.calendar.local_date(row.issued_at), row.due_on,
                self.frame.name_state("slip", row.workflow_version, row.state), row.state in ("issued", "returned"),
            )
            for row in rows
        )  # fmt: skip
