"""Reports owed as the API shows them."""

from marshmallow import fields, validate

from app.schemas.item import TextSchema
from app.schemas.loading import OutputSchema, expects
from app.schemas.paging import PageQuerySchema, PageSchema, rows_of


class OwedQuerySchema(PageQuerySchema):
    """The query of the reports owed."""

    department = fields.String(
        validate=validate.Length(1, 120), metadata=expects("部门代码或名称", "a department's code or name")
    )


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


class OwedPageSchema(PageSchema):
    """The counts of the departments, and one page of what they owe, the earliest limit first."""

    departments = fields.List(fields.Nested(OwedCountSchema), required=True)
    items = rows_of(OwedReportSchema)
