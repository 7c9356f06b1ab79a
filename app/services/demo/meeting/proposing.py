"""Topics on their way to the agenda: drafted, countersigned, submitted or referred, settled by the office."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from datetime import datetime

from app.services.demo.character import Character
from app.services.demo.looking import list_unsigned
from app.services.demo.meeting.grouping import act_as
from app.services.demo.meeting.story import TopicStory
from app.services.demo.meeting.watching import Sitting, Topic, find_login, list_topics
from app.services.demo.stage import Stage
from app.services.meeting.planning import find_next
from app.services.meeting.topic.drafting import TopicDraft, draft_topic

#: Topics are written so many working days before their meeting; slow signers take so many days.
PROPOSED_AT, SLOW_DAYS, NEVER = -14, 7, 10_000
#: The office settles what was submitted, and the chair rules, this long before the meeting.
SETTLED_AT, RULED_AT = -4, -5
_MINUTES = 15


@dataclass
class Proposals:
    """The topics' running state: what is told of each, by its id."""

    characters: MutableMapping[int, Character]
    told: dict[int, TopicStory] = field(default_factory=dict)

    def propose(self, stage: Stage, sitting: Sitting, topics: tuple[TopicStory, ...], at: int) -> None:
        """Have what is due for a meeting drafted today; `at` is today, in working days from the meeting's day."""
        for topic in topics:
            key = f"topic:{topic.key}"
            is_due = topic.told["day"] <= stage.day if "day" in topic.told else topic.told.get("at", PROPOSED_AT) <= at
            if key in stage.items or not is_due:
                continue
            head = topic.by
            login = stage.staff(stage.acting(head).capacity.department_id, key) or head  # type: ignore[union-attr]
            draft = TopicDraft(
                topic.title, topic.told.get("matter", "coordination"), topic.told["brief"], topic.told["sought"],
                topic.told.get("minutes", _MINUTES), [stage.departments[code] for code in topic.concerned],
            )  # fmt: skip
            act, actor = act_as(stage, login)
            topic_id = draft_topic(act, stage.book, actor, sitting.id, draft)
            stage.know(key, topic_id)
            self.told[topic_id] = topic
            slow = dict.fromkeys(topic.told.get("slow", ()), SLOW_DAYS)
            slow |= dict.fromkeys((*topic.told.get("never", ()), topic.told.get("dissent", "")), NEVER)
            self.characters[topic_id] = Character(signs=slow)
            if topic.told.get("stop") != "draft":
                stage.do(login, topic_id, "ask_consent")

    def follow(self, stage: Stage, sitting: Sitting, at: int) -> None:
        """Have everybody do their part on a meeting's topics."""
        for topic in list_topics(stage.session.connection(), sitting.id):
            told = self.told.get(topic.id)
            if told is None:
                continue
            if "drop" in told.told and at >= told.told["drop"]["at"] and topic.state in ("draft", "submitted"):
                stage.do(told.by, topic.id, "drop", {"reason": told.told["drop"]["reason"]})
            elif topic.state == "countersign":
                self._dissent(stage, topic, told)
            elif topic.state == "draft" and topic.is_consulted:
                self._submit(stage, topic, told, sitting)
            elif topic.state == "referred" and told.told.get("ruling") != "wait" and at >= RULED_AT:
                chair = find_login(stage.session.connection(), sitting.chair_post_id)
                stage.do(chair, topic.id, "admit", {"reason": told.told["ruling"]})

    def settle(self, stage: Stage, sitting: Sitting) -> None:
        """Have the office answer what was submitted to a meeting whose agenda it is about to set."""
        for topic in list_topics(stage.session.connection(), sitting.id):
            if topic.state != "submitted":
                continue
            told = self.told[topic.id].told
            fate, _, other = told.get("fate", "accept").partition(":")
            login = stage.office(f"topic:{topic.id}")
            fields: dict[str, object] = {}
            if fate == "merge" and f"topic:{other}" in stage.items:
                fields = {"into": stage.items[f"topic:{other}"], "note": told["reason"]}
            elif (fate == "defer" and self._may_defer(stage, topic, sitting)) or fate == "return":
                fields = {"reason": told["reason"]}
            else:
                fate = "accept"
            stage.do(login, topic.id, fate, fields)

    def _may_defer(self, stage: Stage, topic: Topic, sitting: Sitting) -> bool:
        """Whether a topic is sent on: once, and only where there is a meeting to which it can go."""
        key = f"deferred:{topic.id}"
        if key in stage.said or find_next(stage.session.connection(), sitting.id) is None:
            return False
        stage.said[key] = 1
        return True

    def _dissent(self, stage: Stage, topic: Topic, told: TopicStory) -> None:
        """Have the department that does not agree say so, the day after it was asked."""
        code = told.told.get("dissent")
        if code is None or _passed(stage, topic.state_since) < 1:
            return
        wanted = {one.department_id for one in list_unsigned(stage.session.connection()) if one.item_id == topic.id}
        if stage.departments[code] in wanted:
            fields = {"verdict": "refuse", "remark": told.told["dissent_reason"]}
            stage.do(stage.head(stage.departments[code]), topic.id, "sign", fields)

    def _submit(self, stage: Stage, topic: Topic, told: TopicStory, sitting: Sitting) -> None:
        # A late topic is referred once the agenda is fixed; one with differences at once.
        if told.told.get("is_late") and sitting.state != "notified":
            return
        if "differences" in told.told:
            stage.do(told.by, topic.id, "refer", {"differences": told.told["differences"]})
        elif sitting.state in ("planned", "collecting"):
            stage.do(told.by, topic.id, "submit")


def _passed(stage: Stage, since: datetime) -> int:
    return stage.passed(stage.calendar.local_date(since))
