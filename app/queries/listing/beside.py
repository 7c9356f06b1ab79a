"""What lists show beside an item: the item above it, as far as the caller may read it; phases to choose from."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import Sentence
from app.models.item import Item, ItemAccess
from app.queries.template import list_templates

_Parent = aliased(Item, name="parent")


def read_parents(connection: Connection, readers: Sequence[str], item_ids: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Return {item id: (id, title) of the item above}; one that the caller may not read is left out."""
    is_readable = (
        select(ItemAccess.item_id)
        .where(ItemAccess.item_id == _Parent.id, ItemAccess.reader.in_(tuple(readers)))
        .exists()
    )
    rows = connection.execute(
        select(Item.id, _Parent.id, _Parent.title)
        .join(_Parent, _Parent.id == Item.parent_id)
        .where(Item.id.in_(tuple(item_ids)), is_readable)
    )
    return {item_id: (parent_id, title) for item_id, parent_id, title in rows}


def find_title(connection: Connection, readers: Sequence[str], item_id: int) -> str | None:
    """Return the title of an item; None when there is none that the caller may read."""
    readable = select(ItemAccess.item_id).where(
        ItemAccess.item_id == item_id, ItemAccess.reader.in_(tuple(readers))
    )  # fmt: skip
    return connection.execute(select(Item.title).where(Item.id == item_id, readable.exists())).scalar_one_or_none()


def list_phases(connection: Connection) -> tuple[Sentence, ...]:
    """Return the names of the phases that the offered templates lay out, each once, in their order; one statement."""
    names = {
        phase.name.zh: Sentence(phase.name.zh, phase.name.en)
        for row in list_templates(connection)
        for phase in row.template.phases
    }
    return tuple(names.values())
