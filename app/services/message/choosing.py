"""The kinds of messages as a person's choice of mail sees them: which follow it, which always come at once and why."""

from dataclasses import dataclass

from app.services.message.topics import RUNG, is_critical
from workflows.words import Text


@dataclass(frozen=True, slots=True)
class MessageKind:
    """A kind of message: a topic and level that stand for it, and why it cannot be switched off (None: it can)."""

    name: str
    label: Text
    topic: str
    level: int | None = None
    why: Text | None = None

    @property
    def is_fixed(self) -> bool:
        """Whether its mail comes at once whatever the person chose; as the delivery itself decides."""
        return is_critical(self.topic, self.level)


_STALLED = Text("事项已严重滞后，须立即处理", "the matter has stalled badly and needs you now")
_URGED = Text("协调办或领导点名催办", "somebody urges you by name")
_DECISION = Text("有人在等您的决定", "somebody waits for your decision")
_RED = Text("红色督办单有答复时限", "a red notice has to be answered in time")
_MEETING = Text("会议时间、地点和名单变动须及时知晓", "you must hear at once when and whether a meeting is held")
_ACCOUNT = Text("账号安全变动须及时知晓", "you must hear at once if somebody else did it")

KINDS: tuple[MessageKind, ...] = (
    MessageKind(
        "step", Text("事项办理（交办、签收、办结等）", "Steps on items (assigned, received, closed …)"), "task.assign"
    ),
    MessageKind("rung_low", Text("一级、二级催办", "Escalation of levels 1 and 2"), "rung", 2),
    MessageKind("rung_high", Text("三级、四级催办", "Escalation of levels 3 and 4"), "rung", 3, _STALLED),
    MessageKind("urge", Text("人工催办", "Urging by the office"), "task.urge", None, _URGED),
    MessageKind("slip", Text("黄色督办单", "Yellow supervision notices"), "slip.issue", 2),
    MessageKind("slip_red", Text("红色督办单", "Red supervision notices"), "slip.issue", 3, _RED),
    MessageKind(
        "request", Text("等待决定的申请", "Requests that wait for a decision"), "request.create", None, _DECISION
    ),
    MessageKind(
        "delegation", Text("代理（接受、开始、期满）", "Substitution (accepted, begins, ends)"), "delegation.begins"
    ),
    MessageKind("meeting", Text("会议通知、变更、取消", "Notices of meetings"), "meeting.invited", None, _MEETING),
    MessageKind("mention", Text("留言中提到您", "Mentions in remarks"), "remark.mention"),
    MessageKind("copy", Text("抄送您阅知", "Copies for information"), "copy.sent"),
    MessageKind("report", Text("定期报告", "Planned reports"), "report.ready"),
    MessageKind("work", Text("后台任务", "Background work"), "work.done"),
    MessageKind("account", Text("本人账号安全", "Security of your account"), "account.factor_reset", None, _ACCOUNT),
    MessageKind("system", Text("系统自检（系统管理员）", "Self-check (administrators)"), "system.warning"),
    MessageKind("calendar", Text("放假安排缺失", "Official calendar missing"), "calendar.missing"),
)

#: The kinds for which a person may choose otherwise than for the rest.
OPEN_KINDS = tuple(kind.name for kind in KINDS if not kind.is_fixed)

#: Topics whose first word says the kind.
_BY_TOPIC = {
    "work": "work", "calendar": "calendar", "delegation": "delegation", "account": "account", "remark": "mention",
    "copy": "copy", "report": "report", "system": "system",
}  # fmt: skip


def find_kind(topic: str, level: int | None) -> str:
    """Return the name of the kind to which a message belongs."""
    is_high = is_critical(topic, level)
    kind, _, action = topic.partition(".")
    if topic == RUNG:
        return "rung_high" if is_high else "rung_low"
    if topic == "slip.issue":
        return "slip_red" if is_high else "slip"
    if action == "urge":
        return "urge"
    if kind in ("request", "meeting") and is_high:
        return kind
    return _BY_TOPIC.get(kind, "step")
