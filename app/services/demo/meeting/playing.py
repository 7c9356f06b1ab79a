"""Plays the meetings of the story: every open meeting takes its next step on the day on which it is due."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from app.services.demo.character import Character
from app.services.demo.meeting import issuing
from app.services.demo.meeting.grouping import Groups, act_as, find_post
from app.services.demo.meeting.holding import Sessions
from app.services.demo.meeting.proposing import SETTLED_AT, Proposals
from app.services.demo.meeting.story import MeetingsStory, MeetingStory, Table, read_meetings, read_topic
from app.services.demo.meeting.watching import Sitting, list_sittings, list_topics, read_state
from app.services.demo.stage import Stage
from app.services.meeting.planning import NewMeeting, plan_meeting
from app.services.meeting.series.planning import plan_series

_NOTIFIED_AT, _ANSWERED_AT = -3, -2
_UNTOLD = MeetingStory()
#: The meeting after the one that is ahead is planned by now: topics may be sent on to it.
_NEXT_PLANNED = -8
_HOURS = (9, 30)
_LENGTH = timedelta(hours=2)


@dataclass
class Meetings:
    """The meetings' running state."""

    story: MeetingsStory = field(default_factory=read_meetings)
    characters: MutableMapping[int, Character] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.groups = Groups(self.story)
        self.proposals = Proposals(self.characters)
        self.sessions = Sessions(self.story.words)
        self._specials: dict[int, MeetingStory] = {}
        self._leaders: dict[int, MeetingStory] = {}

    def play(self, stage: Stage) -> None:
        """Play what the story has for today; a shortened story that begins later has no group and no meetings."""
        self.groups.play(stage)
        if "group" not in self.groups.ids:
            return
        for special in self.story.specials:
            if special.told["plan"] == stage.day and special.told["group"] in self.groups.ids:
                self._plan(stage, special)
        if stage.day == _NEXT_PLANNED:
            self._plan_next(stage)
        for sitting in list_sittings(stage.session.connection()):
            self._advance(stage, sitting, self._find_story(sitting))

    def _plan(self, stage: Stage, special: MeetingStory) -> None:
        """Plan a meeting outside the series, by hand."""
        told = special.told
        starts_at = datetime.combine(stage.on(told["day"]), time(*_HOURS), stage.book.zone).astimezone(UTC)
        new = NewMeeting(
            self.groups.ids[told["group"]], told["title"], told["forum"], starts_at, starts_at + _LENGTH,
            "市政府2号楼205会议室",
        )  # fmt: skip
        act, _ = act_as(stage, stage.office(told["key"]))
        meeting_id = plan_meeting(act, stage.book, new)
        stage.know(f"meeting:{told['key']}", meeting_id)
        self._specials[meeting_id] = special

    def _plan_next(self, stage: Stage) -> None:
        """Plan the meeting after the one that is ahead on the last day, as the office does by hand."""
        for (series_id, month), (key, back) in self.groups.backs.items():
            if key == "monthly" and back == 0:
                for one in (month, _follow(month)):
                    act, _ = act_as(stage, "office")
                    plan_series(act, stage.book, series_id, one)

    def _plan_following(self, stage: Stage, sitting: Sitting) -> None:
        """Plan the next meeting of a series where its topics are to go to it."""
        if sitting.series_id is not None and sitting.month is not None:
            act, _ = act_as(stage, "office")
            plan_series(act, stage.book, sitting.series_id, _follow(sitting.month))

    def _find_story(self, sitting: Sitting) -> MeetingStory:
        if sitting.id in self._specials:
            return self._specials[sitting.id]
        key, number = self.groups.backs.get((sitting.series_id or 0, sitting.month or ""), ("", -1))
        if key == "leaders":
            return self._leaders.setdefault(sitting.id, self._tell_leaders(number))
        return self.story.meetings.get((key, number), _UNTOLD)

    def _tell_leaders(self, number: int) -> MeetingStory:
        """Return what comes before the leaders' meeting of a quarter: each of its topics in turn."""
        told: Table = self.story.leaders[number % len(self.story.leaders)]
        key = f"leaders{number}"
        return MeetingStory({}, (read_topic({**told, "key": key}, key),))

    def _advance(self, stage: Stage, sitting: Sitting, story: MeetingStory) -> None:
        """Take the next step of one meeting, if it is due."""
        at = self._count(stage, sitting)
        if sitting.state in ("planned", "collecting", "agenda_set", "notified") and self._is_upset(
            stage, sitting, story, at
        ):
            return
        match sitting.state:
            case "planned" | "collecting" | "agenda_set" | "notified":
                self._prepare(stage, sitting, story, at)
            case "postponed" if self._is_arranged(stage, sitting, story):
                return
            case "minutes_draft" if story.told.get("stop") != "minutes_draft":
                issuing.send_round(stage, sitting, story, self.characters, self._login(stage, sitting))
            case "minutes_cosign":
                issuing.comment(stage, sitting, story, self._login(stage, sitting))
                if not story.told.get("unsigned"):
                    issuing.issue(stage, sitting, story, self.sessions, self.characters)
            case "issued":
                issuing.follow_up(stage, sitting, story, self.sessions, self._login(stage, sitting))

    def _login(self, stage: Stage, sitting: Sitting) -> str:
        """Return who in the office looks after a meeting."""
        return stage.office(f"meeting {sitting.id}")

    def _count(self, stage: Stage, sitting: Sitting) -> int:
        """Return today in working days from the meeting's day: negative before it."""
        on = stage.calendar.local_date(sitting.starts_at)
        if on >= stage.today:
            return -stage.calendar.workdays_between(stage.today, on)
        return stage.calendar.workdays_between(on, stage.today)

    def _prepare(self, stage: Stage, sitting: Sitting, story: MeetingStory, at: int) -> None:
        told, login = story.told, self._login(stage, sitting)
        connection = stage.session.connection()
        is_special = "plan" in told
        if sitting.state == "planned" and is_special and stage.day >= told["call"]:
            stage.do(login, sitting.id, "call_topics")
        state = read_state(connection, sitting.id)
        if state != "planned" or not is_special:
            self.proposals.propose(stage, sitting, story.topics, at)
        self.proposals.follow(stage, sitting, at)
        agenda_due = stage.day >= told.get("agenda", issuing.NEVER) if is_special else at >= SETTLED_AT
        if state == "collecting" and agenda_due:
            self._set_agenda(stage, sitting, story, login)
            state = read_state(connection, sitting.id)
        notice_due = stage.day >= told.get("notify", issuing.NEVER) if is_special else at >= _NOTIFIED_AT
        if state == "agenda_set" and notice_due:
            self.sessions.invite_guests(stage, sitting, story, login)
            stage.do(login, sitting.id, "notify")
            self.proposals.follow(stage, self._reread(stage, sitting), at)
        elif state == "notified" and at < 0:
            if at >= _ANSWERED_AT:
                self.sessions.answer(stage, sitting, story)
        elif state == "notified":
            self._hold(stage, sitting, story, login)

    def _reread(self, stage: Stage, sitting: Sitting) -> Sitting:
        return next(one for one in list_sittings(stage.session.connection()) if one.id == sitting.id)

    def _set_agenda(self, stage: Stage, sitting: Sitting, story: MeetingStory, login: str) -> None:
        if any("defer" in topic.told.get("fate", "") for topic in story.topics):
            self._plan_following(stage, sitting)
        self.proposals.settle(stage, sitting)
        topics = list_topics(stage.session.connection(), sitting.id)
        waits = any(one.state in ("submitted", "referred") for one in topics)
        if not waits and any(one.state == "accepted" for one in topics):
            stage.do(login, sitting.id, "set_agenda")

    def _hold(self, stage: Stage, sitting: Sitting, story: MeetingStory, login: str) -> None:
        self.sessions.answer(stage, sitting, story)
        self.sessions.open(stage, sitting, story, login)
        stops = story.told.get("stop") == "held"
        votes = story.told.get("votes", {})
        self.sessions.take_up(stage, sitting, self.proposals.told, votes, login, 1 if stops else None)
        if not stops:
            self.sessions.close(stage, sitting, login)

    def _is_upset(self, stage: Stage, sitting: Sitting, story: MeetingStory, at: int) -> bool:
        """Whether the meeting is moved, put off, called off or given another chair today; each once."""
        told, login = story.told, self._login(stage, sitting)
        move, cancel, chair = told.get("move"), told.get("cancel"), told.get("chair")
        if chair is not None and at >= _NOTIFIED_AT and self._is_first(stage, f"chair {sitting.id}"):
            fields = {"chair": find_post(stage, chair["login"]), "reason": chair["reason"]}
            stage.do(login, sitting.id, "name_chair", fields)
        if move is not None and at >= move["at"] and self._is_first(stage, f"move {sitting.id}"):
            stage.do(login, sitting.id, "reschedule", self._new_day(stage, sitting, move))
            return True
        if cancel is not None and at >= cancel["at"]:
            self._plan_following(stage, sitting)
            stage.do(login, sitting.id, "cancel", {"reason": cancel["reason"]})
            return True
        postpone = told.get("postpone")
        if postpone is None:
            return False
        is_special = isinstance(postpone, int)
        is_due = stage.day >= postpone if is_special else at >= postpone["at"]
        if is_due and self._is_first(stage, f"postpone {sitting.id}"):
            reason = told["reason"] if is_special else postpone["reason"]
            stage.do(login, sitting.id, "postpone", {"reason": reason})
            return True
        return False

    def _is_arranged(self, stage: Stage, sitting: Sitting, story: MeetingStory) -> bool:
        """Whether a meeting that was put off gets its new day today, the day after."""
        postpone = story.told.get("postpone")
        if not isinstance(postpone, dict) or stage.passed(stage.calendar.local_date(sitting.state_since)) < 1:
            return False
        stage.do(self._login(stage, sitting), sitting.id, "arrange", self._new_day(stage, sitting, postpone))
        return True

    def _new_day(self, stage: Stage, sitting: Sitting, told: Table) -> dict[str, Any]:
        on = stage.calendar.add_workdays(stage.calendar.local_date(sitting.starts_at), told["by"])
        return {"day": on.isoformat(), "reason": told["reason"]}

    def _is_first(self, stage: Stage, key: str) -> bool:
        is_first = key not in stage.said
        stage.said[key] = 1
        return is_first


def _follow(month: str) -> str:
    """Return the month after one, as "2026-05"."""
    return f"{int(month[:4]) + int(month[5:]) // 12}-{int(month[5:]) % 12 + 1:02d}"
