"""What the API takes and shows of long work."""

from marshmallow import fields, validate

from app.schemas.item import TextSchema
from app.schemas.loading import InputSchema, OutputSchema, expects
from app.schemas.paging import PageQuerySchema, PageSchema, rows_of

KINDS = ("report", "import", "export", "meeting_bundle")
ASKED_KINDS = ("report", "export", "meeting_bundle")
_KIND = expects("report、export或meeting_bundle", "report, export or meeting_bundle")


class NewWorkSchema(InputSchema):
    """Long work to be done; an import is asked for by sending its file to /imports."""

    kind = fields.String(required=True, validate=validate.OneOf(ASKED_KINDS), metadata=_KIND)
    arguments = fields.Dict(keys=fields.String(), load_default=dict, metadata=expects("对象", "an object"))


class NewReportSchema(InputSchema):
    """A monthly report to be made."""

    month = fields.String(
        required=True, validate=validate.Length(7, 7), metadata=expects("YYYY-MM", "a month as YYYY-MM")
    )
    lang = fields.String(
        load_default="zh", validate=validate.OneOf(("zh", "en")), metadata=expects("zh或en", "zh or en")
    )


class WorkQuerySchema(PageQuerySchema):
    """The query of the caller's works."""

    kind = fields.String(
        load_default=None, validate=validate.OneOf(KINDS), metadata=expects("任务种类", "a kind of work")
    )


class WorkFaultSchema(OutputSchema):
    """One thing that was wrong."""

    field = fields.String(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)


class WorkFailureSchema(OutputSchema):
    """Why a work failed."""

    zh = fields.String(required=True)
    en = fields.String(required=True)
    faults = fields.List(fields.Nested(WorkFaultSchema), required=True)


class WorkSchema(OutputSchema):
    """A work: what it is, how far it is, what it came to. `scheduler_alive`: a process lives that does what waits."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    name = fields.Nested(TextSchema, required=True)
    status = fields.String(required=True)
    arguments = fields.Dict(required=True)
    done_count = fields.Integer(required=True)
    total_count = fields.Integer(required=True, allow_none=True)
    asked_at = fields.AwareDateTime(required=True)
    started_at = fields.AwareDateTime(required=True, allow_none=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)
    cancel_asked_at = fields.AwareDateTime(required=True, allow_none=True)
    tries = fields.Integer(required=True)
    result = fields.Dict(required=True, allow_none=True)
    fault = fields.Nested(WorkFailureSchema, required=True, allow_none=True)
    has_file = fields.Boolean(required=True)
    file_name = fields.String(required=True, allow_none=True)
    scheduler_alive = fields.Boolean(required=True)


class WorkPageSchema(PageSchema):
    """The caller's works, the newest first."""

    items = rows_of(WorkSchema)
