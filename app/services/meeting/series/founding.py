"""A series is founded, changed and ended by the office; meetings that it has planned are never lost by it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update

from app.core.errors import ConflictError, Fault, InvalidError, NotFoundError, Sentence, StaleError
from app.core.text import TITLE_MAX
from app.models.item import Item
from app.models.meeting import Meeting, MeetingSeries
from app.policy.access import can_read
from app.policy.people import Actor
from app.services.act import Act, read_name
from app.services.meeting.group.founding import require_office
from app.services.meeting.series.keeping import Kept, align_series
from app.services.meeting.series.occurring import read_series
from app.services.meeting.standing import AHEAD
from app.services.rulebook import Rulebook
from workflows.calendar import FIRST_ON, LAST_ON
from workflows.meeting.procedure import FORUMS
from workflows.meeting.recurrence import SeriesRule, WrongRuleError, read_rule

DURATION_MIN, DURATION_MAX = 10, 1440
WORKDAYS_MAX = 60
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
#: Where the rule's own names of its parts differ from the form's.
_PLACES = {"rest": "policy", "text": "day"}


@dataclass(frozen=True, slots=True)
class SeriesDraft:
    """A series as it is typed: the rule in four texts as `read_rule` takes them, a wall-clock time, months "YYYY-MM".

    The three counts are working days before the meeting.
    """

    name: str
    forum: str
    day: str
    starts: str
    first_month: str
    every: str = "1"
    anchor: str = ""
    policy: str = "next"
    duration_minutes: int = 120
    place: str | None = None
    name_en: str | None = None
    last_month: str | None = None
    call_workdays: int = 10
    cutoff_workdays: int = 5
    notice_workdays: int = 3


@dataclass(frozen=True, slots=True)
class Ended:
    """What is left of a series that was ended: meetings that it had planned after its last month, which stay."""

    version: int
    stays: tuple[int, ...]


def found_series(act: Act, actor: Actor, group_id: int, draft: SeriesDraft) -> int:
    """Found a series of a group; return its id. NotFoundError, ForbiddenError (not the office), InvalidError."""
    _require_group(act, actor, group_id)
    values = read_draft(draft)
    series_id = act.connection.execute(
        insert(MeetingSeries)
        .values(group_id=group_id, created_by=act.acting.person_id, created_at=act.now, version=1, **values)
        .returning(MeetingSeries.id)
    ).scalar_one()
    act.audit("series.found", f"meeting_series:{series_id}", after=values, item_id=group_id)
    return int(series_id)


def change_series(
    act: Act, book: Rulebook, actor: Actor, series_id: int, draft: SeriesDraft, version: int | None, reason: str
) -> tuple[int, Kept]:
    """Change a series; return its version and what became of its planned meetings.

    Only meetings whose notice is not out are moved, and none that somebody moved by hand; none is cancelled, even
    where the new rule has no meeting in its month. Errors as `found_series`, and StaleError.
    """
    known = _require_series(act, actor, series_id, version)
    said = _read_reason(reason)
    values = read_draft(draft)
    before = {name: getattr(known, name) for name in values}
    if before == values:
        return known.version, Kept()
    act.connection.execute(
        update(MeetingSeries).where(MeetingSeries.id == series_id).values(version=known.version + 1, **values)
    )
    changed = {name: value for name, value in values.items() if before[name] != value}
    act.audit(
        "series.change", f"meeting_series:{series_id}", item_id=known.group_id,
        before={name: before[name] for name in changed}, after=changed | {"reason": said},
    )  # fmt: skip
    return known.version + 1, align_series(act, book, series_id, said)


def end_series(
    act: Act, actor: Actor, series_id: int, version: int | None, last_month: str, reason: str
) -> Ended:  # fmt: skip
    """End a series with a month ("YYYY-MM"): nothing is planned after it any more, and nothing is cancelled.

    Tells which planned meetings lie behind it; the office cancels those that are not to be held. Errors as
    `change_series`; ConflictError when it ended earlier already.
    """
    known = _require_series(act, actor, series_id, version)
    said = _read_reason(reason)
    if not _MONTH.fullmatch(last_month) or last_month < known.first_month:
        wrong = Sentence(
            f"应写作 2026-12，不早于{known.first_month}。", f"A month as 2026-12, from {known.first_month} on."
        )
        raise InvalidError([Fault("last_month", wrong)])
    if known.last_month is not None and known.last_month <= last_month:
        over = Sentence(f"该系列已于{known.last_month}止。", f"The series ends with {known.last_month} already.")
        raise ConflictError("series_ended", over)
    act.connection.execute(
        update(MeetingSeries)
        .where(MeetingSeries.id == series_id)
        .values(last_month=last_month, version=known.version + 1)
    )
    act.audit(
        "series.end", f"meeting_series:{series_id}", item_id=known.group_id,
        before={"last_month": known.last_month}, after={"last_month": last_month, "reason": said},
    )  # fmt: skip
    stays = act.connection.execute(
        select(Meeting.item_id)
        .join(Item, Item.id == Meeting.item_id)
        .where(Meeting.series_id == series_id, Meeting.month > last_month, Item.state.in_(AHEAD))
        .order_by(Meeting.starts_at)
    ).scalars()
    return Ended(known.version + 1, tuple(stays))


def read_draft(draft: SeriesDraft) -> dict[str, Any]:
    """Return the columns of a series; InvalidError with every fault at once, each beside its field."""
    faults: list[Fault] = []
    rule = _read_rule(faults, draft)
    name = read_name(faults, "name", draft.name, TITLE_MAX)
    name_en = read_name(faults, "name_en", draft.name_en, TITLE_MAX, required=False)
    place = read_name(faults, "place", draft.place, TITLE_MAX, required=False)
    if draft.forum not in FORUMS:
        listed = ", ".join(FORUMS)
        faults.append(Fault("forum", Sentence(f"应为{listed}之一。", f"One of {listed}.")))
    clock = _CLOCK.fullmatch(draft.starts.strip())
    if clock is None:
        faults.append(Fault("starts", Sentence("应为时:分，如14:30。", "Hour and minute, as 14:30.")))
    if not DURATION_MIN <= draft.duration_minutes <= DURATION_MAX:
        said = Sentence(f"应为{DURATION_MIN}至{DURATION_MAX}分钟。", f"From {DURATION_MIN} to {DURATION_MAX} minutes.")
        faults.append(Fault("duration_minutes", said))
    faults += _check_months(draft)
    faults += _check_workdays(draft)
    if faults or clock is None or rule is None:
        raise InvalidError(faults)
    return {
        "name": name, "name_en": name_en, "forum": draft.forum, "rule": str(rule), "policy": rule.rest.value,
        "starts": f"{int(clock[1]):02d}:{clock[2]}", "duration_minutes": draft.duration_minutes, "place": place,
        "first_month": draft.first_month, "last_month": draft.last_month, "call_workdays": draft.call_workdays,
        "cutoff_workdays": draft.cutoff_workdays, "notice_workdays": draft.notice_workdays,
    }  # fmt: skip


def _read_rule(faults: list[Fault], draft: SeriesDraft) -> SeriesRule | None:
    try:
        return read_rule(draft.day, draft.every, draft.anchor, draft.policy)
    except WrongRuleError as error:
        faults += [
            Fault(_PLACES.get(one.place, one.place), Sentence(one.says.zh + "。", one.says.en + "."))
            for one in error.faults
        ]
    return None


def _check_months(draft: SeriesDraft) -> Sequence[Fault]:
    first, last = f"{FIRST_ON:%Y-%m}", f"{LAST_ON:%Y-%m}"
    wrong = Sentence(f"应写作 2026-01，在{first}至{last}之间。", f"A month as 2026-01, from {first} to {last}.")
    faults = []
    if not _MONTH.fullmatch(draft.first_month) or not first <= draft.first_month <= last:
        faults.append(Fault("first_month", wrong))
    if draft.last_month is not None:
        if not _MONTH.fullmatch(draft.last_month) or not first <= draft.last_month <= last:
            faults.append(Fault("last_month", wrong))
        elif draft.last_month < draft.first_month:
            said = Sentence("不能早于起始月份。", "Not before the first month.")
            faults.append(Fault("last_month", said))
    return faults


def _check_workdays(draft: SeriesDraft) -> Sequence[Fault]:
    counts = {
        "call_workdays": draft.call_workdays, "cutoff_workdays": draft.cutoff_workdays,
        "notice_workdays": draft.notice_workdays,
    }  # fmt: skip
    faults = [
        Fault(name, Sentence(f"应为0至{WORKDAYS_MAX}个工作日。", f"From 0 to {WORKDAYS_MAX} working days."))
        for name, count in counts.items()
        if not 0 <= count <= WORKDAYS_MAX
    ]
    if not faults and not draft.call_workdays >= draft.cutoff_workdays >= draft.notice_workdays:
        said = Sentence(
            "应先征集、再截止、后发通知：征集不少于截止，截止不少于通知。",
            "The call comes first, then the cut-off, then the notice: their working days must not rise.",
        )
        faults.append(Fault("cutoff_workdays", said))
    return faults


def _read_reason(reason: str) -> str:
    faults: list[Fault] = []
    said = read_name(faults, "reason", reason, 500)
    if faults or said is None:
        raise InvalidError(faults)
    return said


def _require_group(act: Act, actor: Actor, group_id: int) -> None:
    row = act.connection.execute(select(Item.kind, Item.closed_at).where(Item.id == group_id)).first()
    if row is None or row.kind != "leadership_group" or not can_read(act.connection, actor.readers, group_id):
        raise NotFoundError("没有这个领导小组，或您无权查看。", "There is no such group, or it is not for you to see.")
    require_office(actor, "meeting")
    if row.closed_at is not None:
        raise ConflictError("group_dissolved", Sentence("领导小组已撤销。", "The group is dissolved."))


def _require_series(act: Act, actor: Actor, series_id: int, version: int | None) -> Any:  # noqa: ANN401  # a row
    found = read_series(act.connection, series_id, lock=True)
    if found is None or not can_read(act.connection, actor.readers, found.group_id):
        raise NotFoundError("没有这个会议系列，或您无权查看。", "There is no such series, or it is not for you to see.")
    require_office(actor, "meeting")
    if version != found.version:
        raise StaleError(found.version, version)
    return found
