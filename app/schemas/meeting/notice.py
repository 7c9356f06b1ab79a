"""Meetings, their series, the people asked, replies and attendance, as the API takes and shows them."""

from typing import Any

from marshmallow import fields, validate

from app.core.text import NAME_MAX, TEXT_MAX, TITLE_MAX
from app.schemas.fund.text import BIGGEST, Line, read_id
from app.schemas.item import Day, TextSchema
from app.schemas.loading import InputSchema, OutputSchema, Truth, expects
from app.schemas.paging import LanguageQuerySchema, PageQuerySchema, PageSchema, rows_of
from workflows.meeting.attendance import ATTENDANCES, REPLIES
from workflows.meeting.procedure import FORUMS

_RULE_MAX, _MONTH_MAX, _CLOCK_MAX, _REASON_MAX = 40, 7, 5, 500
MARKS_MAX = 500


class _Text(Line):
    """A short text of a fixed form, such as a month or a rule for the day."""

    def __init__(self, limit: int, example: str, **more: Any) -> None:  # noqa: ANN401  # marshmallow's own options
        self.example = example
        super().__init__(limit, **more)


class _Count(fields.Integer):
    """A whole number within bounds, with its default as example."""

    def __init__(self, least: int, most: int, default: int) -> None:
        self.example = default
        said = expects(f"{least}至{most}的整数", f"a whole number from {least} to {most}")
        super().__init__(strict=True, load_default=default, validate=validate.Range(least, most), metadata=said)


def _choice(known: tuple[str, ...], *, required: bool = False) -> fields.String:
    listed = ", ".join(known)
    said = expects(f"{listed}之一", f"one of {listed}")
    return fields.String(required=required, validate=validate.OneOf(known), metadata=said)


class MeetingQuerySchema(PageQuerySchema):
    """Which meetings are listed: of a group, over or ahead, within days."""

    group = fields.Integer(
        load_default=None, validate=validate.Range(1, BIGGEST), metadata=expects("领导小组编号", "a group's id")
    )
    when = fields.String(
        load_default=None, validate=validate.OneOf(("ahead", "past")),
        metadata=expects("ahead或past", "ahead or past"),
    )  # fmt: skip
    from_on = Day(load_default=None)
    until_on = Day(load_default=None)


class NewMeetingSchema(InputSchema):
    """A meeting to plan by hand: day and time of the city."""

    group = read_id(required=True)
    title = Line(TITLE_MAX, required=True)
    forum = _choice(tuple(FORUMS), required=True)
    day = Day(required=True)
    clock = _Text(_CLOCK_MAX, "14:30", required=True)
    minutes = _Count(10, 1440, 120)
    place = Line(TITLE_MAX, load_default=None, allow_none=True)
    cutoff_on = Day(load_default=None, allow_none=True)
    confidential = Truth(load_default=False, metadata=expects("true或false", "true or false"))


class SeriesBodySchema(InputSchema):
    """A series: the rule for the day, every so many months from `anchor` on, what a rest day does."""

    name = Line(TITLE_MAX, required=True)
    name_en = Line(TITLE_MAX, load_default=None, allow_none=True)
    forum = _Text(NAME_MAX, "office", required=True)
    day = _Text(_RULE_MAX, "weekday:2:tue", required=True)
    every = _Text(2, "1", load_default="1")
    anchor = _Text(_MONTH_MAX, "2026-03", load_default="")
    policy = _Text(_RULE_MAX, "next", load_default="next")
    starts = _Text(_CLOCK_MAX, "14:30", required=True)
    duration_minutes = _Count(10, 1440, 120)
    place = Line(TITLE_MAX, load_default=None, allow_none=True)
    first_month = _Text(_MONTH_MAX, "2026-03", required=True)
    last_month = _Text(_MONTH_MAX, "2026-12", load_default=None, allow_none=True)
    call_workdays = _Count(0, 60, 10)
    cutoff_workdays = _Count(0, 60, 5)
    notice_workdays = _Count(0, 60, 3)


class NewSeriesSchema(SeriesBodySchema):
    """A series to found for a group."""

    group = read_id(required=True)


class SeriesChangeSchema(SeriesBodySchema):
    """A series as it is to be, and why it changes."""

    reason = Line(_REASON_MAX, required=True)


class SeriesEndSchema(InputSchema):
    """With which month a series ends, and why."""

    last_month = _Text(_MONTH_MAX, "2026-12", required=True)
    reason = Line(_REASON_MAX, required=True)


class SeriesQuerySchema(LanguageQuerySchema):
    """Which series are listed."""

    group = fields.Integer(
        load_default=None, validate=validate.Range(1, BIGGEST), metadata=expects("领导小组编号", "a group's id")
    )


class SeriesPreviewQuerySchema(LanguageQuerySchema):
    """The first month of a preview; left out: the present one. At most 24 months."""

    first = _Text(_MONTH_MAX, "2026-03", load_default=None)
    months = fields.Integer(
        load_default=12, validate=validate.Range(1, 24), metadata=expects("1至24的整数", "a whole number from 1 to 24")
    )


class SeriesOccurrenceSchema(OutputSchema):
    """One period of a series; `on` is null where it is skipped, `reason` says what is out of the ordinary."""

    month = fields.String(required=True)
    nominal_on = fields.Date(required=True)
    on = fields.Date(required=True, allow_none=True)
    reason = fields.Nested(TextSchema, required=True, allow_none=True)
    is_moved = fields.Boolean(required=True)
    is_skipped = fields.Boolean(required=True)
    is_provisional = fields.Boolean(required=True)


class SeriesPreviewSchema(OutputSchema):
    """The periods of a series, and its rule in words."""

    rule_text = fields.Nested(TextSchema, required=True)
    items = fields.List(fields.Nested(SeriesOccurrenceSchema), required=True)


class SeriesSchema(OutputSchema):
    """A series; `rule` as it is stored and `rule_text` in words; `planned` counts its meetings that are ahead."""

    id = fields.Integer(required=True)
    version = fields.Integer(required=True)
    group_id = fields.Integer(required=True)
    group_title = fields.String(required=True)
    name = fields.String(required=True)
    name_en = fields.String(required=True, allow_none=True)
    forum = fields.String(required=True)
    rule = fields.String(required=True)
    rule_text = fields.Nested(TextSchema, required=True)
    policy = fields.String(required=True)
    starts = fields.String(required=True)
    duration_minutes = fields.Integer(required=True)
    place = fields.String(required=True, allow_none=True)
    first_month = fields.String(required=True)
    last_month = fields.String(required=True, allow_none=True)
    call_workdays = fields.Integer(required=True)
    cutoff_workdays = fields.Integer(required=True)
    notice_workdays = fields.Integer(required=True)
    planned = fields.Integer(required=True)


class SeriesListSchema(OutputSchema):
    """All series that the caller may read."""

    items = fields.List(fields.Nested(SeriesSchema), required=True)


class SeriesStaySchema(OutputSchema):
    """A planned meeting that stays where it is: notified, by_hand, no_day or past."""

    meeting_id = fields.Integer(required=True)
    why = fields.String(required=True)
    held_on = fields.Date(required=True)
    rule_on = fields.Date(required=True, allow_none=True)


class SeriesAnswerSchema(OutputSchema):
    """A series as it was written; what became of its planned meetings."""

    id = fields.Integer(required=True)
    version = fields.Integer(required=True)
    moved = fields.List(fields.Integer(), required=True)
    stays = fields.List(fields.Nested(SeriesStaySchema), required=True)


class SeriesEndedSchema(OutputSchema):
    """An ended series; `stays` are planned meetings behind its last month, which nobody cancelled."""

    id = fields.Integer(required=True)
    version = fields.Integer(required=True)
    stays = fields.List(fields.Integer(), required=True)


class MeetingSchema(OutputSchema):
    """A meeting of a list; `topics` and `decisions` count what the caller may read."""

    id = fields.Integer(required=True)
    title = fields.String(required=True)
    state = fields.String(required=True)
    version = fields.Integer(required=True)
    confidential = fields.Boolean(required=True)
    group_id = fields.Integer(required=True, allow_none=True)
    series_id = fields.Integer(required=True, allow_none=True)
    month = fields.String(required=True, allow_none=True)
    forum = fields.String(required=True)
    ordinal = fields.Integer(required=True, allow_none=True)
    planned_on = fields.Date(required=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    place = fields.String(required=True, allow_none=True)
    cutoff_on = fields.Date(required=True, allow_none=True)
    minutes_number = fields.String(required=True, allow_none=True)
    topics = fields.Integer(required=True)
    decisions = fields.Integer(required=True)


class MeetingPageSchema(PageSchema):
    """A page of meetings."""

    items = rows_of(MeetingSchema)


class MeetingAnswerSchema(OutputSchema):
    """A meeting that was planned."""

    id = fields.Integer(required=True)


class NewParticipantSchema(InputSchema):
    """Somebody to be asked: one of post, person, name; a guest with `topic` comes for that one alone."""

    role = _choice(("guest", "recorder"), required=True)
    post = read_id(load_default=None, allow_none=True)
    person = read_id(load_default=None, allow_none=True)
    name = Line(NAME_MAX, load_default=None, allow_none=True)
    department = read_id(load_default=None, allow_none=True)
    topic = read_id(load_default=None, allow_none=True)


class MeetingRemovalSchema(InputSchema):
    """Why somebody is taken off the list."""

    reason = Line(_REASON_MAX, required=True)


class ParticipantSchema(OutputSchema):
    """Somebody on the list, their reply and attendance; `seat` is null for guests and recorders."""

    id = fields.Integer(required=True)
    role = fields.String(required=True)
    seat = fields.String(required=True, allow_none=True)
    post_id = fields.Integer(required=True, allow_none=True)
    person_id = fields.Integer(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)
    department_id = fields.Integer(required=True, allow_none=True)
    department_name = fields.String(required=True, allow_none=True)
    topic_id = fields.Integer(required=True, allow_none=True)
    reply = fields.String(required=True)
    reply_reason = fields.String(required=True, allow_none=True)
    replied_at = fields.AwareDateTime(required=True, allow_none=True)
    stand_in_id = fields.Integer(required=True, allow_none=True)
    stand_in_name = fields.String(required=True, allow_none=True)
    attendance = fields.String(required=True, allow_none=True)
    arrived_at = fields.AwareDateTime(required=True, allow_none=True)
    opinion = fields.String(required=True, allow_none=True)


class MeetingQuorumSchema(OutputSchema):
    """Units invited, present, needed; `missing` says what keeps the meeting from deciding."""

    units = fields.Integer(required=True)
    present = fields.Integer(required=True)
    needed = fields.Integer(required=True)
    missing = fields.Nested(TextSchema, required=True, allow_none=True)


class MeetingConflictSchema(OutputSchema):
    """Somebody keeps out of a topic."""

    topic_id = fields.Integer(required=True)
    topic_title = fields.String(required=True)
    participant_id = fields.Integer(required=True)
    note = fields.String(required=True)


class ParticipantListSchema(OutputSchema):
    """The list of a meeting, who keeps out of what, and the quorum as it stands."""

    items = fields.List(fields.Nested(ParticipantSchema), required=True)
    conflicts = fields.List(fields.Nested(MeetingConflictSchema), required=True)
    quorum = fields.Nested(MeetingQuorumSchema, required=True)


class ParticipantAnswerSchema(OutputSchema):
    """A row of the list that was written."""

    id = fields.Integer(required=True)


class MeetingReplySchema(InputSchema):
    """A reply: leave with its reason, a stand-in by id; `participant` lets the office note somebody else's."""

    reply = _choice(tuple(one for one in REPLIES if one != "none"), required=True)
    reason = Line(TEXT_MAX, newlines=True, load_default=None, allow_none=True)
    stand_in = read_id(load_default=None, allow_none=True)
    opinion = Line(TEXT_MAX, newlines=True, load_default=None, allow_none=True)
    participant = read_id(load_default=None, allow_none=True)


class MeetingMarkSchema(InputSchema):
    """How one of the list attended; null takes the mark back."""

    participant = read_id(required=True)
    attendance = fields.String(
        required=True, allow_none=True, validate=validate.OneOf(tuple(ATTENDANCES)),
        metadata=expects(f"{', '.join(ATTENDANCES)}之一，或null", f"one of {', '.join(ATTENDANCES)}, or null"),
    )  # fmt: skip


class MeetingAttendanceSchema(InputSchema):
    """Marks of several people."""

    marks = fields.List(
        fields.Nested(MeetingMarkSchema), required=True, validate=validate.Length(1, MARKS_MAX),
        metadata=expects(f"1至{MARKS_MAX}行到会情况", f"1 to {MARKS_MAX} marks"),
    )  # fmt: skip


class NewMeetingConflictSchema(InputSchema):
    """Who keeps out of which topic, and why."""

    topic = read_id(required=True)
    participant = read_id(required=True)
    note = Line(_REASON_MAX, required=True)


class MeetingConflictKeySchema(InputSchema):
    """Who no longer keeps out of which topic."""

    topic = read_id(required=True)
    participant = read_id(required=True)
