"""Second factors, identities elsewhere and pauses of accounts as the API takes and shows them."""

from marshmallow import fields, validate

from app.schemas.loading import InputSchema, OutputSchema, expects

_MAX = 1000
_CODE_MAX = 40
_ISSUER_MAX, _SUBJECT_MAX = 300, 255
_REASON_MAX = 2000  # the service measures and says what is wrong; this only stops the absurd


def _code() -> fields.String:
    return fields.String(
        required=True,
        validate=validate.Length(1, _CODE_MAX),
        metadata=expects("验证码或恢复码", "a code of the app, or a recovery code"),
    )


class OwnFactorSchema(OutputSchema):
    """The caller's second factor: since when it is on, and how many recovery codes are left."""

    since = fields.AwareDateTime(required=True, allow_none=True)
    recovery_codes_left = fields.Integer(required=True)


class FactorOfferSchema(OutputSchema):
    """A secret to put into an authenticator app; it counts once a first code has confirmed it."""

    secret = fields.String(required=True)
    uri = fields.String(required=True)


class FactorProofSchema(InputSchema):
    """Password and code; an account without a password (single sign-on only) leaves the password out."""

    password = fields.String(
        load_default="", validate=validate.Length(max=_MAX), metadata=expects("密码", "the password")
    )
    code = _code()


class RecoveryCodesSchema(OutputSchema):
    """Ten recovery codes, shown this once."""

    recovery_codes = fields.List(fields.String(), required=True)


class IdentitySchema(OutputSchema):
    """Who a person is at the provider of single sign-on."""

    id = fields.Integer(required=True)
    issuer = fields.String(required=True)
    subject = fields.String(required=True)
    linked_at = fields.AwareDateTime(required=True)
    seen_at = fields.AwareDateTime(required=True, allow_none=True)


class AccountSchema(OutputSchema):
    """How a person logs in, for administrators."""

    person_id = fields.Integer(required=True)
    has_password = fields.Boolean(required=True)
    failed_logins = fields.Integer(required=True)
    locked_until = fields.AwareDateTime(required=True, allow_none=True)
    second_factor = fields.Nested(OwnFactorSchema, required=True)
    identities = fields.List(fields.Nested(IdentitySchema), required=True)


class ResetFactorSchema(InputSchema):
    """Why a second factor is taken away; the person is told."""

    reason = fields.String(
        required=True, validate=validate.Length(max=_REASON_MAX), metadata=expects("原因", "the reason")
    )


class NewIdentitySchema(InputSchema):
    """The identity to link; without `issuer` that of the installation's provider."""

    subject = fields.String(
        required=True, validate=validate.Length(1, _SUBJECT_MAX), metadata=expects("身份标识", "the identity")
    )
    issuer = fields.String(
        load_default=None, allow_none=True, validate=validate.Length(1, _ISSUER_MAX),
        metadata=expects("签发者地址", "the issuer's address"),
    )  # fmt: skip
