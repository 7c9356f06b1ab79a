"""Followed decisions, rates and ways as pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from markupsafe import Markup, escape

from app.edge.context import Context, Unit
from app.edge.label import label_state
from app.pages.items.item_row import name_department
from app.pages.items.life import LifeRow
from app.pages.show import GAP, say_label, show_day, show_instant_day
from app.pages.words import gettext as _
from app.pages.words import ngettext
from app.queries.meeting.record.execution import By, ExecutionRow
from app.queries.meeting.record.follow_up import FollowRow, TaskMark
from app.queries.meeting.record.gaps import GapRow
from app.queries.meeting.record.life import Life, LifePoint
from workflows.meeting.follow_up import LIFE, RETURNS, STANDINGS, Rate
from workflows.slip import SLIP_LABELS

_TONES = {"late": "red", "done_late": "yellow", "undated": "grey", "open": "grey", "done_in_time": "green"}
_REPORT_MAX = 120


@dataclass(frozen=True, slots=True)
class FollowView:
    """A followed decision: how it stands, why it comes back, its task, slip and last report."""

    row: FollowRow
    address: str
    lead: str
    colour: str
    standing: str
    late: str
    reason: str
    source: str
    source_address: str
    due: Markup
    moved: Markup
    task_state: str
    task_address: str
    slip: str
    slip_address: str
    report: str
    reported: Markup


def make_rows(context: Context, unit: Unit, rows: Iterable[FollowRow]) -> list[FollowView]:
    """Return followed decisions in words."""
    return [_make_row(context, unit, row) for row in rows]


def _make_row(context: Context, unit: Unit, row: FollowRow) -> FollowView:
    task, slip = row.task, row.task.slip if row.task else None
    report = row.task.report if row.task else None
    said = "" if report is None else report.text.replace("\n", " ")
    if len(said) > _REPORT_MAX:
        said = said[:_REPORT_MAX] + "…"
    number = row.minutes_number or row.meeting_title or ""
    return FollowView(
        row=row,
        address=url_for("item.show_item", item_id=row.id),
        lead=name_department(row.department_name, row.department_name_en) if row.department_id else _("未定单位"),
        colour=_TONES.get(row.standing, "grey"),
        standing=say_label(STANDINGS[row.standing]),
        late=ngettext("%(num)s天", "%(num)s天", row.late_days) if row.late_days else "",
        reason=say_label(RETURNS[row.reason]) if row.reason else "",
        source=_("%(number)s第%(seq)s项", number=number, seq=row.seq) if number else _("第%(seq)s项", seq=row.seq),
        source_address=url_for("meeting.show", meeting_id=row.meeting_id) if row.meeting_title else "",
        due=show_day(row.due_on) if row.due_on else escape(_("未定期限")),
        moved=_tell_moved(row.due_on, task),
        task_state="" if task is None else say_label(
            label_state(unit, context.book, "task", task.workflow_version, task.state)
        ),
        task_address="" if task is None else url_for("item.show_item", item_id=task.id),
        slip="" if slip is None else slip.number or say_label(SLIP_LABELS[slip.level]),
        slip_address="" if slip is None else url_for("item.show_item", item_id=slip.id),
        report=said,
        reported=Markup() if report is None else show_instant_day(report.at),
    )  # fmt: skip


def _tell_moved(due_on: date | None, task: TaskMark | None) -> Markup:
    """Return by how much the task's date was moved away from the date decided."""
    if due_on is None or task is None or task.due_on is None or task.due_on == due_on:
        return Markup()
    days = (task.due_on - due_on).days
    said = _("已延至%(day)s（%(days)s天）") if days > 0 else _("已提前至%(day)s（%(days)s天）")
    return escape(said) % {"day": show_day(task.due_on), "days": abs(days)}


@dataclass(frozen=True, slots=True)
class RateView:
    """A row of rates: what it is about, where that leads, the counts, the rate with its bar's length."""

    name: str
    address: str
    rate: Rate
    pct: str
    share: int | None
    tone: str
    day: Markup


def make_rates(by: By, rows: Iterable[ExecutionRow], query: dict[str, Any]) -> list[RateView]:
    """Return rates in words; `query` are the filters of the page, which the links narrow."""
    return [_make_rate(by, row, query) for row in rows]


def _make_rate(by: By, row: ExecutionRow, query: dict[str, Any]) -> RateView:
    names = {"meeting": _("无权查看的会议"), "department": _("未定单位"), "group": _("不属任何领导小组"), "year": ""}
    name = names[by] if row.name is None else name_department(row.name, row.name_en)
    if by == "year":
        name = _("%(year)s年", year=row.id)
    address = ""
    if row.id is not None and row.name is not None:
        narrowed = {**query, by: str(row.id), "by": "department" if by != "department" else "meeting"}
        address = url_for("follow_up.execution", **narrowed)
        if by == "meeting":
            address = url_for("meeting.show", meeting_id=row.id)
    day = show_instant_day(row.starts_at) if by == "meeting" else Markup()
    return RateView(name, address, row.rate, tell_pct(row.rate), row.rate.pct, "red" if row.rate.late else "fill", day)


def tell_pct(rate: Rate) -> str:
    """Return a rate in percent, a dash while nothing counts."""
    return "—" if rate.pct is None else f"{rate.pct}%"


@dataclass(frozen=True, slots=True)
class GapView:
    """A decision that the office has to complete."""

    row: GapRow
    address: str
    act_address: str
    lead: str
    due: Markup
    gaps: list[str]
    source_address: str


def make_gaps(rows: Iterable[GapRow]) -> list[GapView]:
    """Return decisions to be completed in words."""
    return [_make_gap(row) for row in rows]


def _make_gap(row: GapRow) -> GapView:
    labels = {
        "no_owner": _("未定牵头单位"), "no_date": _("未定期限"), "many_owners": _("牵头单位不止一个"),
        "date_text": _("期限是文字"), "task_cancelled": _("任务已取消"),
    }  # fmt: skip
    may_complete = row.task_id is None or "task_cancelled" in row.gaps
    return GapView(
        row,
        url_for("item.show_item", item_id=row.id),
        url_for("item.show_action", item_id=row.id, action="complete_details") if may_complete else "",
        name_department(row.department_name, row.department_name_en) if row.department_id else "—",
        show_day(row.due_on) if row.due_on else escape("—"),
        [labels.get(gap, gap) for gap in row.gaps],
        url_for("meeting.show", meeting_id=row.meeting_id) if row.meeting_title else "",
    )


def make_way(life: Life, today: date) -> list[LifeRow]:
    """Return a decision's way as a life line: what happened, where it stands, what is ahead."""
    rows = [_make_point(point) for point in life.points if not point.is_ahead]
    ahead = [_make_point(point) for point in life.points if point.is_ahead]
    if life.state in ("draft", "in_force"):
        label = _("记录在案，待纪要印发") if life.state == "draft" else _("执行中")
        rows.append(LifeRow(escape(label), show_day(today), "now"))
    return rows + ahead


def _make_point(point: LifePoint) -> LifeRow:
    label = say_label(LIFE[point.kind])
    if point.kind == "slip" and point.level is not None:
        label = say_label(SLIP_LABELS[point.level])
    said = point.text
    if point.kind == "extended" and said:
        said = _("至%(day)s", day=said)
    text = Markup("{}{}{}").format(label, GAP, _link(point, said)) if said else _link(point, label)
    css = {"slip": f"slip slip-{point.level}"}.get(point.kind, "ahead" if point.is_ahead else "")
    if point.kind == "due" and not point.is_ahead:
        css = "slip slip-3"
    return LifeRow(text, show_day(point.on), css)


def _link(point: LifePoint, text: str) -> Markup:
    if point.kind == "in_report":
        return Markup('<a href="{}">{}</a>').format(url_for("report.show"), text)
    if point.document_id is not None:
        address = url_for("document.show_one", document_id=point.document_id)
        return Markup('<a href="{}">{}</a>').format(address, text)
    if point.item_id is None:
        return escape(text)
    if point.kind == "issued":
        return Markup('<a href="{}">{}</a>').format(url_for("minutes.show", meeting_id=point.item_id), text)
    if point.kind == "discussed":
        return Markup('<a href="{}">{}</a>').format(url_for("meeting.show", meeting_id=point.item_id), text)
    return Markup('<a href="{}">{}</a>').format(url_for("item.show_item", item_id=point.item_id), text)
