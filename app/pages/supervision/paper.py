"""The papers that an item's page offers to print: a slip itself, of any other item the last reminder."""

from dataclasses import dataclass

from flask import url_for

from app.edge.unit import Unit
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


def make_papers(unit: Unit, detail: ItemDetail) -> list[PaperLink]:
    """Return the papers of an item that the visitor was shown, in both languages."""
    item_id = detail.row.id
    if detail.row.kind == "slip":
        name = say_label(SLIP_LABELS[detail.details["level"]])
        return [
            PaperLink(_("%(paper)s（中文PDF）", paper=name), url_for("slip.show_paper", slip_id=item_id, lang="zh")),
            PaperLink(_("%(paper)s（英文PDF）", paper=name), url_for("slip.show_paper", slip_id=item_id, lang="en")),
        ]
    rung_id = find_last_reminder(unit.connection(), item_id)
    if rung_id is None:
        return []
    return [
        PaperLink(_("提醒单（中文PDF）"), url_for("slip.show_reminder", rung_id=rung_id, lang="zh")),
        PaperLink(_("提醒单（英文PDF）"), url_for("slip.show_reminder", rung_id=rung_id, lang="en")),
    ]
