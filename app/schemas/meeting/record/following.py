"""Follow-up, execution and ways of decisions as the API takes and shows them."""

from marshmallow import fields, validate

from app.schemas.item import TextSchema
from app.schemas.loading import InputSchema, OutputSchema, expects
from app.schemas.paging import PageQuerySchema, PageSchema, rows_of

BYS = ("meeting", "department", "year", "group")
_BIGGEST = 2**63 - 1
_FIRST, _LAST = 2000, 2099


def _id(zh: str, en: str) -> fields.Integer:
    return fields.Integer(
        load_default=None, validate=validate.Range(1, _BIGGEST), metadata=expects(zh, en)
    )  # fmt: skip


class FollowUpQuerySchema(PageQuerySchema):
    """The query of a meeting's follow-up."""

    all = fields.Boolean(
        load_default=False, truthy={"true", "1"}, falsy={"false", "0"},
        metadata=expects("true：列出全部未办结的", "true: every decision that is not settled"),
    )  # fmt: skip


class ExecutionQuerySchema(InputSchema):
    """The query of execution rates."""

    by = fields.String(
        load_default="meeting", validate=validate.OneOf(BYS),
        metadata=expects("meeting、department、year或group", "meeting, department, year or group"),
    )  # fmt: skip
    year = fields.Integer(
        load_default=None, validate=validate.Range(_FIRST, _LAST),
        metadata=expects(f"{_FIRST}至{_LAST}", f"{_FIRST} to {_LAST}"),
    )  # fmt: skip
    group = _id("领导小组编号", "a group's id")
    meeting = _id("会议编号", "a meeting's id")
    department = _id("部门编号", "a department's id")


class DecisionRateSchema(OutputSchema):
    """How many decisions stand how; `pct` is done of counted, null while nothing counts."""

    counted = fields.Integer(required=True)
    done = fields.Integer(required=True)
    in_time = fields.Integer(required=True)
    late = fields.Integer(required=True)
    open = fields.Integer(required=True)
    undated = fields.Integer(required=True)
    information = fields.Integer(required=True)
    dropped = fields.Integer(required=True)
    pct = fields.Integer(required=True, allow_none=True)


class DecisionRateRowSchema(OutputSchema):
    """A row of execution rates."""

    id = fields.Integer(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)
    name_en = fields.String(required=True, allow_none=True)
    starts_at = fields.AwareDateTime(required=True, allow_none=True)
    rate = fields.Nested(DecisionRateSchema, required=True)


class DecisionRatesSchema(OutputSchema):
    """Execution rates of the decisions that the caller may read."""

    by = fields.String(required=True)
    denominator = fields.Nested(TextSchema, required=True)
    rows = fields.List(fields.Nested(DecisionRateRowSchema), required=True)
    total = fields.Nested(DecisionRateSchema, required=True)
    is_cut = fields.Boolean(required=True)


class FollowSlipSchema(OutputSchema):
    """The highest slip about a task that is not settled."""

    id = fields.Integer(required=True)
    number = fields.String(required=True, allow_none=True)
    level = fields.Integer(required=True)


class FollowReportSchema(OutputSchema):
    """The last report on a task."""

    at = fields.AwareDateTime(required=True)
    text = fields.String(required=True)
    progress_pct = fields.Integer(required=True, allow_none=True)


class FollowTaskSchema(OutputSchema):
    """The task that carries a decision out."""

    id = fields.Integer(required=True)
    title = fields.String(required=True)
    state = fields.String(required=True)
    due_on = fields.Date(required=True, allow_none=True)
    light = fields.String(required=True)
    slip = fields.Nested(FollowSlipSchema, required=True, allow_none=True)
    report = fields.Nested(FollowReportSchema, required=True, allow_none=True)


class FollowedDecisionSchema(OutputSchema):
    """A followed decision; `task` is null where there is none or the caller may not read it."""

    id = fields.Integer(required=True)
    seq = fields.Integer(required=True)
    title = fields.String(required=True)
    state = fields.String(required=True)
    version = fields.Integer(required=True)
    due_on = fields.Date(required=True, allow_none=True)
    confidential = fields.Boolean(required=True)
    department_id = fields.Integer(required=True, allow_none=True)
    department_name = fields.String(required=True, allow_none=True)
    department_name_en = fields.String(required=True, allow_none=True)
    meeting_id = fields.Integer(required=True)
    meeting_title = fields.String(required=True, allow_none=True)
    minutes_number = fields.String(required=True, allow_none=True)
    settled_on = fields.Date(required=True, allow_none=True)
    changed_on = fields.Date(required=True, allow_none=True)
    standing = fields.String(required=True)
    late_days = fields.Integer(required=True)
    reason = fields.String(required=True, allow_none=True)
    task = fields.Nested(FollowTaskSchema, required=True, allow_none=True)


class FollowUpPageSchema(PageSchema):
    """Decisions that come back to a meeting, nearest date first."""

    last_meeting_id = fields.Integer(required=True, allow_none=True)
    last_on = fields.Date(required=True, allow_none=True)
    items = rows_of(FollowedDecisionSchema)


class DecisionGapSchema(OutputSchema):
    """A decision in force that lacks something."""

    id = fields.Integer(required=True)
    seq = fields.Integer(required=True)
    title = fields.String(required=True)
    version = fields.Integer(required=True)
    due_on = fields.Date(required=True, allow_none=True)
    department_id = fields.Integer(required=True, allow_none=True)
    department_name = fields.String(required=True, allow_none=True)
    department_name_en = fields.String(required=True, allow_none=True)
    meeting_id = fields.Integer(required=True)
    meeting_title = fields.String(required=True, allow_none=True)
    task_id = fields.Integer(required=True, allow_none=True)
    gaps = fields.List(fields.String(), required=True)


class DecisionGapPageSchema(PageSchema):
    """Decisions that the office has to complete, the oldest first."""

    items = rows_of(DecisionGapSchema)


class LifePointSchema(OutputSchema):
    """A point of a decision's way."""

    kind = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)
    on = fields.Date(required=True)
    at = fields.AwareDateTime(required=True, allow_none=True)
    item_id = fields.Integer(required=True, allow_none=True)
    document_id = fields.Integer(required=True, allow_none=True)
    text = fields.String(required=True)
    text_en = fields.String(required=True)
    level = fields.Integer(required=True, allow_none=True)
    is_ahead = fields.Boolean(required=True)


class DecisionLifeSchema(OutputSchema):
    """A decision's way from its source to the report."""

    id = fields.Integer(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    state = fields.String(required=True)
    seq = fields.Integer(required=True)
    wanted = fields.List(fields.String(), required=True)
    is_information = fields.Boolean(required=True)
    meeting_id = fields.Integer(required=True, allow_none=True)
    topic_id = fields.Integer(required=True, allow_none=True)
    task_id = fields.Integer(required=True, allow_none=True)
    points = fields.List(fields.Nested(LifePointSchema), required=True)
