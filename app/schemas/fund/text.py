"""Texts of special funds as they come in: cleaned, never empty, within the limits that the database keeps."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from app.core.text import clean
from app.schemas.loading import expects

BIGGEST = 2**63 - 1
YEAR_MIN, YEAR_MAX = 2000, 2099


class Line(fields.String):
    """A text of 1 to `limit` characters; on one line unless `newlines`."""

    def __init__(self, limit: int, *, newlines: bool = False, **more: Any) -> None:  # noqa: ANN401  # marshmallow's own options
        self.newlines = newlines
        super().__init__(
            validate=validate.Length(1, limit),
            metadata=expects(f"1至{limit}字的文字", f"a text of 1 to {limit} characters"),
            **more,
        )

    def _deserialize(self, value: Any, *more: Any, **named: Any) -> str:  # noqa: ANN401  # outside input
        text: str = super()._deserialize(value, *more, **named)
        longest = next(rule.max for rule in self.validators if isinstance(rule, validate.Length))
        # What is too long as it came is too long: a description that is held to must not depend on blanks.
        if longest is not None and len(text) > longest:
            raise ValidationError("too long")
        return clean(text, newlines=self.newlines)


def read_id(**more: Any) -> fields.Integer:  # noqa: ANN401  # marshmallow's own options
    """Return a field for an id in a body."""
    return fields.Integer(
        strict=True, validate=validate.Range(1, BIGGEST), metadata=expects("编号", "an id"), **more
    )  # fmt: skip


def read_year(**more: Any) -> fields.Integer:  # noqa: ANN401  # marshmallow's own options
    """Return a field for a fiscal year in a body."""
    said = expects(f"{YEAR_MIN}至{YEAR_MAX}间的年度", f"a year from {YEAR_MIN} to {YEAR_MAX}")
    return fields.Integer(strict=True, validate=validate.Range(YEAR_MIN, YEAR_MAX), metadata=said, **more)


def read_workdays(least: int, most: int, **more: Any) -> fields.Integer:  # noqa: ANN401  # marshmallow's own options
    """Return a field for a number of working days in a body."""
    said = expects(f"{least}至{most}的整数", f"a whole number from {least} to {most}")
    return fields.Integer(strict=True, validate=validate.Range(least, most), metadata=said, **more)
