"""/messages/preference: how mail comes to the caller, for each kind of message. /messages/mails: what became of it."""

from typing import Any

from flask import Blueprint

from app.api.answer import dump
from app.api.body import read_body, read_query
from app.edge.auth import caller_id, make_act
from app.edge.context import current_context
from app.queries.message import list_deliveries, read_mail_choice
from app.schemas.paging import LanguageQuerySchema
from app.schemas.work.preference import ChooseMailSchema, MailChoiceSchema, SentMailPageSchema, SentQuerySchema
from app.services.message.choosing import KINDS
from app.services.message.inbox import set_mail_choice

api = Blueprint("api_preference", __name__)


@api.get("/messages/preference")
def show() -> dict[str, Any]:
    """Show how mail comes to the caller."""
    read_query(LanguageQuerySchema)
    return _show()


@api.post("/messages/preference")
def choose() -> dict[str, Any]:
    """Keep how mail comes to the caller (idempotent); what is critical comes at once all the same."""
    given = read_body(ChooseMailSchema)
    context, person_id = current_context(), caller_id()
    context.database.write(
        lambda unit: set_mail_choice(
            make_act(context, unit, person_id, role="self", source="api"), given["mail"], given["kinds"]
        )
    )
    return _show()


@api.get("/messages/mails")
def list_sent() -> dict[str, Any]:
    """List the mails to the caller: sent, waiting, failed."""
    given = read_query(SentQuerySchema)
    with current_context().database.reading() as unit:
        page = list_deliveries(
            unit.connection(), "mail", is_unsent=given["unsent"], person_id=caller_id(), limit=given["limit"],
            cursor=given["cursor"],
        )  # fmt: skip
    return dump(SentMailPageSchema, {"items": page.items, "next_cursor": page.next_cursor})


def _show() -> dict[str, Any]:
    with current_context().database.reading() as unit:
        choice = read_mail_choice(unit.connection(), caller_id())
    kinds = [
        {
            "name": kind.name, "label": kind.label, "is_fixed": kind.is_fixed, "why": kind.why,
            "comes": "once" if kind.is_fixed else choice.kinds.get(kind.name, choice.mail),
        }
        for kind in KINDS
    ]  # fmt: skip
    return dump(MailChoiceSchema, {"mail": choice.mail, "has_address": choice.has_address, "kinds": kinds})
