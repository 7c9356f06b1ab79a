"""Minutes of meetings, their versions and comments, as the API takes and shows them."""

from marshmallow import fields, validate

from app.core.text import TEXT_MAX
from app.schemas.loading import InputSchema, OutputSchema, expects
from app.schemas.paging import LanguageQuerySchema, PageSchema, rows_of

PLACE_MAX = 40
VERSION_MAX = 100_000
_BIGGEST = 2**63 - 1
OUTCOMES = ("adopted", "declined")


class VersionQuerySchema(LanguageQuerySchema):
    """Which version of minutes is wanted."""

    version = fields.Integer(
        load_default=None, validate=validate.Range(1, VERSION_MAX),
        metadata=expects("版本号，不填为现行版本或草稿", "a version; left out: the last one, before any the draft"),
    )  # fmt: skip


class MeetingPaperQuerySchema(VersionQuerySchema):
    """Which version of minutes is printed, in which language."""

    lang = fields.String(
        load_default="zh", validate=validate.OneOf(("zh", "en")), metadata=expects("zh或en", "zh or en")
    )


class NewCommentSchema(InputSchema):
    """A unit's comment on a part of draft minutes."""

    place = fields.String(
        required=True, validate=validate.Length(1, PLACE_MAX),
        metadata=expects("opening、closing、topic:编号、decision:编号", "opening, closing, topic:<id>, decision:<id>"),
    )  # fmt: skip
    text = fields.String(
        required=True, validate=validate.Length(1, TEXT_MAX),
        metadata=expects(f"1至{TEXT_MAX}字", f"1 to {TEXT_MAX} characters"),
    )  # fmt: skip
    department_id = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=validate.Range(1, _BIGGEST),
        metadata=expects("部门编号：代表多个成员单位时填写", "whose comment it is, for who speaks for several units"),
    )  # fmt: skip


class CommentAnswerSchema(InputSchema):
    """The office's answer to a comment; declining needs a reason."""

    outcome = fields.String(
        required=True, validate=validate.OneOf(OUTCOMES), metadata=expects("adopted或declined", "adopted or declined")
    )
    answer = fields.String(
        load_default="", validate=validate.Length(max=TEXT_MAX),
        metadata=expects(f"最多{TEXT_MAX}字", f"at most {TEXT_MAX} characters"),
    )  # fmt: skip


class MinutesCommentSchema(OutputSchema):
    """A unit's comment on draft minutes, with the office's answer."""

    id = fields.Integer(required=True)
    place = fields.String(required=True)
    department_id = fields.Integer(required=True)
    department_name = fields.String(required=True)
    department_name_en = fields.String(required=True, allow_none=True)
    written_by_name = fields.String(required=True)
    written_at = fields.AwareDateTime(required=True)
    text = fields.String(required=True)
    outcome = fields.String(required=True, allow_none=True)
    answer = fields.String(required=True, allow_none=True)
    answered_by_name = fields.String(required=True, allow_none=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True)


class MinutesCommentPageSchema(PageSchema):
    """Comments on a meeting's minutes, the oldest first; one page holds all."""

    items = rows_of(MinutesCommentSchema)


class MadeCommentSchema(OutputSchema):
    """A comment that was written."""

    id = fields.Integer(required=True)


class MinutesVersionSchema(OutputSchema):
    """An issued version of minutes."""

    version = fields.Integer(required=True)
    number = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    issued_at = fields.AwareDateTime(required=True)
    issued_by_name = fields.String(required=True)
    sha256 = fields.String(required=True)


class MinutesVersionPageSchema(PageSchema):
    """The issued versions of minutes, the newest first; one page holds all."""

    items = rows_of(MinutesVersionSchema)


class MinutesSchema(OutputSchema):
    """Minutes as the caller may read them: an issued version, or the draft (`version` null)."""

    meeting_id = fields.Integer(required=True)
    title = fields.String(required=True)
    state = fields.String(required=True)
    version = fields.Nested(MinutesVersionSchema, required=True, allow_none=True)
    held_back = fields.Integer(required=True)
    content = fields.Dict(keys=fields.String(), required=True)
