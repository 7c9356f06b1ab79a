"""The fixed words of the progress report in both languages, and the order in which its lists stand."""

from reports.progress import Basis, Cause, DepartmentLine, Light, ProjectLine, StalledLine
from reports.wording import Lang, Text, say

LIGHTS = {
    Light.RED: Text("红", "Red"),
    Light.YELLOW: Text("黄", "Yellow"),
    Light.GREEN: Text("绿", "Green"),
    Light.GREY: Text("灰", "Grey"),
}
LIGHTS_LONG = {
    Light.RED: Text("红灯", "red"),
    Light.YELLOW: Text("黄灯", "yellow"),
    Light.GREEN: Text("绿灯", "green"),
    Light.GREY: Text("灰灯（未评）", "grey (not rated)"),
}
CAUSES = {
    Cause.DUE: Text("到期", "Due date"),
    Cause.RECEIPT: Text("签收", "Receipt"),
    Cause.IDLE: Text("停滞", "Idle"),
    Cause.SIGN_OFF: Text("会签", "Sign-off"),
    Cause.FORECAST: Text("预测", "Forecast"),
    Cause.REPORT: Text("报告", "Report"),
}
RUNGS = {
    1: Text("提醒单", "Reminder"),
    2: Text("预警单", "Warning"),
    3: Text("督办单", "Supervision"),
    4: Text("提交会议", "To the meeting"),
}
BASES = {
    Basis.SOURCE: Text("来源", "source"),
    Basis.OURS: Text("测算", "computed"),
}
_ORDER = {light: place for place, light in enumerate(Light)}


def sort_projects(projects: tuple[ProjectLine, ...], lang: Lang) -> list[ProjectLine]:
    """Return red, yellow, green, grey; within a light the later first, unknown lateness last."""
    return sorted(
        projects,
        key=lambda line: (
            _ORDER[line.light],
            line.slip_days is None,
            -(line.slip_days or 0),
            line.code,
            say(line.title, lang),
        ),
    )


def sort_departments(departments: tuple[DepartmentLine, ...], lang: Lang) -> list[DepartmentLine]:
    """Return by share overdue of open, then by the number overdue, both falling."""
    return sorted(
        departments,
        key=lambda line: (
            -line.overdue / max(line.open_items, 1),
            -line.overdue,
            -line.open_items,
            say(line.name, lang),
        ),
    )


def sort_stalled(stalled: tuple[StalledLine, ...], lang: Lang) -> list[StalledLine]:
    """Return by rung, then by days, both falling; unknown days last within their rung."""
    return sorted(stalled, key=lambda line: (-line.rung, line.days is None, -(line.days or 0), say(line.title, lang)))
