"""The inbox and steps on many items, as the API takes and shows them."""

from marshmallow import fields, validate

from app.schemas.item import KINDS, QUERY_MAX, Choices, ItemSchema, TextSchema
from app.schemas.loading import InputSchema, OutputSchema, expects
from app.schemas.paging import PageQuerySchema, PageSchema, rows_of
from app.schemas.problem import ProblemSchema

_BIGGEST = 2**63 - 1
ITEMS_MAX = 100
_ACTION_MAX = 40


class InboxQuerySchema(PageQuerySchema):
    """The query of the work that waits."""

    kind = Choices(KINDS)
    post = fields.Integer(
        load_default=None, validate=validate.Range(1, _BIGGEST), metadata=expects("岗位编号", "a post's id")
    )
    signatures = fields.Boolean(
        load_default=False, truthy={"true", "1"}, falsy={"false", "0"},
        metadata=expects("true或false", "true or false"),
    )  # fmt: skip
    q = fields.String(
        load_default="", validate=validate.Length(max=QUERY_MAX),
        metadata=expects(f"最多{QUERY_MAX}字的检索词", f"words to search for, at most {QUERY_MAX} characters"),
    )  # fmt: skip


class ConsequenceSchema(OutputSchema):
    """What follows if nobody acts: the level that is reached, when, for which cause, and whom it tells."""

    level = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)
    cause = fields.String(required=True)
    to_role = fields.Nested(TextSchema, required=True)


class InboxMoveSchema(OutputSchema):
    """A step that the caller may take on it now; `GET /items/{id}/actions` tells its fields and posts."""

    action = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)
    asks = fields.List(fields.String(), required=True)
    post_ids = fields.List(fields.Integer(), required=True)


class InboxItemSchema(ItemSchema):
    """An item that waits for the caller: for a signature, else for the next step."""

    state_since = fields.AwareDateTime(required=True)
    owes_signature = fields.Boolean(required=True)
    since = fields.AwareDateTime(required=True)
    for_person_id = fields.Integer(required=True, allow_none=True)
    for_person_name = fields.String(required=True, allow_none=True)
    role = fields.Nested(TextSchema, required=True, allow_none=True)
    consequence = fields.Nested(ConsequenceSchema, required=True, allow_none=True)
    moves = fields.List(fields.Nested(InboxMoveSchema), required=True)


class InboxSchema(PageSchema):
    """What waits for the caller, the nearest due date first."""

    items = rows_of(InboxItemSchema)


class BulkItemSchema(InputSchema):
    """One item of a bulk request: the version that it rests on (a signature needs none), and the post."""

    id = fields.Integer(
        required=True, strict=True, validate=validate.Range(1, _BIGGEST), metadata=expects("事项编号", "an item's id")
    )
    version = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=validate.Range(1, 2**31 - 1),
        metadata=expects("版本号", "a version"),
    )  # fmt: skip
    as_post = fields.Integer(
        data_key="as", strict=True, load_default=None, allow_none=True, validate=validate.Range(1, _BIGGEST),
        metadata=expects("岗位编号", "a post's id"),
    )  # fmt: skip


class BulkRequestSchema(InputSchema):
    """One step on many items, with fields that all of them take."""

    action = fields.String(
        required=True, validate=validate.Length(1, _ACTION_MAX), metadata=expects("步骤名称", "a step's name")
    )
    items = fields.List(
        fields.Nested(BulkItemSchema), required=True, validate=validate.Length(1, ITEMS_MAX),
        metadata=expects(f"1至{ITEMS_MAX}个事项（id、version、as）", f"1 to {ITEMS_MAX} items: id, version, as"),
    )  # fmt: skip
    fields_ = fields.Dict(
        data_key="fields", keys=fields.String(), load_default=dict, metadata=expects("JSON对象", "a JSON object")
    )


class BulkResultSchema(OutputSchema):
    """What became of one item; `problem` is the document that it alone would have been answered with."""

    id = fields.Integer(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    state = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True, allow_none=True)
    problem = fields.Nested(ProblemSchema, required=True, allow_none=True)


class BulkAnswerSchema(PageSchema):
    """A result for each item, in the order of the request."""

    items = rows_of(BulkResultSchema)
