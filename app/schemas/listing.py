"""The address of a list: filters, order and columns that live in it, read leniently and written back.

A stored address (a saved view, a long export, a bookmark of last year) never fails: what is not understood is left
out. The API reads the same names strictly (`app.schemas.item`). Names and meanings stand in docs/lists.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal, Self, cast
from urllib.parse import parse_qs, urlencode

from app.core.text import NAME_MAX, clean
from app.core.typed import read_day
from app.schemas.item import ARCHIVED, COLUMNS, KINDS, LIGHTS, PARTS, RUNG_MAX, SORTS, SOURCES, STATES, URGENCIES
from workflows.calendar import FIRST_ON, LAST_ON

View = Literal["open", "closed", "all"]
Part = Literal["lead", "support", "either"]
Archived = Literal["", "only", "all"]

VIEWS: tuple[View, ...] = ("open", "closed", "all")
#: The lists that have a page, and the kinds that each holds.
PLACES: dict[str, tuple[str, ...]] = {"projects": ("project",), "tasks": ("task",), "items": KINDS}
#: What is shown when the address names no columns.
DEFAULT_COLUMNS = ("light", "title", "lead", "state", "progress", "due")
ME = "me"
WORDS_MAX = 100
_FIELDS_MAX = 200
_STATE_MAX = 30
_NUMBER_MAX = 18

_TRUE, _FALSE = ("1", "true"), ("0", "false")
#: The names that an address may carry.
FILTERS = (
    "kind", "view", "q", "light", "state", "department", "part", "support", "assignee", "urgency", "source", "phase",
    "parent", "due_from", "due_until", "closed_from", "closed_until", "rung", "overdue", "archived", "sort", "columns",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a list's address asks for, typed; nothing is looked up yet.

    `department` and `support` (a supporting department beside it) are `id:5` or a department's code or name,
    `assignee` a person's id or `me`; `columns` is empty for
    the usual ones.
    """

    kinds: tuple[str, ...] = KINDS
    view: View = "open"
    q: str = ""
    lights: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    department: str = ""
    part: Part = "either"
    support: str = ""
    assignee: str = ""
    urgencies: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    phase: str = ""
    parent: int | None = None
    due_from: date | None = None
    due_until: date | None = None
    closed_from: date | None = None
    closed_until: date | None = None
    rung: int = 0
    overdue: bool | None = None
    #: "" leaves archived items out, "only" shows nothing else, "all" both.
    archived: Archived = ""
    sort: str = "due"
    columns: tuple[str, ...] = ()
    cursor: str | None = None

    @property
    def is_filtered(self) -> bool:
        """Whether anything but view, kind, order and columns restricts the list."""
        plain = type(self)(kinds=self.kinds, view=self.view, sort=self.sort, columns=self.columns, cursor=self.cursor)
        return self != plain

    @property
    def shown_columns(self) -> tuple[str, ...]:
        """The columns to show, in their order."""
        return self.columns or DEFAULT_COLUMNS

    @property
    def usual_view(self) -> View:
        """The view of an address that names none: open work, unless states or closing dates say otherwise."""
        if self.states:
            return "all"
        return "closed" if self.archived == "only" or self.closed_from or self.closed_until else "open"

    @property
    def _has_ambiguous_state(self) -> bool:
        """Whether a state is called as openness is; beside a view it means the state."""
        return "closed" in self.states

    def values(self, place: str = "items") -> dict[str, str]:
        """Return names and values of an address of the list `place`; its first page, what is usual is left out."""
        found = {
            "kind": "" if self.kinds == PLACES[place] else ",".join(self.kinds),
            "view": "" if self.view == self.usual_view and not self._has_ambiguous_state else self.view,
            "q": self.q,
            "light": ",".join(self.lights),
            "state": ",".join(self.states),
            "department": self.department,
            "part": "" if self.part == "either" else self.part,
            "support": self.support,
            "assignee": self.assignee,
            "urgency": ",".join(self.urgencies),
            "source": ",".join(self.sources),
            "phase": self.phase,
            "parent": "" if self.parent is None else str(self.parent),
            "due_from": _write_day(self.due_from),
            "due_until": _write_day(self.due_until),
            "closed_from": _write_day(self.closed_from),
            "closed_until": _write_day(self.closed_until),
            "rung": str(self.rung or ""),
            "overdue": "" if self.overdue is None else str(int(self.overdue)),
            "archived": self.archived,
            "sort": "" if self.sort == "due" else self.sort,
            "columns": ",".join(self.columns),
        }
        return {name: value for name, value in found.items() if value}

    def write(self, place: str = "items", **more: str) -> str:
        """Return the query of the address, its first page; `more` adds to it (a cursor)."""
        return urlencode(self.values(place) | more, safe=",:-")

    def cleared(self) -> Self:
        """Return the same list without filters."""
        return type(self)(kinds=self.kinds, view=self.view, sort=self.sort, columns=self.columns)

    def with_kinds(self, kinds: tuple[str, ...]) -> Self:
        """Return the same for a place that holds only `kinds`; kinds of other places are left out."""
        kept = tuple(kind for kind in self.kinds if kind in kinds)
        return replace(self, kinds=kept or kinds)


def read_address(query: str) -> ListQuery:
    """Return what an address's query asks for; unknown names and values are left out, never refused."""
    try:
        given = parse_qs(query, max_num_fields=_FIELDS_MAX)
    except ValueError:
        given = {}
    first = {name: values[0] for name, values in given.items()}
    states = _many(given.get("state", ()))
    view, assignee = first.get("view", ""), first.get("assignee", "")
    if view == "mine":  # how own work was called before it was a filter
        view, assignee = "open", ME
    if view not in VIEWS:  # beside a view, `closed` is a project's state of that name
        openness = {"open", "closed"} & set(states)
        view = openness.pop() if len(openness) == 1 else view
        states = [state for state in states if state != "closed"]
    sort = first.get("sort", "")
    part, archived = first.get("part", ""), first.get("archived", "")
    found = ListQuery(
        kinds=_known(given.get("kind", ()), KINDS) or KINDS,
        q=clean(first.get("q", ""))[:WORDS_MAX],
        lights=_known(given.get("light", ()), LIGHTS),
        states=tuple(dict.fromkeys(state for state in states if _is_state(state) and state != "open")),
        department=_read_department(first.get("department", "")),
        part=cast("Part", part) if part in PARTS else "either",
        support=_read_department(first.get("support", "")),
        assignee=assignee if assignee == ME or _read_number(assignee) is not None else "",
        urgencies=_known(given.get("urgency", ()), URGENCIES),
        sources=_known(given.get("source", ()), SOURCES),
        phase=clean(first.get("phase", ""))[:NAME_MAX],
        parent=_read_number(first.get("parent", "")),
        due_from=_read_day(first.get("due_from", "")),
        due_until=_read_day(first.get("due_until", "")),
        closed_from=_read_day(first.get("closed_from", "")),
        closed_until=_read_day(first.get("closed_until", "")),
        rung=min(_read_number(first.get("rung", "")) or 0, RUNG_MAX),
        overdue={**dict.fromkeys(_TRUE, True), **dict.fromkeys(_FALSE, False)}.get(first.get("overdue", "")),
        archived=cast("Archived", archived) if archived in ARCHIVED else "",
        sort=sort if sort in SORTS else "due",
        columns=read_columns(given.get("columns", ())),
        cursor=first.get("cursor") or None,
    )
    return replace(found, view=view if view in VIEWS else found.usual_view)


def find_dropped(query: str) -> tuple[tuple[str, str], ...]:
    """Return (name, value) of the filters in an address that `read_address` does not understand and leaves out."""
    try:
        given = parse_qs(query, max_num_fields=_FIELDS_MAX)
    except ValueError:
        return ()
    closed = {
        "kind": KINDS, "light": LIGHTS, "urgency": URGENCIES, "source": SOURCES, "state": (*STATES, "open", "closed"),
        "view": (*VIEWS, "mine"), "part": PARTS, "sort": SORTS, "overdue": (*_TRUE, *_FALSE), "archived": ARCHIVED,
        "columns": COLUMNS,
    }  # fmt: skip
    readers: dict[str, Any] = {
        "assignee": lambda text: text == ME or _read_number(text) is not None,
        "parent": lambda text: _read_number(text) is not None,
        "rung": lambda text: (_read_number(text) or 0) <= RUNG_MAX and _read_number(text) is not None,
        **dict.fromkeys(("due_from", "due_until", "closed_from", "closed_until"), _read_day),
    }
    found = [
        (name, value) for name, known in closed.items() for value in _many(given.get(name, ())) if value not in known
    ]
    found += [(name, given[name][0]) for name, reads in readers.items() if name in given and not reads(given[name][0])]
    return tuple((name, value) for name, value in found if value)


def make_query(given: Mapping[str, Any]) -> ListQuery:
    """Return the same for the API's typed query, as `ItemQuerySchema` loads it; there, all is shown by default."""
    states = given.get("state", [])
    openness = {state for state in states if state in ("open", "closed")}
    return ListQuery(
        kinds=_known(given.get("kind", KINDS), KINDS),
        view="all" if len(openness) != 1 else "open" if "open" in openness else "closed",
        q=given.get("q", ""),
        lights=_known(given.get("light", ()), LIGHTS),
        states=tuple(state for state in states if state not in ("open", "closed")),
        department=given.get("department", ""),
        part=given.get("part", "either"),
        support=given.get("support", ""),
        assignee=given.get("assignee", ""),
        urgencies=_known(given.get("urgency", ()), URGENCIES),
        sources=_known(given.get("source", ()), SOURCES),
        phase=clean(given.get("phase", "")),
        parent=given.get("parent"),
        due_from=given.get("due_from"),
        due_until=given.get("due_until"),
        closed_from=given.get("closed_from"),
        closed_until=given.get("closed_until"),
        rung=given.get("rung", 0),
        overdue=given.get("overdue"),
        archived=given.get("archived", ""),
        sort=given["sort"],
        columns=read_columns(given.get("columns", ())),
        cursor=given.get("cursor"),
    )


def read_columns(given: Iterable[str]) -> tuple[str, ...]:
    """Return the known ones of `given` in the lists' order, the title always among them; none for the usual ones."""
    chosen = set(_many(given)) & set(COLUMNS)
    found = tuple(name for name in COLUMNS if name in chosen | {"title"}) if chosen else ()
    return () if found == DEFAULT_COLUMNS else found


def _many(given: Iterable[str]) -> list[str]:
    return [part.strip() for text in given for part in text.split(",")]


def _known(given: Iterable[str], known: tuple[str, ...]) -> tuple[str, ...]:
    chosen = _many(given)
    return tuple(name for name in known if name in chosen)


def _is_state(text: str) -> bool:
    return text.isascii() and text.replace("_", "").isalpha() and len(text) <= _STATE_MAX


def _read_department(text: str) -> str:
    """Return the department as `id:5` where the address gives an id, else its code or name."""
    number = _read_number(text.removeprefix("id:"))
    return f"id:{number}" if number is not None else clean(text)[:NAME_MAX]


def _read_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _NUMBER_MAX else None


def _read_day(text: str) -> date | None:
    found = read_day(text)
    return found if found is not None and FIRST_ON <= found <= LAST_ON else None


def _write_day(value: date | None) -> str:
    return "" if value is None else value.isoformat()
