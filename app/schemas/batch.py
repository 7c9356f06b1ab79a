"""Tasks as the API takes them, one or many, and what it says of those that were made."""

from typing import Any

from marshmallow import INCLUDE, ValidationError, fields, validate

from app.ledger.batch_sheet import BATCH_MAX, RHYTHMS, SOURCES, URGENCIES
from app.schemas.item import ItemQuerySchema
from app.schemas.loading import InputSchema, OutputSchema, Truth, expects
from app.schemas.paging import LanguageQuerySchema, PageSchema, rows_of

_BIGGEST = 2**63 - 1
_LIMIT_MAX = 1000
_BOOLEAN: dict[str, Any] = {"metadata": expects("true或false", "true or false")}
_FLAG: dict[str, Any] = {
    "truthy": {"true", "1"}, "falsy": {"false", "0"}, "metadata": expects("1或0", "1 or 0"), "load_default": False,
}  # fmt: skip


class RowList(fields.List[Any]):
    """A list of rows, each read by the service."""

    def _deserialize(self, value: Any, *_: object, **__: object) -> list[Any]:  # noqa: ANN401  # outside input
        if not isinstance(value, list):
            raise ValidationError("no list")
        return value


class SupportPartSchema(InputSchema):
    """A supporting department: its name, code or id, what it owes, by when (left out: with the task)."""

    department = fields.String(required=True)
    owes = fields.String(allow_none=True)
    due_on = fields.Date(allow_none=True)


class BatchRowSchema(InputSchema):
    """A task to be. Give `due_on` or `limit_workdays`; with neither the limit of its urgency counts."""

    title = fields.String(required=True)
    department = fields.String(
        required=True, metadata={"en": "Name, former name, code or id", "zh": "名称、曾用名、代码或编号"}
    )
    supports = fields.List(fields.Nested(SupportPartSchema))
    due_on = fields.Date(allow_none=True)
    limit_workdays = fields.Integer(allow_none=True, validate=validate.Range(1, _LIMIT_MAX))
    urgency = fields.String(validate=validate.OneOf(tuple(URGENCIES)))
    requirement = fields.String(allow_none=True)
    criteria = fields.List(fields.String())
    parent_id = fields.Integer(allow_none=True, metadata={"en": "An open project", "zh": "在办项目"})
    report_rhythm = fields.String(allow_none=True, validate=validate.OneOf(tuple(RHYTHMS)))
    source_kind = fields.String(allow_none=True, validate=validate.OneOf(tuple(SOURCES)))
    source_reference = fields.String(allow_none=True)
    confidential = fields.Boolean()


class BatchRequestSchema(InputSchema):
    """Many tasks from one document, or from none; `draft` leaves them unassigned."""

    document_id = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=validate.Range(1, _BIGGEST),
        metadata=expects("来文的编号", "a document's id"),
    )  # fmt: skip
    rows = RowList(
        fields.Nested(BatchRowSchema),
        required=True,
        metadata=expects("任务的列表", f"a list of 1 to {BATCH_MAX} tasks"),
    )
    draft = Truth(load_default=False, **_BOOLEAN)


class TaskRequestSchema(BatchRowSchema):
    """One task."""

    document_id = fields.Integer(allow_none=True, validate=validate.Range(1, _BIGGEST))
    draft = fields.Boolean()


class TaskExtraSchema(InputSchema):
    """What a single task brings beside its row, which the service reads."""

    class Meta(InputSchema.Meta):
        """Settings of marshmallow."""

        unknown = INCLUDE

    document_id = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=validate.Range(1, _BIGGEST),
        metadata=expects("来文的编号", "a document's id"),
    )  # fmt: skip
    draft = Truth(load_default=False, **_BOOLEAN)


class BatchQuerySchema(LanguageQuerySchema):
    """`dry_run`: only say what would be made."""

    dry_run = fields.Boolean(**_FLAG)


class BatchFormSchema(InputSchema):
    """What stands beside the file of a multipart request. `again`: the same file once more within a day."""

    document_id = fields.Integer(
        load_default=None, validate=validate.Range(1, _BIGGEST), metadata=expects("来文的编号", "a document's id")
    )
    draft = fields.Boolean(**_FLAG)
    again = fields.Boolean(**_FLAG)


class TaskQuerySchema(ItemQuerySchema):
    """The query of the list of tasks."""

    class Meta(ItemQuerySchema.Meta):
        """Settings of marshmallow."""

        exclude = ("kind",)


class WarningSchema(OutputSchema):
    """What should be looked at although it stops nothing."""

    row = fields.Integer(required=True)
    field = fields.String(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)


class MadeTaskSchema(OutputSchema):
    """A task that was made, or would be (`id`, `state` and `version` null)."""

    row = fields.Integer(required=True)
    id = fields.Integer(required=True, allow_none=True)
    title = fields.String(required=True)
    department_id = fields.Integer(required=True)
    department_name = fields.String(required=True)
    due_on = fields.String(required=True)
    due_source = fields.String(required=True, validate=validate.OneOf(("typed", "computed")))
    supports = fields.Integer(required=True)
    parent_id = fields.Integer(required=True, allow_none=True)
    confidential = fields.Boolean(required=True)
    state = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True, allow_none=True)


class TaskAnswerSchema(MadeTaskSchema):
    """The task that was made, or would be."""

    warnings = fields.List(fields.Nested(WarningSchema), required=True)


class BatchAnswerSchema(PageSchema):
    """What a batch made, in the order of its rows."""

    document_id = fields.Integer(required=True, allow_none=True)
    dry_run = fields.Boolean(required=True)
    items = rows_of(MadeTaskSchema)
    warnings = fields.List(fields.Nested(WarningSchema), required=True)
