"""The panel of signatures on an item's page: the rule, whose turn it is, who signed, what became of the others."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import url_for
from markupsafe import Markup, escape

from app.pages.items.item_row import Reading, name_department
from app.pages.items.next_bar import name_signer, open_round, tell_waiting
from app.pages.session import Visitor
from app.pages.show import GAP, join_names, say, say_label, show_instant
from app.pages.words import current_lang
from app.pages.words import gettext as _
from app.queries.item_detail import ItemDetail
from app.queries.work.signing import SignOffRow, SlotRow
from app.services.offer import Offers
from app.services.signing.input import SIGNERS_MOVES
from workflows.interpreter import CompiledSignOff
from workflows.ruling.signing import read_kept
from workflows.signing.wording import tell_rule


@dataclass(frozen=True, slots=True)
class SlotView:
    """A signature: whose, given or missing, when and with which remark; `note`: its turn, who added it, its weight."""

    who: str
    is_you: bool
    css: str
    verdict_label: str
    note: str
    detail: Markup


@dataclass(frozen=True, slots=True)
class RoundView:
    """A round of signatures, in their order where there is one, else the missing first; `signed` of `total` count."""

    label: str
    rule: str
    signed: int
    total: int
    slots: tuple[SlotView, ...]
    is_open: bool
    outcome: str


@dataclass(frozen=True, slots=True)
class MoveLink:
    """A move of a signer's: the way to its form, or the reason why it is closed."""

    label: str
    address: str
    reason: str


def make_round(detail: ItemDetail, reading: Reading, visitor: Visitor) -> RoundView | None:
    """Return the round that runs, else the last one that was decided."""
    round_ = open_round(detail) or next((r for r in detail.sign_offs if r.outcome != "void"), None)
    if round_ is None:
        return None
    machine = reading.machines[detail.row.kind, detail.row.workflow_version]
    rule = read_kept(machine.sign_offs[round_.name], round_.rule)
    is_open = round_.outcome is None
    counting = [slot for slot in round_.slots if slot.counts]
    in_order = rule.rule == "sequence"
    slots = sorted(
        round_.slots,
        key=lambda slot: (slot.ended is not None, slot.verdict is not None and not in_order, slot.turn, slot.slot),
    )
    return RoundView(
        label=say_label(rule.label),
        rule=say(tell_rule(rule)),
        signed=sum(slot.verdict is not None for slot in counting),
        total=len(counting),
        slots=tuple(_make_slot(slot, round_, rule, reading, visitor) for slot in slots),
        is_open=is_open,
        outcome={"agreed": _("已通过"), "refused": _("未通过")}.get(round_.outcome or "", ""),
    )


def make_moves(offers: Offers) -> tuple[MoveLink, ...]:
    """Return the moves that the visitor may make in the round, closed ones with their reason."""
    return tuple(
        MoveLink(
            say(offer.label),
            url_for("item.show_action", item_id=offers.item_id, action=offer.action) if offer.is_open else "",
            "" if offer.refusal is None else say(offer.refusal),
        )
        for offer in offers.offers
        if offer.action in SIGNERS_MOVES
    )


def _make_slot(
    slot: SlotRow, round_: SignOffRow, rule: CompiledSignOff, reading: Reading, visitor: Visitor
) -> SlotView:
    is_you = round_.outcome is None and slot.is_due and _is_visitors(slot, visitor)
    return SlotView(
        _name_whose(slot), is_you, _pick_css(slot), _name_verdict(slot, round_),
        join_names(_list_notes(slot, rule)), _tell_detail(slot, round_, reading),
    )  # fmt: skip


def _is_visitors(slot: SlotRow, visitor: Visitor) -> bool:
    """Whether a slot asks for the visitor, for a seat of theirs, else for their department."""
    if slot.person_id is not None:
        return slot.person_id == visitor.person_id
    if slot.post_id is not None:
        return any(post.post_id == slot.post_id for post in visitor.posts)
    return any(post.department_id == slot.department_id for post in visitor.posts)


def _name_whose(slot: SlotRow) -> str:
    """Return the department, the seat and the person: who signed, else who was asked by name."""
    post = (slot.post_title_en if current_lang() == "en" else None) or slot.post_title
    if slot.person_name is None:
        return name_signer(slot) if post is None else f"{name_signer(slot)} {post}"
    department = name_department(slot.department_name, slot.department_name_en)
    signer = slot.person_name
    if slot.on_behalf_of_name:
        signer = _("%(name)s（代%(other)s）", name=signer, other=slot.on_behalf_of_name)
    return " ".join(part for part in (department, post, signer) if part)


def _pick_css(slot: SlotRow) -> str:
    if slot.ended is not None:
        return "ink-3"
    if slot.verdict is None:
        return "b" if slot.is_due else "ink-3"
    return "is-green" if slot.verdict == "agree" else "is-red b"


def _name_verdict(slot: SlotRow, round_: SignOffRow) -> str:
    ended = {"removed": _("已减签"), "transferred": _("已转办"), "taken_back": _("已取回"), "void": _("作废")}
    if slot.ended is not None:
        return ended[slot.ended]
    if slot.purpose == "opinion" and slot.verdict is not None:
        return {"agree": _("✓ 建议同意"), "refuse": _("✕ 建议不同意")}[slot.verdict]
    if slot.verdict is not None:
        return {"agree": _("✓ 同意"), "refuse": _("✕ 不同意")}[slot.verdict]
    if round_.outcome is not None:
        return _("无须签署")
    return _("… 待签") if slot.is_due else _("未轮到")


def _list_notes(slot: SlotRow, rule: CompiledSignOff) -> Iterator[str]:
    """Yield what sets a slot apart: its turn, its votes, how it came to be there."""
    if rule.rule == "sequence" and slot.purpose == "rule":
        yield _("第%(turn)s位", turn=slot.turn)
    if slot.purpose == "rule" and any(weight > 1 for _role, weight in rule.signers):
        yield _("%(count)s票", count=slot.weight)
    if slot.purpose == "opinion":
        yield _("%(name)s委派，只提意见", name=slot.added_by_name)
    elif slot.purpose == "extra":
        place = _("前加签") if slot.before_slot else _("后加签") if slot.after_slot else _("并加签")
        yield _("%(name)s%(place)s", name=slot.added_by_name, place=place)
    elif slot.added_by_name:
        yield _("%(name)s转办", name=slot.added_by_name)


def _tell_detail(slot: SlotRow, round_: SignOffRow, reading: Reading) -> Markup:
    if slot.signed_at is None:
        is_waiting = round_.outcome is None and slot.is_due
        if not is_waiting:
            return Markup()
        told = tell_waiting(slot.added_at or round_.opened_at, reading)
        return told + GAP + _tell_paper(slot) if slot.has_paper else told
    remark = GAP + escape(_("附意见：%(remark)s", remark=slot.remark)) if slot.remark else Markup()
    return show_instant(slot.signed_at) + remark + (GAP + _tell_paper(slot) if slot.has_paper else Markup())


def tell_papers(detail: ItemDetail) -> tuple[tuple[str, Markup], ...]:
    """Return the signatures on paper that wait for their confirmation: whose, and what is recorded with its scan."""
    round_ = open_round(detail)
    waiting = () if round_ is None else [slot for slot in round_.slots if slot.is_missing and slot.has_paper]
    return tuple((_name_whose(slot), _tell_paper(slot)) for slot in waiting)


def _tell_paper(slot: SlotRow) -> Markup:
    """Return what is known of the signature on paper: its date, who recorded and confirmed it, the way to the scan."""
    verdicts = {"agree": _("同意"), "refuse": _("不同意")}
    known = {"day": str(slot.paper_signed_on), "recorder": slot.paper_recorder, "checker": slot.paper_checker,
             "name": slot.paper_signer, "verdict": verdicts.get(slot.paper_verdict or "", "")}  # fmt: skip
    if slot.paper_outcome is None:
        told = _("纸质签批待核对：%(name)s %(day)s签“%(verdict)s”，%(recorder)s登记", **known)
    else:
        told = _("纸质签批，%(day)s签，%(recorder)s登记、%(checker)s核对", **known)
    address = url_for("attachment.show_content", attachment_id=slot.paper_scan_id)
    return Markup('{} <a href="{}">{}</a>').format(told, address, _("扫描件"))
