"""What pages and API share about leadership groups: rules in yuan, drafts, proposals filed and put forward at once."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection

from app.core.errors import Fault, InvalidError, Sentence
from app.core.money import AmountError, parse_amount, to_decimal_string
from app.edge.auth import require_actor
from app.edge.context import Context, Unit
from app.policy.people import Actor
from app.services.act import Act
from app.services.loading import load
from app.services.meeting.group.changing import ChangeLine, file_change
from app.services.meeting.group.founding import NewGroup, NewSeat, require_office
from app.services.meeting.group.ruling import file_rules
from app.services.organisation.department import find_department
from app.services.recording import Acting
from app.services.transitions import Request, perform
from workflows.meeting.procedure import read_procedure

UP_TO = "deputies_approve_up_to"
_FEN = "deputies_fen"
#: What the services refuse as no amount.
_NO_AMOUNT = -1
_UNKNOWN = Sentence("没有这项规则。", "There is no such rule.")


def make_office_act(context: Context, unit: Unit, person_id: int, source: str) -> tuple[Act, Actor]:
    """Return what the office's write to a group takes along; ForbiddenError for everybody else."""
    actor = require_actor(unit, person_id)
    capacity = require_office(actor, "leadership_group")
    acting = Acting(person_id, capacity.duty.value, capacity)
    return Act(unit.connection(), acting, context.now(), context.today(), source), actor


def show_rules(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return rules of procedure as the API and the forms have them: every one, amounts as texts in yuan."""
    plain = read_procedure(dict(body)).body()
    fen = plain.pop(_FEN)
    return plain | {UP_TO: None if fen is None else to_decimal_string(fen)}


def read_rules(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return given rules as the services take them, which tell what is wrong with each, amounts included.

    InvalidError for the name that an amount has inside.
    """
    plain = dict(given)
    if _FEN in plain:
        raise InvalidError([Fault(f"rules.{_FEN}", _UNKNOWN)])
    if UP_TO in plain:
        plain[_FEN] = _read_amount(plain.pop(UP_TO))
    return plain


def _read_amount(value: Any) -> int | None:  # noqa: ANN401  # outside input
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return _NO_AMOUNT
    try:
        return parse_amount(value)
    except AmountError:
        return _NO_AMOUNT


def make_group(connection: Connection, given: Mapping[str, Any], parent_id: int | None) -> NewGroup:
    """Return the group that loaded values describe; what is wrong with it is for the service to tell, all at once."""
    # A department that is none is told of by the service, with everything else that is wrong.
    office_id = find_department(connection, given["office"]) or 0
    rules = read_rules(given["rules"])
    return NewGroup(
        given["title"], office_id, given["term_from_on"], given["term_until_on"], parent_id, given["duties"],
        given["document"], rules,
        [NewSeat(one["role"], one["post"], one["rank"]) for one in given["seats"]],
    )  # fmt: skip


def propose_change(
    context: Context, unit: Unit, act: Act, actor: Actor, group_id: int, version: int | None, given: Mapping[str, Any]
) -> dict[str, Any]:
    """File a change of members and put it before the leader; return where the group stands then."""
    lines = [ChangeLine(one["op"], one["seat"], one["role"], one["post"], one["rank"]) for one in given["lines"]]
    number = file_change(act, actor, group_id, version, lines, given["reason"])
    return _put_forward(context, unit, act, group_id, version, "propose_change", given["reason"]) | {"change": number}


def propose_rules(
    context: Context, unit: Unit, act: Act, actor: Actor, group_id: int, version: int | None, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Keep rules of procedure as proposed and put them before the leader; return where the group stands then."""
    file_rules(act, actor, group_id, version, read_rules(given["rules"]))
    return _put_forward(context, unit, act, group_id, version, "propose_rules", given["reason"])


def _put_forward(
    context: Context, unit: Unit, act: Act, group_id: int, version: int | None, action: str, reason: str
) -> dict[str, Any]:
    request = Request(action, {"reason": reason}, version, source=act.source)
    perform(unit, context.book, act.acting.person_id, act.now, group_id, request)
    return tell_group(act.connection, group_id)


def tell_group(connection: Connection, group_id: int) -> dict[str, Any]:
    """Return id, state and version of a group after a write."""
    item = load(connection, group_id)
    return {"id": group_id, "state": item.state, "version": item.version}
