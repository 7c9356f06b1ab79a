"""What is written of a meeting, part by part and by revision, as the API takes and shows it."""

from marshmallow import fields, validate

from app.core.text import TEXT_MAX
from app.schemas.loading import InputSchema, OutputSchema, expects

REVISION_MAX = 10**9


class WrittenSchema(InputSchema):
    """A part's text as it should stand; `based_on` is the revision from which the caller started, 0 for none."""

    text = fields.String(
        required=True, validate=validate.Length(0, TEXT_MAX),
        metadata=expects(f"最多{TEXT_MAX}字的文字", f"a text of at most {TEXT_MAX} characters"),
    )  # fmt: skip
    based_on = fields.Integer(
        required=True, strict=True, validate=validate.Range(0, REVISION_MAX),
        metadata=expects("所依据的稿次，0为尚无", "the revision it rests on, 0 for none"),
    )  # fmt: skip


class RestoredSchema(InputSchema):
    """Takes the text of an earlier revision again, as a new one."""

    revision = fields.Integer(
        required=True, strict=True, validate=validate.Range(1, REVISION_MAX),
        metadata=expects("要恢复的稿次", "the revision to take again"),
    )  # fmt: skip
    based_on = fields.Integer(
        required=True, strict=True, validate=validate.Range(0, REVISION_MAX),
        metadata=expects("所依据的稿次", "the revision it rests on"),
    )  # fmt: skip


class NoteSchema(OutputSchema):
    """A revision of a part's text; revision 0 is an empty part that nobody wrote yet."""

    place = fields.String(required=True)
    revision = fields.Integer(required=True)
    text = fields.String(required=True)
    written_by = fields.Integer(required=True, allow_none=True)
    written_by_name = fields.String(required=True, allow_none=True)
    written_at = fields.AwareDateTime(required=True, allow_none=True)
    restored_from = fields.Integer(required=True, allow_none=True)


class NotesSchema(OutputSchema):
    """The present texts of a meeting, in the order of its parts."""

    items = fields.List(fields.Nested(NoteSchema), required=True)


class RevisionsSchema(OutputSchema):
    """The revisions of a part, the last first."""

    items = fields.List(fields.Nested(NoteSchema), required=True)
