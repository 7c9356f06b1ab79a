"""Delegations: offered by the principal or, for somebody who cannot, by the coordination office; answered; ended.

Nothing has effect before the substitute accepts. Nothing is moved: what waits for the principal waits for the
substitute too while it runs (app/policy/lending.py), and both may act.
"""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, insert, update

from app.core.errors import ConflictError, Fault, ForbiddenError, InvalidError, NotFoundError, Sentence
from app.core.text import clean
from app.models.delegation import Delegation
from app.policy.people import find_actor
from app.services.act import Act
from app.services.delegation.checking import (
    NewDelegation,
    check_form,
    check_principal,
    check_substitute,
    read_others,
    refuse_conflicts,
    refuse_substitute,
)
from app.services.delegation.telling import (
    ACCEPTED,
    BEGINS,
    DECLINED,
    ENDED_EARLY,
    ENDS,
    OFFERED,
    call_off,
    read_row,
    tell,
)
from workflows.delegation.period import REASON_MAX, Period, Stage, find_stage
from workflows.roles import Duty

NO_DELEGATION = ("没有这项代理。", "There is no such delegation.")
_NOT_YOURS = Sentence(
    "代理由本人办理；本人无法办理的，由协调办代为登记。",
    "A person makes it for themself; for somebody who cannot, the coordination office does.",
)


def offer_delegation(act: Act, given: NewDelegation, zone: ZoneInfo) -> int:
    """Offer a delegation to its substitute and return its id; one that is offered already is not offered again.

    ForbiddenError for anybody but the principal and the office; InvalidError with every fault; ConflictError for a
    second substitute in the same matters (named, with its dates) and for a loop (named).
    """
    maker_id = act.acting.person_id
    by_office = maker_id != given.principal_id
    if by_office:
        _require_office(act)
    act.take_turn("delegation")
    faults = check_form(given, act.now, zone)
    faults += check_principal(act.connection, given, act.now, act.today)
    faults += check_substitute(act.connection, given, maker_id, act.today)
    if faults:
        raise InvalidError(faults)
    same = next((one.id for one in read_others(act.connection, act.now) if one.is_same(given)), None)
    if same is not None:
        return same
    refuse_conflicts(act.connection, given, act.now, zone)
    values: dict[str, Any] = {
        "principal_id": given.principal_id, "substitute_id": given.substitute_id, "from_at": given.from_at,
        "to_at": given.to_at, "posts": None if given.posts is None else sorted(set(given.posts)),
        "kinds": None if given.kinds is None else sorted(set(given.kinds)), "amount_max_fen": given.amount_max_fen,
        "reason": clean(given.reason, newlines=True),
    }  # fmt: skip
    made = {"made_by": maker_id, "made_at": act.now, "is_by_office": by_office}
    delegation_id: int = act.connection.execute(
        insert(Delegation).values(values | made).returning(Delegation.id)
    ).scalar_one()
    act.audit("offer_delegation", f"delegation:{delegation_id}", after=values | {"is_by_office": by_office})
    tell(act, _require(act, delegation_id), OFFERED)
    return delegation_id


def _require_office(act: Act) -> None:
    """Let only who holds an office post themself go on: what is lent is not lent to lend others."""
    actor = find_actor(act.connection, act.acting.person_id, act.today)
    if actor is None or not actor.has(Duty.OFFICE):
        raise ForbiddenError("not_yours", _NOT_YOURS)


def accept_delegation(act: Act, delegation_id: int, zone: ZoneInfo) -> None:
    """Accept as the substitute; it runs from its beginning, or from now on when that is past. Idempotent.

    NotFoundError for whom it does not concern, ForbiddenError for the other side, ConflictError when it cannot be
    accepted any more: ended, declined, lapsed, or the rules do not hold any longer.
    """
    act.take_turn("delegation")
    row = _require_mine(act, delegation_id)
    _require_substitute(act, row)
    if _stage(act, row) in (Stage.ACCEPTED, Stage.RUNNING):
        return
    _require_offered(act, row)
    given = NewDelegation(
        row.principal_id, row.substitute_id, row.from_at, row.to_at, row.reason,
        None if row.posts is None else tuple(row.posts), None if row.kinds is None else tuple(row.kinds),
    )  # fmt: skip
    said = refuse_substitute(find_actor(act.connection, row.substitute_id, act.today))
    faults = check_principal(act.connection, given, act.now, act.today)
    if said is not None or faults:
        raise ConflictError("delegation_outdated", said or faults[0].sentence)
    refuse_conflicts(act.connection, given, act.now, zone, except_id=delegation_id)
    _write(act, row, accepted_at=act.now)
    act.audit("accept_delegation", f"delegation:{delegation_id}", after={"accepted_at": act.now})
    tell(act, row, ACCEPTED)
    tell(act, row, BEGINS, at=max(row.from_at, act.now))
    tell(act, row, ENDS, at=row.to_at)


def decline_delegation(act: Act, delegation_id: int, note: str | None = None) -> None:
    """Decline as the substitute, who may say why. Idempotent. Errors as of `accept_delegation`."""
    act.take_turn("delegation")
    row = _require_mine(act, delegation_id)
    _require_substitute(act, row)
    if row.declined_at is not None:
        return
    _require_offered(act, row)
    said = _read_note(note)
    _write(act, row, declined_at=act.now, note=said)
    act.audit("decline_delegation", f"delegation:{delegation_id}", after={"declined_at": act.now, "note": said})
    tell(act, row, DECLINED, note=said)


def end_delegation(act: Act, delegation_id: int, note: str | None = None) -> None:
    """End it with effect at once, as one of both sides, or as the office one that it made. Idempotent.

    Before it was accepted, the offer is taken back. NotFoundError for whom it does not concern; ConflictError for
    what was declined or lapsed.
    """
    act.take_turn("delegation")
    row = _require_mine(act, delegation_id)
    stage = _stage(act, row)
    if stage is Stage.ENDED:
        return
    if stage in (Stage.DECLINED, Stage.LAPSED):
        raise ConflictError(
            "delegation_over", Sentence("这项代理已谢绝或逾期，无需结束。", "It was declined or has lapsed already.")
        )
    said = _read_note(note)
    _write(act, row, ended_at=act.now, ended_by=act.acting.person_id, note=said)
    act.audit("end_delegation", f"delegation:{delegation_id}", before={"stage": stage.value},
              after={"ended_at": act.now, "note": said})  # fmt: skip
    call_off(act, row, (BEGINS, ENDS))
    tell(act, row, ENDED_EARLY, note=said)


def _require(act: Act, delegation_id: int) -> Row[Any]:
    row = read_row(act, delegation_id)
    if row is None:
        raise NotFoundError(*NO_DELEGATION)
    return row


def _require_mine(act: Act, delegation_id: int) -> Row[Any]:
    """Return the row for one of both sides, and for the office when it made it; NotFoundError for anybody else."""
    row = _require(act, delegation_id)
    if act.acting.person_id in (row.principal_id, row.substitute_id):
        return row
    actor = find_actor(act.connection, act.acting.person_id, act.today)
    if actor is not None and actor.has(Duty.OFFICE):
        if row.is_by_office:
            return row
        raise ForbiddenError("not_yours", Sentence("由双方本人办理。", "This is for the two sides themselves."))
    raise NotFoundError(*NO_DELEGATION)


def _require_substitute(act: Act, row: Row[Any]) -> None:
    if act.acting.person_id != row.substitute_id:
        raise ForbiddenError("not_yours", Sentence("由代理人本人答复。", "The substitute answers themself."))


def _require_offered(act: Act, row: Row[Any]) -> None:
    stage = _stage(act, row)
    if stage is not Stage.OFFERED:
        raise ConflictError(
            "delegation_answered",
            Sentence("这项代理已答复、结束或逾期。", "It was answered, has ended or has lapsed already."),
        )


def _stage(act: Act, row: Row[Any]) -> Stage:
    return find_stage(
        Period(row.from_at, row.to_at), act.now, accepted_at=row.accepted_at, declined_at=row.declined_at,
        ended_at=row.ended_at,
    )  # fmt: skip


def _read_note(note: str | None) -> str | None:
    said = clean(note or "", newlines=True)
    if len(said) > REASON_MAX:
        raise InvalidError([Fault("note", Sentence(f"最多{REASON_MAX}字。", f"At most {REASON_MAX} characters."))])
    return said or None


def _write(act: Act, row: Row[Any], **values: Any) -> None:  # noqa: ANN401  # columns of the table
    act.connection.execute(update(Delegation).where(Delegation.id == row.id).values(values))
