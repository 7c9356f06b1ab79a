"""Funds, their rules and the entries on their years as the API takes them, and what it answers to a write."""

from marshmallow import fields, validate

from app.core.text import NAME_MAX, TEXT_MAX, TITLE_MAX
from app.schemas.fund.money import Amount, BalancesSchema, Money
from app.schemas.fund.text import Line, read_id, read_workdays, read_year
from app.schemas.item import Day, TextSchema
from app.schemas.loading import InputSchema, OutputSchema, Truth, expects
from app.schemas.paging import LanguageQuerySchema
from workflows.money.wording import CONTROL_LABELS, SURPLUS_LABELS

CONTROLS = tuple(CONTROL_LABELS)
SURPLUS = tuple(SURPLUS_LABELS)
#: What a keeper posts by hand; a test compares it with the service.
BUDGET_OPERATIONS = ("appropriate", "supplement", "cut", "earmark", "release_earmark", "reuse")
OUTCOMES = ("ready", "closed", "closed_before", "blocked")
_CODE_MAX, _SIGN_MAX = 40, 10
_CONFIRM = expects("true或false", "true or false")


def _one_of(known: tuple[str, ...], **more: object) -> fields.String:
    metadata = expects("、".join(known) + "之一", "one of " + ", ".join(known))
    return fields.String(validate=validate.OneOf(known), metadata=metadata, **more)  # type: ignore[arg-type]  # marshmallow's own options


class FundRuleSchema(InputSchema):
    """The rules of a fund from a day on, today when it is left out; earlier days keep theirs."""

    from_on = Day(load_default=None, allow_none=True)
    control = _one_of(CONTROLS, required=True)
    exception_post = read_id(load_default=None, allow_none=True)
    surplus = _one_of(SURPLUS, required=True)
    leaders_from = Amount(load_default=None, allow_none=True)
    notice_workdays = read_workdays(0, 100, load_default=0)
    idle_workdays = read_workdays(1, 1000, load_default=None, allow_none=True)
    warning_workdays = read_workdays(0, 100, load_default=10)
    number_sign = Line(_SIGN_MAX, required=True)
    reason = Line(TEXT_MAX, newlines=True, required=True)


class NewFundSchema(FundRuleSchema):
    """A fund to open, with its first rules; `department` (code or name) may be left out by who works in one only."""

    code = Line(_CODE_MAX, required=True)
    name = Line(TITLE_MAX, required=True)
    name_en = Line(TITLE_MAX, load_default=None, allow_none=True)
    department = Line(NAME_MAX, load_default=None, allow_none=True)
    purpose = Line(TEXT_MAX, newlines=True, required=True)
    source_document = Line(TITLE_MAX, required=True)
    currency = fields.String(
        load_default="CNY",
        validate=validate.Regexp("[A-Z]{3}\\Z"),
        metadata=expects("三个大写字母的币种，如CNY", "a currency in three capitals, e.g. CNY"),
    )
    first_year = read_year(required=True)
    last_year = read_year(required=True)


class FundExtensionSchema(InputSchema):
    """Until which year a fund runs, and the document that says so."""

    last_year = read_year(required=True)
    basis = Line(TITLE_MAX, required=True)


class BudgetEntrySchema(InputSchema):
    """An entry on a fund's year, the present one when left out; `earmark` names what an earmark is for.

    `confirm`: an amount 10,000 times what it stands beside, or a ten-thousandth of it, is meant (万元 and 元).
    """

    operation = _one_of(BUDGET_OPERATIONS, required=True)
    year = read_year(load_default=None, allow_none=True)
    amount = Amount(required=True)
    basis = Line(TITLE_MAX, required=True)
    note = Line(TEXT_MAX, newlines=True, load_default=None, allow_none=True)
    earmark = Line(NAME_MAX, load_default=None, allow_none=True)
    department = Line(NAME_MAX, load_default=None, allow_none=True)
    confirm = Truth(load_default=False, metadata=_CONFIRM)


class ReversalSchema(InputSchema):
    """Why a posting is reversed."""

    reason = Line(TEXT_MAX, newlines=True, required=True)


class FundAnswerSchema(OutputSchema):
    """A fund after a write; `version` is what the next one must name."""

    id = fields.Integer(required=True)
    version = fields.Integer(required=True)


class PostedSchema(OutputSchema):
    """A posting as it stands in the ledger; `seq` is its number in the fund's year."""

    id = fields.Integer(required=True)
    fund_id = fields.Integer(required=True)
    year = fields.Integer(required=True)
    seq = fields.Integer(required=True)
    operation = fields.String(required=True)
    reverses_id = fields.Integer(required=True, allow_none=True)
    balances = fields.Nested(BalancesSchema, required=True)


class YearEndQuerySchema(LanguageQuerySchema):
    """The fiscal year to look at."""

    year = fields.Integer(
        required=True,
        validate=validate.Range(2000, 2099),
        metadata=expects("2000至2099间的年度", "a year from 2000 to 2099"),
    )


class YearEndRequestSchema(InputSchema):
    """The fiscal year to close."""

    year = read_year(required=True)


class CarriedSchema(OutputSchema):
    """What goes on into the next year, by account."""

    free = Money(required=True, attribute="uncommitted", dump_default=0)
    reserved = Money(required=True, dump_default=0)
    committed = Money(required=True, dump_default=0)
    paid = Money(required=True, dump_default=0)
    returned = Money(required=True, dump_default=0)


class FundYearEndSchema(OutputSchema):
    """What the end of a year does, or did, to one fund; `reason` says why it is blocked."""

    fund_id = fields.Integer(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    year = fields.Integer(required=True)
    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    carried = fields.Nested(CarriedSchema, required=True)
    surrendered = Money(required=True, attribute="surrendered_fen")
    reason = fields.Nested(TextSchema, required=True, allow_none=True)


class YearEndSchema(OutputSchema):
    """The end of a year, fund by fund, in the order of their codes; `is_done`: each of them is closed."""

    year = fields.Integer(required=True)
    is_done = fields.Boolean(required=True)
    items = fields.List(fields.Nested(FundYearEndSchema), required=True)
