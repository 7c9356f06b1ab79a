"""Working calendars as the API takes and shows them."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from app.schemas.loading import InputSchema, OutputSchema, Truth, expects
from app.schemas.paging import LanguageQuerySchema, PageSchema, rows_of
from workflows.calendar import FIRST_ON, LAST_ON

_COUNT_MAX = 5000
_DAY = expects(f"{FIRST_ON}至{LAST_ON}的日期，如2026-06-16", f"a date from {FIRST_ON} to {LAST_ON}, e.g. 2026-06-16")


def _require_in_calendar(value: Any) -> None:  # noqa: ANN401  # a date
    if not FIRST_ON <= value <= LAST_ON:
        raise ValidationError("out of range")


class WorkdayQuerySchema(LanguageQuerySchema):
    """What to count: `from` with either `until` or `n`."""

    from_on = fields.Date(data_key="from", required=True, validate=_require_in_calendar, metadata=_DAY)
    until_on = fields.Date(data_key="until", validate=_require_in_calendar, metadata=_DAY)
    n = fields.Integer(
        validate=validate.Range(-_COUNT_MAX, _COUNT_MAX),
        metadata=expects(f"-{_COUNT_MAX}至{_COUNT_MAX}的整数", f"a whole number from -{_COUNT_MAX} to {_COUNT_MAX}"),
    )


class WorkdaysSchema(OutputSchema):
    """Working days after `from` up to `until`; negative when `until` lies before."""

    from_on = fields.Date(data_key="from", required=True)
    until_on = fields.Date(data_key="until", required=True)
    workdays = fields.Integer(required=True)
    is_provisional = fields.Boolean(
        required=True,
        metadata={"en": "It rests on a year without an official table", "zh": "涉及尚未公布安排的年份"},
    )


class KnownYearSchema(OutputSchema):
    """A year of which a table was loaded; a forecast leaves it provisional."""

    year = fields.Integer(required=True)
    is_forecast = fields.Boolean(required=True)
    source = fields.String(required=True)
    loaded_at = fields.AwareDateTime(required=True)


class YearPageSchema(PageSchema):
    """The years of which a table was loaded, the latest first."""

    items = rows_of(KnownYearSchema)


class ListedDaySchema(OutputSchema):
    """A day that differs from its weekday: holiday or makeup."""

    on_day = fields.Date(data_key="on", required=True)
    kind = fields.String(required=True, validate=validate.OneOf(("holiday", "makeup")))
    name = fields.String(required=True)


class YearSchema(OutputSchema):
    """A year: official once its published table is loaded, else provisional."""

    year = fields.Integer(required=True)
    is_official = fields.Boolean(required=True)
    is_forecast = fields.Boolean(required=True)
    source = fields.String(required=True, allow_none=True)
    loaded_at = fields.AwareDateTime(required=True, allow_none=True)
    workdays = fields.Integer(required=True, metadata={"en": "Working days of the year", "zh": "全年工作日数"})
    days = fields.List(fields.Nested(ListedDaySchema), required=True)


class CalendarRequestSchema(InputSchema):
    """A table to load, holiday by holiday or day by day; with `dry_run` nothing is written."""

    table = fields.Dict(required=True, keys=fields.String(), metadata=expects("放假安排", "a table of days off"))
    dry_run = Truth(load_default=False, metadata=expects("true或false", "true or false"))


class DayChangeSchema(OutputSchema):
    """A day whose nature changes; null: what its weekday says."""

    on = fields.Date(required=True)
    before = fields.String(required=True, allow_none=True)
    after = fields.String(required=True, allow_none=True)


class DueMoveSchema(OutputSchema):
    """A computed due date that moves."""

    item_id = fields.Integer(required=True)
    title = fields.String(required=True)
    old_on = fields.Date(required=True)
    new_on = fields.Date(required=True)


class LoadedSchema(OutputSchema):
    """What a load did, or would do; the limits and rungs are counted only by a real load."""

    year = fields.Integer(required=True)
    is_forecast = fields.Boolean(required=True)
    dry_run = fields.Boolean(required=True)
    days_changed = fields.Integer(required=True)
    due_dates_moved = fields.Integer(required=True)
    limits_moved = fields.Integer(required=True, allow_none=True)
    rungs_moved = fields.Integer(required=True, allow_none=True)
    changes = fields.List(fields.Nested(DayChangeSchema), required=True)
    moves = fields.List(
        fields.Nested(DueMoveSchema),
        required=True,
        metadata={
            "en": "The first fifty that the caller may read; empty after a load",
            "zh": "可阅看的前五十个，导入后为空",
        },
    )
