"""Project templates as the API takes and shows them, and the projects made from them."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from app.core.text import NAME_MAX, TITLE_MAX
from app.schemas.item import TextSchema
from app.schemas.loading import InputSchema, OutputSchema, expects
from app.schemas.paging import PageSchema, rows_of

_BIGGEST = 2**63 - 1
_TOML_MAX = 500_000
_KEY = expects("小写字母、数字和连字符组成的代码", "a key of lower-case letters, digits and hyphens")


class DepartmentReference(fields.String):
    """A department by its id, its code or its name."""

    def _deserialize(self, value: Any, *_: object, **__: object) -> Any:  # noqa: ANN401  # outside input
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _BIGGEST:
            return value
        if isinstance(value, str) and 0 < len(value) <= NAME_MAX:
            return value
        raise ValidationError("no department")


class TemplateRowSchema(OutputSchema):
    """A template in the list."""

    id = fields.Integer(required=True)
    key = fields.String(required=True)
    version = fields.Integer(required=True)
    source = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)
    purpose = fields.Nested(TextSchema, required=True)
    languages = fields.List(fields.String(), required=True)
    workdays = fields.Integer(required=True)
    roles = fields.Integer(required=True)
    phases = fields.Integer(required=True)
    tasks = fields.Integer(required=True)
    made_from_item_id = fields.Integer(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    retired_at = fields.AwareDateTime(required=True, allow_none=True)


class TemplateListSchema(PageSchema):
    """The templates that are offered."""

    items = rows_of(TemplateRowSchema)


class TemplateDetailSchema(TemplateRowSchema):
    """One template: `body` is what it says, `toml` the same as text to change and send back."""

    body = fields.Dict(required=True)
    toml = fields.String(required=True)


class LabelSchema(InputSchema):
    """A label in both languages."""

    zh = fields.String(
        required=True, validate=validate.Length(1, NAME_MAX), metadata=expects("中文名称", "the Chinese name")
    )
    en = fields.String(
        required=True, validate=validate.Length(1, NAME_MAX), metadata=expects("英文名称", "the English name")
    )


class NewTemplateSchema(InputSchema):
    """A template as TOML, as a body, or taken from a project (then with its key and label): one of the three."""

    toml = fields.String(
        validate=validate.Length(1, _TOML_MAX),
        metadata=expects(f"TOML文本，最多{_TOML_MAX}字", f"TOML, at most {_TOML_MAX} characters"),
    )
    body = fields.Dict(keys=fields.String(), metadata=expects("JSON对象", "a JSON object"))
    project = fields.Integer(
        strict=True, validate=validate.Range(1, _BIGGEST), metadata=expects("项目编号", "a project's id")
    )
    key = fields.String(validate=validate.Length(1, 30), metadata=_KEY)
    label = fields.Nested(LabelSchema, metadata=expects("中英文名称（zh、en）", "the names zh and en"))
    lang = fields.String(
        load_default="zh", validate=validate.OneOf(("zh", "en")), metadata=expects("zh或en", "zh or en")
    )


class PlanRequestSchema(InputSchema):
    """What a project made from a template needs: departments by role, a start; tasks to leave out."""

    title = fields.String(
        required=True,
        validate=validate.Length(1, TITLE_MAX),
        metadata=expects(f"1至{TITLE_MAX}字的项目名称", f"a title of 1 to {TITLE_MAX} characters"),
    )
    departments = fields.Dict(
        required=True,
        keys=fields.String(),
        values=DepartmentReference(),
        metadata=expects("各角色的部门编号、代码或名称", "a department's id, code or name for each role"),
    )
    start_on = fields.Date(
        load_default=None, allow_none=True, metadata=expects("日期，如2026-03-02", "a date, e.g. 2026-03-02")
    )
    skip = fields.List(
        fields.String(), load_default=list, metadata=expects("不要的任务代码列表", "a list of tasks' keys")
    )
    lang = fields.String(
        load_default="zh", validate=validate.OneOf(("zh", "en")), metadata=expects("zh或en", "zh or en")
    )


class NewProjectSchema(PlanRequestSchema):
    """A project to be made from a template: its id, or its key for the newest version."""

    template = DepartmentReference(required=True, metadata=expects("模板编号或代码", "a template's id or key"))


class DueSchema(OutputSchema):
    """A date: so many working days after the start; provisional without a published calendar."""

    on = fields.Date(required=True)
    workdays = fields.Integer(required=True)
    is_provisional = fields.Boolean(required=True)


class PlannedSupportSchema(OutputSchema):
    """A department that supports, and what it owes."""

    department_id = fields.Integer(required=True)
    name = fields.String(required=True)
    owes = fields.String(required=True)


class PlannedPhaseSchema(OutputSchema):
    """A phase with the day of its gate."""

    seq = fields.Integer(required=True)
    name = fields.Nested(TextSchema, required=True, attribute="plan.name")
    gate = fields.List(fields.Nested(TextSchema), required=True, attribute="plan.gate")
    due = fields.Nested(DueSchema, required=True)


class PlannedMilestoneSchema(OutputSchema):
    """A milestone with its day."""

    name = fields.Nested(TextSchema, required=True, attribute="plan.name")
    weight_pct = fields.Integer(required=True, attribute="plan.weight_pct")
    due = fields.Nested(DueSchema, required=True)


class PlannedTaskSchema(OutputSchema):
    """A task that would be made; `after` names those that it waits for."""

    key = fields.String(required=True)
    title = fields.String(required=True)
    phase_seq = fields.Integer(required=True)
    stage = fields.String(required=True)
    lead_id = fields.Integer(required=True)
    lead_name = fields.String(required=True)
    due = fields.Nested(DueSchema, required=True)
    requirement = fields.String(required=True)
    criteria = fields.List(fields.String(), required=True)
    supports = fields.List(fields.Nested(PlannedSupportSchema), required=True)
    after = fields.List(fields.String(), required=True)
    urgency = fields.String(required=True)
    rhythm = fields.String(required=True)


class PlanSchema(OutputSchema):
    """The project that would be made; nothing is written yet."""

    template = fields.String(required=True, attribute="code")
    title = fields.String(required=True)
    description = fields.String(required=True)
    start_on = fields.Date(required=True)
    due = fields.Nested(DueSchema, required=True)
    is_provisional = fields.Boolean(required=True)
    lead_id = fields.Integer(required=True)
    lead_name = fields.String(required=True)
    supports = fields.List(fields.Nested(PlannedSupportSchema), required=True)
    phases = fields.List(fields.Nested(PlannedPhaseSchema), required=True)
    milestones = fields.List(fields.Nested(PlannedMilestoneSchema), required=True)
    tasks = fields.List(fields.Nested(PlannedTaskSchema), required=True)


class ProjectTaskSchema(OutputSchema):
    """A task that was made."""

    key = fields.String(required=True)
    id = fields.Integer(required=True)
    title = fields.String(required=True)
    due_on = fields.String(required=True)


class MadeProjectSchema(OutputSchema):
    """The project that was made, with its tasks."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    template = fields.String(required=True)
    due_on = fields.String(required=True)
    tasks = fields.List(fields.Nested(ProjectTaskSchema), required=True)
    links = fields.Integer(required=True)
