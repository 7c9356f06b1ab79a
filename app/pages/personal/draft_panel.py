"""What a form shows of its draft: the offer to go on with it; and how a draft fills the form again."""

from dataclasses import dataclass
from datetime import datetime

from flask import request
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from app.edge.unit import Unit
from app.pages.personal.form_address import locate_form, spread_fields
from app.queries.personal.draft import DraftRow, find_draft
from app.services.personal.draft import discard_draft


@dataclass(frozen=True, slots=True)
class DraftPanel:
    """A form's name and whose it is; `saved_at` when a draft of it is offered, `rested_on` the version it rests on.

    `version` is that of the thing which the form changes now; `is_restored`: the draft fills the form.
    """

    form: str
    who: int
    address: str
    version: int | None = None
    saved_at: datetime | None = None
    rested_on: int | None = None
    is_restored: bool = False

    @property
    def is_older(self) -> bool:
        """Whether the thing has changed since the draft was begun."""
        return self.rested_on is not None and self.version is not None and self.rested_on != self.version


@dataclass(frozen=True, slots=True)
class Restored:
    """A draft that is to fill its form."""

    row: DraftRow

    @property
    def fields(self) -> MultiDict[str, str]:
        """The fields as the form would send them."""
        return spread_fields(self.row.data)


def find_restored(unit: Unit, form: str) -> Restored | None:
    """Return the draft that the present address asks for; None when it asks for none or there is none."""
    if request.method != "GET" or request.args.get("draft") != "restore":
        return None
    row = find_draft(unit.connection(), current_user.person_id, form)
    return None if row is None else Restored(row)


def make_draft_panel(unit: Unit, form: str, version: int | None = None) -> DraftPanel:
    """Return what a form shows of its draft. One that was just refused holds newer text and offers none."""
    who = current_user.person_id
    row = find_draft(unit.connection(), who, form) if request.method == "GET" else None
    address = locate_form(form)
    if row is None:
        return DraftPanel(form, who, address, version)
    is_restored = request.args.get("draft") == "restore"
    return DraftPanel(form, who, address, version, row.saved_at, row.version, is_restored)


def drop_draft(unit: Unit, form: str) -> None:
    """Forget the draft of a form that is being sent; in the unit of work that writes what it says."""
    discard_draft(unit.connection(), current_user.person_id, form)
