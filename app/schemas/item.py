"""Items as the API takes and shows them."""

from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validate

from app.ledger import batch_sheet
from app.schemas.loading import OutputSchema, expects
from app.schemas.on_item.archive import ArchiveStateSchema
from app.schemas.paging import PageQuerySchema, PageSchema, rows_of
from workflows.calendar import FIRST_ON, LAST_ON
from workflows.catalogue import WORKFLOWS

KINDS = tuple(WORKFLOWS)
STATES = tuple(sorted({state.name for table in WORKFLOWS.values() for state in table.states}))
LIGHTS = ("red", "yellow", "green", "grey")
URGENCIES = tuple(batch_sheet.URGENCIES)
SOURCES = tuple(batch_sheet.SOURCES)
PARTS = ("lead", "support", "either")
SORTS = ("due", "-due", "title", "-title", "created", "-created", "id", "-id")
#: What a list and its export can show, in this order; the title is always shown.
COLUMNS = (
    "light", "title", "kind", "lead", "state", "progress", "assignee", "urgency", "source", "parent", "created",
    "last_progress", "original_due", "due", "closed", "budget",
)  # fmt: skip
RUNG_MAX = 4
EXPORT_ENDINGS = ("xlsx", "csv")
QUERY_MAX = 200
_ID_MAX = 2**63 - 1


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


class Day(fields.Date):
    """A date of the calendar on which the city can have worked."""

    def __init__(self, **more: Any) -> None:  # noqa: ANN401  # marshmallow's own options
        super().__init__(
            metadata=expects(
                f"{FIRST_ON}至{LAST_ON}之间的日期，如2026-06-30",
                f"a date from {FIRST_ON} to {LAST_ON}, e.g. 2026-06-30",
            ),
            **more,
        )

    def _deserialize(self, value: Any, *more: Any, **named: Any) -> date:  # noqa: ANN401  # outside input
        found: date = super()._deserialize(value, *more, **named)
        if not FIRST_ON <= found <= LAST_ON:
            raise ValidationError("out of range")
        return found


#: What a list does with archived items; left out, it leaves them out.
ARCHIVED = ("only", "all")


class ItemQuerySchema(PageQuerySchema):
    """The query of a list. `state` takes states and, for any of them, `open` and `closed`."""

    kind = Choices(KINDS)
    state = Choices((*STATES, "open", "closed"))
    department = fields.String(
        validate=validate.Length(1, 120),
        metadata=expects("部门代码、名称或id:编号", "a department's code or name, or id: and its id"),
    )
    part = fields.String(
        validate=validate.OneOf(PARTS), metadata=expects(f"{'、'.join(PARTS)}之一", f"one of {', '.join(PARTS)}")
    )
    support = fields.String(
        validate=validate.Length(1, 120),
        metadata=expects("配合单位的代码、名称或id:编号", "a supporting department's code or name, or id: and its id"),
    )
    assignee = fields.String(
        validate=validate.Regexp("(?:me|[1-9][0-9]{0,17})\\Z"), metadata=expects("me或人员编号", "me or a person's id")
    )
    light = Choices(LIGHTS)
    urgency = Choices(URGENCIES)
    source = Choices(SOURCES)
    phase = fields.String(validate=validate.Length(1, 120), metadata=expects("阶段名称", "the name of a phase"))
    parent = fields.Integer(validate=validate.Range(1, _ID_MAX), metadata=expects("事项编号", "an item's id"))
    due_from = Day()
    due_until = Day()
    closed_from = Day()
    closed_until = Day()
    rung = fields.Integer(
        validate=validate.Range(0, RUNG_MAX),
        metadata=expects(f"0至{RUNG_MAX}的整数", f"a whole number from 0 to {RUNG_MAX}"),
    )
    overdue = fields.Boolean(
        truthy={"true", "1"}, falsy={"false", "0"}, metadata=expects("true或false", "true or false")
    )
    archived = fields.String(
        validate=validate.OneOf(ARCHIVED),
        metadata=expects("only（只看已归档）或all（含已归档），不填为不含已归档",
                         "only (archived ones alone) or all (with them); left out: without them"),
    )  # fmt: skip
    q = fields.String(
        validate=validate.Length(max=QUERY_MAX),
        metadata=expects(f"最多{QUERY_MAX}字的检索词", f"words to search for, at most {QUERY_MAX} characters"),
    )
    sort = fields.String(
        load_default="due",
        validate=validate.OneOf(SORTS),
        metadata=expects(f"{'、'.join(SORTS)}之一", f"one of {', '.join(SORTS)}"),
    )


class ProjectQuerySchema(ItemQuerySchema):
    """The query of the list of projects."""

    class Meta(ItemQuerySchema.Meta):
        """Settings of marshmallow."""

        exclude = ("kind",)


class ExportQuerySchema(ItemQuerySchema):
    """The query of an export: that of a list without its pages, the columns, and the language of the words."""

    class Meta(ItemQuerySchema.Meta):
        """Settings of marshmallow."""

        exclude = ("limit", "cursor")

    columns = Choices(COLUMNS)


class HistoryQuerySchema(PageQuerySchema):
    """The query of an item's history."""


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


class ItemPageSchema(PageSchema):
    """A page of items."""

    items = rows_of(ItemSchema)


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
    files = fields.List(
        fields.Integer(), required=True, metadata={"en": "Ids of the files that prove it", "zh": "佐证附件的编号"}
    )


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
    on_behalf_of_name = fields.String(required=True, allow_none=True)
    turn = fields.Integer(required=True)
    weight = fields.Integer(required=True)
    purpose = fields.String(required=True)
    before_slot = fields.Integer(required=True, allow_none=True)
    after_slot = fields.Integer(required=True, allow_none=True)
    origin_slot = fields.Integer(required=True, allow_none=True)
    person_id = fields.Integer(required=True, allow_none=True)
    named = fields.String(required=True, allow_none=True)
    post_id = fields.Integer(required=True, allow_none=True)
    post_title = fields.String(required=True, allow_none=True)
    added_by_name = fields.String(required=True, allow_none=True)
    ended = fields.String(required=True, allow_none=True)
    is_due = fields.Boolean(required=True)
    paper_outcome = fields.String(required=True, allow_none=True)
    paper_signer = fields.String(required=True, allow_none=True)
    paper_verdict = fields.String(required=True, allow_none=True)
    paper_signed_on = fields.Date(required=True, allow_none=True)
    paper_scan_id = fields.Integer(required=True, allow_none=True)
    paper_recorder = fields.String(required=True, allow_none=True)
    paper_checker = fields.String(required=True, allow_none=True)


class SignOffSchema(OutputSchema):
    """A round of signatures."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    opened_at = fields.AwareDateTime(required=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)
    outcome = fields.String(required=True, allow_none=True)
    content_version = fields.Integer(required=True)
    rule_text = fields.Nested(TextSchema, required=True)
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
    archive = fields.Nested(
        ArchiveStateSchema, required=True, allow_none=True,
    )  # fmt: skip


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


class HistoryPageSchema(PageSchema):
    """A page of steps, the newest first."""

    items = rows_of(HistorySchema)
