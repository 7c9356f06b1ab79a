"""Topics and agendas as the API takes and shows them."""

from typing import Any

from marshmallow import fields, validate

from app.core.text import TEXT_MAX, TITLE_MAX
from app.schemas.fund.text import BIGGEST, Line, read_id
from app.schemas.item import Choices, TextSchema
from app.schemas.loading import InputSchema, OutputSchema, Truth, expects
from app.schemas.paging import PageQuerySchema, PageSchema, rows_of
from workflows.meeting.agenda_item import AGENDA_ITEM
from workflows.meeting.procedure import MATTERS

TOPIC_STATES = tuple(state.name for state in AGENDA_ITEM.states)
MINUTES_MAX = 600
CONCERNED_MAX = 60
ORDER_MAX = 500


def _ids(most: int, zh: str, en: str, **more: Any) -> fields.List[int]:  # noqa: ANN401  # marshmallow's own options
    return fields.List(
        fields.Integer(strict=True, validate=validate.Range(1, BIGGEST)), validate=validate.Length(0, most),
        metadata=expects(zh, en), **more,
    )  # fmt: skip


class TopicChangeSchema(InputSchema):
    """What is corrected in a draft or a returned topic; what is left out stays. Consent is asked for anew then."""

    title = Line(TITLE_MAX)
    matter = fields.String(
        validate=validate.OneOf(tuple(MATTERS)), metadata=expects("、".join(MATTERS), "one of " + ", ".join(MATTERS))
    )
    brief = Line(TEXT_MAX, newlines=True)
    sought = Line(TEXT_MAX, newlines=True)
    minutes_wanted = fields.Integer(
        strict=True, allow_none=True, validate=validate.Range(1, MINUTES_MAX),
        metadata=expects(f"1至{MINUTES_MAX}的整数（分钟）", f"a whole number of minutes from 1 to {MINUTES_MAX}"),
    )  # fmt: skip
    concerned = _ids(CONCERNED_MAX, f"最多{CONCERNED_MAX}个单位编号", f"at most {CONCERNED_MAX} ids of departments")


class NewTopicSchema(TopicChangeSchema):
    """A topic for a meeting that has not begun: the decision sought, and whose consent is wanted.

    `as` chooses among several posts that fit.
    """

    meeting = read_id(required=True)
    title = Line(TITLE_MAX, required=True)
    matter = fields.String(
        required=True, validate=validate.OneOf(tuple(MATTERS)),
        metadata=expects("、".join(MATTERS), "one of " + ", ".join(MATTERS)),
    )  # fmt: skip
    brief = Line(TEXT_MAX, newlines=True, required=True)
    sought = Line(TEXT_MAX, newlines=True, required=True)
    confidential = Truth(load_default=False, metadata=expects("true或false", "true or false"))
    as_post = fields.Integer(
        data_key="as", strict=True, load_default=None, allow_none=True, validate=validate.Range(1, BIGGEST),
        metadata=expects("岗位编号", "a post's id"),
    )  # fmt: skip


class TopicQuerySchema(PageQuerySchema):
    """The query of the list of topics; `state` takes states, or `open` for any of those that are."""

    meeting = fields.Integer(
        load_default=None, validate=validate.Range(1, BIGGEST), metadata=expects("会议编号", "a meeting's id")
    )
    state = Choices((*TOPIC_STATES, "open"))
    department = fields.String(
        load_default=None, validate=validate.Length(1, 120),
        metadata=expects("部门代码、名称或id:编号", "a department's code or name, or id: and its id"),
    )  # fmt: skip


class UnitNameSchema(OutputSchema):
    """A department by id and name."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    name_en = fields.String(required=True, allow_none=True)


class TopicSchema(OutputSchema):
    """A topic as lists show it; its place and times belong to agendas."""

    id = fields.Integer(required=True)
    number = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(TOPIC_STATES))
    state_label = fields.Nested(TextSchema, required=True)
    version = fields.Integer(required=True)
    confidential = fields.Boolean(required=True)
    department_id = fields.Integer(required=True, allow_none=True)
    department_name = fields.String(required=True, allow_none=True)
    source_id = fields.Integer(required=True, allow_none=True)
    meeting_id = fields.Integer(required=True)
    meeting_title = fields.String(required=True, allow_none=True)
    kind = fields.String(required=True)
    matter = fields.String(required=True)
    brief = fields.String(required=True, allow_none=True)
    sought = fields.String(required=True, allow_none=True)
    minutes_wanted = fields.Integer(required=True, allow_none=True)
    overruled = fields.String(required=True, allow_none=True)
    overruled_codes = fields.List(fields.String(), required=True, allow_none=True)
    is_late = fields.Boolean(required=True)
    deferrals = fields.Integer(required=True)
    started_at = fields.AwareDateTime(required=True, allow_none=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    outcome = fields.String(required=True, allow_none=True)
    conclusion = fields.String(required=True, allow_none=True)
    votes_for = fields.Integer(required=True, allow_none=True)
    votes_against = fields.Integer(required=True, allow_none=True)
    votes_abstained = fields.Integer(required=True, allow_none=True)


class TopicPageSchema(PageSchema):
    """A page of topics, the last proposed first."""

    items = rows_of(TopicSchema)


class DissentSchema(OutputSchema):
    """A department that did not agree, with its reasons."""

    department_id = fields.Integer(required=True)
    text = fields.String(required=True, allow_none=True)


class ConsentSchema(OutputSchema):
    """What the countersigning gave: who agreed, who did not."""

    agreed = fields.List(fields.Integer(), required=True)
    dissent = fields.List(fields.Nested(DissentSchema), required=True)


class StandingOrderSchema(OutputSchema):
    """A standing order that keeps a topic away from the meeting."""

    code = fields.String(required=True)
    text = fields.Nested(TextSchema, required=True)


class TopicDetailSchema(TopicSchema):
    """A topic with whose consent is wanted and given, and what the standing orders have against it now."""

    concerned = fields.List(fields.Nested(UnitNameSchema), required=True)
    consent = fields.Nested(ConsentSchema, required=True, allow_none=True)
    objections = fields.List(fields.Nested(StandingOrderSchema), required=True)


class AgendaRowSchema(TopicSchema):
    """A topic on an agenda; the time follows from the order and the minutes wanted."""

    place = fields.Integer(required=True)
    begins_at = fields.AwareDateTime(required=True)


class AgendaSchema(OutputSchema):
    """A meeting's agenda in order; `version` is the meeting's, which an order must name."""

    meeting_id = fields.Integer(required=True)
    version = fields.Integer(required=True)
    is_frozen = fields.Boolean(required=True)
    minutes = fields.Integer(required=True)
    items = fields.List(fields.Nested(AgendaRowSchema), required=True)


class AgendaOrderSchema(InputSchema):
    """The whole order: the ids of all topics on the agenda that the caller may read, each once."""

    order = _ids(ORDER_MAX, f"最多{ORDER_MAX}个议题编号", f"at most {ORDER_MAX} ids of topics", required=True)


class VotesSchema(InputSchema):
    """How a topic was voted on; both counts null: by consent."""

    votes_for = fields.Integer(
        required=True, allow_none=True, strict=True, validate=validate.Range(0, 10_000),
        metadata=expects("0至10000的整数或null", "a whole number from 0 to 10000, or null"),
    )  # fmt: skip
    votes_against = fields.Integer(
        required=True, allow_none=True, strict=True, validate=validate.Range(0, 10_000),
        metadata=expects("0至10000的整数或null", "a whole number from 0 to 10000, or null"),
    )  # fmt: skip
    votes_abstained = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(0, 10_000),
        metadata=expects("0至10000的整数或null", "a whole number from 0 to 10000, or null"),
    )  # fmt: skip
