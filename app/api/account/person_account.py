"""/users/{id}/account and what administrators do there: end a pause, reset a second factor, link an identity."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint

from app.api.account.second_factor import show_factor
from app.api.answer import dump
from app.api.body import read_body, read_query
from app.api.user import USER
from app.edge.administering import make_admin_act
from app.edge.auth import caller_id
from app.edge.context import current_context
from app.edge.personal.second_factor import administer
from app.edge.personal.single_sign_on import current_client
from app.queries.account.state import read_account_state
from app.schemas.paging import LanguageQuerySchema
from app.schemas.personal.second_factor import AccountSchema, NewIdentitySchema, ResetFactorSchema
from app.services.account.identity import link_identity, unlink_identity
from app.services.account.second_factor import reset_factor
from app.services.act import Act
from app.services.organisation.password import unlock_person

api = Blueprint("api_person_account", __name__)


@api.get(f"{USER}/account")
def show(person_id: int) -> dict[str, Any]:
    """Show how a person logs in."""
    read_query(LanguageQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        make_admin_act(context, unit, caller_id(), source="api")
        state = read_account_state(unit.connection(), person_id)
    shown = {name: getattr(state, name) for name in state.__slots__}
    return dump(AccountSchema, {**shown, "second_factor": show_factor(state)})


def _do(person_id: int, work: Callable[[Act], object]) -> dict[str, Any]:
    administer(current_context(), caller_id(), work, source="api")
    return show(person_id)


@api.post(f"{USER}/unlock")
def unlock(person_id: int) -> dict[str, Any]:
    """End the pause that failed log-ins gave an account; again it changes nothing."""
    return _do(person_id, lambda act: unlock_person(act, person_id))


@api.post(f"{USER}/second-factor/reset")
def reset(person_id: int) -> dict[str, Any]:
    """Take a person's second factor away, with a reason that they are told."""
    given = read_body(ResetFactorSchema)
    return _do(person_id, lambda act: reset_factor(act, person_id, given["reason"]))


@api.post(f"{USER}/identities")
def link(person_id: int) -> dict[str, Any]:
    """Link an identity to a person; the same again changes nothing."""
    given = read_body(NewIdentitySchema)
    client = current_client(current_context())
    issuer = given["issuer"] or ("" if client is None else client.provider.issuer)
    return _do(person_id, lambda act: link_identity(act, person_id, issuer, given["subject"]))


@api.delete(f"{USER}/identities/<int(max=9223372036854775807):identity_id>")
def unlink(person_id: int, identity_id: int) -> dict[str, Any]:
    """Take an identity from a person."""
    return _do(person_id, lambda act: unlink_identity(act, person_id, identity_id))
