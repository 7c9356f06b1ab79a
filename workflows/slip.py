"""Supervision slip 督办单/预警单: a numbered notice about one stalled matter, which its department must answer.

Source: three-colour slips of local supervision rules (domain notes 2.2 and part 4): the next colour only after the
earlier one failed; one matter one slip; a red one lies a working day with the office for correction, then issues
itself; the department answers within its limit or appeals once; an accepted one closes when its matter moves.
"""

from workflows import fields
from workflows.guards import may_urge, not_appealed_before
from workflows.machine import Cause, Ladder, Rung, State, Step, Target, Workflow
from workflows.roles import LEAD_HEAD, LEAD_STAFF, LEADERSHIP, OFFICE, OFFICE_DIRECTOR, SYSTEM
from workflows.span import workdays
from workflows.words import Text

DRAFTED = State("drafted", Text("待签发", "drafted"), OFFICE)
ISSUED = State("issued", Text("待答复", "issued"), LEAD_HEAD, (Cause.DUE,))
ANSWERED = State("answered", Text("已答复待审", "answered"), OFFICE)
RETURNED = State("returned", Text("退回重答", "returned"), LEAD_HEAD, (Cause.DUE,))
APPEALED = State("appealed", Text("申诉中", "appealed"), OFFICE_DIRECTOR)
ACCEPTED = State("accepted", Text("答复通过，待事项办结", "answer accepted"), OFFICE)
CLOSED = State("closed", Text("已结单", "closed"))
WITHDRAWN = State("withdrawn", Text("已撤销", "withdrawn"))

LIVE = (DRAFTED, ISSUED, RETURNED, ANSWERED, APPEALED, ACCEPTED)

#    action, label, from, to, who may, only if, asks, what follows
STEPS = (
    Step("correct", Text("修改内容", "Correct"), (DRAFTED,), Target.STAY, (OFFICE,), asks=(fields.demand,),
         then=("write_demand",)),
    Step("issue", Text("签发", "Issue"), (DRAFTED,), ISSUED, (OFFICE, SYSTEM), asks=(fields.opinion,),
         then=("give_number", "set_answer_limit", "charge_department"), tells=(LEAD_HEAD,)),
    Step("answer", Text("答复", "Answer"), (ISSUED, RETURNED), ANSWERED, (LEAD_HEAD,),
         asks=(fields.answer, fields.promised_on), then=("write_answer",), tells=(OFFICE,)),
    Step("accept", Text("审核通过", "Accept the answer"), (ANSWERED,), ACCEPTED, (OFFICE,), asks=(fields.opinion,),
         then=("close_if_settled",), tells=(LEAD_HEAD,), not_by="answer"),
    Step("return", Text("退回重答", "Return the answer"), (ANSWERED,), RETURNED, (OFFICE,), asks=(fields.reason,),
         then=("set_answer_limit",), tells=(LEAD_HEAD,)),
    Step("appeal", Text("申诉", "Appeal"), (ISSUED,), APPEALED, (LEAD_HEAD,), (not_appealed_before,),
         asks=(fields.reason,), then=("mark_appeal",), tells=(OFFICE_DIRECTOR,)),
    Step("uphold", Text("申诉成立，撤销", "Uphold the appeal"), (APPEALED,), WITHDRAWN, (OFFICE_DIRECTOR, LEADERSHIP),
         asks=(fields.reason,), then=("refund_department",), tells=(LEAD_HEAD,), not_by="appeal"),
    Step("dismiss", Text("申诉不成立，维持", "Dismiss the appeal"), (APPEALED,), ISSUED, (OFFICE_DIRECTOR, LEADERSHIP),
         asks=(fields.reason,), then=("set_answer_limit",), tells=(LEAD_HEAD,), not_by="appeal"),
    Step("withdraw", Text("撤销", "Withdraw"), (DRAFTED, ISSUED, RETURNED, ANSWERED), WITHDRAWN, (OFFICE_DIRECTOR,),
         asks=(fields.reason,), then=("refund_department",), tells=(LEAD_HEAD,), is_grave=True),
    Step("close", Text("结单", "Close"), (ACCEPTED,), CLOSED, (OFFICE, SYSTEM), asks=(fields.opinion,),
         tells=(LEAD_STAFF,)),
    Step("replace", Text("升级为红色督办单", "Replaced by a red notice"), LIVE, CLOSED, (SYSTEM,), asks=(fields.note,)),
    Step("drop", Text("事项已动，不再签发", "Not issued: the matter has moved"), (DRAFTED,), WITHDRAWN, (SYSTEM,),
         asks=(fields.note,)),
    Step("cancel", Text("随上级事项撤销", "Cancelled with the item above"), LIVE, WITHDRAWN, (SYSTEM,),
         asks=(fields.note,)),
    Step("urge", Text("催办", "Urge"), (ISSUED, RETURNED, ANSWERED, APPEALED), Target.STAY, (OFFICE, LEAD_STAFF),
         (may_urge,), asks=(fields.channel, fields.note, fields.spoken_to), then=("urge",), is_progress=False),
)  # fmt: skip

#: An accepted answer waits for its matter to move, not for a hand: nobody's work list shows it.
RESTING = frozenset({("slip", ACCEPTED.name)})

#: Slips never bring forth slips: an unanswered one is reminded of, then goes to the leadership group.
LADDERS = (
    Ladder(Cause.DUE, (Rung(1, workdays(-1), LEAD_HEAD), Rung(4, workdays(2), LEADERSHIP))),
)  # fmt: skip

SLIP = Workflow(
    kind="slip",
    version=1,
    label=Text("督办单", "supervision notice"),
    start=DRAFTED,
    states=(DRAFTED, ISSUED, ANSWERED, RETURNED, APPEALED, ACCEPTED, CLOSED, WITHDRAWN),
    steps=STEPS,
    ladders=LADDERS,
)

YELLOW, RED = 2, 3

#: What a paper is called, by its level; the blue one is a message that can be printed, no item.
SLIP_LABELS = {
    1: Text("提醒单", "reminder"),
    YELLOW: Text("预警单", "warning notice"),
    RED: Text("督办单", "supervision notice"),
}
COLOUR_LABELS = {1: Text("蓝", "blue"), YELLOW: Text("黄", "yellow"), RED: Text("红", "red")}
COLOURS = {"yellow": YELLOW, "red": RED}

#: What is demanded unless the office has put it otherwise, by cause.
DEMANDS = {
    Cause.DUE: Text(
        "请说明逾期原因，排定完成措施，填写承诺完成日期，抓紧办结，并将办理情况和佐证一并报送。",
        "State why the matter is late, set measures, give the date promised for its completion, complete it without "
        "further delay, and report what was done with evidence.",
    ),
    Cause.RECEIPT: Text(
        "请立即签收并确定承办人；对归属有异议的，请在系统中提出。",
        "Acknowledge receipt at once and appoint somebody in charge; if the matter is not yours, say so in the system.",
    ),
    Cause.IDLE: Text(
        "请报告最新进展，说明停滞原因和下一步安排。",
        "Report the latest progress, and state why the matter stands still and what comes next.",
    ),
    Cause.SIGN_OFF: Text(
        "请尽快签署会签意见；不同意的，请写明理由。",
        "Give your signature without delay; if you do not agree, state the reasons.",
    ),
    Cause.FORECAST: Text(
        "请说明预计延期的原因，提出赶上进度的措施；确需调整期限的，请在期限届满前申请延期。",
        "State why the forecast lies after the due date and how the delay will be made up; if more time is needed, "
        "ask for it before the due date.",
    ),
    Cause.REPORT: Text(
        "请立即补报应报未报的进展，并按规定周期报送。",
        "Send in the report that is owed at once, and keep to the reporting rhythm from now on.",
    ),
}
#: What a reminder asks for before anything is late.
REMINDER = Text(
    "请按期办结；预计不能按期完成的，请在期限届满前申请延期。",
    "Complete the matter in time; if more time is needed, ask for it before the due date.",
)
APPROACHING = Text("临近完成期限", "the due date is near")
#: Why a matter is on the paper, in a sentence that the days of lateness follow.
GROUNDS = {
    Cause.DUE: Text("超过完成期限仍未办结", "not completed by its due date"),
    Cause.RECEIPT: Text("超过签收时限仍未签收", "receipt not acknowledged in time"),
    Cause.IDLE: Text("超过时限没有进展", "no progress reported in time"),
    Cause.SIGN_OFF: Text("超过会签时限仍未签署", "signature not given in time"),
    Cause.FORECAST: Text("预计完成日期晚于完成期限", "forecast completion lies after the due date"),
    Cause.REPORT: Text("应报进展超过时限仍未报送", "report owed and not sent in"),
}


def is_red(level: int) -> bool:
    """Whether a slip of `level` is a red one."""
    return level == RED


def name_slip(level: int, title: str, longest: int) -> str:
    """Return the title of a slip about a matter, at most `longest` characters."""
    whole = f"{SLIP_LABELS[level].zh}：{title}"
    return whole if len(whole) <= longest else whole[: longest - 1] + "…"
