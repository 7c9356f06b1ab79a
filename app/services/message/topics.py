"""What messages are about: one table of topics with their words and urgency, and what each message says.

A topic is `rung` (a level of escalation was reached), `calendar.missing`, or `<kind>.<action>`: a step that was
taken. What stands in no row is normal and named after its step.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.services.long_work.naming import name_work
from app.services.meeting.notice.wording import describe_meeting
from workflows.catalogue import WORKFLOWS
from workflows.machine import CAUSE_LABELS, LEVEL_LABELS, Cause
from workflows.slip import SLIP_LABELS
from workflows.words import Text

RUNG = "rung"
SLIP_ISSUED = "slip.issue"
MINUTES_ISSUED = "meeting.minutes_issued"
#: A report that a plan has made for its reader.
REPORT_READY = "report.ready"
#: So many things to do are named in the message on minutes; the page has them all.
_DUTIES_MAX = 20
_DUTY_ROLES = {"lead": Text("牵头", "lead"), "support": Text("配合", "support")}
#: A paper of whichever colour, where the message does not know it.
_PAPER = Text("督办（预警）单", "notice")
#: Where a payload names those as whose substitute somebody is told.
STANDS_FOR = "stands_for"
_ZH_NUMERALS = "〇一二三四"
_CRITICAL_LEVEL = 3
_REASON_MAX = 200
_DELEGATION = "delegation."
#: What somebody (`by`) did towards its reader; what was written stands on the item's page alone.
_BY = {
    "remark.mention": ("在留言中提到您", "mentioned you in a remark"),
    "remark.note_mention": ("在内部备注中提到您", "mentioned you in an internal note"),
    "copy.sent": ("抄送您阅知", "sent you a copy for information"),
}
#: Where a step's payload says why, in this order.
_REASONS = ("reason", "demand", "opinion", "note", "text")


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic: its words; whether it is critical (mail at once); whether it only reminds of something still open.

    What is personal is told to nobody but its person: no other system hears of it.
    """

    label: Text
    is_critical: bool = False
    is_reminder: bool = False
    is_personal: bool = False


#: "*.urge" stands for that step of every kind.
TOPICS: dict[str, Topic] = {
    RUNG: Topic(Text("催办升级", "Escalation"), is_reminder=True),  # critical from level 3 on
    "slip.issue": Topic(Text("督办单、预警单签发", "Notice issued")),  # critical when it is a red one
    "*.urge": Topic(Text("催办", "Urged"), is_critical=True, is_reminder=True),
    "request.create": Topic(Text("新的申请，待您审核", "A request waits for you"), is_critical=True, is_reminder=True),
    "request.endorse": Topic(
        Text("申请已审核，待协调办决定", "A request waits for the office"), is_critical=True, is_reminder=True
    ),
    "request.pass_on": Topic(
        Text("申请径送协调办，待决定", "A request waits for the office"), is_critical=True, is_reminder=True
    ),
    "request.refer": Topic(
        Text("申请转报领导小组，待决定", "A request waits for the leadership group"),
        is_critical=True,
        is_reminder=True,
    ),
    "*.sign_turn": Topic(Text("轮到您签署", "It is your turn to sign"), is_critical=True, is_reminder=True),
    "*.add_signer": Topic(Text("请您加签", "Your signature was added"), is_critical=True, is_reminder=True),
    "*.transfer_signature": Topic(
        Text("转请您签署", "A signature was handed to you"), is_critical=True, is_reminder=True
    ),
    "*.lend_signature": Topic(Text("请您提出意见", "Your opinion is asked for"), is_critical=True, is_reminder=True),
    "*.record_paper": Topic(Text("纸质签批待核对", "A signature on paper waits for confirmation"), is_reminder=True),
    "*.confirm_paper": Topic(Text("已代为登记您的纸质签批", "Your signature on paper was entered"), is_critical=True),
    "*.reject_paper": Topic(Text("纸质签批登记被退回", "A recorded paper was rejected")),
    "*.renew_signing": Topic(
        Text("内容已变更，须重新签署", "The content changed: signatures are collected anew"), is_critical=True
    ),
    "remark.mention": Topic(Text("有人在留言中提到您", "You were mentioned in a remark"), is_personal=True),
    "remark.note_mention": Topic(
        Text("有人在内部备注中提到您", "You were mentioned in an internal note"), is_personal=True
    ),
    "meeting.invited": Topic(Text("会议通知", "Notice of a meeting"), is_critical=True, is_personal=True),
    "meeting.called_off": Topic(Text("会议取消", "Meeting called off"), is_critical=True, is_personal=True),
    "meeting.chair_away": Topic(
        Text("主持人请假，请另行确定主持人", "The chair asks for leave: name another one"), is_critical=True
    ),
    "meeting.cutoff_near": Topic(Text("议题征集即将截止", "Topics close soon"), is_reminder=True),
    "meeting.notice_due": Topic(Text("会议通知应当发出", "The notice of a meeting is due"), is_reminder=True),
    "meeting.off_day": Topic(Text("会议日期与规则不符", "A meeting is not on its rule's day")),
    "copy.sent": Topic(Text("抄送您阅知", "Copied to you for information"), is_personal=True),
    MINUTES_ISSUED: Topic(Text("会议纪要已印发", "Minutes issued"), is_personal=True),
    "meeting.minutes_comment": Topic(Text("成员单位对纪要提出意见", "A unit comments on draft minutes")),
    "calendar.missing": Topic(Text("放假安排缺失", "Official calendar missing")),
    "delegation.offered": Topic(Text("代理待接受", "Substitution offered"), is_critical=True, is_personal=True),
    "delegation.accepted": Topic(Text("代理已接受", "Substitution accepted"), is_personal=True),
    "delegation.declined": Topic(Text("代理被谢绝", "Substitution declined"), is_critical=True, is_personal=True),
    "delegation.begins": Topic(Text("代理开始", "Substitution begins"), is_personal=True),
    "delegation.ends": Topic(Text("代理期满", "Substitution ends"), is_personal=True),
    "delegation.ended_early": Topic(Text("代理提前结束", "Substitution ended"), is_critical=True, is_personal=True),
    "system.fault": Topic(Text("系统故障", "Fault of the system"), is_critical=True, is_personal=True),
    "system.warning": Topic(Text("系统预警", "Warning of the system"), is_personal=True),
    "system.mended": Topic(Text("系统恢复正常", "Well again"), is_personal=True),
    REPORT_READY: Topic(Text("报告已生成", "Report ready"), is_personal=True),
    "work.done": Topic(Text("后台任务完成", "Background work done"), is_personal=True),
    "work.failed": Topic(Text("后台任务失败", "Background work failed"), is_personal=True),
    "account.factor_on": Topic(Text("两步验证已启用", "Second factor switched on"), is_critical=True, is_personal=True),
    "account.factor_off": Topic(
        Text("两步验证已停用", "Second factor switched off"), is_critical=True, is_personal=True
    ),
    "account.factor_reset": Topic(Text("两步验证已被重置", "Second factor reset"), is_critical=True, is_personal=True),
    "account.recovery_used": Topic(Text("恢复码已使用", "Recovery code used"), is_critical=True, is_personal=True),
    "account.identity_linked": Topic(
        Text("单点登录身份已关联", "Single sign-on linked"), is_critical=True, is_personal=True
    ),
    "account.identity_unlinked": Topic(
        Text("单点登录身份已取消关联", "Single sign-on unlinked"), is_critical=True, is_personal=True
    ),
}
_NORMAL = Topic(Text("通知", "Notice"))


def find_topic(topic: str) -> Topic:
    """Return a topic's row; what is not in the table is normal."""
    return TOPICS.get(topic) or TOPICS.get(f"*.{topic.partition('.')[2]}") or _NORMAL


def is_critical(topic: str, level: int | None) -> bool:
    """Whether a message goes out at once: by its topic, or because it tells of level 3 and above."""
    return find_topic(topic).is_critical or (level is not None and level >= _CRITICAL_LEVEL)


def label_topic(topic: str, level: int | None = None) -> Text:
    """Return the words for a topic, in few characters: of a rung its paper, of a step the kind and the step."""
    if topic == RUNG and level in LEVEL_LABELS:
        return LEVEL_LABELS[level]
    if topic == SLIP_ISSUED and level in SLIP_LABELS:
        paper = SLIP_LABELS[level]
        return Text(f"{paper.zh}签发", f"{_capital(paper.en)} issued")
    if topic in TOPICS:
        return TOPICS[topic].label
    kind, _, action = topic.partition(".")
    table = WORKFLOWS.get(kind)
    step = next((step for step in table.steps if step.action == action), None) if table else None
    if table is None or step is None:
        return find_topic(topic).label
    whole = _PAPER if kind == "slip" else table.label
    return Text(f"{whole.zh}{step.label.zh}", f"{_capital(whole.en)}: {step.label.en.lower()}")


def describe(topic: str, payload: Mapping[str, Any], zone: ZoneInfo) -> Text:
    """Return what happened, as one sentence without a full stop; instants are told in `zone`."""
    said = _describe_delegation(topic, payload, zone) if topic.startswith(_DELEGATION) else None
    said = said or describe_meeting(topic, label_topic(topic), payload, zone) or _describe(topic, payload)
    said = _add_holders(said, payload)
    outage = payload.get("outage_since")
    if not isinstance(outage, str):
        return said
    since = datetime.fromisoformat(outage).astimezone(zone)
    return Text(
        f"{said.zh}（系统自{since.month}月{since.day}日{since:%H:%M}起停运，本消息因此迟到）",
        f"{said.en} (late: the system was down from {since:%Y-%m-%d %H:%M})",
    )


def _describe(topic: str, payload: Mapping[str, Any]) -> Text:
    if topic in (RUNG, MINUTES_ISSUED):
        return _describe_rungs(payload) if topic == RUNG else _describe_minutes(payload)
    if topic == "calendar.missing":
        year = payload.get("year")
        return Text(
            f"{year}年放假调休安排尚未导入，该年的日期均为暂定",
            f"The official calendar of {year} is not loaded: its dates are provisional",
        )
    if topic.startswith(("system.", "work.")):
        return _describe_finding(payload) if topic.startswith("system.") else _describe_work(payload)
    if topic == REPORT_READY or topic.startswith("account."):
        return _describe_report(payload) if topic == REPORT_READY else _describe_account(topic, payload)
    if topic in _BY and payload.get("by"):
        zh, en = _BY[topic]
        return Text(f"{payload['by']}{zh}", f"{payload['by']} {en}")
    label = label_topic(topic)
    reason = next((str(payload[name]) for name in _REASONS if payload.get(name)), "")[:_REASON_MAX]
    return Text(f"{label.zh}：{reason}", f"{label.en}: {reason}") if reason else label


def _add_holders(said: Text, payload: Mapping[str, Any]) -> Text:
    """Return the sentence with those as whose substitute the reader is told."""
    names = payload.get(STANDS_FOR)
    if not isinstance(names, list) or not names:
        return said
    zh, en = "、".join(map(str, names)), ", ".join(map(str, names))
    return Text(f"{said.zh}（您代{zh}办理）", f"{said.en} (as {en}'s substitute)")


def _describe_delegation(topic: str, payload: Mapping[str, Any], zone: ZoneInfo) -> Text:
    """Return who stands in for whom, from when until when, and what was said about it."""
    label = find_topic(topic).label
    principal, substitute = payload.get("principal", ""), payload.get("substitute", "")
    from_at = datetime.fromisoformat(str(payload["from"])).astimezone(zone)
    to_at = datetime.fromisoformat(str(payload["to"])).astimezone(zone)
    zh = f"{label.zh}：{substitute}代{principal}，{from_at:%Y-%m-%d %H:%M}至{to_at:%Y-%m-%d %H:%M}"
    en = f"{label.en}: {substitute} for {principal}, {from_at:%Y-%m-%d %H:%M} to {to_at:%Y-%m-%d %H:%M}"
    if payload.get("by_office"):
        zh, en = f"{zh}（协调办代为登记）", f"{en} (made by the coordination office)"
    note = str(payload.get("note") or "")[:_REASON_MAX]
    return Text(f"{zh}；说明：{note}", f"{en}; note: {note}") if note else Text(zh, en)


def _describe_work(payload: Mapping[str, Any]) -> Text:
    """Return what became of long work: its name, and of what failed the reason without its full stop."""
    name = name_work(str(payload.get("work_kind", "")), payload.get("arguments") or {})
    fault = payload.get("fault")
    if not isinstance(fault, Mapping):
        return Text(f"{name.zh}已完成", f"{name.en}: done")
    zh, en = str(fault["zh"]).rstrip("。"), str(fault["en"]).rstrip(".")
    return Text(f"{name.zh}：{zh}", f"{name.en}: {en}")


def _describe_finding(payload: Mapping[str, Any]) -> Text:
    """Return what a look at the installation found, and what mends it."""
    said, mend = payload.get("said") or {}, payload.get("mend")
    zh, en = str(said.get("zh", "")), str(said.get("en", ""))
    if not isinstance(mend, Mapping):
        return Text(zh, _capital(en))
    return Text(f"{zh}；处理：{mend['zh']}", f"{_capital(en)}; to mend it: {mend['en']}")


def _describe_report(payload: Mapping[str, Any]) -> Text:
    """Return which report of which period was made for its reader, and whether it comes late."""
    paper, period = payload.get("paper") or {}, payload.get("period", "")
    number = f"，{payload['number']}" if payload.get("number") else ""
    number_en = f", {payload['number']}" if payload.get("number") else ""
    zh = f"{payload.get('plan', '')}（{paper.get('zh', '')}，{period}{number}）已生成，请查阅"
    en = f"{payload.get('plan', '')} ({paper.get('en', '')}, {period}{number_en}) is ready for you"
    if payload.get("late_since"):
        zh, en = f"{zh}（系统停运，本期迟到）", f"{en} (late: the system was down)"
    return Text(zh, en)


def _describe_minutes(payload: Mapping[str, Any]) -> Text:
    """Return which minutes were issued, and what the reader's departments have to do by them."""
    number, duties = payload.get("number", ""), payload.get("duties") or []
    if not duties:
        return Text(f"{number}已印发", f"Minutes {number} are issued")
    told_zh, told_en = [], []
    for one in duties[:_DUTIES_MAX]:
        role, due = _DUTY_ROLES[one["role"]], one.get("due_on")
        told_zh.append(f"{role.zh}第{one['seq']}项“{one['title']}”" + (f"，{due}前完成" if due else ""))
        told_en.append(f"{role.en} no. {one['seq']}, {one['title']}" + (f", due {due}" if due else ""))
    more = len(duties) - _DUTIES_MAX
    if more > 0:
        told_zh.append(f"另有{more}项见纪要")
        told_en.append(f"{more} more in the minutes")
    count = len(duties)
    return Text(
        f"{number}已印发，您所在单位承办{count}项：{'；'.join(told_zh)}",
        f"Minutes {number} are issued; for your department {count}: {'; '.join(told_en)}",
    )


def _describe_account(topic: str, payload: Mapping[str, Any]) -> Text:
    """Return what happened to one's own account, and what to do if it was somebody else's doing."""
    label = find_topic(topic).label
    zh, en = label.zh, label.en
    if payload.get("issuer"):
        zh, en = f"{zh}（{payload['issuer']}）", f"{en} ({payload['issuer']})"
    if "left" in payload:
        zh, en = f"{zh}，还剩{payload['left']}个", f"{en}, {payload['left']} left"
    reason = str(payload.get("reason") or "")[:_REASON_MAX]
    if reason:
        zh, en = f"{zh}，原因：{reason}", f"{en}; reason: {reason}"
    return Text(
        f"{zh}；如非本人知情，请立即联系系统管理员", f"{en}; if you know nothing of it, call an administrator at once"
    )


def _describe_rungs(payload: Mapping[str, Any]) -> Text:
    said = [_name_rung(rung) for rung in list_rungs(payload)]
    if not said:
        return TOPICS[RUNG].label
    first, others = said[0], said[1:]
    zh, en = f"升至{first.zh}", f"Raised to {first.en}"
    if others:
        zh += f"；同时有{'、'.join(rung.zh for rung in others)}"
        en += f"; also {', '.join(rung.en for rung in others)}"
    return Text(zh, en)


def list_rungs(payload: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the rungs of which a message tells, the highest first; one that was raised alone stands by itself."""
    many = payload.get("rungs")
    if isinstance(many, list):
        return many
    return [payload] if "level" in payload else []


def _name_rung(rung: Mapping[str, Any]) -> Text:
    level = int(rung["level"])
    label = LEVEL_LABELS.get(level, Text("", ""))
    causes = list(_causes(rung))
    cause = causes[0] if causes else Text("", "")
    numeral = _ZH_NUMERALS[level] if level < len(_ZH_NUMERALS) else str(level)
    return Text(
        f"{numeral}级{label.zh}" + (f"（{cause.zh}）" if cause.zh else ""),
        f"level {level}, {label.en}" + (f" ({cause.en})" if cause.en else ""),
    )


def _causes(rung: Mapping[str, Any]) -> Iterator[Text]:
    name = rung.get("cause")
    yield from (CAUSE_LABELS[cause] for cause in Cause if cause.value == name)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
