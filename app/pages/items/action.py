"""The form of one action, and what a refusal makes of it: what was typed stays, each sentence beside its field."""

import re
from dataclasses import dataclass, replace
from typing import Any

from app.core.errors import ConflictError, DomainError, InvalidError, NotFoundError, Sentence, StaleError
from app.edge.context import Context
from app.edge.reading import Reading
from app.edge.unit import Unit
from app.pages.fund.hints import make_hints
from app.pages.items.comparing import compare_fields
from app.pages.items.form import BROKEN, KEY_FIELD, PART_FIELDS, ActionForm, make_key, read_number
from app.pages.items.item_row import make_reading, name_department, name_lead, name_number
from app.pages.items.life import make_records
from app.pages.items.next_bar import ENDS, name_grave, tell_grave
from app.pages.items.signing_panel import tell_papers
from app.pages.meeting.telling import tell_present
from app.pages.personal.draft_panel import DraftPanel, make_draft_panel
from app.pages.personal.sent_form import SentNote, note_sent
from app.pages.session import Visitor
from app.pages.show import join_names, say
from app.pages.words import gettext as _
from app.policy.people import Actor
from app.queries.attachment import list_of_item
from app.queries.history import list_history
from app.queries.item_detail import ItemDetail, find_item
from app.services.choices import OfferedOption
from app.services.offer import VERDICTS, Offer, OfferedField
from app.services.offering import list_offers
from app.services.on_item.evidence import read_text_of
from app.services.signing.input import CONFIRM_PAPER, REJECT_PAPER, SIGN
from app.services.signing.offers import MOVE_LABELS
from app.services.signing.paper_offers import PAPER_LABELS
from workflows.fields import CHOICE_LABELS, lower_reason
from workflows.interpreter import AskedField
from workflows.words import Text

NOT_OPEN = Sentence("此操作现在不能办理，请看事项现状。", "This step is not open now; see how the item stands.")
#: The step that is a progress report.
REPORT = "report"
#: The steps that judge what was submitted: its answers and what proves them stand beside the form.
JUDGING = frozenset({"verify", "return", "sign"})
_CHANGES_MAX = 20
#: What whoever approves a request may grant otherwise than it was asked for, by the kind of request.
_GRANTED = {
    "extension": ("new_due_on",),
    "resumption": ("new_due_on",),
    "dispute": ("department",),
    "reassignment": ("department",),
}
#: Kinds of fields whose bare id says nothing to a reader.
_ID_KINDS = frozenset({"person", "department", "section", "post"})
_PART_PLACE = re.compile(r"parts\[(\d{1,4})\]\.(\w+)")
_PART_FIELD = re.compile(r"parts-\d{1,4}-\w+")
#: What is done about a paper that waits: it is shown over the form, with its scan.
_OF_PAPERS = (CONFIRM_PAPER, REJECT_PAPER)
_MOVE_REASON = OfferedField("reason", "text", Text("理由", "Reason"), is_required=False)
_SIGN_FIELDS = (
    OfferedField("verdict", "choice", Text("意见", "Verdict"), is_required=True, options=VERDICTS),
    OfferedField("remark", "text", Text("附言", "Remark"), is_required=False),
)


@dataclass(frozen=True, slots=True)
class FaultView:
    """A sentence about the input; `is_field`: its field stands on the page."""

    field: str
    sentence: str
    is_field: bool


@dataclass(frozen=True, slots=True)
class Capacity:
    """A post in which the action may be taken, in words."""

    post_id: int
    label: str


def make_action(
    unit: Unit, context: Context, read: Reading, visitor: Visitor, form: ActionForm, refusal: DomainError | None = None
) -> dict[str, Any]:
    """Return the template's values for the form of an action.

    NotFoundError when there is no such action, ConflictError when it is not this visitor's now. After a refusal the
    typed values stay. After a stale version the form carries the present one, so that whoever has read what changed
    may send it again. An action that is closed now has no form, only what was typed and the way back.
    """
    detail, actor = read.item, read.actor
    offers = list_offers(unit.connection(), context.book, actor.person_id, detail.row.id, context.now())
    own = next((one for one in offers.offers if one.action == form.action), None)
    draft = make_draft_panel(unit, f"item.{detail.row.id}.{form.action}", offers.version)
    refusal = refusal or _refuse_draft(draft, form, is_offered=own is not None)
    offer = _fit_request(own or _closed_offer(unit, context, detail, form.action), detail)
    if own is None and refusal is None:
        raise ConflictError("not_open", NOT_OPEN)
    closed = refusal or (ConflictError(offer.code or "", offer.refusal) if offer.refusal else None)
    spent = _tell_spent(closed)
    faults = [] if spent else _faults(offer, closed)
    offer = _leave_out(offer, form, faults)
    named = _name_items(unit, context, actor, offer, form)
    faults += [fault for fault in named.faults if not any(known.field == fault.field for known in faults)]
    label, kind = say(offer.label), detail.row.kind
    money = make_hints(unit, context, read, offer)
    offer = _ask_reasons(offer, form)
    return {
        "item": detail.row,
        "number": name_number(detail.row),
        "offer": offer,
        "button": _name_button(offer, form, label, kind),
        "is_end": offer.action in ENDS,
        "waiting_papers": tell_papers(detail) if offer.action in _OF_PAPERS else (),
        "judges": offer.action in JUDGING and bool(detail.criteria),
        "warning": tell_grave(offer.action, kind) if offer.is_grave else "",
        "form": form if form.key else replace(form, key=make_key()),
        # Looked at again before anything was sent: what it rests on is still what was seen first.
        "version": form.version if form.is_unfinished and form.version else offers.version,
        "capacities": [Capacity(post.post_id, visitor.name_post(post.post_id)) for post in offer.posts],
        "criteria": [*detail.criteria, *money.goals],
        "files": _list_files(unit, actor, detail, offer),
        "named": named.titles,
        "hints": money.hints,
        "standing": [*money.lines, *tell_present(unit, context, read, offer.action)],
        "readers": _name_readers(detail) if form.action == REPORT else "",
        "faults": faults,
        "sentences": {fault.field: fault.sentence for fault in faults},
        "notice": spent or _tell_refusal(closed),
        "is_stale": isinstance(closed, StaleError) and not spent,
        "changes": [] if spent else _list_changes(unit, context, actor, detail, closed),
        "typed": _list_typed(offer, form) if refusal is not None else [],
        "compared": compare_fields(offer, form, detail) if isinstance(closed, StaleError) and not spent else [],
        "draft": draft,
        "is_open": own is not None and own.is_open and not spent,
        "sent": None if spent else _note_sent(unit, detail, form, refusal),
    }


def _ask_reasons(offer: Offer, form: ActionForm) -> Offer:
    """Return a signature as it is asked for: whoever came to disagree must say why, so the field says so at once."""
    if offer.action != SIGN or form.fields.get("verdict") != "refuse":
        return offer
    return replace(
        offer,
        fields=tuple(
            replace(field, is_required=True, label=Text("理由", "Reasons")) if field.name == "remark" else field
            for field in offer.fields
        ),
    )


def _list_files(unit: Unit, actor: Actor, detail: ItemDetail, offer: Offer) -> list[tuple[int, str]]:
    """Return the item's files, by id and name, where the step names what proves its answers, or judges them."""
    if not detail.criteria or not (offer.action in JUDGING or any(field.kind == "answers" for field in offer.fields)):
        return []
    rows = list_of_item(unit.connection(), actor.readers, detail.row.id)
    return [(row.id, row.name) for row in rows]


def _name_button(offer: Offer, form: ActionForm, label: str, kind: str) -> str:
    """Return what the form's button says: what it does, in the word of the choice that led here."""
    if offer.action == SIGN:
        return _("不同意") if form.fields.get("verdict") == "refuse" else _("提交意见")
    return name_grave(offer.action, label, kind) if offer.is_grave else label


def _note_sent(unit: Unit, detail: ItemDetail, form: ActionForm, refusal: DomainError | None) -> SentNote | None:
    return note_sent(unit, refusal, form.content(detail.row.id), form.key, again=form.again)


def _refuse_draft(draft: DraftPanel, form: ActionForm, *, is_offered: bool) -> DomainError | None:
    """Return what stands against a draft that fills the form: the step is closed, or its item has changed since."""
    if not draft.is_restored:
        return None
    if not is_offered:
        return ConflictError("not_open", NOT_OPEN)
    if draft.is_older and draft.version is not None and form.version:
        return StaleError(draft.version, form.version)
    return None


def _fit_request(offer: Offer, detail: ItemDetail) -> Offer:
    """Return the approval of a request without what its kind does not grant."""
    if detail.row.kind != "request" or offer.action != "approve":
        return offer
    wanted = {"opinion", *_GRANTED.get(detail.details["request_kind"], ())}
    return replace(offer, fields=tuple(field for field in offer.fields if field.name in wanted))


def _leave_out(offer: Offer, form: ActionForm, faults: list[FaultView]) -> Offer:
    """Return the offer without the reason of a lower progress, until it is asked for or was typed."""
    if form.fields.get(lower_reason.name) or any(fault.field == lower_reason.name for fault in faults):
        return offer
    return replace(offer, fields=tuple(field for field in offer.fields if field.name != lower_reason.name))


def _name_readers(detail: ItemDetail) -> str:
    """Return who reads a report of the item: one report serves them all, nobody asks for another."""
    if detail.row.confidential:
        return _("有权阅读本事项的人员")
    lead = [name_lead(detail.parent)] if detail.row.kind == "share" and detail.parent is not None else []
    supports = [name_department(support.name, support.name_en) for support in detail.supports]
    return join_names([_("协调办公室"), _("领导小组"), *lead, *supports])


def _closed_offer(unit: Unit, context: Context, detail: ItemDetail, action: str) -> Offer:
    """Return an action that is not the visitor's now, to show what was typed; NotFoundError for an unknown one."""
    reading = make_reading(unit, context, [detail.row])
    machine = reading.machines[detail.row.kind, detail.row.workflow_version]
    if action == SIGN and machine.sign_offs:
        names = [round_.name for round_ in detail.sign_offs] or list(machine.sign_offs)
        return Offer(SIGN, machine.sign_offs[names[0]].label, (), _SIGN_FIELDS, is_grave=False, needs_version=False)
    move = {**MOVE_LABELS, **PAPER_LABELS}.get(action)
    if move is not None and machine.sign_offs:
        return Offer(action, move, (), (_MOVE_REASON,), is_grave=False, needs_version=False)
    step = next((step for (_state, name), step in machine.steps.items() if name == action), None)
    if step is None:
        raise NotFoundError
    return Offer(action, step.label, (), tuple(map(_ask, step.asks)), step.is_grave, needs_version=True)


def _ask(ask: AskedField) -> OfferedField:
    options = tuple(OfferedOption(one, CHOICE_LABELS.get(one, Text(one, one))) for one in ask.choices)
    return OfferedField(ask.name, ask.kind, ask.label, ask.required, options)


def _list_typed(offer: Offer, form: ActionForm) -> list[tuple[str, str]]:
    """Return label and text of what was typed; a bare number of a person or a department is left out."""
    found = []
    for field in offer.fields:
        value = form.fields.get(field.name)
        names = {option.value: say(option.label) for option in field.options}
        if not value or (field.kind in _ID_KINDS and value not in names):
            continue
        if isinstance(value, list):
            text = "\n".join(" ".join(_tell_part(row, names)) for row in value)
        elif isinstance(value, dict):
            text = "\n".join(f"{number}. {read_text_of(answer)}" for number, answer in value.items())
        else:
            text = names.get(value, str(value))
        found.append((say(field.label), text))
    return found


def _tell_part(row: dict[str, str], names: dict[str, str]) -> list[str]:
    told = {**row, "department": names.get(row.get("department", ""), "")}
    return [told[name] for name in PART_FIELDS if told.get(name)]


@dataclass(frozen=True, slots=True)
class NamedItems:
    """The items that a form names by id: titles by field, and a fault for each that there is not."""

    titles: dict[str, str]
    faults: list[FaultView]


def _name_items(unit: Unit, context: Context, actor: Actor, offer: Offer, form: ActionForm) -> NamedItems:
    """Look up what the form names, as far as the visitor may read it."""
    titles: dict[str, str] = {}
    faults: list[FaultView] = []
    for field in offer.fields:
        typed = str(form.fields.get(field.name, "")) if field.kind == "item" else ""
        if not typed:
            continue
        item_id = read_number(typed.strip())
        try:
            found = find_item(unit.connection(), actor.readers, item_id or 0, context.today())
        except NotFoundError:
            faults.append(FaultView(field.name, _("没有编号为%(id)s的事项，或您无权查看。", id=typed), is_field=True))
            continue
        state = make_reading(unit, context, [found.row]).state(found.row)
        told = (found.row.title, name_lead(found.row), say(state.label))
        titles[field.name] = _("%(number)s：%(told)s", number=name_number(found.row), told=join_names(told))
    return NamedItems(titles, faults)


def _name_place(field: str) -> str:
    """Return the id of a field on the page: parts[2].title is parts-2-title."""
    match = _PART_PLACE.fullmatch(field)
    return f"parts-{match[1]}-{match[2]}" if match else field


def _faults(offer: Offer, refusal: DomainError | None) -> list[FaultView]:
    if not isinstance(refusal, InvalidError):
        return []
    known = {field.name for field in offer.fields} | {"as"}
    places = [(_name_place(fault.field), say(fault.sentence)) for fault in refusal.faults]
    return [FaultView(name, text, name in known or _PART_FIELD.fullmatch(name) is not None) for name, text in places]


def _tell_spent(refusal: DomainError | None) -> str:
    """Return why the form that was sent can serve no more: it was sent before, or what it hides is broken."""
    if isinstance(refusal, InvalidError):
        if refusal.code == "idempotency_key_reused":
            return _("这一步已经提交过，没有再次办理。")
        if any(fault.field == KEY_FIELD for fault in refusal.faults):
            return say(BROKEN)
    if isinstance(refusal, StaleError) and (refusal.given is None or not 0 < refusal.given < refusal.current):
        return say(BROKEN)
    return ""


def _tell_refusal(refusal: DomainError | None) -> str:
    if isinstance(refusal, StaleError):
        return _(
            "您或他人已修改：您看到的是第%(given)s版，现在是第%(current)s版。",
            given=refusal.given,
            current=refusal.current,
        )
    return say(refusal.sentence) if isinstance(refusal, ConflictError) else ""


def _list_changes(
    unit: Unit, context: Context, actor: Actor, detail: ItemDetail, refusal: DomainError | None
) -> list[str]:
    """Return the steps after the version that was seen; rows of the system may add one, none is left out."""
    if not isinstance(refusal, StaleError) or refusal.given is None:
        return []
    reading = make_reading(unit, context, [detail.row])
    page = list_history(unit.connection(), actor.readers, detail.row.id, limit=_CHANGES_MAX)
    newer = [row for row in page.rows if row.seq > refusal.given]
    machine = reading.machines[detail.row.kind, detail.row.workflow_version]
    told = [
        _("%(when)s，%(who)s：%(action)s", when=row.when.striptags(), who=row.who, action=row.action)
        for row in make_records(newer, machine, {})
    ]
    return [*told, _("更早的见全部记录")] if page.next_cursor and len(newer) == len(page.rows) else told
