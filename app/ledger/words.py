"""What people write above a column: one table for every file that is read, so that no two of them disagree.

The first Chinese and the English heading are what an export writes. A heading that one file knows and another drops
loses data without a sound.
"""

TITLE = ("名称", "title", "标题", "任务名称", "事项名称", "任务", "任务内容", "name")
LEAD = (
    "牵头单位", "lead", "责任单位", "主办单位", "承办单位", "牵头部门", "责任部门", "主办部门", "lead department",
    "department",
)  # fmt: skip
SUPPORTS = (
    "配合单位", "supports", "协办单位", "配合部门", "协办部门", "配合单位及分工", "supporting departments",
)  # fmt: skip
DUE_ON = (
    "完成期限", "due_on", "截止日期", "完成时限", "办结期限", "办结时限", "截止时间", "截止时限", "完成日期", "期限",
    "due date", "due", "deadline",
)  # fmt: skip
URGENCY = ("紧急程度", "urgency", "缓急")
REQUIREMENT = ("工作要求", "requirement", "要求", "办理要求")
PROJECT_KEY = ("所属项目编号", "project_key", "所属项目", "parent_id")
SOURCE = ("来源", "source", "来源类别", "source_kind")


def combine(*words: str | tuple[str, ...]) -> tuple[str, ...]:
    """Return headings in the order given, each once."""
    flat = [word for one in words for word in ((one,) if isinstance(one, str) else one)]
    return tuple(dict.fromkeys(flat))
