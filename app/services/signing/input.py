"""Reads what a signature or a move of signers brings: every fault at once, with its field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core.errors import Fault, InvalidError, Sentence
from app.core.text import TEXT_MAX, clean
from app.core.typed import FIRST_YEAR, LAST_YEAR, is_usable_day, read_day

SIGN = "sign"
ADD = "add_signer"
REMOVE = "remove_signer"
TRANSFER = "transfer_signature"
LEND = "lend_signature"
TAKE_BACK = "take_signature_back"
RECORD_PAPER = "record_paper"
CONFIRM_PAPER = "confirm_paper"
REJECT_PAPER = "reject_paper"
#: What each move asks for.
FIELDS: dict[str, tuple[str, ...]] = {
    SIGN: ("verdict", "remark"),
    ADD: ("place", "signer", "reason", "slot"),
    REMOVE: ("slot", "reason"),
    TRANSFER: ("signer", "reason", "slot"),
    LEND: ("signer", "reason", "slot"),
    TAKE_BACK: ("reason", "slot"),
    RECORD_PAPER: ("signer", "verdict", "remark", "signed_on", "scan", "slot"),
    CONFIRM_PAPER: ("slot",),
    REJECT_PAPER: ("slot", "reason"),
}
MOVES = frozenset(FIELDS)
#: What is done about a signature that was given on paper.
PAPER_MOVES = frozenset({RECORD_PAPER, CONFIRM_PAPER, REJECT_PAPER})
#: What signers do beside signing: moves on one item, each with its own form.
SIGNERS_MOVES = MOVES - {SIGN}
PLACES = ("before", "beside", "after")
_DIGITS_MAX = 18
_OPTIONAL_REASON = frozenset({TAKE_BACK})


@dataclass(frozen=True, slots=True)
class MoveInput:
    """What was given with a move; what it does not ask for is None."""

    verdict: str | None = None
    remark: str | None = None
    place: str | None = None
    signer: int | None = None
    reason: str | None = None
    slot: int | None = None
    signed_on: date | None = None
    scan: int | None = None


def read_move(action: str, given: Mapping[str, Any]) -> MoveInput:
    """Return what was given; InvalidError lists every fault. A refusal needs a remark, most moves a reason."""
    known = FIELDS[action]
    faults = _find_unknown(action, given)
    verdict, remark = given.get("verdict"), _read_text("remark", given, faults)
    if "verdict" in known and verdict not in ("agree", "refuse"):
        faults.append(Fault("verdict", Sentence("请选择同意（agree）或不同意（refuse）。", "choose agree or refuse.")))
    if verdict == "refuse" and not remark:
        faults.append(Fault("remark", Sentence("不同意须写明理由。", "A refusal needs its reason.")))
    place = given.get("place")
    if "place" in known and place not in PLACES:
        wanted = Sentence(
            "请选择前加签（before）、并加签（beside）或后加签（after）。", "choose before, beside or after."
        )
        faults.append(Fault("place", wanted))
    reason = _read_text("reason", given, faults)
    if "reason" in known and not reason and action not in _OPTIONAL_REASON:
        faults.append(Fault("reason", Sentence("请填写理由。", "Reason is needed.")))
    signer = _read_number("signer", given, faults)
    if "signer" in known and signer is None and not any(fault.field == "signer" for fault in faults):
        faults.append(Fault("signer", Sentence("请选择签署人。", "Choose who is to sign.")))
    slot = _read_number("slot", given, faults)
    signed_on = _read_day("signed_on", given, faults) if "signed_on" in known else None
    scan = _read_number("scan", given, faults)
    if "scan" in known and scan is None and not any(fault.field == "scan" for fault in faults):
        faults.append(Fault("scan", Sentence("请选择签批件的扫描件。", "Choose the scan of the signed paper.")))
    if faults:
        raise InvalidError(faults)
    return MoveInput(
        verdict if "verdict" in known else None, remark or None, place, signer, reason or None, slot, signed_on, scan
    )


def peek_slot(given: Mapping[str, Any]) -> int | None:
    """Return the slot that is named, None for what names none: who may act is asked before what was typed."""
    return _read_number("slot", given, [])


def _find_unknown(action: str, given: Mapping[str, Any]) -> list[Fault]:
    names = FIELDS[action]
    if action == SIGN:
        said = Sentence("签署不含该项，可填：verdict、remark。", "Not asked for; known fields: verdict, remark.")
    else:
        said = Sentence(
            f"此操作不含该项，可填：{'、'.join(names)}。", f"Not asked for; known fields: {', '.join(names)}."
        )
    return [Fault(name, said) for name in given if name not in names]


def _read_text(name: str, given: Mapping[str, Any], faults: list[Fault]) -> str:
    raw = given.get(name)
    text = clean(raw, newlines=True) if isinstance(raw, str) else ""
    if len(text) > TEXT_MAX:
        faults.append(Fault(name, Sentence(f"最多{TEXT_MAX}字。", f"At most {TEXT_MAX} characters.")))
    return text


def _read_day(name: str, given: Mapping[str, Any], faults: list[Fault]) -> date | None:
    raw = given.get(name)
    day = raw if isinstance(raw, date) else read_day(raw) if isinstance(raw, str) else None
    if day is not None and not is_usable_day(day):
        said = Sentence(f"应在{FIRST_YEAR}年至{LAST_YEAR}年之间。", f"Must lie between {FIRST_YEAR} and {LAST_YEAR}.")
        faults.append(Fault(name, said))
        return None
    if day is None:
        wanted = Sentence("请填写签批件上的日期，如2026-03-05。", "The date on the paper is needed, as 2026-03-05.")
        faults.append(Fault(name, wanted))
        return None
    return day


def _read_number(name: str, given: Mapping[str, Any], faults: list[Fault]) -> int | None:
    raw = given.get(name)
    if raw is None or raw == "":
        return None
    text = str(raw)
    if isinstance(raw, bool) or not text.isascii() or not text.isdigit() or len(text) > _DIGITS_MAX:
        faults.append(Fault(name, Sentence("应为编号。", "expected an id.")))
        return None
    return int(text)


def refuse_field(name: str, sentence: Sentence, others: Sequence[Fault] = ()) -> InvalidError:
    """Return the error that one field is wrong."""
    return InvalidError([*others, Fault(name, sentence)])
