"""The ledger's check finds every kind of fault: the tables are broken one by one, past triggers and constraints."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Connection

from app.services.fund.checking import _RULES, _SAID, check_ledger
from migrations.triggers import drop_append_only
from tests.city import City
from tests.money import WAN, Treasury, yuan

#: rule -> the statement that breaks it; `:fund` is the fund, `:other` another one.
BROKEN: dict[str, str] = {
    "balance": ("UPDATE fund_account SET balance_fen = balance_fen + 1 WHERE fund_id = :fund AND kind = 'spent'"),
    "year_total": ("UPDATE fund_year SET source_fen = source_fen - 1, uncommitted_fen = uncommitted_fen + 1"
                   " WHERE fund_id = :fund AND year = 2027"),
    "year_total, no year": ("DELETE FROM fund_year WHERE fund_id = :other"),
    "department_total": ("UPDATE fund_department SET spent_fen = spent_fen + 1 WHERE fund_id = :fund"),
    "department_total, no row": ("DELETE FROM fund_department WHERE fund_id = :fund AND year = 2027"),
    "year_zero": ("UPDATE fund_account SET balance_fen = balance_fen - 1 WHERE fund_id = :fund AND kind = 'source'"),
    "sequence": ("UPDATE fund_year SET posted = posted + 1 WHERE fund_id = :fund"),
    "sequence, a number too high": ("UPDATE fund_posting SET seq = 99 WHERE id ="
                                    " (SELECT MAX(id) FROM fund_posting WHERE fund_id = :fund)"),
    "sequence, a number below one": ("UPDATE fund_posting SET seq = 0"
                                     " WHERE fund_id = :fund AND year = 2026 AND seq = 2"),
    "negative": ("UPDATE fund_account SET balance_fen = -5 WHERE fund_id = :fund AND kind = 'committed'"),
    "empty_posting": ("DELETE FROM fund_entry WHERE posting_id = (SELECT MAX(id) FROM fund_posting)"),
    "other_fund": ("UPDATE fund_entry SET to_account_id = (SELECT MIN(id) FROM fund_account WHERE fund_id = :other)"
                   " WHERE id = (SELECT MAX(e.id) FROM fund_entry e JOIN fund_posting p ON p.id = e.posting_id"
                   " WHERE p.fund_id = :fund)"),
    "after_close": ("UPDATE fund_account SET balance_fen = 7 WHERE fund_id = :fund AND year = 2026 AND kind = 'paid'"),
    "paid": ("UPDATE disbursement SET amount_fen = amount_fen + 1"),
    "paid, not posted": ("UPDATE fund_posting SET unique_key = NULL WHERE operation = 'pay'"),
    "paid, not dated": ("UPDATE disbursement SET paid_on = NULL, voucher = NULL"),
    "instalments": ("UPDATE allocation_tranche SET amount_fen = amount_fen + 1 WHERE seq = 2"),
    "receipts": ("UPDATE spending SET amount_fen = amount_fen + 1 WHERE outcome = 'accepted'"),
    "receipts, not posted": ("UPDATE spending SET posting_id = NULL WHERE outcome = 'accepted'"),
    "ended": ("UPDATE items SET closed_at = CURRENT_TIMESTAMP WHERE kind = 'allocation'"),
    "carry": ("UPDATE fund_entry SET amount_fen = amount_fen + 1 WHERE id = (SELECT MIN(e.id) FROM fund_entry e"
              " JOIN fund_posting p ON p.id = e.posting_id WHERE p.operation = 'carry')"),
    "reversal": ("UPDATE fund_entry SET amount_fen = amount_fen + 1 WHERE posting_id IN"
                 " (SELECT id FROM fund_posting WHERE operation = 'reverse')"),
    "reversal_way": ("UPDATE fund_entry SET from_account_id = to_account_id, to_account_id = from_account_id"
                     " WHERE posting_id IN (SELECT id FROM fund_posting WHERE operation = 'reverse')"),
    "closing": ("UPDATE fund_year SET closing = '{\"spent\": 1}' WHERE fund_id = :fund AND year = 2026"),
}  # fmt: skip


def _fill(city: City) -> tuple[Treasury, int]:
    """Give a fund with two years and every kind of entry that a rule looks at, and a small other one."""
    other = Treasury.found(city, WAN, code="F2")
    money = Treasury.found(city, 90 * WAN)
    money.reverse("fin2", money.budget("supplement", 5 * WAN).id)
    money.allocated(9 * WAN)
    item_id = money.allocated(30 * WAN, parts=(10 * WAN, 20 * WAN))
    paid = money.paid(item_id)
    money.spent(paid, 4 * WAN)
    money.do("tra_staff", paid, "report_return", amount=yuan(WAN), spent_on="2026-03-02", voucher="退", reason="节余")
    money.do("fin1", paid, "accept_spending")
    money.at(2027, 1, 5)
    money.close(2026)
    assert money.check().faults == []
    return money, other.fund_id


def _unlock(connection: Connection) -> None:
    """Take away, for this transaction, what keeps such faults out."""
    for table in ("fund_posting", "fund_entry"):
        for statement in drop_append_only(table, connection.dialect.name):
            connection.execute(text(statement))
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA ignore_check_constraints = ON"))
        return
    held = text(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype IN ('c', 'f')"
        " AND conrelid::regclass::text LIKE ANY (ARRAY['fund%', 'spending', 'allocation%', 'disbursement', 'items'])"
    )
    for table, name in connection.execute(held).all():
        connection.execute(text(f'ALTER TABLE {table} DROP CONSTRAINT IF EXISTS "{name}"'))


def test_each_fault_is_found(city: City) -> None:
    """Every rule of the check fires on the fault it is for, and says where; every rule has such a fault here."""
    money, other = _fill(city)
    assert {key.split(",")[0] for key in BROKEN} == {*_RULES, "closing"} == set(_SAID)
    missed: dict[str, Any] = {}
    with city.database.engine.connect() as connection:
        for key, statement in BROKEN.items():
            with connection.begin() as broken:
                _unlock(connection)
                both = {"fund": money.fund_id, "other": other}
                given = {name: value for name, value in both.items() if f":{name}" in statement}
                assert connection.execute(text(statement), given).rowcount > 0, key
                found = check_ledger(connection).faults
                broken.rollback()
            if key.split(",")[0] not in {fault.rule for fault in found}:
                missed[key] = [fault.rule for fault in found]
            assert all(fault.tell().zh and fault.tell().en and fault.place for fault in found)
    assert missed == {}
    assert money.check().faults == []


@pytest.mark.parametrize("table", ["fund_posting", "fund_entry", "fund_rule"])
def test_p56_rows_of_the_ledger_are_neither_changed_nor_deleted(city: City, table: str) -> None:
    """P56: not by anybody who reaches the tables themselves either."""
    _fill(city)
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id"):  # own text
        with (
            pytest.raises(Exception, match="append-only"),
            city.database.writing() as session,
        ):
            session.execute(text(statement))
