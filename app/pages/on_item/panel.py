"""Makes the panels of remarks and copies on an item's page; one statement for both."""

from dataclasses import dataclass

from flask import url_for

from app.edge.context import Context
from app.edge.reading import Reading
from app.edge.unit import Unit
from app.pages.items.form import make_key
from app.pages.on_item.view import (
    CopyView,
    RemarkForm,
    RemarkView,
    make_copies,
    make_remark_form,
    make_remarks,
)
from app.pages.session import Visitor
from app.queries.on_item.panel import read_on_item
from app.services.on_item.copying import may_send
from workflows.roles import Duty, Place, Role


@dataclass(frozen=True, slots=True)
class OnItemPanel:
    """What stands on an item's page of remarks and copies; `all_…` are the addresses of the whole lists.

    `got`: the visitor got a copy that they have not opened before.
    """

    remarks: tuple[RemarkView, ...]
    all_remarks: str
    has_more_remarks: bool
    form: RemarkForm | None
    copies: tuple[CopyView, ...]
    all_copies: str
    has_more_copies: bool
    may_send: bool
    got: bool


def make_on_item(unit: Unit, context: Context, read: Reading, visitor: Visitor, waits_for: Role | None) -> OnItemPanel:
    """Return the panels; `waits_for` is whom the item's state waits for."""
    detail, actor = read.item, read.actor.on_kind(read.item.row.kind)
    row, archive = detail.row, detail.archive
    is_archived = archive is not None and archive.is_archived
    place = Place(
        row.department_id, frozenset(one.department_id for one in detail.supports),
        detail.parent.department_id if detail.parent else None, row.assignee_id, kind=row.kind,
    )  # fmt: skip
    knows_all = any(may_send(held, place, waits_for, is_confidential=row.confidential) for held in actor.capacities)
    found = read_on_item(unit.connection(), actor, row.kind, row.id, knows_all=knows_all)
    is_office = any(held.duty is Duty.OFFICE for held in actor.capacities)
    return OnItemPanel(
        remarks=make_remarks(found.remarks, context, actor, is_archived=is_archived),
        all_remarks=url_for("remark.list_all", item_id=row.id),
        has_more_remarks=found.has_more_remarks,
        form=None if is_archived else make_remark_form(actor, visitor.posts, row.id, make_key()),
        copies=make_copies(found.copies, actor, may_withdraw=is_office, is_archived=is_archived),
        all_copies=url_for("copy.list_of_item", item_id=row.id),
        has_more_copies=found.has_more_copies,
        may_send=knows_all and not is_archived,
        got=any(one.person_id == actor.person_id and one.read_at is None for one in found.copies),
    )
