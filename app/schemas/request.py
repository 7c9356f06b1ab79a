"""Requests as the API shows them."""

from marshmallow import fields, validate

from app.schemas.item import Choices, TextSchema
from app.schemas.loading import OutputSchema, expects
from app.schemas.paging import PageQuerySchema, PageSchema, rows_of
from workflows.request import REQUEST, REQUEST_LABELS

REQUEST_KINDS = tuple(REQUEST_LABELS)
STATES = tuple(state.name for state in REQUEST.states)
_BIGGEST = 2**63 - 1


class RequestQuerySchema(PageQuerySchema):
    """The query of a list. `state` takes states and, for any of them, `open` and `closed`."""

    kind = Choices(REQUEST_KINDS)
    state = Choices((*STATES, "open", "closed"))
    subject = fields.Integer(
        validate=validate.Range(1, _BIGGEST), metadata=expects("申请所涉事项的编号", "the id of the item asked about")
    )


class SubjectSchema(OutputSchema):
    """The item that a request is about, as it stands now."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    number = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    due_on = fields.Date(required=True, allow_none=True)


class SupervisionRequestSchema(OutputSchema):
    """A request: what is asked and why, what was granted. `old_due_on` is the date at filing."""

    id = fields.Integer(required=True)
    request_kind = fields.String(required=True, validate=validate.OneOf(REQUEST_KINDS))
    request_label = fields.Nested(TextSchema, required=True)
    title = fields.String(required=True)
    state = fields.String(required=True)
    state_label = fields.Nested(TextSchema, required=True)
    version = fields.Integer(required=True)
    confidential = fields.Boolean(required=True)
    subject = fields.Nested(SubjectSchema, required=True)
    reason = fields.String(required=True)
    progress = fields.String(required=True, allow_none=True)
    old_due_on = fields.Date(required=True, allow_none=True)
    new_due_on = fields.Date(required=True, allow_none=True)
    granted_due_on = fields.Date(required=True, allow_none=True)
    department_id = fields.Integer(required=True, allow_none=True)
    department_name = fields.String(required=True, allow_none=True)
    granted_department_id = fields.Integer(required=True, allow_none=True)
    granted_department_name = fields.String(required=True, allow_none=True)
    light = fields.String(required=True, allow_none=True)
    until_on = fields.Date(required=True, allow_none=True)
    filed_by = fields.Integer(required=True)
    filed_by_name = fields.String(required=True)
    filed_department_name = fields.String(required=True, allow_none=True)
    filed_at = fields.AwareDateTime(required=True)
    due_on = fields.Date(required=True, allow_none=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)


class RequestPageSchema(PageSchema):
    """A page of requests, the last filed first."""

    items = rows_of(SupervisionRequestSchema)
