"""Leadership groups as the API takes and shows them: founded, amended, changed, with their rules of procedure."""

from typing import Any

from marshmallow import fields, validate

from app.core.text import TEXT_MAX, TITLE_MAX
from app.schemas.fund.text import Line, read_id
from app.schemas.item import Day, TextSchema
from app.schemas.loading import InputSchema, OutputSchema, Rows, Truth, expects
from app.schemas.meeting.rules import RulesField
from app.schemas.paging import PageQuerySchema, PageSchema, rows_of
from workflows.meeting.procedure import SEATS

ROLES = tuple(SEATS)
OPS = ("add", "end", "replace")
#: As many as the services take; a test compares them.
SEATS_MAX, LINES_MAX = 120, 60
_ROLE_SAID = expects("、".join(ROLES) + "之一", "one of " + ", ".join(ROLES))
_RANK: dict[str, Any] = {"strict": True, "load_default": 1, "validate": validate.Range(1, 999),
         "metadata": expects("1至999的整数", "a whole number from 1 to 999")}  # fmt: skip


class GroupQuerySchema(PageQuerySchema):
    """The query of the list of groups."""

    dissolved = fields.Boolean(
        load_default=False, truthy={"true", "1"}, falsy={"false", "0"}, metadata=expects("true或false", "true or false")
    )


class NewSeatSchema(InputSchema):
    """A seat: its role, the post that takes it, its order among its like."""

    role = fields.String(required=True, validate=validate.OneOf(ROLES), metadata=_ROLE_SAID)
    post = read_id(required=True)
    rank = fields.Integer(**_RANK)


class GroupDraftSchema(InputSchema):
    """A group as it is to be; `rules` name only what differs from what is usual."""

    title = Line(TITLE_MAX, required=True)
    office = Line(TITLE_MAX, required=True)
    term_from_on = Day(required=True)
    term_until_on = Day(load_default=None, allow_none=True)
    duties = Line(TEXT_MAX, newlines=True, load_default=None, allow_none=True)
    document = Line(TITLE_MAX, load_default=None, allow_none=True)
    seats = Rows(
        fields.Nested(NewSeatSchema),
        required=True,
        validate=validate.Length(0, SEATS_MAX),
        metadata=expects(f"最多{SEATS_MAX}个席位", f"a list of at most {SEATS_MAX} seats"),
    )
    rules = RulesField(load_default=dict)


class NewGroupSchema(GroupDraftSchema):
    """A group to be founded; `parent` of a working group is the leadership group above it."""

    parent = read_id(load_default=None, allow_none=True)


class ChangeLineSchema(InputSchema):
    """A line of a change: `add` names role and post, `end` a seat, `replace` a seat and the post that takes it."""

    op = fields.String(
        required=True,
        validate=validate.OneOf(OPS),
        metadata=expects("、".join(OPS) + "之一", "one of " + ", ".join(OPS)),
    )
    seat = read_id(load_default=None, allow_none=True)
    role = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(ROLES), metadata=_ROLE_SAID)
    post = read_id(load_default=None, allow_none=True)
    rank = fields.Integer(**_RANK)


class NewMemberChangeSchema(InputSchema):
    """A change of members with its reason; it waits until the leader approves or refuses it."""

    reason = Line(TEXT_MAX, newlines=True, required=True)
    lines = Rows(
        fields.Nested(ChangeLineSchema),
        required=True,
        validate=validate.Length(1, LINES_MAX),
        metadata=expects(f"1至{LINES_MAX}行调整", f"a list of 1 to {LINES_MAX} lines"),
    )


class NewGroupRulesSchema(InputSchema):
    """Rules of procedure as they are proposed: what is left out stays as it is in force."""

    reason = Line(TEXT_MAX, newlines=True, required=True)
    rules = RulesField(required=True)


class GroupAnswerSchema(OutputSchema):
    """A group after a write: where it stands, the version that the next write names."""

    id = fields.Integer(required=True)
    state = fields.String(required=True)
    version = fields.Integer(required=True)


class GroupRowSchema(OutputSchema):
    """A group in a list."""

    id = fields.Integer(required=True)
    title = fields.String(required=True)
    body = fields.String(required=True, validate=validate.OneOf(("leadership", "working")))
    state = fields.String(required=True)
    state_label = fields.Nested(TextSchema, required=True)
    parent_id = fields.Integer(required=True, allow_none=True)
    office = fields.Nested(TextSchema, required=True)
    term_from_on = fields.Date(required=True)
    term_until_on = fields.Date(required=True, allow_none=True)
    is_past_term = Truth(required=True)
    seat_count = fields.Integer(required=True)
    vacant_count = fields.Integer(required=True)
    leader = fields.String(required=True, allow_none=True)


class GroupPageSchema(PageSchema):
    """A page of groups."""

    items = rows_of(GroupRowSchema)


class SeatSchema(OutputSchema):
    """A seat: whose post, and who sits in it now; `ended_on` of one that was closed with its post."""

    id = fields.Integer(required=True)
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    rank = fields.Integer(required=True)
    post_id = fields.Integer(required=True)
    post = fields.Nested(TextSchema, required=True)
    department = fields.Nested(TextSchema, required=True)
    person_id = fields.Integer(required=True, allow_none=True)
    person = fields.String(required=True, allow_none=True)
    is_vacant = Truth(required=True)
    from_on = fields.Date(required=True)
    ended_on = fields.Date(required=True, allow_none=True, attribute="to_on")


class KeptLineSchema(OutputSchema):
    """A line of a change as it is kept: a seat that passes on ends and begins."""

    op = fields.String(required=True, validate=validate.OneOf(("add", "end")))
    seat_id = fields.Integer(required=True, allow_none=True)
    role = fields.String(required=True, allow_none=True)
    post = fields.Nested(TextSchema, required=True, allow_none=True)


class MemberChangeSchema(OutputSchema):
    """A change of members; `outcome` null: it waits."""

    id = fields.Integer(required=True)
    lines = fields.List(fields.Nested(KeptLineSchema), required=True)
    reason = fields.String(required=True)
    proposed_by = fields.String(required=True)
    proposed_at = fields.AwareDateTime(required=True)
    outcome = fields.String(required=True, allow_none=True, validate=validate.OneOf(("made", "refused", "withdrawn")))
    decided_by = fields.String(required=True, allow_none=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True)


class GroupMeetingSchema(OutputSchema):
    """A meeting of the group that is still to come."""

    id = fields.Integer(required=True)
    title = fields.String(required=True)
    state = fields.String(required=True)
    state_label = fields.Nested(TextSchema, required=True)
    starts_at = fields.AwareDateTime(required=True)


class GroupDetailSchema(GroupRowSchema):
    """A group with everything that its page shows; steps are taken on the item with the same id."""

    version = fields.Integer(required=True)
    duties = fields.String(required=True, allow_none=True)
    document = fields.String(required=True, allow_none=True)
    established_on = fields.Date(required=True, allow_none=True)
    seats = fields.List(fields.Nested(SeatSchema), required=True)
    ended_seats = fields.List(fields.Nested(SeatSchema), required=True)
    rules = RulesField(required=True)
    proposed_rules = RulesField(required=True, allow_none=True)
    changes = fields.List(fields.Nested(MemberChangeSchema), required=True)
    working_groups = fields.List(fields.Nested(GroupRowSchema), required=True)
    meetings = fields.List(fields.Nested(GroupMeetingSchema), required=True)
