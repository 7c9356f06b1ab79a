"""The panel of a request's page: what holds, what is asked and what was granted, side by side."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for

from app.edge.unit import Unit
from app.pages.items.item_row import name_department, name_running
from app.pages.show import say_label, show_column_day
from app.pages.words import gettext as _
from app.policy.people import Actor
from app.queries.request import RequestRow, find_request
from workflows.light import COLOUR_LABELS
from workflows.request import REQUEST_LABELS


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing that a request would change."""

    label: str
    before: str
    wanted: str
    granted: str


@dataclass(frozen=True, slots=True)
class RequestPanel:
    """A request for reading."""

    kind: str
    rows: tuple[Compared, ...]
    filed_by: str
    filed_at: datetime
    subject: str
    subject_address: str
    subject_due_on: date | None


def make_request_panel(unit: Unit, actor: Actor, kind: str, item_id: int) -> RequestPanel | None:
    """Return the panel of a request, None for items of other kinds."""
    if kind != "request":
        return None
    row = find_request(unit.connection(), actor.readers, item_id)
    department = name_department(row.filed_department_name, row.filed_department_name_en)
    number = row.subject_number or name_running(row.subject_kind, row.subject_id)
    return RequestPanel(
        kind=say_label(REQUEST_LABELS[row.request_kind]),
        rows=tuple(_compare(row)),
        filed_by=_("%(department)s %(name)s", department=department, name=row.filed_by_name).strip(),
        filed_at=row.filed_at,
        subject=_("%(number)s %(title)s", number=number, title=row.subject_title),
        subject_address=url_for("item.show_item", item_id=row.subject_id),
        subject_due_on=row.subject_due_on,
    )


def _compare(row: RequestRow) -> Iterator[Compared]:
    if row.old_due_on or row.new_due_on or row.granted_due_on:
        days = (row.old_due_on, row.new_due_on, row.granted_due_on)
        yield Compared(_("完成期限"), *(show_column_day(day) if day else "" for day in days))
    asked = name_department(row.department_name, row.department_name_en)
    granted = name_department(row.granted_department_name, row.granted_department_name_en)
    if asked or granted:
        before = name_department(row.filed_department_name, row.filed_department_name_en)
        yield Compared(_("承办单位"), before, asked, granted)
    if row.light:
        until = show_column_day(row.until_on) if row.until_on else ""
        light = say_label(COLOUR_LABELS[row.light])
        wanted = _("%(light)s，至%(day)s", light=light, day=until) if until else light
        yield Compared(_("信号灯"), "", wanted, wanted if row.state == "approved" else "")
    if row.request_kind in ("suspension", "resumption"):
        words = {"suspension": (_("办理中"), _("暂缓")), "resumption": (_("暂缓"), _("办理中"))}
        before, wanted = words[row.request_kind]
        yield Compared(_("状态"), before, wanted, wanted if row.state == "approved" else "")
