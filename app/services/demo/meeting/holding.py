"""A meeting is held: replies before it, attendance, topics one after the other, notes, votes, decisions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.services.demo.meeting.grouping import act_as
from app.services.demo.meeting.story import MeetingStory, TopicStory
from app.services.demo.meeting.watching import Sitting, Topic, list_guests, list_topics
from app.services.demo.stage import Stage
from app.services.meeting.notice.attending import mark, note_conflict
from app.services.meeting.notice.listing import NewParticipant, add_participant
from app.services.meeting.notice.replying import Answer, reply
from app.services.meeting.record.conducting import Votes, record_votes, start_topic
from app.services.meeting.record.deciding import DecisionDraft, draft_decision
from app.services.meeting.record.writing import CLOSING, OPENING, TOPIC, find_text, write_text

#: Of twenty people so many have answered by the eve of the meeting; the chair and whoever is told of, always.
_ANSWERED, _OF = 18, 20
_LATE_SHARE = 0.04


@dataclass
class Sessions:
    """What is told of the decisions, by their ids: whoever carries them out goes by it."""

    words: Mapping[str, tuple[str, ...]]
    decided: dict[int, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)

    def say(self, stage: Stage, topic: str) -> str:
        """Return the next sentence on an occasion."""
        return stage.pick(self.words[topic], f"meeting {topic}", topic)

    def invite_guests(self, stage: Stage, sitting: Sitting, story: MeetingStory, login: str) -> None:
        """Put those on the list who come for one topic."""
        for guest in story.told.get("guests", ()):
            key = f"topic:{guest['topic']}"
            if key in stage.items:
                act, actor = act_as(stage, login)
                new = NewParticipant("guest", name=guest["name"], agenda_item_id=stage.items[key])
                add_participant(act, actor, sitting.id, new)

    def answer(self, stage: Stage, sitting: Sitting, story: MeetingStory) -> None:
        """Have those who are asked answer: most come, some ask for leave, some send somebody."""
        leave, stand_ins = story.told.get("leave", {}), story.told.get("stand_in", {})
        for guest in list_guests(stage.session.connection(), sitting.id):
            if guest.login is None or guest.reply != "none":
                continue
            told = guest.login in leave or guest.login in stand_ins or guest.role == "chair"
            dice = stage.chance(f"reply {sitting.id} {guest.login}").randrange(_OF)
            if not told and dice >= _ANSWERED:
                continue
            answer = Answer("yes")
            if guest.login in leave and guest.role != "chair":
                answer = Answer("leave", reason=leave[guest.login])
            elif guest.login in stand_ins:
                answer = Answer("stand_in", stand_in_id=stage.people[stand_ins[guest.login]])
            act, actor = act_as(stage, guest.login)
            reply(act, actor, sitting.id, answer)

    def open(self, stage: Stage, sitting: Sitting, story: MeetingStory, login: str) -> None:
        """Mark who came and open the meeting at its hour."""
        stage.now = max(stage.now, min(sitting.starts_at, stage.ends_at))
        marks = {
            guest.id: self._attend(stage, sitting, guest.login, guest.reply)
            for guest in list_guests(stage.session.connection(), sitting.id)
        }
        act, actor = act_as(stage, login)
        mark(act, actor, sitting.id, marks)
        stage.do(login, sitting.id, "open")
        act, actor = act_as(stage, login)
        write_text(act, actor, sitting.id, OPENING, self.say(stage, "opening"), 0)
        conflict = story.told.get("conflict")
        if conflict is not None and f"topic:{conflict['topic']}" in stage.items:
            people = list_guests(stage.session.connection(), sitting.id)
            participant = next((one.id for one in people if one.login == conflict["login"]), None)
            if participant is not None:
                topic_id = stage.items[f"topic:{conflict['topic']}"]
                act, actor = act_as(stage, login)
                note_conflict(act, actor, sitting.id, topic_id, participant, conflict["note"])

    def _attend(self, stage: Stage, sitting: Sitting, login: str | None, answered: str) -> str:
        if answered == "leave":
            return "absent"
        is_late = stage.chance(f"late {sitting.id} {login}").random() < _LATE_SHARE
        return "late" if is_late and login is not None else "present"

    def take_up(
        self, stage: Stage, sitting: Sitting, told: Mapping[int, TopicStory], votes: Mapping[str, list[int]],
        login: str, until: int | None = None,
    ) -> None:  # fmt: skip
        """Go through the agenda: notes, votes, decisions, the conclusion; `until` topics only, the next one begun."""
        topics = [one for one in list_topics(stage.session.connection(), sitting.id) if one.state == "accepted"]
        for number, topic in enumerate(topics):
            act, actor = act_as(stage, login)
            start_topic(act, actor, topic.id)
            story = told.get(topic.id)
            note = story.told.get("note") if story else self.say(stage, topic.kind)
            if note:
                act, actor = act_as(stage, login)
                write_text(act, actor, sitting.id, f"{TOPIC}{topic.id}", note, 0)
            if until is not None and number >= until:
                return
            if story is not None and story.key in votes:
                act, actor = act_as(stage, login)
                record_votes(act, actor, topic.id, Votes(*votes[story.key]))
            self._conclude(stage, sitting, topic, story, login)

    def _conclude(
        self, stage: Stage, sitting: Sitting, topic: Topic, story: TopicStory | None, login: str
    ) -> None:  # fmt: skip
        told = story.told if story else {}
        for number, one in enumerate(told.get("decisions", ()), 1):
            self._decide(stage, sitting, topic.id, f"decision:{told.get('key', topic.id)}.{number}", one, login)
        fields = {"outcome": told.get("outcome", "agreed" if story else "noted")}
        if story is not None:
            fields["conclusion"] = told.get("conclusion", "同意。")
        stage.do(login, topic.id, "conclude", fields)

    def _decide(
        self, stage: Stage, sitting: Sitting, topic_id: int, key: str, one: Mapping[str, Any], login: str
    ) -> None:  # fmt: skip
        is_information = one.get("information", False)
        draft = DecisionDraft(
            one["text"], topic_id, stage.departments[one["lead"]] if "lead" in one else None,
            [stage.departments[code] for code in one.get("supports", ())],
            None if is_information else stage.after(one["workdays"]), one.get("wanted", ()), is_information,
        )  # fmt: skip
        act, actor = act_as(stage, login)
        decision_id = draft_decision(act, stage.book, actor, sitting.id, draft)
        self.decided[decision_id] = (key, one)

    def close(self, stage: Stage, sitting: Sitting, login: str) -> None:
        """Write the last words and end the meeting."""
        act, actor = act_as(stage, login)
        present = find_text(act.connection, sitting.id, CLOSING)
        write_text(act, actor, sitting.id, CLOSING, self.say(stage, "closing"), present.revision if present else 0)
        stage.do(login, sitting.id, "end")
