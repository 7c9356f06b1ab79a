"""Issued papers, their files and versions, and what anybody is told of one, as the API takes and shows them."""

from marshmallow import fields, validate

from app.schemas.item import TextSchema
from app.schemas.loading import OutputSchema, expects
from app.schemas.paging import LanguageQuerySchema, PageQuerySchema, PageSchema, rows_of

KIND_MAX = 40
VERDICTS = ("genuine", "superseded", "void")
_BIGGEST = 2**63 - 1


class PaperQuerySchema(PageQuerySchema):
    """The query of the issued papers."""

    kind = fields.String(
        load_default=None, validate=validate.Length(1, KIND_MAX),
        metadata=expects("文件类别，如slip", "a kind of paper, e.g. slip"),
    )  # fmt: skip
    year = fields.Integer(
        load_default=None, validate=validate.Range(2000, 2099),
        metadata=expects("签发年度，如2026", "the year of issue, e.g. 2026"),
    )  # fmt: skip
    item = fields.Integer(
        load_default=None, validate=validate.Range(1, _BIGGEST),
        metadata=expects("事项的内部编号", "the id of an item whose papers are wanted"),
    )  # fmt: skip


class PaperFileQuerySchema(LanguageQuerySchema):
    """In which language a file is wanted."""

    lang = fields.String(
        load_default="zh", validate=validate.OneOf(("zh", "en")), metadata=expects("zh或en", "zh or en")
    )


class IssuedFileSchema(OutputSchema):
    """A file of an issued paper."""

    ending = fields.String(required=True)
    lang = fields.String(required=True)
    sha256 = fields.String(required=True)
    size_bytes = fields.Integer(required=True)
    file_name = fields.String(required=True)


class IssuedPaperSchema(OutputSchema):
    """An issued paper, as lists show it."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    kind_label = fields.Nested(TextSchema, required=True)
    item_id = fields.Integer(required=True, allow_none=True)
    scope_id = fields.Integer(required=True, allow_none=True)
    period = fields.String(required=True, allow_none=True)
    number = fields.String(required=True)
    version = fields.Integer(required=True)
    is_last = fields.Boolean(required=True)
    replaces_id = fields.Integer(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    title_en = fields.String(required=True)
    issuer = fields.String(required=True)
    issuer_en = fields.String(required=True)
    issued_by_name = fields.String(required=True)
    code = fields.String(required=True)
    issued_at = fields.AwareDateTime(required=True)
    data_at = fields.AwareDateTime(required=True)
    frozen_at = fields.AwareDateTime(required=True)
    rule_set_id = fields.Integer(required=True, allow_none=True)
    template = fields.Integer(required=True)
    is_confidential = fields.Boolean(required=True)


class IssuedPaperPageSchema(PageSchema):
    """A page of issued papers, the last issued first."""

    items = rows_of(IssuedPaperSchema)


class IssuedPaperDetailSchema(IssuedPaperSchema):
    """An issued paper with its files and all its versions."""

    files = fields.List(fields.Nested(IssuedFileSchema), required=True)
    reads_whole = fields.Boolean(required=True)
    may_correct = fields.Boolean(required=True)
    versions = fields.List(fields.Nested(IssuedPaperSchema), required=True)


class CheckedFileSchema(OutputSchema):
    """A file of a paper, to be compared by its hash."""

    ending = fields.String(required=True)
    lang = fields.String(required=True)
    sha256 = fields.String(required=True)
    size_bytes = fields.Integer(required=True)


class CheckedPaperSchema(OutputSchema):
    """What anybody is told of a paper by its code; titles, issuer and files only where it is not restricted."""

    verdict = fields.String(required=True, validate=validate.OneOf(VERDICTS))
    kind = fields.String(required=True)
    kind_label = fields.Nested(TextSchema, required=True)
    number = fields.String(required=True)
    version = fields.Integer(required=True)
    current_version = fields.Integer(required=True)
    issued_at = fields.AwareDateTime(required=True)
    is_restricted = fields.Boolean(required=True)
    title = fields.String(required=True, allow_none=True)
    title_en = fields.String(required=True, allow_none=True)
    issuer = fields.String(required=True, allow_none=True)
    issuer_en = fields.String(required=True, allow_none=True)
    data_at = fields.AwareDateTime(required=True, allow_none=True)
    files = fields.List(fields.Nested(CheckedFileSchema), required=True)
