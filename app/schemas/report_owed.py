"""Reports owed as the API shows them."""

from marshmallow import fields, validate

from app.schemas.item import LIMIT_MAX, TextSchema
from app.schemas.loading import InputSchema, OutputSchema, expects

_CURSOR_MAX = 1000


class OwedQuerySchema(InputSchema):
    """The query of the reports owed."""

    department = fields.String(
        validate=validate.Length(1, 120), metadata=expects("部门代码或名称", "a department's code or name")
    )
    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(1, LIMIT_MAX),
        metadata=expects(f"1至{LIMIT_MAX}的整数", f"a whole number from 1 to {LIMIT_MAX}"),
    )
    cursor = fields.String(
        validate=validate.Length(1, _CURSOR_MAX), metadata=expects("上一页给出的翻页标记", "a cursor that a page gave")
    )
    lang = fields.String(metadata=expects("zh或en", "zh or en"))


class OwedReportSchema(OutputSchema):
    """A report that is owed: of which item, for which period, and on which day its limit ends."""

    item_id = fields.Integer(required=True)
    kind = fields.String(required=True)
    number = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    department_id = fields.Integer(required=True, allow_none=True)
    department_name = fields.String(required=True, allow_none=True)
    department_name_en = fields.String(required=True, allow_none=True)
    period = fields.String(required=True)
    period_label = fields.Nested(TextSchema, required=True)
    ends_on = fields.Date(required=True)
    due_on = fields.Date(required=True)
    is_late = fields.Boolean(required=True)


class OwedCountSchema(OutputSchema):
    """A department's reports: how many items report by rule, owed now, of these late, ending within five days."""

    department_id = fields.Integer(required=True, allow_none=True)
    department_name = fields.String(required=True, allow_none=True)
    department_name_en = fields.String(required=True, allow_none=True)
    reporting = fields.Integer(required=True)
    owed = fields.Integer(required=True)
    late = fields.Integer(required=True)
    due_soon = fields.Integer(required=True)


class OwedPageSchema(OutputSchema):
    """The counts of the departments, and one page of what they owe, the earliest limit first."""

    departments = fields.List(fields.Nested(OwedCountSchema), required=True)
    items = fields.List(fields.Nested(OwedReportSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
