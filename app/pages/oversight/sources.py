"""By which way an act came, in words."""

from workflows.words import Text

SOURCES: dict[str, Text] = {
    "web": Text("网页办理", "step on a page"),
    "page": Text("网页", "page"),
    "api": Text("接口", "API"),
    "command": Text("命令行", "command"),
    "job": Text("定时任务", "scheduled job"),
    "scheduler": Text("定时任务", "scheduler"),
    "work": Text("后台任务", "background work"),
    "slip": Text("督办单处理", "notices"),
    "demo": Text("演示数据", "demonstration"),
}
