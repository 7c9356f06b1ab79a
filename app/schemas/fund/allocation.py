"""Allocations as the API takes them, and what it answers to a draft."""

from marshmallow import fields, validate

from app.core.text import TEXT_MAX, TITLE_MAX
from app.schemas.fund.money import Amount, Money
from app.schemas.fund.text import Line, read_id
from app.schemas.item import Day, TextSchema
from app.schemas.loading import InputSchema, OutputSchema, Rows, Truth, expects
from workflows.money.wording import CONTROL_LABELS, GOAL_LABELS

GOAL_KINDS = tuple(GOAL_LABELS)
#: As many as the service takes; a test compares them.
GOALS_MAX, TRANCHES_MAX = 30, 24


class NewGoalSchema(InputSchema):
    """A performance goal: its kind, what is measured, what is aimed at."""

    kind = fields.String(
        required=True,
        validate=validate.OneOf(GOAL_KINDS),
        metadata=expects("、".join(GOAL_KINDS) + "之一", "one of " + ", ".join(GOAL_KINDS)),
    )
    indicator = Line(TITLE_MAX, required=True)
    target = Line(TITLE_MAX, required=True)


class NewInstalmentSchema(InputSchema):
    """A part of the money; `milestone` must be met before it is drawn, null: nothing holds it."""

    amount = Amount(required=True)
    milestone = Line(TITLE_MAX, load_default=None, allow_none=True)
    planned_on = Day(load_default=None, allow_none=True)


class AllocationChangeSchema(InputSchema):
    """What is corrected in a draft or a returned request; what is left out stays, null empties.

    `confirm`: an amount 10,000 times the former one, or a ten-thousandth of it, is meant (万元 and 元).
    """

    title = Line(TITLE_MAX)
    purpose = Line(TEXT_MAX, newlines=True)
    need = Line(TEXT_MAX, newlines=True)
    amount = Amount()
    minimum = Amount(allow_none=True)
    earmark = read_id(allow_none=True)
    due_on = Day(allow_none=True)
    goals = Rows(
        fields.Nested(NewGoalSchema),
        validate=validate.Length(0, GOALS_MAX),
        metadata=expects(f"最多{GOALS_MAX}条绩效目标", f"a list of at most {GOALS_MAX} goals"),
    )
    instalments = Rows(
        fields.Nested(NewInstalmentSchema),
        validate=validate.Length(1, TRANCHES_MAX),
        metadata=expects(f"1至{TRANCHES_MAX}期", f"a list of 1 to {TRANCHES_MAX} instalments"),
    )
    confirm = Truth(load_default=False, metadata=expects("true或false", "true or false"))


class NewAllocationSchema(AllocationChangeSchema):
    """What is asked of a fund for a project. Without `instalments` there is one, of the whole amount.

    `as` chooses among several posts that fit.
    """

    project = read_id(required=True)
    fund = read_id(required=True)
    title = Line(TITLE_MAX, required=True)
    purpose = Line(TEXT_MAX, newlines=True, required=True)
    need = Line(TEXT_MAX, newlines=True, required=True)
    amount = Amount(required=True)
    as_post = fields.Integer(
        data_key="as", strict=True, load_default=None, allow_none=True, validate=validate.Range(1, 2**63 - 1),
        metadata=expects("岗位编号", "a post's id"),
    )  # fmt: skip


class AllocationAnswerSchema(OutputSchema):
    """A request as it was drafted, beside what is free on the account that it would draw on.

    `missing` is by how much that is too little; `control` says what follows by the fund's rule of today.
    """

    id = fields.Integer(required=True)
    state = fields.String(required=True)
    version = fields.Integer(required=True)
    fund_id = fields.Integer(required=True)
    year = fields.Integer(required=True)
    amount = Money(required=True)
    free = Money(required=True)
    missing = Money(required=True)
    control = fields.String(required=True, validate=validate.OneOf(tuple(CONTROL_LABELS)))
    warnings = fields.List(fields.Nested(TextSchema), required=True)
