"""What is signed: an item's content as a round keeps it, and what changed in it since (case P06).

A comment, a report or an urge changes nothing of this. A date that moves by itself (with the days of a pause, with a
new calendar) is not a change that somebody made; one that was typed is.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.core.errors import Sentence
from app.models.item import Criterion, Item, Project, Support, Task
from app.models.organisation import Department
from app.models.supervision import SupervisionRequest
from workflows.words import Text

Content = dict[str, Any]
#: For each name the value before and after.
Changes = dict[str, list[Any]]

CONTENT_LABELS = {
    "title": Text("标题", "Title"),
    "due_on": Text("完成期限", "Due date"),
    "lead": Text("牵头单位", "Lead department"),
    "supports": Text("配合单位及分工", "Supporting departments and their parts"),
    "criteria": Text("验收标准", "Acceptance criteria"),
    "budget": Text("预算（分）", "Budget (fen)"),
    "requirement": Text("要求", "Requirement"),
    "asked": Text("申请内容", "What is asked for"),
}
_BY_ITSELF = "due_computed"
_NOTHING = "—"


def read_content(connection: Connection, item_id: int) -> Content:
    """Return what whoever signs an item now agrees to, as plain values."""
    row = connection.execute(
        select(
            Item.title, Item.due_on, Item.due_source, Department.id.label("lead_id"), Department.name.label("lead"),
            Project.budget_fen, Task.requirement, SupervisionRequest.reason.label("asked"),
        )
        .outerjoin(Department, Department.id == Item.owner_department_id)
        .outerjoin(Project, Project.item_id == Item.id)
        .outerjoin(Task, Task.item_id == Item.id)
        .outerjoin(SupervisionRequest, SupervisionRequest.item_id == Item.id)
        .where(Item.id == item_id)
    ).one()  # fmt: skip
    supports = connection.execute(
        select(Department.id, Department.name, Support.owes)
        .join(Support, Support.department_id == Department.id)
        .where(Support.item_id == item_id)
        .order_by(Department.id)
    )
    criteria = connection.execute(
        select(Criterion.wanted).where(Criterion.item_id == item_id).order_by(Criterion.seq)
    ).scalars()
    return {
        "title": row.title,
        "due_on": row.due_on.isoformat() if row.due_on else None,
        _BY_ITSELF: row.due_source == "computed",
        "lead": {"id": row.lead_id, "name": row.lead},
        "supports": [{"id": one[0], "name": one[1], "owes": one[2]} for one in supports],
        "criteria": list(criteria),
        "budget": row.budget_fen,
        "requirement": row.requirement,
        "asked": row.asked,
    }


def compare(before: Content | None, after: Content) -> Changes:
    """Return what somebody changed, by name: [before, after]; nothing for a round from before content was kept."""
    if before is None:
        return {}
    pairs = {name: [before.get(name), after.get(name)] for name in CONTENT_LABELS}
    changed = {name: pair for name, pair in pairs.items() if _key(pair[0]) != _key(pair[1])}
    if after[_BY_ITSELF]:
        changed.pop("due_on", None)
    return changed


def _key(value: Any) -> Any:  # noqa: ANN401  # a plain value
    """Return what makes a value another one: a department that is renamed stays the same."""
    if isinstance(value, list):
        return [_key(one) for one in value]
    return {name: one for name, one in value.items() if name != "name"} if isinstance(value, dict) else value


def tell_changes(changes: Mapping[str, Any]) -> Sentence:
    """Return the difference in words (完成期限：2026-04-01 → 2026-05-01)."""
    lines = [(CONTENT_LABELS[name], _say(old), _say(new)) for name, (old, new) in changes.items()]
    zh = "；".join(f"{label.zh}：{old} → {new}" for label, old, new in lines)
    en = "; ".join(f"{label.en}: {old} → {new}" for label, old, new in lines)
    return Sentence(zh, en)


def _say(value: Any) -> str:  # noqa: ANN401  # a plain value
    if isinstance(value, list):
        return "、".join(map(_say, value)) or _NOTHING
    if isinstance(value, dict):
        return " ".join(value[name] for name in ("name", "owes") if value.get(name)) or _NOTHING
    return _NOTHING if value is None else str(value)
