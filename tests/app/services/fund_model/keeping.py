"""Transfers, idle money, settlements, what keepers post, and time in the random play."""

from datetime import UTC, datetime, timedelta
from typing import Any

import hypothesis.strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from app.models.allocation import Allocation
from tests.app.services.fund_model.asking import Asking
from tests.app.services.fund_model.model import Fund, Hand, Place
from tests.app.services.fund_model.table import CONTROLS, STAFF, STRAY, amounts, picks
from tests.money import TEXT, WAN, yuan

BUDGETS = ("appropriate", "supplement", "supplement", "cut", "earmark", "release_earmark", "reuse")


class Keeping(Asking):
    """Everything that happens beside asking and paying."""

    @rule(pick=picks, into=picks, share=st.integers(1, 130))
    def propose(self, pick: int, into: int, share: int) -> None:
        """Propose a transfer."""
        ask, taker = self.ask(pick, "allocated"), self.ask(into, "allocated")
        if ask is None or taker is None:
            return
        fen = max(1, sum(part.fen for part in ask.undrawn) * share // 100)
        step = self.do("fin1", ask.id, "propose_transfer", into=str(taker.id), amount=yuan(fen), reason="调剂")
        self.both(lambda: self.world.propose(ask, taker, fen), step)

    @rule(pick=picks, leader=st.booleans(), agree=st.sampled_from([True, True, False]))
    def decide_transfer(self, pick: int, *, leader: bool, agree: bool) -> None:
        """Make or refuse a transfer that is proposed."""
        found = [one for one in self.world.asks if one.pending]
        if not found:
            return
        ask = found[pick % len(found)]
        if not agree:
            step = self.do("fin2", ask.id, "refuse_transfer", reason="不同意")
            self.both(lambda: self.world.refuse_transfer(ask), step)
            return
        name, login = ("approve_large_transfer", "leader") if leader else ("approve_transfer", "fin2")
        more = {"basis": "会议纪要"} if leader else {}
        self.both(lambda: self.world.transfer(ask, leader=leader), self.do(login, ask.id, name, **more))

    @rule(pick=picks)
    def warn(self, pick: int) -> None:
        """Warn of idle money."""
        if ask := self.ask(pick, "allocated"):
            step = self.do("fin1", ask.id, "warn_idle", note="闲置")
            if self.both(lambda: self.world.warn(ask), step) is not None:
                day = self.read(select(Allocation.take_back_from_on).where(Allocation.item_id == ask.id))[0][0]
                assert day > self.world.today
                ask.take_back_from = day

    @rule(pick=picks, share=st.integers(1, 130))
    def take_back(self, pick: int, share: int) -> None:
        """Take idle money back."""
        if ask := self.ask(pick, "allocated"):
            fen = max(1, sum(part.fen for part in ask.undrawn) * share // 100)
            step = self.do("fin1", ask.id, "take_back", amount=yuan(fen), reason="闲置")
            self.both(lambda: self.world.take_back(ask, fen), step)

    @rule(pick=picks)
    def settle(self, pick: int) -> None:
        """Settle an allocation."""
        if ask := self.ask(pick, "allocated"):
            step = self.do(STAFF[ask.department][1], ask.id, "settle", results="完成", goal_results={"1": "达到"})
            self.both(lambda: self.world.settle(ask), step)

    @rule(pick=picks, score=st.none() | st.integers(0, 100))
    def evaluate(self, pick: int, score: int | None) -> None:
        """Evaluate it, or send it back."""
        if ask := self.ask(pick, "settled"):
            step = self.do("fin2", ask.id, "send_back", reason="补充")
            if score is not None:
                step = self.do("fin2", ask.id, "evaluate", score=str(score), assessment="评价")
            self.both(lambda: self.world.evaluate(ask, score), step)

    # Keeping.

    @rule(
        fund=st.integers(0, 1), operation=st.sampled_from(BUDGETS), fen=amounts, mark=picks,
        whose=st.sampled_from([None, "TRA"]),
    )  # fmt: skip
    def keep(self, fund: int, operation: str, fen: int, mark: int, whose: str | None) -> None:
        """Post a keeper's entry; earmarks are new or known."""
        book = self.world.funds[fund]
        if "earmark" not in operation:
            self.post(fund, operation, fen, None)
            return
        marks = [0, *book.earmarks]
        self.post(fund, operation, fen, marks[mark % len(marks)], whose)

    def post(self, fund: int, operation: str, fen: int, mark: int | None, whose: str | None = None) -> None:
        """Post a keeper's entry on both."""
        book, treasury = self.world.funds[fund], self.treasuries[fund]
        treasury.now = self.money.now
        more: dict[str, Any] = {}
        if mark is not None:
            more = {"earmark": self.next("额度") if not mark else f"额度{self.names[mark]}"}
            more |= {"department_id": self.city.departments[whose]} if whose and not mark else {}
        done = self.both(
            lambda: self.world.budget(book, operation, fen, mark), lambda: treasury.budget(operation, fen, **more)
        )
        if done is None:
            return
        hand, posted = done
        hand.id = posted.id
        if mark == 0:
            self.adopt(book, hand, treasury.earmark(more["earmark"]), more["earmark"], whose)
        self.hands.append((book, hand))

    def adopt(self, book: Fund, hand: Hand, mark: int, name: str, whose: str | None) -> None:
        """Give a new earmark its id."""
        self.names = {**self.names, mark: name.removeprefix("额度")}
        book.earmarks[mark] = whose
        new, place = Place(hand.year, "uncommitted", -1), Place(hand.year, "uncommitted", mark)
        book.money[place] = book.money.pop(new)
        hand.legs = [(source, place, fen) for source, _, fen in hand.legs]

    @rule(pick=st.integers(0, 99))
    def reverse(self, pick: int) -> None:
        """Reverse what a keeper posted or a receipt, by somebody else."""
        if self.hands:
            fund, hand = self.hands[pick % len(self.hands)]
            step = lambda: self.money.reverse("fin2", hand.id)  # noqa: E731  # the step as in every rule
            self.both(lambda: self.world.reverse(fund, hand), step)

    @rule(fund=st.integers(0, 1), control=st.sampled_from(CONTROLS), flags=st.tuples(*[st.booleans()] * 4))
    def change_rule(self, fund: int, control: str, flags: tuple[bool, bool, bool, bool]) -> None:
        """Give a fund other rules, now and then."""
        if not flags[3]:
            return
        given = self.give_rule(control, surplus=flags[0], high=flags[1], notice=flags[2])
        treasury = self.treasuries[fund]
        treasury.now = self.money.now
        self.versions[fund] = treasury.rule(self.versions[fund], **self.write_rule(given))
        self.world.funds[fund].rules.append(given)

    # Time.

    @rule(days=st.integers(1, 12))
    def wait(self, days: int) -> None:
        """Let some days pass."""
        self.move_to(self.money.now + timedelta(days=days))

    @rule(sure=st.integers(0, 1), close=st.sampled_from([True, True, False]), fresh=st.booleans())
    def new_year(self, sure: int, *, close: bool, fresh: bool) -> None:
        """Let the year end; mostly the funds' years are closed at once, and often there is new money."""
        if sure or self.world.today.year >= TEXT.last_year + 1:
            return
        self.move_to(datetime(self.world.today.year + 1, 1, 5, 2, 0, tzinfo=UTC))
        for fund in range(2):
            if close:
                self.close_one(fund, self.world.today.year - 1)
            if fresh:
                self.post(fund, "appropriate", 50 * WAN, None)

    @rule(fund=st.integers(0, 1), pick=picks)
    def close(self, fund: int, pick: int) -> None:
        """Close a year, closed, running or over."""
        years = [year for year in self.world.funds[fund].closed if year < self.world.today.year or pick == STRAY]
        if years:
            self.close_one(fund, years[pick % len(years)])
        else:
            self.take_further(pick)

    def close_one(self, fund: int, year: int) -> None:
        """Close a year on both."""
        book, treasury = self.world.funds[fund], self.treasuries[fund]
        if year not in book.closed:
            return
        treasury.now = self.money.now
        done = self.both(lambda: self.world.close(book, year), lambda: treasury.close(year))
        if done is not None:
            assert done[0] == done[1].outcome
