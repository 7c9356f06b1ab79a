"""Remarks and internal notes as the API takes and shows them."""

from marshmallow import fields, validate

from app.schemas.loading import InputSchema, OutputSchema, Truth, expects
from app.schemas.paging import LimitQuerySchema, PageQuerySchema, PageSchema, rows_of

REMARK_MAX = 5000
MENTIONS_MAX = 20
WORDS_MAX = 100
_BIGGEST = 2**63 - 1
KINDS = ("remark", "note")


def _text() -> fields.String:
    return fields.String(
        required=True, validate=validate.Length(1, REMARK_MAX),
        metadata=expects(f"1至{REMARK_MAX}字", f"1 to {REMARK_MAX} characters"),
    )  # fmt: skip


def _mentions() -> fields.List[int]:
    return fields.List(
        fields.Integer(strict=True, validate=validate.Range(1, _BIGGEST)), load_default=list,
        validate=validate.Length(0, MENTIONS_MAX),
        metadata=expects("提及人员的编号，正文中的@姓名之外另行提及的人",
                         "ids of people who are mentioned beside those whom the text names as @name"),
    )  # fmt: skip


class NewRemarkSchema(InputSchema):
    """A remark, or with `note` an internal note of one's own department."""

    text = _text()
    note = Truth(load_default=False, metadata=expects("true或false；true为内部备注", "true or false; true: a note"))
    mentions = _mentions()
    department_id = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=validate.Range(1, _BIGGEST),
        metadata=expects("部门编号：在多个部门任职时，写给哪个部门的备注",
                         "whose note it is, for who has posts in several departments"),
    )  # fmt: skip


class CorrectionSchema(InputSchema):
    """What one's own remark is to read."""

    text = _text()
    mentions = _mentions()


class RemarkQuerySchema(PageQuerySchema):
    """The query of an item's remarks."""

    kind = fields.String(
        load_default=None, validate=validate.OneOf(KINDS), metadata=expects("remark或note", "remark or note")
    )


class ReaderQuerySchema(LimitQuerySchema):
    """The query of who may read an item."""

    q = fields.String(
        load_default="", validate=validate.Length(max=WORDS_MAX),
        metadata=expects(f"姓名中的字词，最多{WORDS_MAX}字", f"words within the name, at most {WORDS_MAX} characters"),
    )  # fmt: skip
    note = fields.Boolean(
        load_default=False, truthy={"true", "1"}, falsy={"false", "0"},
        metadata=expects("true：只列可查看本部门内部备注的人", "true: only who reads one's department's notes"),
    )  # fmt: skip


class RemarkSchema(OutputSchema):
    """A remark on an item, or an internal note of a department."""

    id = fields.Integer(required=True)
    item_id = fields.Integer(required=True)
    is_note = fields.Boolean(required=True, metadata={"en": "Whether it is an internal note", "zh": "是否内部备注"})
    note_department_id = fields.Integer(
        required=True, allow_none=True,
        metadata={"en": "Whose internal note it is; null: a remark", "zh": "内部备注所属部门，留言为null"},
    )  # fmt: skip
    note_department_name = fields.String(required=True, allow_none=True)
    author_id = fields.Integer(required=True)
    author_name = fields.String(required=True)
    on_behalf_of_name = fields.String(required=True, allow_none=True)
    from_department_name = fields.String(
        required=True, allow_none=True, metadata={"en": "The department of the author's post", "zh": "作者所在部门"}
    )
    text = fields.String(
        required=True, allow_none=True,
        metadata={"en": "null: withdrawn, and shown to auditors only", "zh": "已撤回时为null（审计可见）"},
    )  # fmt: skip
    written_at = fields.AwareDateTime(required=True)
    corrected_at = fields.AwareDateTime(required=True, allow_none=True)
    withdrawn_at = fields.AwareDateTime(required=True, allow_none=True)
    mentions = fields.List(
        fields.String(), required=True, metadata={"en": "Names of those who were told", "zh": "被提及并收到消息的人"}
    )
    earlier = fields.List(
        fields.String(), required=True,
        metadata={"en": "What it read before each correction, the oldest first", "zh": "各次更正前的原文，先旧后新"},
    )  # fmt: skip


class RemarkPageSchema(PageSchema):
    """Remarks of an item that the caller may see, the newest first."""

    items = rows_of(RemarkSchema)


class ReaderSchema(OutputSchema):
    """Somebody who may read an item."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    department_name = fields.String(required=True, allow_none=True)


class ReaderPageSchema(PageSchema):
    """People who may read an item; one page only: search by name."""

    items = rows_of(ReaderSchema)
