"""Decisions of meetings as the API takes and shows them."""

from typing import Any

from marshmallow import fields, validate

from app.core.text import TEXT_MAX, TITLE_MAX
from app.schemas.fund.text import BIGGEST, Line, read_id
from app.schemas.item import Choices, Day, TextSchema
from app.schemas.loading import InputSchema, OutputSchema, Truth, expects
from app.schemas.meeting.agenda import UnitNameSchema
from app.schemas.paging import PageQuerySchema, PageSchema, rows_of
from workflows.meeting.decision import DECISION

DECISION_STATES = tuple(state.name for state in DECISION.states)
SUPPORTS_MAX = 60
#: As many as the service takes; a test compares them.
CRITERIA_MAX = 20


def _supports(**more: Any) -> fields.List[int]:  # noqa: ANN401  # marshmallow's own options
    return fields.List(
        fields.Integer(strict=True, validate=validate.Range(1, BIGGEST)), validate=validate.Length(0, SUPPORTS_MAX),
        metadata=expects(f"最多{SUPPORTS_MAX}个单位编号", f"at most {SUPPORTS_MAX} ids of departments"), **more,
    )  # fmt: skip


def _wanted(**more: Any) -> fields.List[str]:  # noqa: ANN401  # marshmallow's own options
    return fields.List(
        Line(TITLE_MAX), validate=validate.Length(0, CRITERIA_MAX),
        metadata=expects(f"最多{CRITERIA_MAX}条验收标准", f"a list of at most {CRITERIA_MAX} criteria"), **more,
    )  # fmt: skip


class DecisionChangeSchema(InputSchema):
    """What is corrected in a decision that is not in force; what is left out stays, null empties.

    `next_meeting`: the day of the next meeting becomes the due date.
    """

    text = Line(TEXT_MAX, newlines=True)
    agenda_item = read_id(allow_none=True)
    department = read_id(allow_none=True)
    supports = _supports()
    due_on = Day(allow_none=True)
    next_meeting = Truth(load_default=False, metadata=expects("true或false", "true or false"))
    wanted = _wanted()
    is_information = Truth(metadata=expects("true或false", "true or false"))


class NewDecisionSchema(DecisionChangeSchema):
    """A decision of a meeting that is held or whose minutes are drafted; lead and date may still be missing."""

    meeting = read_id(required=True)
    text = Line(TEXT_MAX, newlines=True, required=True)


class DecisionQuerySchema(PageQuerySchema):
    """The query of the list of decisions; `department` is the one in charge."""

    meeting = fields.Integer(
        load_default=None, validate=validate.Range(1, BIGGEST), metadata=expects("会议编号", "a meeting's id")
    )
    agenda_item = fields.Integer(
        load_default=None, validate=validate.Range(1, BIGGEST), metadata=expects("议题编号", "a topic's id")
    )
    state = Choices(DECISION_STATES)
    department = fields.String(
        load_default=None, validate=validate.Length(1, 120),
        metadata=expects("部门代码、名称或id:编号", "a department's code or name, or id: and its id"),
    )  # fmt: skip


class DecisionSchema(OutputSchema):
    """A decision; `seq` counts within its meeting. A task that may not be read is null."""

    id = fields.Integer(required=True)
    number = fields.String(required=True, allow_none=True)
    text = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(DECISION_STATES))
    state_label = fields.Nested(TextSchema, required=True)
    version = fields.Integer(required=True)
    confidential = fields.Boolean(required=True)
    meeting_id = fields.Integer(required=True)
    meeting_title = fields.String(required=True, allow_none=True)
    agenda_item_id = fields.Integer(required=True, allow_none=True)
    seq = fields.Integer(required=True)
    department_id = fields.Integer(required=True, allow_none=True)
    department_name = fields.String(required=True, allow_none=True)
    supports = fields.List(fields.Nested(UnitNameSchema), required=True)
    due_on = fields.Date(required=True, allow_none=True)
    wanted = fields.List(fields.String(), required=True)
    is_information = fields.Boolean(required=True)
    task_id = fields.Integer(required=True, allow_none=True)
    task_state = fields.String(required=True, allow_none=True)
    settled_on = fields.Date(required=True, allow_none=True)
    flags = fields.List(fields.String(), required=True)


class DecisionPageSchema(PageSchema):
    """A page of decisions, the last noted first."""

    items = rows_of(DecisionSchema)
