"""Problem documents (RFC 9457) as the API describes them."""

from marshmallow import fields

from app.schemas.loading import OutputSchema


class FaultSchema(OutputSchema):
    """One thing that is wrong with the input."""

    field = fields.String(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)


class ProblemSchema(OutputSchema):
    """What went wrong, every fault at once."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True)
    faults = fields.List(fields.Nested(FaultSchema), required=True)
    current_version = fields.Integer()
    #: The request's number, as the log has it: for the administrator.
    request_id = fields.String()
