"""The log of acts: filters in the address, page by page, as CSV; reading and exporting it are on record."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from app.core.text import clean
from app.core.typed import read_usable_day
from app.edge.administering import may_look_after
from app.edge.context import Context, current_context
from app.edge.log import EXPORT_MAX, LogReading, read_log
from app.ledger.table_file import write_table_csv
from app.pages.dropped import note_dropped
from app.pages.items.form import read_number
from app.pages.items.item_row import name_account, name_department, name_number_of
from app.pages.oversight.act_names import (
    list_act_groups,
    name_act,
    name_acting_role,
    name_object,
    name_outcome,
    name_source,
    spread_group,
)
from app.pages.oversight.seal_state import show_state
from app.pages.oversight.sources import SOURCES
from app.pages.show import place, show_instant
from app.pages.words import gettext as _
from app.queries.oversight.log import OUTCOMES, LogFilter, LogRow
from app.queries.oversight.subjects import SubjectName

pages = Blueprint("log", __name__)
ROWS = 50
_TEXT_MAX = 100


@dataclass(frozen=True, slots=True)
class LogLine:
    """One act in words."""

    at: Markup
    who: str
    capacity: str
    on_behalf: str
    act: str
    on_what: str
    address: str
    outcome: str
    is_refused: bool
    source: str
    #: Where the proof of the entry is fetched.
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address asks for; a day that cannot be read is shown as typed and restricts nothing."""

    who: str
    action: str
    item: str
    outcome: str
    source: str
    since: str
    until: str
    confidential: str = ""

    def values(self) -> dict[str, str]:
        """Return what is restricted, by name."""
        given = {
            "who": self.who, "action": self.action, "item": self.item, "outcome": self.outcome,
            "source": self.source, "since": self.since, "until": self.until, "confidential": self.confidential,
        }  # fmt: skip
        return {name: value for name, value in given.items() if value}

    def address(self, endpoint: str, cursor: str | None = None) -> str:
        """Return an address with these filters."""
        query = urlencode(self.values() | ({"cursor": cursor} if cursor else {}))
        return url_for(endpoint) + (f"?{query}" if query else "")

    def wanted(self, context: Context) -> LogFilter:
        """Return what the query takes; days are the city's, the last one is taken in."""
        until = read_usable_day(self.until)
        return LogFilter(
            self.who, spread_group(self.action), read_number(self.item), self.outcome, self.source,
            _begin(context, read_usable_day(self.since)), _begin(context, until + timedelta(days=1) if until else None),
            is_confidential=bool(self.confidential),
        )  # fmt: skip


def _begin(context: Context, day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), tzinfo=context.settings.timezone)


def read_filters(args: MultiDict[str, str]) -> Filters:
    """Read the filters of an address."""
    given = {name: clean(args.get(name, ""))[:_TEXT_MAX] for name in
             ("who", "action", "item", "outcome", "source", "since", "until", "confidential")}  # fmt: skip
    if given["outcome"] not in OUTCOMES:
        note_dropped("outcome", given["outcome"])
        given["outcome"] = ""
    for name in ("since", "until"):
        if read_usable_day(given[name]) is None:
            note_dropped(name, given[name])
    if read_number(given["item"]) is None:
        note_dropped("item", given["item"])
    given["confidential"] = "1" if given["confidential"] == "1" else ""
    return Filters(**given)


@pages.get("/log")
def show() -> str:
    """Show a page of the log."""
    context, filters = current_context(), read_filters(request.args)
    reading = read_log(
        context, current_user.person_id, filters.wanted(context), limit=ROWS,
        cursor=request.args.get("cursor") or None, source="page",
    )  # fmt: skip
    return render_template(
        "log.html", here="log", lines=make_lines(reading), filters=filters, is_filtered=bool(filters.values()),
        outcomes=[(one, name_outcome(one), one == filters.outcome) for one in OUTCOMES],
        groups=list_act_groups(filters.action),
        sources=[(one, name_source(one), one == filters.source) for one in SOURCES],
        next_page=filters.address("log.show", reading.page.next_cursor)
        if reading.page.next_cursor else "",
        first_page=filters.address("log.show") if request.args.get("cursor") else "",
        export=filters.address("log.export"), export_max=EXPORT_MAX, seal=show_state(context),
    )  # fmt: skip


@pages.get("/log.csv")
def export() -> Response:
    """Send what the filters show as CSV, the newest acts first, at most `EXPORT_MAX`."""
    context, filters = current_context(), read_filters(request.args)
    reading = read_log(
        context, current_user.person_id, filters.wanted(context), limit=EXPORT_MAX, cursor=None, source="page",
        is_export=True,
    )  # fmt: skip
    heads = [
        _("编号"), _("时间"), _("登录名"), _("姓名"), _("身份"), _("代谁"), _("操作"), _("对象"), _("结果"), _("来源"),
    ]  # fmt: skip
    zone = context.settings.timezone
    records = [
        (str(row.id), row.occurred_at.astimezone(zone).isoformat(timespec="seconds"), row.actor_login or "",
         line.who, line.capacity, line.on_behalf, line.act, line.on_what, line.outcome, line.source)
        for row, line in zip(reading.page.rows, make_lines(reading), strict=True)
    ]  # fmt: skip
    response = Response(write_table_csv(heads, records), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="log-{context.today().isoformat()}.csv"'
    return response


def make_lines(reading: LogReading) -> list[LogLine]:
    """Return rows of the log for reading."""
    return [_line(row, reading) for row in reading.page.rows]


def _tell_subject(subject: str | None, reading: LogReading) -> tuple[str, str]:
    """Return what an act was done to in words, and its address where its reader may open it."""
    if subject is None:
        return "—", ""
    named = reading.names.get(subject)
    if named is None:
        return name_object(subject), ""
    name = name_department(named.name, named.name_en)
    department = name_department(named.place, named.place_en)
    return (place(department, name) if department else name), _find_address(named, reading)


def _find_address(named: SubjectName, reading: LogReading) -> str:
    if named.kind == "document":
        return url_for("document.show_one", document_id=named.id)
    if not may_look_after(reading.actor):
        return ""
    if named.kind == "person":
        return url_for("organisation.show_person", person_id=named.id)
    return url_for("organisation.show_department", department_id=named.id) if named.kind == "department" else ""


def _line(row: LogRow, reading: LogReading) -> LogLine:
    department = name_department(row.acting_department_name, row.acting_department_name_en)
    post = name_department(row.acting_post_title, row.acting_post_title_en)
    capacity = (
        place(department, post) if department and post else department or post or name_acting_role(row.acting_role)
    )
    on_what, address = _tell_subject(row.subject, reading)
    if row.item_id is not None and row.item_kind is not None:
        number = name_number_of(row.item_kind, row.item_number, row.item_id)
        on_what = _("%(number)s：%(told)s", number=number, told=row.item_title or "")
        address = url_for("item.show_item", item_id=row.item_id)
    return LogLine(
        at=show_instant(row.occurred_at),
        who=name_account(row.actor_name or _("未知")),
        capacity=capacity,
        on_behalf=name_account(row.on_behalf_of_name) if row.on_behalf_of_name else "",
        act=name_act(row.action, row.item_kind),
        on_what=on_what,
        address=address,
        outcome=name_outcome(row.outcome),
        is_refused=row.outcome != "done",
        source=name_source(row.source),
        proof=url_for("seal.send_proof", audit_id=row.id),
    )
