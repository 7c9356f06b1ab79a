"""The scheduler's day as the API shows it."""

from marshmallow import fields

from app.schemas.item import TextSchema
from app.schemas.loading import OutputSchema
from app.schemas.paging import PageSchema, rows_of


class JobRunSchema(OutputSchema):
    """The last run of a job: the instant to which it belongs, when it ran, how it ended."""

    due_at = fields.AwareDateTime(required=True, allow_none=True)
    started_at = fields.AwareDateTime(required=True, allow_none=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)
    outcome = fields.String(required=True, allow_none=True)
    message = fields.String(required=True, allow_none=True)


class JobSchema(OutputSchema):
    """A job of the day; `grace_seconds` null: the latest run is always made up."""

    job = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)
    why = fields.Nested(TextSchema, required=True)
    rhythm = fields.Nested(TextSchema, required=True)
    grace_seconds = fields.Integer(required=True, allow_none=True)
    is_owed = fields.Boolean(required=True)
    next_at = fields.AwareDateTime(required=True)
    last = fields.Nested(JobRunSchema, required=True, allow_none=True)


class WorkerSchema(OutputSchema):
    """A process of `flask worker` that lives; `concurrency` long works at one time."""

    host = fields.String(required=True)
    process_id = fields.Integer(required=True)
    concurrency = fields.Integer(required=True)
    started_at = fields.AwareDateTime(required=True)
    beat_at = fields.AwareDateTime(required=True)


class DaySchema(PageSchema):
    """Whether the scheduler lives, its jobs, and the processes that take jobs from the queue (none with SQLite)."""

    is_alive = fields.Boolean(required=True)
    heard_at = fields.AwareDateTime(required=True, allow_none=True)
    workers = fields.List(fields.Nested(WorkerSchema), required=True)
    items = rows_of(JobSchema)
