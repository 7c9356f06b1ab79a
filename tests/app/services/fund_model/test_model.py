"""Everything that moves special-fund money, in random order, against an independent model in Python (issue 6, no. 10).

After each step: the services allowed it exactly when the rules do; every account stands as in the model; sums are zero;
nothing is below zero that must not be, paid twice or allocated beyond the fund; the ledger's own check finds nothing.
"""

import logging
import os
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import initialize, invariant
from sqlalchemy import select

from app.core.database import Database, make_engine
from app.models.allocation import AllocationTranche
from app.models.fund import FundAccount, FundDepartment, FundPosting, FundYear
from app.models.item import Item
from app.services.rulebook import Rulebook
from tests.app.services.fund_model.keeping import Keeping
from tests.app.services.fund_model.model import FINAL, Fund, Place
from tests.app.services.fund_model.paying import Ledger
from tests.app.services.fund_model.table import CONTROLS, STAFF
from tests.city import build_city
from tests.databases import copy_postgresql, copy_sqlite, drop_postgresql
from tests.money import RULE, TEXT, WAN, Treasury, add_finance
from tests.postgres import make_folder
from workflows.hours import Hours

log = logging.getLogger(__name__)
_FOLDER = make_folder("funds")
KINDS = ("source", "carried_over", "uncommitted", "reserved", "committed", "paid", "spent", "returned")


class Funds(Keeping):
    """Two funds, some projects, two departments that ask, a finance bureau."""

    make_url: Callable[[], str]

    @initialize(
        controls=st.tuples(st.sampled_from(CONTROLS), st.sampled_from(CONTROLS)), surplus=st.booleans(),
        high=st.booleans(), notice=st.booleans(), begun=st.lists(st.integers(0, 6), min_size=3, max_size=6),
    )  # fmt: skip
    def open(self, controls: tuple[str, str], begun: list[int], *, surplus: bool, high: bool, notice: bool) -> None:
        """Open the funds with their first year's money and two projects."""
        self.url = type(self).make_url()
        self.city = build_city(Database(make_engine(self.url)), Rulebook(ZoneInfo("Asia/Shanghai"), Hours()))
        add_finance(self.city)
        self.money = Treasury(self.city)
        self.world = Ledger(self.money.today)
        self.treasuries = []
        self.hands = []
        self.versions, self.names = [1, 1], {}
        self.count = self.allowed = 0
        self.refused = Counter()
        for number, control in enumerate(controls):
            given = self.give_rule(control, surplus=surplus, high=high and number == 0, notice=notice and number == 1)
            self.world.funds.append(Fund(TEXT.first_year, TEXT.last_year, [given]))
            named = replace(RULE, **self.write_rule(given))
            self.treasuries.append(Treasury.found(self.city, 0, named, code=f"F{number}"))
            self.post(number, "appropriate", 100 * WAN, None)
        for lead in STAFF:
            self.world.projects[self.city.project(f"项目{lead}", lead, supports=tuple(STAFF.keys() - {lead}))] = True
        for at, go in enumerate(begun):
            self.draft(at % 2, at // 2, (3 + 2 * at) * WAN + at, [2, 1], sorted(STAFF)[at % 2], 0, 60 * (at % 2), go)

    def teardown(self) -> None:
        """Give the database back."""
        if hasattr(self, "city"):
            log.info("allowed %s, refused %s", self.allowed, self.refused)
            self.city.database.engine.dispose()
            if self.url.startswith("postgresql"):
                drop_postgresql(self.url)

    @invariant()
    def accounts_stand_as_they_must(self) -> None:
        """Compare every account, total and closed figure with the model's."""
        if not hasattr(self, "city") or len(self.world.funds) < 2:  # not opened yet
            return
        for fund, treasury in zip(self.world.funds, self.treasuries, strict=True):
            rows = self.read(select(FundAccount.year, FundAccount.kind, FundAccount.holder_id, FundAccount.balance_fen)
                             .where(FundAccount.fund_id == treasury.fund_id))  # fmt: skip
            stands = {Place(*row[:3]): row[3] for row in rows if row[3]}
            assert stands == {place: fen for place, fen in fund.money.items() if fen}
            years = self.read(select(FundYear).where(FundYear.fund_id == treasury.fund_id))
            assert {row[0].year: row[0].closed_at is not None for row in years} == fund.closed
            for (year,) in years:
                totals = {kind: getattr(year, f"{kind}_fen") for kind in KINDS}
                assert totals == {kind: fund.total(year.year, kind) for kind in KINDS}
                assert sum(totals.values()) == 0
                if year.closed_at is not None:
                    assert {kind: fen for kind, fen in year.closing.items() if fen} == fund.closings[year.year]
                if all(one.control == "stop" for one in fund.rules):
                    assert totals["committed"] + totals["paid"] + totals["spent"] <= -totals["source"] - min(
                        0, totals["carried_over"]
                    )
                    assert all(fen >= 0 for place, fen in stands.items() if place.kind == "uncommitted")
            bound = [
                fen for place, fen in stands.items() if place.kind not in ("source", "carried_over", "uncommitted")
            ]
            assert all(fen > 0 for fen in bound)

    @invariant()
    def departments_and_items_stand_as_they_must(self) -> None:
        """Compare the departments' totals, the items' states and the instalments with the model's."""
        if not hasattr(self, "city") or len(self.world.funds) < 2:  # not opened yet
            return
        states = dict(self.read(select(Item.id, Item.state).where(Item.kind.in_(("allocation", "disbursement")))))
        pays = {pay.id: pay.state for ask in self.world.asks for pay in ask.pays}
        assert states == {ask.id: ask.state for ask in self.world.asks} | pays
        parts = self.read(select(AllocationTranche.item_id, AllocationTranche.seq, AllocationTranche.amount_fen))
        stored = {tuple(row) for row in parts}
        assert stored == {(ask.id, part.seq, part.fen) for ask in self.world.asks for part in ask.parts}
        whose = {ask.id: ask.department for ask in self.world.asks}
        whose |= {pay.id: ask.department for ask in self.world.asks for pay in ask.pays}
        due: dict[tuple[int, int, int, str], int] = defaultdict(int)
        for fund, treasury in zip(self.world.funds, self.treasuries, strict=True):
            for place, fen in fund.money.items():
                if place.kind in KINDS[3:] and place.holder in whose:
                    key = (treasury.fund_id, place.year, self.city.departments[whose[place.holder]], place.kind)
                    due[key] += fen
        kept = {(row.fund_id, row.year, row.department_id, kind): getattr(row, f"{kind}_fen")
                for (row,) in self.read(select(FundDepartment)) for kind in KINDS[3:]}  # fmt: skip
        assert {key: fen for key, fen in kept.items() if fen} == {key: fen for key, fen in due.items() if fen}

    @invariant()
    def nothing_is_paid_twice_and_the_ledger_is_whole(self) -> None:
        """Count the payments, and let the ledger check itself."""
        if not hasattr(self, "city"):
            return
        paid = self.read(select(FundPosting.fund_id, FundPosting.item_id, FundPosting.voucher)
                         .where(FundPosting.operation == "pay"))  # fmt: skip
        assert len({row.item_id for row in paid}) == len(paid) == len({(row.fund_id, row.voucher) for row in paid})
        assert sum(len(fund.vouchers) for fund in self.world.funds) == len(paid)
        assert self.money.check().faults == []
        assert all(not ask.fund.money[ask.at(kind)] for ask in self.world.asks if ask.state in FINAL
                   for kind in ("reserved", "committed"))  # fmt: skip


class SqliteFunds(Funds):
    """The same on SQLite."""

    make_url = staticmethod(lambda: copy_sqlite(_FOLDER))


class PostgresqlFunds(Funds):
    """The same on PostgreSQL."""

    make_url = staticmethod(copy_postgresql)


#: LIANBAN_LONG multiplies how much is tried, for a run by hand.
_TIMES = int(os.environ.get("LIANBAN_LONG", "1"))
_ONCE = list(HealthCheck)
SqliteFunds.TestCase.settings = settings(
    max_examples=6 * _TIMES, stateful_step_count=60, deadline=None, suppress_health_check=_ONCE, print_blob=True
)
PostgresqlFunds.TestCase.settings = settings(
    max_examples=2 * _TIMES, stateful_step_count=60, deadline=None, suppress_health_check=_ONCE, print_blob=True
)
TestSqliteFunds = SqliteFunds.TestCase
TestPostgresqlFunds = PostgresqlFunds.TestCase
