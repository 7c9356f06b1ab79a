"""From a list's address to the filter of its query: departments are looked up, "me" becomes somebody, days instants."""

from sqlalchemy.engine import Connection

from app.queries.item import ItemFilter
from app.queries.listing.beside import find_made_from
from app.schemas.listing import ME, ListQuery
from app.services.organisation.department import find_department, require_department
from app.services.rulebook import Rulebook

_OPENNESS = {"open": True, "closed": False, "all": None}
_ARCHIVED = {"": False, "only": True, "all": None}
_BY_ID = "id:"


def make_filter(
    connection: Connection, book: Rulebook, person_id: int, query: ListQuery, *, is_strict: bool = False
) -> ItemFilter:
    """Return the filter that `query` asks for on behalf of a person.

    A department that nobody knows is left out, or, when strict, an InvalidError on `department`.
    """
    calendar = book.calendar(connection) if query.closed_from or query.closed_until else None
    return ItemFilter(
        kinds=query.kinds,
        states=query.states,
        # Whatever is archived is closed.
        is_open=False if query.archived == "only" else _OPENNESS[query.view],
        department_id=find_department_id(connection, query.department, is_strict=is_strict),
        part=query.part,
        support_id=find_department_id(connection, query.support, "support", is_strict=is_strict),
        assignee_id=find_assignee_id(query, person_id),
        lights=query.lights,
        urgencies=query.urgencies,
        sources=query.sources,
        phase=query.phase,
        parent_id=query.parent,
        due_from=query.due_from,
        due_until=query.due_until,
        closed_from=calendar.day_start(query.closed_from) if calendar and query.closed_from else None,
        closed_before=calendar.day_end(query.closed_until) if calendar and query.closed_until else None,
        rung=query.rung,
        is_overdue=query.overdue,
        # What is open is not archived: nothing to look up.
        is_archived=_ARCHIVED[query.archived] if query.archived or query.view != "open" else None,
        words=query.q,
        also_ids=find_made_from(connection, query.q),
    )


def find_department_id(
    connection: Connection, text: str, field: str = "department", *, is_strict: bool = False
) -> int | None:
    """Return the id of the department that `id:5`, a code or a name means; None for an empty text.

    When strict, one that nobody knows is an InvalidError on `field`, else None.
    """
    if not text:
        return None
    number = text.removeprefix(_BY_ID)
    if number != text and number.isascii() and number.isdigit():
        return int(number)
    return require_department(connection, text, field) if is_strict else find_department(connection, text)


def find_assignee_id(query: ListQuery, person_id: int) -> int | None:
    """Return the id of the person in charge that `query` asks for, on behalf of `person_id`."""
    if not query.assignee:
        return None
    return person_id if query.assignee == ME else int(query.assignee)
