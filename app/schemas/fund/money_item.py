"""Allocations and disbursements as the API shows them, in lists and alone."""

from marshmallow import fields, validate

from app.schemas.fund.allocation import GOAL_KINDS
from app.schemas.fund.fund import CONTROLS
from app.schemas.fund.money import Money
from app.schemas.item import Choices, TextSchema
from app.schemas.loading import OutputSchema, expects
from app.schemas.paging import LanguageQuerySchema, PageQuerySchema, PageSchema, rows_of
from workflows.money.allocation import ALLOCATION
from workflows.money.disbursement import DISBURSEMENT

ALLOCATION_STATES = tuple(state.name for state in ALLOCATION.states)
DISBURSEMENT_STATES = tuple(state.name for state in DISBURSEMENT.states)
_BIGGEST = 2**63 - 1


def _id(zh: str, en: str) -> fields.Integer:
    return fields.Integer(load_default=None, validate=validate.Range(1, _BIGGEST), metadata=expects(zh, en))


class MoneyFilterSchema(LanguageQuerySchema):
    """What a list of allocations or disbursements shows; `department` is a code, a name or id: and its id."""

    fund = _id("资金编号", "a fund's id")
    year = fields.Integer(
        load_default=None,
        validate=validate.Range(2000, 2099),
        metadata=expects("2000至2099间的年度", "a year from 2000 to 2099"),
    )
    department = fields.String(
        load_default=None,
        validate=validate.Length(1, 120),
        metadata=expects("部门代码、名称或id:编号", "a department's code or name, or id: and its id"),
    )
    project = _id("项目编号", "a project's id")


class AllocationFilterSchema(MoneyFilterSchema):
    """The same for allocations; `state` takes states, or `open` for any of those that are."""

    state = Choices((*ALLOCATION_STATES, "open"))


class AllocationQuerySchema(PageQuerySchema, AllocationFilterSchema):
    """The query of the list of allocations, the last drafted first."""


class DisbursementQuerySchema(PageQuerySchema, MoneyFilterSchema):
    """The query of the list of disbursements, the last asked for first."""

    state = Choices(DISBURSEMENT_STATES)
    allocation = _id("资金安排编号", "an allocation's id")


class AllocationSchema(OutputSchema):
    """An allocation as lists show it; `paid` is net of returns, over all years. A project not to be read is null."""

    id = fields.Integer(required=True)
    number = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(ALLOCATION_STATES))
    state_label = fields.Nested(TextSchema, required=True)
    version = fields.Integer(required=True)
    due_on = fields.Date(required=True, allow_none=True)
    department_id = fields.Integer(required=True, allow_none=True)
    department_name = fields.String(required=True, allow_none=True)
    project_id = fields.Integer(required=True, allow_none=True)
    project_title = fields.String(required=True, allow_none=True)
    fund_id = fields.Integer(required=True)
    fund_code = fields.String(required=True)
    fund_name = fields.String(required=True)
    currency = fields.String(required=True)
    year = fields.Integer(required=True)
    earmark_id = fields.Integer(required=True, allow_none=True)
    requested = Money(required=True, attribute="requested_fen")
    minimum = Money(required=True, attribute="minimum_fen", allow_none=True)
    granted = Money(required=True, attribute="granted_fen", allow_none=True)
    committed = Money(required=True, attribute="committed_fen")
    paid = Money(required=True, attribute="paid_fen")
    score = fields.Integer(required=True, allow_none=True)


class AllocationPageSchema(PageSchema):
    """A page of allocations, the last drafted first."""

    items = rows_of(AllocationSchema)


class DisbursementSchema(OutputSchema):
    """A disbursement; `held` is paid and not accounted for yet. `account` and `bank` are the payee's."""

    id = fields.Integer(required=True)
    number = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(DISBURSEMENT_STATES))
    state_label = fields.Nested(TextSchema, required=True)
    version = fields.Integer(required=True)
    due_on = fields.Date(required=True, allow_none=True)
    department_id = fields.Integer(required=True, allow_none=True)
    payee_id = fields.Integer(required=True)
    payee_name = fields.String(required=True)
    allocation_id = fields.Integer(required=True)
    allocation_number = fields.String(required=True, allow_none=True)
    allocation_title = fields.String(required=True)
    project_id = fields.Integer(required=True, allow_none=True)
    fund_id = fields.Integer(required=True)
    fund_code = fields.String(required=True)
    fund_name = fields.String(required=True)
    currency = fields.String(required=True)
    year = fields.Integer(required=True)
    instalment = fields.Integer(required=True, attribute="tranche_seq")
    amount = Money(required=True, attribute="amount_fen")
    account = fields.String(required=True)
    bank = fields.String(required=True)
    contract = fields.String(required=True, allow_none=True)
    order_number = fields.String(required=True, allow_none=True)
    voucher = fields.String(required=True, allow_none=True)
    paid_on = fields.Date(required=True, allow_none=True)
    held = Money(required=True, attribute="held_fen")
    spent = Money(required=True, attribute="spent_fen")
    returned = Money(required=True, attribute="returned_fen")


class DisbursementPageSchema(PageSchema):
    """A page of disbursements, the last asked for first."""

    items = rows_of(DisbursementSchema)


class GoalSchema(OutputSchema):
    """A performance goal with what was reached."""

    seq = fields.Integer(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(GOAL_KINDS))
    indicator = fields.String(required=True)
    target = fields.String(required=True)
    result = fields.String(required=True, allow_none=True)


class InstalmentSchema(OutputSchema):
    """An instalment; `is_held`: its milestone is not met yet."""

    seq = fields.Integer(required=True)
    milestone = fields.String(required=True, allow_none=True)
    planned_on = fields.Date(required=True, allow_none=True)
    amount = Money(required=True, attribute="amount_fen")
    met_on = fields.Date(required=True, allow_none=True)
    is_held = fields.Boolean(required=True)
    is_drawn = fields.Boolean(required=True)


class ObjectionSchema(OutputSchema):
    """An objection of the public notice with its answer."""

    id = fields.Integer(required=True)
    said_by = fields.String(required=True)
    text = fields.String(required=True)
    recorded_at = fields.AwareDateTime(required=True)
    recorded_by_name = fields.String(required=True)
    answer = fields.String(required=True, allow_none=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True)
    answered_by_name = fields.String(required=True, allow_none=True)


class TransferSchema(OutputSchema):
    """A transfer out of or into the allocation; `outcome` null while it is decided.

    `other_id` and `other_title` are null when the caller may not read the other allocation.
    """

    id = fields.Integer(required=True)
    is_out = fields.Boolean(required=True)
    other_id = fields.Integer(required=True, allow_none=True)
    other_title = fields.String(required=True, allow_none=True)
    amount = Money(required=True, attribute="amount_fen")
    reason = fields.String(required=True, allow_none=True)
    proposed_by_name = fields.String(required=True)
    proposed_at = fields.AwareDateTime(required=True)
    outcome = fields.String(required=True, allow_none=True, validate=validate.OneOf(("made", "refused")))
    decided_by_name = fields.String(required=True, allow_none=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True)


class AllocationBalancesSchema(OutputSchema):
    """What stands where, over all years."""

    reserved = Money(required=True, attribute="reserved_fen")
    committed = Money(required=True, attribute="committed_fen")
    paid = Money(required=True, attribute="paid_fen")
    spent = Money(required=True, attribute="spent_fen")
    returned = Money(required=True, attribute="returned_fen")


class PaymentSchema(OutputSchema):
    """A disbursement of an allocation; `posting_id` is its payment in the ledger."""

    item_id = fields.Integer(required=True)
    title = fields.String(required=True)
    state = fields.String(required=True)
    state_label = fields.Nested(TextSchema, required=True)
    instalment = fields.Integer(required=True, attribute="tranche_seq")
    amount = Money(required=True, attribute="amount_fen")
    payee_id = fields.Integer(required=True, attribute="payee_department_id")
    payee_name = fields.String(required=True)
    account = fields.String(required=True)
    bank = fields.String(required=True)
    contract = fields.String(required=True, allow_none=True)
    order_number = fields.String(required=True, allow_none=True)
    voucher = fields.String(required=True, allow_none=True)
    paid_on = fields.Date(required=True, allow_none=True)
    posting_id = fields.Integer(required=True, allow_none=True)
    balances = fields.Nested(AllocationBalancesSchema, required=True, attribute="money")


class SpendingSchema(OutputSchema):
    """A report of spending or of a return; `outcome` null until finance decides."""

    id = fields.Integer(required=True)
    item_id = fields.Integer(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(("spend", "return")))
    amount = Money(required=True, attribute="amount_fen")
    on_day = fields.Date(required=True)
    voucher = fields.String(required=True)
    text = fields.String(required=True)
    receipts = fields.String(required=True, allow_none=True)
    filed_by_name = fields.String(required=True)
    filed_at = fields.AwareDateTime(required=True)
    outcome = fields.String(required=True, allow_none=True, validate=validate.OneOf(("accepted", "refused")))
    decided_by_name = fields.String(required=True, allow_none=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True)
    posting_id = fields.Integer(required=True, allow_none=True)


class AllocationDetailSchema(OutputSchema):
    """One allocation: what is asked and granted, what stands where, instalments, payments and what was spent.

    `free` is what the account has on which it draws; `control` the fund's rule of today when that is too little.
    """

    id = fields.Integer(required=True)
    number = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(ALLOCATION_STATES))
    state_label = fields.Nested(TextSchema, required=True)
    version = fields.Integer(required=True)
    department_id = fields.Integer(required=True, allow_none=True)
    project_id = fields.Integer(required=True, allow_none=True)
    fund_id = fields.Integer(required=True)
    fund_code = fields.String(required=True)
    fund_name = fields.String(required=True)
    fund_name_en = fields.String(required=True, allow_none=True)
    currency = fields.String(required=True)
    first_year = fields.Integer(required=True)
    year = fields.Integer(required=True)
    earmark_id = fields.Integer(required=True, allow_none=True)
    earmark = fields.String(required=True, allow_none=True)
    purpose = fields.String(required=True)
    need = fields.String(required=True)
    requested = Money(required=True, attribute="requested_fen")
    minimum = Money(required=True, attribute="minimum_fen", allow_none=True)
    granted = Money(required=True, attribute="granted_fen", allow_none=True)
    free = Money(required=True)
    control = fields.String(required=True, validate=validate.OneOf(CONTROLS))
    basis = fields.String(required=True, allow_none=True)
    notice_from_on = fields.Date(required=True, allow_none=True)
    notice_until_on = fields.Date(required=True, allow_none=True)
    allocated_on = fields.Date(required=True, allow_none=True)
    idle_warned_on = fields.Date(required=True, allow_none=True)
    take_back_from_on = fields.Date(required=True, allow_none=True)
    exception_by_name = fields.String(required=True, allow_none=True)
    results = fields.String(required=True, allow_none=True)
    score = fields.Integer(required=True, allow_none=True)
    assessment = fields.String(required=True, allow_none=True)
    balances = fields.Nested(AllocationBalancesSchema, required=True, attribute="money")
    goals = fields.List(fields.Nested(GoalSchema), required=True)
    instalments = fields.List(fields.Nested(InstalmentSchema), required=True)
    objections = fields.List(fields.Nested(ObjectionSchema), required=True)
    transfers = fields.List(fields.Nested(TransferSchema), required=True)
    payments = fields.List(fields.Nested(PaymentSchema), required=True)
    spending = fields.List(fields.Nested(SpendingSchema), required=True)
