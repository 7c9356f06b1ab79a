"""What every list takes and answers: limit, cursor and language in; items and the next cursor out."""

from typing import Any

from marshmallow import fields, validate

from app.schemas.loading import InputSchema, OutputSchema, expects

LIMIT_MAX = 200
_CURSOR_MAX = 1000


class LanguageQuerySchema(InputSchema):
    """The query of an address that takes only the language."""

    lang = fields.String(metadata=expects("zh或en", "zh or en"))


class LimitQuerySchema(LanguageQuerySchema):
    """The query of a list that has one page only."""

    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(1, LIMIT_MAX),
        metadata=expects(f"1至{LIMIT_MAX}的整数", f"a whole number from 1 to {LIMIT_MAX}"),
    )


class PageQuerySchema(LimitQuerySchema):
    """The query of a list that is read page by page."""

    cursor = fields.String(
        load_default=None,
        validate=validate.Length(1, _CURSOR_MAX),
        metadata=expects("上一页给出的翻页标记", "a cursor that a page gave"),
    )


class PageSchema(OutputSchema):
    """A page of a list. Each kind of page declares its `items` anew by `rows_of`; here they only keep their place."""

    items: fields.Field[Any] = fields.List(fields.Raw(), required=True)
    next_cursor = fields.String(
        required=True,
        allow_none=True,
        dump_default=None,
        metadata={"en": "The cursor of the next page; null on the last one", "zh": "下一页的翻页标记，末页为null"},
    )


def rows_of(schema: type[OutputSchema], attribute: str | None = None) -> fields.Field[Any]:
    """Return the field `items` of a page whose rows `schema` shows; `attribute` says where else they are found."""
    return fields.List(fields.Nested(schema), required=True, attribute=attribute)
