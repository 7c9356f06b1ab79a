"""What the API takes and shows of long work."""

from typing import Any

from marshmallow import fields, validate

from app.schemas.fund.text import BIGGEST
from app.schemas.item import TextSchema
from app.schemas.loading import InputSchema, OutputSchema, expects
from app.schemas.paging import PageQuerySchema, PageSchema, rows_of

KINDS = ("paper", "planned_paper", "report", "import", "export", "meeting_bundle", "issue_paper")
#: `report` is what `paper` was called when there was the progress report alone; it makes a paper.
ASKED_KINDS = ("paper", "report", "export", "meeting_bundle", "issue_paper")
_KIND = expects("paper、report、export或meeting_bundle", "paper, report, export or meeting_bundle")


class NewWorkSchema(InputSchema):
    """Long work to be done; an import is asked for by sending its file to /imports."""

    kind = fields.String(required=True, validate=validate.OneOf(ASKED_KINDS), metadata=_KIND)
    arguments = fields.Dict(keys=fields.String(), load_default=dict, metadata=expects("对象", "an object"))


class Choices(fields.List[str]):
    """Some of a few words."""

    def __init__(self, known: tuple[str, ...], **more: Any) -> None:  # noqa: ANN401  # marshmallow's own options
        said = expects(f"{', '.join(known)}中的若干项", f"a list of {', '.join(known)}")
        self.example = [known[0]]
        super().__init__(fields.String(validate=validate.OneOf(known), metadata=said), metadata=said, **more)


class NewReportSchema(InputSchema):
    """A paper of the report centre to be made: `kind` with what it needs (GET /reports/kinds).

    `month` and `lang` alone ask for the progress report of a month as a PDF, as they always did.
    """

    kind = fields.String(validate=validate.Length(1, 40), metadata=expects("报告种类", "a kind of paper"))
    scope = fields.Integer(
        strict=True, allow_none=True, validate=validate.Range(1, BIGGEST),
        metadata=expects("部门、事项或资金的编号", "the id of a department, item or fund"),
    )  # fmt: skip
    period = fields.String(
        allow_none=True, validate=validate.Length(4, 7), metadata=expects("YYYY-MM或YYYY", "YYYY-MM or YYYY")
    )
    languages = Choices(("zh", "en"))
    endings = Choices(("pdf", "docx", "xlsx"))
    month = fields.String(validate=validate.Length(7, 7), metadata=expects("YYYY-MM", "a month as YYYY-MM"))
    lang = fields.String(validate=validate.OneOf(("zh", "en")), metadata=expects("zh或en", "zh or en"))


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
    repeats_id = fields.Integer(required=True, allow_none=True)
    has_file = fields.Boolean(required=True)
    file_name = fields.String(required=True, allow_none=True)
    scheduler_alive = fields.Boolean(required=True)


class WorkPageSchema(PageSchema):
    """The caller's works, the newest first."""

    items = rows_of(WorkSchema)
