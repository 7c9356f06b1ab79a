"""What the API shows of the workflows: states, steps, clocks, with words in both languages."""

from marshmallow import fields

from app.schemas.item import TextSchema
from app.schemas.loading import OutputSchema


class WorkflowStateSchema(OutputSchema):
    """A state: for whom an item waits in it (null: it is closed), which clocks run."""

    name = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)
    waits_for = fields.Nested(TextSchema, required=True, allow_none=True)
    clocks = fields.List(fields.String(), required=True)
    is_pause = fields.Boolean(required=True)
    is_open = fields.Boolean(required=True)


class WorkflowGuardSchema(OutputSchema):
    """A condition: its code, and the sentence that says why the step is closed where it does not hold."""

    code = fields.String(required=True)
    says = fields.Nested(TextSchema, required=True)


class WorkflowFieldSchema(OutputSchema):
    """A field that a step asks for."""

    name = fields.String(required=True)
    kind = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)
    required = fields.Boolean(required=True)
    choices = fields.List(fields.String(), required=True)


class WorkflowStepSchema(OutputSchema):
    """A step; `target` "*stay" keeps the state, "*back" returns to the one before the pause."""

    action = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)
    sources = fields.List(fields.String(), required=True)
    target = fields.String(required=True)
    who = fields.List(fields.Nested(TextSchema), required=True)
    guards = fields.List(fields.Nested(WorkflowGuardSchema), required=True)
    not_by = fields.List(fields.Nested(TextSchema), required=True)
    asks = fields.List(fields.Nested(WorkflowFieldSchema), required=True)
    tells = fields.List(fields.Nested(TextSchema), required=True)
    effects = fields.List(fields.String(), required=True)
    sign_off = fields.Nested(TextSchema, required=True, allow_none=True)
    is_automatic = fields.Boolean(required=True)
    is_grave = fields.Boolean(required=True)


class WorkflowRungSchema(OutputSchema):
    """A rung: reached `after` the limit (or the date), told to a role."""

    level = fields.Integer(required=True)
    label = fields.Nested(TextSchema, required=True)
    after = fields.String(required=True)
    to = fields.Nested(TextSchema, required=True)


class WorkflowClockSchema(OutputSchema):
    """A cause of stalling, its limit (null: the date itself), its rungs; as the rule set in force has them."""

    cause = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)
    limit = fields.String(required=True, allow_none=True)
    rungs = fields.List(fields.Nested(WorkflowRungSchema), required=True)


class WorkflowSchema(OutputSchema):
    """A kind's whole regulation."""

    kind = fields.String(required=True)
    version = fields.Integer(required=True)
    label = fields.Nested(TextSchema, required=True)
    start = fields.String(required=True)
    states = fields.List(fields.Nested(WorkflowStateSchema), required=True)
    steps = fields.List(fields.Nested(WorkflowStepSchema), required=True)
    clocks = fields.List(fields.Nested(WorkflowClockSchema), required=True)


class WorkflowListSchema(OutputSchema):
    """Every kind's regulation."""

    items = fields.List(fields.Nested(WorkflowSchema), required=True)


class PassageSchema(OutputSchema):
    """A move of an item from a state (null: it came into being) into another."""

    from_state = fields.String(required=True, allow_none=True)
    to_state = fields.String(required=True)
    action = fields.String(required=True)
    at = fields.AwareDateTime(required=True)


class WaySchema(OutputSchema):
    """The workflow that an item runs in, its present state, and the way that it took."""

    state = fields.String(required=True)
    way = fields.List(fields.Nested(PassageSchema), required=True)
    workflow = fields.Nested(WorkflowSchema, required=True)
