"""Who reads funds and their ledgers, for pages and API: everybody with a post, each as far as their post goes."""

from app.core.errors import ForbiddenError, Sentence
from app.edge.auth import require_actor
from app.edge.context import Unit
from app.policy.fund import Sight, find_sight, may_see_funds
from app.policy.people import Actor

_POSTS_ONLY = Sentence(
    "专项资金由在岗人员查看，系统管理员除外。",
    "Special funds are for whoever holds a post, administrators' posts apart.",
)


def require_viewer(unit: Unit, person_id: int) -> Actor:
    """Return the caller, who sees funds with their rules and sums; ForbiddenError for whoever sees none."""
    actor = require_actor(unit, person_id)
    if not may_see_funds(actor):
        raise ForbiddenError("funds_for_posts", _POSTS_ONLY)
    return actor


def require_sight(actor: Actor, department_id: int) -> Sight:
    """Return what somebody sees of the ledger of a fund that `department_id` manages; ForbiddenError: nothing."""
    sight = find_sight(actor, department_id)
    if sight is None:
        raise ForbiddenError("funds_for_posts", _POSTS_ONLY)
    return sight
