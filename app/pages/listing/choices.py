"""The controls of a list: what can be chosen, and what is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.edge.context import Context, Unit
from app.edge.listing.asking import find_department_id
from app.edge.listing.columns import COLUMNS, SOURCE_LABELS, URGENCY_LABELS
from app.edge.listing.words import ARCHIVED_LABELS, ORDER_LABELS, PART_LABELS
from app.pages.department_order import order_departments
from app.pages.show import Bilingual, say_label
from app.pages.words import current_lang
from app.pages.words import gettext as _
from app.queries.department import list_departments
from app.queries.listing.beside import list_phases
from app.queries.person import find_account
from app.schemas.listing import ME, ListQuery
from workflows.light import COLOUR_LABELS
from workflows.machine import LEVEL_LABELS

PAGE_ROWS = 25
LIGHTS = ("red", "yellow", "green", "grey")
#: Sorts to choose from; `id` is another name for `created`.
SORTS = ("due", "-due", "title", "-title", "created", "-created")
#: Filters that stand behind "more", by their names in the address.
MORE = (
    "part", "assignee", "urgency", "source", "phase", "due_from", "due_until", "closed_from", "closed_until", "rung",
    "archived",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a filter."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Controls:
    """What a list's form offers."""

    lights: list[Choice]
    kinds: list[Choice]
    states: list[Choice]
    departments: list[Choice]
    parts: list[Choice]
    assignees: list[Choice]
    urgencies: list[Choice]
    sources: list[Choice]
    phases: list[Choice]
    rungs: list[Choice]
    archived: list[Choice]
    sorts: list[Choice]
    columns: list[Choice]


def make_controls(
    unit: Unit, context: Context, query: ListQuery, kinds: tuple[str, ...]
) -> Controls:  # fmt: skip
    """Return the controls of a list that holds `kinds`; a constant number of statements."""
    connection = unit.connection()
    machines = [context.book.current_machine(connection, kind) for kind in query.kinds]
    states: dict[str, Bilingual] = {}
    for machine in machines:
        for name, state in machine.states.items():
            if query.view == "all" or state.is_open == (query.view == "open") or name in query.states:
                states.setdefault(name, state.label)
    kind_labels = {kind: context.book.current_machine(connection, kind).label for kind in kinds}
    phases = {name.in_language(current_lang()): name for name in list_phases(connection)} if "project" in kinds else {}
    chosen = query.kinds if query.kinds != kinds else ()
    return Controls(
        lights=[Choice(name, say_label(COLOUR_LABELS[name]), name in query.lights) for name in LIGHTS],
        kinds=_some(kind_labels, chosen),
        states=_some(states, query.states),
        departments=_departments(unit, context, query),
        parts=[Choice("" if name == "either" else name, say_label(label), name == query.part)
               for name, label in reversed(PART_LABELS.items())],
        assignees=_assignees(unit, query),
        urgencies=_some(URGENCY_LABELS, query.urgencies),
        sources=_some(SOURCE_LABELS, query.sources) if "task" in kinds else [],
        phases=_phases(phases, query),
        rungs=[Choice(str(level), _("%(level)s及以上", level=say_label(label)), level == query.rung)
               for level, label in LEVEL_LABELS.items()],
        archived=[Choice(name, say_label(label), name == query.archived) for name, label in ARCHIVED_LABELS.items()],
        sorts=[Choice(name, say_label(ORDER_LABELS[name]), name == query.sort) for name in SORTS],
        columns=[Choice(name, say_label(column.label), name in query.shown_columns)
                 for name, column in COLUMNS.items()
                 if name != "title" and (name != "budget" or "project" in kinds)],
    )  # fmt: skip


def count_more(query: ListQuery) -> int:
    """Return how many filters behind "more" restrict the list."""
    values = query.values()
    return sum(name in values for name in MORE)


def _some(labels: Mapping[str, Bilingual], chosen: Iterable[str]) -> list[Choice]:
    """Return single choices; several that an address names together are one choice more."""
    several = tuple(chosen)
    found = [Choice(name, say_label(label), several == (name,)) for name, label in labels.items()]
    if len(several) > 1:
        names = " + ".join(say_label(labels[name]) if name in labels else name for name in several)
        found.insert(0, Choice(",".join(several), names, is_chosen=True))
    elif several and several[0] not in labels:
        found.insert(0, Choice(several[0], several[0], is_chosen=True))
    return found


def _departments(unit: Unit, context: Context, query: ListQuery) -> list[Choice]:
    connection = unit.connection()
    chosen = find_department_id(connection, query.department)
    return [
        Choice(f"id:{row.id}", label, row.id == chosen)
        for row, label in order_departments(list_departments(connection, context.today()))
    ]


def _assignees(unit: Unit, query: ListQuery) -> list[Choice]:
    found = [Choice(ME, _("我"), query.assignee == ME)]
    if query.assignee not in ("", ME):
        account = find_account(unit.connection(), int(query.assignee))
        found.append(Choice(query.assignee, account.name if account else f"#{query.assignee}", is_chosen=True))
    return found


def _phases(names: Mapping[str, Bilingual], query: ListQuery) -> list[Choice]:
    found = [
        Choice(value, say_label(name), query.phase in (value, name.in_language("en"))) for value, name in names.items()
    ]
    if query.phase and not any(choice.is_chosen for choice in found):
        found.append(Choice(query.phase, query.phase, is_chosen=True))
    return found
