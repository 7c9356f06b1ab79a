"""Payment orders and paid lists as the API takes and shows them."""

from marshmallow import fields, validate

from app.schemas.fund.money import Money
from app.schemas.fund.text import read_id
from app.schemas.item import EXPORT_ENDINGS, TextSchema
from app.schemas.loading import InputSchema, OutputSchema, expects
from app.schemas.paging import LanguageQuerySchema, PageSchema, rows_of

#: As many as the query gives; a test compares them.
ORDERS_MAX = 500
#: What may become of a line; a test compares them with the service's.
OUTCOMES = (
    "ready", "paid", "paid_before", "paid_otherwise", "unmatched", "double", "amount_differs", "unit_unconfirmed",
    "account_differs", "not_made", "faulty", "not_waiting", "refused",
)  # fmt: skip
_FLAG = expects("1或0", "1 or 0")


class OrderSchema(OutputSchema):
    """A payment order: a checked disbursement that waits to be paid."""

    item_id = fields.Integer(required=True)
    version = fields.Integer(required=True)
    order_number = fields.String(required=True, allow_none=True)
    payee = fields.String(required=True)
    account = fields.String(required=True)
    bank = fields.String(required=True)
    amount = Money(required=True, attribute="amount_fen")
    currency = fields.String(required=True)
    purpose = fields.String(required=True)
    contract = fields.String(required=True, allow_none=True)
    fund_id = fields.Integer(required=True)
    fund_name = fields.String(required=True)
    allocation_number = fields.String(required=True, allow_none=True)
    instalment = fields.Integer(required=True, attribute="tranche_seq")


class OrderPageSchema(PageSchema):
    """The orders to be paid from funds that the caller keeps, the oldest first, 500 at most."""

    items = rows_of(OrderSchema)


class OrderExportSchema(InputSchema):
    """Which orders go into the file (ids of disbursements; left out: all that wait), and its format."""

    items = fields.List(
        read_id(),
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, ORDERS_MAX),
        metadata=expects(f"1至{ORDERS_MAX}个拨付编号", f"a list of 1 to {ORDERS_MAX} disbursements' ids"),
    )
    format = fields.String(
        load_default="xlsx",
        validate=validate.OneOf(EXPORT_ENDINGS),
        metadata=expects("、".join(EXPORT_ENDINGS) + "之一", "one of " + ", ".join(EXPORT_ENDINGS)),
    )


class PaidListQuerySchema(LanguageQuerySchema):
    """`dry_run`: only say what would become of each line. `confirm`: amounts off by 10,000 are a matter of units."""

    dry_run = fields.Boolean(load_default=False, truthy={"true", "1"}, falsy={"false", "0"}, metadata=_FLAG)
    confirm = fields.Boolean(load_default=False, truthy={"true", "1"}, falsy={"false", "0"}, metadata=_FLAG)


class PaidLineSchema(OutputSchema):
    """A line of a paid list and what became of it; only `paid` (or, in a dry run, `ready`) posts anything."""

    row = fields.Integer(required=True)
    order_number = fields.String(required=True, allow_none=True)
    amount = Money(required=True, allow_none=True)
    voucher = fields.String(required=True, allow_none=True)
    paid_on = fields.Date(required=True, allow_none=True)
    item_id = fields.Integer(required=True, allow_none=True)
    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    said = fields.Nested(TextSchema, required=True)


class PostedSumSchema(OutputSchema):
    """What was posted in one currency, in sum."""

    currency = fields.String(required=True)
    amount = Money(required=True)


class PaidListSchema(OutputSchema):
    """A paid list, line by line; `posted` is what was (or would be) posted, `left` how many lines were not."""

    dry_run = fields.Boolean(required=True)
    sha256 = fields.String(required=True)
    lines = fields.Integer(required=True)
    matched = fields.Integer(required=True)
    left = fields.Integer(required=True)
    posted = fields.List(fields.Nested(PostedSumSchema), required=True)
    items = fields.List(fields.Nested(PaidLineSchema), required=True)
