"""In which capacity somebody acts: a choice among several posts is theirs, and nobody judges what they submitted.

Who submitted is asked of the history, by person, across posts and delegations.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, exists, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import Fault, ForbiddenError, InvalidError, Sentence
from app.models.record import History
from app.services.loading import Loaded
from workflows.interpreter import CompiledStep
from workflows.roles import Capacity, Role

OWN_SUBMISSION = "own_submission"
OWN_SUBMISSION_SAID = Sentence(
    "不能审批自己提交的事项，请由他人办理。", "Nobody approves what they submitted; somebody else must."
)

_LATER = aliased(History)
_LAST_BY = select(History.actor_id, History.on_behalf_of).where(
    History.item_id == bindparam("item_id"),
    History.action.in_(bindparam("actions", expanding=True)),
    ~exists().where(_LATER.item_id == History.item_id, _LATER.action == History.action, _LATER.seq > History.seq),
)


def several_fit(capacities: Iterable[Capacity]) -> InvalidError:
    """Return the error for whoever could act in several posts and named none."""
    posts = ", ".join(str(post_id) for post_id in dict.fromkeys(one.post_id for one in capacities))
    said = Sentence(
        f"您有多个身份可办，请选定其一（as：{posts}）。", f"Several of your posts fit; choose one (as: {posts})."
    )
    return InvalidError([Fault("as", said)])


def find_last_people(connection: Connection, item: Loaded, actions: str) -> frozenset[int]:
    """Return who took one of the actions (by comma) last, and for whom it was done."""
    rows = connection.execute(_LAST_BY, {"item_id": item.id, "actions": actions.split(",")})
    return frozenset(one for row in rows for one in row if one is not None)


def name_submitting(opener: CompiledStep) -> str:
    """Return the actions, by comma, whose actors do not sign what `opener` puts before the signers."""
    return f"{opener.action},{opener.not_by}" if opener.not_by else opener.action


def refuse_own(found: Sequence[tuple[Capacity, Role]], people: frozenset[int]) -> list[tuple[Capacity, Role]]:
    """Return the capacities in which none of `people` would judge what they did; ForbiddenError when none is left.

    Judged by person, across posts and delegations: whoever acts, whom they act for, and who lent it on.
    """
    left = [pair for pair in found if pair[0].people.isdisjoint(people)]
    if found and not left:
        raise ForbiddenError(OWN_SUBMISSION, OWN_SUBMISSION_SAID)
    return left
