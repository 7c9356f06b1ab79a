"""Sessions of browsers and passwords as the API takes and shows them."""

from marshmallow import fields, validate

from app.schemas.loading import InputSchema, OutputSchema, Truth, expects
from app.schemas.paging import PageSchema, rows_of

_MAX = 1000


def _password() -> fields.String:
    return fields.String(required=True, validate=validate.Length(1, _MAX), metadata=expects("密码", "a password"))


class NewPasswordSchema(InputSchema):
    """One's own password, changed."""

    old_password = _password()
    new_password = _password()
    #: Tokens and calendar feeds open the account without the password: they end with it unless told otherwise.
    ends_tokens = Truth(load_default=True, metadata=expects("true或false", "true or false"))


class SessionSchema(OutputSchema):
    """A browser in which the caller is logged in."""

    agent = fields.String(required=True)
    began_at = fields.AwareDateTime(required=True)
    seen_at = fields.AwareDateTime(required=True)


class SessionPageSchema(PageSchema):
    """The caller's sessions, the last seen first."""

    items = rows_of(SessionSchema)


class EndedSessionsSchema(OutputSchema):
    """How many sessions were ended."""

    ended = fields.Integer(required=True)


class ChangedPasswordSchema(OutputSchema):
    """The password was changed; every session has ended, and tokens and feeds unless they were to stay."""

    changed = fields.Boolean(required=True)


class TemporaryPasswordSchema(OutputSchema):
    """A random password, shown this once."""

    id = fields.Integer(required=True)
    password = fields.String(required=True)
