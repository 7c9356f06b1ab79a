"""The ledger as the API shows it: postings page by page, one posting with its legs.

Accounts are called by their kinds; what a fund has free is `free` here as everywhere in the API.
"""

from typing import Any

from marshmallow import fields, validate

from app.schemas.fund.money import Money
from app.schemas.item import TextSchema
from app.schemas.loading import OutputSchema, expects
from app.schemas.paging import LanguageQuerySchema, PageQuerySchema, PageSchema, rows_of
from workflows.money.wording import ACCOUNT_LABELS, OPERATION_LABELS

OPERATIONS = tuple(OPERATION_LABELS)
#: What the API calls an account -> its kind.
KINDS = {("free" if kind == "uncommitted" else kind): kind for kind in ACCOUNT_LABELS}
_NAMES = {kind: name for name, kind in KINDS.items()}
_BIGGEST = 2**63 - 1


class AccountName(fields.String):
    """The kind of an account by its name in the API."""

    def __init__(self, **more: Any) -> None:  # noqa: ANN401  # marshmallow's own options
        listed = "、".join(KINDS)
        super().__init__(
            validate=validate.OneOf(tuple(KINDS)),
            metadata=expects(f"{listed}之一", f"one of {', '.join(KINDS)}"),
            **more,
        )

    def _serialize(self, value: Any, *_: object, **__: object) -> str | None:  # noqa: ANN401  # a kind
        return None if value is None else _NAMES[value]


def _id(zh: str, en: str) -> fields.Integer:
    return fields.Integer(load_default=None, validate=validate.Range(1, _BIGGEST), metadata=expects(zh, en))


class LedgerFilterSchema(LanguageQuerySchema):
    """What of a fund's year is shown; each part restricts further. `account` is a kind of account that is touched."""

    year = fields.Integer(
        load_default=None,
        validate=validate.Range(2000, 2099),
        metadata=expects("2000至2099间的年度，不填为当年", "a year from 2000 to 2099; left out: this year"),
    )
    operation = fields.String(
        load_default=None,
        validate=validate.OneOf(OPERATIONS),
        metadata=expects("、".join(OPERATIONS) + "之一", "one of " + ", ".join(OPERATIONS)),
    )
    account = AccountName(load_default=None)
    department = _id("单位编号", "a department's id")
    allocation = _id("资金安排编号", "an allocation's id")
    earmark = fields.Integer(
        load_default=None,
        validate=validate.Range(0, _BIGGEST),
        metadata=expects("专用额度编号，0为一般可用额度", "an earmark's id; 0: the general free money"),
    )


class LedgerQuerySchema(PageQuerySchema, LedgerFilterSchema):
    """The query of a fund's ledger, the last posted first."""


class LedgerExportQuerySchema(LedgerFilterSchema):
    """The query of a ledger's file."""


class MoveSchema(OutputSchema):
    """So much went from accounts of one kind to accounts of another."""

    from_account = AccountName(required=True, attribute="from_kind", data_key="from")
    to_account = AccountName(required=True, attribute="to_kind", data_key="to")
    amount = Money(required=True, attribute="amount_fen")


class PostedItemSchema(OutputSchema):
    """The item whose step was posted."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    number = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)


class PostingSchema(OutputSchema):
    """A posting. What belongs to an item that the caller may not read (`is_hidden`) has amount and day only.

    `moves` are its legs summed by kinds of accounts; for whoever sees only a department's part, of that part.
    """

    id = fields.Integer(required=True)
    fund_id = fields.Integer(required=True)
    year = fields.Integer(required=True)
    seq = fields.Integer(required=True)
    operation = fields.String(required=True, validate=validate.OneOf(OPERATIONS))
    operation_label = fields.Nested(TextSchema, required=True)
    on_day = fields.Date(required=True)
    recorded_at = fields.AwareDateTime(required=True)
    amount = Money(required=True)
    is_hidden = fields.Boolean(required=True)
    item = fields.Nested(PostedItemSchema, required=True, allow_none=True)
    voucher = fields.String(required=True, allow_none=True)
    basis = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    reverses_id = fields.Integer(required=True, allow_none=True)
    reversed_by_id = fields.Integer(required=True, allow_none=True)
    is_exception = fields.Boolean(required=True)
    rule_id = fields.Integer(required=True)
    actor_id = fields.Integer(required=True, allow_none=True)
    actor_name = fields.String(required=True, allow_none=True)
    moves = fields.List(fields.Nested(MoveSchema), required=True)


class PostingPageSchema(PageSchema):
    """A page of a fund's year, the last posted first."""

    items = rows_of(PostingSchema)


class SideSchema(OutputSchema):
    """An account that a leg touches; item, title and earmark are null where it has none or they are hidden."""

    account = AccountName(required=True, attribute="kind")
    label = fields.Nested(TextSchema, required=True)
    year = fields.Integer(required=True)
    department_id = fields.Integer(required=True, allow_none=True)
    department_name = fields.String(required=True, allow_none=True)
    department_name_en = fields.String(required=True, allow_none=True)
    item_id = fields.Integer(required=True, allow_none=True)
    item_title = fields.String(required=True, allow_none=True)
    earmark = fields.String(required=True, allow_none=True)
    is_hidden = fields.Boolean(required=True)


class LegSchema(OutputSchema):
    """One leg: so much from one account to another."""

    from_side = fields.Nested(SideSchema, required=True, attribute="source", data_key="from")
    to_side = fields.Nested(SideSchema, required=True, attribute="target", data_key="to")
    amount = Money(required=True)


class PostingDetailSchema(PostingSchema):
    """One posting with its legs; `has_more_legs` when there are more than are shown."""

    fund_code = fields.String(required=True)
    fund_name = fields.String(required=True)
    fund_name_en = fields.String(required=True, allow_none=True)
    acting_role = fields.String(required=True)
    acting_department = fields.String(required=True, allow_none=True)
    on_behalf_of_name = fields.String(required=True, allow_none=True)
    legs = fields.List(fields.Nested(LegSchema), required=True)
    has_more_legs = fields.Boolean(required=True)
