"""What may be done about signatures on paper, as it is offered beside the signature itself."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from app.core.errors import Sentence
from app.policy.people import Actor
from app.services.choices import OfferedOption
from app.services.loading import Loaded
from app.services.offer import VERDICTS, Offer, OfferedField, offer_posts
from app.services.signing.input import CONFIRM_PAPER, RECORD_PAPER, REJECT_PAPER
from app.services.signing.papers import find_checks, find_hands
from app.services.signing.rounds import OpenRound
from app.services.signing.signers import Candidate
from workflows.roles import OFFICE, Capacity, Duty
from workflows.signing.round import SIGNING_ROLES, Slot
from workflows.words import Text

PAPER_LABELS = {
    RECORD_PAPER: Text("登记纸质签批", "Record a signature on paper"),
    CONFIRM_PAPER: Text("核对纸质签批", "Confirm a signature on paper"),
    REJECT_PAPER: Text("退回或撤销纸质签批登记", "Reject or withdraw a recorded paper"),
}
_NO_SCAN = Sentence(
    "请先在“附件”中上传签批件的扫描件（PDF或图片）。",
    "Add the scan of the signed paper to the files first (PDF or picture).",
)
_VERDICTS = {option.value: option.label for option in VERDICTS}

Holders = Callable[[Slot], Iterable[Capacity]]


def offer_papers(
    item: Loaded,
    actor: Actor,
    open_: OpenRound,
    own: frozenset[int],
    holders: Holders,
    names: Callable[[Iterable[int]], dict[int, str]],
    candidates: Callable[[], Sequence[Candidate]],
    scans: Callable[[], Sequence[tuple[int, str]]],
) -> Iterator[Offer]:
    """Yield recording, confirming and rejecting, as far as they are the actor's; looked up only where they may be."""
    hands = find_hands(open_, item, actor, own, holders)
    checks = find_checks(open_, item, actor, own, rejecting=False)
    rejects = find_checks(open_, item, actor, own, rejecting=True)
    known = names({paper.person_id for paper in open_.papers.values()} if rejects else ())
    if checks:
        yield _make(CONFIRM_PAPER, checks, _choose(open_, checks, known))
    if rejects:
        reason = OfferedField("reason", "text", Text("理由", "Reason"), is_required=True)
        yield _make(REJECT_PAPER, rejects, (*_choose(open_, rejects, known), reason))
    if hands:
        yield _offer_record(hands, {one.person_id: one.label for one in candidates()}, scans())


def _offer_record(
    hands: Sequence[tuple[Slot, Capacity, Capacity]], known: dict[int, Text], scans: Sequence[tuple[int, str]]
) -> Offer:
    signers = {signer.person_id: _name_hand(slot, known[signer.person_id]) for slot, signer, _keeper in hands}
    fields = (
        OfferedField(
            "signer", "person", Text("签批人", "Whose hand it is"), is_required=True,
            options=tuple(OfferedOption(str(person_id), label) for person_id, label in signers.items()),
        ),
        OfferedField("verdict", "choice", Text("签批意见", "Verdict on the paper"), is_required=True, options=VERDICTS),
        OfferedField(
            "remark", "text", Text("批示原文（不同意须写明）", "What is written on it (a refusal needs it)"),
            is_required=False,
        ),
        OfferedField("signed_on", "date", Text("签批日期", "Date on the paper"), is_required=True),
        OfferedField(
            "scan", "file", Text("扫描件（本事项附件中的PDF或图片）", "Scan (a PDF or picture among the files)"),
            is_required=True, options=tuple(OfferedOption(str(number), Text(name, name)) for number, name in scans),
        ),
    )  # fmt: skip
    offer = _make(RECORD_PAPER, [(slot, keeper) for slot, _signer, keeper in hands], fields)
    return (
        offer if scans else _make(RECORD_PAPER, [(hands[0][0], hands[0][2])], fields, code="no_scan", refusal=_NO_SCAN)
    )


def _name_hand(slot: Slot, name: Text) -> Text:
    """Return whose hand it is: department, name and role."""
    role = SIGNING_ROLES[slot.role].label
    return Text(f"{name.zh}（{role.zh}）", f"{name.en} ({role.en})")


def _choose(
    open_: OpenRound, pairs: Sequence[tuple[Slot, Capacity]], known: dict[int, str]
) -> tuple[OfferedField, ...]:
    """Return the field by which one of several papers is chosen; the only one needs none."""
    if len(pairs) == 1:
        return ()
    options = []
    for slot, _keeper in pairs:
        paper = open_.papers[slot.number]
        name, verdict = known[paper.person_id], _VERDICTS[paper.verdict]
        told = Text(f"{name}：{verdict.zh}，{paper.signed_on}", f"{name}: {verdict.en}, {paper.signed_on}")
        options.append(OfferedOption(str(slot.number), told))
    return (OfferedField("slot", "choice", Text("哪一份", "Which"), is_required=True, options=tuple(options)),)


def _make(
    action: str, pairs: Sequence[tuple[Slot, Capacity]], fields: tuple[OfferedField, ...], *, code: str | None = None,
    refusal: Sentence | None = None,
) -> Offer:  # fmt: skip
    roles = [(one, OFFICE if one.duty is Duty.OFFICE else SIGNING_ROLES[slot.role]) for slot, one in pairs]
    posts = tuple(offer_posts(roles, frozenset()))
    return Offer(action, PAPER_LABELS[action], posts, fields, is_grave=False, needs_version=False, code=code,
                 refusal=refusal)  # fmt: skip
