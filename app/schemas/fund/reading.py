"""Funds as the API shows them: their years in figures, rules, earmarks, the departments' parts."""

from marshmallow import fields, validate

from app.schemas.fund.fund import CONTROLS, SURPLUS
from app.schemas.fund.money import BalancesSchema, Money
from app.schemas.item import LIGHTS, TextSchema
from app.schemas.loading import OutputSchema, expects
from app.schemas.paging import LanguageQuerySchema, PageSchema, rows_of

_YEAR = validate.Range(2000, 2099)
_SAID = expects("2000至2099间的年度，不填为当年", "a year from 2000 to 2099; left out: this year")


class FundYearQuerySchema(LanguageQuerySchema):
    """The fiscal year to look at."""

    year = fields.Integer(load_default=None, validate=_YEAR, metadata=_SAID)


class ExecutionSchema(OutputSchema):
    """How far a year's money is paid: `paid` over `budget`, in per cent, beside the part of the year that is over.

    `budget` is the denominator: appropriated, supplemented, cut and carried in. Without one there is no rate.
    """

    paid = Money(required=True, attribute="paid_fen")
    budget = Money(required=True, attribute="budget_fen")
    rate_pct = fields.Float(required=True, allow_none=True)
    elapsed_pct = fields.Float(required=True)
    light = fields.String(required=True, validate=validate.OneOf(LIGHTS))
    denominator = fields.Nested(TextSchema, required=True)


class FundFiguresSchema(OutputSchema):
    """A fund's year: what it began with, what stands where now, what stood where when it was closed (null: open)."""

    year = fields.Integer(required=True)
    is_open = fields.Boolean(required=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)
    postings = fields.Integer(required=True)
    opening = fields.Nested(BalancesSchema, required=True)
    now = fields.Nested(BalancesSchema, required=True)
    closing = fields.Nested(BalancesSchema, required=True, allow_none=True)
    execution = fields.Nested(ExecutionSchema, required=True)


class FundSchema(OutputSchema):
    """A fund with the figures of one year; null where it did not open that year."""

    id = fields.Integer(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    name_en = fields.String(required=True, allow_none=True)
    department_id = fields.Integer(required=True)
    department_name = fields.String(required=True)
    department_name_en = fields.String(required=True, allow_none=True)
    purpose = fields.String(required=True)
    source_document = fields.String(required=True)
    currency = fields.String(required=True)
    first_year = fields.Integer(required=True)
    last_year = fields.Integer(required=True)
    version = fields.Integer(required=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)
    figures = fields.Nested(FundFiguresSchema, required=True, allow_none=True)


class FundPageSchema(PageSchema):
    """The funds of a year, by code."""

    items = rows_of(FundSchema)


class FundRuleVersionSchema(OutputSchema):
    """The rules of a fund from a day on, who made them and why."""

    id = fields.Integer(required=True)
    from_on = fields.Date(required=True)
    is_in_force = fields.Boolean(required=True)
    control = fields.String(required=True, validate=validate.OneOf(CONTROLS))
    surplus = fields.String(required=True, validate=validate.OneOf(SURPLUS))
    exception_post_id = fields.Integer(required=True, allow_none=True)
    exception_post = fields.String(required=True, allow_none=True)
    leaders_from = Money(required=True, attribute="leaders_from_fen", allow_none=True)
    notice_workdays = fields.Integer(required=True)
    idle_workdays = fields.Integer(required=True, allow_none=True)
    warning_workdays = fields.Integer(required=True)
    number_sign = fields.String(required=True)
    reason = fields.String(required=True)
    made_by = fields.Integer(required=True)
    made_by_name = fields.String(required=True)
    made_at = fields.AwareDateTime(required=True)


class EarmarkSchema(OutputSchema):
    """A part of the free money that is kept for something; `department_id` null: for whoever serves its purpose."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    department_id = fields.Integer(required=True, allow_none=True)
    department_name = fields.String(required=True, allow_none=True)
    balance = Money(required=True, attribute="balance_fen")


class PartSchema(OutputSchema):
    """What stands where for a department; of a closed year only what is final is left."""

    reserved = Money(required=True)
    committed = Money(required=True)
    paid = Money(required=True)
    spent = Money(required=True)
    returned = Money(required=True)


class DepartmentPartSchema(OutputSchema):
    """A department's part of a fund's year."""

    department_id = fields.Integer(required=True)
    name = fields.String(required=True)
    name_en = fields.String(required=True, allow_none=True)
    balances = fields.Nested(PartSchema, required=True, attribute="amounts")


class FundDetailSchema(FundSchema):
    """A fund with all its years, rules and earmarks; `figures`, `earmarks` and `departments` are those of one year.

    `departments` are all for whoever sees the ledger, else the caller's own.
    """

    years = fields.List(fields.Nested(FundFiguresSchema), required=True)
    rules = fields.List(fields.Nested(FundRuleVersionSchema), required=True)
    earmarks = fields.List(fields.Nested(EarmarkSchema), required=True)
    departments = fields.List(fields.Nested(DepartmentPartSchema), required=True)


class OwnFundPartSchema(OutputSchema):
    """What stands where for one department in one fund's year."""

    department_id = fields.Integer(required=True)
    department_name = fields.String(required=True)
    department_name_en = fields.String(required=True, allow_none=True)
    fund_id = fields.Integer(required=True)
    fund_code = fields.String(required=True)
    fund_name = fields.String(required=True)
    fund_name_en = fields.String(required=True, allow_none=True)
    currency = fields.String(required=True)
    balances = fields.Nested(PartSchema, required=True, attribute="amounts")


class OpenPaymentSchema(OutputSchema):
    """A payment of which `held` is neither spent with receipts nor returned."""

    item_id = fields.Integer(required=True)
    title = fields.String(required=True)
    department_id = fields.Integer(required=True, allow_none=True)
    fund_id = fields.Integer(required=True)
    fund_name = fields.String(required=True)
    fund_name_en = fields.String(required=True, allow_none=True)
    amount = Money(required=True, attribute="amount_fen")
    held = Money(required=True, attribute="held_fen")
    voucher = fields.String(required=True, allow_none=True)
    paid_on = fields.Date(required=True, allow_none=True)
    due_on = fields.Date(required=True, allow_none=True)


class OwnMoneySchema(OutputSchema):
    """The money of the caller's departments in a year, and payments that they still have to account for."""

    year = fields.Integer(required=True)
    funds = fields.List(fields.Nested(OwnFundPartSchema), required=True)
    to_account_for = fields.List(fields.Nested(OpenPaymentSchema), required=True)
