"""Departments in the order in which a list offers them: by name in the reader's language, sections under theirs."""

from collections.abc import Sequence

from app.pages.items.item_row import name_department
from app.pages.words import current_lang
from app.queries.department import DepartmentRow

#: One step to the right in front of a section's name; a list to choose from knows no other way.
_STEP = "\u3000"


def order_departments(rows: Sequence[DepartmentRow]) -> list[tuple[DepartmentRow, str]]:
    """Return departments with their labels; `rows` come by pinyin, which is the order in Chinese.

    A section stands under its department, a step to the right; one whose department is not among `rows` stands on top.
    """
    if current_lang() == "en":
        rows = sorted(rows, key=lambda row: (name_department(row.name, row.name_en).casefold(), row.id))
    ids = {row.id for row in rows}
    below: dict[int | None, list[DepartmentRow]] = {}
    for row in rows:
        below.setdefault(row.parent_id if row.parent_id in ids else None, []).append(row)
    ahead = [(0, row) for row in reversed(below.get(None, []))]
    found = []
    while ahead:
        depth, row = ahead.pop()
        found.append((row, _STEP * depth + name_department(row.name, row.name_en)))
        ahead += [(depth + 1, one) for one in reversed(below.get(row.id, []))]
    return found
