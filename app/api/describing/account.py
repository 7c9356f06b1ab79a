"""What the OpenAPI document says of second factors and of what administrators do for accounts."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema

from app.schemas.paging import LanguageQuerySchema
from app.schemas.personal.second_factor import (
    AccountSchema,
    FactorOfferSchema,
    FactorProofSchema,
    NewIdentitySchema,
    OwnFactorSchema,
    RecoveryCodesSchema,
    ResetFactorSchema,
)

Part = dict[str, Any]

SHOWN: tuple[type[Schema], ...] = (
    AccountSchema, FactorOfferSchema, FactorProofSchema, NewIdentitySchema, OwnFactorSchema, RecoveryCodesSchema,
    ResetFactorSchema,
)  # fmt: skip
_OWN_FAILS = (400, 401, 409, 413, 415, 422, 429)
_ADMIN_FAILS = (400, 401, 403, 404, 409, 413, 415, 422)


def describe_paths(operation: Callable[..., Part], query: Callable[[type[Schema]], list[Part]]) -> Part:
    """Return the paths; `operation` and `query` describe as the rest of the document does."""
    language = query(LanguageQuerySchema)
    person, identity = _path_id("person_id"), _path_id("identity_id")
    own, user = "/me/second-factor", "/users/{person_id}"
    return {
        own: {
            "get": operation("show_second_factor", "Whether the caller's second factor is on", OwnFactorSchema,
                             parameters=language, fails=(401, 422)),
            "post": operation("begin_second_factor", "A secret for the caller's authenticator app; not yet asked for",
                              FactorOfferSchema, fails=(401, 409))},
        f"{own}/confirm": {"post": operation(
            "confirm_second_factor", "Switch the second factor on by its first code; recovery codes are shown once",
            RecoveryCodesSchema, body=FactorProofSchema, fails=_OWN_FAILS)},
        f"{own}/codes": {"post": operation(
            "renew_recovery_codes", "New recovery codes in place of the old ones", RecoveryCodesSchema,
            body=FactorProofSchema, fails=_OWN_FAILS)},
        f"{own}/off": {"post": operation(
            "switch_off_second_factor", "Switch the second factor off, by password and code", OwnFactorSchema,
            body=FactorProofSchema, fails=_OWN_FAILS)},
        f"{user}/account": {"get": operation(
            "show_account", "How a person logs in: password, pause, second factor, identities", AccountSchema,
            parameters=[person, *language], fails=(401, 403, 404, 422))},
        f"{user}/unlock": {"post": operation(
            "unlock_user", "End the pause that failed log-ins gave an account", AccountSchema, parameters=[person],
            fails=(401, 403, 404))},
        f"{user}/second-factor/reset": {"post": operation(
            "reset_second_factor", "Take a person's second factor away, with a reason that they are told",
            AccountSchema, body=ResetFactorSchema, parameters=[person], fails=_ADMIN_FAILS)},
        f"{user}/identities": {"post": operation(
            "link_identity", "Link an identity of single sign-on to a person", AccountSchema, body=NewIdentitySchema,
            parameters=[person], fails=_ADMIN_FAILS)},
        f"{user}/identities/{{identity_id}}": {"delete": operation(
            "unlink_identity", "Take an identity from a person", AccountSchema, parameters=[person, identity],
            fails=(401, 403, 404))},
    }  # fmt: skip


def _path_id(name: str) -> Part:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "integer"}}
