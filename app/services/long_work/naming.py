"""What works are called: their kinds, and one of them with what it was asked for."""

from collections.abc import Callable, Mapping
from typing import Any

from reports.wording import spell_month
from workflows.words import Text

KINDS: dict[str, Text] = {
    "paper": Text("报告", "Report"),
    "planned_paper": Text("定期报告", "Planned report"),
    "report": Text("工作月报", "Progress report"),
    "import": Text("台账导入", "Ledger import"),
    "export": Text("清单导出", "List export"),
    "meeting_bundle": Text("会议材料", "Meeting papers"),
    "issue_paper": Text("文件签发", "Issue of a paper"),
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
    """Return what one work is, in few words: the title of a paper, the file of an import, the form of an export."""
    name = _NAMES.get(kind)
    return label_kind(kind) if name is None else name(label_kind(kind), arguments)


def _name_import(label: Text, arguments: Mapping[str, Any]) -> Text:
    name = str(arguments.get("file_name", ""))
    if arguments.get("dry_run"):
        return Text(f"台账试运行：{name}", f"Ledger, dry run: {name}")
    return Text(f"{label.zh}：{name}", f"{label.en}: {name}")


def _name_export(label: Text, arguments: Mapping[str, Any]) -> Text:
    form = str(arguments.get("format", "")).upper()
    return Text(f"{label.zh}（{form}）", f"{label.en} ({form})")


def _name_bundle(label: Text, arguments: Mapping[str, Any]) -> Text:
    lang = _LANGUAGES.get(str(arguments.get("lang")), _LANGUAGES["zh"])
    number = arguments.get("meeting", "")
    return Text(f"{label.zh}：会议{number}（{lang.zh}）", f"{label.en}: meeting {number} ({lang.en})")


def _name_report(label: Text, arguments: Mapping[str, Any]) -> Text:
    year, _, month = str(arguments.get("month", "")).partition("-")
    if not (year.isdigit() and month.isdigit()):
        return label
    lang = _LANGUAGES.get(str(arguments.get("lang")), _LANGUAGES["zh"])
    return Text(
        f"{spell_month(int(year), int(month), 'zh')}{label.zh}（{lang.zh}）",
        f"{label.en}, {spell_month(int(year), int(month), 'en')} ({lang.en})",
    )


def _name_paper(label: Text, arguments: Mapping[str, Any]) -> Text:
    """Return what was chosen: the title that was given to it, its languages where they are not both, its forms."""
    title = arguments.get("title")
    if not isinstance(title, Mapping):
        return label
    languages = [_LANGUAGES[one] for one in arguments.get("languages", ()) if one in _LANGUAGES]
    forms = [str(one).upper() for one in arguments.get("endings", ())]
    zh = "，".join(["、".join(one.zh for one in languages)] * bool(languages) + ["、".join(forms)] * bool(forms))
    en = "; ".join([", ".join(one.en for one in languages)] * bool(languages) + [", ".join(forms)] * bool(forms))
    named = Text(str(title.get("zh", "")), str(title.get("en", "")))
    return Text(f"{named.zh}（{zh}）", f"{named.en} ({en})") if zh else named


_NAMES: dict[str, Callable[[Text, Mapping[str, Any]], Text]] = {
    "paper": _name_paper,
    "planned_paper": _name_paper,
    "report": _name_report,
    "import": _name_import,
    "export": _name_export,
    "meeting_bundle": _name_bundle,
}
