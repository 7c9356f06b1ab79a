"""How decisions stand, in SQL: the twin of `workflows.meeting.follow_up.Fate.standing`; a test compares them."""

from datetime import date

from sqlalchemy import ColumnElement, and_, case, or_

from app.models.item import Item
from app.models.topic import Decision
from workflows.meeting.follow_up import Fate

#: States of decisions that count: struck out ones and those not issued yet are none.
COUNTED = ("in_force", "done", "recorded", "revoked")
#: States in which a decision waits to be carried out.
OPEN = "in_force"


def standing_of(today: date, *, as_then: bool = False) -> ColumnElement[str]:
    """Return the expression for how the decision of the row stands on a day; columns of Item and Decision.

    `as_then`: a past day is told as it was then, so that what was settled later is not done yet.
    """
    is_done = Item.state == "done"
    if as_then:
        is_done = and_(is_done, or_(Decision.settled_on.is_(None), Decision.settled_on <= today))
    return case(
        (or_(Decision.is_information, Item.state == "recorded"), "information"),
        (Item.state == "revoked", "dropped"),
        (and_(is_done, Item.due_on.is_not(None), Decision.settled_on > Item.due_on), "done_late"),
        (is_done, "done_in_time"),
        (Item.due_on.is_(None), "undated"),
        (Item.due_on < today, "late"),
        else_="open",
    )


def make_fate(
    state: str,
    due_on: date | None,
    settled_on: date | None,
    *,
    is_information: bool,
    changed_on: date | None = None,
    decided_on: date | None = None,
) -> Fate:
    """Return the fate of a decision as it is stored; one that is done without a day counts as done in time."""
    done_on = (settled_on or due_on or date.min) if state == "done" else None
    return Fate(due_on, done_on, is_information or state == "recorded", state == "revoked", changed_on, decided_on)
