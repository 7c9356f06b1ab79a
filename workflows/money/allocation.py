"""Allocation 资金安排: what a department asks of a special fund for a joint project, until it is evaluated.

Source: the special funds' life cycle (domain notes 2.5): request with need and goals, check by finance, decision by
the leadership group above the fund's threshold, public notice where the fund asks for it, issue 下达, evaluation.
Submitting reserves, issuing commits, whatever ends it on the way releases; nobody decides what they asked for.
"""

from workflows import fields
from workflows.guards import children_closed, may_urge, parent_open, parent_running
from workflows.machine import Cause, Ladder, Rung, State, Step, Target, Workflow
from workflows.money import fields as money
from workflows.money.guards import (
    finance_decides,
    has_drawable,
    has_goals,
    has_left,
    idle_warned,
    instalments_fit,
    leaders_decide,
    needs_no_notice,
    needs_notice,
    no_transfer_pending,
    notice_over,
    objection_waits,
    objections_answered,
    transfer_for_finance,
    transfer_for_leaders,
    transfer_waits,
    within_balance,
    year_open,
)
from workflows.roles import FINANCE, LEAD_HEAD, LEAD_STAFF, LEADERSHIP, OFFICE, SYSTEM
from workflows.span import workdays
from workflows.words import Text

DRAFT = State("draft", Text("草拟", "draft"), LEAD_STAFF)
SUBMITTED = State("submitted", Text("待单位审核", "with the department's head"), LEAD_HEAD, (Cause.IDLE,))
FINANCE_REVIEW = State("finance_review", Text("财政审核", "with finance"), FINANCE, (Cause.IDLE,))
LEADERSHIP_APPROVAL = State(
    "leadership_approval", Text("待领导小组审批", "with the leadership group"), LEADERSHIP, (Cause.IDLE,)
)
PUBLIC_NOTICE = State("public_notice", Text("公示", "public notice"), FINANCE, (Cause.IDLE,))
ALLOCATED = State("allocated", Text("已下达", "allocated"), LEAD_STAFF, (Cause.DUE,))
SETTLED = State("settled", Text("待绩效评价", "to be evaluated"), FINANCE, (Cause.IDLE,))
CLOSED = State("closed", Text("已办结", "closed"))
RETURNED = State("returned", Text("已退回", "returned"), LEAD_STAFF, (Cause.IDLE,))
REJECTED = State("rejected", Text("未安排", "rejected"))
WITHDRAWN = State("withdrawn", Text("已撤回", "withdrawn"))

REVIEWED = (SUBMITTED, FINANCE_REVIEW, LEADERSHIP_APPROVAL, PUBLIC_NOTICE)
ASKED_BY = "submit,endorse"
DECISION = (money.granted, money.basis, fields.opinion)
DECISION_OF_FINANCE = (money.granted, money.basis_if_any, fields.opinion)

#    action, label, from, to, who may, only if, asks, what follows
STEPS = (
    Step("submit", Text("提交申请", "Submit"), (DRAFT, RETURNED), SUBMITTED, (LEAD_STAFF,),
         (parent_open, year_open, has_goals, instalments_fit, within_balance), then=("reserve_money",),
         tells=(LEAD_HEAD,)),
    Step("endorse", Text("审核同意", "Endorse"), (SUBMITTED,), FINANCE_REVIEW, (LEAD_HEAD,), (parent_open,),
         asks=(fields.opinion,), tells=(FINANCE,), not_by="submit"),
    Step("pass_on", Text("径送财政", "Sent on to finance"), (SUBMITTED,), FINANCE_REVIEW, (SYSTEM,), tells=(FINANCE,)),
    Step("approve", Text("同意安排并下达", "Approve and allocate"), (FINANCE_REVIEW,), ALLOCATED, (FINANCE,),
         (parent_open, parent_running, year_open, finance_decides, needs_no_notice), asks=DECISION_OF_FINANCE,
         then=("settle_amount", "give_allocation_number", "commit_money"), tells=(LEAD_STAFF, OFFICE),
         not_by=ASKED_BY),
    Step("publish", Text("同意安排并公示", "Approve and give notice"), (FINANCE_REVIEW,), PUBLIC_NOTICE, (FINANCE,),
         (parent_open, parent_running, year_open, finance_decides, needs_notice), asks=DECISION_OF_FINANCE,
         then=("settle_amount", "start_notice"), tells=(LEAD_STAFF, OFFICE), not_by=ASKED_BY),
    Step("refer", Text("转报领导小组", "Refer upwards"), (FINANCE_REVIEW,), LEADERSHIP_APPROVAL, (FINANCE,),
         (parent_open, parent_running, year_open, leaders_decide), asks=(money.granted, fields.opinion),
         then=("settle_amount",), tells=(LEADERSHIP,), not_by=ASKED_BY),
    Step("approve", Text("同意安排并下达", "Approve and allocate"), (LEADERSHIP_APPROVAL,), ALLOCATED, (LEADERSHIP,),
         (parent_open, parent_running, year_open, needs_no_notice), asks=DECISION,
         then=("settle_amount", "give_allocation_number", "commit_money"), tells=(LEAD_STAFF, FINANCE, OFFICE),
         not_by=ASKED_BY),
    Step("publish", Text("同意安排并公示", "Approve and give notice"), (LEADERSHIP_APPROVAL,), PUBLIC_NOTICE,
         (LEADERSHIP,), (parent_open, parent_running, year_open, needs_notice), asks=DECISION,
         then=("settle_amount", "start_notice"), tells=(LEAD_STAFF, FINANCE, OFFICE), not_by=ASKED_BY),
    Step("object", Text("登记异议", "Record an objection"), (PUBLIC_NOTICE,), Target.STAY, (OFFICE, FINANCE),
         asks=(money.said_by, money.objection), then=("record_objection",), tells=(FINANCE,), is_progress=False),
    Step("answer_objection", Text("答复异议", "Answer the objection"), (PUBLIC_NOTICE,), Target.STAY, (FINANCE,),
         (objection_waits,), asks=(money.answer,), then=("answer_objection",), tells=(OFFICE,), is_progress=False),
    Step("allocate", Text("公示期满，下达", "Allocate after the notice"), (PUBLIC_NOTICE,), ALLOCATED, (FINANCE,),
         (parent_open, parent_running, year_open, notice_over, objections_answered),
         then=("give_allocation_number", "commit_money"), tells=(LEAD_STAFF, OFFICE), not_by=ASKED_BY),
    Step("return", Text("退回", "Return"), (SUBMITTED,), RETURNED, (LEAD_HEAD,), asks=(fields.reason,),
         then=("release_money",), tells=(LEAD_STAFF,)),
    Step("return", Text("退回", "Return"), (FINANCE_REVIEW, PUBLIC_NOTICE), RETURNED, (FINANCE,), asks=(fields.reason,),
         then=("release_money",), tells=(LEAD_STAFF,)),
    Step("return", Text("退回", "Return"), (LEADERSHIP_APPROVAL,), RETURNED, (LEADERSHIP,), asks=(fields.reason,),
         then=("release_money",), tells=(LEAD_STAFF, FINANCE)),
    Step("reject", Text("不予安排", "Reject"), (FINANCE_REVIEW, PUBLIC_NOTICE), REJECTED, (FINANCE,),
         asks=(fields.reason,), then=("release_money",), tells=(LEAD_STAFF,), not_by=ASKED_BY, is_grave=True),
    Step("reject", Text("不予安排", "Reject"), (LEADERSHIP_APPROVAL,), REJECTED, (LEADERSHIP,), asks=(fields.reason,),
         then=("release_money",), tells=(LEAD_STAFF, FINANCE), not_by=ASKED_BY, is_grave=True),
    Step("withdraw", Text("撤回", "Withdraw"), (DRAFT, RETURNED, *REVIEWED), WITHDRAWN, (LEAD_STAFF,),
         asks=(fields.reason,), then=("release_money",), tells=(FINANCE,), is_grave=True),
    Step("cancel", Text("随上级事项撤销", "Cancelled with the item above"),
         (DRAFT, RETURNED, *REVIEWED, ALLOCATED, SETTLED), WITHDRAWN, (SYSTEM,), asks=(fields.note,),
         then=("release_money",)),
    # Drawing what was allocated.
    Step("draw", Text("申请拨付", "Ask for an instalment"), (ALLOCATED,), Target.STAY, (LEAD_STAFF,),
         (parent_open, parent_running, year_open, has_drawable, no_transfer_pending),
         asks=(money.instalment, money.payee_department, money.payee_account, money.payee_bank, money.contract),
         then=("file_disbursement",)),
    Step("meet_milestone", Text("确认节点完成", "Confirm a milestone"), (ALLOCATED,), Target.STAY, (OFFICE,),
         asks=(money.instalment, money.evidence), then=("meet_milestone",), tells=(LEAD_STAFF,)),
    Step("propose_transfer", Text("申请调剂", "Propose a transfer"), (ALLOCATED,), Target.STAY, (LEAD_HEAD, FINANCE),
         (year_open, no_transfer_pending, has_left), asks=(money.into, money.amount, fields.reason),
         then=("propose_transfer",), tells=(FINANCE,), is_progress=False),
    Step("approve_transfer", Text("批准调剂", "Approve the transfer"), (ALLOCATED,), Target.STAY, (FINANCE,),
         (year_open, transfer_for_finance), asks=(money.basis_if_any, fields.opinion),
         then=("lock_transfer", "make_transfer"), tells=(LEAD_STAFF,), not_by="propose_transfer", is_progress=False),
    Step("approve_large_transfer", Text("批准大额调剂", "Approve the large transfer"), (ALLOCATED,), Target.STAY,
         (LEADERSHIP,), (year_open, transfer_for_leaders), asks=(money.basis, fields.opinion),
         then=("lock_transfer", "make_transfer"), tells=(LEAD_STAFF, FINANCE), not_by="propose_transfer",
         is_progress=False),
    Step("refuse_transfer", Text("不同意调剂", "Refuse the transfer"), (ALLOCATED,), Target.STAY, (FINANCE, LEADERSHIP),
         (transfer_waits,), asks=(fields.reason,), then=("drop_transfer",), tells=(LEAD_STAFF,),
         not_by="propose_transfer", is_progress=False),
    Step("receive_transfer", Text("调入", "Transfer received"), (ALLOCATED,), Target.STAY, (SYSTEM,), (year_open,),
         asks=(money.amount,), tells=(LEAD_STAFF,), is_progress=False),
    Step("warn_idle", Text("闲置预警", "Warn of idle money"), (ALLOCATED,), Target.STAY, (FINANCE,), (has_left,),
         asks=(fields.note,), then=("warn_idle",), tells=(LEAD_STAFF, LEAD_HEAD), is_progress=False),
    Step("take_back", Text("收回闲置资金", "Take back idle money"), (ALLOCATED,), Target.STAY, (FINANCE,),
         (year_open, no_transfer_pending, idle_warned, has_left),
         asks=(money.amount, money.basis_if_any, fields.reason), then=("take_back_money",),
         tells=(LEAD_STAFF, LEAD_HEAD, OFFICE), is_progress=False, is_grave=True),
    Step("settle", Text("决算并报绩效", "Settle and report results"), (ALLOCATED,), SETTLED, (LEAD_HEAD,),
         (children_closed, year_open, no_transfer_pending), asks=(money.results, money.goal_results),
         then=("keep_results", "release_money"), tells=(FINANCE,), is_grave=True),
    Step("evaluate", Text("绩效评价", "Evaluate"), (SETTLED,), CLOSED, (FINANCE,), asks=(money.score, money.assessment),
         then=("keep_evaluation",), tells=(LEAD_STAFF, LEAD_HEAD, OFFICE), not_by="settle"),
    # Only while it can be settled again: after a fund's last year nobody could end it.
    Step("send_back", Text("退回补充", "Send back"), (SETTLED,), ALLOCATED, (FINANCE,), (year_open,),
         asks=(fields.reason,), tells=(LEAD_STAFF,)),
    Step("urge", Text("催办", "Urge"), (*REVIEWED, RETURNED, ALLOCATED, SETTLED), Target.STAY,
         (OFFICE, LEAD_STAFF, FINANCE), (may_urge,), asks=(fields.channel, fields.note, fields.spoken_to),
         then=("urge",), is_progress=False),
)  # fmt: skip

LADDERS = (
    Ladder(Cause.IDLE, (
        Rung(1, workdays(1), FINANCE),
        Rung(2, workdays(4), LEAD_HEAD),
        Rung(3, workdays(8), OFFICE),
    ), limit=workdays(10)),
    Ladder(Cause.DUE, (
        Rung(1, workdays(-10), LEAD_STAFF),
        Rung(2, workdays(1), LEAD_HEAD),
        Rung(3, workdays(10), OFFICE),
    )),
)  # fmt: skip

ALLOCATION = Workflow(
    kind="allocation",
    version=1,
    label=Text("资金安排", "allocation"),
    start=DRAFT,
    states=(DRAFT, SUBMITTED, FINANCE_REVIEW, LEADERSHIP_APPROVAL, PUBLIC_NOTICE, ALLOCATED, SETTLED, CLOSED, RETURNED,
            REJECTED, WITHDRAWN),
    steps=STEPS,
    ladders=LADDERS,
)  # fmt: skip
