"""A call held for a write: its row locked, its version and state compared, moved on with its audit row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, NotFoundError, Sentence, StaleError
from app.models.call import FundCall
from app.models.fund import Fund
from app.services.act import Act
from app.services.fund.standing import find_rules
from workflows.money.call import CALL_STATE_LABELS

NO_CALL = ("没有这个申报通知，或您无权查看。", "No such call, or not for you to see.")


@dataclass(frozen=True, slots=True)
class HeldCall:
    """A call as a write sees it; `is_high`: its cap reaches the fund's threshold for the leadership group."""

    id: int
    fund_id: int
    fund_department_id: int
    year: int
    title: str
    opens_on: date
    closes_on: date
    cap_fen: int
    criteria: list[dict[str, Any]]
    state: str
    version: int
    is_high: bool

    @property
    def weights(self) -> list[int]:
        """The criteria's weights, in their order."""
        return [int(one["weight"]) for one in self.criteria]


def read_call(connection: Connection, call_id: int, today: date, *, lock: bool = False) -> HeldCall:
    """Return a call, its row locked until the unit ends with `lock`; NotFoundError when there is none."""
    statement = (
        select(
            FundCall.id, FundCall.fund_id, Fund.department_id, FundCall.year, FundCall.title, FundCall.opens_on,
            FundCall.closes_on, FundCall.cap_fen, FundCall.criteria, FundCall.state, FundCall.version,
        )
        .join(Fund, Fund.id == FundCall.fund_id)
        .where(FundCall.id == call_id)
    )  # fmt: skip
    row = connection.execute(statement.with_for_update(of=FundCall) if lock else statement).first()
    if row is None:
        raise NotFoundError(*NO_CALL)
    rule = find_rules(connection, [row.fund_id], today).get(row.fund_id)
    threshold = rule.leaders_from_fen if rule else None
    return HeldCall(*[*row, threshold is not None and row.cap_fen >= threshold])


def require_version(call: HeldCall, version: int | None) -> None:
    """StaleError unless the caller acts on the present version."""
    if version != call.version:
        raise StaleError(call.version, version)


def require_state(call: HeldCall, states: Sequence[str]) -> None:
    """ConflictError unless the call is in one of some states; the sentence says where it stands."""
    if call.state in states:
        return
    now = CALL_STATE_LABELS[call.state]
    raise ConflictError(
        "wrong_call_state",
        Sentence(f"该申报通知现为“{now.zh}”，不能这样办理。", f"The call is {now.en}; this cannot be done now."),
    )


def move(act: Act, call: HeldCall, action: str, **values: Any) -> int:  # noqa: ANN401  # columns
    """Write columns of a held call with its next version and the audit row; return that version."""
    moved = update(FundCall).where(FundCall.id == call.id, FundCall.version == call.version)
    new = {**values, "version": call.version + 1, "changed_at": act.now}
    if act.connection.execute(moved.values(**new)).rowcount != 1:
        raise StaleError(call.version + 1, call.version)
    after = {key: value for key, value in values.items() if key not in ("criteria", "decided_at")}
    act.audit(action, f"call:{call.id}", before={"state": call.state}, after=after)
    return call.version + 1
