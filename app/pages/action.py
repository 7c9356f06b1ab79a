"""The form of one action, and what a refusal makes of it: what was typed stays, each sentence beside its field."""

from dataclasses import dataclass, replace
from typing import Any

from app.core.errors import ConflictError, DomainError, InvalidError, NotFoundError, StaleError
from app.edge.context import Context
from app.edge.reading import Reading
from app.edge.unit import Unit
from app.pages.form import ActionForm, make_key
from app.pages.item_row import make_reading, name_number
from app.pages.life import make_records
from app.pages.session import Visitor
from app.pages.show import say
from app.pages.words import gettext as _
from app.policy.people import Actor
from app.queries.history import list_history
from app.queries.item_detail import ItemDetail
from app.services.offering import Offer, list_offers

_CHANGES_MAX = 5


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
    """Return the template's values for the form of an action; NotFoundError when the visitor has no such action.

    After a refusal the typed values stay. After a stale version the form carries the present one, so that whoever
    has read what changed may send it again.
    """
    connection = unit.connection()
    detail, actor = read.item, read.actor
    offers = list_offers(connection, context.book, actor.person_id, detail.row.id, context.now())
    offer = next((one for one in offers.offers if one.action == form.action), None)
    if offer is None:
        offer = _closed_offer(unit, context, detail, form.action)
        if refusal is None:
            raise ConflictError("not_open", NOT_OPEN)
    closed = refusal or (ConflictError(offer.code or "", offer.refusal) if offer.refusal else None)
    notice = _tell_notice(closed)
    faults = _faults(offer, closed) if not notice else []
    return {
        "item": detail.row,
        "number": name_number(detail.row),
        "offer": offer,
        "form": form if form.key else replace(form, key=make_key()),
        "version": offers.version,
        "capacities": [Capacity(post.post_id, visitor.name_post(post.post_id)) for post in offer.posts],
        "criteria": detail.criteria,
        "faults": faults,
        "sentences": {fault.field: fault.sentence for fault in faults},
        "stale": _tell_stale(closed),
        "changes": _list_changes(unit, context, actor, detail) if isinstance(closed, StaleError) else (),
        "refusal": say(closed.sentence) if isinstance(closed, ConflictError) else "",
        "is_offered": offer.is_open,
    }


def _closed_offer(unit: Unit, context: Context, detail: ItemDetail, action: str) -> Offer:
    """Return an action that is no longer the visitor's, to show what was typed under its label."""
    reading = make_reading(unit, context, [detail.row])
    machine = reading.machines[detail.row.kind, detail.row.workflow_version]
    step = next((step for (_state, name), step in machine.steps.items() if name == action), None)
    if step is None:
        raise NotFoundError
    return Offer(action, step.label, (), (), step.is_grave, needs_version=True)


def _faults(offer: Offer, refusal: DomainError | None) -> list[FaultView]:
    if not isinstance(refusal, InvalidError):
        return []
    known = {field.name for field in offer.fields} | {"as"}
    return [FaultView(fault.field, say(fault.sentence), fault.field in known) for fault in refusal.faults]


def _tell_stale(refusal: DomainError | None) -> str:
    if not isinstance(refusal, StaleError):
        return ""
    if refusal.given is None:
        return say(refusal.sentence)
    return _(
        "内容已被他人修改：您看到的是第%(given)s版，现在是第%(current)s版。",
        given=refusal.given,
        current=refusal.current,
    )


def _list_changes(unit: Unit, context: Context, actor: Actor, detail: ItemDetail) -> list[str]:
    reading = make_reading(unit, context, [detail.row])
    page = list_history(unit.connection(), actor.readers, detail.row.id, limit=_CHANGES_MAX)
    machine = reading.machines[detail.row.kind, detail.row.workflow_version]
    rows = make_records(page.rows, machine, {})
    return [
        _("%(when)s，%(who)s：%(action)s", when=row.when.striptags(), who=row.who, action=row.action) for row in rows
    ]
