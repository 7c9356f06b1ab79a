"""What an item's page shows of a topic and of a decision, and of the decision from which a task came."""

from typing import Any

from flask import url_for

from app.edge.context import Context, Unit
from app.edge.meeting.topics import list_objections
from app.edge.meeting.working import is_office
from app.edge.reading import Reading
from app.pages.items.item_row import name_department, name_number_of
from app.pages.meeting.topic.page import may_correct
from app.pages.meeting.wording import list_tags, name_matter, name_outcome, show_span, tell_votes
from app.pages.show import join_names, say, say_label
from app.pages.words import gettext as _
from app.queries.item_detail import ItemDetail
from app.queries.meeting.agenda import TopicDetail, find_topic
from app.queries.meeting.decided import DecisionFilter, DecisionRow, find_decision, find_of_task, list_decisions
from app.queries.meeting.sitting import find_sitting
from workflows.meeting.admission import OBJECTIONS

_DECISIONS_MAX = 50


def make_matter(unit: Unit, context: Context, read: Reading) -> dict[str, Any] | None:
    """Return the values of the panels of topics and decisions; None for items that have nothing to do with them."""
    match read.item.row.kind:
        case "agenda_item":
            return _make_topic(unit, context, read)
        case "decision":
            return _make_decision(unit, context, read)
        case "task":
            return _make_task(unit, read)
        case _:
            return None


def _make_topic(unit: Unit, context: Context, read: Reading) -> dict[str, Any]:
    connection, readers = unit.connection(), read.actor.readers
    found = find_topic(connection, readers, read.item.row.id)
    row = found.row
    decisions = list_decisions(connection, readers, DecisionFilter(topic_id=row.id), limit=_DECISIONS_MAX).items
    machine = context.book.current_machine(connection, "decision")
    source = next((one.item for one in read.item.links if one.item.id == row.source_id), None)
    return {
        "sort": "topic",
        "meeting": row.meeting_title or "",
        "meeting_address": url_for("meeting.show", meeting_id=row.meeting_id) if row.meeting_title else "",
        "when": _tell_day(unit, context, read, row.meeting_id) if row.meeting_title else "",
        "tags": list_tags(row),
        "facts": list(_list_facts(found)),
        "brief": row.brief or "",
        "sought": row.sought or "",
        "consent": _list_consent(found),
        "objections": [(code, say(text)) for code, text in list_objections(unit, found, context.today())],
        "source": source,
        "source_address": url_for("item.show_item", item_id=row.source_id) if row.source_id else "",
        "edit_address": url_for("topic.show_edit", topic_id=row.id) if may_correct(read.actor, row) else "",
        "live_address": _find_live(row.meeting_id, row.meeting_state, row.id, read),
        "outcome": name_outcome(row.outcome),
        "votes": tell_votes(row) if row.outcome else "",
        "conclusion": row.conclusion or "",
        "decisions": [
            (one, url_for("item.show_item", item_id=one.id),
             name_department(one.department_name, one.department_name_en), say_label(machine.states[one.state].label))
            for one in decisions if one.state != "dropped"
        ],
    }  # fmt: skip


def _tell_day(unit: Unit, context: Context, read: Reading, meeting_id: int) -> Any:  # noqa: ANN401  # Markup
    sitting = find_sitting(unit.connection(), read.actor.readers, meeting_id, context.today())
    return show_span(sitting.starts_at, sitting.ends_at)


def _find_live(meeting_id: int, state: str | None, topic_id: int, read: Reading) -> str:
    if not is_office(read.actor) or state not in ("held", "minutes_draft"):
        return ""
    return url_for("live.show", meeting_id=meeting_id, part=f"topic:{topic_id}")


def _list_facts(found: TopicDetail) -> Any:  # noqa: ANN401  # pairs of label and text
    row = found.row
    yield _("事项类别"), name_matter(row.matter)
    if row.position is not None:
        yield _("议程位次"), str(row.position)
    if row.minutes_wanted:
        yield _("需要时间"), _("%(minutes)s分钟", minutes=row.minutes_wanted)
    if row.deferrals:
        yield _("转会"), _("已转%(count)s次", count=row.deferrals)
    if row.overruled:
        reasons = join_names(say(OBJECTIONS[code]) for code in row.overruled_codes or () if code in OBJECTIONS)
        yield _("主持人裁定"), row.overruled
        if reasons:
            yield _("本不符合"), reasons
    elif row.overruled_codes:
        yield _("请裁定的问题"), join_names(say(OBJECTIONS[code]) for code in row.overruled_codes if code in OBJECTIONS)


def _list_consent(found: TopicDetail) -> list[tuple[str, str, str, str]]:
    """Return department, verdict, reasons and tone for each department whose consent is wanted."""
    consent = found.row.consent or {}
    agreed = set(consent.get("agreed", ()))
    dissent = {one[0]: one[1] or "" for one in consent.get("dissent", ())}
    rows = []
    for one in found.concerned:
        name = name_department(one.name, one.name_en)
        if one.id in agreed:
            rows.append((name, _("已会签同意"), "", "green"))
        elif one.id in dissent:
            rows.append((name, _("有分歧"), dissent[one.id], "red"))
        else:
            rows.append((name, _("尚未会签"), "", "ink"))
    return rows


def _make_decision(unit: Unit, context: Context, read: Reading) -> dict[str, Any]:
    connection, readers = unit.connection(), read.actor.readers
    row = find_decision(connection, readers, read.item.row.id)
    topic = _find_topic(unit, read, row)
    may_edit = row.state == "draft" and is_office(read.actor)
    task_state = ""
    if row.task_state is not None and row.task_workflow_version is not None:
        machine = context.book.machine(connection, "task", row.task_workflow_version)
        task_state = say_label(machine.states[row.task_state].label)
    return {
        "sort": "decision",
        "row": row,
        "meeting_address": url_for("meeting.show", meeting_id=row.meeting_id) if row.meeting_title else "",
        "topic": topic.row.title if topic else "",
        "topic_address": url_for("item.show_item", item_id=topic.row.id) if topic else "",
        "task": name_number_of("task", row.task_number, row.task_id) if row.task_id else "",
        "task_address": url_for("item.show_item", item_id=row.task_id) if row.task_id else "",
        "task_state": task_state,
        "edit_address": url_for("decision.show_edit", decision_id=row.id) if may_edit else "",
    }


def _find_topic(unit: Unit, read: Reading, row: DecisionRow) -> TopicDetail | None:
    """Return the topic of a decision, None without one; who reads the decision reads its topic, too."""
    if row.agenda_item_id is None:
        return None
    return find_topic(unit.connection(), read.actor.readers, row.agenda_item_id)


def _make_task(unit: Unit, read: Reading) -> dict[str, Any] | None:
    """Return from which decision a task came; None for others."""
    own: ItemDetail = read.item
    if own.details.get("source_kind") != "meeting":
        return None
    source = next((one.item for one in own.links if one.kind == "decides" and not one.is_from), None)
    row = find_of_task(unit.connection(), read.actor.readers, source.id if source else None)
    if row is None:
        return None
    return {
        "sort": "task",
        "row": row,
        "address": url_for("item.show_item", item_id=row.id),
        "meeting_address": url_for("meeting.show", meeting_id=row.meeting_id) if row.meeting_title else "",
        "when": row.meeting_starts_at,
    }
