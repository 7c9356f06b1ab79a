"""What the API shows of a project's plan, of changes, of lights over time."""

from marshmallow import fields, validate

from app.schemas.item import ItemSchema
from app.schemas.loading import OutputSchema, expects
from app.schemas.paging import LanguageQuerySchema, PageQuerySchema
from workflows.template import STAGE_KEYS

_STAGES = (*STAGE_KEYS, "none")
#: What a task can be to the plan: finished, under way, not begun.
_STANDINGS = ("closed", "begun", "ahead")


class SinceQuerySchema(LanguageQuerySchema):
    """Since when changes are asked for."""

    since = fields.Date(
        metadata=expects("日期，如2026-06-01；不填则为本月1日", "a date; left out: the month's first day")
    )


class PlanQuerySchema(PageQuerySchema):
    """Which tasks of a plan are asked for."""

    phase = fields.Integer(
        validate=validate.Range(0, 1000),
        metadata=expects("阶段序号，0为未定期限", "a phase's number; 0: without a due date"),
    )
    stage = fields.String(
        validate=validate.OneOf(_STAGES), metadata=expects("、".join(_STAGES), "one of " + ", ".join(_STAGES))
    )
    standing = fields.String(
        validate=validate.OneOf(_STANDINGS), metadata=expects("、".join(_STANDINGS), "one of " + ", ".join(_STANDINGS))
    )


class ChangedItemSchema(OutputSchema):
    """The item that a change concerns."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    number = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)


class StepTakenSchema(OutputSchema):
    """A step that was taken."""

    item = fields.Nested(ChangedItemSchema, required=True)
    at = fields.AwareDateTime(required=True)
    action = fields.String(required=True)
    from_state = fields.String(required=True, allow_none=True)
    to_state = fields.String(required=True)
    acting_role = fields.String(required=True)
    by_name = fields.String(required=True)
    on_behalf_of_name = fields.String(required=True, allow_none=True)
    department_name = fields.String(required=True, allow_none=True)
    data = fields.Dict(required=True)


class EnteredSchema(OutputSchema):
    """An item that is new, or was closed in `state`."""

    item = fields.Nested(ChangedItemSchema, required=True)
    at = fields.AwareDateTime(required=True)
    state = fields.String(required=True)
    department_name = fields.String(required=True, allow_none=True)
    due_on = fields.Date(required=True, allow_none=True)


class DueMovedSchema(OutputSchema):
    """A due date that moved, by so many working days (negative: earlier), why and on whose word."""

    item = fields.Nested(ChangedItemSchema, required=True)
    at = fields.AwareDateTime(required=True)
    from_on = fields.Date(required=True, allow_none=True)
    to_on = fields.Date(required=True, allow_none=True)
    workdays = fields.Integer(required=True, allow_none=True)
    action = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    by_name = fields.String(required=True, allow_none=True)
    on_behalf_of_name = fields.String(required=True, allow_none=True)


class LightChangedSchema(OutputSchema):
    """A light that changed."""

    item = fields.Nested(ChangedItemSchema, required=True)
    on_day = fields.Date(required=True)
    before = fields.String(required=True, allow_none=True)
    light = fields.String(required=True)
    light_rule = fields.String(required=True)


class RungRaisedSchema(OutputSchema):
    """A rung that was reached."""

    item = fields.Nested(ChangedItemSchema, required=True)
    at = fields.AwareDateTime(required=True)
    level = fields.Integer(required=True)
    cause = fields.String(required=True)
    to_role = fields.String(required=True)


class SlipIssuedSchema(OutputSchema):
    """A slip that was issued, and its present state."""

    item = fields.Nested(ChangedItemSchema, required=True)
    at = fields.AwareDateTime(required=True)
    level = fields.Integer(required=True)
    state = fields.String(required=True)
    department_name = fields.String(required=True, allow_none=True)
    due_on = fields.Date(required=True, allow_none=True)


class ChangesSchema(OutputSchema):
    """What changed since a day in an item and below it; `more` names the parts of which only the newest are here."""

    since = fields.Date(required=True)
    lights = fields.List(fields.Nested(LightChangedSchema), required=True)
    moved = fields.List(fields.Nested(DueMovedSchema), required=True)
    slips = fields.List(fields.Nested(SlipIssuedSchema), required=True)
    rungs = fields.List(fields.Nested(RungRaisedSchema), required=True)
    closed = fields.List(fields.Nested(EnteredSchema), required=True)
    entered = fields.List(fields.Nested(EnteredSchema), required=True)
    steps = fields.List(fields.Nested(StepTakenSchema), required=True)
    more = fields.List(fields.String(), required=True)


class LightRowSchema(OutputSchema):
    """A light from a day on."""

    on_day = fields.Date(required=True)
    light = fields.String(required=True)
    light_rule = fields.String(required=True)


class OverrideSchema(OutputSchema):
    """A light set by hand; `light` null: the override was ended."""

    at = fields.AwareDateTime(required=True)
    light = fields.String(required=True, allow_none=True)
    until_on = fields.Date(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    by_name = fields.String(required=True)
    on_behalf_of_name = fields.String(required=True, allow_none=True)
    request_id = fields.Integer(required=True, allow_none=True)


class LightsSchema(OutputSchema):
    """An item's light over time, the oldest first, and its overrides."""

    rows = fields.List(fields.Nested(LightRowSchema), required=True)
    overrides = fields.List(fields.Nested(OverrideSchema), required=True)
    is_more = fields.Boolean(required=True)


class GridCellSchema(OutputSchema):
    """The tasks of a phase in a stage that are closed, begun or ahead; `progress_pct` is their mean."""

    phase_seq = fields.Integer(required=True)
    stage = fields.String(required=True)
    standing = fields.String(required=True, attribute="state")
    tasks = fields.Integer(required=True)
    overdue = fields.Integer(required=True)
    progress_pct = fields.Integer(required=True)


class OwedPartSchema(OutputSchema):
    """A department's part in a project, with its first items (late ones first)."""

    department_id = fields.Integer(required=True)
    name = fields.String(required=True)
    name_en = fields.String(required=True, allow_none=True)
    total = fields.Integer(required=True)
    open = fields.Integer(required=True)
    late = fields.Integer(required=True)
    items = fields.List(fields.Nested(ItemSchema), required=True)


class ProjectPlanSchema(OutputSchema):
    """A project's plan: the cells of its grid, and what each department has in it."""

    cells = fields.List(fields.Nested(GridCellSchema), required=True)
    departments = fields.List(fields.Nested(OwedPartSchema), required=True)
