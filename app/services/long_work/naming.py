"""What works are called: their kinds, and one of them with what it was asked for."""

from collections.abc import Mapping
from typing import Any

from reports.wording import spell_month
from workflows.words import Text

KINDS: dict[str, Text] = {
    "report": Text("工作月报", "Progress report"),
    "import": Text("台账导入", "Ledger import"),
    "export": Text("清单导出", "List export"),
    "meeting_bundle": Text("会议材料", "Meeting papers"),
}
STATUSES: dict[str, Text] = {
    "waiting": Text("等待处理", "Waiting"),
    "running": Text("处理中", "Running"),
    "done": Text("已完成", "Done"),
    "failed": Text("失败", "Failed"),
    "cancelled": Text("已取消", "Cancelled"),
}
_LANGUAGES = {"zh": Text("中文", "Chinese"), "en": Text("英文", "English")}


def label_kind(kind: str) -> Text:
    """Return the words for a kind; its name when it is none of ours."""
    return KINDS.get(kind, Text(kind, kind))


def name_work(kind: str, arguments: Mapping[str, Any]) -> Text:
    """Return what one work is, in few words: the month of a report, the file of an import, the form of an export."""
    label = label_kind(kind)
    match kind:
        case "report":
            return _name_report(label, arguments)
        case "import":
            name = str(arguments.get("file_name", ""))
            if arguments.get("dry_run"):
                return Text(f"台账试运行：{name}", f"Ledger, dry run: {name}")
            return Text(f"{label.zh}：{name}", f"{label.en}: {name}")
        case "export":
            form = str(arguments.get("format", "")).upper()
            return Text(f"{label.zh}（{form}）", f"{label.en} ({form})")
        case "meeting_bundle":
            lang = _LANGUAGES.get(str(arguments.get("lang")), _LANGUAGES["zh"])
            number = arguments.get("meeting", "")
            return Text(f"{label.zh}：会议{number}（{lang.zh}）", f"{label.en}: meeting {number} ({lang.en})")
        case _:
            return label


def _name_report(label: Text, arguments: Mapping[str, Any]) -> Text:
    year, _, month = str(arguments.get("month", "")).partition("-")
    if not (year.isdigit() and month.isdigit()):
        return label
    lang = _LANGUAGES.get(str(arguments.get("lang")), _LANGUAGES["zh"])
    return Text(
        f"{spell_month(int(year), int(month), 'zh')}{label.zh}（{lang.zh}）",
        f"{label.en}, {spell_month(int(year), int(month), 'en')} ({lang.en})",
    )
