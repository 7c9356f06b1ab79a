"""Calls for requests as the API takes and shows them: amounts as decimal texts in yuan, scores as texts of points."""

from typing import Any

from marshmallow import fields, validate

from app.core.text import NAME_MAX, TEXT_MAX, TITLE_MAX
from app.schemas.fund.money import Amount, Money
from app.schemas.fund.text import BIGGEST, Line, read_id, read_year
from app.schemas.item import Day, TextSchema
from app.schemas.loading import InputSchema, OutputSchema, Rows, Truth, expects
from app.schemas.paging import PageQuerySchema, PageSchema, rows_of
from workflows.money.call import CALL_STATE_LABELS, CRITERIA_MAX, POINTS_MAX, WEIGHTS_SUM, format_score

STATES = tuple(CALL_STATE_LABELS)
ANSWERS = ("full", "minimum", "none", "impossible", "unscored", "zero_score")
LIMIT_KINDS = ("cap", "earmark", "ceiling", "floor")
REVIEWERS_MAX, LIMITS_MAX, DECISIONS_MAX = 30, 100, 200
_REASON_MAX = 1000


class AmountOrNothing(Amount):
    """An amount that comes in and may be zero."""

    example = "0.00"

    def _deserialize(self, value: Any, *more: object, **named: object) -> int:  # noqa: ANN401  # outside input
        if not isinstance(value, bool) and value in (0, "0", "0.0", "0.00"):
            return 0
        return super()._deserialize(value, *more, **named)


class Points(fields.Field[int]):
    """A score that goes out: hundredths of a point as a text with two decimals."""

    described: dict[str, Any] = {"type": "string", "pattern": r"^[0-9]+\.[0-9]{2}$"}  # noqa: RUF012  # read by the description only
    example = "83.50"

    def _serialize(self, value: Any, *_: object, **__: object) -> str | None:  # noqa: ANN401  # hundredths
        return None if value is None else format_score(int(value))


def _whole(least: int, most: int, **more: Any) -> fields.Integer:  # noqa: ANN401  # marshmallow's own options
    said = expects(f"{least}至{most}的整数", f"a whole number from {least} to {most}")
    return fields.Integer(strict=True, validate=validate.Range(least, most), metadata=said, **more)


class NewCriterionSchema(InputSchema):
    """What requests are scored by, and its weight; the weights of a call add up to 100."""

    name = Line(NAME_MAX, required=True)
    weight = _whole(1, WEIGHTS_SUM, required=True)


class DepartmentLimitSchema(InputSchema):
    """What a department (code or name) gets at least and at most."""

    department = Line(NAME_MAX, required=True)
    floor = Amount(load_default=None, allow_none=True)
    ceiling = Amount(load_default=None, allow_none=True)


class CallBodySchema(InputSchema):
    """What a call says."""

    year = read_year(required=True)
    title = Line(TITLE_MAX, required=True)
    text = Line(TEXT_MAX, newlines=True, required=True)
    opens_on = Day(required=True)
    closes_on = Day(required=True)
    cap = Amount(required=True)
    criteria = Rows(
        fields.Nested(NewCriterionSchema), required=True, validate=validate.Length(1, CRITERIA_MAX),
        metadata=expects(f"1至{CRITERIA_MAX}项标准，权重合计{WEIGHTS_SUM}",
                         f"1 to {CRITERIA_MAX} criteria whose weights add up to {WEIGHTS_SUM}"),
    )  # fmt: skip
    reviewers = fields.List(
        fields.Integer(strict=True, validate=validate.Range(1, BIGGEST)), required=True,
        validate=validate.Length(1, REVIEWERS_MAX),
        metadata=expects(f"1至{REVIEWERS_MAX}个人员编号", f"1 to {REVIEWERS_MAX} ids of people"),
    )  # fmt: skip
    limits = Rows(
        fields.Nested(DepartmentLimitSchema), load_default=list, validate=validate.Length(max=LIMITS_MAX),
        metadata=expects(f"最多{LIMITS_MAX}行部门限额", f"at most {LIMITS_MAX} limits of departments"),
    )  # fmt: skip


class NewCallSchema(CallBodySchema):
    """A call to draft for a fund."""

    fund = read_id(required=True)


class CallReasonSchema(InputSchema):
    """Why a call is cancelled."""

    reason = Line(_REASON_MAX, newlines=True, required=True)


class NewEntrySchema(InputSchema):
    """A request to enter, by its item's id."""

    item = read_id(required=True)


class NewScoreSchema(InputSchema):
    """A reviewer's points, one a criterion in their order; whole numbers from 0 to 100."""

    points = fields.List(
        fields.Integer(strict=True, validate=validate.Range(0, POINTS_MAX)), required=True,
        validate=validate.Length(1, CRITERIA_MAX),
        metadata=expects(f"每项标准一个0至{POINTS_MAX}的整数", f"a whole number from 0 to {POINTS_MAX} a criterion"),
    )  # fmt: skip


class NewProposalSchema(InputSchema):
    """A proposal to compute; `with_missing`: scoring is closed though scores are missing."""

    with_missing = Truth(load_default=False, metadata=expects("true或false", "true or false"))


class EntryDecisionSchema(InputSchema):
    """What is decided on an entry: 0, or from its minimum to what it asks for; a reason where it deviates."""

    entry = read_id(required=True)
    amount = AmountOrNothing(required=True)
    reason = Line(_REASON_MAX, newlines=True, load_default=None, allow_none=True)


class CallDecisionSchema(InputSchema):
    """The decision on a call's newest proposal; entries that are not named get what is proposed."""

    proposal = read_id(required=True)
    decisions = Rows(
        fields.Nested(EntryDecisionSchema), load_default=list, validate=validate.Length(max=DECISIONS_MAX),
        metadata=expects(f"最多{DECISIONS_MAX}项决定", f"at most {DECISIONS_MAX} decisions"),
    )  # fmt: skip


class CallQuerySchema(PageQuerySchema):
    """The query of the calls: of one fund or of all."""

    fund = fields.Integer(
        load_default=None, validate=validate.Range(1, BIGGEST), metadata=expects("资金编号", "a fund's id")
    )


class CallRowSchema(OutputSchema):
    """A call in a list; `entries` counts the requests that take part."""

    id = fields.Integer(required=True)
    version = fields.Integer(required=True)
    fund_id = fields.Integer(required=True)
    fund_name = fields.String(required=True)
    year = fields.Integer(required=True)
    title = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    state_label = fields.Nested(TextSchema, required=True)
    opens_on = fields.Date(required=True)
    closes_on = fields.Date(required=True)
    cap = Money(required=True)
    decided = Money(required=True, allow_none=True)
    entries = fields.Integer(required=True)


class CallPageSchema(PageSchema):
    """Calls, the newest first."""

    items = rows_of(CallRowSchema)


class CallCriterionSchema(OutputSchema):
    """A criterion of a call."""

    name = fields.String(required=True)
    weight = fields.Integer(required=True)


class CallReviewerSchema(OutputSchema):
    """A reviewer of a call."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)


class CallLimitSchema(OutputSchema):
    """What a department gets at least and at most."""

    department_id = fields.Integer(required=True)
    department_name = fields.String(required=True)
    floor = Money(required=True, allow_none=True)
    ceiling = Money(required=True, allow_none=True)


class CallEntrySchema(OutputSchema):
    """A request in a call. Item, title and purpose are null for who may not know them."""

    id = fields.Integer(required=True)
    number = fields.Integer(required=True)
    item_id = fields.Integer(required=True, allow_none=True)
    title = fields.String(required=True, allow_none=True)
    purpose = fields.String(required=True, allow_none=True)
    department_id = fields.Integer(required=True)
    department_name = fields.String(required=True)
    requested = Money(required=True, attribute="requested_fen")
    minimum = Money(required=True, allow_none=True, attribute="minimum_fen")
    earmark_id = fields.Integer(required=True, allow_none=True)
    entered_at = fields.AwareDateTime(required=True)
    takes_part = fields.Boolean(required=True)
    average = Points(required=True, allow_none=True)
    proposed = Money(required=True, allow_none=True, attribute="proposed_fen")
    decided = Money(required=True, allow_none=True, attribute="amount_fen")
    reason = fields.String(required=True, allow_none=True)


class CallSchema(CallRowSchema):
    """A call with its criteria, reviewers, limits and requests."""

    text = fields.String(required=True)
    created_by_name = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    decided_by_name = fields.String(required=True, allow_none=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True)
    cancel_reason = fields.String(required=True, allow_none=True)
    is_for_leaders = fields.Boolean(required=True)
    missing_scores = fields.Integer(required=True)
    criteria = fields.List(fields.Nested(CallCriterionSchema), required=True)
    reviewers = fields.List(fields.Nested(CallReviewerSchema), required=True)
    limits = fields.List(fields.Nested(CallLimitSchema), required=True)
    requests = fields.List(fields.Nested(CallEntrySchema), required=True)


class CallAnswerSchema(OutputSchema):
    """A call after a write."""

    id = fields.Integer(required=True)
    version = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))


class EntryAnswerSchema(OutputSchema):
    """An entry that was made, withdrawn or scored."""

    id = fields.Integer(required=True)
    call_id = fields.Integer(required=True)


class CallScoreSchema(OutputSchema):
    """A reviewer's points for an entry, and what they come to."""

    entry_id = fields.Integer(required=True)
    reviewer_id = fields.Integer(required=True)
    reviewer_name = fields.String(required=True)
    points = fields.List(fields.Integer(), required=True)
    score = Points(required=True)


class CallScoreListSchema(OutputSchema):
    """The scores that the reader may see: their own; all, when they may see those of others."""

    items = fields.List(fields.Nested(CallScoreSchema), required=True)
    sees_all = fields.Boolean(required=True)
    missing_scores = fields.Integer(required=True)


class CallProposalRowSchema(OutputSchema):
    """A proposal that was computed."""

    id = fields.Integer(required=True)
    computed_at = fields.AwareDateTime(required=True)
    computed_by_name = fields.String(required=True)
    input_hash = fields.String(required=True)


class CallProposalListSchema(OutputSchema):
    """Every run, the newest first."""

    items = fields.List(fields.Nested(CallProposalRowSchema), required=True)


class DisplacedSchema(OutputSchema):
    """An entry that would get another amount if this one were forced in."""

    entry_id = fields.Integer(required=True, attribute="id")
    amount = Money(required=True, attribute="from_fen")
    would_be = Money(required=True, attribute="to_fen")


class LeverSchema(OutputSchema):
    """A limit of which so much more alone would do it (of a floor: less); `of` is an earmark's or department's id."""

    kind = fields.String(required=True, validate=validate.OneOf(LIMIT_KINDS))
    of = fields.Integer(required=True)
    more = Money(required=True, attribute="more_fen")


class ProposalLineSchema(OutputSchema):
    """What is proposed for an entry, and why: in words, and as figures."""

    entry_id = fields.Integer(required=True, attribute="id")
    answer = fields.String(required=True, validate=validate.OneOf(ANSWERS))
    score = Points(required=True, allow_none=True)
    amount = Money(required=True, attribute="granted_fen")
    requested = Money(required=True, attribute="requested_fen")
    minimum = Money(required=True, allow_none=True, attribute="minimum_fen")
    aim = Money(required=True, allow_none=True, attribute="aim_fen")
    loss = Points(required=True, allow_none=True)
    displaced = fields.List(fields.Nested(DisplacedSchema), required=True)
    score_needed = Points(required=True, allow_none=True)
    score_kept = Points(required=True, allow_none=True)
    levers = fields.List(fields.Nested(LeverSchema), required=True)
    reasons = fields.List(fields.Nested(TextSchema), required=True)


class CallProposalSchema(CallProposalRowSchema):
    """A proposal with a line for every request; `worth` is the sum of score times share funded."""

    call_id = fields.Integer(required=True)
    cap = Money(required=True, attribute="cap_fen")
    amount = Money(required=True, attribute="granted_fen")
    worth = Points(required=True)
    is_certain = fields.Boolean(required=True)
    lines = fields.List(fields.Nested(ProposalLineSchema), required=True)
    missed_floors = fields.List(fields.Nested(TextSchema), required=True)


class ProposalAnswerSchema(OutputSchema):
    """A proposal that was made, and the call's version after it."""

    id = fields.Integer(required=True)
    call_id = fields.Integer(required=True)
    version = fields.Integer(required=True)
