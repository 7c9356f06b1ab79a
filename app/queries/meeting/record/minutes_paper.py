"""Minutes as paper: what the content that one reader may read prints, in the reader's language.

Pure but for its values: an issued version gives the same paper each time, dated by its issue.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.queries.meeting.record.minutes import Cut, VersionRow
from reports.meeting.inputs import Attender, Decision, MinutesInput, MinutesItem, MinutesState, Replaced, Vote
from reports.wording import Lang
from workflows.fields import CHOICE_LABELS

_THERE = ("present", "late", "left")
_GUESTS = ("guest", "recorder")
#: Those who are named without their unit.
_BY_NAME = ("leader", "deputy")
_WORD = "纪要"


@dataclass(frozen=True, slots=True)
class Edition:
    """Which minutes are printed: an issued version with the one that it replaces, or a draft (version None)."""

    meeting_id: int
    state: MinutesState
    made_at: datetime
    version: VersionRow | None = None
    before: VersionRow | None = None


def fill_minutes(
    cut: Cut, edition: Edition, tasks: Mapping[int, int], issuer: str, zone: ZoneInfo, lang: Lang
) -> MinutesInput:
    """Return the paper of minutes; `tasks` are the ids of the decisions' tasks, `issuer` names who has no office."""
    content, row = cut.content, edition.version
    meeting = content["meeting"]
    office = _pick(meeting["office"], meeting["office_en"], lang) or issuer
    body = meeting["group"] or issuer
    title = f"{meeting['title']}纪要" if lang == "zh" else f"Minutes: {meeting['title']}"
    issued_at = None if row is None else row.issued_at.astimezone(zone)
    version = 1 if row is None else row.version
    return MinutesInput(
        lang=lang,
        mark=f"{body}会议纪要" if lang == "zh" else f"Minutes of {body}",
        number="" if row is None else row.number.removeprefix(_WORD),
        issuer=office,
        title=title,
        meeting=meeting["title"],
        place=meeting["place"] or ("会议室" if lang == "zh" else "the meeting room"),
        starts_at=_instant(meeting["began_at"]).astimezone(zone),
        chair=_name_chair(content, lang),
        items=tuple(_list_items(content, tasks, lang)),
        made_at=issued_at or edition.made_at.astimezone(zone),
        identifier=f"minutes:{edition.meeting_id}:{version}" if row else f"minutes:{edition.meeting_id}:draft",
        state=edition.state,
        issued_on=None if issued_at is None else issued_at.date(),
        signed_by="" if row is None else row.issued_by_name,
        ends_at=_instant(meeting["ended_at"]).astimezone(zone),
        opening=content["texts"].get("opening", ""),
        closing="\n".join(_list_closing(content, lang)),
        present=tuple(_list_present(content, lang)),
        on_leave=tuple(_list_absent(content, lang)),
        observers=tuple(_list_guests(content, lang)),
        copies_to=tuple(_list_units(content, lang)),
        replaces=_tell_replaced(edition, zone),
        version=version,
        held_back=cut.held_back,
    )


def _pick(zh: str | None, en: str | None, lang: Lang) -> str:
    return (en or zh or "") if lang == "en" else (zh or "")


def _unit(row: Mapping[str, Any], lang: Lang) -> str:
    return _pick(row["unit"], row["unit_en"], lang)


def _instant(value: Any) -> datetime:  # noqa: ANN401  # frozen as text, of a draft an instant
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


def _day(value: Any) -> date | None:  # noqa: ANN401  # frozen as text, of a draft a date
    return value if value is None or isinstance(value, date) else date.fromisoformat(str(value))


def _name_chair(content: Mapping[str, Any], lang: Lang) -> str:
    meeting = content["meeting"]
    chair = next((one for one in content["attendance"] if one["role"] == "chair"), None)
    post = _pick(meeting["chair_post"], meeting["chair_post_en"], lang)
    if chair is None or not chair["name"]:
        return post or ("主持人" if lang == "zh" else "the chair")
    name = chair["stand_in"] if _stands_in(chair) else chair["name"]
    return f"{post}{name}" if lang == "zh" else ", ".join(filter(None, (str(name), post)))


def _stands_in(one: Mapping[str, Any]) -> bool:
    return bool(one["stand_in"]) and one["reply"] == "stand_in"


def _list_items(content: Mapping[str, Any], tasks: Mapping[int, int], lang: Lang) -> Iterable[MinutesItem]:
    """Yield the topics with their decisions; decisions on no topic come last, under a heading of their own."""
    decisions = content["decisions"]
    for place, topic in enumerate(content["topics"], 1):
        own = [one for one in decisions if one["agenda_item_id"] == topic["id"]]
        text = content["texts"].get(f"topic:{topic['id']}", "")
        lines = [*text.split("\n"), topic["conclusion"] or ""]
        outcome = CHOICE_LABELS.get(topic["outcome"] or "")
        said = ""
        if outcome is not None and not own and not topic["conclusion"]:
            said = f"会议结论：{outcome.zh}。" if lang == "zh" else f"Outcome: {outcome.en}."
        yield MinutesItem(
            topic["title"], tuple(line for line in lines if line.strip()), _vote(topic, lang),
            tuple(_decision(one, tasks, lang) for one in own), said, topic["position"] or place,
        )  # fmt: skip
    loose = [one for one in decisions if one["agenda_item_id"] is None]
    if loose:
        number = max((topic["position"] or 0 for topic in content["topics"]), default=0) + 1
        yield MinutesItem(
            "其他议定事项" if lang == "zh" else "Other decisions",
            decisions=tuple(_decision(one, tasks, lang) for one in loose), number=number,
        )  # fmt: skip


def _vote(topic: Mapping[str, Any], lang: Lang) -> Vote | None:
    if topic["votes_for"] is None:
        return None
    outcome = CHOICE_LABELS.get(topic["outcome"] or "")
    return Vote(
        topic["votes_for"], topic["votes_against"], topic["votes_abstained"] or 0,
        "" if outcome is None else outcome.in_language(lang),
    )  # fmt: skip


def _decision(one: Mapping[str, Any], tasks: Mapping[int, int], lang: Lang) -> Decision:
    task_id = tasks.get(one["id"])
    return Decision(
        one["text"],
        lead=_unit(one, lang),
        supporting=tuple(_unit(support, lang) for support in one["supports"]),
        due_on=_day(one["due_on"]),
        criteria=("；" if lang == "zh" else "; ").join(one["wanted"]),
        is_information=one["is_information"],
        task_number="" if task_id is None else f"任务{task_id}" if lang == "zh" else f"Task {task_id}",
    )


def _list_closing(content: Mapping[str, Any], lang: Lang) -> Iterable[str]:
    """Yield the lack of a quorum, and the closing paragraph."""
    if content["meeting"]["is_short"]:
        yield (
            "本次会议未达法定人数，仅作情况通报，不作决议。" if lang == "zh"
            else "There was no quorum: the meeting was for information only and took no decision."
        )  # fmt: skip
    if content["texts"].get("closing"):
        yield content["texts"]["closing"]


def _list_present(content: Mapping[str, Any], lang: Lang) -> Iterable[Attender]:
    for one in content["attendance"]:
        if one["role"] in _GUESTS or one["attendance"] not in _THERE:
            continue
        is_other = _stands_in(one)
        yield Attender(
            "" if one["seat"] in _BY_NAME else _unit(one, lang),
            one["stand_in"] if is_other else one["name"] or "",
            stands_in_for=one["name"] or "" if is_other else "",
            reason=_say_left(lang) if one["attendance"] == "left" else "",
            recused_from=tuple(_list_recused(content, one["id"], lang)),
        )


def _say_left(lang: Lang) -> str:
    return "中途离会" if lang == "zh" else "left early"


def _list_recused(content: Mapping[str, Any], participant_id: int, lang: Lang) -> Iterable[str]:
    for place, topic in enumerate(content["topics"], 1):
        if any(one["participant"] == participant_id for one in topic["recused"]):
            number = topic["position"] or place
            yield f"第{number}项议题" if lang == "zh" else f"item {number}"


def _list_absent(content: Mapping[str, Any], lang: Lang) -> Iterable[Attender]:
    """Yield the members who were not there: on leave with reason and written opinion, or absent without leave."""
    for one in content["attendance"]:
        is_away = one["attendance"] == "absent" or (one["attendance"] is None and one["reply"] == "leave")
        if one["role"] in _GUESTS or not is_away:
            continue
        unexcused = "未请假" if lang == "zh" else "absent without leave"
        said = [one["reason"] or ""] if one["reply"] == "leave" else [unexcused]
        if one["opinion"]:
            said.append(f"书面意见：{one['opinion']}" if lang == "zh" else f"written opinion: {one['opinion']}")
        reason = ("；" if lang == "zh" else "; ").join(filter(None, said)).rstrip("。.")
        yield Attender("" if one["seat"] in _BY_NAME else _unit(one, lang), one["name"] or "", reason=reason)


def _list_guests(content: Mapping[str, Any], lang: Lang) -> Iterable[Attender]:
    places = {topic["id"]: topic["position"] or place for place, topic in enumerate(content["topics"], 1)}
    for one in content["attendance"]:
        if one["role"] not in _GUESTS or one["attendance"] not in _THERE:
            continue
        number = places.get(one["agenda_item_id"])
        for_one = "" if number is None else f"列席第{number}项议题" if lang == "zh" else f"for item {number}"
        if one["role"] == "recorder":
            for_one = "记录" if lang == "zh" else "minutes"
        yield Attender(_unit(one, lang), one["name"] or "", reason=for_one)


def _list_units(content: Mapping[str, Any], lang: Lang) -> list[str]:
    """Return the member units, each once: whom the minutes are sent to."""
    members = [one for one in content["attendance"] if one["seat"] and one["seat"] not in _BY_NAME and one["unit"]]
    return list(dict.fromkeys(_unit(one, lang) for one in members))


def _tell_replaced(edition: Edition, zone: ZoneInfo) -> Replaced | None:
    row, before = edition.version, edition.before
    if row is None or before is None:
        return None
    issued_on = before.issued_at.astimezone(zone).date()
    return Replaced(before.number.removeprefix(_WORD), issued_on, row.reason or "", before.version)
