"""Links between items on an item's page: what is linked, a small form for who may, taking one away."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import url_for

from app.core.errors import ConflictError, DomainError, Fault, ForbiddenError, InvalidError, NotFoundError, Sentence
from app.edge.unit import Unit
from app.pages.items.form import read_number
from app.pages.items.item_row import Reading
from app.pages.items.item_view import ChildView, make_child
from app.pages.show import say
from app.pages.words import gettext as _
from app.policy.people import Actor
from app.queries.item_detail import ItemDetail, LinkRow
from app.queries.project.number import find_by_number, find_title
from app.services.linking import Link
from workflows.roles import Duty

_NUMBER_MAX = 60
_WANTED = Sentence("请填写另一事项的编号。", "Give the number of the other item.")
_UNKNOWN = Sentence("没有这个编号的事项，或您无权查看。", "No item with this number, or not for you to see.")
_RELATION = Sentence("请选择关系。", "Choose how they are linked.")
#: How the other item stands to this one: the kind of link, whether this one stands at its start.
RELATIONS: Mapping[str, tuple[str, bool]] = {
    "before": ("blocks", False),
    "after": ("blocks", True),
    "split_from": ("split_from", True),
    "merged_into": ("merged_into", True),
}


@dataclass(frozen=True, slots=True)
class LinkView:
    """A linked item and how it is linked; `value` is what takes the link away, empty for who may not."""

    relation: str
    child: ChildView
    value: str


@dataclass(frozen=True, slots=True)
class LinkForm:
    """The form for another link: what was typed, and the sentence beside each field that is wrong."""

    address: str
    choices: tuple[tuple[str, str], ...]
    relation: str = ""
    number: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LinkPanel:
    """The links of an item; `form` None for who may lay none."""

    rows: tuple[LinkView, ...]
    removal: str
    form: LinkForm | None


def make_links(detail: ItemDetail, reading: Reading, actor: Actor, own: set[int]) -> LinkPanel | None:
    """Return the panel; None where nothing is linked and the reader may link nothing."""
    is_office = actor.has(Duty.OFFICE)
    leads = {one.department_id for one in actor.capacities if one.duty in (Duty.HEAD, Duty.MEMBER)}
    is_lead = detail.row.department_id in leads
    is_open = detail.row.closed_at is None
    rows = tuple(
        _row(link, reading, own, leads, is_office=is_office, is_lead=is_lead, is_open=is_open) for link in detail.links
    )
    form = None
    if detail.row.kind in ("project", "task") and is_open and (is_office or is_lead):
        names = [("before", _("须先办结")), ("after", _("其后办理"))]
        names += [("split_from", _("分解自")), ("merged_into", _("并入"))] if is_office else []
        form = LinkForm(url_for("project.add_link", item_id=detail.row.id), tuple(names))
    if not rows and form is None:
        return None
    return LinkPanel(rows, url_for("project.drop_link", item_id=detail.row.id), form)


def _row(
    link: LinkRow, reading: Reading, own: set[int], leads: set[int], *, is_office: bool, is_lead: bool, is_open: bool
) -> LinkView:
    names = {
        ("blocks", True): _("其后办理"),
        ("blocks", False): _("须先办结"),
        ("split_from", True): _("分解自"),
        ("split_from", False): _("分解为"),
        ("merged_into", True): _("并入"),
        ("merged_into", False): _("接续"),
    }
    # Who leads the item that waits may say what it waits for.
    waits_here = link.item.department_id in leads if link.is_from else is_lead
    may = is_open and (is_office or (link.kind == "blocks" and waits_here))
    value = f"{link.kind}.{'to' if link.is_from else 'from'}.{link.item.id}" if may else ""
    return LinkView(names.get((link.kind, link.is_from), _("相关")), make_child(link.item, reading, own), value)


def read_link(unit: Unit, actor: Actor, item_id: int, relation: str, number: str) -> Link:
    """Return the link that a form asks for; InvalidError with every fault."""
    faults = [] if relation in RELATIONS else [Fault("relation", _RELATION)]
    typed = number.strip()[:_NUMBER_MAX]
    other = read_number(typed)
    if not typed:
        faults.append(Fault("number", _WANTED))
    else:
        connection = unit.connection()
        if other is None:
            other = find_by_number(connection, actor.readers, typed)
        if other is None or find_title(connection, actor.readers, other) is None:
            faults.append(Fault("number", _UNKNOWN))
    if faults or other is None:
        raise InvalidError(faults)
    kind, is_from = RELATIONS[relation]
    return Link(item_id, other, kind) if is_from else Link(other, item_id, kind)


def read_removal(item_id: int, value: str) -> Link:
    """Return the link that a button takes away; NotFoundError for what no button of ours says."""
    kind, _dot, rest = value.partition(".")
    side, _dot, digits = rest.partition(".")
    other = read_number(digits)
    if other is None or side not in ("to", "from"):
        raise NotFoundError
    return Link(item_id, other, kind) if side == "to" else Link(other, item_id, kind)


def refuse(panel: LinkPanel | None, relation: str, number: str, error: DomainError) -> LinkPanel | None:
    """Return the panel with what was typed and what is wrong with it, each sentence beside its field."""
    if panel is None or panel.form is None:
        return panel
    faults = {"number": say(error.sentence)}
    if isinstance(error, InvalidError):
        faults = {fault.field if fault.field in ("relation", "number") else "number": say(fault.sentence)
                  for fault in error.faults}  # fmt: skip
    form = LinkForm(panel.form.address, panel.form.choices, relation, number, faults)
    return LinkPanel(panel.rows, panel.removal, form)


#: What a refused link is told by on the page itself.
REFUSALS = (InvalidError, ConflictError, ForbiddenError)
