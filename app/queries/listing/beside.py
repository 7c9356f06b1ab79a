"""What lists show and find beside an item's own words: the item above it, phases to choose from, its document."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import Sentence
from app.core.text import fold
from app.models.document import SourceDocument
from app.models.item import Item, ItemAccess, Task
from app.queries.template import list_templates

#: The number of a paper holds a year in brackets of some sort: 云府督批〔2026〕58号.
_PAPER = re.compile(r"[(\[〔【〖{][0-9]{4}[)\]〕】〗}]")
_SIGNS = "()（）[]〔〕【】〖〗{} "
#: So many items of one document are found by its number.
MADE_FROM_MAX = 200
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


def find_made_from(connection: Connection, words: str) -> tuple[int, ...]:
    """Return ids of the items made from the registered document whose number `words` is, whichever brackets it has.

    No statement unless the words look like such a number. Of a confidential document only the confidential items, as
    `app.policy.document` has it; whether the caller may read an item is for the list to ask.
    """
    folded = fold(words)
    if _PAPER.search(folded) is None:
        return ()
    plain = "".join(char for char in folded if char not in _SIGNS)
    numbers = (SourceDocument.number, SourceDocument.register_number)
    found = connection.execute(
        select(Task.item_id)
        .join(SourceDocument, SourceDocument.id == Task.source_document_id)
        .join(Item, Item.id == Task.item_id)
        .where(or_(*(_strip(number) == plain for number in numbers)))
        .where(or_(~SourceDocument.confidential, Item.confidential))
        .order_by(Task.item_id)
        .limit(MADE_FROM_MAX)
    )
    return tuple(found.scalars())


def _strip(column: Any) -> ColumnElement[str]:  # noqa: ANN401  # a column of text
    """Return a number in small letters without brackets and blanks."""
    found: ColumnElement[str] = func.lower(column)
    for sign in _SIGNS:
        found = func.replace(found, sign, "")
    return found


def list_phases(connection: Connection) -> tuple[Sentence, ...]:
    """Return the names of the phases that the offered templates lay out, each once, in their order; one statement."""
    names = {
        phase.name.zh: Sentence(phase.name.zh, phase.name.en)
        for row in list_templates(connection)
        for phase in row.template.phases
    }
    return tuple(names.values())
