"""What the page of a slip or a request shows beside what every item shows: what is asked, on which grounds."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from flask import url_for
from markupsafe import Markup, escape

from app.pages.show import show_column_day, show_instant
from app.pages.words import current_lang, ngettext
from app.pages.words import gettext as _
from app.queries.item import ItemRow
from app.queries.item_detail import ItemDetail
from workflows.interpreter import CompiledState
from workflows.light import COLOUR_LABELS
from workflows.machine import CAUSE_LABELS, Cause
from workflows.request import REQUEST_LABELS
from workflows.slip import COLOUR_LABELS as SLIP_COLOURS
from workflows.slip import COLOURS, DEMANDS, GROUNDS
from workflows.words import Text


def _say(text: Text) -> str:
    said = text.in_language(current_lang())
    return said[:1].upper() + said[1:]


def tell_requirement(detail: ItemDetail) -> str | None:
    """Return what is asked for: a slip's demand, a request's reason, else what the item's own table says."""
    own = detail.details
    match detail.row.kind:
        case "slip":
            return own["demand"] or _say(DEMANDS[Cause(own["cause"])])
        case "request":
            return str(own["reason"])
        case _:
            return own.get("requirement") or own.get("description")


def tell_lead(row: ItemRow, who: str) -> str:
    """Return whose the item is: who leads it, who must answer it, who asks."""
    match row.kind:
        case "slip":
            return _("答复单位：%(who)s", who=who)
        case "request" | "allocation" | "disbursement":
            return _("申请单位：%(who)s", who=who)
        case "leadership_group":
            return _("办公室：%(who)s", who=who)
        case "meeting":
            return _("承办：%(who)s", who=who)
        case "agenda_item":
            return _("提交单位：%(who)s", who=who)
        case _:
            return _("牵头：%(who)s", who=who)


def name_slip_colour(detail: ItemDetail) -> str:
    """Return the colour of a slip, "" for other kinds."""
    if detail.row.kind != "slip":
        return ""
    return next(name for name, level in COLOURS.items() if level == detail.details["level"])


def tell_slip_limit(detail: ItemDetail, state: CompiledState) -> Markup:
    """Return when an open slip issues itself or that no answer is owed now; empty where its limit says more."""
    row = detail.row
    if row.kind != "slip" or row.due_on is not None:
        return Markup()
    if state.name == "drafted" and detail.details["issue_at"] is not None:
        return escape(_("%(at)s自动签发")) % {"at": show_instant(detail.details["issue_at"])}
    return escape(_("目前无须答复"))


def list_facts(detail: ItemDetail) -> Iterator[tuple[str, Any]]:
    """Yield label and value of what only a slip or a request has; nothing for other kinds."""
    if detail.row.kind not in ("slip", "request"):
        return
    if detail.parent is not None:
        link = Markup('<a href="{}">{}</a>')
        yield _("所属事项"), link.format(url_for("item.show_item", item_id=detail.parent.id), detail.parent.title)
    own = detail.details
    yield from _slip_facts(own) if detail.row.kind == "slip" else _request_facts(own)


def _slip_facts(own: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    basis = own["basis"]
    yield _("等级"), _say(SLIP_COLOURS[own["level"]])
    yield _("督办依据"), _say(GROUNDS[Cause(own["cause"])])
    yield _("原因"), _say(CAUSE_LABELS[Cause(own["cause"])])
    late = int(basis["late_workdays"])
    yield (
        _("时限至"),
        Markup("{}&emsp;{}").format(
            basis["base_on"], ngettext("制单时已过%(num)s个工作日", "制单时已过%(num)s个工作日", late)
        ),
    )
    yield _("制单时状态"), _say(Text(basis["state_zh"], basis["state_en"]))
    if own["issue_at"] is not None:
        yield _("自动签发时间"), _instant(own["issue_at"])
    if own["issued_at"] is not None:
        yield _("签发时间"), _instant(own["issued_at"])
        yield _("扣分"), str(own["points"])
    if own["appealed_at"] is not None:
        yield _("申诉时间"), _instant(own["appealed_at"])
    if own["answer"]:
        yield _("答复"), own["answer"]
    if own["promised_on"] is not None:
        yield _("承诺完成日期"), show_column_day(own["promised_on"])


def _instant(value: datetime) -> Markup:
    return escape(show_instant(value))


def _request_facts(own: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield _("申请类别"), _say(REQUEST_LABELS[own["request_kind"]])
    days: tuple[tuple[str, date | None], ...] = (
        (_("申请时期限"), own["old_due_on"]),
        (_("申请的期限"), own["new_due_on"]),
        (_("批准的期限"), own["granted_due_on"]),
        (_("调整截止日期"), own["until_on"]),
    )
    for label, day in days:
        if day is not None:
            yield label, show_column_day(day)
    if own["light"]:
        yield _("调整为"), _say(COLOUR_LABELS[own["light"]])
    if own["progress"]:
        yield _("目前进展"), own["progress"]
