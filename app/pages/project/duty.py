"""The panel of the departments in a project: what each owes, until when, how it stands; the late ones first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from markupsafe import Markup, escape

from app.edge.context import Context
from app.edge.unit import Unit
from app.pages.items.item_row import Reading, make_reading, name_department
from app.pages.show import say_label
from app.pages.telling import tell_due
from app.pages.words import current_lang, ngettext
from app.pages.words import gettext as _
from app.queries.item import ItemRow
from app.queries.item_detail import ItemDetail
from app.queries.project.duty import Duty


@dataclass(frozen=True, slots=True)
class OwedItem:
    """A task or share of a department."""

    title: str
    address: str
    due_on: date | None
    text: Markup
    tone: str


@dataclass(frozen=True, slots=True)
class DutyView:
    """A department's part in the project."""

    name: str
    is_lead: bool
    is_you: bool
    owes: str
    due_on: date | None
    summary: str
    tone: str
    items: tuple[OwedItem, ...]


def make_duties(
    unit: Unit, context: Context, detail: ItemDetail, duties: Sequence[Duty], own: set[int]
) -> list[DutyView]:
    """Return the lead, then whoever is late, then the others; departments that support without a task too."""
    reading = make_reading(unit, context, [item for duty in duties for item in duty.items])
    supports = {support.department_id: support for support in detail.supports}
    lead_id = detail.row.department_id
    found: list[tuple[tuple[bool, bool, bool], DutyView]] = []
    for duty in duties:
        support = supports.pop(duty.department_id, None)
        is_lead = duty.department_id == lead_id
        found.append((
            (not is_lead, not duty.late, not duty.open),
            DutyView(
                name=name_department(duty.name, duty.name_en), is_lead=is_lead,
                is_you=duty.department_id in own, owes=(support.owes or "") if support else "",
                due_on=support.due_on if support else None, summary=_sum_up(duty),
                tone="red" if duty.late else "" if duty.open else "green",
                items=tuple(_item(item, reading) for item in duty.items if item.closed_at is None),
            ),
        ))  # fmt: skip
    found += [
        ((True, True, False), DutyView(
            name_department(support.name, support.name_en), support.department_id == lead_id,
            support.department_id in own, support.owes or "", support.due_on, _("尚无任务和分工"), "", (),
        ))
        for support in supports.values()
    ]  # fmt: skip
    return [view for _key, view in sorted(found, key=lambda pair: pair[0])]


def _sum_up(duty: Duty) -> str:
    total = ngettext("共%(num)s项", "共%(num)s项", duty.total)
    if not duty.open:
        return _("%(one)s，%(other)s", one=total, other=_("已全部了结"))
    parts = [total, ngettext("在办%(num)s项", "在办%(num)s项", duty.open)]
    if duty.late:
        parts.append(ngettext("%(num)s项逾期", "%(num)s项逾期", duty.late))
    return ("，" if current_lang() == "zh" else ", ").join(parts)


def _item(row: ItemRow, reading: Reading) -> OwedItem:
    state = reading.state(row)
    due = tell_due(row.due_on, reading.today, reading.calendar, is_open=state.is_open and not state.is_pause)
    text = escape(say_label(state.label))
    if due.text:
        text = escape(_("%(one)s，%(other)s")) % {"one": text, "other": due.text}
    return OwedItem(row.title, url_for("item.show_item", item_id=row.id), row.due_on, text, due.tone)
