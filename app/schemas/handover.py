"""A hand-over as the API takes and shows it."""

from marshmallow import fields, validate

from app.schemas.item import TextSchema
from app.schemas.loading import InputSchema, OutputSchema, Truth, expects
from app.schemas.paging import LanguageQuerySchema

_BIGGEST = 2**63 - 1
_BASIS_MAX = 1_000_000
_DAY = expects("日期，如2026-03-02", "a date like 2026-03-02")
_FLAG = expects("true或false", "true or false")
_ID = expects("编号", "an id")
_KNOWN = validate.Range(1, _BIGGEST)


def _flag(*, default: bool) -> fields.Boolean:
    return fields.Boolean(load_default=default, truthy={True, "true", "1"}, falsy={False, "false", "0"}, metadata=_FLAG)


class HandoverQuerySchema(LanguageQuerySchema):
    """The hand-over to look at: whom each item is proposed to, whether the posts end."""

    to = fields.Integer(load_default=None, validate=_KNOWN, metadata=_ID)
    end_posts = _flag(default=True)


class ItemChoiceSchema(InputSchema):
    """Who takes one item over; null: the head of the department answers."""

    id = fields.Integer(strict=True, required=True, validate=_KNOWN, metadata=_ID)
    to = fields.Integer(strict=True, load_default=None, allow_none=True, validate=_KNOWN, metadata=_ID)


class PostChoiceSchema(InputSchema):
    """Who takes one of the posts over."""

    holding_id = fields.Integer(strict=True, required=True, validate=_KNOWN, metadata=_ID)
    to = fields.Integer(strict=True, required=True, validate=_KNOWN, metadata=_ID)


class HandoverSchema(InputSchema):
    """The hand-over to do: `basis` is that of the preview; single items and posts come before `to`."""

    basis = fields.String(required=True, validate=validate.Length(max=_BASIS_MAX),
                          metadata=expects("预览给出的basis", "the basis of a preview"))  # fmt: skip
    to = fields.Integer(strict=True, load_default=None, allow_none=True, validate=_KNOWN, metadata=_ID)
    items = fields.List(fields.Nested(ItemChoiceSchema), load_default=list,
                        metadata=expects('[{"id":…,"to":…}]', '[{"id": …, "to": …}]'))  # fmt: skip
    posts = fields.List(fields.Nested(PostChoiceSchema), load_default=list,
                        metadata=expects('[{"holding_id":…,"to":…}]', '[{"holding_id": …, "to": …}]'))  # fmt: skip
    on = fields.Date(load_default=None, allow_none=True, metadata=_DAY)
    end_posts = Truth(load_default=True, metadata=_FLAG)
    deactivate = Truth(load_default=False, metadata=_FLAG)


class ChargeSchema(OutputSchema):
    """An item to hand over: who is proposed (null: the head answers) and who can act then."""

    item_id = fields.Integer(required=True)
    kind = fields.String(required=True)
    number = fields.String(required=True, allow_none=True)
    title = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)
    department_id = fields.Integer(required=True, allow_none=True)
    department = fields.String(required=True, allow_none=True)
    proposed_id = fields.Integer(required=True, allow_none=True)
    proposed = fields.String(required=True, allow_none=True)
    answers = fields.List(fields.String(), required=True)


class HeldHoldingSchema(OutputSchema):
    """A post that ends with the hand-over, and who else holds its like."""

    holding_id = fields.Integer(required=True)
    post_id = fields.Integer(required=True)
    title = fields.String(required=True)
    title_en = fields.String(required=True, allow_none=True)
    duty = fields.String(required=True)
    department_id = fields.Integer(required=True)
    department = fields.String(required=True)
    from_on = fields.Date(required=True)
    others = fields.List(fields.String(), required=True)


class OwedSignatureSchema(OutputSchema):
    """A signature that is still owed, and who else can give it."""

    item_id = fields.Integer(required=True)
    title = fields.String(required=True, allow_none=True)
    department_id = fields.Integer(required=True, allow_none=True)
    others = fields.List(fields.String(), required=True)


class HandoverPlanSchema(OutputSchema):
    """Everything that waits on a person; `blocks` say why the posts cannot end as they are."""

    person_id = fields.Integer(required=True)
    name = fields.String(required=True)
    is_active = fields.Boolean(required=True)
    charges = fields.List(fields.Nested(ChargeSchema), required=True)
    posts = fields.List(fields.Nested(HeldHoldingSchema), required=True)
    signatures = fields.List(fields.Nested(OwedSignatureSchema), required=True)
    messages = fields.Integer(required=True)
    named = fields.List(fields.Integer(), required=True)
    drafts = fields.List(fields.Integer(), required=True)
    warnings = fields.List(fields.Nested(TextSchema), required=True)
    blocks = fields.List(fields.Nested(TextSchema), required=True)
    basis = fields.String(required=True)


class HandedItemSchema(OutputSchema):
    """An item that was handed over; `to` null: the head of the department answers."""

    id = fields.Integer(required=True)
    to = fields.Integer(required=True, allow_none=True)


class HandedSchema(OutputSchema):
    """What a hand-over did."""

    person_id = fields.Integer(required=True)
    items = fields.List(fields.Nested(HandedItemSchema), required=True)
    posts_ended = fields.Integer(required=True)
    posts_taken = fields.Integer(required=True)
    messages = fields.Integer(required=True)
    is_active = fields.Boolean(required=True)
