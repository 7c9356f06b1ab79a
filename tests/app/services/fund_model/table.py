"""Where the random play is held: a city with two funds, the model beside it, and how both are asked the same."""

import copy
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from app.core.errors import DomainError
from tests.app.services.fund_model.model import Fund, Hand, Refused, Rule
from tests.app.services.fund_model.paying import Ledger
from tests.city import City
from tests.money import WAN, Treasury

CONTROLS = ("stop", "stop", "warn", "free")
STAFF = {"TRA": ("tra_staff", "tra_head"), "ENE": ("ene_staff", "ene_head")}
picks = st.integers(0, 15)
#: The pick that takes anything, fitting or not.
STRAY = 15
amounts = st.integers(1, 40 * WAN) | st.sampled_from([WAN, 10 * WAN, 100])


class Table(RuleBasedStateMachine):
    """The city, the model, and what a step is."""

    city: City
    money: Treasury
    world: Ledger
    treasuries: list[Treasury]
    hands: list[tuple[Fund, Hand]]
    names: dict[int, str]
    versions: list[int]
    count: int
    allowed: int
    refused: "Counter[str]"

    def give_rule(self, control: str, *, surplus: bool, high: bool, notice: bool) -> Rule:
        """Make a rule of today."""
        return Rule(self.world.today, control, "surrender" if surplus else "carry", 25 * WAN if high else None,
                    2 if notice else 0)  # fmt: skip

    def write_rule(self, given: Rule) -> dict[str, Any]:
        """Return a rule's columns for the services."""
        approver = self.city.posts["leader"] if given.control == "warn" else None
        return {
            "control": given.control, "surplus": given.surplus, "leaders_from_fen": given.high_from,
            "notice_workdays": given.notice, "exception_post_id": approver, "warning_workdays": 1,
        }  # fmt: skip

    def both(self, model: Callable[[], Any], service: Callable[[], Any]) -> tuple[Any, Any] | None:
        """Ask the model and the services: both do it (their answers), or both refuse (None)."""
        keep = [(one, {name: copy.copy(value) if isinstance(value, list | dict | set) else value
                       for name, value in vars(one).items()}) for one in self.list_all()]  # fmt: skip
        try:
            expected = model()
        except Refused:
            allowed = False
        else:
            allowed = True
        refusal: DomainError | None = None
        try:
            got = service()
        except DomainError as error:
            refusal = error
        if refusal is not None:
            assert not allowed, f"refused: {refusal}"
            for one, was in keep:  # what a refused step did to the model is forgotten
                vars(one).update(was)
            self.refused[refusal.code] += 1
            return None
        assert allowed, "the services allowed what the rules refuse"
        self.allowed += 1
        return expected, got

    def list_all(self) -> Iterator[object]:
        """Return everything the model is made of."""
        yield self.world
        yield from self.world.funds
        yield from (hand for _, hand in self.hands)
        for ask in self.world.asks:
            yield from (ask, *ask.parts, *ask.pays)

    def treasury(self, fund: Fund) -> Treasury:
        """Return a fund's treasury."""
        return self.treasuries[next(at for at, one in enumerate(self.world.funds) if one is fund)]

    def do(self, login: str, item_id: int, action: str, **fields: Any) -> Callable[[], Any]:  # noqa: ANN401  # fields
        """Return the step on the services."""
        return lambda: self.money.do(login, item_id, action, **fields)

    def next(self, word: str) -> str:
        """Return a text never used before."""
        self.count += 1
        return f"{word}{self.count}"

    def read(self, statement: Any) -> list[Any]:  # noqa: ANN401  # a statement
        """Read rows."""
        with self.city.database.reading() as session:
            return list(session.execute(statement).all())

    def move_to(self, now: datetime) -> None:
        """Move the clock."""
        self.money.now = now
        self.world.today = self.money.today
