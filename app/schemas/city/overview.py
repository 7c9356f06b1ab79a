"""The figures of the overview as the API shows them; docs/dashboard.md defines each."""

from marshmallow import fields, validate

from app.schemas.item import TextSchema
from app.schemas.loading import InputSchema, OutputSchema, expects
from app.schemas.paging import LanguageQuerySchema

_READER_MAX = 30


def _says(en: str, zh: str) -> dict[str, str]:
    return {"en": en, "zh": zh}


class OverviewQuerySchema(LanguageQuerySchema):
    """The query of the overview."""

    of = fields.String(
        validate=validate.Length(1, _READER_MAX),
        metadata=expects("views中的一项，如OFFICE、D:7", "one of the answer's views, e.g. OFFICE or D:7"),
    )


class RefreshSchema(InputSchema):
    """The body of a request for fresh figures: nothing."""


class RefreshedSchema(OutputSchema):
    """Whether figures were made."""

    is_new = fields.Boolean(
        required=True, metadata=_says("false: they were made within half a minute before", "false表示半分钟内刚更新过")
    )


class OverviewViewSchema(OutputSchema):
    """A range over which the caller's figures can be counted; `department_id` null: the whole city."""

    key = fields.String(required=True, metadata=_says("What the query's `of` takes", "参数of的取值"))
    department_id = fields.Integer(required=True, allow_none=True)


class LightCountSchema(OutputSchema):
    """Open projects with one light."""

    light = fields.String(required=True)
    projects = fields.Integer(required=True)


class PhaseCountSchema(OutputSchema):
    """Open projects in one phase; without a name: no phase has begun."""

    seq = fields.Integer(required=True)
    phase = fields.Nested(TextSchema, required=True, allow_none=True)
    projects = fields.Integer(required=True)


class MonthCountSchema(OutputSchema):
    """Tasks and shares finished in a month."""

    finished = fields.Integer(required=True, metadata=_says("Finished in all", "办结数"))
    dated = fields.Integer(
        required=True, metadata=_says("Of these with an original due date: the denominator", "其中有原定期限的（分母）")
    )
    on_time = fields.Integer(
        required=True, metadata=_says("Of these sent in by that date: the numerator", "其中按期的（分子）")
    )


class DepartmentRateSchema(MonthCountSchema):
    """A department's on-time rate, month by month in the order of `months`, and in all."""

    department_id = fields.Integer(required=True)
    rate_pct = fields.Integer(
        required=True, allow_none=True, metadata=_says("on_time of dated, in percent", "按期办结率（百分数）")
    )
    overdue = fields.Integer(
        required=True, metadata=_says("Its open tasks and shares past their date now", "现逾期未结的任务和分工数")
    )
    months = fields.List(fields.Nested(MonthCountSchema), required=True)


class StateDaysSchema(OutputSchema):
    """How long stays in a state lasted, in working days."""

    kind = fields.String(required=True)
    state = fields.String(required=True)
    count = fields.Integer(required=True, metadata=_says("Stays that ended", "停留次数"))
    median_workdays = fields.Float(required=True)
    ninth_decile_workdays = fields.Float(
        required=True, metadata=_says("Nine stays in ten were no longer", "九成停留不超过的工作日数")
    )


class KindCountsSchema(OutputSchema):
    """Open items by kind."""

    project = fields.Integer(required=True)
    task = fields.Integer(required=True)
    share = fields.Integer(required=True)
    slip = fields.Integer(required=True)
    request = fields.Integer(required=True)


class WeekLoadSchema(OutputSchema):
    """Open items that fall due between two days, both included."""

    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True)
    kinds = fields.Nested(KindCountsSchema, required=True)


class LoadSchema(OutputSchema):
    """Open items by due date."""

    overdue = fields.Nested(KindCountsSchema, required=True)
    weeks = fields.List(fields.Nested(WeekLoadSchema), required=True)
    later = fields.Nested(KindCountsSchema, required=True)
    undated = fields.Nested(KindCountsSchema, required=True)


class JointCellSchema(OutputSchema):
    """Open projects and tasks that one department leads and another supports."""

    lead_id = fields.Integer(required=True)
    support_id = fields.Integer(required=True)
    projects = fields.Integer(required=True)
    tasks = fields.Integer(required=True)


class NamedDepartmentSchema(OutputSchema):
    """A department that the figures speak of."""

    id = fields.Integer(required=True)
    name = fields.Nested(TextSchema, required=True)


class FiguresSchema(OutputSchema):
    """All figures of one view as of a day."""

    today = fields.Date(required=True)
    projects = fields.Integer(required=True, metadata=_says("Open projects in all", "在办项目总数"))
    lights = fields.List(fields.Nested(LightCountSchema), required=True)
    phases = fields.List(fields.Nested(PhaseCountSchema), required=True)
    months = fields.List(fields.Date(), required=True)
    rates = fields.List(fields.Nested(DepartmentRateSchema), required=True)
    states = fields.List(fields.Nested(StateDaysSchema), required=True)
    load_ahead = fields.Nested(LoadSchema, required=True)
    joint = fields.List(fields.Nested(JointCellSchema), required=True)


class OverviewSchema(OutputSchema):
    """The overview for a caller; `figures` null: the job has not made them yet."""

    view = fields.String(required=True, metadata=_says("The view shown; empty: none is theirs", "统计范围，空表示没有"))
    views = fields.List(fields.Nested(OverviewViewSchema), required=True)
    made_at = fields.AwareDateTime(required=True, allow_none=True)
    next_at = fields.AwareDateTime(required=True)
    figures = fields.Nested(FiguresSchema, required=True, allow_none=True)
    departments = fields.List(fields.Nested(NamedDepartmentSchema), required=True)
