"""What falls due of a plan is entered as a run with its long work: once a period, however many look at one moment."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from app.core.database import make_insert
from app.core.errors import ConflictError, Fault, InvalidError, Sentence
from app.models.long_work import LongWork
from app.models.organisation import Holding, Person, Post
from app.models.report_plan import ReportPlan, ReportPlanRun
from app.models.rule import RuleSet
from app.policy.people import Actor
from app.services.act import Act
from app.services.long_work.asking import put_work
from app.services.long_work.kind import PLANNED
from app.services.recording import Acting
from app.services.report_plan.keeping import lock_plan, require_office
from app.services.rulebook import Rulebook
from workflows.calendar import Calendar
from workflows.meeting.recurrence import parse_rule
from workflows.period import Rhythm, find_period
from workflows.reporting.plan import Cadence, Cutoff, Due, Timetable
from workflows.roles import Duty

#: A run that is entered later than this was missed.
LATE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Entered:
    """What was entered of a plan: runs to be made, periods that are only named; `is_stuck`: nobody is in the office."""

    run_ids: tuple[int, ...] = ()
    passed: tuple[str, ...] = ()
    is_stuck: bool = False


@dataclass(frozen=True, slots=True)
class Watch:
    """The plans at work, by id, with the periods that were entered, read at once to look what they owe."""

    plans: Mapping[int, Any]
    known: Mapping[int, frozenset[str]]
    book: Rulebook
    calendar: Calendar
    cutoff_of: Cutoff

    def owes(self, plan_id: int, at: datetime) -> bool:
        """Whether something of a plan is to be entered at `at`; writing looks again."""
        plan, known = self.plans[plan_id], self.known.get(plan_id, frozenset())
        table = make_timetable(self.book, plan, self.cutoff_of)
        return bool(table.list_owed(self.calendar, plan.since_at, at, known).made)


def open_watch(session: Session, book: Rulebook, now: datetime) -> Watch:
    """Return the plans that are at work; as many statements for one as for many."""
    connection = session.connection()
    rows = connection.execute(select(*ReportPlan.__table__.c).where(ReportPlan.is_active).order_by(ReportPlan.id))
    known: dict[int, set[str]] = {}
    entered = (
        select(ReportPlanRun.plan_id, ReportPlanRun.period)
        .join(ReportPlan, ReportPlan.id == ReportPlanRun.plan_id)
        .where(ReportPlan.is_active)
    )  # fmt: skip
    for plan_id, period in connection.execute(entered):
        known.setdefault(plan_id, set()).add(period)
    return Watch(
        {row.id: row for row in rows}, {plan_id: frozenset(periods) for plan_id, periods in known.items()}, book,
        book.calendar(connection), remember_cutoffs(connection, book, now.astimezone(book.zone).date()),
    )  # fmt: skip


def remember_cutoffs(connection: Connection, book: Rulebook, today: date) -> Cutoff:
    """Return what gives the day with which the month of a date ends, by the rules in force then, at last today's.

    The rules are looked for once, however many plans and days are asked about.
    """
    rows = connection.execute(
        select(RuleSet.effective_on, RuleSet.id)
        .where(RuleSet.effective_on <= today)
        .order_by(RuleSet.effective_on, RuleSet.id)
    ).all()
    days = [row.effective_on for row in rows]

    def cutoff_of(on: date) -> int:
        at = max(bisect_right(days, on) - 1, 0)
        return book.rules(connection, rows[at].id).terms.report_cutoff_day

    return cutoff_of


def make_timetable(book: Rulebook, plan: Any, cutoff_of: Cutoff) -> Timetable:  # noqa: ANN401  # a row
    """Return when a plan's reports are due, by the cut-off days in force."""
    return Timetable(parse_rule(plan.rule), Cadence(plan.cadence), time.fromisoformat(plan.clock), book.zone, cutoff_of)


def enter_due(session: Session, book: Rulebook, at: datetime, now: datetime, plan_id: int, source: str) -> Entered:
    """Enter what is owed of a plan at `at` (idempotent); the plan's row is locked, a period has one run."""
    connection = session.connection()
    plan: Any = connection.execute(
        select(*ReportPlan.__table__.c).where(ReportPlan.id == plan_id, ReportPlan.is_active).with_for_update()
    ).first()
    if plan is None:
        return Entered()
    today = now.astimezone(book.zone).date()
    known = frozenset(
        connection.execute(select(ReportPlanRun.period).where(ReportPlanRun.plan_id == plan_id)).scalars()
    )
    table = make_timetable(book, plan, remember_cutoffs(connection, book, today))
    owed = table.list_owed(book.calendar(connection), plan.since_at, at, known)
    if not owed.made:
        return Entered()
    doer = _find_doer(connection, plan.post_id, today)
    if doer is None:
        return Entered(is_stuck=True)
    act = Act(connection, Acting(doer, "system"), now, today, source)
    passed = tuple(one.period for one in owed.passed if _enter(act, plan_id, one, "passed") is not None)
    made = []
    for one in owed.made:
        run_id = _enter(act, plan_id, one, "waiting")
        if run_id is not None:
            _put(act, plan, run_id, one.period)
            made.append(run_id)
    if passed:
        act.audit("report_plan.pass_over", f"report_plan:{plan_id}", after={"periods": list(passed)})
    return Entered(tuple(made), passed)


def enter_now(act: Act, book: Rulebook, actor: Actor, plan_id: int, version: int | None, period: str | None) -> int:
    """Enter the run of a period (None: the one that ended last) at once; returns the run's id.

    Also what failed, was cancelled or was only named; ConflictError for what was made, or is being made.
    """
    require_office(actor)
    return _enter_now(act, book, lock_plan(act, plan_id, version), period)


def enter_for_command(act: Act, book: Rulebook, plan_id: int, period: str | None) -> int:
    """Do the same for whoever runs the system, in the name of who keeps the plan; ConflictError when nobody does."""
    plan = lock_plan(act, plan_id)
    doer = _find_doer(act.connection, plan.post_id, act.today)
    if doer is None:
        said = Sentence("协调办公室目前无人在岗。", "Nobody holds a post in the coordination office.")
        raise ConflictError("nobody_in_office", said)
    return _enter_now(replace(act, acting=Acting(doer, "system")), book, plan, period)


def _enter_now(act: Act, book: Rulebook, plan: Any, period: str | None) -> int:  # noqa: ANN401  # a row
    plan_id = plan.id
    wanted = period or find_last_period(act.connection, book, plan, act.today)
    _check_period(act.connection, book, plan, wanted, act.today)
    connection = act.connection
    run: Any = connection.execute(
        select(ReportPlanRun.id, ReportPlanRun.outcome, LongWork.status)
        .outerjoin(LongWork, LongWork.id == ReportPlanRun.work_id)
        .where(ReportPlanRun.plan_id == plan_id, ReportPlanRun.period == wanted)
    ).first()
    if run is None:
        run_id = _enter(act, plan_id, Due(wanted, act.today, act.now, None, is_provisional=False), "waiting")
    elif run.outcome == "done":
        said = Sentence("这一期已经生成。", "The report of this period was made already.")
        raise ConflictError("run_done", said)
    elif run.status in ("waiting", "running"):
        raise ConflictError("run_open", Sentence("这一期正在生成。", "The report of this period is being made."))
    else:
        run_id = run.id
        connection.execute(update(ReportPlanRun).where(ReportPlanRun.id == run_id).values(outcome="waiting"))
    if run_id is None:  # the plan is locked, so nobody else enters its periods
        raise AssertionError("a period was entered beside its lock")
    _put(act, plan, run_id, wanted)
    act.audit("report_plan.run", f"report_plan:{plan_id}", after={"period": wanted})
    return int(run_id)


def find_last_period(connection: Connection, book: Rulebook, plan: Any, today: date) -> str:  # noqa: ANN401  # a row
    """Return the period of a plan that ended last."""
    if plan.cadence == Cadence.YEAR:
        return str(today.year - 1)
    cutoff = book.rules(connection, book.current_rule_set(connection, today)).terms.report_cutoff_day
    running = find_period(Rhythm.MONTHLY, today, cutoff)
    return find_period(Rhythm.MONTHLY, running.starts_on - timedelta(days=1), cutoff).key


def _check_period(connection: Connection, book: Rulebook, plan: Any, period: str, today: date) -> None:  # noqa: ANN401  # a row
    last = find_last_period(connection, book, plan, today)
    is_year = plan.cadence == Cadence.YEAR
    year, _, month = period.partition("-")
    is_good = len(year) == len("2026") and year.isascii() and year.isdigit() and (
        not month if is_year else month in {f"{one:02d}" for one in range(1, 13)}
    )  # fmt: skip
    if not is_good or not "2000" <= period <= last:
        said = Sentence(f"应为已结束的期次，最近一期为{last}。", f"A period that has ended; the last one is {last}.")
        raise InvalidError([Fault("period", said)])


def _enter(act: Act, plan_id: int, due: Due, outcome: str) -> int | None:
    """Enter a period; returns its run's id, None when somebody has entered it."""
    row = act.connection.execute(
        make_insert(act.connection, ReportPlanRun)
        .values(plan_id=plan_id, period=due.period, due_at=due.due_at, entered_at=act.now, outcome=outcome)
        .on_conflict_do_nothing(index_elements=["plan_id", "period"])
        .returning(ReportPlanRun.id)
    ).first()
    return None if row is None else int(row.id)


def _put(act: Act, plan: Any, run_id: int, period: str) -> None:  # noqa: ANN401  # a row
    """Put the work that makes a run into the queue."""
    title = {"zh": f"{plan.name}（{period}）", "en": f"{plan.name} ({period})"}
    lang = plan.languages[0] if plan.languages else "zh"
    work_id = put_work(act, PLANNED, {"run": run_id, "title": title}, lang=lang)
    act.connection.execute(update(ReportPlanRun).where(ReportPlanRun.id == run_id).values(work_id=work_id))


def _find_doer(connection: Connection, post_id: int, today: date) -> int | None:
    """Return in whose name a plan's work is done: its post's holder, else one of the office, its director first."""
    row = connection.execute(
        select(Holding.person_id)
        .join(Post, Post.id == Holding.post_id)
        .join(Person, Person.id == Holding.person_id)
        .where(
            Person.is_active, Post.duty == Duty.OFFICE, Holding.from_on <= today,
            or_(Holding.to_on.is_(None), Holding.to_on > today), or_(Post.to_on.is_(None), Post.to_on > today),
        )
        .order_by((Post.id == post_id).desc(), Post.is_director.desc(), Post.id, Holding.person_id)
        .limit(1)
    ).first()  # fmt: skip
    return None if row is None else int(row.person_id)
