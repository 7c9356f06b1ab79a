"""Acts, outcomes, objects and sources of the log in words: one table, from which the filter lists its choices too.

A test compares the table with every act that the product writes.
"""

from dataclasses import dataclass

from app.pages.oversight.account_act_names import ACCOUNT_ACTS, ACCOUNT_PLACES, ACCOUNT_SUBJECTS
from app.pages.oversight.meeting_act_names import MEETING_ACTS, MEETING_PLACES, MEETING_SUBJECTS
from app.pages.oversight.report_act_names import REPORT_ACTS, REPORT_PLACES, REPORT_SUBJECTS
from app.pages.oversight.seal_act_names import SEAL_ACTS, SEAL_PLACES, SEAL_SUBJECTS
from app.pages.oversight.sources import SOURCES
from app.pages.show import say, say_label
from app.pages.words import gettext as _
from app.services.signing.input import CONFIRM_PAPER, SIGN
from workflows.catalogue import WORKFLOWS
from workflows.roles import DUTY_LABELS, ROLES, Duty
from workflows.words import Text

#: The acts in groups: the group's label, and the label of each act by its name.
ACTS: dict[str, tuple[Text, dict[str, Text]]] = {
    "items": (
        Text("事项", "Items"),
        {
            "create": Text("登记", "entered"),
            "register": Text("导入登记", "entered from a ledger"),
            "update": Text("按台账更新", "renewed from a ledger"),
            "adopt": Text("改用新版流程", "moved to a newer regulation"),
            "sign": Text("签署", "signature"),
            "add_signer": Text("加签", "signer added"),
            "remove_signer": Text("减签", "signer taken off"),
            "transfer_signature": Text("转办签署", "signature handed over"),
            "lend_signature": Text("委派提意见", "opinion asked for"),
            "take_signature_back": Text("取回签署", "signature taken back"),
            "record_paper": Text("登记纸质签批", "signature on paper recorded"),
            "confirm_paper": Text("核对纸质签批", "signature on paper confirmed"),
            "reject_paper": Text("退回纸质签批", "recorded paper rejected"),
            "renew_signing": Text("重新会签", "signatures collected anew"),
            "release": Text("解除承办", "taken off its assignee"),
            "hand_over": Text("移交", "handed over"),
            "shift_due": Text("期限随上级事项顺延", "due date moved with the item above"),
            "join": Text("并入另一原因", "joined to another cause"),
            "supersede": Text("接续黄色预警单", "took the place of a warning"),
            "issue_batch": Text("批量交办", "tasks issued together"),
            "link.add": Text("建立关联", "link laid"),
            "link.remove": Text("解除关联", "link taken away"),
            "write_remark": Text("留言", "remark written"),
            "write_note": Text("写内部备注", "internal note written"),
            "correct_remark": Text("更正留言", "remark corrected"),
            "withdraw_remark": Text("撤回留言", "remark withdrawn"),
            "send_copy": Text("抄送", "copies sent"),
            "withdraw_copy": Text("撤回抄送", "copy withdrawn"),
            "set_retention": Text("确定保管期限", "retention period set"),
            "archive": Text("归档", "archived"),
            "unarchive": Text("撤销归档", "taken out of the archive"),
            "set_budget": Text("登记预算", "budget entered"),
            "amend": Text("修改申请", "request corrected"),
            "comment_minutes": Text("对纪要提意见", "minutes commented"),
            "answer_comment": Text("答复纪要意见", "comment on minutes answered"),
            "meeting.import": Text("导入会议", "meetings imported"),
            "file_change": Text("填报成员调整单", "change of members filed"),
            "file_rules": Text("提出议事规则", "rules of procedure proposed"),
            **MEETING_ACTS,
            "end_seat": Text("席位终止", "seat ended"),
            "pass_seat": Text("席位转入", "seat passed on"),
        },
    ),
    "funds": (
        Text("专项资金", "Special funds"),
        {
            "open_fund": Text("设立资金", "fund opened"),
            "change_fund_rule": Text("调整资金规则", "rules of a fund changed"),
            "extend_fund": Text("延长资金年度", "fund extended"),
            "post_budget": Text("登记资金预算", "budget of a fund posted"),
            "reverse_posting": Text("冲销", "posting reversed"),
            "close_fund_year": Text("年终结账", "fiscal year closed"),
            "import_fund_plan": Text("导入多年计划", "plan of several years imported"),
            "export_payment_orders": Text("导出支付令", "payment orders exported"),
            "import_paid_list": Text("导入支付清单", "paid list imported"),
            "export_fund_ledger": Text("导出资金明细账", "ledger of a fund exported"),
            "export_allocations": Text("导出资金安排", "allocations exported"),
            "draft_call": Text("起草申报通知", "call drafted"),
            "edit_call": Text("修改申报通知", "call edited"),
            "open_call": Text("公布申报通知", "call published"),
            "start_scoring": Text("转入评审", "scoring begun"),
            "cancel_call": Text("撤销申报通知", "call cancelled"),
            "enter_call": Text("参加申报", "request entered in a call"),
            "leave_call": Text("退出申报", "request taken out of a call"),
            "score_entry": Text("评审打分", "request scored"),
            "propose_call": Text("生成分配方案", "proposal computed"),
            "decide_call": Text("决定申报", "call decided"),
        },
    ),
    "papers": (
        Text("来文和附件", "Documents and files"),
        {
            "register_document": Text("登记来文", "document registered"),
            "correct_document": Text("更正来文", "document corrected"),
            "add_attachment": Text("上传附件", "file added"),
            "remove_attachment": Text("移除附件", "file taken away"),
        },
    ),
    "reading": (
        Text("阅看", "Readings"),
        {
            "read": Text("阅看事项", "item read"),
            "read_document": Text("阅看来文", "document read"),
            "read_attachment": Text("阅看附件", "file read"),
            "read_log": Text("阅看日志", "log read"),
        },
    ),
    "exports": (
        Text("导出和后台任务", "Exports and background work"),
        {
            "export": Text("导出清单", "list exported"),
            "export_package": Text("导出归档包", "archive package exported"),
            "export_log": Text("导出日志", "log exported"),
            "ledger.export": Text("导出台账", "ledger exported"),
            "ledger.import": Text("导入台账", "ledger imported"),
            **REPORT_ACTS,
            **SEAL_ACTS,
        },
    ),
    "posts": (
        Text("人员、岗位、部门", "People, posts, departments"),
        {
            "add_person": Text("新增人员", "person added"),
            "deactivate_person": Text("停用账号", "account closed"),
            "hand_over_person": Text("移交工作", "work of a person handed over"),
            "appoint": Text("任职", "appointed"),
            "vacate": Text("免职", "taken off a post"),
            "add_post": Text("设岗", "post added"),
            "close_post": Text("撤岗", "post closed"),
            "pass_post": Text("岗位转入", "post passed on"),
            "offer_delegation": Text("提出代理", "substitution offered"),
            "accept_delegation": Text("接受代理", "substitution accepted"),
            "decline_delegation": Text("谢绝代理", "substitution declined"),
            "end_delegation": Text("结束代理", "substitution ended"),
            "add_department": Text("新设部门", "department added"),
            "rename_department": Text("部门更名", "department renamed"),
            "move_department": Text("调整部门隶属", "department moved"),
            "merge_department": Text("部门合并", "departments merged"),
            "close_department": Text("撤销部门", "department closed"),
        },
    ),
    "rules": (
        Text("规则、日历、模板", "Rules, calendar, templates"),
        {
            "rules.set": Text("修改规则", "rule changed"),
            "rules.draft": Text("起草规则调整", "change of rules drafted"),
            "rules.publish": Text("公布规则", "rules published"),
            "rules.withdraw": Text("撤回规则草稿", "draft of rules withdrawn"),
            "rules.move": Text("改用新版规则", "moved to newer rules"),
            "calendar.load": Text("载入工作日历", "working calendar loaded"),
            "calendar.due": Text("按日历重算期限", "due date recalculated"),
            "calendar.limit": Text("按日历重算时限", "limit recalculated"),
            "calendar.rung": Text("按日历重算级别", "rung recalculated"),
            "template.add": Text("新增项目模板", "project template added"),
            "template.retire": Text("停用项目模板", "project template retired"),
        },
    ),
    "accounts": (
        Text("登录和个人设置", "Log-ins and settings"),
        ACCOUNT_ACTS,
    ),
    "messages": (
        Text("消息和系统对接", "Messages and other systems"),
        {
            "set_mail_choice": Text("修改消息方式", "ways of messages changed"),
            "message.mute": Text("不再发送积压消息", "old messages muted"),
            "mail.resend": Text("重发邮件", "mail sent again"),
            "webhook.resend": Text("重新推送", "call repeated"),
            "held.release": Text("放行暂存消息", "held messages released"),
            "held.mute": Text("作废暂存消息", "held messages muted"),
            "webhook.add": Text("新增系统对接", "webhook added"),
            "webhook.disable": Text("停用系统对接", "webhook disabled"),
            "webhook.test": Text("测试系统对接", "webhook tested"),
        },
    ),
}
#: What was opened in vain is on record by the name of its address; its first part says which place it was.
PLACES: dict[str, Text] = {
    **MEETING_PLACES,
    "account": Text("账号", "accounts"),
    "action": Text("办理", "steps"),
    "archive": Text("归档", "the archive"),
    "attachment": Text("附件", "files"),
    "audit": Text("日志", "log"),
    "batch": Text("批量交办", "tasks issued together"),
    "calendar": Text("工作日历", "working calendar"),
    "change": Text("项目变化", "a project's changes"),
    "city": Text("全市概览", "city overview"),
    "copy": Text("抄送", "copies for information"),
    "day": Text("定时任务", "scheduler"),
    "delegation": Text("代理", "substitution"),
    "department": Text("部门", "departments"),
    "document": Text("来文", "documents"),
    "draft": Text("草稿", "drafts"),
    "escalation": Text("催办看板", "escalation board"),
    "feed": Text("日历订阅", "calendar feeds"),
    "fund_call": Text("申报通知", "calls for requests"),
    "allocation": Text("资金安排", "allocations"),
    "allocation_reading": Text("资金安排", "allocations"),
    "fund": Text("专项资金", "special funds"),
    "fund_export": Text("导出", "exports"),
    "fund_keeping": Text("专项资金", "special funds"),
    "fund_payment": Text("支付令", "payment orders"),
    "fund_reading": Text("专项资金", "special funds"),
    "payment": Text("支付令", "payment orders"),
    "decision": Text("议定事项", "decisions"),
    "fund_paper": Text("资金文书", "papers of funds"),
    "live": Text("会议进行", "live meetings"),
    "notes": Text("会议记录", "notes of meetings"),
    "sitting": Text("会议", "meetings"),
    "topic": Text("议题", "topics"),
    "guide": Text("上手指引", "first steps"),
    "handover": Text("移交工作", "hand-overs"),
    "inbox": Text("待办", "inbox"),
    "item": Text("事项", "items"),
    "link": Text("关联", "links"),
    "list_export": Text("导出", "exports"),
    "listing_export": Text("导出", "exports"),
    "log": Text("日志", "log"),
    "log_in_step": Text("登录", "log-in"),
    "me": Text("个人设置", "preferences"),
    "message": Text("消息", "messages"),
    "organisation": Text("组织机构", "organisation"),
    "organisation_entry": Text("组织机构", "organisation"),
    "person_account": Text("账号", "accounts"),
    "plan": Text("项目计划", "a project's plan"),
    "post": Text("岗位", "posts"),
    "preference": Text("个人设置", "preferences"),
    "project": Text("项目", "projects"),
    **REPORT_PLACES,
    **ACCOUNT_PLACES,
    **SEAL_PLACES,
    "health": Text("系统状况", "system health"),
    "installation": Text("系统状况", "system health"),
    "report_owed": Text("进展报告", "reports owed"),
    "remark": Text("留言", "remarks"),
    "request": Text("申请", "requests"),
    "saved_view": Text("视图", "saved views"),
    "second_factor": Text("两步验证", "second factor"),
    "sent": Text("已发送", "what was sent"),
    "single_sign_on": Text("单点登录", "single sign-on"),
    "slip": Text("督办单", "notices"),
    "task": Text("任务", "tasks"),
    "template": Text("项目模板", "project templates"),
    "token": Text("令牌", "tokens"),
    "user": Text("人员", "people"),
    "webhook": Text("系统对接", "webhooks"),
    "work": Text("后台任务", "background work"),
    "workflow": Text("办理流程", "regulations"),
    "rule": Text("规则", "rules"),
}
#: What an act was done to, where it was no item: by the first part of its name.
OBJECTS: dict[str, Text] = {
    **MEETING_SUBJECTS,
    **REPORT_SUBJECTS,
    **SEAL_SUBJECTS,
    **ACCOUNT_SUBJECTS,
    "call": Text("申报通知", "call for requests"),
    "delegation": Text("代理", "substitution"),
    "attachment": Text("附件", "file"),
    "delivery": Text("暂存的消息", "held messages"),
    "department": Text("部门", "department"),
    "document": Text("来文", "document"),
    "feed": Text("日历订阅", "calendar feed"),
    "items": Text("事项清单", "list of items"),
    "ledger_import": Text("台账导入", "import"),
    "long_work": Text("后台任务", "background work"),
    "mail": Text("邮件", "mail"),
    "outbox": Text("待发消息", "messages owed"),
    "person": Text("人员", "person"),
    "post": Text("岗位", "post"),
    "remark": Text("留言", "remark"),
    "rule_change": Text("规则草稿", "draft of rules"),
    "rule_set": Text("规则版本", "version of the rules"),
    "template": Text("项目模板", "project template"),
    "unknown": Text("未知登录名", "unknown log-in"),
    "view": Text("视图", "saved view"),
    "webhook": Text("系统对接", "webhook"),
}
_FLAT: dict[str, Text] = {name: label for _group, acts in ACTS.values() for name, label in acts.items()}
#: Steps that decide something about others' work, beside changes of posts and exports: what an auditor looks at first.
DECIDING = (
    "approve", "refuse", "rule", "uphold", "dismiss", "verify", "accept", "return", "close", "cancel", "reopen",
    "override_light", "suspend", "extend", "reassign", SIGN, CONFIRM_PAPER,
)  # fmt: skip
GROUP = "group."


@dataclass(frozen=True, slots=True)
class ActGroup:
    """Acts of one kind for a list to choose from: (value, label, whether it is chosen)."""

    label: str
    choices: tuple[tuple[str, str, bool], ...]


def list_act_groups(chosen: str) -> list[ActGroup]:
    """Return every act in groups, each group with a choice for all of it; an unknown `chosen` comes first, as it is."""
    steps: dict[str, list[str]] = {}
    for table in WORKFLOWS.values():
        for step in table.steps:
            label = say_label(step.label)
            if label not in (known := steps.setdefault(step.action, [])):
                known.append(label)
    told = {action: " / ".join(labels) for action, labels in steps.items()}
    groups = [_group("steps", Text("办理步骤", "Steps"), told, chosen)]
    groups += [
        _group(key, label, {name: say_label(text) for name, text in acts.items()}, chosen)
        for key, (label, acts) in ACTS.items()
    ]
    if chosen and not any(is_chosen for group in groups for _value, _label, is_chosen in group.choices):
        groups.insert(0, ActGroup(_("现在的筛选"), ((chosen, name_act(chosen, None), True),)))
    return groups


def _group(key: str, label: Text, acts: dict[str, str], chosen: str) -> ActGroup:
    whole = GROUP + key
    every = (whole, _("%(group)s：全部", group=say_label(label)), chosen == whole)
    return ActGroup(say_label(label), (every, *((name, text, name == chosen) for name, text in acts.items())))


def spread_group(action: str) -> tuple[str, ...]:
    """Return the acts that a choice of the list stands for: those of a group, else the one."""
    if not action.startswith(GROUP):
        return (action,) if action else ()
    key = action.removeprefix(GROUP)
    if key == "steps":
        return tuple(sorted({step.action for table in WORKFLOWS.values() for step in table.steps}))
    return tuple(ACTS[key][1]) if key in ACTS else (action,)


def list_weighty() -> tuple[str, ...]:
    """Return the acts that matter to an auditor: decisions, exports, changes of posts and rules."""
    return (*DECIDING, *ACTS["exports"][1], *ACTS["posts"][1], "rules.set", "rules.publish", "rules.move")


def name_act(action: str, kind: str | None) -> str:
    """Return what was done, in words; a step by the label of its workflow, what was opened in vain by its place."""
    steps = WORKFLOWS[kind].steps if kind in WORKFLOWS else [one for table in WORKFLOWS.values() for one in table.steps]
    step = next((step.label for step in steps if step.action == action), None)
    if action in _FLAT and not (kind and step):
        return say_label(_FLAT[action])
    if step is not None:
        return say_label(step)
    first, _dot, rest = action.partition(".")
    place = PLACES.get(first.removeprefix("api_"))
    return _("打开：%(place)s", place=say(place)) if place and rest else action


def name_object(subject: str) -> str:
    """Return what an act was done to, in words, with its number: 视图 3; a rule, a cause or a year stays as it is."""
    first, _colon, rest = subject.partition(":")
    label = OBJECTS.get(first)
    if label is None:
        return subject
    return f"{say_label(label)} {rest}" if rest else say_label(label)


def name_acting_role(role: str | None) -> str:
    """Return the role in which somebody acted, in words."""
    if role is None:
        return "—"
    if role == "self":
        return _("本人")
    if role in ROLES:
        return say_label(ROLES[role].label)
    return say_label(DUTY_LABELS[Duty(role)]) if role in set(Duty) else role


def name_outcome(outcome: str) -> str:
    """Return whether it was done, in words."""
    return {"done": _("已办"), "refused": _("被拒")}.get(outcome, outcome)


def name_source(source: str) -> str:
    """Return by which way it came, in words."""
    return say_label(SOURCES[source]) if source in SOURCES else source
