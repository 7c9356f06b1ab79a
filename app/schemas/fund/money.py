"""Amounts of money in JSON: taken as a decimal text or a number in the fund's unit, shown as a decimal text."""

from typing import Any

from marshmallow import ValidationError, fields

from app.core.money import MAX_FEN, AmountError, parse_amount, to_decimal_string
from app.schemas.loading import OutputSchema, expects

_EXPECTED = expects(
    f"大于零、最多两位小数、小于{MAX_FEN // 100:,}的金额（元），如1234.56",
    f"an amount above zero with at most two decimals and below {MAX_FEN // 100:,}, e.g. 1234.56",
)


class Amount(fields.Field[int]):
    """An amount that comes in, above zero: read into whole fen without any rounding."""

    described: dict[str, Any] = {"type": ["string", "number"]}  # noqa: RUF012  # read by the description only
    example = "1234.56"

    def __init__(self, **more: Any) -> None:  # noqa: ANN401  # marshmallow's own options
        super().__init__(metadata=_EXPECTED, **more)

    def _deserialize(self, value: Any, *_: object, **__: object) -> int:  # noqa: ANN401  # outside input
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ValidationError("no amount")
        try:
            fen = parse_amount(value)
        except AmountError as error:
            raise ValidationError(error.code) from None
        if fen <= 0:
            raise ValidationError("not above zero")
        return fen


class Money(fields.Field[int]):
    """An amount that goes out: fen as a text with two decimals, with a sign where it is below zero."""

    described: dict[str, Any] = {"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{2}$"}  # noqa: RUF012  # as above
    example = "1234.56"

    def _serialize(self, value: Any, *_: object, **__: object) -> str | None:  # noqa: ANN401  # fen
        return None if value is None else to_decimal_string(int(value))


class BalancesSchema(OutputSchema):
    """What stands on the accounts, by kind; `source` and `carried_over` are below zero where money came from them."""

    source = Money(required=True)
    carried_over = Money(required=True)
    free = Money(required=True, attribute="uncommitted")
    reserved = Money(required=True)
    committed = Money(required=True)
    paid = Money(required=True)
    spent = Money(required=True)
    returned = Money(required=True)
