"""Some items by id, as far as a caller may read them."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.engine import Connection

from app.models.item import Item
from app.queries.item import ItemRow, is_readable, select_rows


def find_named(
    connection: Connection, readers: Sequence[str], item_ids: Sequence[int], today: date
) -> dict[int, ItemRow]:
    """Return those of `item_ids` that one of `readers` may read, by id; one statement."""
    statement = select_rows(today).where(Item.id.in_(tuple(item_ids)), is_readable(readers)).order_by(Item.id)
    return {row[0]: ItemRow(*row) for row in connection.execute(statement)}
