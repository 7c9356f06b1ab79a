"""A call for requests in a treasury, for tests: drafted, entered, scored, proposed, decided."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from app.services.fund.call.deciding import Decision, decide_call
from app.services.fund.call.drafting import CallText, Criterion, draft_call
from app.services.fund.call.entering import enter_request, withdraw_entry
from app.services.fund.call.holding import HeldCall, read_call
from app.services.fund.call.proposing import compute, keep_proposal, read_inputs
from app.services.fund.call.running import cancel_call, open_call, start_scoring
from app.services.fund.call.scoring import score_entry
from tests.money import WAN, Treasury

CRITERIA = (Criterion("必要性", 40), Criterion("绩效目标", 60))


@dataclass
class Calling:
    """A call in a treasury; its reviewers are the meteorology bureau's two people unless said otherwise."""

    money: Treasury
    call_id: int = 0
    entries: list[int] = field(default_factory=list)

    @classmethod
    def draft(cls, money: Treasury, cap_fen: int = 50 * WAN, **more: Any) -> "Calling":  # noqa: ANN401
        """Draft a call that is open for requests from today to the tenth of March."""
        made = cls(money)
        made.call_id = money.by("fin1", lambda act, _: draft_call(act, money.fund_id, made.text(cap_fen, **more)))
        return made

    def text(self, cap_fen: int = 50 * WAN, **more: Any) -> CallText:  # noqa: ANN401
        """Return what a call says."""
        people = self.money.city.people
        text = CallText(
            2026, "2026年联合项目申报", "请各单位申报", date(2026, 3, 2), date(2026, 3, 10), cap_fen, CRITERIA,
            (people["wea_head"], people["wea_staff"]),
        )  # fmt: skip
        return replace(text, **more)

    @property
    def version(self) -> int:
        """The call's present version."""
        return self.read().version

    def read(self) -> HeldCall:
        """Return the call."""
        with self.money.city.database.reading() as session:
            return read_call(session.connection(), self.call_id, self.money.today)

    def open(self) -> "Calling":
        """Publish it."""
        version = self.version
        self.money.by("fin1", lambda act, _: open_call(act, self.call_id, version))
        return self

    def enter(self, item_id: int, by: str = "tra_staff") -> int:
        """Enter a request; return the entry."""
        entry_id = self.money.by(by, lambda act, actor: enter_request(act, actor, self.call_id, item_id))
        self.entries.append(entry_id)
        return entry_id

    def withdraw(self, entry_id: int, by: str = "tra_staff") -> None:
        """Take a request out."""
        self.money.by(by, lambda act, actor: withdraw_entry(act, actor, self.call_id, entry_id))

    def start(self) -> "Calling":
        """Close it for requests, the day after its last one."""
        self.money.at(2026, 3, 11)
        version = self.version
        self.money.by("fin1", lambda act, _: start_scoring(act, self.call_id, version))
        return self

    def score(self, entry_id: int, points: Sequence[int], by: str = "wea_head") -> None:
        """Score a request."""
        self.money.by(by, lambda act, actor: score_entry(act, actor, self.call_id, entry_id, points))

    def propose(self, by: str = "fin1", *, with_missing: bool = False) -> int:
        """Compute and keep a proposal; return it."""
        with self.money.city.database.reading() as session:
            call = read_call(session.connection(), self.call_id, self.money.today)
            inputs = read_inputs(session.connection(), call, self.money.today)
        computed = (inputs, compute(inputs))
        return self.money.by(
            by, lambda act, _: keep_proposal(act, self.call_id, call.version, computed, with_missing=with_missing)
        )[0]

    def decide(self, proposal_id: int, *decisions: Decision, by: str = "fin_head") -> None:
        """Decide it."""
        version = self.version
        self.money.by(by, lambda act, _: decide_call(act, self.call_id, version, proposal_id, decisions))

    def cancel(self, reason: str = "资金另有安排") -> None:
        """Cancel it."""
        version = self.version
        self.money.by("fin1", lambda act, _: cancel_call(act, self.call_id, version, reason))

    def scored(self, *wanted: tuple[int, int | None, int]) -> "Calling":
        """Enter drafts of (amount, minimum, points), and have both reviewers give each its points throughout."""
        project = self.money.project()
        self.open()
        for amount, least, _ in wanted:
            self.enter(self.money.draft(project, amount, minimum_fen=least))
        self.start()
        for entry_id, (_, _, points) in zip(self.entries, wanted, strict=True):
            self.score(entry_id, (points, points))
            self.score(entry_id, (points, points), by="wea_staff")
        return self
