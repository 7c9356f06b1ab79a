"""Imports a plan of several years into a fund: as a whole or not at all; again, it updates what it knows by its key."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from app.core.errors import Fault, InvalidError, NotFoundError, Sentence
from app.ledger.findings import Findings
from app.ledger.plan import Plan, PlanRow
from app.models.fund import Fund
from app.models.plan import FundPlanLine, FundPlanRow
from app.services.act import Act

_BATCH = 500


@dataclass(frozen=True, slots=True)
class PlanReport:
    """What an import did, or would do; `absent` are projects kept from before that the file does not name."""

    findings: Findings
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    absent: int = 0
    total_fen: int = 0
    is_dry_run: bool = False

    @property
    def refused(self) -> bool:
        """Whether nothing was imported because of faults."""
        return self.findings.refused


def find_fund(connection: Connection, code: str) -> int:
    """Return the fund with that code; NotFoundError when there is none."""
    found = connection.execute(select(Fund.id).where(Fund.code == code)).scalar_one_or_none()
    if found is None:
        raise NotFoundError("没有这个资金，或您无权查看。", "No such fund, or not for you to see.")
    return int(found)


def import_plan(act: Act, fund_id: int, plan: Plan, *, file_name: str, dry_run: bool = False) -> PlanReport:
    """Keep the plan's rows; nothing of it when it has faults. The same file twice changes nothing.

    InvalidError when its currency is not the fund's. The ledger is not touched: a plan asks for no money.
    """
    if plan.findings.refused:
        return PlanReport(plan.findings, is_dry_run=dry_run)
    _require_currency(act.connection, fund_id, plan)
    known = _read_known(act.connection, fund_id)
    new = [row for row in plan.rows if row.key not in known]
    changed = [row for row in plan.rows if row.key in known and known[row.key].values != _values(row)]
    keys = {row.key for row in plan.rows}
    report = PlanReport(
        plan.findings, len(plan.rows), len(new), len(changed), len(plan.rows) - len(new) - len(changed),
        sum(key not in keys for key in known), plan.total_fen, dry_run,
    )  # fmt: skip
    if dry_run:
        return report
    stamp = {"imported_at": act.now, "imported_by": act.acting.person_id}
    for row in changed:
        row_id = known[row.key].id
        columns = {name: value for name, value in _values(row).items() if name != "lines"}
        act.connection.execute(update(FundPlanRow).where(FundPlanRow.id == row_id).values(**columns, **stamp))
        act.connection.execute(delete(FundPlanLine).where(FundPlanLine.row_id == row_id))
        _write_lines(act.connection, [(row_id, row)])
    for start in range(0, len(new), _BATCH):
        _create(act.connection, fund_id, new[start : start + _BATCH], stamp)
    if new or changed:
        act.audit("import_fund_plan", f"fund:{fund_id}", after={
            "file": file_name, "mapping": plan.mapping.name, "created": len(new), "updated": len(changed),
            "total_fen": plan.total_fen,
        })  # fmt: skip
    return report


def _require_currency(connection: Connection, fund_id: int, plan: Plan) -> None:
    currency = connection.execute(select(Fund.currency).where(Fund.id == fund_id)).scalar_one()
    if currency != plan.mapping.currency:
        said = Sentence(
            f"计划的币种为{plan.mapping.currency}，资金的币种为{currency}。",
            f"The plan is in {plan.mapping.currency}, the fund in {currency}.",
        )
        raise InvalidError([Fault("currency", said)])


@dataclass(frozen=True, slots=True)
class _Known:
    id: int
    values: dict[str, Any]


def _values(row: PlanRow) -> dict[str, Any]:
    return {
        "title": row.title, "department_text": row.department, "original_fen": row.original_fen,
        "total_fen": row.total_fen, "flags": list(row.flags), "lines": dict(row.lines),
    }  # fmt: skip


def _read_known(connection: Connection, fund_id: int) -> dict[str, _Known]:
    lines: dict[int, dict[tuple[str, str], int]] = {}
    for line in connection.execute(
        select(FundPlanLine.row_id, FundPlanLine.period, FundPlanLine.source, FundPlanLine.amount_fen)
        .join(FundPlanRow, FundPlanRow.id == FundPlanLine.row_id)
        .where(FundPlanRow.fund_id == fund_id)
    ):
        lines.setdefault(line.row_id, {})[line.period, line.source] = line.amount_fen
    rows: Any = connection.execute(
        select(
            FundPlanRow.id, FundPlanRow.row_key, FundPlanRow.title, FundPlanRow.department_text,
            FundPlanRow.original_fen, FundPlanRow.total_fen, FundPlanRow.flags,
        ).where(FundPlanRow.fund_id == fund_id)
    )  # fmt: skip
    return {
        row.row_key: _Known(row.id, {
            "title": row.title, "department_text": row.department_text, "original_fen": row.original_fen,
            "total_fen": row.total_fen, "flags": row.flags, "lines": lines.get(row.id, {}),
        })
        for row in rows
    }  # fmt: skip


def _create(connection: Connection, fund_id: int, rows: Sequence[PlanRow], stamp: Mapping[str, Any]) -> None:
    made = [
        {"fund_id": fund_id, "row_key": row.key, **stamp}
        | {name: value for name, value in _values(row).items() if name != "lines"}
        for row in rows
    ]
    connection.execute(insert(FundPlanRow), made)
    ids: Any = connection.execute(
        select(FundPlanRow.row_key, FundPlanRow.id).where(
            FundPlanRow.fund_id == fund_id, FundPlanRow.row_key.in_([row.key for row in rows])
        )
    )
    by_key = {row.row_key: row.id for row in ids}
    _write_lines(connection, [(by_key[row.key], row) for row in rows])


def _write_lines(connection: Connection, rows: Sequence[tuple[int, PlanRow]]) -> None:
    lines = list(_make_lines(rows))
    if lines:
        connection.execute(insert(FundPlanLine), lines)


def _make_lines(rows: Sequence[tuple[int, PlanRow]]) -> Iterator[dict[str, Any]]:
    for row_id, row in rows:
        for (period, source), fen in row.lines.items():
            yield {"row_id": row_id, "period": period, "source": source, "amount_fen": fen}
