"""Copies for information as the API takes and shows them."""

from marshmallow import fields, validate

from app.schemas.loading import InputSchema, OutputSchema, expects
from app.schemas.paging import PageQuerySchema, PageSchema, rows_of

NOTE_MAX = 500
RECEIVERS_MAX = 50
_BIGGEST = 2**63 - 1


def _ids(zh: str, en: str) -> fields.List[int]:
    return fields.List(
        fields.Integer(strict=True, validate=validate.Range(1, _BIGGEST)), load_default=list,
        validate=validate.Length(0, RECEIVERS_MAX), metadata=expects(zh, en),
    )  # fmt: skip


class NewCopiesSchema(InputSchema):
    """Who is to get a copy of an item: people, and departments for whoever heads them."""

    people = _ids(f"人员编号，最多{RECEIVERS_MAX}个", f"ids of people, at most {RECEIVERS_MAX}")
    departments = _ids(
        f"部门编号，抄送其负责人，最多{RECEIVERS_MAX}个",
        f"ids of departments whose heads get it, at most {RECEIVERS_MAX}",
    )
    note = fields.String(
        load_default="", validate=validate.Length(max=NOTE_MAX),
        metadata=expects(f"附言，最多{NOTE_MAX}字", f"a note, at most {NOTE_MAX} characters"),
    )  # fmt: skip


class CopyQuerySchema(PageQuerySchema):
    """The query of the copies that the caller got."""

    unread = fields.Boolean(
        load_default=None, truthy={"true", "1"}, falsy={"false", "0"},
        metadata=expects("true只看未阅，false只看已阅", "true: unread ones, false: read ones"),
    )  # fmt: skip


class CopySchema(OutputSchema):
    """A copy of an item that somebody got for information."""

    id = fields.Integer(required=True)
    item_id = fields.Integer(required=True)
    kind = fields.String(required=True)
    number = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    person_id = fields.Integer(required=True, metadata={"en": "Who got it", "zh": "抄送对象"})
    person_name = fields.String(required=True)
    sent_by = fields.Integer(required=True)
    sent_by_name = fields.String(required=True)
    on_behalf_of_name = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True, metadata={"en": "What was said with it", "zh": "附言"})
    sent_at = fields.AwareDateTime(required=True)
    read_at = fields.AwareDateTime(
        required=True, allow_none=True,
        metadata={"en": "When it was first opened; null: unread, or not for the caller to know",
                  "zh": "首次阅看时间；未阅或无权知悉时为null"},
    )  # fmt: skip
    knows_reading = fields.Boolean(
        required=True, metadata={"en": "Whether the caller is told of its reading", "zh": "是否可知阅看情况"}
    )


class CopyPageSchema(PageSchema):
    """Copies, the newest first; withdrawn ones are not shown."""

    items = rows_of(CopySchema)


class SentCopiesSchema(OutputSchema):
    """What became of sending copies."""

    copies = fields.List(fields.Integer(), required=True, metadata={"en": "Ids of the copies", "zh": "抄送编号"})
    names = fields.List(fields.String(), required=True, metadata={"en": "Who got one now", "zh": "本次抄送的人"})
    had = fields.List(fields.String(), required=True, metadata={"en": "Who had one already", "zh": "此前已抄送的人"})


class WithdrawnCopySchema(OutputSchema):
    """A copy that was withdrawn."""

    id = fields.Integer(required=True)
    item_id = fields.Integer(required=True)
    withdrawn = fields.Boolean(required=True)
