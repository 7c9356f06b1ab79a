"""/me/second-factor: the caller's own, on by a first code, off by password and code."""

from typing import Any

from flask import Blueprint

from app.api.answer import Answer, dump
from app.api.body import read_body, read_query
from app.edge.auth import caller_id
from app.edge.context import current_context
from app.edge.personal.second_factor import begin_own, confirm_own, renew_own_codes, switch_own_off
from app.queries.account.state import AccountState, read_account_state
from app.schemas.paging import LanguageQuerySchema
from app.schemas.personal.second_factor import (
    FactorOfferSchema,
    FactorProofSchema,
    OwnFactorSchema,
    RecoveryCodesSchema,
)

api = Blueprint("api_second_factor", __name__)
_OWN = "/me/second-factor"
_ONCE = {"Cache-Control": "no-store"}


@api.get(_OWN)
def show() -> dict[str, Any]:
    """Show whether the caller's second factor is on."""
    read_query(LanguageQuerySchema)
    return _show_own()


def _show_own() -> dict[str, Any]:
    with current_context().database.reading() as unit:
        state = read_account_state(unit.connection(), caller_id())
    return dump(OwnFactorSchema, show_factor(state))


def show_factor(state: AccountState) -> dict[str, Any]:
    """Return a person's second factor as the API shows it."""
    return {"since": state.factor_since, "recovery_codes_left": state.codes_left}


@api.post(_OWN)
def begin() -> Answer:
    """Make a secret for the caller's app."""
    offer = begin_own(current_context(), caller_id(), source="api")
    return dump(FactorOfferSchema, offer), 200, _ONCE


@api.post(f"{_OWN}/confirm")
def confirm() -> Answer:
    """Switch the caller's second factor on."""
    given = read_body(FactorProofSchema)
    codes = confirm_own(current_context(), caller_id(), given["password"], given["code"], source="api")
    return dump(RecoveryCodesSchema, {"recovery_codes": codes}), 200, _ONCE


@api.post(f"{_OWN}/codes")
def renew() -> Answer:
    """Give the caller new recovery codes in place of the old ones."""
    given = read_body(FactorProofSchema)
    codes = renew_own_codes(current_context(), caller_id(), given["password"], given["code"], source="api")
    return dump(RecoveryCodesSchema, {"recovery_codes": codes}), 200, _ONCE


@api.post(f"{_OWN}/off")
def end() -> dict[str, Any]:
    """Switch the caller's second factor off."""
    given = read_body(FactorProofSchema)
    switch_own_off(current_context(), caller_id(), given["password"], given["code"], source="api")
    return _show_own()
