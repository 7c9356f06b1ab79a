"""Decisions for pages and API: noted, corrected in parts, due on a day or at the next meeting."""

from collections.abc import Mapping
from typing import Any

from app.core.errors import Fault, InvalidError, Sentence
from app.policy.people import Actor
from app.queries.meeting.decided import DecisionRow, find_decision
from app.services.act import Act
from app.services.meeting.record.deciding import DecisionDraft, amend_decision, draft_decision, require_writing
from app.services.meeting.series.occurring import find_next_day
from app.services.rulebook import Rulebook

#: What a request calls them -> fields of DecisionDraft.
_NAMES = {
    "text": "text", "agenda_item": "agenda_item_id", "department": "department_id", "supports": "supports",
    "due_on": "due_on", "wanted": "wanted", "is_information": "is_information",
}  # fmt: skip
_NO_NEXT = Sentence("还没有安排下次会议，请填写日期。", "No further meeting is arranged yet; give a date.")


def decide(act: Act, book: Rulebook, actor: Actor, given: Mapping[str, Any]) -> int:
    """Note the decision that `given` (NewDecisionSchema's values) says; return its id."""
    return draft_decision(
        act, book, actor, given["meeting"], DecisionDraft(**_read(act, book, actor, given["meeting"], given))
    )


def decide_anew(
    act: Act, book: Rulebook, actor: Actor, decision_id: int, version: int | None, changes: Mapping[str, Any]
) -> int:
    """Correct a decision that is not in force; what `changes` leaves out stays. Return its new version."""
    kept = find_decision(act.connection, actor.readers, decision_id)
    values = {**keep_decision(kept), **_read(act, book, actor, kept.meeting_id, changes)}
    return amend_decision(act, actor, decision_id, version, DecisionDraft(**values))


def keep_decision(kept: DecisionRow) -> dict[str, Any]:
    """Return a decision as its service takes it."""
    return {
        "text": kept.text, "agenda_item_id": kept.agenda_item_id, "department_id": kept.department_id,
        "supports": [one.id for one in kept.supports], "due_on": kept.due_on, "wanted": list(kept.wanted),
        "is_information": kept.is_information,
    }  # fmt: skip


def _read(act: Act, book: Rulebook, actor: Actor, meeting_id: int, given: Mapping[str, Any]) -> dict[str, Any]:
    values = {ours: given[name] for name, ours in _NAMES.items() if name in given}
    if given.get("next_meeting"):
        require_writing(act, actor, meeting_id)
        values["due_on"] = find_next_day(act.connection, book, meeting_id)
        if values["due_on"] is None:
            raise InvalidError([Fault("next_meeting", _NO_NEXT)])
    return values
