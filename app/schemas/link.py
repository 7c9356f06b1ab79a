"""Links between items as the API takes and shows them."""

from marshmallow import fields, validate

from app.schemas.item import ItemSchema
from app.schemas.item import LinkSchema as DirectLinkSchema
from app.schemas.loading import InputSchema, OutputSchema, expects
from app.schemas.paging import LanguageQuerySchema

KINDS = ("blocks", "split_from", "merged_into", "decides")
_BIGGEST = 2**63 - 1
_ID = expects("事项编号", "an item's id")
_KIND = expects(f"{'、'.join(KINDS)}之一", f"one of {', '.join(KINDS)}")


class NewLinkSchema(InputSchema):
    """A link with another item, which stands at its end (`to`) or at its start (`from`)."""

    kind = fields.String(load_default="blocks", validate=validate.OneOf(KINDS), metadata=_KIND)
    to = fields.Integer(strict=True, validate=validate.Range(1, _BIGGEST), metadata=_ID)
    from_ = fields.Integer(data_key="from", strict=True, validate=validate.Range(1, _BIGGEST), metadata=_ID)


class NewLinksSchema(InputSchema):
    """Links to be laid, all or none."""

    links = fields.List(
        fields.Nested(NewLinkSchema), required=True, validate=validate.Length(1, 200),
        metadata=expects("1至200条关联，每条写kind和to或from", "1 to 200 links, each with kind and either to or from"),
    )  # fmt: skip


class LinkQuerySchema(LanguageQuerySchema):
    """Which link is to be taken away."""

    kind = fields.String(load_default="blocks", validate=validate.OneOf(KINDS), metadata=_KIND)
    to = fields.Integer(validate=validate.Range(1, _BIGGEST), metadata=_ID)
    from_ = fields.Integer(data_key="from", validate=validate.Range(1, _BIGGEST), metadata=_ID)


class ReachedSchema(OutputSchema):
    """An item on the way, so many links away."""

    steps = fields.Integer(required=True)
    item = fields.Nested(ItemSchema, required=True)


class LoopSchema(OutputSchema):
    """A chain that closes (old data); an item that the caller may not read is null."""

    items = fields.List(fields.Nested(ItemSchema, allow_none=True), required=True)


class LinksSchema(OutputSchema):
    """An item's links, everything that it waits for, everything that waits for it."""

    direct = fields.List(fields.Nested(DirectLinkSchema), required=True)
    before = fields.List(fields.Nested(ReachedSchema), required=True)
    after = fields.List(fields.Nested(ReachedSchema), required=True)
    loops = fields.List(fields.Nested(LoopSchema), required=True)
