"""Makes and renders the page of a list: tabs, controls, head, rows, and what leads on from it."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from flask import render_template, request, url_for
from flask_login import current_user

from app.core.errors import InvalidError
from app.edge.auth import require_actor
from app.edge.context import Context, current_context
from app.edge.listing.asking import make_filter
from app.edge.listing.columns import COLUMNS, Listed, read_listed, say_in
from app.edge.listing.exporting import EXPORT_MAX
from app.edge.listing.words import ORDER_LABELS, tell_filters
from app.edge.unit import Unit
from app.ledger.table_file import Cell
from app.pages.dropped import note_dropped
from app.pages.items.item_row import ListRow, make_rows
from app.pages.listing.choices import PAGE_ROWS, count_more, make_controls
from app.pages.show import join_names, say, say_label, show_column_day, show_money
from app.pages.words import current_lang, ngettext
from app.pages.words import gettext as _
from app.policy.people import Actor
from app.queries.item import ItemFilter, list_items
from app.queries.personal.saved_view import ViewRow, list_views
from app.schemas.listing import ME, PLACES, ListQuery, find_dropped, read_address
from app.services.personal.saved_view import NAME_LONGEST
from reports.wording import UNKNOWN
from workflows.roles import Duty

#: The endpoints of the lists by place.
ENDPOINTS = {"projects": "item.list_projects", "tasks": "item.list_tasks", "items": "item.list_items"}
#: So many items of the other openness are counted behind a search.
_BEYOND_MAX = 20
#: Columns with a cell of their own kind; the others show the one text that they write into a file.
_OWN_CELLS = ("light", "title", "lead", "state", "progress", "due")


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head: its label, its order now, and the address that sorts by it."""

    name: str
    label: str
    css: str = ""
    sorted: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: what every list shows, its kind where its number does not tell it, the cells of further columns."""

    item: ListRow
    kind_label: str
    more: dict[str, str]


@dataclass(frozen=True, slots=True)
class Tab:
    """A view among the tabs; `view_id` and `is_own` of a saved one."""

    label: str
    address: str
    is_here: bool
    view_id: int | None = None
    is_shared: bool = False
    may_delete: bool = False


@dataclass(frozen=True, slots=True)
class SaveForm:
    """What was typed to save a view, and what is wrong with it."""

    name: str = ""
    is_shared: bool = False
    fault: str = ""


def locate(place: str, query: ListQuery, **more: str) -> str:
    """Return the address of a list with this query, its first page unless `more` says where."""
    path, written = url_for(ENDPOINTS[place]), query.write(place, **more)
    return f"{path}?{written}" if written else path


def render_list(place: str, query: ListQuery | None = None, form: SaveForm | None = None) -> str:
    """Return the page of the list `place` as `query` asks for it (as the address does), with a refused form open."""
    context = current_context()
    asked = (query or read_address(request.query_string.decode(errors="replace"))).with_kinds(PLACES[place])
    for name, value in () if query else find_dropped(request.query_string.decode(errors="replace")):
        note_dropped(name, value)

    def read(unit: Unit) -> dict[str, Any]:
        return _make_page(unit, context, require_actor(unit, current_user.person_id), place, asked)

    values = context.database.look(read)
    headings = {"projects": _("项目"), "tasks": _("任务"), "items": _("全部事项")}
    return render_template("list.html", heading=headings[place], here=place, place=place, form=form, **values)


def _make_page(unit: Unit, context: Context, actor: Actor, place: str, query: ListQuery) -> dict[str, Any]:
    connection = unit.connection()
    wanted = make_filter(connection, context.book, actor.person_id, query)
    if wanted.department_id is None:
        note_dropped("department", query.department)
    if wanted.support_id is None:
        note_dropped("support", query.support)
    page = list_items(
        connection, actor.readers, context.today(), wanted, sort=query.sort, limit=PAGE_ROWS, cursor=query.cursor
    )
    further = [name for name in query.shown_columns if name not in _OWN_CELLS]
    listed = read_listed(connection, context.book, actor.readers, context.today(), page.items, further)
    plain = make_rows(unit, context, page.items, {row.row.id: row.card for row in listed if row.card is not None})
    rows = [
        Row(item, item.kind_label if one.row.number else "", _cells(one, further))
        for item, one in zip(plain, listed, strict=True)
    ]
    shown = _shown_columns(query, plain)
    tabs = _make_tabs(list_views(connection, actor.person_id, place), place, query, is_office=actor.has(Duty.OFFICE))
    filters = tell_filters(connection, context.book, actor.readers, query)
    beyond = _count_beyond(unit, context, actor, wanted, query)
    return {
        "query": query,
        "values": query.values(place),
        "saved_query": query.write(place),
        "export_query": query.write(),
        "export_max": EXPORT_MAX,
        "name_longest": NAME_LONGEST,
        "may_share": actor.has(Duty.OFFICE),
        "may_make": actor.has(Duty.OFFICE),
        "has_kinds": len(PLACES[place]) > 1,
        "has_kind_column": "kind" in shown,
        "is_filtered": query.is_filtered or query.kinds != PLACES[place],
        "filter_text": join_names(say(text) for text in filters),
        "is_told": bool(count_more(query) or query.parent or query.support),
        "clear": locate(place, ListQuery(PLACES[place], query.view, sort=query.sort, columns=query.columns)),
        "without_parent": locate(place, replace(query, parent=None)) if query.parent else "",
        "view_tabs": tabs,
        "here_view": next((tab for tab in tabs if tab.is_here and tab.may_delete), None),
        "controls": make_controls(unit, context, query, PLACES[place]),
        "more_count": count_more(query),
        "heads": [_make_head(name, place, query) for name in shown],
        "further": [(name, say_in(COLUMNS[name].label, current_lang())) for name in shown if name in further],
        "rows": rows,
        "beyond": beyond,
        "beyond_address": locate(place, replace(query, view="all", cursor=None)) if beyond else "",
        "count_text": tell_rows(len(rows), is_part=bool(query.cursor or page.next_cursor)),
        "order_text": say_label(ORDER_LABELS[query.sort]),
        "first_page": locate(place, query) if query.cursor else "",
        "next_page": locate(place, query, cursor=page.next_cursor) if page.next_cursor else "",
    }


def _count_beyond(unit: Unit, context: Context, actor: Actor, wanted: ItemFilter, query: ListQuery) -> str:
    """Return how many items a search by words misses because it looks at open (or closed) ones only; empty for none."""
    if not query.q or wanted.is_open is None or query.cursor:
        return ""
    other = replace(wanted, is_open=not wanted.is_open)
    found = len(list_items(unit.connection(), actor.readers, context.today(), other, limit=_BEYOND_MAX + 1).items)
    return "" if not found else f"{_BEYOND_MAX}+" if found > _BEYOND_MAX else str(found)


def tell_rows(count: int, *, is_part: bool) -> str:
    """Return how many rows a page shows; whether it is the whole list. Lists have no totals (docs/lists.md)."""
    if not count:
        return ""
    if is_part:
        return ngettext("本页%(num)s件", "本页%(num)s件", count)
    return ngettext("共%(num)s件", "共%(num)s件", count)


def _shown_columns(query: ListQuery, rows: tuple[ListRow, ...]) -> list[str]:
    """Return the columns to show: progress, unless it was chosen, only where there is some."""
    has_progress = not rows or any(row.progress_pct is not None for row in rows)
    return [name for name in query.shown_columns if name != "progress" or has_progress or query.columns]


def _cells(listed: Listed, further: list[str]) -> dict[str, str]:
    found = {name: _say_cell(COLUMNS[name].cells(listed, current_lang())[0]) for name in further}
    if "budget" in found and listed.card is not None:
        found["budget"] = show_money(listed.card.budget_fen, listed.card.currency)
    return found


def _say_cell(cell: Cell) -> str:
    if cell is None:
        return UNKNOWN
    return show_column_day(cell) if isinstance(cell, date) and not isinstance(cell, datetime) else str(cell)


def _make_head(name: str, place: str, query: ListQuery) -> Head:
    label = say_label(COLUMNS[name].label)
    sort = {"title": "title", "due": "due", "created": "created"}.get(name)
    css = "fig" if name == "due" else ""
    if sort is None:
        return Head(name, label, css)
    order = {sort: "ascending", f"-{sort}": "descending"}.get(query.sort, "")
    other = f"-{sort}" if query.sort == sort else sort
    return Head(name, label, css, order, locate(place, replace(query, sort=other)))


def _make_tabs(saved: tuple[ViewRow, ...], place: str, query: ListQuery, *, is_office: bool) -> list[Tab]:
    """Return the tabs: what ships, what is shared, what is one's own; the one that the address shows is marked."""
    kinds = PLACES[place]
    shipped = [
        (_("全部在办"), ListQuery(kinds)),
        (_("需要关注"), ListQuery(kinds, lights=("red", "yellow"))),
        (_("我承办的"), ListQuery(kinds, assignee=ME)),
        (_("已了结"), ListQuery(kinds, "closed")),
        (_("全部"), ListQuery(kinds, "all")),
    ]
    here = replace(query, cursor=None)
    plain = replace(here, sort="due", columns=())
    views = [(row, read_address(row.query).with_kinds(kinds)) for row in saved]
    is_saved = any(stored == here for _row, stored in views)
    is_shipped = not is_saved and any(stored == plain for _label, stored in shipped)
    found = []
    for label, stored in shipped:
        # A list that is narrowed further still stands under its openness.
        is_near = not is_saved and not is_shipped and stored == ListQuery(kinds, query.view)
        found.append(Tab(label, locate(place, stored), is_near or (is_shipped and stored == plain)))
    return found + [
        Tab(row.name, locate(place, stored), stored == here, row.id, row.is_shared,
            row.is_own or (row.is_shared and is_office))
        for row, stored in views
    ]  # fmt: skip


def find_list_address(kind: str) -> str:
    """Return the address of the list in which an item of a kind stands."""
    lists = {"project": "item.list_projects", "slip": "slip.list_all", "request": "item.list_items",
             "allocation": "allocation.list_all", "disbursement": "item.list_items",
             "leadership_group": "group.list_all", "meeting": "meeting.list_all", "agenda_item": "meeting.list_all",
             "decision": "meeting.list_all"}  # fmt: skip
    return url_for(lists.get(kind, "item.list_tasks"))


def tell_fault(error: InvalidError) -> str:
    """Return what is wrong with a view to be saved, in one text."""
    return " ".join(say(fault.sentence) for fault in error.faults)
