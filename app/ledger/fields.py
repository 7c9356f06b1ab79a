"""Our fields: what a ledger's columns may become, with their kinds, limits and headings in both languages.

The first Chinese and the English heading are what an export writes; all of them are recognised when our own
format is read.
"""

from dataclasses import dataclass
from typing import Literal

from app.core.text import NAME_MAX, TEXT_MAX, TITLE_MAX
from app.ledger import words

ItemKind = Literal["project", "task"]
Kind = Literal["text", "code", "date", "amount", "integer", "percent", "list", "choice"]

KEY_MAX = 200
URL_MAX = 2_000
BOTH: frozenset[str] = frozenset({"project", "task"})
PROJECT: frozenset[str] = frozenset({"project"})
TASK: frozenset[str] = frozenset({"task"})


@dataclass(frozen=True, slots=True)
class Field:
    """One of our fields; `attribute` is its name on LedgerRow, `limit` counts characters of a text."""

    name: str
    kind: Kind
    items: frozenset[str]
    headings: tuple[str, ...]
    limit: int = NAME_MAX
    lines: bool = False
    negative: bool = False

    @property
    def attribute(self) -> str:
        """The attribute of LedgerRow: amounts carry their unit."""
        return f"{self.name}_fen" if self.kind == "amount" else self.name


_ALL = (
    Field("kind", "choice", BOTH, ("类型", "kind", "类别")),
    Field("key", "code", BOTH, ("编号", "key", "ID", "number", "项目编号", "任务编号", "台账编号"), KEY_MAX),
    Field(
        "title",
        "text",
        BOTH,
        words.combine(words.TITLE, "项目名称", "事项", "item"),
        TITLE_MAX,
    ),
    Field(
        "description",
        "text",
        PROJECT,
        words.combine("说明", "description", "项目说明", "内容", words.REQUIREMENT),
        TEXT_MAX,
        lines=True,
    ),
    Field("lead", "text", BOTH, words.LEAD),
    Field("supports", "list", BOTH, words.SUPPORTS),
    Field("assignee_text", "text", TASK, ("承办人", "assignee", "责任人", "assignee_text"), TITLE_MAX),
    Field("project_key", "code", TASK, words.PROJECT_KEY, KEY_MAX),
    Field("phase", "choice", PROJECT, ("阶段", "phase")),
    Field("category", "text", PROJECT, ("分类", "category"), TITLE_MAX),
    Field("place", "text", PROJECT, ("地点", "place"), TITLE_MAX),
    Field("state", "choice", BOTH, ("状态", "state", "status")),
    Field("urgency", "choice", TASK, words.URGENCY),
    Field("source", "choice", TASK, words.SOURCE),
    Field("start_on", "date", PROJECT, ("开始日期", "start_on", "开工日期", "启动日期")),
    Field("received_on", "date", TASK, ("签收日期", "received_on", "接收日期")),
    Field("due_on", "date", BOTH, words.DUE_ON),
    Field("forecast_on", "date", PROJECT, ("预计完成日期", "forecast_on")),
    Field("budget", "amount", PROJECT, ("预算", "budget", "金额", "预算金额", "总投资")),
    Field("original_budget", "amount", PROJECT, ("原预算", "original_budget")),
    Field("reported_budget_change", "amount", PROJECT, ("自报预算变化", "reported_budget_change"), negative=True),
    Field("currency", "code", PROJECT, ("币种", "currency"), 3),
    Field("percent", "percent", PROJECT, ("进度（%）", "percent", "进度", "进度%", "完成进度", "progress %")),
    Field("reported_slip_days", "integer", PROJECT, ("自报累计延期（天）", "reported_slip_days"), negative=True),
    Field(
        "reported_slip_latest_days",
        "integer",
        PROJECT,
        ("自报本期延期（天）", "reported_slip_latest_days"),
        negative=True,
    ),
    Field("light_reported", "choice", PROJECT, ("自报灯号", "light_reported")),
    Field("reason", "text", BOTH, ("原因", "reason", "延期原因"), TEXT_MAX, lines=True),
    Field("url", "text", PROJECT, ("网址", "url", "链接"), URL_MAX),
    Field("as_of", "date", BOTH, ("报告日期", "as_of", "统计日期")),
    Field("external_source", "code", BOTH, ("外部来源", "external_source")),
    Field("external_key", "code", BOTH, ("外部编号", "external_key"), KEY_MAX),
)

FIELDS: dict[str, Field] = {field.name: field for field in _ALL}
