"""Brings items into being: in their workflow's start, or registered in the state that a ledger states.

Works on many at once with a number of statements that does not grow with them (rows are sent in batches).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import Fault, InvalidError, Sentence
from app.core.text import TITLE_MAX, clean, fold, sort_key
from app.models.allocation import Allocation, Disbursement
from app.models.escalation import Episode
from app.models.group import LeadershipGroup
from app.models.item import (
    Criterion,
    Item,
    ItemClock,
    LightChange,
    Milestone,
    NamedReader,
    Phase,
    Project,
    Share,
    Support,
    Task,
)
from app.models.meeting import Meeting
from app.models.record import Audit, History
from app.models.supervision import Slip, SupervisionRequest
from app.models.topic import AgendaItem, Decision
from app.policy import access
from app.services.clocks import first_rung, light_facts, wanted_episodes
from app.services.loading import Loaded
from app.services.recording import Acting, plain
from app.services.rulebook import Rulebook, Rules
from workflows.calendar import Calendar
from workflows.light import judge
from workflows.period import find_first_owed
from workflows.template import TEMPLATES

_BATCH = 1000
_DETAILS: dict[str, Any] = {
    "project": Project, "task": Task, "share": Share, "slip": Slip, "request": SupervisionRequest,
    "allocation": Allocation, "disbursement": Disbursement, "leadership_group": LeadershipGroup, "meeting": Meeting,
    "agenda_item": AgendaItem, "decision": Decision,
}  # fmt: skip
_DEFAULTS: dict[str, dict[str, Any]] = {
    "project": {"template": "integration", "phase_seq": 0},
    "task": {"source_kind": "other"},
    "slip": {"points": 0},
    "leadership_group": {"body": "leadership"},
    "meeting": {"sequence": 0, "is_short": False},
    "agenda_item": {"kind": "topic", "matter": "coordination", "is_late": False, "deferrals": 0},
    "decision": {"is_information": False, "wanted": [], "flags": []},
}


@dataclass(slots=True)
class NewItem:
    """An item to be. `state` None: the workflow's start. `details`: columns of its kind's own table.

    `supports` are (department id, what it owes, due date); `anchor_at` is when its last progress was, for what
    a ledger brings; `escalate_from` the day from which its clocks count (None: from their own dates).
    """

    kind: str
    title: str
    owner_department_id: int | None
    parent_id: int | None = None
    #: The item from which it came: a task from a decision, a topic from what was escalated.
    source_item_id: int | None = None
    section_id: int | None = None
    assignee_id: int | None = None
    due_on: date | None = None
    due_basis: dict[str, Any] | None = None
    urgency: str = "normal"
    report_rhythm: str | None = None
    confidential: bool = False
    currency: str | None = None
    external_source: str | None = None
    external_key: str | None = None
    state: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    supports: Sequence[tuple[int, str | None, date | None]] = ()
    criteria: Sequence[str] = ()
    milestones: Sequence[Mapping[str, Any]] = ()
    reader_ids: Sequence[int] = ()
    anchor_at: datetime | None = None
    escalate_from: date | None = None
    note: Mapping[str, Any] = field(default_factory=dict)


def enter_items(
    connection: Connection,
    book: Rulebook,
    acting: Acting,
    now: datetime,
    new: Sequence[NewItem],
    *,
    source: str,
) -> list[int]:
    """Create the items and return their ids in the same order; InvalidError names every faulty one.

    Each gets its history row (`create`, or `register` when a state is given), an audit row, its readers, its
    clocks and its light.
    """
    if not new:
        return []
    _check(new)
    calendar = book.calendar(connection)
    today = calendar.local_date(now)
    rule_set_id = book.current_rule_set(connection, today)
    rows = [_item_row(connection, book, acting, now, item, rule_set_id) for item in new]
    ids = _insert_items(connection, rows)
    _write_details(connection, new, ids)
    parents, paused = _read_parents(connection, {item.parent_id for item in new if item.parent_id is not None})
    loaded = [
        _as_loaded(item_id, item, row, parents, paused) for item_id, item, row in zip(ids, new, rows, strict=True)
    ]
    _write_records(connection, acting, now, new, loaded, source)
    _write_clocks(connection, book, calendar, now, loaded, new)
    access.begin(connection, ids)
    return ids


def _insert_items(connection: Connection, rows: list[dict[str, Any]]) -> list[int]:
    """Insert the items and return their ids in order.

    SQLite gives ids back in order only row by row; its one writer takes the next ones itself.
    """
    if connection.dialect.name != "sqlite":
        return list(connection.execute(insert(Item).returning(Item.id, sort_by_parameter_order=True), rows).scalars())
    last = connection.execute(text("SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = 'items'"))
    first = int(last.scalar_one()) + 1
    _send(connection, Item, [row | {"id": item_id} for item_id, row in enumerate(rows, first)])
    return list(range(first, first + len(rows)))


def _check(new: Sequence[NewItem]) -> None:
    faults = []
    for number, item in enumerate(new, 1):
        place = "title" if len(new) == 1 else f"items[{number}].title"
        title = clean(item.title)
        if not title:
            faults.append(Fault(place, Sentence("请填写标题。", "A title is needed.")))
        elif len(title) > TITLE_MAX:
            said = Sentence(
                f"标题最多{TITLE_MAX}字，现为{len(title)}字。", f"At most {TITLE_MAX} characters, got {len(title)}."
            )
            faults.append(Fault(place, said))
    if faults:
        raise InvalidError(faults)


def search_text(title: str, *more: str | None) -> str:
    """Return what the search looks into: folded title, number and key."""
    return fold(" ".join([title, *(text for text in more if text)]))


def _item_row(
    connection: Connection, book: Rulebook, acting: Acting, now: datetime, item: NewItem, rule_set_id: int
) -> dict[str, Any]:
    machine = book.current_machine(connection, item.kind)
    state = machine.states[item.state or machine.start]
    title = clean(item.title)
    return {
        "kind": item.kind,
        "title": title,
        "sort_key": sort_key(title),
        "search_text": search_text(title, item.external_key),
        "state": state.name,
        "state_seq": 1,
        "state_since": item.anchor_at or now,
        "paused_state": machine.start if state.is_pause else None,
        "version": 1,
        "parent_id": item.parent_id,
        "source_item_id": item.source_item_id,
        "owner_department_id": item.owner_department_id,
        "section_id": item.section_id,
        "assignee_id": item.assignee_id,
        "created_by": acting.person_id,
        "created_at": now,
        "closed_at": None if state.is_open else (item.anchor_at or now),
        "last_progress_at": item.anchor_at,
        "due_on": item.due_on,
        "original_due_on": item.due_on,
        "due_source": "typed" if item.due_basis is None else "computed",
        "due_basis": item.due_basis,
        "urgency": item.urgency,
        "report_rhythm": item.report_rhythm,
        "confidential": item.confidential,
        "workflow_version": machine.version,
        "rule_set_id": rule_set_id,
        "currency": item.currency,
        "external_source": item.external_source,
        "external_key": item.external_key,
    }


def _send(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:  # noqa: ANN401  # a mapped class
    for start in range(0, len(rows), _BATCH):
        connection.execute(insert(table), rows[start : start + _BATCH])


def _write_details(connection: Connection, new: Sequence[NewItem], ids: Sequence[int]) -> None:
    for kind, table in _DETAILS.items():
        columns = [c.key for c in table.__table__.columns if c.key != "item_id"]
        rows = []
        for item_id, item in zip(ids, new, strict=True):
            if item.kind == kind:
                unknown = set(item.details) - set(columns)
                if unknown:
                    raise ValueError(f"{kind} has no columns {sorted(unknown)}")
                blank: dict[str, Any] = dict.fromkeys(columns) | _DEFAULTS.get(kind, {})
                rows.append(blank | {"item_id": item_id} | dict(item.details))
        _send(connection, table, rows)
    pairs = list(zip(ids, new, strict=True))
    _send(connection, Support, [
        {"item_id": i, "department_id": d, "owes": owes, "due_on": due} for i, n in pairs for d, owes, due in n.supports
    ])  # fmt: skip
    _send(connection, Criterion, [
        {"item_id": i, "seq": seq, "wanted": wanted} for i, n in pairs for seq, wanted in enumerate(n.criteria, 1)
    ])  # fmt: skip
    _send(connection, Milestone, [
        {"project_id": i, "forecast_on": None, "reached_on": None, "weight_pct": 0} | dict(m)
        for i, n in pairs for m in n.milestones
    ])  # fmt: skip
    _send(connection, NamedReader, [{"item_id": i, "person_id": p} for i, n in pairs for p in n.reader_ids])
    _send(connection, Phase, [row for i, n in pairs if n.kind == "project" for row in _phases(i, n)])


def _phases(project_id: int, item: NewItem) -> Iterator[dict[str, Any]]:
    template = TEMPLATES[item.details.get("template", "integration")]
    for seq, name in enumerate(template.phases, 1):
        yield {"project_id": project_id, "seq": seq, "name": name.zh, "name_en": name.en}


_Above, _Highest = aliased(Item), aliased(Item)
_PARENTS = (
    select(Item.id, Item.owner_department_id, Item.paused_state, _Above.paused_state, _Highest.paused_state)
    .outerjoin(_Above, _Above.id == Item.parent_id)
    .outerjoin(_Highest, _Highest.id == _Above.parent_id)
    .where(Item.id.in_(bindparam("ids", expanding=True)))
)


def _read_parents(connection: Connection, item_ids: set[int]) -> tuple[dict[int, int | None], frozenset[int | None]]:
    """Return the lead department of each item above, and which of them are paused (by themselves or from above)."""
    owners: dict[int, int | None] = {}
    paused: set[int | None] = set()
    ids = sorted(item_ids)
    for start in range(0, len(ids), _BATCH):
        rows = connection.execute(_PARENTS, {"ids": ids[start : start + _BATCH]}).all()
        owners |= {row[0]: row[1] for row in rows}
        paused |= {row[0] for row in rows if any(state is not None for state in row[2:])}
    return owners, frozenset(paused)


def _as_loaded(
    item_id: int, item: NewItem, row: dict[str, Any], owners: Mapping[int, int | None], paused: frozenset[int | None]
) -> Loaded:
    shared = {key: row[key] for key in (
        "kind", "title", "state", "state_seq", "state_since", "paused_state", "version", "parent_id",
        "owner_department_id", "section_id", "assignee_id", "created_by", "closed_at", "last_progress_at", "due_on",
        "original_due_on", "confidential", "workflow_version", "rule_set_id", "report_rhythm",
    )}  # fmt: skip
    return Loaded(
        id=item_id,
        **shared,
        parent_department_id=owners.get(item.parent_id) if item.parent_id is not None else None,
        progress_pct=item.details.get("progress_pct"),
        start_on=item.details.get("start_on"),
        forecast_on=item.details.get("forecast_on"),
        rung=0,
        light="grey",
        light_rule="not_measured",
        escalate_from=item.escalate_from,
        light_override=None,
        light_override_until_on=None,
        support_ids=frozenset(department_id for department_id, _, _ in item.supports),
        open_criteria=frozenset(range(1, len(item.criteria) + 1)),
        sign_off_id=None,
        sign_off_opened_at=None,
        is_paused_above=item.parent_id in paused,
        has_rungs=False,
        calendar_revision="",
    )


def _write_records(
    connection: Connection, acting: Acting, now: datetime, new: Sequence[NewItem], loaded: Sequence[Loaded], source: str
) -> None:
    history, audit = [], []
    for item, entered in zip(new, loaded, strict=True):
        action = "register" if item.state else "create"
        shared = {"item_id": entered.id, "action": action, "recorded_at": now, **acting.columns()}
        history.append(shared | {
            "seq": 1, "from_state": None, "to_state": entered.state, "workflow_version": entered.workflow_version,
            "occurred_at": now, "data": plain(item.note),
        })  # fmt: skip
        after = {"title": entered.title, "state": entered.state, "due_on": entered.due_on}
        audit.append(shared | {
            "outcome": "done", "occurred_at": now, "source": source, "subject": None, "before": None,
            "after": plain(after),
        })  # fmt: skip
    _send(connection, History, history)
    _send(connection, Audit, audit)


def _write_clocks(
    connection: Connection, book: Rulebook, calendar: Calendar, now: datetime, loaded: Sequence[Loaded],
    new: Sequence[NewItem],
) -> None:  # fmt: skip
    today = calendar.local_date(now)
    clocks, changes, episodes = [], [], []
    revision = book.revision
    for entered, item in zip(loaded, new, strict=True):
        entered.calendar_revision = revision
        machine = book.machine(connection, entered.kind, entered.workflow_version)
        rules = book.rules(connection, entered.rule_set_id)
        light = judge(light_facts(machine, entered), today, calendar, rules.light)
        clocks.append({
            "item_id": entered.id, "light": light.colour, "light_rule": light.rule, "light_facts": dict(light.values),
            "light_since_on": today, "light_due_on": light.changes_on, "rung": 0, "rung_cause": None,
            "escalate_from": item.escalate_from, "report_ends_on": _first_report_end(entered, item, rules, today),
        })  # fmt: skip
        changes.append({
            "item_id": entered.id, "on_day": today, "light": light.colour, "light_rule": light.rule, "recorded_at": now,
        })  # fmt: skip
        opened_at = now if item.anchor_at is None or item.escalate_from is not None else min(now, item.anchor_at)
        for wanted in wanted_episodes(connection, book, machine, entered, now):
            level, at = first_rung(book, calendar, wanted.ladder, wanted.base_on, opened_at)
            episodes.append({
                "item_id": entered.id, "cause": wanted.cause.value, "anchor": wanted.anchor,
                "ladder_id": wanted.ladder.id, "base_on": wanted.base_on, "opened_at": opened_at,
                "next_level": level, "next_at": at,
            })  # fmt: skip
    _send(connection, ItemClock, clocks)
    _send(connection, LightChange, changes)
    _send(connection, Episode, episodes)


def _first_report_end(entered: Loaded, item: NewItem, rules: Rules, today: date) -> date | None:
    """Return the last day of the first period for which a report is owed; a draft's rolls on without owing."""
    if item.report_rhythm is None or entered.closed_at is not None:
        return None
    return find_first_owed(item.report_rhythm, today, rules.terms.report_cutoff_day).ends_on
