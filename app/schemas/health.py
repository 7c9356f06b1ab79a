"""How the installation stands, as the API shows it."""

from marshmallow import fields

from app.schemas.item import TextSchema
from app.schemas.loading import OutputSchema
from app.schemas.paging import PageSchema, rows_of


class FindingSchema(OutputSchema):
    """What one check found."""

    check = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)
    state = fields.String(required=True)
    said = fields.Nested(TextSchema, required=True)
    mend = fields.Nested(TextSchema, required=True, allow_none=True)


class AlertSchema(OutputSchema):
    """What administrators were told."""

    check = fields.String(required=True)
    state = fields.String(required=True)
    said = fields.Nested(TextSchema, required=True)
    mend = fields.Nested(TextSchema, required=True, allow_none=True)
    opened_at = fields.AwareDateTime(required=True)
    seen_at = fields.AwareDateTime(required=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)


class HealthSchema(PageSchema):
    """The worst that was found, what each check found, and the last alerts."""

    state = fields.String(required=True)
    items = rows_of(FindingSchema)
    alerts = fields.List(fields.Nested(AlertSchema), required=True)
