"""Who does what in a call: finance keeps it, departments enter requests, reviewers score, a second person decides.

Calls are read by whoever reads funds. Scores: a reviewer's own at once, those of the others when all are in or scoring
is closed; keepers, the leadership group and auditors see all of them, while they score themselves only as reviewers do.
"""

from collections.abc import Iterable

from sqlalchemy import and_, or_, select
from sqlalchemy.engine import Connection

from app.core.errors import ForbiddenError, Sentence
from app.models.call import CallEntry, CallReviewer, CallScore
from app.models.item import Item
from app.models.organisation import Holding, Post
from app.policy.fund import find_keeper
from app.policy.people import Actor
from workflows.roles import Capacity, Duty

_HEAD_ONLY = Sentence("由该资金主管部门的负责人决定。", "The head of the department that manages the fund decides.")
_LEADERS_ONLY = Sentence(
    "总额达到报批标准，由领导小组决定。", "The cap reaches the fund's threshold: the leadership group decides."
)
_OVERSEERS = (Duty.LEADER, Duty.AUDITOR)


def find_decider(actor: Actor, department_id: int, cap_fen: int, *, is_high: bool) -> Capacity | None:
    """Return the capacity in which somebody decides a call of a fund that `department_id` manages.

    Of the leaders' posts only those to which the rules of procedure leave allocations of `cap_fen`.
    """
    for capacity in actor.general:
        is_head = capacity.duty is Duty.HEAD and capacity.department_id == department_id
        is_leader = capacity.duty is Duty.LEADER and capacity.serves("allocation", cap_fen)
        if is_leader if is_high else is_head:
            return capacity
    return None


def require_decider(actor: Actor, department_id: int, cap_fen: int, *, is_high: bool) -> Capacity:
    """Return that capacity; ForbiddenError when there is none."""
    capacity = find_decider(actor, department_id, cap_fen, is_high=is_high)
    if capacity is None:
        raise ForbiddenError("call_deciders_only", _LEADERS_ONLY if is_high else _HEAD_ONLY)
    return capacity


def may_see_scores(actor: Actor, department_id: int) -> bool:
    """Whether somebody sees all scores of calls of a fund that `department_id` manages, when they do not score."""
    return find_keeper(actor, department_id) is not None or any(one.duty in _OVERSEERS for one in actor.general)


def has_interest(actor: Actor, owner_department_id: int | None, section_id: int | None, drafted_by: int) -> bool:
    """Whether somebody may not score a request: they drafted it, or act for the department that asks."""
    own = {one.department_id for one in actor.capacities}
    return actor.person_id == drafted_by or owner_department_id in own or section_id in own


def list_missing(connection: Connection, call_id: int, today: object) -> list[tuple[int, int]]:
    """Return (entry, reviewer) for each score that is still owed: no interest in it, no points yet. One statement.

    Only requests that still take part count.
    """
    interested = (
        select(Holding.post_id)
        .join(Post, Post.id == Holding.post_id)
        .where(
            Holding.person_id == CallReviewer.person_id,
            Holding.from_on <= today,
            or_(Holding.to_on.is_(None), Holding.to_on > today),
            or_(Post.department_id == Item.owner_department_id, Post.department_id == Item.section_id),
        )
        .exists()
    )
    scored = (
        select(CallScore.entry_id)
        .where(CallScore.entry_id == CallEntry.id, CallScore.reviewer_id == CallReviewer.person_id)
        .exists()
    )
    rows = connection.execute(
        select(CallEntry.id, CallReviewer.person_id)
        .join(Item, Item.id == CallEntry.item_id)
        .join(CallReviewer, CallReviewer.call_id == CallEntry.call_id)
        .where(
            and_(CallEntry.call_id == call_id, CallEntry.withdrawn_at.is_(None), Item.closed_at.is_(None)),
            Item.created_by != CallReviewer.person_id,
            ~interested,
            ~scored,
        )
        .order_by(CallEntry.id, CallReviewer.person_id)
    )
    return [(row[0], row[1]) for row in rows]


def sees_other_scores(actor: Actor, department_id: int, reviewers: Iterable[int], *, is_done: bool) -> bool:
    """Whether somebody sees what others scored; `is_done`: all scores are in, or scoring is closed."""
    is_reviewer = actor.person_id in set(reviewers)
    if is_reviewer:
        return is_done
    return may_see_scores(actor, department_id)
