"""What the steps of a slip set off: number, limit to answer, points, answer, appeal, close.

A limit is counted in working days from the day that the step counts as; while nobody waits for the department
(answered, appealed) there is none, so that no slip is called late for which the office is waited for. Points are
rows in the department's record; what an upheld appeal or a withdrawal takes back is a counter row.
"""

from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.engine import Connection

from app.models.escalation import Episode, Escalation
from app.models.item import Item
from app.models.supervision import DepartmentMark, Slip, SlipCover
from app.services.entering import search_text
from app.services.numbering import format_number, take_number
from app.services.working import FollowUp, Work
from workflows.slip import RED, YELLOW, is_red
from workflows.terms import Terms

# Built once: each issue of a large batch runs them.
_LEVEL = select(Slip.level).where(Slip.item_id == bindparam("slip_id"))
_LOCK = select(Item.id).where(Item.id == bindparam("slip_id")).with_for_update()
_EARLIER_YELLOW = (
    select(func.count())
    .select_from(Slip)
    .join(Item, Item.id == Slip.item_id)
    .where(
        Item.parent_id == bindparam("matter_id"),
        Item.owner_department_id == bindparam("department_id"),
        Item.id != bindparam("slip_id"),
        Item.state != "withdrawn",
        Slip.level == YELLOW,
        Slip.issued_at.is_not(None),
    )
)
_WRITE = update(Slip).where(Slip.item_id == bindparam("slip_id"))


class _Mark(NamedTuple):
    points: int
    reason: str


def _terms(work: Work) -> Terms:
    return work.book.rules(work.connection, work.item.rule_set_id).terms


def _level(work: Work) -> int:
    return int(work.connection.execute(_LEVEL, {"slip_id": work.item.id}).scalar_one())


def _write(work: Work, **values: Any) -> None:  # noqa: ANN401  # columns of the slip's own table
    work.connection.execute(_WRITE, {"slip_id": work.item.id, **values})


def write_demand(work: Work) -> None:
    """Write what is demanded, in the office's words."""
    _write(work, demand=work.values["demand"])


def give_number(work: Work) -> None:
    """Give the slip the next number of its colour and of the city's year: 督〔2026〕17号.

    The slip's row is locked first: who loses a race for it takes no number, and no two issuers wait for each other.
    """
    work.connection.execute(_LOCK, {"slip_id": work.item.id}).scalar_one()
    terms = _terms(work)
    # Colours with one sign share one series, or two papers would carry one number.
    is_shared = terms.red_sign == terms.yellow_sign
    level = RED if is_shared else _level(work)
    sign = terms.red_sign if is_red(level) else terms.yellow_sign
    year = work.today.year
    taken = take_number(work.connection, "slip.red" if is_red(level) else "slip.yellow", year, "")
    number = format_number(sign, year, taken)
    work.changes |= {"number": number, "search_text": search_text(work.item.title, number)}
    work.values["number"] = number


def set_answer_limit(work: Work) -> None:
    """Count the limit to answer from now; the first one is what the record keeps as the original."""
    calendar = work.book.calendar(work.connection, work.item.calendar_revision)
    terms = _terms(work)
    span = terms.red_answer if is_red(_level(work)) else terms.yellow_answer
    start_on = calendar.start_day(work.now)
    due_on = calendar.add_workdays(start_on, span.count)
    work.changes |= {
        "due_on": due_on,
        "due_source": "computed",
        "due_basis": {"from": start_on.isoformat(), "workdays": span.count},
    }
    if work.item.original_due_on is None:
        work.changes["original_due_on"] = due_on
    work.values["answer_by"] = due_on


def charge_department(work: Work) -> None:
    """Put what the slip costs into its department's record: nothing, or points with their reason."""
    mark = _price(work)
    if mark.points:
        _write_mark(work, mark)
    _write(work, issued_at=work.now, issue_at=None, points=mark.points)


def _price(work: Work) -> _Mark:
    terms = _terms(work)
    if is_red(_level(work)):
        return _Mark(terms.red_points, "red")
    place = {
        "matter_id": work.item.parent_id, "department_id": work.item.owner_department_id, "slip_id": work.item.id,
    }  # fmt: skip
    if work.connection.execute(_EARLIER_YELLOW, place).scalar_one():
        return _Mark(terms.second_yellow_points, "second_yellow")
    return _Mark(terms.yellow_points, "yellow")


def _write_mark(work: Work, mark: _Mark) -> None:
    row = {
        "department_id": work.item.owner_department_id, "slip_id": work.item.id, "points": mark.points,
        "reason": mark.reason, "on_day": work.today, "recorded_at": work.now,
    }  # fmt: skip
    work.connection.execute(insert(DepartmentMark), row)


def refund_department(work: Work) -> None:
    """Take back what the slip has cost, by a counter row for whoever was charged; nothing twice."""
    charged = work.connection.execute(
        select(DepartmentMark.department_id, func.sum(DepartmentMark.points))
        .where(DepartmentMark.slip_id == work.item.id)
        .group_by(DepartmentMark.department_id)
        .order_by(DepartmentMark.department_id)
    ).all()
    reason = {"uphold": "appeal_upheld"}.get(work.step.action, "withdrawn")
    rows = [
        {
            "department_id": department_id, "slip_id": work.item.id, "points": -points, "reason": reason,
            "on_day": work.today, "recorded_at": work.now,
        }
        for department_id, points in charged
        if points
    ]  # fmt: skip
    if rows:
        work.connection.execute(insert(DepartmentMark), rows)
    _write(work, issue_at=None)


def write_answer(work: Work) -> None:
    """Keep the answer with the limit that it met or missed; while it is looked at, no limit runs."""
    _write(work, answer=work.values["answer"], promised_on=work.values.get("promised_on"))
    _end_limit(work)


def mark_appeal(work: Work) -> None:
    """Note the one appeal that a slip allows; while it is decided, no limit runs."""
    _write(work, appealed_at=work.now)
    _end_limit(work)


def _end_limit(work: Work) -> None:
    limit_on = work.item.due_on
    work.values |= {"limit_on": limit_on, "is_late": limit_on is not None and work.today > limit_on}
    work.changes |= {"due_on": None, "due_source": "typed", "due_basis": None}


def close_if_settled(work: Work) -> None:
    """Close the accepted slip when its matter has moved already."""
    if is_settled(work.connection, work.item.id):
        work.follow_ups.append(FollowUp(work.item.id, "close"))


def is_settled(connection: Connection, slip_id: int) -> bool:
    """Whether every cause that the slip covers has been answered."""
    running = (
        select(Episode.id)
        .join(Escalation, Escalation.episode_id == Episode.id)
        .join(SlipCover, SlipCover.escalation_id == Escalation.id)
        .where(SlipCover.slip_id == slip_id, Episode.ended_at.is_(None))
        .limit(1)
    )
    return connection.execute(running).first() is None
