"""Items as the API takes and shows them."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from app.schemas.loading import InputSchema, OutputSchema, expects
from workflows.catalogue import WORKFLOWS

KINDS = tuple(WORKFLOWS)
STATES = tuple(sorted({state.name for table in WORKFLOWS.values() for state in table.states}))
LIGHTS = ("red", "yellow", "green", "grey")
SORTS = ("due", "title", "-title", "created", "-created", "id", "-id")
LIMIT_MAX = 200
QUERY_MAX = 200
_CURSOR_MAX = 1000


class Choices(fields.Field[list[str]]):
    """One or more of a closed list, separated by commas."""

    def __init__(self, known: tuple[str, ...], **more: Any) -> None:  # noqa: ANN401  # marshmallow's own options
        self.known = known
        listed = "、".join(known)
        super().__init__(
            metadata=expects(f"{listed}（可用逗号分隔多项）", f"one or more of {', '.join(known)}"), **more
        )

    def _deserialize(self, value: Any, *_: object, **__: object) -> list[str]:  # noqa: ANN401  # outside input
        found = [part.strip() for part in str(value).split(",")]
        if not set(found) <= set(self.known):
            raise ValidationError("unknown")
        return list(dict.fromkeys(found))


class ItemQuerySchema(InputSchema):
    """The query of a list. `state` takes states and, for any of them, `open` and `closed`."""

    kind = Choices(KINDS)
    state = Choices((*STATES, "open", "closed"))
    department = fields.String(
        validate=validate.Length(1, 120), metadata=expects("部门代码或名称", "a department's code or name")
    )
    light = Choices(LIGHTS)
    overdue = fields.Boolean(
        truthy={"true", "1"}, falsy={"false", "0"}, metadata=expects("true或false", "true or false")
    )
    q = fields.String(
        validate=validate.Length(max=QUERY_MAX),
        metadata=expects(f"最多{QUERY_MAX}字的检索词", f"words to search for, at most {QUERY_MAX} characters"),
    )
    sort = fields.String(
        load_default="due",
        validate=validate.OneOf(SORTS),
        metadata=expects(f"{'、'.join(SORTS)}之一", f"one of {', '.join(SORTS)}"),
    )
    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(1, LIMIT_MAX),
        metadata=expects(f"1至{LIMIT_MAX}的整数", f"a whole number from 1 to {LIMIT_MAX}"),
    )
    cursor = fields.String(
        validate=validate.Length(1, _CURSOR_MAX), metadata=expects("上一页给出的翻页标记", "a cursor that a page gave")
    )
    lang = fields.String(metadata=expects("zh或en", "zh or en"))


class HistoryQuerySchema(InputSchema):
    """The query of an item's history."""

    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(1, LIMIT_MAX),
        metadata=expects(f"1至{LIMIT_MAX}的整数", f"a whole number from 1 to {LIMIT_MAX}"),
    )
    cursor = fields.String(
        validate=validate.Length(1, _CURSOR_MAX), metadata=expects("上一页给出的翻页标记", "a cursor that a page gave")
    )
    lang = fields.String(metadata=expects("zh或en", "zh or en"))


class TextSchema(OutputSchema):
    """The same words in both languages."""

    zh = fields.String(required=True)
    en = fields.String(required=True)


class ItemSchema(OutputSchema):
    """An item in a list."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    number = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    state = fields.String(required=True)
    state_label = fields.Nested(TextSchema, required=True)
    version = fields.Integer(required=True)
    due_on = fields.Date(required=True, allow_none=True)
    original_due_on = fields.Date(required=True, allow_none=True)
    due_source = fields.String(required=True)
    due_is_provisional = fields.Boolean(required=True)
    is_overdue = fields.Boolean(required=True)
    urgency = fields.String(required=True)
    confidential = fields.Boolean(required=True)
    parent_id = fields.Integer(required=True, allow_none=True)
    department_id = fields.Integer(required=True, allow_none=True)
    department_name = fields.String(required=True, allow_none=True)
    assignee_id = fields.Integer(required=True, allow_none=True)
    assignee_name = fields.String(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)
    last_progress_at = fields.AwareDateTime(required=True, allow_none=True)
    light = fields.String(required=True, validate=validate.OneOf(LIGHTS))
    light_rule = fields.String(required=True)
    rung = fields.Integer(required=True)
    rung_cause = fields.String(required=True, allow_none=True)


class ItemPageSchema(OutputSchema):
    """A page of items."""

    items = fields.List(fields.Nested(ItemSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class SupportSchema(OutputSchema):
    """A supporting department and what it owes."""

    department_id = fields.Integer(required=True)
    name = fields.String(required=True)
    owes = fields.String(required=True, allow_none=True)
    due_on = fields.Date(required=True, allow_none=True)


class CriterionSchema(OutputSchema):
    """An acceptance criterion."""

    seq = fields.Integer(required=True)
    wanted = fields.String(required=True)
    answer = fields.String(required=True, allow_none=True)
    evidence = fields.String(required=True, allow_none=True)


class PhaseSchema(OutputSchema):
    """A phase of a project."""

    seq = fields.Integer(required=True)
    name = fields.String(required=True)
    name_en = fields.String(required=True)
    planned_on = fields.Date(required=True, allow_none=True)
    entered_at = fields.AwareDateTime(required=True, allow_none=True)
    passed_at = fields.AwareDateTime(required=True, allow_none=True)
    gate_evidence = fields.String(required=True, allow_none=True)
    gate_decision = fields.String(required=True, allow_none=True)


class MilestoneSchema(OutputSchema):
    """A milestone of a project."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    planned_on = fields.Date(required=True)
    forecast_on = fields.Date(required=True, allow_none=True)
    reached_on = fields.Date(required=True, allow_none=True)
    weight_pct = fields.Integer(required=True)


class SlotSchema(OutputSchema):
    """A signature that is wanted."""

    slot = fields.Integer(required=True)
    role = fields.String(required=True)
    department_id = fields.Integer(required=True, allow_none=True)
    department_name = fields.String(required=True, allow_none=True)
    verdict = fields.String(required=True, allow_none=True)
    remark = fields.String(required=True, allow_none=True)
    person_name = fields.String(required=True, allow_none=True)
    signed_at = fields.AwareDateTime(required=True, allow_none=True)


class SignOffSchema(OutputSchema):
    """A round of signatures."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    opened_at = fields.AwareDateTime(required=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)
    outcome = fields.String(required=True, allow_none=True)
    slots = fields.List(fields.Nested(SlotSchema), required=True)


class EpisodeSchema(OutputSchema):
    """A cause of stalling that runs now."""

    cause = fields.String(required=True)
    base_on = fields.Date(required=True)
    opened_at = fields.AwareDateTime(required=True)
    next_level = fields.Integer(required=True, allow_none=True)
    next_at = fields.AwareDateTime(required=True, allow_none=True)


class LinkSchema(OutputSchema):
    """A link with another item."""

    kind = fields.String(required=True)
    is_from = fields.Boolean(required=True)
    item = fields.Nested(ItemSchema, required=True)


class ItemDetailSchema(ItemSchema):
    """One item with everything that hangs on it."""

    state_since = fields.AwareDateTime(required=True)
    paused_state = fields.String(required=True, allow_none=True)
    created_by_name = fields.String(required=True)
    currency = fields.String(required=True, allow_none=True)
    external_source = fields.String(required=True, allow_none=True)
    external_key = fields.String(required=True, allow_none=True)
    details = fields.Dict(required=True)
    light_facts = fields.Dict(required=True, allow_none=True)
    light_since_on = fields.Date(required=True, allow_none=True)
    parent = fields.Nested(ItemSchema, required=True, allow_none=True)
    children = fields.List(fields.Nested(ItemSchema), required=True)
    supports = fields.List(fields.Nested(SupportSchema), required=True)
    criteria = fields.List(fields.Nested(CriterionSchema), required=True)
    phases = fields.List(fields.Nested(PhaseSchema), required=True)
    milestones = fields.List(fields.Nested(MilestoneSchema), required=True)
    links = fields.List(fields.Nested(LinkSchema), required=True)
    sign_offs = fields.List(fields.Nested(SignOffSchema), required=True)
    episodes = fields.List(fields.Nested(EpisodeSchema), required=True)


class HistorySchema(OutputSchema):
    """One step of an item."""

    seq = fields.Integer(required=True)
    action = fields.String(required=True)
    action_label = fields.Nested(TextSchema, required=True)
    from_state = fields.String(required=True, allow_none=True)
    to_state = fields.String(required=True)
    actor_id = fields.Integer(required=True)
    actor_name = fields.String(required=True)
    acting_role = fields.String(required=True)
    department_id = fields.Integer(required=True, allow_none=True)
    department_name = fields.String(required=True, allow_none=True)
    on_behalf_of_name = fields.String(required=True, allow_none=True)
    occurred_at = fields.AwareDateTime(required=True)
    recorded_at = fields.AwareDateTime(required=True)
    data = fields.Dict(required=True)


class HistoryPageSchema(OutputSchema):
    """A page of steps, the newest first."""

    items = fields.List(fields.Nested(HistorySchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
