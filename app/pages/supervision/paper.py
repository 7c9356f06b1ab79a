"""The papers that an item's page offers to print: a slip itself, of any other item the last reminder."""

from dataclasses import dataclass

from flask import url_for

from app.edge.unit import Unit
from app.pages.words import gettext as _
from app.queries.slip_paper import find_last_reminder


@dataclass(frozen=True, slots=True)
class PaperLink:
    """A paper with the address of its PDF."""

    label: str
    address: str


def make_papers(unit: Unit, kind: str, item_id: int) -> list[PaperLink]:
    """Return the papers of an item that the visitor was shown, in both languages."""
    if kind == "slip":
        return [
            PaperLink(_("督办单（中文PDF）"), url_for("slip.show_paper", slip_id=item_id, lang="zh")),
            PaperLink(_("督办单（英文PDF）"), url_for("slip.show_paper", slip_id=item_id, lang="en")),
        ]
    rung_id = find_last_reminder(unit.connection(), item_id)
    if rung_id is None:
        return []
    return [
        PaperLink(_("提醒单（中文PDF）"), url_for("slip.show_reminder", rung_id=rung_id, lang="zh")),
        PaperLink(_("提醒单（英文PDF）"), url_for("slip.show_reminder", rung_id=rung_id, lang="en")),
    ]
