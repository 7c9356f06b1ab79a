"""What lists show beside the item's own row: progress, phase, supporters, the facts of the light."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.engine import Connection

from app.core.errors import Sentence
from app.models.item import Item, ItemClock, Phase, Project, Share, Support, Task
from app.models.organisation import Department


@dataclass(frozen=True, slots=True)
class Card:
    """What a list adds to an item; `supporters` by pinyin; the budget in hundredths of `currency`."""

    progress_pct: int | None
    start_on: date | None
    stage_text: str | None
    phase: Sentence | None
    light_facts: Mapping[str, Any] | None
    supporters: tuple[Sentence, ...]
    source_kind: str | None = None
    budget_fen: int | None = None
    currency: str | None = None


#: Built once: every list asks for both.
_SUPPORTERS = (
    select(Support.item_id, Department.name, Department.name_en)
    .join(Department, Department.id == Support.department_id)
    .where(Support.item_id.in_(bindparam("ids", expanding=True)))
    .order_by(Department.sort_key, Department.id)
)
_CARDS = (
    select(
        Item.id, func.coalesce(Project.progress_pct, Task.progress_pct, Share.progress_pct), Project.start_on,
        Project.stage_text, Phase.name, Phase.name_en, ItemClock.light_facts, Task.source_kind,
        Project.budget_fen, Item.currency,
    )
    .join(ItemClock, ItemClock.item_id == Item.id)
    .outerjoin(Project, Project.item_id == Item.id)
    .outerjoin(Phase, (Phase.project_id == Item.id) & (Phase.seq == Project.phase_seq))
    .outerjoin(Task, Task.item_id == Item.id)
    .outerjoin(Share, Share.item_id == Item.id)
    .where(Item.id.in_(bindparam("ids", expanding=True)))
)  # fmt: skip


def read_cards(connection: Connection, item_ids: Sequence[int]) -> dict[int, Card]:
    """Return the cards of items that a caller was shown already, in two statements."""
    ids = tuple(item_ids)
    supporters: dict[int, list[Sentence]] = {}
    for item_id, name, name_en in connection.execute(_SUPPORTERS, {"ids": ids}):
        supporters.setdefault(item_id, []).append(Sentence(name, name_en or name))
    rows = connection.execute(_CARDS, {"ids": ids})
    return {row[0]: _make_card(row, supporters.get(row[0], ())) for row in rows}


def _make_card(row: Any, supporters: Sequence[Sentence]) -> Card:  # noqa: ANN401  # a row of the statement
    _, progress_pct, start_on, stage_text, phase, phase_en, light_facts, source_kind, budget_fen, currency = row
    return Card(
        progress_pct, start_on, stage_text, None if phase is None else Sentence(phase, phase_en), light_facts,
        tuple(supporters), source_kind, budget_fen, currency,
    )  # fmt: skip
