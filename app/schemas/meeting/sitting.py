"""One meeting as the API shows it."""

from marshmallow import fields, validate

from app.schemas.item import TextSchema
from app.schemas.loading import OutputSchema
from workflows.meeting.meeting import MEETING
from workflows.meeting.procedure import FORUMS

MEETING_STATES = tuple(state.name for state in MEETING.states)


class SittingSchema(OutputSchema):
    """A meeting: when, where, who chairs, how far it is. A group that may not be read is null."""

    id = fields.Integer(required=True)
    title = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(MEETING_STATES))
    state_label = fields.Nested(TextSchema, required=True)
    version = fields.Integer(required=True)
    confidential = fields.Boolean(required=True)
    group_id = fields.Integer(required=True, allow_none=True)
    group_title = fields.String(required=True, allow_none=True)
    series_id = fields.Integer(required=True, allow_none=True)
    month = fields.String(required=True, allow_none=True)
    forum = fields.String(required=True, validate=validate.OneOf(tuple(FORUMS)))
    ordinal = fields.Integer(required=True, allow_none=True)
    planned_on = fields.Date(required=True)
    moved_reason = fields.String(required=True, allow_none=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    place = fields.String(required=True, allow_none=True)
    joint_with = fields.String(required=True, allow_none=True)
    chair_post_id = fields.Integer(required=True, allow_none=True)
    chair_name = fields.String(required=True, allow_none=True)
    call_on = fields.Date(required=True, allow_none=True)
    cutoff_on = fields.Date(required=True, allow_none=True)
    notice_on = fields.Date(required=True, allow_none=True)
    notified_at = fields.AwareDateTime(required=True, allow_none=True)
    opened_at = fields.AwareDateTime(required=True, allow_none=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    is_short = fields.Boolean(required=True)
    cosign_until_on = fields.Date(required=True, allow_none=True)
    minutes_number = fields.String(required=True, allow_none=True)
    issued_at = fields.AwareDateTime(required=True, allow_none=True)
