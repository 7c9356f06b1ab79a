"""What a step does to the reports owed: their rhythm set, a report or a submission that answers them.

One report answers everything that the item owes. One that comes after a period's end and within its limit counts
for that period alone; any other counts for the running one too. What a ledger brought counts by its own date.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.engine import Connection

from app.core.errors import Fault, InvalidError, Sentence
from app.models.escalation import Episode
from app.models.item import Item, ItemClock
from app.models.ledger import ProgressSnapshot
from app.models.record import History
from app.models.supervision import ReportOwed
from app.services.clocks_many import reset_episodes_of
from app.services.loading import load_many
from app.services.rulebook import Rulebook
from app.services.supervision.report_periods import close_of
from app.services.working import Work
from workflows.period import find_first_owed, read_period

#: Steps that are a report.
REPORTING = ("report", "submit")
#: The kinds that owe reports.
RHYTHMIC = ("task", "project")


def set_rhythm(work: Work) -> None:
    """Set how often the item reports; what it owes already stays owed, unless it owes no reports from now on.

    Set anew to what it was, nothing changes: nobody gains time.
    """
    wanted = None if work.values["rhythm"] == "none" else work.values["rhythm"]
    lock_item(work)
    present = work.item.report_rhythm
    ends_on = _lock_clock(work)
    if wanted == present and (wanted is None or ends_on is not None):
        return
    if present is not None:
        _close_ended(work, ends_on)
    values: dict[str, object] = {"report_ends_on": None}
    if wanted is not None:
        cutoff = work.book.rules(work.connection, work.item.rule_set_id).terms.report_cutoff_day
        last = select(func.max(History.recorded_at)).where(
            History.item_id == work.item.id, History.action.in_(REPORTING)
        )
        values = {
            "report_ends_on": find_first_owed(wanted, work.today, cutoff).ends_on,
            "reported_at": last.scalar_subquery(),
        }
    work.connection.execute(update(ItemClock).where(ItemClock.item_id == work.item.id).values(**values))
    work.changes["report_rhythm"] = wanted
    owed = _read_owed(work)
    if wanted is None:
        _answer(work, owed)
    else:
        work.item.reports_owed = owed


def require_plausible(work: Work) -> None:
    """Raise InvalidError for a percentage below the last one without its reason, and for a finish foreseen in the past.

    Both turn lights red and stand in the monthly report, and are mostly slips of the pen.
    """
    faults = []
    pct, last = work.values.get("progress_pct"), work.item.progress_pct
    if pct is not None and last is not None and pct < last and "lower_reason" not in work.values:
        said = Sentence(
            f"上次报告{last}%，这次{pct}%，进度降低了。请更正进度；确实降低的，请写明原因。",
            f"Last time {last}% was reported, now {pct}%: less than before. Correct it, or give the reason.",
        )
        faults.append(Fault("lower_reason", said))
    forecast_on = work.values.get("forecast_on")
    if forecast_on is not None and forecast_on < work.today:
        said = Sentence(
            f"预计完成日期{forecast_on}已过，而事项尚未办结。请填今天或以后的日期。",
            f"The forecast {forecast_on} has passed and the item is still open. Give today or a later day.",
        )
        faults.append(Fault("forecast_on", said))
    if faults:
        raise InvalidError(faults)


def answer_reports(work: Work) -> None:
    """Take the step as the report that the item owes; the episodes end with the step.

    The item is locked before its clocks: by the step that has written it, or by `lock_item`.
    """
    if work.item.kind not in RHYTHMIC or work.item.report_rhythm is None:
        return
    _close_ended(work, _lock_clock(work))
    owed = _read_owed(work)
    if not any(due_on >= work.today for _, due_on in owed):
        clock = update(ItemClock).where(ItemClock.item_id == work.item.id)
        work.connection.execute(clock.values(reported_at=work.now))
    _answer(work, owed)


def lock_item(work: Work) -> None:
    """Lock an item that the step has not written yet ahead of its clocks, and read its rhythm anew."""
    rhythm = select(Item.report_rhythm).where(Item.id == work.item.id)
    work.item.report_rhythm = work.connection.execute(rhythm.with_for_update()).scalar_one()


def _lock_clock(work: Work) -> date | None:
    """Lock the running episodes, then the clock (the sweep's order), and return when the running period ends."""
    running = select(Episode.id).where(Episode.item_id == work.item.id, Episode.ended_at.is_(None))
    work.connection.execute(running.order_by(Episode.id).with_for_update()).all()
    clock = select(ItemClock.report_ends_on).where(ItemClock.item_id == work.item.id)
    return work.connection.execute(clock.with_for_update()).scalar_one()


def _close_ended(work: Work, ends_on: date | None) -> None:
    if ends_on is not None and ends_on < work.today:
        close_of(work.connection, work.book, work.item.id, work.now)


def _read_owed(work: Work) -> tuple[tuple[str, date], ...]:
    rows = work.connection.execute(
        select(ReportOwed.period, ReportOwed.due_on)
        .where(ReportOwed.item_id == work.item.id, ReportOwed.answered_at.is_(None))
        .order_by(ReportOwed.period)
    )
    return tuple((row.period, row.due_on) for row in rows)


def _answer(work: Work, owed: tuple[tuple[str, date], ...]) -> None:
    if owed:
        mine = (ReportOwed.item_id == work.item.id) & ReportOwed.answered_at.is_(None)
        work.connection.execute(update(ReportOwed).where(mine).values(answered_at=work.now))
    work.item.reports_owed = ()


def answer_by_snapshots(connection: Connection, book: Rulebook, item_ids: Sequence[int], now: datetime) -> None:
    """Answer what the items owe for periods that a ledger has reported on, by its date or a later one."""
    rows = connection.execute(
        select(ReportOwed.id, ReportOwed.item_id, ReportOwed.period, Item.rule_set_id)
        .join(Item, Item.id == ReportOwed.item_id)
        .where(ReportOwed.item_id.in_(item_ids), ReportOwed.answered_at.is_(None))
        .order_by(ReportOwed.id)
    ).all()
    if not rows:
        return
    last = {
        row[0]: row[1]
        for row in connection.execute(
            select(ProgressSnapshot.item_id, func.max(ProgressSnapshot.as_of_on))
            .where(ProgressSnapshot.item_id.in_([row.item_id for row in rows]), ProgressSnapshot.raw.is_not(None))
            .group_by(ProgressSnapshot.item_id)
        )
    }
    answered = {}
    for row in rows:
        cutoff = book.rules(connection, row.rule_set_id).terms.report_cutoff_day
        if row.item_id in last and last[row.item_id] >= read_period(row.period, cutoff).starts_on:
            answered[row.id] = row.item_id
    if answered:
        connection.execute(update(ReportOwed).where(ReportOwed.id.in_(list(answered))).values(answered_at=now))
        reset_episodes_of(connection, book, load_many(connection, sorted(set(answered.values()))), now)
