"""/agenda-items: topics proposed, corrected, listed; taken up, left and voted on in session; all else are steps."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Blueprint

from app.api.answer import Answer, dump, etag
from app.api.body import read_body, read_query, read_version
from app.api.fund.writing import CREATED, write_once
from app.core.errors import Fault, InvalidError, Sentence
from app.edge.auth import caller_id, require_actor
from app.edge.context import Context, Unit, current_context
from app.edge.label import label_state
from app.edge.listing.asking import find_department_id
from app.edge.meeting.topics import correct, list_objections, propose
from app.edge.meeting.working import make_office_act, make_proposing_act
from app.edge.reading import log_reading, read_item
from app.policy.people import Actor
from app.queries.meeting.agenda import TopicFilter, TopicRow, find_topic, list_topics
from app.schemas.meeting.agenda import (
    NewTopicSchema,
    TopicChangeSchema,
    TopicDetailSchema,
    TopicPageSchema,
    TopicQuerySchema,
    VotesSchema,
)
from app.services.act import Act
from app.services.meeting.record.conducting import Votes, end_topic, record_votes, start_topic

api = Blueprint("api_topic", __name__)
TOPIC = "/agenda-items/<int(max=9223372036854775807):item_id>"
Beside = tuple[Actor, Unit]
_BOTH = Sentence("赞成票和反对票须同时填写，协商一致的均为null。", "Give both counts, or null for both: by consent.")


@api.get("/agenda-items")
def list_all() -> dict[str, Any]:
    """List the topics that the caller may read, the last proposed first."""
    given, context = read_query(TopicQuerySchema), current_context()
    states = given.get("state", [])
    with context.database.reading() as unit:
        actor, connection = require_actor(unit, caller_id()), unit.connection()
        department = find_department_id(connection, given["department"] or "", is_strict=True)
        wanted = TopicFilter(
            given["meeting"], tuple(state for state in states if state != "open"),
            () if department is None else (department,), is_open=True if "open" in states else None,
        )  # fmt: skip
        page = list_topics(connection, actor.readers, wanted, limit=given["limit"], cursor=given["cursor"])
        items = [show_topic(context, unit, row) for row in page.items]
    return dump(TopicPageSchema, {"items": items, "next_cursor": page.next_cursor})


def show_topic(context: Context, unit: Unit, row: TopicRow) -> dict[str, Any]:
    """Return a topic as its schemas take it."""
    label = label_state(unit, context.book, "agenda_item", row.workflow_version, row.state)
    return {**asdict(row), "state_label": label}


@api.post("/agenda-items")
def draft() -> Answer:
    """Draft a topic for a meeting; the answer tells what the standing orders have against it so far."""
    given = read_body(NewTopicSchema)

    def work(act: Act, beside: Beside) -> dict[str, Any]:
        return _tell(propose(act, current_context().book, beside[0], given), *beside)

    return write_once(given, _propose, work, status=CREATED, place="agenda-items")


@api.get(TOPIC)
def show_one(item_id: int) -> Answer:
    """Show one topic with consent and objections; its ETag is the version that a correction or a step must name."""
    context = current_context()
    with context.database.reading() as unit:
        reading = read_item(context, unit, caller_id(), item_id, children_max=0)
        shown = _tell(item_id, reading.actor, unit)
    log_reading(context, reading, source="api")
    return shown, 200, etag(shown["version"])


@api.patch(TOPIC)
def amend(item_id: int) -> Answer:
    """Correct a draft or a returned topic; If-Match names its version, what is left out stays."""
    given, version = read_body(TopicChangeSchema), read_version()

    def work(act: Act, beside: Beside) -> dict[str, Any]:
        correct(act, beside[0], item_id, version, given)
        return _tell(item_id, *beside)

    return write_once(given, _propose, work, version=version)


@api.post(f"{TOPIC}/start")
def start(item_id: int) -> Answer:
    """Take a topic up in session; the one that ran is left."""
    return _conduct(item_id, {}, start_topic)


@api.post(f"{TOPIC}/end")
def end(item_id: int) -> Answer:
    """Leave a topic in session, without an outcome yet."""
    return _conduct(item_id, {}, end_topic)


@api.post(f"{TOPIC}/votes")
def vote(item_id: int) -> Answer:
    """Keep how a topic was voted on; nulls: by consent."""
    given = read_body(VotesSchema)
    yes, no = given["votes_for"], given["votes_against"]
    if (yes is None) != (no is None):
        raise InvalidError([Fault("votes_against" if no is None else "votes_for", _BOTH)])
    votes = None if yes is None else Votes(yes, no, given["votes_abstained"] or 0)
    return _conduct(item_id, given, lambda act, actor, topic_id: record_votes(act, actor, topic_id, votes))


def _conduct(item_id: int, given: dict[str, Any], do: Callable[[Act, Actor, int], None]) -> Answer:
    def work(act: Act, beside: Beside) -> dict[str, Any]:
        do(act, beside[0], item_id)
        return _tell(item_id, *beside)

    return write_once(given, _record, work)


def _propose(context: Context, unit: Unit) -> tuple[Act, Beside]:
    act, actor = make_proposing_act(context, unit, caller_id(), "api")
    return act, (actor, unit)


def _record(context: Context, unit: Unit) -> tuple[Act, Beside]:
    act, actor = make_office_act(context, unit, caller_id(), "api")
    return act, (actor, unit)


def _tell(item_id: int, actor: Actor, unit: Unit) -> dict[str, Any]:
    context = current_context()
    found = find_topic(unit.connection(), actor.readers, item_id)
    consent = found.row.consent
    shown = {
        **show_topic(context, unit, found.row),
        "concerned": found.concerned,
        "consent": None if consent is None else {
            "agreed": consent.get("agreed", []),
            "dissent": [{"department_id": one[0], "text": one[1]} for one in consent.get("dissent", [])],
        },
        "objections": [
            {"code": code, "text": text} for code, text in list_objections(unit, found, context.today())
        ],
    }  # fmt: skip
    return dump(TopicDetailSchema, shown)
