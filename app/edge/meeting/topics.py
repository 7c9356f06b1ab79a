"""Topics for pages and API: proposed, corrected in parts, ordered; what the standing orders say of one."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.edge.context import Unit
from app.policy.people import Actor
from app.queries.meeting.agenda import TopicDetail, find_topic
from app.services.act import Act
from app.services.meeting.standing import read_meeting_facts
from app.services.meeting.topic.drafting import TopicDraft, amend_topic, draft_topic
from app.services.rulebook import Rulebook
from workflows.meeting.admission import OBJECTIONS
from workflows.words import Text

_FIELDS = ("title", "matter", "brief", "sought", "minutes_wanted", "concerned")
_OPEN = ("draft", "returned", "referred")


def propose(act: Act, book: Rulebook, actor: Actor, given: Mapping[str, Any]) -> int:
    """Draft what `given` (NewTopicSchema's values) proposes; return its id."""
    draft = TopicDraft(**{name: given[name] for name in _FIELDS if name in given}, confidential=given["confidential"])
    return draft_topic(act, book, actor, given["meeting"], draft, given["as_post"])


def correct(act: Act, actor: Actor, topic_id: int, version: int | None, changes: Mapping[str, Any]) -> int:
    """Correct a draft or a returned topic; what `changes` leaves out stays. Return its new version."""
    kept = find_topic(act.connection, actor.readers, topic_id)
    return amend_topic(act, actor, topic_id, version, TopicDraft(**{**keep_topic(kept), **changes}))


def keep_topic(kept: TopicDetail) -> dict[str, Any]:
    """Return a topic as its form and its service take it."""
    row = kept.row
    return {
        "title": row.title, "matter": row.matter, "brief": row.brief or "", "sought": row.sought or "",
        "minutes_wanted": row.minutes_wanted, "concerned": [one.id for one in kept.concerned],
    }  # fmt: skip


def list_objections(unit: Unit, kept: TopicDetail, today: date) -> list[tuple[str, Text]]:
    """Return by code and sentence what keeps a topic that is not submitted away from its meeting."""
    if kept.row.state not in _OPEN:
        return []
    facts = read_meeting_facts(unit.connection(), {kept.row.id: "agenda_item"}, today)[kept.row.id]
    return [(code, OBJECTIONS[code]) for code in facts.objections]
