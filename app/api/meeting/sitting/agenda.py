"""/meetings/{id} and its agenda: read with computed times, put in order."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint

from app.api.answer import Answer, dump, etag
from app.api.body import read_body, read_version
from app.api.fund.writing import write_once
from app.api.meeting.sitting.topic import show_topic
from app.edge.auth import caller_id
from app.edge.context import Context, Unit, current_context
from app.edge.label import label_state
from app.edge.meeting.working import make_office_act
from app.edge.reading import log_reading, read_item
from app.policy.people import Actor
from app.queries.meeting.agenda import list_agenda
from app.queries.meeting.sitting import Sitting, find_sitting
from app.schemas.meeting.agenda import AgendaOrderSchema, AgendaSchema
from app.schemas.meeting.sitting import SittingSchema
from app.services.act import Act
from app.services.meeting.topic.ordering import order_agenda
from workflows.meeting.timetable import total

api = Blueprint("api_sitting", __name__)
MEETING = "/meetings/<int(max=9223372036854775807):meeting_id>"
_FROZEN = ("notified", "held", "minutes_draft", "minutes_cosign", "issued", "closed", "cancelled")


@api.get(MEETING)
def show_one(meeting_id: int) -> Answer:
    """Show a meeting; its ETag is the version that an order of its agenda or a step must name."""
    context = current_context()
    with context.database.reading() as unit:
        reading = read_item(context, unit, caller_id(), meeting_id, children_max=0)
        sitting = find_sitting(unit.connection(), reading.actor.readers, meeting_id, context.today())
        label = label_state(unit, context.book, "meeting", sitting.workflow_version, sitting.state)
    log_reading(context, reading, source="api")
    return dump(SittingSchema, {**asdict(sitting), "state_label": label}), 200, etag(sitting.version)


@api.get(f"{MEETING}/agenda")
def show_agenda(meeting_id: int) -> Answer:
    """Show the topics on a meeting's agenda that the caller may read, with their times."""
    context = current_context()
    with context.database.reading() as unit:
        reading = read_item(context, unit, caller_id(), meeting_id, children_max=0)
        sitting = find_sitting(unit.connection(), reading.actor.readers, meeting_id, context.today())
        shown = _show(context, unit, reading.actor, sitting)
    log_reading(context, reading, source="api")
    return dump(AgendaSchema, shown), 200, etag(sitting.version)


def _show(context: Context, unit: Unit, actor: Actor, sitting: Sitting) -> dict[str, Any]:
    rows = list_agenda(unit.connection(), actor.readers, sitting.id)
    return {
        "meeting_id": sitting.id,
        "version": sitting.version,
        "is_frozen": sitting.state in _FROZEN,
        "minutes": total(row.topic.minutes_wanted for row in rows),
        "items": [
            {**show_topic(context, unit, row.topic), "place": row.place, "begins_at": row.begins_at} for row in rows
        ],
    }


@api.put(f"{MEETING}/agenda")
def put_in_order(meeting_id: int) -> Answer:
    """Put the whole agenda in an order; If-Match names the meeting's version."""
    given, version, context = read_body(AgendaOrderSchema), read_version(), current_context()

    def make(context: Context, unit: Unit) -> tuple[Act, tuple[Actor, Unit]]:
        act, actor = make_office_act(context, unit, caller_id(), "api")
        return act, (actor, unit)

    def work(act: Act, beside: tuple[Actor, Unit]) -> dict[str, Any]:
        actor, unit = beside
        order_agenda(act, actor, meeting_id, version, given["order"])
        sitting = find_sitting(unit.connection(), actor.readers, meeting_id, context.today())
        return dump(AgendaSchema, _show(context, unit, actor, sitting))

    return write_once(given, make, work, version=version)
