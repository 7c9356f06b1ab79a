"""No sequence of the signers' moves leaves a round that waits for nobody (PEERS 29, 31), or ends it twice.

A state machine of hypothesis plays random moves by random people on a round under a random rule, and lets people lose
their posts on the way.
"""

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.workflows.signing.rules import HOLDERS, PLACE, RULES, open_round, with_refusal
from workflows.signing.moves import MoveError, Named, add_signer, lend, remove, take_back, transfer
from workflows.signing.round import Round, find_signers

PEOPLE = sorted(held.person_id for held in HOLDERS)
picks = st.integers(0, 30)


class Signers(RuleBasedStateMachine):
    """People at work on one round."""

    round_: Round

    @initialize(name=st.sampled_from(sorted(RULES)), refusal=st.sampled_from(["ends", "counts"]))
    def open(self, name: str, refusal: str) -> None:
        """Begin a round."""
        self.round_ = with_refusal(open_round(name), refusal)
        self.holders = HOLDERS
        self.endings = 0
        self.signatures: dict[int, tuple[object, ...]] = {}

    def is_open(self) -> bool:
        """Whether the round still runs; before it begins it does not."""
        return hasattr(self, "round_") and self.endings == 0

    def move(self, after: Round) -> None:
        """Take a move; what is decided then ends the round."""
        self.round_ = after
        self.endings += after.decide() is not None

    def pick(self, number: int) -> int:
        """Return a slot's number."""
        return self.round_.slots[number % len(self.round_.slots)].number

    def named(self, number: int) -> Named:
        """Return somebody as a signer."""
        held = HOLDERS[number % len(HOLDERS)]
        return Named(held.person_id, held.department_id)

    @precondition(is_open)
    @rule(number=picks, agrees=st.sampled_from([True, True, False]))
    def sign(self, number: int, agrees: bool) -> None:  # noqa: FBT001  # hypothesis gives it by name
        """Somebody whose turn it is signs."""
        due = self.round_.due()
        slot = due[number % len(due)]
        signer = find_signers(slot, PLACE, self.holders)[0]
        self.move(self.round_.sign(slot.number, "agree" if agrees else "refuse", signer.person_id, signer.post_id))

    @precondition(is_open)
    @rule(
        number=picks, who=picks, by=st.sampled_from(PEOPLE),
        kind=st.sampled_from(["before", "beside", "after", "lend", "transfer", "remove", "take_back"]),
    )  # fmt: skip
    def change(self, number: int, who: int, by: int, kind: str) -> None:
        """Somebody adds, lends, transfers, removes or takes back; a refused move changes nothing."""
        slot, named = self.pick(number), self.named(who)
        try:
            match kind:
                case "lend":
                    after = lend(self.round_, slot, named, by)
                case "transfer":
                    after = transfer(self.round_, slot, named, by)
                case "remove":
                    after = remove(self.round_, slot)
                case "take_back":
                    after = take_back(self.round_, slot, self.round_.slot(slot).signer_id or by)
                case _:
                    after = add_signer(self.round_, slot, kind, named, by)  # type: ignore[arg-type]  # the three places
        except MoveError:
            return
        self.move(after)

    @precondition(lambda self: not self.is_open())
    @rule(name=st.sampled_from(sorted(RULES)))
    def open_next(self, name: str) -> None:
        """Begin another round: what was decided is behind them."""
        self.open(name=name, refusal="counts")

    @precondition(is_open)
    @rule(who=st.sampled_from(PEOPLE))
    def lose_post(self, who: int) -> None:
        """Somebody leaves; the office always has somebody (the last office post is never vacated)."""
        left = tuple(held for held in self.holders if held.person_id != who)
        if any(held.department_id == 9 and held.duty.value == "office" for held in left):
            self.holders = left

    @invariant()
    def somebody_can_act(self) -> None:
        """Find somebody who is there for every round that is not decided."""
        if self.is_open():
            due = self.round_.due()
            assert due, self.round_
            assert all(find_signers(slot, PLACE, self.holders) for slot in due)

    @invariant()
    def signatures_stay(self) -> None:
        """Keep what was signed as it was, whatever became of its slot; end a round at most once."""
        if not hasattr(self, "round_"):
            return
        given = {s.number: (s.verdict, s.signer_id, s.signed_post_id) for s in self.round_.slots if s.verdict}
        assert all(given[number] == signature for number, signature in self.signatures.items())
        self.signatures = dict(given)
        assert self.endings <= 1


TestSigners = Signers.TestCase
TestSigners.settings = settings(max_examples=400, stateful_step_count=30, deadline=None)
