"""Makes what the template of an item's page is filled with."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask import url_for

from app.edge.context import Context
from app.edge.reading import Reading
from app.edge.unit import Unit
from app.pages.fund.panel import make_money
from app.pages.items.attachment_panel import make_file_panel
from app.pages.items.item_row import make_reading, name_department, name_number
from app.pages.items.item_view import make_view
from app.pages.items.ladder import make_ladders
from app.pages.items.life import holds_places, make_life, make_records
from app.pages.items.next_bar import make_next
from app.pages.items.request_panel import make_request_panel
from app.pages.items.signing_panel import make_moves
from app.pages.listing.page import find_list_address
from app.pages.meeting.group.panel import make_group, tell_next
from app.pages.meeting.group.telling import GROUPS
from app.pages.meeting.record.decision_panel import make_decision_life
from app.pages.meeting.topic.panel import make_matter
from app.pages.on_item.panel import make_on_item
from app.pages.on_item.view import make_archive
from app.pages.project.panels import make_panels
from app.pages.session import Visitor
from app.pages.show import say_label
from app.pages.supervision.paper import make_papers
from app.pages.telling import tell_reports
from app.pages.words import gettext as _
from app.queries.department import list_departments
from app.queries.escalation import read_ladders
from app.queries.history import HistoryRow, list_history
from app.queries.item import ItemRow
from app.queries.item_detail import CHILDREN_MAX, ItemDetail
from app.queries.project.way import find_paper, list_slip_marks
from app.queries.report_owed import find_reports
from app.queries.source import find_source
from app.services.attachment.permission import Parent
from app.services.offer import Offers
from app.services.offering import list_offers

RECORDS = 50
#: Where the menu is marked while an item of a kind is shown.
_PLACES = {
    "project": "projects", "slip": "slips", "allocation": "funds", "disbursement": "funds",
    "leadership_group": "groups", "meeting": "meetings", "agenda_item": "meetings", "decision": "meetings",
}  # fmt: skip


def make_page(unit: Unit, context: Context, read: Reading, visitor: Visitor, records: str | None) -> dict[str, Any]:
    """Return the template's values; `records` is the place in the full record (a cursor), None for the newest."""
    connection, now = unit.connection(), context.now()
    detail, actor, item_id = read.item, read.actor, read.item.row.id
    offers = list_offers(connection, context.book, actor.person_id, item_id, now)
    newest = list_history(connection, actor.readers, item_id, limit=RECORDS)
    shown = list_history(connection, actor.readers, item_id, limit=RECORDS, cursor=records) if records else newest
    near = [detail.row, *detail.children, *(link.item for link in detail.links)]
    slips = list_slip_marks(connection, actor.readers, item_id)
    reading = make_reading(unit, context, near)
    ladders = read_ladders(unit, reading.calendar, actor.readers, item_id)
    machine = reading.machines[detail.row.kind, detail.row.workflow_version]
    address = url_for("item.show_item", item_id=item_id)
    view = make_view(detail, find_source(connection, actor.readers, item_id), reading, visitor)
    reports = find_reports(connection, actor.readers, item_id)
    view["facts"] += tell_reports(reports)
    group = make_group(unit, context, read)
    return view | {
        "here": _PLACES.get(detail.row.kind, "tasks"),
        "money": make_money(unit, context, read),
        "matter": make_matter(unit, context, read),
        "papers": make_papers(unit, detail),
        "asked": make_request_panel(unit, actor, detail.row.kind, item_id),
        "crumbs": _crumbs(detail),
        "sign_moves": make_moves(offers),
        "group": group,
        "next": tell_next(make_next(offers, detail, reading, actor, visitor, reports), group),
        "life": make_life(detail, newest.rows, ladders, reading, find_paper(connection, actor, item_id), slips),
        "records": make_records(
            shown.rows,
            machine,
            _name_people(offers, detail.row),
            _name_places(unit, context, shown.rows),
            detail.currency or "CNY",
        ),
        "older": f"{address}?records={shown.next_cursor}#records" if shown.next_cursor else "",
        "attachments": make_file_panel(unit, context, actor, Parent(item_id=item_id)),
        "on_item": make_on_item(unit, context, read, visitor, machine.states[detail.row.state].waits_for),
        "archive": make_archive(detail.archive, actor, detail.row.kind, item_id, is_open=detail.row.closed_at is None),
        "ladders": make_ladders(ladders, context, detail.row.rung, detail.row.kind),
        "more": _find_more(detail),
        **make_panels(unit, context, read, reading, visitor),
        **make_decision_life(unit, context, read),
    }


def _find_more(detail: ItemDetail) -> dict[str, str]:
    """Return by kind the address of the whole list where more items stand below than are shown."""
    counts = Counter(child.kind for child in detail.children)
    return {
        kind: url_for("item.list_items", parent=detail.row.id, kind=kind, view="all")
        for kind, count in counts.items()
        if count >= CHILDREN_MAX
    }


def _crumbs(detail: ItemDetail) -> list[dict[str, str]]:
    labels = {"project": _("项目"), "slip": _("督办单"), "request": _("全部事项"), "allocation": _("资金安排"),
              "disbursement": _("全部事项"), "leadership_group": say_label(GROUPS), "meeting": _("会议"),
              "agenda_item": _("会议"), "decision": _("会议")}  # fmt: skip
    label = labels.get(detail.row.kind, _("任务"))
    crumbs = [{"address": find_list_address(detail.row.kind), "label": label}]
    if detail.parent is not None:
        parent = url_for("item.show_item", item_id=detail.parent.id)
        crumbs.append({"address": parent, "label": name_number(detail.parent)})
    return crumbs


def _name_places(unit: Unit, context: Context, rows: Sequence[HistoryRow]) -> dict[int, str]:
    """Return departments' names by id where the steps shown kept one, closed ones too."""
    if not holds_places(rows):
        return {}
    found = list_departments(unit.connection(), context.today(), with_closed=True)
    return {row.id: name_department(row.name, row.name_en) for row in found}


def _name_people(offers: Offers, row: ItemRow) -> dict[str, str]:
    """Return names by id, as far as the page has read them: who can be put in charge, who is."""
    found = {
        option.value: option.label.zh
        for offer in offers.offers
        for field in offer.fields
        if field.kind == "person"
        for option in field.options
    }
    return found | ({str(row.assignee_id): row.assignee_name} if row.assignee_id and row.assignee_name else {})
