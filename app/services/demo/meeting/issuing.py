"""After a meeting: minutes sent round, commented, issued, corrected; decisions become tasks, are revoked, settled."""

from collections.abc import MutableMapping

from app.services.demo.character import Character, draw
from app.services.demo.meeting.grouping import act_as
from app.services.demo.meeting.holding import Sessions
from app.services.demo.meeting.story import MeetingStory
from app.services.demo.meeting.watching import Sitting, find_login, is_being_signed, list_decisions, read_state
from app.services.demo.stage import Stage
from app.services.meeting.record.commenting import NewComment, answer_comment, comment_minutes

#: Minutes that are late wait so many working days more.
_LATE_DAYS = 8
NEVER = 10_000


def send_round(
    stage: Stage, sitting: Sitting, story: MeetingStory, characters: MutableMapping[int, Character], login: str
) -> None:
    """Send the minutes to be signed on the day after the meeting, or late; strike what was noted in haste before."""
    since = stage.passed(stage.calendar.local_date(sitting.state_since))
    if since < (_LATE_DAYS if story.told.get("minutes_late") else 1):
        return
    dropped = story.told.get("drops", 0)
    decisions = list_decisions(stage.session.connection(), sitting.id)
    for decision_id, state, _, _ in decisions[len(decisions) - dropped :]:
        if state == "draft":
            stage.do(login, decision_id, "drop", {"note": "会后核对，本次会议未形成一致意见"})
    unsigned = (*story.told.get("unsigned", ()), *story.told.get("silent", ()))
    characters[sitting.id] = Character(signs=dict.fromkeys(unsigned, NEVER) or None)
    stage.do(login, sitting.id, "send_minutes")


def comment(stage: Stage, sitting: Sitting, story: MeetingStory, login: str) -> None:
    """Have a unit say what it thinks of the draft, and the office answer."""
    told, key = story.told.get("comment"), f"comment {sitting.id}"
    if told is None or key in stage.said:
        return
    stage.said[key] = 1
    act, actor = act_as(stage, told["login"])
    comment_id = comment_minutes(act, actor, sitting.id, NewComment(told["place"], told["text"]))
    act, actor = act_as(stage, login)
    answer_comment(act, actor, comment_id, told["outcome"], told["answer"])


def issue(
    stage: Stage, sitting: Sitting, story: MeetingStory, sessions: Sessions,
    characters: MutableMapping[int, Character],
) -> None:  # fmt: skip
    """Have the chair issue minutes that all have signed, or whose limit has passed; take their tasks onto the stage."""
    connection = stage.session.connection()
    until = sitting.cosign_until_on
    if is_being_signed(connection, sitting.id) and (until is None or stage.today <= until):
        return
    if stage.passed(stage.calendar.local_date(sitting.state_since)) < story.told.get("issue_after", 1):
        return
    chair = find_login(connection, sitting.chair_post_id)
    stage.do(chair, sitting.id, "issue", {"opinion": sessions.say(stage, "issue")})
    for decision_id, _, task_id, _ in list_decisions(connection, sitting.id):
        if task_id is None or decision_id not in sessions.decided:
            continue
        key, told = sessions.decided[decision_id]
        stage.know(key, task_id)
        characters[task_id] = draw(stage.chance(key), told.get("traits", {}), told.get("rhythm"))


def follow_up(stage: Stage, sitting: Sitting, story: MeetingStory, sessions: Sessions, login: str) -> None:
    """Correct issued minutes, revoke a decision, close the meeting whose decisions are all settled."""
    connection = stage.session.connection()
    if sitting.issued_at is None:
        return
    days = stage.passed(stage.calendar.local_date(sitting.issued_at))
    chair = find_login(connection, sitting.chair_post_id)
    told = story.told.get("correct")
    if (
        told is not None
        and days == told["after"]
        and stage.said.setdefault(f"correct {sitting.id}", stage.day) == stage.day
    ):
        fields = {"section": told["section"], "corrected": told["text"], "reason": told["reason"]}
        stage.do(chair, sitting.id, "correct", fields)
    states = list_decisions(connection, sitting.id)
    for decision_id, state, task_id, _ in states:
        revoked = sessions.decided.get(decision_id, ("", {}))[1].get("revoke")
        if revoked is not None and state == "in_force" and days >= revoked["after"]:
            decision = revoked["decision"].replace("{year}", str(stage.today.year))
            stage.do(chair, decision_id, "revoke", {"decision": decision})
            if task_id is not None and read_state(connection, task_id) not in ("done", "cancelled"):
                stage.do(login, task_id, "cancel", {"reason": decision})
    settled = [settled_on for _, state, _, settled_on in states if state not in ("recorded", "dropped")]
    if states and all(one is not None and one < stage.today for one in settled):
        stage.do(login, sitting.id, "close", {"note": "议定事项均已办结"})
