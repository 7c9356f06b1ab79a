"""The two ends of a life line: what an item came from and what it became, and the marks of slips and requests."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from flask import url_for
from markupsafe import Markup, escape

from app.pages.items.item_row import Reading
from app.pages.show import read_day, say_label, show_day, show_instant_day
from app.pages.words import gettext as _
from app.queries.escalation import ReachedRung
from app.queries.item_detail import ItemDetail, LinkRow
from app.queries.project.way import SlipMark, SourcePaper
from workflows.slip import SLIP_LABELS

#: A line of the life line: its text, its time, its mark.
Point = tuple[Markup, Markup, str]
#: (kind of link, whether this item stands at its start) of what was before and what came after.
_BEFORE = frozenset({("split_from", True), ("merged_into", False)})
_AFTER = frozenset({("split_from", False), ("merged_into", True)})


def list_origins(detail: ItemDetail, paper: SourcePaper | None) -> Iterator[Point]:
    """Yield the document that the order came from, the item above, the task that it was split from or took in."""
    if paper is not None:
        address = url_for("document.show_one", document_id=paper.id)
        title = _link(address, _("%(number)s %(title)s", number=paper.number, title=paper.title))
        yield escape(_("来源：%(what)s")) % {"what": title}, show_day(paper.dated_on), ""
    if detail.parent is not None:
        above = _link(url_for("item.show_item", item_id=detail.parent.id), detail.parent.title)
        yield escape(_("所属：%(what)s")) % {"what": above}, Markup(), ""
    yield from (_tell_link(link, _("前身：%(what)s")) for link in detail.links if _is(link, detail, _BEFORE))


def list_successors(detail: ItemDetail) -> Iterator[Point]:
    """Yield what an item that ended went on in."""
    yield from (_tell_link(link, _("后续：%(what)s")) for link in detail.links if _is(link, detail, _AFTER))


def _is(link: LinkRow, detail: ItemDetail, ways: frozenset[tuple[str, bool]]) -> bool:
    """Whether a link leads to an item of the same kind in one of the ways (slips link otherwise)."""
    return link.item.kind == detail.row.kind and (link.kind, link.is_from) in ways


def _tell_link(link: LinkRow, text: str) -> Point:
    other = _link(url_for("item.show_item", item_id=link.item.id), link.item.title)
    return escape(text) % {"what": other}, Markup(), ""


def find_slip(rung: ReachedRung, slips: Sequence[SlipMark]) -> SlipMark | None:
    """Return the slip that was made from a rung: of its level and cause, the first one made at or after it."""
    return next(
        (
            slip for slip in slips
            if (slip.level, slip.cause) == (rung.level, rung.cause) and slip.created_at >= rung.raised_at
        ),
        None,
    )  # fmt: skip


def tell_slip(slip: SlipMark, reading: Reading) -> Markup:
    """Return a slip as the life line names it: its number, and how it stands."""
    address = url_for("item.show_item", item_id=slip.id)
    number = slip.number or say_label(SLIP_LABELS[slip.level])
    machine = reading.machines.get(("slip", slip.workflow_version))
    state = machine.states.get(slip.state) if machine else None
    named = _link(address, number)
    return escape(_("%(one)s，%(other)s")) % {"one": named, "other": say_label(state.label)} if state else named


def list_requests(detail: ItemDetail, reading: Reading) -> Iterator[tuple[datetime, Point]]:
    """Yield the requests about an item with the instant at which each was filed."""
    for child in detail.children:
        if child.kind == "request":
            named = _link(url_for("item.show_item", item_id=child.id), child.title)
            state = say_label(reading.state(child).label)
            text = escape(_("%(one)s，%(other)s")) % {"one": named, "other": state}
            yield child.created_at, (text, show_instant_day(child.created_at), "asked")


def list_ahead(detail: ItemDetail, today: date) -> Iterator[tuple[date, Markup]]:
    """Yield what lies ahead beside the due date: the forecast, the next milestone, the end of an override."""
    own = detail.details
    forecast_on = read_day(own.get("forecast_on"))
    if forecast_on is not None and forecast_on >= today and forecast_on != detail.row.due_on:
        yield forecast_on, escape(_("预计完成"))
    coming = ((one.forecast_on or one.planned_on, one.name) for one in detail.milestones if one.reached_on is None)
    following = min(((day, name) for day, name in coming if day >= today), default=None)
    if following is not None:
        yield following[0], escape(_("里程碑：%(name)s", name=following[1]))
    until_on = read_day(own.get("light_override_until_on"))
    if until_on is not None and until_on >= today:
        yield until_on, escape(_("信号灯人工调整到期"))


def _link(address: str, text: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(address, text)
