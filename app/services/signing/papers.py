"""Signatures on paper (纸质签批): one person records whose hand the scan shows, a second one confirms, then it counts.

Both are of the coordination office or of the department that signs; neither may be whose hand it is, and whoever
submitted the item confirms nothing on it. The signature is the signer's, in their post, marked as given on paper; the
signer is told. A record that was not confirmed decides nothing: the slot may still be signed here meanwhile.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, Fault, ForbiddenError, InvalidError, Sentence
from app.models.attachment import Attachment
from app.models.organisation import Person
from app.models.record import PaperSignature, Signature
from app.policy.people import Actor, find_holders
from app.services.loading import Loaded
from app.services.recording import Acting, owe, write_audit, write_history
from app.services.signing.binding import refuse_changed
from app.services.signing.input import CONFIRM_PAPER, RECORD_PAPER, REJECT_PAPER, peek_slot, read_move, refuse_field
from app.services.signing.moving import Act, Done, tell_turns
from app.services.signing.rounds import OpenRound, Paper, save
from app.services.signing.signers import list_departments_of, pick_post
from app.services.submission import OWN_SUBMISSION_SAID
from workflows.roles import OFFICE, Capacity, Duty, Place
from workflows.signing.round import SILENT, Slot, find_signers

#: What shows a paper: a PDF or a picture, found from the content.
SCAN_TYPES = ("application/pdf", "image/jpeg", "image/png", "image/tiff")
NO_PAPER = ("no_paper", Sentence("没有待核对的纸质签批。", "No signature on paper waits for its confirmation."))
WAITING = (
    "paper_waiting",
    Sentence("该签署已登记纸质签批，待核对。", "A signature on paper is recorded for it and waits for confirmation."),
)
_SECOND = Sentence(
    "纸质签批须由登记人、签批人以外的人核对。",
    "A signature on paper is confirmed by somebody else than who recorded it and whose hand it is.",
)
_NOT_YOURS = Sentence(
    "纸质签批由协调办或签署单位的人员登记、核对。",
    "Signatures on paper are recorded and confirmed by the coordination office or the department that signs.",
)


def find_keepers(slot: Slot, place: Place, capacities: Iterable[Capacity]) -> list[Capacity]:
    """Return the posts in which papers of a slot are recorded and confirmed: the office's, the signing department's."""
    return [
        one
        for one in capacities
        if OFFICE.fits(one, place)
        or (slot.department_id is not None and one.department_id == slot.department_id and one.duty not in SILENT)
    ]


def find_hands(
    open_: OpenRound, item: Loaded, actor: Actor, own: frozenset[int], holders: Callable[[Slot], Iterable[Capacity]]
) -> list[tuple[Slot, Capacity, Capacity]]:
    """Return whose hand the actor may record now: the slot, the signer's post, the actor's own.

    `own` are the people who submitted the item: theirs is no signature. Slots with a record that waits are left out.
    """
    found = []
    for slot in open_.slots.due():
        keepers = find_keepers(slot, item.place, actor.capacities)
        if slot.number in open_.papers or not keepers:
            continue
        signers = find_signers(slot, item.place, holders(slot))
        found += [
            (slot, one, keepers[0]) for one in signers if one.person_id not in own and one.person_id != actor.person_id
        ]
    return found


def find_checks(
    open_: OpenRound, item: Loaded, actor: Actor, own: frozenset[int], *, rejecting: bool
) -> list[tuple[Slot, Capacity]]:
    """Return the papers that the actor may confirm, or reject (also what they recorded themselves), with their post."""
    found = []
    for number, paper in sorted(open_.papers.items()):
        slot = open_.slots.slot(number)
        for one in find_keepers(slot, item.place, actor.capacities):
            people = one.people | {actor.person_id}
            is_second = people.isdisjoint({paper.recorded_by, paper.person_id}) and people.isdisjoint(own)
            if is_second or (rejecting and actor.person_id == paper.recorded_by):
                found.append((slot, one))
                break
    return found


def list_scans(connection: Connection, item_id: int, *, attachment_id: int | None = None) -> list[tuple[int, str]]:
    """Return id and name of the item's files that may show a paper, newest first."""
    statement = (
        select(Attachment.id, Attachment.name)
        .where(
            Attachment.item_id == item_id, Attachment.removed_at.is_(None), Attachment.media_type.in_(SCAN_TYPES)
        )
        .order_by(Attachment.id.desc())
    )  # fmt: skip
    if attachment_id is not None:
        statement = statement.where(Attachment.id == attachment_id)
    return [(row[0], row[1]) for row in connection.execute(statement)]


def act_on(act: Act, open_: OpenRound) -> Done:
    """Record, confirm or reject a signature on paper, and write it.

    Raises ForbiddenError, ConflictError and InvalidError with the reason; nothing of the item itself changes here.
    """
    return {RECORD_PAPER: _record, CONFIRM_PAPER: _confirm, REJECT_PAPER: _reject}[act.action](act, open_)


def _record(act: Act, open_: OpenRound) -> Done:
    refuse_changed(act.connection, open_, act.item.id, act.version)
    hands = find_hands(open_, act.item, act.actor, act.own, lambda slot: _find_holders(act, slot))
    if not hands:
        raise _refuse_recording(act, open_)
    given = read_move(act.action, act.fields)
    fitting = [
        (slot, (signer, keeper))
        for slot, signer, keeper in hands
        if signer.person_id == given.signer and given.slot in (None, slot.number)
    ]
    faults = []
    if not fitting:
        wanted = Sentence("此人目前没有可签的意见。", "This person has no signature to give now.")
        faults.append(Fault("signer", wanted))
    faults += _check_paper(act, open_, given.signed_on, given.scan)
    if faults:
        raise InvalidError(faults)
    slot, (signer, keeper) = fitting[0]
    pick_post([(slot, one[0]) for slot, one in fitting if slot is fitting[0][0]])
    paper_id = act.connection.execute(
        insert(PaperSignature)
        .values(
            sign_off_id=open_.id, slot=slot.number, person_id=signer.person_id, post_id=signer.post_id,
            verdict=given.verdict, remark=given.remark, signed_on=given.signed_on, attachment_id=given.scan,
            recorded_by=act.actor.person_id, recorded_at=act.now,
        )
        .returning(PaperSignature.id)
    ).scalar_one()  # fmt: skip
    data = {
        "signer": signer.person_id, "verdict": given.verdict, "remark": given.remark, "signed_on": given.signed_on,
        "scan": given.scan, "paper": paper_id,
    }  # fmt: skip
    _write(act, open_, slot, keeper, data)
    _tell(act, [OFFICE.name.upper()], given.remark)
    return Done(open_.slots, keeper, given.remark)


def _refuse_recording(act: Act, open_: OpenRound) -> ForbiddenError | ConflictError:
    """Return why nothing can be recorded: not the actor's to do, one waits already, or only submitters would sign."""
    kept = [slot for slot in open_.slots.due() if find_keepers(slot, act.item.place, act.actor.capacities)]
    if not kept:
        return ForbiddenError("not_yours", _NOT_YOURS)
    if all(slot.number in open_.papers for slot in kept):
        return ConflictError(*WAITING)
    said = Sentence("目前没有他人可在纸上签署。", "Nobody else can sign on paper at present.")
    return ConflictError("nobody_to_sign", said)


def _check_paper(act: Act, open_: OpenRound, signed_on: date | None, scan: int | None) -> list[Fault]:
    """Return what is wrong with the paper's date and its scan."""
    faults = list[Fault]()
    if signed_on is None:
        raise AssertionError("the date was read")
    begun = open_.opened_at.astimezone(act.zone).date()
    if signed_on > act.today:
        faults.append(Fault("signed_on", Sentence("不能晚于今天。", "Not later than today.")))
    elif signed_on < begun:
        said = Sentence(
            f"不能早于本轮会签开始的日期（{begun}）。", f"Not before this round of signatures began ({begun})."
        )
        faults.append(Fault("signed_on", said))
    if scan is not None and not list_scans(act.connection, act.item.id, attachment_id=scan):
        wanted = Sentence("应为本事项的附件，PDF或图片。", "Must be a file of this item, a PDF or a picture.")
        faults.append(Fault("scan", wanted))
    return faults


def _confirm(act: Act, open_: OpenRound) -> Done:
    slot, keeper, paper = _choose(act, open_, rejecting=False)
    read_move(act.action, act.fields)
    _decide(act, paper, "confirmed", None)
    after = open_.slots.sign(slot.number, paper.verdict, paper.person_id, paper.post_id)
    save(act.connection, open_.id, open_.slots, after, act.now)
    act.connection.execute(
        insert(Signature).values(
            sign_off_id=open_.id, slot=slot.number, person_id=paper.person_id, post_id=paper.post_id,
            verdict=paper.verdict, remark=paper.remark, content_version=open_.content_version, signed_at=act.now,
            paper_id=paper.id,
        )
    )  # fmt: skip
    data = {
        "signer": paper.person_id, "verdict": paper.verdict, "remark": paper.remark, "signed_on": paper.signed_on,
        "scan": paper.attachment_id, "paper": paper.id, "recorded_by": paper.recorded_by,
    }  # fmt: skip
    _write(act, open_, slot, keeper, data)
    _tell(act, [f"U:{paper.person_id}"], paper.remark)
    tell_turns(act, open_.slots, after)
    return Done(after, keeper, paper.remark)


def _reject(act: Act, open_: OpenRound) -> Done:
    slot, keeper, paper = _choose(act, open_, rejecting=True)
    given = read_move(act.action, act.fields)
    _decide(act, paper, "rejected", given.reason)
    _write(act, open_, slot, keeper, {"signer": paper.person_id, "paper": paper.id, "reason": given.reason})
    if paper.recorded_by != act.actor.person_id:
        _tell(act, [f"U:{paper.recorded_by}"], given.reason)
    return Done(open_.slots, keeper, None)


def _choose(act: Act, open_: OpenRound, *, rejecting: bool) -> tuple[Slot, Capacity, Paper]:
    """Return the paper that is meant, its slot, and the actor's post; the only one needs no number."""
    if not open_.papers:
        raise ConflictError(*NO_PAPER)
    checks = find_checks(open_, act.item, act.actor, act.own, rejecting=rejecting)
    if not checks:
        kept = [n for n in open_.papers if find_keepers(open_.slots.slot(n), act.item.place, act.actor.capacities)]
        if kept and act.actor.person_id in act.own:
            raise ForbiddenError("own_submission", OWN_SUBMISSION_SAID)
        raise ForbiddenError("second_person", _SECOND) if kept else ForbiddenError("not_yours", _NOT_YOURS)
    wanted = peek_slot(act.fields)
    mine = [pair for pair in checks if wanted in (None, pair[0].number) and act.as_post in (None, pair[1].post_id)]
    if not mine:
        raise ConflictError(*NO_PAPER)
    if len(mine) > 1:
        numbers = ", ".join(str(slot.number) for slot, _ in mine)
        raise refuse_field("slot", Sentence(f"请选定一件（slot：{numbers}）。", f"Choose one (slot: {numbers})."))
    slot, keeper = mine[0]
    return slot, keeper, open_.papers[slot.number]


def _decide(act: Act, paper: Paper, outcome: str, reason: str | None) -> None:
    act.connection.execute(
        update(PaperSignature)
        .where(PaperSignature.id == paper.id)
        .values(outcome=outcome, decided_by=act.actor.person_id, decided_at=act.now, reason=reason)
    )


def _find_holders(act: Act, slot: Slot) -> Sequence[Capacity]:
    return tuple(find_holders(act.connection, list_departments_of(slot, act.item), act.today))


def _write(act: Act, open_: OpenRound, slot: Slot, keeper: Capacity, data: dict[str, Any]) -> None:
    """Write history and audit: whose hand it is stands there by name."""
    role = OFFICE.name if keeper.duty is Duty.OFFICE else str(keeper.duty.value)
    acting = Acting(act.actor.person_id, role, keeper)
    people = {key: data[key] for key in ("signer", "recorded_by") if key in data}
    found = select(Person.id, Person.name).where(Person.id.in_(people.values()))
    names: dict[int, str] = {row[0]: row[1] for row in act.connection.execute(found)}
    whole = {"sign_off": open_.name, "slot": slot.number, **data}
    whole |= {f"{key}_name": names[person_id] for key, person_id in people.items()}
    whole = {name: value for name, value in whole.items() if value is not None}
    here = act.item.state
    write_history(
        act.connection, act.item, acting, act.now, action=act.action, from_state=here, to_state=here, data=whole
    )
    write_audit(act.connection, acting, act.now, action=act.action, source=act.source, item_id=act.item.id, after=whole)


def _tell(act: Act, keys: Iterable[str], note: str | None) -> None:
    payload = {"title": act.item.title, "note": note, "by": act.actor.person_id}
    owe(act.connection, act.item, keys, act.now, topic=f"{act.item.kind}.{act.action}", payload=payload)
