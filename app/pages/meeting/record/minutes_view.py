"""Minutes as their page shows them: parts with text, outcome and decisions, who was there, who signed, comments."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for
from markupsafe import Markup, escape

from app.edge.context import current_context
from app.edge.meeting.record.reading import Minutes
from app.pages.items.item_row import name_department
from app.pages.meeting.wording import name_outcome
from app.pages.show import join_names, place, say_label, show_day, show_instant
from app.pages.words import gettext as _
from app.queries.meeting.record.minutes import CommentRow
from workflows.meeting.attendance import ATTENDANCES, REPLIES
from workflows.meeting.procedure import SEATS

OPENING, CLOSING, TOPIC, DECISION = "opening", "closing", "topic:", "decision:"


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision as minuted: its place among all, text, facts, and where its page is."""

    seq: int
    text: str
    facts: Markup
    address: str
    is_restricted: bool


@dataclass(frozen=True, slots=True)
class PartView:
    """A part of the minutes; `place` is its name in addresses, `number` that of its topic ("" for the others)."""

    place: str
    number: str
    title: str
    meta: str
    text: str
    decisions: tuple[DecisionView, ...]
    comments: tuple["CommentView", ...]
    is_restricted: bool = False


@dataclass(frozen=True, slots=True)
class CommentView:
    """A unit's comment with its answer."""

    row: CommentRow
    unit: str
    who: str
    part: str
    outcome: str
    tone: str


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody on the list: unit, name, how they attended, what else is to be said."""

    unit: str
    name: str
    seat: str
    attendance: str
    tone: str
    note: str


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A line of a comparison: `+` new, `-` gone, a blank: kept."""

    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class DiffView:
    """A part that differs between two versions."""

    title: str
    lines: tuple[ChangeView, ...]


def make_parts(minutes: Minutes) -> list[PartView]:
    """Return the parts in their order; empty openings and closings are left out, as are comments elsewhere."""
    content = minutes.cut.content
    names = name_parts(content)
    comments = [_comment(row, names) for row in minutes.comments]
    parts = [_text_part(OPENING, content, comments)]
    for number, topic in enumerate(content["topics"], 1):
        parts.append(_topic_part(topic, number, content, comments))
    loose = [one for one in content["decisions"] if one["agenda_item_id"] is None]
    if loose:
        views = tuple(_decision(one) for one in loose)
        parts.append(PartView("", "", _("其他议定事项"), "", "", views, _on_decisions(loose, comments)))
    parts.append(_text_part(CLOSING, content, comments))
    return [part for part in parts if part.text or part.decisions or part.comments or part.number]


def name_parts(content: Mapping[str, Any]) -> dict[str, str]:
    """Return what each part of minutes is called, by place."""
    topics = {
        f"{TOPIC}{topic['id']}": _(
            "议题%(number)s：%(title)s", number=topic["position"] or place_, title=topic["title"]
        )
        for place_, topic in enumerate(content["topics"], 1)
    }
    decisions = {
        f"{DECISION}{one['id']}": _("议定事项%(number)s", number=one["seq"]) for one in content["decisions"]
    }  # fmt: skip
    return {OPENING: _("开头"), **topics, **decisions, CLOSING: _("结尾")}


def _text_part(place_: str, content: Mapping[str, Any], comments: Sequence[CommentView]) -> PartView:
    title = _("开头") if place_ == OPENING else _("结尾")
    own = tuple(one for one in comments if one.row.place == place_)
    return PartView(place_, "", title, "", content["texts"].get(place_, ""), (), own)


def _topic_part(
    topic: Mapping[str, Any], number: int, content: Mapping[str, Any], comments: Sequence[CommentView]
) -> PartView:
    place_ = f"{TOPIC}{topic['id']}"
    own = [one for one in content["decisions"] if one["agenda_item_id"] == topic["id"]]
    meta = [name_department(topic["unit"], topic["unit_en"])] if topic["unit"] else []
    if topic["outcome"]:
        meta.append(name_outcome(topic["outcome"]))
    if topic["votes_for"] is not None:
        meta.append(
            _("赞成%(yes)s，反对%(no)s，弃权%(none)s", yes=topic["votes_for"], no=topic["votes_against"],
              none=topic["votes_abstained"] or 0)
        )  # fmt: skip
    meta += list(_tell_apart(topic, content))
    text = "\n".join(filter(None, (content["texts"].get(place_, ""), topic["conclusion"] or "")))
    said = tuple(one for one in comments if one.row.place == place_) + _on_decisions(own, comments)
    return PartView(
        place_, str(topic["position"] or number), topic["title"], "\u3000".join(meta), text,
        tuple(_decision(one) for one in own), said, topic["confidential"],
    )  # fmt: skip


def _tell_apart(topic: Mapping[str, Any], content: Mapping[str, Any]) -> Iterator[str]:
    """Yield who kept out of a topic and who came for it alone."""
    people = {one["id"]: one for one in content["attendance"]}
    recused = [people[one["participant"]]["name"] for one in topic["recused"] if one["participant"] in people]
    if recused:
        yield _("回避：%(names)s", names=join_names(recused))
    guests = [one["name"] for one in content["attendance"] if one["agenda_item_id"] == topic["id"] and one["name"]]
    if guests:
        yield _("列席：%(names)s", names=join_names(guests))


def _on_decisions(decisions: Sequence[Mapping[str, Any]], comments: Sequence[CommentView]) -> tuple[CommentView, ...]:
    places = {f"{DECISION}{one['id']}" for one in decisions}
    return tuple(one for one in comments if one.row.place in places)


def _decision(one: Mapping[str, Any]) -> DecisionView:
    facts: list[Markup] = []
    if one["is_information"]:
        facts.append(escape(_("仅备案，不转任务")))
    else:
        lead = name_department(one["unit"], one["unit_en"]) if one["unit"] else _("待明确")
        facts.append(escape(_("牵头：%(who)s", who=lead)))
        if one["supports"]:
            names = [name_department(unit["unit"], unit["unit_en"]) for unit in one["supports"]]
            facts.append(escape(_("配合：%(names)s", names=join_names(names))))
        due_on = one["due_on"]
        day = date.fromisoformat(due_on) if isinstance(due_on, str) else due_on
        facts.append(escape(_("期限：%(day)s")) % {"day": show_day(day) if day else escape(_("待明确"))})
    if one["wanted"]:
        facts.append(escape(_("标准：%(what)s", what=join_names(one["wanted"]))))
    address = url_for("item.show_item", item_id=one["id"])
    return DecisionView(one["seq"], one["text"], Markup("\u3000").join(facts), address, one["confidential"])


def _comment(row: CommentRow, names: Mapping[str, str]) -> CommentView:
    outcome, tone = {
        "adopted": (_("已采纳"), "green"), "declined": (_("未采纳"), "grey"), None: (_("待答复"), "yellow"),
    }[row.outcome]  # fmt: skip
    unit = name_department(row.department_name, row.department_name_en)
    who = place(unit, row.written_by_name)
    return CommentView(row, unit, who, names.get(row.place, _("已不在纪要中的部分")), outcome, tone)


def list_elsewhere(minutes: Minutes) -> list[CommentView]:
    """Return comments on parts that no longer stand in the minutes: a topic put off, a decision struck out."""
    names = name_parts(minutes.cut.content)
    return [_comment(row, names) for row in minutes.comments if row.place not in names]


def make_people(content: Mapping[str, Any]) -> list[PersonView]:
    """Return everybody on the list with how they attended."""
    return [_person(one, content) for one in content["attendance"]]


def _person(one: Mapping[str, Any], content: Mapping[str, Any]) -> PersonView:
    notes = []
    if one["reply"] == "stand_in" and one["stand_in"]:
        notes.append(_("由%(name)s代会", name=one["stand_in"]))
    if one["reply"] == "leave":
        reason = one["reason"]
        notes.append(_("请假：%(reason)s", reason=reason) if reason else _("请假"))
    if one["opinion"]:
        notes.append(_("书面意见：%(text)s", text=one["opinion"]))
    topic = next((topic for topic in content["topics"] if topic["id"] == one["agenda_item_id"]), None)
    if topic is not None:
        notes.append(_("只列席“%(title)s”", title=topic["title"]))
    is_away = one["attendance"] == "absent"
    attendance = say_label(ATTENDANCES.get(one["attendance"] or "", REPLIES.get(one["reply"], REPLIES["none"])))
    seat = {"chair": _("主持人"), "guest": _("列席"), "recorder": _("记录")}.get(one["role"])
    return PersonView(
        name_department(one["unit"], one["unit_en"]), one["name"] or "",
        seat or (say_label(SEATS[one["seat"]]) if one["seat"] in SEATS else ""), attendance,
        "red" if is_away and one["reply"] != "leave" else "", "\u3000".join(notes),
    )  # fmt: skip


def make_signers(content: Mapping[str, Any]) -> list[tuple[str, str, str, Markup, str]]:
    """Return how each unit co-signed: unit, verdict, tone, when, remark; objections of earlier rounds first."""
    labels = {
        "agreed": (_("同意"), ""), "objected": (_("有异议"), "red"), "silent": (_("未签署"), "yellow"),
    }  # fmt: skip
    if content["meeting"].get("is_over"):
        labels["silent"] = (_("逾期未签，视为无异议"), "yellow")
    rows = [*content.get("objections", ()), *content.get("cosign", ())]
    return [
        (name_department(one["unit"], one["unit_en"]), *labels[one["verdict"]], show_instant(_instant(one["at"])),
         one["remark"] or "")
        for one in rows
    ]  # fmt: skip


def _instant(value: Any) -> datetime | None:  # noqa: ANN401  # frozen as text
    return value if value is None or isinstance(value, datetime) else datetime.fromisoformat(value)


def make_facts(minutes: Minutes) -> list[tuple[str, Any]]:
    """Return when and where the meeting was, who led it, how many units came."""
    meeting = minutes.cut.content["meeting"]
    zone = current_context().settings.timezone
    began, ended = _instant(meeting["began_at"]), _instant(meeting["ended_at"])
    facts: list[tuple[str, Any]] = [(_("时间"), show_instant(began))]
    if began is not None and ended is not None:
        facts = [(_("时间"), Markup("{}—{}").format(show_instant(began), f"{ended.astimezone(zone):%H:%M}"))]
    facts.append((_("地点"), meeting["place"] or "—"))
    chair = next((one for one in minutes.cut.content["attendance"] if one["role"] == "chair"), None)
    if chair is not None:
        is_other = chair["reply"] == "stand_in" and chair["stand_in"]
        facts.append((_("主持人"), chair["stand_in"] if is_other else chair["name"] or "—"))
    quorum = meeting["quorum"]
    if quorum:
        counted = _("应到%(units)s个单位，实到%(present)s个", units=quorum["units"], present=quorum["present"])
        facts.append((_("到会"), counted))
    if meeting["joint_with"]:
        facts.append((_("联合召开"), meeting["joint_with"]))
    return facts


def make_diffs(first: Minutes, second: Minutes) -> list[DiffView]:
    """Return the parts whose text differs between two versions, line by line."""
    before, after = first.cut.content["texts"], second.cut.content["texts"]
    names = name_parts(second.cut.content)
    found = []
    for name in dict.fromkeys([*names, *before, *after]):
        old, new = before.get(name, ""), after.get(name, "")
        if old != new:
            lines = tuple(_compare(old.split("\n") if old else [], new.split("\n") if new else []))
            found.append(DiffView(names.get(name, name), lines))
    return found


def _compare(old: Sequence[str], new: Sequence[str]) -> Iterator[ChangeView]:
    for line in difflib.ndiff(old, new):
        if not line.startswith("?"):
            yield ChangeView(line[0], line[2:])
