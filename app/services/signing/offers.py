"""The signature and the moves of signers as they are offered, with the rule and the refusal rule in words."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from app.core.errors import Sentence
from app.policy.people import Actor
from app.services.choices import OfferedOption
from app.services.loading import Loaded
from app.services.offer import VERDICTS, Offer, OfferedField, is_own, offer_posts
from app.services.signing.input import ADD, LEND, REMOVE, SIGN, TAKE_BACK, TRANSFER
from app.services.signing.rounds import OpenRound
from app.services.signing.signers import (
    Candidate,
    Pair,
    find_heirs,
    list_removable,
    list_signed,
    match_signers,
    say_not_yet,
)
from app.services.submission import OWN_SUBMISSION, OWN_SUBMISSION_SAID
from workflows.roles import Capacity
from workflows.signing.moves import explain, take_back
from workflows.signing.round import SIGNING_ROLES, Slot, fits
from workflows.signing.wording import tell_count, tell_rule
from workflows.words import Text

MOVE_LABELS = {
    ADD: Text("加签", "Add a signer"),
    REMOVE: Text("减签或收回委派", "Remove a signer"),
    TRANSFER: Text("转办", "Hand over to a colleague"),
    LEND: Text("委派他人提意见", "Ask somebody for an opinion"),
    TAKE_BACK: Text("取回签署", "Take my signature back"),
}
PLACE_OPTIONS = (
    OfferedOption("before", Text("前加签：对方先签，我再签", "Before me: they sign first")),
    OfferedOption("beside", Text("并加签：与我同时签", "Beside me: both at once")),
    OfferedOption("after", Text("后加签：我签后对方再签", "After me: they sign once I have")),
)
_SIGN_FIELDS = (
    OfferedField("verdict", "choice", Text("意见", "Verdict"), is_required=True, options=VERDICTS),
    OfferedField(
        "remark", "text", Text("说明（不同意须写明理由）", "Remark (a refusal needs its reason)"), is_required=False
    ),
)
_OPINION = Text("提出意见", "Give an opinion")
_OPINION_FIELDS = (
    OfferedField(
        "verdict", "choice", Text("建议", "Advice"), is_required=True,
        options=(
            OfferedOption("agree", Text("建议同意", "to agree")),
            OfferedOption("refuse", Text("建议不同意", "not to agree")),
        ),
    ),
    OfferedField(
        "remark", "text", Text("意见（只供参考，不计票）", "Opinion (it advises and counts no vote)"), is_required=True
    ),
)  # fmt: skip
_REASON = OfferedField("reason", "text", Text("理由", "Reason"), is_required=True)
_PURPOSES = {"extra": Text("加签", "added"), "opinion": Text("委派", "asked for an opinion")}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside the round: who holds a slot's posts, who submitted the item, who may become a signer.

    Without `candidates` (in lists) only the signature itself is offered: the moves have people to choose from.
    """

    holders: Callable[[Slot], Iterable[Capacity]]
    people: frozenset[int]
    candidates: Callable[[], Sequence[Candidate]] | None = None


def offer_moves(item: Loaded, actor: Actor, open_: OpenRound, known: Known) -> Iterator[Offer]:
    """Yield what the actor may do in the round: sign (in a sequence also what waits for its turn), and the moves."""
    round_ = open_.slots

    def match(slot: Slot) -> tuple[Capacity, ...]:
        return match_signers(slot, item, actor, lambda: known.holders(slot))

    mine = [(slot, one) for slot in round_.waiting() for one in match(slot)]
    if mine:
        yield _offer_signature(open_, mine, known)
    if known.candidates is None:
        return
    candidates = known.candidates()
    own = [pair for pair in mine if pair[1].people.isdisjoint(known.people)]
    if own:
        hidden = known.people | {actor.person_id}
        yield from _offer_signers(item, open_, own, [one for one in candidates if one.person_id not in hidden])
    removable = list_removable(round_, item, actor, match)
    if removable:
        people = {one.person_id: one.name for one in candidates}
        yield _make(open_, REMOVE, removable, (_slots(removable, people), _REASON))
    signed = list_signed(round_, actor)
    if signed:
        error = explain(lambda: take_back(round_, signed[0][0].number, actor.person_id))
        reason = OfferedField("reason", "text", _REASON.label, is_required=False)
        offered = _make(open_, TAKE_BACK, signed[:1], (reason,))
        yield offered if error is None else _close(offered, error.code, Sentence(error.says.zh, error.says.en))


def _tell(open_: OpenRound) -> Text:
    rule, count = tell_rule(open_.rule), tell_count(open_.slots)
    return Text(f"{rule.zh}{count.zh}", f"{rule.en} {count.en}")


def _make(open_: OpenRound, action: str, pairs: Sequence[Pair], fields: tuple[OfferedField, ...]) -> Offer:
    label = open_.rule.label if action == SIGN else MOVE_LABELS[action]
    posts = offer_posts([(one, SIGNING_ROLES[slot.role]) for slot, one in pairs], frozenset())
    return Offer(action, label, tuple(posts), fields, is_grave=False, needs_version=False, rule_text=_tell(open_))


def _close(offer: Offer, code: str, refusal: Sentence) -> Offer:
    return replace(offer, code=code, refusal=refusal)


def _offer_signature(open_: OpenRound, mine: Sequence[Pair], known: Known) -> Offer:
    others = [pair for pair in mine if pair[1].people.isdisjoint(known.people)]
    offered = _make(open_, SIGN, others or mine, _SIGN_FIELDS)
    if others and all(slot.purpose == "opinion" for slot, _ in others):
        offered = replace(offered, label=_OPINION, fields=_OPINION_FIELDS, is_opinion=True)
    if is_own((capacity for _, capacity in mine), known.people):
        return _close(offered, OWN_SUBMISSION, OWN_SUBMISSION_SAID)
    due = {slot.number for slot in open_.slots.due()}
    if not any(slot.number in due for slot, _ in others):
        return _close(offered, "not_your_turn", say_not_yet(open_.slots, [slot for slot, _ in others]))
    return offered


def _offer_signers(item: Loaded, open_: OpenRound, own: Sequence[Pair], people: Sequence[Candidate]) -> Iterator[Offer]:
    """Yield the moves of whoever has a signature to give: add, lend, hand over to one of `people`."""
    full = [pair for pair in own if pair[0].purpose != "opinion"]
    if full:
        waiting = open_.slots.waiting()
        new = [one for one in people if not any(fits(slot, one.capacity, item.place) for slot in waiting)]
        signer = _signers(Text("签署人", "Signer"), new)
        place = OfferedField("place", "choice", Text("次序", "Order"), is_required=True, options=PLACE_OPTIONS)
        yield _make(open_, ADD, full, (place, signer, _REASON))
        asked = OfferedField("reason", "text", Text("需要对方提出什么意见", "What is asked"), is_required=True)
        yield _make(open_, LEND, full, (_signers(Text("受委派人", "Who is asked"), new), asked))
    heirs = {one.person_id: one for slot, capacity in own for one in find_heirs(slot, capacity, people, item)}
    if heirs:
        yield _make(open_, TRANSFER, own, (_signers(Text("接办人", "Who takes over"), heirs.values()), _REASON))


def _signers(label: Text, people: Iterable[Candidate]) -> OfferedField:
    options = {one.person_id: OfferedOption(str(one.person_id), one.label) for one in people}
    return OfferedField("signer", "person", label, is_required=True, options=tuple(options.values()))


def _slots(pairs: Sequence[Pair], people: dict[int, str]) -> OfferedField:
    slots = {slot.number: slot for slot, _ in pairs}
    options = []
    for number, slot in slots.items():
        purpose = _PURPOSES[slot.purpose]
        name = people.get(slot.person_id or 0, f"#{number}")
        options.append(OfferedOption(str(number), Text(f"{name}（{purpose.zh}）", f"{name} ({purpose.en})")))
    return OfferedField("slot", "choice", Text("减去谁", "Whom"), is_required=len(slots) > 1, options=tuple(options))
