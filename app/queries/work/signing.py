"""The rounds of signatures on an item as they are read: slots, who gave what, for whom, on paper or here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.organisation import Department, Person, Post
from app.models.record import PaperSignature, Signature, SignOff, SignSlot


@dataclass(frozen=True, slots=True)
class SlotRow:
    """A signature that is wanted, with who gave it and for whom.

    `named` is who was asked by name; `purpose` rule, extra or opinion; `ended` how the slot ended without counting;
    `is_due`: it may be signed now.
    """

    slot: int
    role: str
    department_id: int | None
    department_name: str | None
    department_name_en: str | None
    verdict: str | None
    remark: str | None
    person_name: str | None
    signed_at: datetime | None
    on_behalf_of_name: str | None
    turn: int
    weight: int
    purpose: str
    before_slot: int | None
    after_slot: int | None
    origin_slot: int | None
    person_id: int | None
    named: str | None
    post_id: int | None
    post_title: str | None
    post_title_en: str | None
    added_by_name: str | None
    ended: str | None
    is_due: bool
    added_at: datetime | None
    paper_outcome: str | None
    paper_signer: str | None
    paper_verdict: str | None
    paper_signed_on: date | None
    paper_scan_id: int | None
    paper_recorder: str | None
    paper_checker: str | None

    @property
    def has_paper(self) -> bool:
        """Whether a signature on paper is recorded for it: confirmed, or still waiting for that."""
        return self.paper_scan_id is not None and (self.paper_outcome is not None or self.is_missing)

    @property
    def is_missing(self) -> bool:
        """Whether its signature is still wanted."""
        return self.ended is None and self.verdict is None

    @property
    def counts(self) -> bool:
        """Whether it is one of the signatures that decide: live, and more than an opinion."""
        return self.ended is None and self.purpose != "opinion"


@dataclass(frozen=True, slots=True)
class SignOffRow:
    """A round of signatures; `outcome` None while it is being collected."""

    id: int
    name: str
    opened_at: datetime
    closed_at: datetime | None
    outcome: str | None
    content_version: int
    slots: tuple[SlotRow, ...]
    #: The rule by which it was opened; None: as the item's workflow has it.
    rule: Mapping[str, Any] | None = None


_Behalf = aliased(Person, name="behalf")
_Named = aliased(Person, name="named")
_Adder = aliased(Person, name="adder")
_Hand, _Recorder, _Checker = (aliased(Person, name=name) for name in ("hand", "recorder", "checker"))
#: How many columns are the round's own.
_ROUND = 7
#: Built once: building it takes longer than its answer.
_ROUNDS = (
    select(
        SignOff.id, SignOff.name, SignOff.opened_at, SignOff.closed_at, SignOff.outcome, SignOff.content_version,
        SignOff.rule,
        SignSlot.slot, SignSlot.role, SignSlot.department_id, Department.name, Department.name_en,
        Signature.verdict, Signature.remark, Person.name, Signature.signed_at, _Behalf.name, SignSlot.turn,
        SignSlot.weight, SignSlot.purpose, SignSlot.before_slot, SignSlot.after_slot, SignSlot.origin_slot,
        SignSlot.person_id, _Named.name, SignSlot.post_id,
        Post.title, Post.title_en, _Adder.name, SignSlot.ended, SignSlot.is_due,
        SignSlot.added_at,
        PaperSignature.outcome, _Hand.name, PaperSignature.verdict, PaperSignature.signed_on,
        PaperSignature.attachment_id, _Recorder.name, _Checker.name,
    )
    .join(SignSlot, SignSlot.sign_off_id == SignOff.id)
    .outerjoin(Department, Department.id == SignSlot.department_id)
    .outerjoin(
        Signature, (Signature.sign_off_id == SignSlot.sign_off_id) & (Signature.slot == SignSlot.slot)
    )
    .outerjoin(Person, Person.id == Signature.person_id)
    .outerjoin(_Behalf, _Behalf.id == Signature.on_behalf_of)
    .outerjoin(_Named, _Named.id == SignSlot.person_id)
    .outerjoin(_Adder, _Adder.id == SignSlot.added_by)
    .outerjoin(Post, Post.id == SignSlot.post_id)
    .outerjoin(
        PaperSignature,
        (PaperSignature.sign_off_id == SignSlot.sign_off_id)
        & (PaperSignature.slot == SignSlot.slot)
        & or_(PaperSignature.outcome.is_(None), PaperSignature.outcome == "confirmed"),
    )
    .outerjoin(_Hand, _Hand.id == PaperSignature.person_id)
    .outerjoin(_Recorder, _Recorder.id == PaperSignature.recorded_by)
    .outerjoin(_Checker, _Checker.id == PaperSignature.decided_by)
    .where(SignOff.item_id == bindparam("item_id"))
    .order_by(SignOff.id.desc(), SignSlot.slot)
)  # fmt: skip


def read_sign_offs(connection: Connection, item_id: int) -> tuple[SignOffRow, ...]:
    """Return the rounds of an item, the newest first."""
    rounds: dict[int, list[Any]] = {}
    found: Any = connection.execute(_ROUNDS, {"item_id": item_id})
    for row in found:
        rounds.setdefault(row[0], []).append(row)
    return tuple(_make_sign_off(rows) for rows in rounds.values())


def _make_sign_off(rows: Sequence[Any]) -> SignOffRow:
    sign_off_id, name, opened_at, closed_at, outcome, version, rule = rows[0][:_ROUND]
    slots = tuple(SlotRow(*row[_ROUND:]) for row in rows)
    return SignOffRow(sign_off_id, name, opened_at, closed_at, outcome, version, slots, rule)
