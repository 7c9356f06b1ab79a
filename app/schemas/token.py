"""What a log-in over the API brings and gets."""

from marshmallow import fields, validate

from app.schemas.loading import InputSchema, OutputSchema, expects

_MAX = 1000


class LogInSchema(InputSchema):
    """Login and password."""

    login = fields.String(
        required=True, validate=validate.Length(1, _MAX), metadata=expects("登录名", "the log-in name")
    )
    password = fields.String(required=True, validate=validate.Length(1, _MAX), metadata=expects("密码", "the password"))
    label = fields.String(
        load_default="api",
        validate=validate.Length(1, 120),
        metadata=expects("1至120字的令牌名称", "a name for the token, 1 to 120 characters"),
    )


class TokenSchema(OutputSchema):
    """A new token; its text is shown once."""

    token = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)
