"""A form that was sent before: what its page says of it, where the first sending led, and whether it may be meant."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_login import current_user

from app.core.errors import ConflictError, DomainError, InvalidError
from app.edge.context import current_context
from app.edge.unit import Unit
from app.pages.show import say
from app.pages.words import gettext as _
from app.services.document.registering import DOCUMENT_KNOWN
from app.services.personal.sent_form import SENT_BEFORE, claim_form, find_answer, find_sent, keep_form

#: The field of the tick that says: I mean it.
AGAIN_FIELD = "again"
_REUSED = "idempotency_key_reused"


@dataclass(frozen=True, slots=True)
class SentNote:
    """What stands above a form that was sent before; `asks`: sent once more with its tick it is taken."""

    sentence: str
    address: str = ""
    asks: bool = True
    is_again: bool = False


def claim_sending(unit: Unit, content: Mapping[str, Any], key: str | None, *, again: bool) -> None:
    """Ask back when the visitor sent the same content minutes ago; in the unit of work that does it."""
    if key:
        claim_form(unit.connection(), current_user.person_id, current_context().now(), content, key=key, again=again)


def keep_sending(unit: Unit, content: Mapping[str, Any], key: str | None, made: Mapping[str, Any]) -> None:
    """Keep what the content made: `made` names an item, a document or a batch."""
    if key:
        keep_form(unit.connection(), current_user.person_id, current_context().now(), content, key=key, made=made)


def is_spent(error: DomainError | None) -> bool:
    """Whether the form's key served another content: the form needs a new one, else it can never be sent."""
    return isinstance(error, InvalidError) and error.code == _REUSED


def note_sent(
    unit: Unit, error: DomainError | None, content: Mapping[str, Any], key: str | None, *, again: bool = False
) -> SentNote | None:
    """Return what a refused form says of its first sending; None when the refusal is about something else."""
    connection, person_id = unit.connection(), current_user.person_id
    if error is not None and is_spent(error):
        answer = find_answer(connection, person_id, key or "") or {}
        made = {"batch": key} if len(answer.get("items") or ()) > 1 else answer
        return SentNote(_("这张表单已经提交过一次，当时的内容不同，没有再次办理。"), locate_made(made), asks=False)
    if isinstance(error, ConflictError) and error.code == SENT_BEFORE:
        found = find_sent(connection, person_id, current_context().now(), content)
        return SentNote(say(error.sentence), locate_made(found.made if found else {}), is_again=again)
    return None


def note_known(error: DomainError | None, document_id: int | None, *, again: bool = False) -> SentNote | None:
    """Return what a form says of a letter that stands in the register; None when the refusal is another."""
    if not (isinstance(error, ConflictError) and error.code == DOCUMENT_KNOWN):
        return None
    return SentNote(say(error.sentence), locate_made({"document": document_id}), is_again=again)


def locate_made(made: Mapping[str, Any]) -> str:
    """Return the address of what a form made, by the names in `made` or an answer's own; "" without any."""
    if made.get("batch"):
        return url_for("batch.show_made", key=made["batch"])
    if made.get("document") or made.get("register_number"):
        return url_for("document.show_one", document_id=made.get("document") or made["id"])
    if made.get("posting"):
        return url_for("fund.show_posting", posting_id=made["posting"])
    if made.get("fund"):
        return url_for("fund.show_one", fund_id=made["fund"])
    items = made.get("items") or ()
    item_id = made.get("item") or (items[0].get("id") if items else made.get("id"))
    return url_for("item.show_item", item_id=item_id) if item_id else ""
