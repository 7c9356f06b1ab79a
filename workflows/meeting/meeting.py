"""Coordination meeting 协调会: planned by its series, topics called for, agenda fixed, held, minuted, issued.

Source: domain notes 2.4 and 2.1 (minutes): topics are gathered before a cut-off; once the notice is out the list is
fixed; more than half must be present; minutes are drafted by the office, seen by the units, issued by the chair;
decisions become supervised tasks. Silence past the limit of the co-signing counts as no objection, and is said so.
"""

from workflows import fields
from workflows.machine import Cause, Ladder, Rung, SignOff, State, Step, Target, Workflow
from workflows.meeting import fields as meeting
from workflows.meeting.guards import (
    all_marked,
    comments_answered,
    cosign_over,
    day_has_come,
    decisions_settled,
    group_stands,
    has_chair,
    has_invited,
    has_topics,
    is_quorate,
    minutes_whole,
    not_quorate,
    topics_concluded,
    topics_settled,
)
from workflows.roles import CHAIR, OFFICE, OFFICE_DIRECTOR, SYSTEM, UNIT_HEAD
from workflows.span import workdays
from workflows.words import Text

PLANNED = State("planned", Text("筹划", "planned"), OFFICE)
COLLECTING = State("collecting", Text("议题征集", "call for topics"), OFFICE)
AGENDA_SET = State("agenda_set", Text("议程已定", "agenda set"), OFFICE)
NOTIFIED = State("notified", Text("已通知", "notice sent"), OFFICE)
HELD = State("held", Text("召开", "in session"), OFFICE)
MINUTES_DRAFT = State("minutes_draft", Text("纪要起草", "minutes being drafted"), OFFICE, (Cause.IDLE,))
MINUTES_COSIGN = State("minutes_cosign", Text("纪要会签", "minutes being co-signed"), CHAIR, (Cause.SIGN_OFF,))
ISSUED = State("issued", Text("纪要已印发", "minutes issued"), OFFICE)
CLOSED = State("closed", Text("已办结", "closed"))
POSTPONED = State("postponed", Text("已延期", "postponed"), OFFICE, is_pause=True)
CANCELLED = State("cancelled", Text("已取消", "cancelled"))

AHEAD = (PLANNED, COLLECTING, AGENDA_SET, NOTIFIED)
MOVED = (meeting.day, meeting.clock, meeting.place, fields.reason)

MINUTES = SignOff(
    "minutes", Text("纪要会签", "co-signing of the minutes"), UNIT_HEAD, completed="finish_cosign", refused="object",
)  # fmt: skip

#    action, label, from, to, who may, only if, asks, what follows
STEPS = (
    Step("call_topics", Text("征集议题", "Call for topics"), (PLANNED,), COLLECTING, (OFFICE,), (group_stands,),
         then=("gather_topics",), tells=(UNIT_HEAD,)),
    Step("set_agenda", Text("确定议程", "Set the agenda"), (COLLECTING,), AGENDA_SET, (OFFICE,),
         (topics_settled, has_topics), then=("gather_topics", "number_topics"), tells=(CHAIR,)),
    Step("reopen_agenda", Text("重新征集", "Reopen the call"), (AGENDA_SET,), COLLECTING, (OFFICE,),
         asks=(fields.reason,)),
    Step("notify", Text("发出会议通知", "Send the notice"), (AGENDA_SET,), NOTIFIED, (OFFICE,),
         (has_chair, has_invited), then=("freeze_agenda", "send_invitations"), tells=(CHAIR,)),
    Step("reschedule", Text("改期", "Move the meeting"), AHEAD, Target.STAY, (OFFICE,), asks=MOVED,
         then=("move_meeting", "send_changes")),
    Step("name_chair", Text("确定主持人", "Name the chair"), (*AHEAD, HELD), Target.STAY, (OFFICE,),
         asks=(meeting.chair, fields.reason), then=("set_chair",), tells=(CHAIR,)),
    Step("open", Text("宣布开会", "Open the meeting"), (NOTIFIED,), HELD, (OFFICE,),
         (day_has_come, has_chair, is_quorate), then=("begin_meeting",)),
    Step("open_short", Text("未达法定人数，仅作通报", "Open without a quorum, for information only"), (NOTIFIED,), HELD,
         (CHAIR,), (day_has_come, not_quorate), asks=(fields.reason,), then=("begin_meeting", "mark_short"),
         is_grave=True),
    Step("end", Text("散会", "End the meeting"), (HELD,), MINUTES_DRAFT, (OFFICE,), (topics_concluded, all_marked),
         then=("end_meeting",), tells=(CHAIR,)),
    Step("send_minutes", Text("送会签", "Send round to be signed"), (MINUTES_DRAFT,), MINUTES_COSIGN, (OFFICE,),
         (minutes_whole,), asks=(meeting.cosign_until,), then=("set_cosign_limit",), opens=MINUTES, tells=(UNIT_HEAD,)),
    Step("finish_cosign", Text("会签完成", "Co-signed by all"), (MINUTES_COSIGN,), Target.STAY, (SYSTEM,),
         tells=(CHAIR, OFFICE)),
    Step("object", Text("成员单位有异议，退回修改", "Returned with an objection"), (MINUTES_COSIGN,), MINUTES_DRAFT,
         (SYSTEM,), tells=(OFFICE,)),
    Step("return", Text("退回修改", "Return"), (MINUTES_COSIGN,), MINUTES_DRAFT, (CHAIR,), asks=(fields.reason,),
         tells=(OFFICE,)),
    Step("withdraw", Text("收回修改", "Take back"), (MINUTES_COSIGN,), MINUTES_DRAFT, (OFFICE,), asks=(fields.reason,)),
    Step("issue", Text("签发纪要", "Sign and issue the minutes"), (MINUTES_COSIGN,), ISSUED, (CHAIR,),
         (cosign_over, comments_answered, minutes_whole), asks=(fields.opinion,), then=("free_due", "issue_minutes"),
         is_grave=True),
    Step("correct", Text("更正纪要", "Correct the minutes"), (ISSUED,), Target.STAY, (CHAIR,),
         asks=(meeting.section, meeting.corrected, fields.reason), then=("correct_minutes",),
         tells=(UNIT_HEAD, OFFICE), is_progress=False, is_grave=True),
    Step("close", Text("办结", "Close"), (ISSUED,), CLOSED, (OFFICE, SYSTEM), (decisions_settled,),
         asks=(fields.note,)),
    Step("postpone", Text("延期", "Postpone"), AHEAD, POSTPONED, (OFFICE,), asks=(fields.reason,),
         then=("suspend_meeting", "send_changes")),
    Step("arrange", Text("重新安排", "Arrange anew"), (POSTPONED,), Target.BACK, (OFFICE,), asks=MOVED,
         then=("move_meeting", "send_changes")),
    Step("cancel", Text("取消会议", "Cancel"), (*AHEAD, POSTPONED), CANCELLED, (OFFICE, SYSTEM), asks=(fields.reason,),
         then=("cancel_meeting", "send_changes"), is_grave=True),
)  # fmt: skip

LADDERS = (
    Ladder(Cause.IDLE, (
        Rung(1, workdays(1), OFFICE),
        Rung(2, workdays(3), OFFICE_DIRECTOR),
    ), limit=workdays(3)),
    Ladder(Cause.SIGN_OFF, (
        Rung(1, workdays(1), UNIT_HEAD),
        Rung(2, workdays(3), OFFICE_DIRECTOR),
    ), limit=workdays(3)),
)  # fmt: skip

MEETING = Workflow(
    kind="meeting",
    version=1,
    label=Text("会议", "meeting"),
    start=PLANNED,
    states=(PLANNED, COLLECTING, AGENDA_SET, NOTIFIED, HELD, MINUTES_DRAFT, MINUTES_COSIGN, ISSUED, CLOSED, POSTPONED,
            CANCELLED),
    steps=STEPS,
    ladders=LADDERS,
)  # fmt: skip
