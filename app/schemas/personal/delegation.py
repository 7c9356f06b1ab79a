"""Delegations as the API takes and shows them."""

from marshmallow import fields, validate

from app.schemas.fund.money import Amount, Money
from app.schemas.item import KINDS, TextSchema
from app.schemas.loading import InputSchema, OutputSchema, expects
from app.schemas.paging import PageQuerySchema, PageSchema, rows_of
from workflows.delegation.period import REASON_MAX, Stage

_BIGGEST = 2**63 - 1
_POSTS_MAX = 50


def _id(zh: str, en: str, *, required: bool = False) -> fields.Integer:
    more = {"required": True} if required else {"load_default": None, "allow_none": True}
    return fields.Integer(strict=True, validate=validate.Range(1, _BIGGEST), metadata=expects(zh, en), **more)


def _instant() -> fields.AwareDateTime:
    said = expects("带时区的时间，如2026-03-03T00:00:00+08:00", "an instant with its offset, 2026-03-03T00:00:00+08:00")
    return fields.AwareDateTime(required=True, metadata=said)


class ScopeSchema(InputSchema):
    """Whose posts, which of them, for which kinds of items; left out: the caller's, all of them, all kinds."""

    principal = _id("人员编号", "a person's id")
    posts = fields.List(
        fields.Integer(strict=True, validate=validate.Range(1, _BIGGEST)), load_default=None, allow_none=True,
        validate=validate.Length(1, _POSTS_MAX), metadata=expects("岗位编号列表，不填为全部", "posts' ids; null: all"),
    )  # fmt: skip
    kinds = fields.List(
        fields.String(validate=validate.OneOf(KINDS)), load_default=None, allow_none=True,
        validate=validate.Length(1, len(KINDS)),
        metadata=expects(
            f"事项种类列表，不填为全部：{'、'.join(KINDS)}", f"kinds of items; null: all: {', '.join(KINDS)}"
        ),
    )  # fmt: skip


class NewDelegationSchema(ScopeSchema):
    """A delegation that is offered to its substitute. The period is half-open: `to_at` itself is outside."""

    substitute = _id("人员编号", "a person's id", required=True)
    from_at = _instant()
    to_at = _instant()
    reason = fields.String(
        required=True, validate=validate.Length(1, REASON_MAX),
        metadata=expects(f"1至{REASON_MAX}字", f"1 to {REASON_MAX} characters"),
    )  # fmt: skip
    amount_max = Amount(load_default=None, allow_none=True)


class DelegationNoteSchema(InputSchema):
    """What is said when a delegation is declined or ended early."""

    note = fields.String(
        load_default=None, allow_none=True, validate=validate.Length(max=REASON_MAX),
        metadata=expects(f"最多{REASON_MAX}字", f"at most {REASON_MAX} characters"),
    )  # fmt: skip


class DelegationQuerySchema(PageQuerySchema):
    """The query of the caller's delegations, or with `city` of all that run or will."""

    side = fields.String(
        load_default=None, validate=validate.OneOf(("given", "received", "city")),
        metadata=expects("given、received或city", "given, received or city"),
    )  # fmt: skip


class LentPostSchema(OutputSchema):
    """A post that is lent."""

    post_id = fields.Integer(required=True)
    label = fields.Nested(TextSchema, required=True)


class DelegationSchema(OutputSchema):
    """Who stands in for whom, from when until when, in what."""

    id = fields.Integer(required=True)
    principal_id = fields.Integer(required=True)
    principal_name = fields.String(required=True)
    substitute_id = fields.Integer(required=True)
    substitute_name = fields.String(required=True)
    stage = fields.String(required=True, validate=validate.OneOf([stage.value for stage in Stage]))
    from_at = fields.AwareDateTime(required=True)
    to_at = fields.AwareDateTime(required=True)
    posts = fields.List(fields.Nested(LentPostSchema), required=True, allow_none=True)
    kinds = fields.List(fields.String(), required=True, allow_none=True)
    amount_max = Money(required=True, allow_none=True, attribute="amount_max_fen")
    reason = fields.String(required=True)
    made_by_name = fields.String(required=True)
    is_by_office = fields.Boolean(required=True)
    made_at = fields.AwareDateTime(required=True)
    accepted_at = fields.AwareDateTime(required=True, allow_none=True)
    declined_at = fields.AwareDateTime(required=True, allow_none=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    ended_by_name = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)


class DelegationPageSchema(PageSchema):
    """Delegations, page by page."""

    items = rows_of(DelegationSchema)


class DelegationPreviewSchema(OutputSchema):
    """How much would wait for a substitute if it began now."""

    waiting = fields.Integer(required=True)
    is_more = fields.Boolean(required=True)
