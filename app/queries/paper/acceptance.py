"""Fills the acceptance certificate of a project that was accepted and closed. A constant number of statements."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, NotFoundError, Sentence
from app.models.allocation import Allocation
from app.models.fund import Fund, FundAccount
from app.models.item import Criterion, Item
from app.queries.item import is_readable
from app.queries.item_detail import ItemDetail
from app.queries.paper.steps import ON_PAPER, Step, find_last, read_steps
from app.queries.paper.work import Names
from app.queries.project.below import select_below
from app.queries.slip_paper import Issuer
from reports.project.inputs import Acceptance, MoneyLine, PhaseLine, Proven, Signed
from reports.wording import Text

_NOT_ACCEPTED = Sentence(
    "项目尚未验收结项，没有验收证书。", "The project is not accepted and closed yet: there is no certificate."
)
#: The steps that are signed for on the certificate, in their order.
_SIGNED = {
    "submit": Text("报送评审", "Submitted"), "sign": Text("会签", "Co-signed"),
    ON_PAPER: Text("纸质会签", "Co-signed on paper"), "approve": Text("批准立项", "Approved"),
    "apply": Text("申请验收", "Applied"), "close": Text("验收结项", "Accepted"),
}  # fmt: skip
_COSIGNS = ("sign", ON_PAPER)
_CLOSED = "closed"


def read_acceptance(
    connection: Connection, issuer: Issuer, readers: Sequence[str], item: ItemDetail
) -> tuple[Acceptance, datetime, tuple[int, ...]]:  # fmt: skip
    """Return the certificate of a project as it was read for `readers`, when it was accepted, of which items it tells.

    NotFoundError for any other item, ConflictError (`not_accepted`) before it is closed.
    """
    row, details = item.row, item.details
    if row.kind != "project":
        raise NotFoundError
    steps = read_steps(connection, readers, row.id)
    closed = find_last(steps, "close")
    # A project that a ledger brought in as closed was accepted elsewhere: its certificate is not ours to write.
    if row.state != _CLOSED or row.closed_at is None or closed is None:
        raise ConflictError("not_accepted", _NOT_ACCEPTED)
    calendar = issuer.calendar
    accepted_on = calendar.local_date(row.closed_at)
    names = Names(connection, accepted_on)
    begun, applied = find_last(steps, "start"), find_last(steps, "apply")
    due_on = row.original_due_on or row.due_on
    judged_on = accepted_on if applied is None else calendar.local_date(applied.at)
    money, funds = _read_money(connection, readers, row.id)
    proven, tasks = _read_proven(connection, readers, row.id, names)
    paper = Acceptance(
        city=issuer.city,
        office=issuer.office,
        number=row.number or "",
        title=row.title,
        description=details.get("description") or "",
        lead=names.say(row.department_id),
        supports=tuple(names.say(one.department_id) for one in item.supports),
        budget_fen=details.get("budget_fen"),
        money=money,
        currency=item.currency or "CNY",
        start_on=details.get("start_on"),
        due_on=row.due_on,
        original_due_on=row.original_due_on,
        begun_on=None if begun is None else calendar.local_date(begun.at),
        applied_on=None if applied is None else judged_on,
        accepted_on=accepted_on,
        late_workdays=None if due_on is None else calendar.workdays_between(due_on, judged_on),
        late_reason=str(applied.data.get("late_reason") or "") if applied else "",
        phases=_list_phases(item, issuer),
        proven=proven,
        done_tasks=len(tasks),
        applied_with=str(applied.data.get("evidence") or "") if applied else "",
        opinion=closed.opinion,
        accepted_with=str(closed.data.get("evidence") or ""),
        signed=tuple(_sign(steps, names, issuer)),
        made_at=row.closed_at.astimezone(calendar.zone),
        identifier=f"acceptance:{row.id}",
    )  # fmt: skip
    return paper, row.closed_at, (*tasks, *funds)


def _list_phases(item: ItemDetail, issuer: Issuer) -> tuple[PhaseLine, ...]:
    return tuple(
        PhaseLine(
            Text(one.name, one.name_en or one.name), one.planned_on, _day(one.entered_at, issuer),
            _day(one.passed_at, issuer), one.gate_evidence or "", one.gate_decision or "",
        )
        for one in item.phases
    )  # fmt: skip


def _day(at: Any, issuer: Issuer) -> Any:  # noqa: ANN401  # an instant or None
    return None if at is None else issuer.calendar.local_date(at)


def _sign(steps: Sequence[Step], names: Names, issuer: Issuer) -> list[Signed]:
    """Return who signed: of what was done again after a return only the last round counts."""
    last = {step.action: at for at, step in enumerate(steps)}
    since = last.get("submit", 0)
    return [
        step.sign(_SIGNED[step.action], names, issuer.calendar)
        for at, step in enumerate(steps)
        if step.action in _SIGNED and (at > since if step.action in _COSIGNS else last[step.action] == at)
    ]


def _read_money(
    connection: Connection, readers: Sequence[str], project_id: int
) -> tuple[tuple[MoneyLine, ...], list[int]]:  # fmt: skip
    """Return what was granted, paid and accounted for over all years, by currency, and the allocations that are read.

    What was neither granted nor paid is no line.
    """

    def held(*kinds: str) -> Any:  # noqa: ANN401  # an SQL expression
        return (
            select(cast(func.coalesce(func.sum(FundAccount.balance_fen), 0), BigInteger))
            .where(FundAccount.allocation_id == Item.id, FundAccount.kind.in_(kinds))
            .scalar_subquery()
        )

    rows: Any = connection.execute(
        select(Fund.currency, Allocation.granted_fen, held("paid", "spent"), held("spent"), Item.id)
        .join(Item, Item.id == Allocation.item_id)
        .join(Fund, Fund.id == Allocation.fund_id)
        .where(
            Item.parent_id == project_id, Item.state.in_(("allocated", "settled", "closed")), is_readable(readers)
        )
    ).all()  # fmt: skip
    sums: dict[str, list[int]] = {}
    for currency, *amounts, _ in rows:
        known = sums.setdefault(currency, [0, 0, 0])
        sums[currency] = [old + int(fen or 0) for old, fen in zip(known, amounts, strict=True)]
    lines = (MoneyLine(currency, *sums[currency]) for currency in sorted(sums))
    return tuple(line for line in lines if line.granted_fen or line.paid_fen), [row[-1] for row in rows]


def _read_proven(
    connection: Connection, readers: Sequence[str], project_id: int, names: Names
) -> tuple[tuple[Proven, ...], list[int]]:  # fmt: skip
    """Return the criteria of the project's finished tasks with their evidence, and these tasks."""
    below = select_below(project_id)
    rows: Any = connection.execute(
        select(
            Item.id, Item.title, Item.owner_department_id, Criterion.wanted, Criterion.answer, Criterion.evidence
        )
        .join(below, below.c.id == Item.id)
        .outerjoin(Criterion, Criterion.item_id == Item.id)
        .where(Item.kind == "task", Item.state == "done", is_readable(readers))
        .order_by(Item.id, Criterion.seq)
    ).all()  # fmt: skip
    proven = tuple(
        Proven(row.title, names.say(row.owner_department_id), row.wanted, row.answer or "", row.evidence or "")
        for row in rows if row.wanted is not None
    )  # fmt: skip
    return proven, sorted({row.id for row in rows})
