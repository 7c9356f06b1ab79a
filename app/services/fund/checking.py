"""Checks the ledger against itself: every kept balance and total with the entries from which it follows.

One statement a rule, each returning the rows that break it, so that a sound ledger returns nothing however large it is.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.engine import Connection

from app.core.errors import Sentence
from app.models.fund import ACCOUNT_KINDS, FundYear


@dataclass(frozen=True, slots=True)
class LedgerFault:
    """A row that breaks a rule: which rule, where, what is kept and what follows from the entries, in fen."""

    rule: str
    place: str
    kept: int
    follows: int

    def tell(self) -> Sentence:
        """Return the fault as a sentence."""
        zh, en = _SAID[self.rule]
        return Sentence(
            f"{zh}（{self.place}）：记为{self.kept}，应为{self.follows}。",
            f"{en} ({self.place}): kept {self.kept}, follows {self.follows}.",
        )


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """What was checked, and what was found."""

    funds: int
    fiscal_years: list[int]
    entries: int
    faults: list[LedgerFault]


_SAID = {
    "balance": ("账户余额与分录不符", "An account's balance is not what its entries make"),
    "year_total": ("年度合计与账户不符", "A year's total is not the sum of its accounts"),
    "department_total": ("单位合计与账户不符", "A department's total is not the sum of its accounts"),
    "year_zero": ("年度借贷不平", "A year does not sum to zero"),
    "sequence": ("凭证编号有缺口", "The numbers of a year's postings have a gap"),
    "negative": ("账户低于允许的下限", "An account stands lower than it may"),
    "empty_posting": ("记账没有分录", "A posting has no entries"),
    "other_fund": ("分录跨资金", "An entry joins accounts of two funds"),
    "closing": ("结账时的数字与分录不符", "A closed year's figures are not what its entries make"),
    "after_close": ("结账后仍有余额", "A closed year still holds money that goes on"),
    "paid": ("拨付与记账不符", "A payment and its posting do not agree"),
    "instalments": ("未拨付的期次与余额不符", "What is not drawn is not what is committed"),
    "receipts": ("核销与票据不符", "An accepted receipt and its posting do not agree"),
    "ended": ("已结束的安排还占用资金", "An allocation that has ended still holds money"),
    "carry": ("结转两边不符", "What a year carried over is not what the next one took on"),
    "reversal": ("冲销金额不符", "A reversal does not undo what it names"),
    "reversal_way": ("冲销的账户不符", "A reversal does not give back to where the money came from"),
}
_BOTH_WAYS = """
SELECT posting_id, to_account_id AS account_id, amount_fen AS fen FROM fund_entry
UNION ALL SELECT posting_id, from_account_id, -amount_fen FROM fund_entry
"""
_MOVES = f"SELECT account_id, SUM(fen) AS fen FROM ({_BOTH_WAYS}) AS both_ways GROUP BY account_id"  # noqa: S608  # own text


def _year_columns(alias: str) -> str:
    return " UNION ALL ".join(
        f"SELECT {alias}.fund_id AS fund_id, {alias}.year AS year, '{kind}' AS kind, {alias}.{kind}_fen AS fen"  # noqa: S608  # own text
        f" FROM fund_year {alias}"  # noqa: RUF100, S608
        for kind in ACCOUNT_KINDS
    )


def _department_columns() -> str:
    return " UNION ALL ".join(
        f"SELECT fund_id, year, department_id, '{kind}' AS kind, {kind}_fen AS fen FROM fund_department"  # noqa: S608  # own text
        for kind in ("reserved", "committed", "paid", "spent", "returned")
    )


#: rule -> statement: (place, kept, follows), a row a fault.
_RULES: dict[str, str] = {
    "balance": f"""
        SELECT 'account ' || a.id, a.balance_fen, COALESCE(m.fen, 0)
        FROM fund_account a LEFT JOIN ({_MOVES}) AS m ON m.account_id = a.id
        WHERE a.balance_fen <> COALESCE(m.fen, 0)""",  # noqa: S608  # own text
    "year_total": f"""
        SELECT 'fund ' || y.fund_id || ', ' || y.year || ', ' || y.kind, y.fen, COALESCE(a.fen, 0)
        FROM ({_year_columns("t")}) AS y LEFT JOIN (
          SELECT fund_id, year, kind, SUM(balance_fen) AS fen FROM fund_account GROUP BY fund_id, year, kind
        ) AS a ON a.fund_id = y.fund_id AND a.year = y.year AND a.kind = y.kind
        WHERE y.fen <> COALESCE(a.fen, 0)
        UNION ALL SELECT 'fund ' || a.fund_id || ', ' || a.year, 0, 1 FROM fund_account a
        WHERE NOT EXISTS (SELECT 1 FROM fund_year y WHERE y.fund_id = a.fund_id AND y.year = a.year)
        GROUP BY a.fund_id, a.year""",  # noqa: S608  # own text
    "department_total": f"""
        SELECT 'fund ' || d.fund_id || ', ' || d.year || ', department ' || d.department_id || ', ' || d.kind, d.fen,
          COALESCE(a.fen, 0)
        FROM ({_department_columns()}) AS d LEFT JOIN (
          SELECT fund_id, year, department_id, kind, SUM(balance_fen) AS fen FROM fund_account
          WHERE department_id IS NOT NULL GROUP BY fund_id, year, department_id, kind
        ) AS a ON a.fund_id = d.fund_id AND a.year = d.year AND a.department_id = d.department_id AND a.kind = d.kind
        WHERE d.fen <> COALESCE(a.fen, 0)
        UNION ALL SELECT 'account ' || a.id, 0, a.balance_fen FROM fund_account a
        WHERE a.department_id IS NOT NULL AND a.balance_fen <> 0 AND NOT EXISTS (
          SELECT 1 FROM fund_department d
          WHERE d.fund_id = a.fund_id AND d.year = a.year AND d.department_id = a.department_id
        )""",  # noqa: S608  # own text
    "year_zero": """
        SELECT 'fund ' || fund_id || ', ' || year, CAST(SUM(balance_fen) AS BIGINT), 0 FROM fund_account
        GROUP BY fund_id, year HAVING SUM(balance_fen) <> 0""",
    "sequence": """
        SELECT 'fund ' || y.fund_id || ', ' || y.year, y.posted, COALESCE(p.number, 0)
        FROM fund_year y LEFT JOIN (
          SELECT fund_id, year, COUNT(*) AS number, MIN(seq) AS first, MAX(seq) AS last
          FROM fund_posting GROUP BY fund_id, year
        ) AS p ON p.fund_id = y.fund_id AND p.year = y.year
        WHERE y.posted <> COALESCE(p.number, 0) OR y.posted <> COALESCE(p.last, 0) OR p.first <> 1""",
    "negative": """
        SELECT 'account ' || id, balance_fen, -overdraft_fen FROM fund_account
        WHERE kind NOT IN ('source', 'carried_over') AND balance_fen < -overdraft_fen""",
    "empty_posting": """
        SELECT 'posting ' || p.id, 0, 1 FROM fund_posting p
        WHERE NOT EXISTS (SELECT 1 FROM fund_entry e WHERE e.posting_id = p.id)""",
    "other_fund": """
        SELECT 'entry ' || e.id, t.fund_id, p.fund_id
        FROM fund_entry e JOIN fund_posting p ON p.id = e.posting_id
        JOIN fund_account f ON f.id = e.from_account_id JOIN fund_account t ON t.id = e.to_account_id
        WHERE f.fund_id <> p.fund_id OR t.fund_id <> p.fund_id""",
    "after_close": """
        SELECT 'account ' || a.id, a.balance_fen, 0
        FROM fund_account a JOIN fund_year y ON y.fund_id = a.fund_id AND y.year = a.year
        WHERE y.closed_at IS NOT NULL AND a.balance_fen <> 0
          AND a.kind IN ('uncommitted', 'reserved', 'committed', 'paid')""",
    "paid": """
        SELECT 'item ' || i.id, COALESCE(d.amount_fen, 0), COALESCE(SUM(e.amount_fen), 0)
        FROM disbursement d JOIN items i ON i.id = d.item_id
        LEFT JOIN fund_posting p ON p.unique_key = 'pay:' || i.id LEFT JOIN fund_entry e ON e.posting_id = p.id
        GROUP BY i.id, i.state, d.amount_fen, d.paid_on
        HAVING (d.paid_on IS NOT NULL AND COALESCE(SUM(e.amount_fen), 0) <> d.amount_fen)
          OR (d.paid_on IS NULL AND SUM(e.amount_fen) IS NOT NULL)""",
    "instalments": """
        SELECT 'item ' || a.item_id, COALESCE(SUM(c.balance_fen), 0), COALESCE(MAX(w.fen), 0)
        FROM allocation a JOIN items i ON i.id = a.item_id AND i.state = 'allocated'
        LEFT JOIN fund_account c ON c.holder_id = a.item_id AND c.year = a.year AND c.kind = 'committed'
        LEFT JOIN (
          SELECT t.item_id, SUM(t.amount_fen) AS fen FROM allocation_tranche t
          WHERE NOT EXISTS (
            SELECT 1 FROM disbursement d JOIN items di ON di.id = d.item_id
            WHERE di.parent_id = t.item_id AND d.tranche_seq = t.seq AND di.state IN ('paid', 'settled')
          ) GROUP BY t.item_id
        ) AS w ON w.item_id = a.item_id
        GROUP BY a.item_id HAVING COALESCE(SUM(c.balance_fen), 0) <> COALESCE(MAX(w.fen), 0)""",
    "receipts": """
        SELECT 'spending ' || s.id, s.amount_fen, COALESCE(SUM(e.amount_fen), 0)
        FROM spending s LEFT JOIN fund_posting p
          ON p.id = s.posting_id AND p.item_id = s.item_id AND p.operation = s.kind
        LEFT JOIN fund_entry e ON e.posting_id = p.id
        WHERE s.outcome = 'accepted' GROUP BY s.id, s.amount_fen
        HAVING COALESCE(SUM(e.amount_fen), 0) <> s.amount_fen""",
    "ended": """
        SELECT 'account ' || a.id, a.balance_fen, 0 FROM fund_account a JOIN items i ON i.id = a.holder_id
        WHERE a.kind IN ('reserved', 'committed') AND a.balance_fen <> 0 AND i.closed_at IS NOT NULL""",
    "carry": f"""
        SELECT 'posting ' || p.id, CAST(SUM(e.fen) AS BIGINT), 0
        FROM fund_posting p JOIN ({_BOTH_WAYS}) AS e ON e.posting_id = p.id
        JOIN fund_account a ON a.id = e.account_id AND a.kind = 'carried_over'
        WHERE p.operation = 'carry' GROUP BY p.id HAVING SUM(e.fen) <> 0""",  # noqa: S608  # own text
    "reversal_way": f"""
        SELECT 'posting ' || r.id || ', account ' || e.account_id, CAST(SUM(e.fen) AS BIGINT), 0
        FROM (
          SELECT p.id, o.id AS one FROM fund_posting p
          JOIN fund_posting o ON o.id = p.reverses_id AND o.year = p.year
          UNION ALL SELECT p.id, p.id FROM fund_posting p
          JOIN fund_posting o ON o.id = p.reverses_id AND o.year = p.year
        ) AS r JOIN ({_BOTH_WAYS}) AS e ON e.posting_id = r.one
        GROUP BY r.id, e.account_id HAVING SUM(e.fen) <> 0""",  # noqa: S608  # own text
    "reversal": """
        SELECT 'posting ' || p.id, COALESCE(n.fen, 0), COALESCE(o.fen, 0)
        FROM fund_posting p
        LEFT JOIN (SELECT posting_id, SUM(amount_fen) AS fen FROM fund_entry GROUP BY posting_id) AS n
          ON n.posting_id = p.id
        LEFT JOIN (SELECT posting_id, SUM(amount_fen) AS fen FROM fund_entry GROUP BY posting_id) AS o
          ON o.posting_id = p.reverses_id
        WHERE p.reverses_id IS NOT NULL AND COALESCE(n.fen, 0) <> COALESCE(o.fen, 0)""",
}


def check_ledger(connection: Connection) -> LedgerReport:
    """Return what was checked and every fault; one statement a rule."""
    faults = [
        LedgerFault(rule, str(row[0]), int(row[1]), int(row[2]))
        for rule, statement in _RULES.items()
        for row in connection.execute(text(statement))
    ]
    faults += _check_closings(connection)
    years = connection.execute(text("SELECT DISTINCT year FROM fund_year ORDER BY year")).scalars()
    return LedgerReport(
        int(connection.execute(text("SELECT COUNT(*) FROM fund")).scalar_one()),
        [int(year) for year in years],
        int(connection.execute(text("SELECT COUNT(*) FROM fund_entry")).scalar_one()),
        faults,
    )


_CLOSED = """
SELECT y.fund_id, y.year, a.kind, CAST(SUM(e.fen) AS BIGINT) AS fen
FROM fund_year y JOIN fund_account a ON a.fund_id = y.fund_id AND a.year = y.year
JOIN (
  SELECT to_account_id AS account_id, posting_id, amount_fen AS fen FROM fund_entry
  UNION ALL SELECT from_account_id, posting_id, -amount_fen FROM fund_entry
) AS e ON e.account_id = a.id
JOIN fund_posting p ON p.id = e.posting_id AND NOT (p.year = y.year AND p.operation IN ('carry', 'surrender'))
WHERE y.closed_at IS NOT NULL GROUP BY y.fund_id, y.year, a.kind
"""


def _check_closings(connection: Connection) -> list[LedgerFault]:
    """Compare what a year was closed with and what its entries make without those of its close."""
    closed: Any = connection.execute(text("SELECT fund_id, year FROM fund_year WHERE closed_at IS NOT NULL")).all()
    if not closed:
        return []
    follows: dict[tuple[int, int], dict[str, int]] = {(row.fund_id, row.year): {} for row in closed}
    for row in connection.execute(text(_CLOSED)):
        follows[row.fund_id, row.year][row.kind] = int(row.fen)
    found = []
    for (fund_id, year), kept in _read_closings(connection).items():
        for kind in ACCOUNT_KINDS:
            made = follows[fund_id, year].get(kind, 0)
            if kept.get(kind, 0) != made:
                found.append(LedgerFault("closing", f"fund {fund_id}, {year}, {kind}", kept.get(kind, 0), made))
    return found


def _read_closings(connection: Connection) -> dict[tuple[int, int], dict[str, int]]:
    rows = connection.execute(select(FundYear.fund_id, FundYear.year, FundYear.closing))
    return {(row.fund_id, row.year): row.closing for row in rows if row.closing is not None}
