"""What a log-in over the API brings and gets; tokens as their holder sees them."""

from marshmallow import fields, validate

from app.schemas.loading import InputSchema, OutputSchema, expects
from app.schemas.paging import PageSchema, rows_of

SCOPES = ("read", "write")
DAYS = 90
DAYS_MAX = 365
_MAX = 1000
_SCOPES = f"{'、'.join(SCOPES)}的列表", f"a list of {' and '.join(SCOPES)}"


class LogInSchema(InputSchema):
    """Log-in name, password and code, and what the token is to be: its name, its scopes, its days."""

    login = fields.String(
        required=True, validate=validate.Length(1, _MAX), metadata=expects("登录名", "the log-in name")
    )
    password = fields.String(required=True, validate=validate.Length(1, _MAX), metadata=expects("密码", "the password"))
    #: Six digits of the authenticator app or a recovery code; needed only with a second factor.
    code = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 40),
        metadata=expects("两步验证的验证码或恢复码", "the code of the second factor, or a recovery code"),
    )
    label = fields.String(
        load_default="api",
        validate=validate.Length(1, 120),
        metadata=expects("1至120字的令牌名称", "a name for the token, 1 to 120 characters"),
    )
    scopes = fields.List(
        fields.String(validate=validate.OneOf(SCOPES), metadata=expects("read或write", "read or write")),
        load_default=list(SCOPES),
        validate=validate.Length(1, len(SCOPES)),
        metadata=expects(*_SCOPES),
    )
    expires_in_days = fields.Integer(
        strict=True,
        load_default=DAYS,
        validate=validate.Range(1, DAYS_MAX),
        metadata=expects(f"1至{DAYS_MAX}的整数", f"a whole number from 1 to {DAYS_MAX}"),
    )


class TokenSchema(OutputSchema):
    """A new token; its text is shown once."""

    id = fields.Integer(required=True)
    token = fields.String(required=True)
    label = fields.String(required=True)
    scopes = fields.List(fields.String(validate=validate.OneOf(SCOPES)), required=True)
    expires_at = fields.AwareDateTime(required=True)


class TokenRowSchema(OutputSchema):
    """One of the caller's tokens; `used_at` is renewed every ten minutes at most."""

    id = fields.Integer(required=True)
    label = fields.String(required=True)
    scopes = fields.List(fields.String(validate=validate.OneOf(SCOPES)), required=True)
    created_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)
    used_at = fields.AwareDateTime(required=True, allow_none=True)
    is_expired = fields.Boolean(required=True)
    is_this = fields.Boolean(required=True)


class TokenPageSchema(PageSchema):
    """A page of the caller's tokens that were not revoked, the newest first."""

    items = rows_of(TokenRowSchema)


class RevokedTokenSchema(OutputSchema):
    """A token that was revoked."""

    id = fields.Integer(required=True)
    revoked = fields.Boolean(required=True)
