"""Where the figures of the overview lead: the addresses of the lists that they count (docs/lists.md)."""

from datetime import date
from urllib.parse import urlencode

from flask import url_for

Value = str | int | date | tuple[str, ...] | None


def name_department_filter(department_id: int) -> str:
    """Return how a list's address names a department by its id."""
    return f"id:{department_id}"


def link_items(**filters: Value) -> str:
    """Return the address of the list of all kinds with these filters; None is left out."""
    return _link(url_for("item.list_items"), filters)


def link_projects(**filters: Value) -> str:
    """Return the address of the portfolio with these filters."""
    return _link(url_for("item.list_projects"), filters)


def _link(path: str, filters: dict[str, Value]) -> str:
    given = {
        name: ",".join(value) if isinstance(value, tuple) else str(value)
        for name, value in filters.items()
        if value is not None
    }
    return f"{path}?{urlencode(given, safe=',:')}" if given else path
