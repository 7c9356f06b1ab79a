"""Acts, outcomes and sources of the log in words; an act without words is shown by its own name."""

from app.pages.show import say, say_label
from app.pages.words import gettext as _
from workflows.catalogue import WORKFLOWS
from workflows.roles import DUTY_LABELS, ROLES, Duty


def name_act(action: str, kind: str | None) -> str:
    """Return what was done, in words; a step by the label of its workflow."""
    own = {
        "log_in": _("登录"), "read": _("阅看事项"), "read_document": _("阅看来文"), "read_log": _("阅看日志"),
        "export_log": _("导出日志"), "issue_token": _("签发令牌"), "revoke_token": _("撤销令牌"),
        "set_password": _("重设密码"), "set_preferences": _("修改个人设置"), "add_person": _("新增人员"),
        "deactivate_person": _("停用账号"), "appoint": _("任职"), "vacate": _("免职"), "add_post": _("设岗"),
        "close_post": _("撤岗"), "add_department": _("新设部门"), "rename_department": _("部门更名"),
        "merge_department": _("部门合并"), "close_department": _("撤销部门"), "create": _("登记"),
        "register": _("导入登记"), "release": _("解除承办"), "hand_over": _("移交"), "sign": _("签署"),
        "issue_batch": _("批量交办"), "ledger.import": _("导入台账"),
    }  # fmt: skip
    if action in own and not (action == "appoint" and kind):
        return own[action]
    steps = WORKFLOWS[kind].steps if kind in WORKFLOWS else ()
    label = next((step.label for step in steps if step.action == action), None)
    return say_label(label) if label else action


def name_acting_role(role: str | None) -> str:
    """Return the role in which somebody acted, in words."""
    if role is None:
        return "—"
    if role == "self":
        return _("本人")
    if role in ROLES:
        return say(ROLES[role].label)
    return say(DUTY_LABELS[Duty(role)]) if role in set(Duty) else role


def name_outcome(outcome: str) -> str:
    """Return whether it was done, in words."""
    return {"done": _("已办"), "refused": _("被拒")}.get(outcome, outcome)


def name_source(source: str) -> str:
    """Return by which way it came, in words."""
    return {
        "web": _("网页办理"), "page": _("网页"), "api": _("接口"), "command": _("命令行"), "job": _("定时任务"),
    }.get(source, source)  # fmt: skip
