"""Who may see and do what about the rules (decision 0028).

The rules in force and their versions are known to everybody who is logged in. Drafts are written by the coordination
office and administrators; published by the office's director or the leadership group, never by who wrote in the draft;
open items are moved by the office. What is lent for some kinds of items counts for none of it.
"""

from app.policy.people import Actor
from workflows.roles import Capacity, Duty


def find_drafting(actor: Actor) -> Capacity | None:
    """Return the capacity in which the person drafts changes of rules; None for who may not."""
    return _find(actor, Duty.OFFICE) or _find(actor, Duty.ADMIN)


def find_publishing(actor: Actor) -> Capacity | None:
    """Return the capacity in which the person publishes changes: the office's director, the leadership group."""
    directors = (one for one in actor.general if one.duty is Duty.OFFICE and one.is_director)
    return next(directors, None) or _find(actor, Duty.LEADER)


def find_moving(actor: Actor) -> Capacity | None:
    """Return the capacity in which the person moves open items to another version of the rules."""
    return _find(actor, Duty.OFFICE)


def may_see_drafts(actor: Actor) -> bool:
    """Whether the person sees changes that are not published: who writes, publishes or audits them."""
    return actor.has(Duty.OFFICE, Duty.ADMIN, Duty.LEADER, Duty.AUDITOR)


def _find(actor: Actor, duty: Duty) -> Capacity | None:
    return next((one for one in actor.general if one.duty is duty), None)
