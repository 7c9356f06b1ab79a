"""The rules, their versions and changes of them, as the API takes and shows them."""

from marshmallow import fields, validate

from app.schemas.item import TextSchema
from app.schemas.loading import InputSchema, OutputSchema, expects
from app.schemas.paging import PageQuerySchema, PageSchema, rows_of

REASON_MAX = 300
ITEMS_MAX = 100
_KEY_MAX = 80
_VALUE_MAX = 40
_BIGGEST = 2**63 - 1
STATUSES = ("draft", "published", "withdrawn")


class RuleChangeBodySchema(InputSchema):
    """A change that is drafted: new values by the rules' keys, why, from which day."""

    changes = fields.Dict(
        keys=fields.String(validate=validate.Length(1, _KEY_MAX)),
        values=fields.String(validate=validate.Length(1, _VALUE_MAX)),
        required=True, validate=validate.Length(1, 400),
        metadata=expects(
            '新值，如{"task.idle": "workdays(15)"}', 'new values by key, e.g. {"task.idle": "workdays(15)"}'
        ),
    )  # fmt: skip
    reason = fields.String(required=True, metadata=expects(f"1至{REASON_MAX}字", f"1 to {REASON_MAX} characters"))
    effective_on = fields.Date(
        load_default=None, allow_none=True,
        metadata=expects("日期，如2026-03-02；不填为公布之日", "a date; null: the day of publishing"),
    )  # fmt: skip


class RuleNoteSchema(InputSchema):
    """What is said when a draft is published; when it is withdrawn it is needed."""

    note = fields.String(
        load_default="", validate=validate.Length(max=REASON_MAX),
        metadata=expects(f"最多{REASON_MAX}字", f"at most {REASON_MAX} characters"),
    )  # fmt: skip


class RuleMoveSchema(InputSchema):
    """Open items that are moved to a version of the rules, and why."""

    items = fields.List(
        fields.Integer(strict=True, validate=validate.Range(1, _BIGGEST)), required=True,
        validate=validate.Length(1, ITEMS_MAX),
        metadata=expects(f"1至{ITEMS_MAX}个事项编号", f"1 to {ITEMS_MAX} ids of items"),
    )  # fmt: skip
    reason = fields.String(required=True, metadata=expects(f"1至{REASON_MAX}字", f"1 to {REASON_MAX} characters"))


class RuleChangeQuerySchema(PageQuerySchema):
    """The query of the changes: all, or only those that are drafts."""

    status = fields.String(
        load_default=None, validate=validate.OneOf(("draft", "ended")),
        metadata=expects("draft（草稿）或ended（已公布、已撤回）", "draft, or ended (published and withdrawn)"),
    )  # fmt: skip


class RuleDifferenceSchema(OutputSchema):
    """A rule whose value differs, and the difference in a sentence."""

    key = fields.String(required=True)
    old = fields.String(required=True)
    new = fields.String(required=True)
    text = fields.Nested(TextSchema, required=True)


class RuleSchema(OutputSchema):
    """One rule with its value, canonical and in words."""

    key = fields.String(required=True)
    place = fields.String(required=True)
    kinds = fields.List(fields.String(), required=True)
    form = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)
    value = fields.String(required=True)
    text = fields.Nested(TextSchema, required=True)
    default = fields.String(required=True)
    choices = fields.List(fields.String(), required=True, allow_none=True)


class RuleVersionSchema(OutputSchema):
    """A version of the rules: from which day, who made it, why, what it changed."""

    id = fields.Integer(required=True)
    effective_on = fields.Date(required=True)
    created_at = fields.AwareDateTime(required=True)
    is_in_force = fields.Boolean(required=True)
    reason = fields.String(required=True)
    drafted_by_name = fields.String(required=True, allow_none=True)
    published_by_name = fields.String(required=True, allow_none=True)
    change_id = fields.Integer(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    differences = fields.List(fields.Nested(RuleDifferenceSchema), required=True)


class RuleVersionPageSchema(PageSchema):
    """Versions, the newest first."""

    items = rows_of(RuleVersionSchema)


class RuleVersionDetailSchema(RuleVersionSchema):
    """A version with every rule in it."""

    rules = fields.List(fields.Nested(RuleSchema), required=True)


class RuleChangeSchema(OutputSchema):
    """A change of rules and where it stands; `base_id` is the version against which it was written."""

    id = fields.Integer(required=True)
    version = fields.Integer(required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    base_id = fields.Integer(required=True)
    reason = fields.String(required=True)
    effective_on = fields.Date(required=True, allow_none=True)
    drafted_by_name = fields.String(required=True)
    drafted_at = fields.AwareDateTime(required=True)
    edited_by_name = fields.String(required=True)
    edited_at = fields.AwareDateTime(required=True)
    published_by_name = fields.String(required=True, allow_none=True)
    published_at = fields.AwareDateTime(required=True, allow_none=True)
    rule_set_id = fields.Integer(required=True, allow_none=True)
    withdrawn_by_name = fields.String(required=True, allow_none=True)
    withdrawn_at = fields.AwareDateTime(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    differences = fields.List(fields.Nested(RuleDifferenceSchema), required=True)


class RuleChangePageSchema(PageSchema):
    """Changes, the newest first."""

    items = rows_of(RuleChangeSchema)


class RuleStandingSchema(OutputSchema):
    """Where a running cause stands: its limit's last day, the next rung and its instant (null: none is left)."""

    base_on = fields.Date(required=True)
    level = fields.Integer(required=True, allow_none=True)
    at = fields.AwareDateTime(required=True, allow_none=True)


class RuleClockSchema(OutputSchema):
    """A running cause of an item under its own rules and under the others."""

    cause = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)
    old = fields.Nested(RuleStandingSchema, required=True)
    new = fields.Nested(RuleStandingSchema, required=True)
    is_moved = fields.Boolean(required=True)


class TouchedItemSchema(OutputSchema):
    """An open item that other rules would touch."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    number = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    state = fields.String(required=True)
    state_label = fields.Nested(TextSchema, required=True)
    department_name = fields.String(required=True, allow_none=True)
    due_on = fields.Date(required=True, allow_none=True)
    rule_set_id = fields.Integer(required=True)
    clocks = fields.List(fields.Nested(RuleClockSchema), required=True)
    is_overdue_at_once = fields.Boolean(required=True)
    climbs_at_once = fields.Boolean(required=True)


class TouchedGroupSchema(OutputSchema):
    """How many open items are touched in a state and a department."""

    kind = fields.String(required=True)
    state = fields.String(required=True)
    department_id = fields.Integer(required=True, allow_none=True)
    department_name = fields.String(required=True, allow_none=True)
    items = fields.Integer(required=True)


class RuleEffectSchema(OutputSchema):
    """What would follow at once if every touched item were moved."""

    items = fields.Integer(required=True)
    moved = fields.Integer(required=True)
    overdue = fields.Integer(required=True)
    climbing = fields.Integer(required=True)
    is_more = fields.Boolean(required=True)


class RulePreviewSchema(PageSchema):
    """Which open items would be touched: sums, and the items page by page."""

    effect = fields.Nested(RuleEffectSchema, required=True)
    groups = fields.List(fields.Nested(TouchedGroupSchema), required=True)
    items = rows_of(TouchedItemSchema)


class RuleMoveResultSchema(OutputSchema):
    """What became of one item: its status as if it had been asked for alone."""

    item_id = fields.Integer(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    said = fields.Nested(TextSchema, required=True, allow_none=True)
    clocks = fields.List(fields.Nested(RuleClockSchema), required=True)


class RuleMoveAnswerSchema(OutputSchema):
    """What became of each item, in the order asked."""

    items = fields.List(fields.Nested(RuleMoveResultSchema), required=True)
