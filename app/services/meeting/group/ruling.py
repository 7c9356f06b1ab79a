"""Rules of procedure of an established group are proposed by the office and adopted by the leader."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from app.core.errors import ConflictError, Fault, InvalidError, NotFoundError, Sentence, StaleError
from app.models.group import LeadershipGroup
from app.policy.people import Actor
from app.services.act import Act
from app.services.loading import load_for_actor
from app.services.meeting.group.founding import require_office, tell_wrong_rules
from workflows.meeting.procedure import WrongProcedureError, read_procedure

_NOT_ESTABLISHED = Sentence(
    "只有已成立的领导小组可以提出议事规则；筹建中的直接修改。",
    "Rules are proposed once the group is established; those of a draft are simply amended.",
)
_SAME = Sentence("与现行规则相同。", "These are the rules in force.")


def file_rules(act: Act, actor: Actor, group_id: int, version: int | None, given: Mapping[str, Any]) -> None:
    """Keep rules of procedure as proposed, in place of those proposed before; the step `propose_rules` follows.

    `given` are plain values (`workflows.meeting.procedure`), what is left out stays as it is in force.
    NotFoundError, ForbiddenError outside the office, StaleError on another version, ConflictError unless established,
    InvalidError.
    """
    group, _ = load_for_actor(act.connection, group_id, actor.person_id, act.now, act.today, lock=True)
    if group.kind != "leadership_group":
        raise NotFoundError
    require_office(actor, "leadership_group")
    if version != group.version:
        raise StaleError(group.version, version)
    if group.state != "established":
        raise ConflictError("wrong_state", _NOT_ESTABLISHED)
    now = act.connection.execute(
        select(LeadershipGroup.procedure).where(LeadershipGroup.item_id == group_id).with_for_update()
    ).scalar_one()
    body = check_rules({**now, **given}).body()
    if _strip_order(body) == _strip_order(read_procedure(dict(now)).body()):
        raise InvalidError([Fault("rules", _SAME)])
    mine = LeadershipGroup.item_id == group_id
    act.connection.execute(update(LeadershipGroup).where(mine).values(procedure_proposed=body))
    act.audit("file_rules", f"item:{group_id}", item_id=group_id, before=dict(now), after=body)


def _strip_order(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return rules to be compared: the order of seats says something only where they chair."""
    plain = {name: sorted(value) if isinstance(value, list) else value for name, value in body.items()}
    return plain | {"invited": {forum: sorted(seats) for forum, seats in body["invited"].items()}}


def check_rules(given: Mapping[str, Any]) -> Any:  # noqa: ANN401  # a Procedure
    """Return the rules of `given`; InvalidError names each fault at `rules.<place>`."""
    try:
        return read_procedure(given)
    except WrongProcedureError as error:
        raise InvalidError(tell_wrong_rules(error)) from error
