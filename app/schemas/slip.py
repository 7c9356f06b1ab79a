"""Slips, rungs and departments' records as the API takes and shows them."""

from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validate

from app.schemas.item import Choices, TextSchema
from app.schemas.loading import InputSchema, OutputSchema, expects
from app.schemas.paging import LanguageQuerySchema, PageQuerySchema, PageSchema, rows_of
from workflows.machine import CAUSE_LABELS, LEVEL_LABELS
from workflows.slip import COLOURS, SLIP

COLOUR_NAMES = tuple(COLOURS)
STATES = tuple(state.name for state in SLIP.states)
CAUSES = tuple(cause.value for cause in CAUSE_LABELS)
LEVELS = tuple(str(level) for level in LEVEL_LABELS)
OUTCOMES = ("made", "joined", "answered", "nobody")
_FIRST_ON, _LAST_ON = date(1990, 1, 1), date(2100, 12, 31)


def _department() -> fields.String:
    said = expects("部门代码或名称", "a department's code or name")
    return fields.String(validate=validate.Length(1, 120), metadata=said)


def _day(**more: Any) -> fields.Date:  # noqa: ANN401  # marshmallow's own options
    said = expects(
        f"{_FIRST_ON}至{_LAST_ON}的日期，如2026-06-16", f"a date from {_FIRST_ON} to {_LAST_ON}, e.g. 2026-06-16"
    )
    return fields.Date(validate=_require_in_calendar, metadata=said, **more)


def _require_in_calendar(value: date) -> None:
    if not _FIRST_ON <= value <= _LAST_ON:
        raise ValidationError("out of range")


class SlipQuerySchema(PageQuerySchema):
    """The query of the slips. `state` takes states and, for any of them, `open` and `closed`."""

    colour = Choices(COLOUR_NAMES)
    state = Choices((*STATES, "open", "closed"))
    department = _department()
    item = fields.Integer(
        validate=validate.Range(1, 2**63 - 1), metadata=expects("事项的内部编号", "the id of the matter")
    )
    issued_from = _day()
    issued_to = _day()


class RungQuerySchema(PageQuerySchema):
    """The query of the rungs that were reached."""

    level = Choices(LEVELS)
    cause = Choices(CAUSES)
    department = _department()
    item = fields.Integer(
        validate=validate.Range(1, 2**63 - 1), metadata=expects("事项的内部编号", "the id of the matter")
    )
    project = fields.Integer(
        validate=validate.Range(1, 2**63 - 1),
        metadata=expects("联合项目的内部编号，含其下各级事项", "the id of a project; everything below it is taken in"),
    )
    running = fields.Boolean(
        truthy={"true", "1"}, falsy={"false", "0"}, metadata=expects("true或false", "true or false")
    )


class RecordQuerySchema(LanguageQuerySchema):
    """The query of the departments' records; both days count. Left out: from the year's first day to today."""

    from_on = _day(data_key="from")
    to_on = _day(data_key="to")
    department = _department()


class PaperQuerySchema(InputSchema):
    """The query of a printed paper."""

    lang = fields.String(
        load_default="zh", validate=validate.OneOf(("zh", "en")), metadata=expects("zh或en", "zh or en")
    )


class SlipSchema(OutputSchema):
    """A slip in a list; `due_on` is the limit to answer, null while none runs."""

    id = fields.Integer(required=True)
    number = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    colour = fields.String(required=True, validate=validate.OneOf(COLOUR_NAMES))
    level = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    state_label = fields.Nested(TextSchema, required=True)
    version = fields.Integer(required=True)
    cause = fields.String(required=True, validate=validate.OneOf(CAUSES))
    department_id = fields.Integer(required=True, allow_none=True)
    department_name = fields.String(required=True, allow_none=True)
    matter_id = fields.Integer(required=True)
    matter_kind = fields.String(required=True)
    matter_number = fields.String(required=True, allow_none=True)
    matter_title = fields.String(required=True)
    due_on = fields.Date(required=True, allow_none=True)
    original_due_on = fields.Date(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    issue_at = fields.AwareDateTime(required=True, allow_none=True)
    issued_at = fields.AwareDateTime(required=True, allow_none=True)
    appealed_at = fields.AwareDateTime(required=True, allow_none=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)
    points = fields.Integer(required=True)


class SlipPageSchema(PageSchema):
    """A page of slips, the newest first."""

    items = rows_of(SlipSchema)


class CoverSchema(OutputSchema):
    """What became of a rung for one department."""

    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    department_id = fields.Integer(required=True, allow_none=True)
    slip_id = fields.Integer(required=True, allow_none=True)


class RungSchema(OutputSchema):
    """A rung that was reached."""

    id = fields.Integer(required=True)
    item_id = fields.Integer(required=True)
    item_kind = fields.String(required=True)
    item_title = fields.String(required=True)
    department_id = fields.Integer(required=True, allow_none=True)
    cause = fields.String(required=True, validate=validate.OneOf(CAUSES))
    level = fields.Integer(required=True)
    to_role = fields.String(required=True)
    due_at = fields.AwareDateTime(required=True)
    raised_at = fields.AwareDateTime(required=True)
    is_superseded = fields.Boolean(required=True)
    has_ended = fields.Boolean(required=True)
    needs_slip = fields.Boolean(required=True)
    covers = fields.List(fields.Nested(CoverSchema), required=True)


class RungPageSchema(PageSchema):
    """A page of rungs, the newest first."""

    items = rows_of(RungSchema)


class RecordSchema(OutputSchema):
    """A department's record: slips issued in the period and what became of them; points entered in the period."""

    department_id = fields.Integer(required=True)
    name = fields.String(required=True)
    yellow = fields.Integer(required=True)
    red = fields.Integer(required=True)
    answered_in_time = fields.Integer(required=True)
    answered_late = fields.Integer(required=True)
    unanswered = fields.Integer(required=True)
    overdue = fields.Integer(required=True)
    closed_unanswered = fields.Integer(required=True)
    returned = fields.Integer(required=True)
    appealed = fields.Integer(required=True)
    upheld = fields.Integer(required=True)
    withdrawn = fields.Integer(required=True)
    points = fields.Integer(required=True)


class RecordListSchema(PageSchema):
    """The records of a period, the most points first."""

    from_on = fields.Date(required=True, data_key="from")
    to_on = fields.Date(required=True, data_key="to")
    items = rows_of(RecordSchema)
