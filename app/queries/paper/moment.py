"""How work stood at an instant: state, due date, light, and when it was sent in; columns beside the item of the row.

A paper of a month that is over tells that month, whatever was granted, suspended or finished since. For what is
told as of now the present columns say the same and cost nothing: use these.
"""

from datetime import date, datetime

from sqlalchemy import ColumnElement, Date, and_, case, exists, func, or_, select

from app.models.item import Item, LightChange
from app.models.record import Audit, History

#: Kinds whose due date is one of completion; a slip's or request's is a limit of another sort.
WORK = ("project", "task", "share")
#: The steps with which work is sent in for its check.
_SENT_IN = ("submit", "apply")
#: The states in which work has been carried out; one that was cancelled, split or withdrawn is closed and not finished.
IS_FINISHED = or_(
    and_(Item.kind == "project", Item.state == "closed"),
    and_(Item.kind == "task", Item.state == "done"),
    and_(Item.kind == "share", Item.state == "accepted"),
)
_AFTER, _BEFORE = Audit.after["due_on"].as_string(), Audit.before["due_on"].as_string()


def state_at(instant: datetime) -> ColumnElement[str | None]:
    """Return the state in which the item was just before an instant; NULL when it was not there yet."""
    return (
        select(History.to_state)
        .where(History.item_id == Item.id, History.occurred_at < instant)
        .order_by(History.seq.desc())
        .limit(1)
        .correlate(Item)
        .scalar_subquery()
    )


def due_on_at(instant: datetime) -> ColumnElement[date | None]:
    """Return the item's due date just before an instant, of the audit of what has moved it since.

    An item entered after the instant, as a ledger's is whose reports are older, has the date that it has now.
    """
    later = and_(Audit.item_id == Item.id, Audit.occurred_at >= instant, _AFTER.is_not(None))
    replaced = select(_BEFORE).where(later).order_by(Audit.id).limit(1).correlate(Item).scalar_subquery()
    known = (
        select(_AFTER)
        .where(Audit.item_id == Item.id, Audit.occurred_at < instant, _AFTER.is_not(None))
        .order_by(Audit.id.desc())
        .limit(1)
        .correlate(Item)
        .scalar_subquery()
    )
    # A step's audit holds the new date alone: what it replaced stands in the row before.
    then = func.date(func.coalesce(replaced, known), type_=Date)
    has_moved = and_(Item.created_at < instant, exists().where(later).correlate(Item))
    return case((has_moved, then), else_=Item.due_on)


def light_on(day: date) -> ColumnElement[str | None]:
    """Return the light that the item had on a day, as the sweep noted it; NULL when none was noted by then."""
    return (
        select(LightChange.light)
        .where(LightChange.item_id == Item.id, LightChange.on_day <= day)
        .order_by(LightChange.on_day.desc(), LightChange.id.desc())
        .limit(1)
        .correlate(Item)
        .scalar_subquery()
    )


def last_sent_at(until: datetime) -> ColumnElement[datetime]:
    """Return when the item was last sent in before `until`, by which its time is judged; NULL when it never was."""
    return (
        select(func.max(History.occurred_at))
        .where(History.item_id == Item.id, History.action.in_(_SENT_IN), History.occurred_at < until)
        .correlate(Item)
        .scalar_subquery()
    )
