"""What pages and API share about series: a draft as it is given, a year's preview, a meeting planned by hand."""

import re
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime, time, timedelta
from typing import Any

from app.core.errors import Fault, InvalidError, Sentence
from app.edge.context import Context, Unit
from app.policy.people import Actor
from app.queries.meeting.series import SeriesRow, list_groups
from app.services.act import Act
from app.services.meeting.group.founding import require_office
from app.services.meeting.planning import NewMeeting, plan_meeting
from app.services.meeting.series.founding import SeriesDraft, read_draft
from app.services.meeting.series.occurring import preview
from workflows.meeting.recurrence import Occurrence, SeriesRule, parse_rule
from workflows.roles import Duty

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)")
_WRONG_MONTH = Sentence("应写作 2026-05。", "A month as 2026-05.")


def read_series_draft(given: Mapping[str, Any]) -> SeriesDraft:
    """Return the draft that a loaded body or form gives."""
    return SeriesDraft(**{one.name: given[one.name] for one in fields(SeriesDraft) if one.name in given})


def preview_draft(context: Context, unit: Unit, draft: SeriesDraft) -> tuple[SeriesRule, tuple[Occurrence, ...]]:
    """Return the rule and a year of a series that is not founded yet; InvalidError with every fault."""
    values = read_draft(draft)
    rule = parse_rule(values["rule"])
    first = max(draft.first_month, f"{context.today():%Y-%m}")
    return rule, preview(unit.connection(), context.book, rule, first, last=draft.last_month)


def preview_series(
    context: Context, unit: Unit, row: SeriesRow, first: str | None = None, months: int = 12
) -> tuple[Occurrence, ...]:
    """Return the periods of a series from a month on, the present one when left out; InvalidError for no month."""
    if first is not None and not _MONTH.fullmatch(first):
        raise InvalidError([Fault("first", _WRONG_MONTH)])
    begin = max(row.first_month, first or f"{context.today():%Y-%m}")
    return preview(unit.connection(), context.book, parse_rule(row.rule), begin, last=row.last_month, count=months)


def plan_by_hand(context: Context, unit: Unit, act: Act, actor: Actor, given: Mapping[str, Any]) -> int:
    """Plan a meeting outside of any series; return its id. ForbiddenError outside the office, InvalidError."""
    require_office(actor, "meeting")
    faults = []
    if given["group"] not in dict(list_groups(unit.connection(), actor.readers)):
        faults.append(Fault("group", Sentence("没有这个领导小组。", "There is no such group.")))
    clock = _CLOCK.fullmatch(given["clock"].strip())
    if clock is None:
        faults.append(Fault("clock", Sentence("应为时:分，如14:30。", "Hour and minute, as 14:30.")))
    if given["day"] < act.today:
        faults.append(Fault("day", Sentence("日期不能早于今天。", "The day must not lie before today.")))
    if given["confidential"] and not any(one.is_director or one.duty is Duty.LEADER for one in actor.general):
        said = Sentence(
            "限定范围的会议由协调办主任安排：您安排后将无法查看。",
            "A restricted meeting is planned by the office's director: you could not see it afterwards.",
        )
        faults.append(Fault("confidential", said))
    if given["cutoff_on"] is not None and given["cutoff_on"] > given["day"]:
        faults.append(Fault("cutoff_on", Sentence("不能晚于会议日期。", "Not after the day of the meeting.")))
    if faults or clock is None:
        raise InvalidError(faults)
    at = datetime.combine(given["day"], time(int(clock[1]), int(clock[2])), tzinfo=context.settings.timezone)
    starts_at = at.astimezone(UTC)
    new = NewMeeting(
        given["group"], given["title"], given["forum"], starts_at, starts_at + timedelta(minutes=given["minutes"]),
        given["place"], cutoff_on=given["cutoff_on"], confidential=given["confidential"],
    )  # fmt: skip
    return plan_meeting(act, context.book, new)
