"""Plans of reports as the API takes and shows them; the kinds of papers; what plans made for their readers."""

from typing import Any

from marshmallow import fields, validate

from app.core.text import TITLE_MAX
from app.schemas.fund.text import BIGGEST, Line, read_id
from app.schemas.item import TextSchema
from app.schemas.loading import InputSchema, OutputSchema, Rows, Truth, expects
from app.schemas.paging import PageSchema, rows_of
from app.schemas.work.work import Choices
from workflows.reporting.plan import RECIPIENTS_MAX

_KIND_MAX, _RULE_MAX, _CLOCK_MAX = 40, 20, 5


class _Text(Line):
    """A short text of a fixed form, such as a rule for the day."""

    def __init__(self, limit: int, example: str, **more: Any) -> None:  # noqa: ANN401  # marshmallow's own options
        self.example = example
        super().__init__(limit, **more)


class PaperKindSchema(OutputSchema):
    """A kind of paper that the caller may have: of what it tells, of which period, with which endings."""

    name = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)
    about = fields.Nested(TextSchema, required=True)
    scope = fields.String(required=True)
    item_kinds = fields.List(fields.String(), required=True)
    period = fields.String(required=True)
    periods = fields.List(fields.String(), required=True)
    endings = fields.List(fields.String(), required=True)


class PaperKindListSchema(OutputSchema):
    """Every kind of paper that the caller may have."""

    items = fields.List(fields.Nested(PaperKindSchema), required=True)


class RecipientBodySchema(InputSchema):
    """To whom a report goes: a person, whoever holds a post, the head of a department (by its id)."""

    kind = fields.String(
        required=True, validate=validate.OneOf(("person", "post", "head")),
        metadata=expects("person、post或head", "person, post or head"),
    )  # fmt: skip
    id = read_id(required=True)


class ReportPlanBodySchema(InputSchema):
    """A plan: `day` as workday:1, workday:last, monthday:5; `rest` as next, previous, keep; `clock` of the city.

    It tells of the period that ended last: the month, or in January the year, as the kind has it.
    """

    name = Line(TITLE_MAX, required=True)
    kind = _Text(_KIND_MAX, "progress", required=True)
    scope = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=validate.Range(1, BIGGEST),
        metadata=expects("部门、事项或资金的编号", "the id of a department, item or fund"),
    )  # fmt: skip
    languages = Choices(("zh", "en"), load_default=lambda: ["zh"])
    endings = Choices(("pdf", "docx", "xlsx"), load_default=lambda: ["pdf"])
    day = _Text(_RULE_MAX, "workday:1", required=True)
    rest = _Text(_RULE_MAX, "next", load_default="next")
    clock = _Text(_CLOCK_MAX, "08:30", required=True)
    issue = Truth(load_default=False, metadata=expects("true或false", "true or false"))
    recipients = Rows(
        fields.Nested(RecipientBodySchema), load_default=list, validate=validate.Length(max=RECIPIENTS_MAX),
        metadata=expects(f"最多{RECIPIENTS_MAX}个分送对象", f"at most {RECIPIENTS_MAX} recipients"),
    )  # fmt: skip


class ReportRunBodySchema(InputSchema):
    """Of which period the report is to be made now; left out: of the one that ended last."""

    period = _Text(7, "2026-02", load_default=None, allow_none=True)


class RecipientSchema(OutputSchema):
    """A recipient by name."""

    kind = fields.String(required=True)
    id = fields.Integer(required=True)
    name = fields.Nested(TextSchema, required=True)


class ReportFaultSchema(OutputSchema):
    """What failed, in both languages."""

    zh = fields.String(required=True)
    en = fields.String(required=True)


class ReportRunSchema(OutputSchema):
    """A period of a plan: waiting, running, done, failed, cancelled; passed: named only, after a long standstill."""

    id = fields.Integer(required=True)
    period = fields.String(required=True)
    status = fields.String(required=True)
    due_at = fields.AwareDateTime(required=True)
    entered_at = fields.AwareDateTime(required=True)
    done_at = fields.AwareDateTime(required=True, allow_none=True)
    is_late = fields.Boolean(required=True)
    work_id = fields.Integer(required=True, allow_none=True)
    fault = fields.Nested(ReportFaultSchema, required=True, allow_none=True)
    got = fields.Integer(required=True)


class ReportDueSchema(OutputSchema):
    """When a plan is due, of which period; `reason` says what is out of the ordinary about the day."""

    period = fields.String(required=True)
    due_on = fields.Date(required=True)
    due_at = fields.AwareDateTime(required=True)
    reason = fields.Nested(TextSchema, required=True, allow_none=True)
    is_provisional = fields.Boolean(required=True)


class ReportPlanSchema(OutputSchema):
    """A plan with its recipients, its last run and when it is due next."""

    id = fields.Integer(required=True)
    version = fields.Integer(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    scope_id = fields.Integer(required=True, allow_none=True)
    cadence = fields.String(required=True)
    languages = fields.List(fields.String(), required=True)
    endings = fields.List(fields.String(), required=True)
    rule = fields.String(required=True)
    rule_text = fields.Nested(TextSchema, required=True)
    clock = fields.String(required=True)
    is_issued = fields.Boolean(required=True)
    is_active = fields.Boolean(required=True)
    post_id = fields.Integer(required=True)
    recipients = fields.List(fields.Nested(RecipientSchema), required=True)
    last_run = fields.Nested(ReportRunSchema, required=True, allow_none=True)
    next = fields.List(fields.Nested(ReportDueSchema), required=True)


class ReportPlanListSchema(OutputSchema):
    """Every plan."""

    items = fields.List(fields.Nested(ReportPlanSchema), required=True)


class ReportPlanAnswerSchema(OutputSchema):
    """A plan as it was written."""

    id = fields.Integer(required=True)
    version = fields.Integer(required=True)


class ReportRunAnswerSchema(OutputSchema):
    """A run that was entered; its work makes it."""

    id = fields.Integer(required=True)
    run_id = fields.Integer(required=True)


class ReportRunPageSchema(PageSchema):
    """A plan's runs, the newest first."""

    items = rows_of(ReportRunSchema)


class ReportFileSchema(OutputSchema):
    """A file of a report; `number` is what it bears when it was issued."""

    id = fields.Integer(required=True)
    lang = fields.String(required=True)
    ending = fields.String(required=True)
    name = fields.String(required=True)
    media_type = fields.String(required=True)
    sha256 = fields.String(required=True)
    size_bytes = fields.Integer(required=True)
    number = fields.String(required=True, allow_none=True)


class ReportDeliverySchema(OutputSchema):
    """A report that a plan has made for the caller; `delivered_at` null: they are of the office and no recipient."""

    run_id = fields.Integer(required=True)
    plan_id = fields.Integer(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    period = fields.String(required=True)
    done_at = fields.AwareDateTime(required=True)
    is_issued = fields.Boolean(required=True)
    delivered_at = fields.AwareDateTime(required=True, allow_none=True)
    opened_at = fields.AwareDateTime(required=True, allow_none=True)


class LaterPaperSchema(OutputSchema):
    """The version of an issued paper that holds now."""

    number = fields.String(required=True)
    version = fields.Integer(required=True)
    issued_at = fields.AwareDateTime(required=True)


class ReportDeliveryDetailSchema(ReportDeliverySchema):
    """The same with its files; `replaced_by` null: what was issued holds, or it is a working copy."""

    files = fields.List(fields.Nested(ReportFileSchema), required=True)
    replaced_by = fields.Nested(LaterPaperSchema, required=True, allow_none=True)


class ReportDeliveryPageSchema(PageSchema):
    """The reports that the caller got, the newest first."""

    items = rows_of(ReportDeliverySchema)
