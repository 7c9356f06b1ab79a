"""The papers that an item's page offers to print: a slip itself, of any other item the last reminder."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import url_for

from app.edge.unit import Unit
from app.pages.paperwork.words import name_kind
from app.pages.show import say_label
from app.pages.words import gettext as _
from app.queries.item_detail import ItemDetail
from app.queries.slip_paper import find_last_reminder
from workflows.slip import SLIP_LABELS


@dataclass(frozen=True, slots=True)
class PaperLink:
    """A paper with the address of its PDF."""

    label: str
    address: str


def _is_ruled(detail: ItemDetail) -> bool:
    is_dispute = detail.row.kind == "request" and detail.details.get("request_kind") == "dispute"
    return is_dispute and detail.row.state in ("approved", "refused")


#: The papers of the report centre that an item's page leads to, and which items have them.
_CENTRE: dict[str, Callable[[ItemDetail], bool]] = {
    "project_report": lambda detail: detail.row.kind == "project",
    "acceptance": lambda detail: detail.row.kind == "project" and detail.row.state == "closed",
    "ruling": _is_ruled,
}


def _link_centre(name: str, item_id: int) -> PaperLink:
    return PaperLink(name_kind(name), url_for("report.show", kind=name, scope=item_id))


def make_papers(unit: Unit, detail: ItemDetail) -> list[PaperLink]:
    """Return the papers of an item that the visitor was shown, in both languages."""
    item_id = detail.row.id
    if detail.row.kind == "slip":
        name = say_label(SLIP_LABELS[detail.details["level"]])
        return [
            PaperLink(_("%(paper)s（中文PDF）", paper=name), url_for("slip.show_paper", slip_id=item_id, lang="zh")),
            PaperLink(_("%(paper)s（英文PDF）", paper=name), url_for("slip.show_paper", slip_id=item_id, lang="en")),
        ]
    made = [_link_centre(name, item_id) for name, has_it in _CENTRE.items() if has_it(detail)]
    rung_id = find_last_reminder(unit.connection(), item_id)
    if rung_id is None:
        return made
    return [
        *made,
        PaperLink(_("提醒单（中文PDF）"), url_for("slip.show_reminder", rung_id=rung_id, lang="zh")),
        PaperLink(_("提醒单（英文PDF）"), url_for("slip.show_reminder", rung_id=rung_id, lang="en")),
    ]
