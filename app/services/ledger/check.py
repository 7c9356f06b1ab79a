"""Holds a ledger against the database before anything is written: what exists, what a row may not say here."""

import copy
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.core.text import NAME_MAX
from app.ledger.columns import Identity, identify, is_due, list_unkept, own_source, round_pct, write_reference
from app.ledger.fields import FIELDS
from app.ledger.findings import Finding, Findings, shorten
from app.ledger.rows import Ledger, LedgerRow
from app.models.item import URGENCIES, Item
from app.services.ledger.departments import Departments
from app.services.rulebook import Rulebook

#: Keys in one statement.
BATCH = 500
_CURRENCY = re.compile(r"[A-Z]{3}")
_LIMITS = {"category": NAME_MAX, "place": NAME_MAX, "phase": NAME_MAX, "external_source": 60, "source": 30}

#: (source, key) of an item.
Pair = tuple[str, str]


@dataclass
class Known:
    """The items that the ledger speaks of, as far as they exist: (source, key) -> (id, kind)."""

    items: dict[Pair, tuple[int, str]] = field(default_factory=dict)
    #: The key of a project's row in the ledger -> its pair.
    projects: dict[str, Pair] = field(default_factory=dict)

    def find(self, identity: Identity) -> int | None:
        """Return the id of an item that exists."""
        found = self.items.get((identity.source, identity.key))
        return None if found is None else found[0]

    def parent_pairs(self, row: LedgerRow) -> Iterator[Pair]:
        """Yield where the project of a task may be found, the nearest first."""
        key = row.project_key
        if key is None:
            return
        if key in self.projects:
            yield self.projects[key]
        yield "", key
        if row.external_source is not None:
            yield row.external_source, key
        yield own_source("project"), key

    def find_parent(self, row: LedgerRow) -> int | None:
        """Return the id of the project of a task's row, when it exists."""
        for pair in self.parent_pairs(row):
            found = self.items.get(pair)
            if found is not None and found[1] == "project":
                return found[0]
        return None


def _chunk(values: Iterable[Any]) -> Iterator[list[Any]]:
    listed = sorted(set(values))
    for start in range(0, len(listed), BATCH):
        yield listed[start : start + BATCH]


def read_known(connection: Connection, ledger: Ledger) -> Known:
    """Return which items of the ledger exist, and where its tasks' projects are."""
    own = ledger.mapping.own
    known = Known()
    wanted: dict[str, set[str]] = {}
    for row in ledger.latest:
        identity = identify(row, own=own)
        wanted.setdefault(identity.source, set()).add(identity.key)
        if row.kind == "project":
            known.projects[row.key] = (identity.source, identity.key)
    for row in ledger.latest:
        for source, key in known.parent_pairs(row):
            wanted.setdefault(source, set()).add(key)
    for source, keys in wanted.items():
        if source:
            for part in _chunk(keys):
                statement = select(Item.external_key, Item.id, Item.kind).where(
                    Item.external_source == source, Item.external_key.in_(part)
                )
                known.items |= {(source, str(row[0])): (row[1], row[2]) for row in connection.execute(statement)}
    _read_references(connection, known, wanted.get("", set()))
    return known


def _read_references(connection: Connection, known: Known, keys: Iterable[str]) -> None:
    ids = [int(found[1]) for key in keys if (found := re.match(r"#([0-9]{1,18})-", key))]
    for part in _chunk(ids):
        rows = connection.execute(select(Item.id, Item.kind, Item.created_at).where(Item.id.in_(part)))
        known.items |= {("", write_reference(row[0], row[2])): (row[0], row[1]) for row in rows}


class Checker:
    """Gathers what the database says against a ledger; `findings` begins with what the reading found."""

    def __init__(self, connection: Connection, book: Rulebook, ledger: Ledger, known: Known) -> None:
        self._ledger = ledger
        self._known = known
        self._states = {kind: frozenset(book.current_machine(connection, kind).states) for kind in ("project", "task")}
        self.findings: Findings = copy.deepcopy(ledger.findings)

    def check(self, departments: Departments) -> Findings:
        """Return all findings; when they refuse, nothing may be written."""
        if self._ledger.refused:
            return self.findings
        self.findings.extend(departments.check(self._ledger))
        taken: dict[Pair, LedgerRow] = {}
        for rows in self._ledger.snapshots.values():
            self._check_item(rows[-1], taken)
            for row in rows:
                self._check_row(row)
        return self.findings

    def _check_item(self, row: LedgerRow, taken: dict[Pair, LedgerRow]) -> None:
        identity = identify(row, own=self._ledger.mapping.own)
        pair = (identity.source, identity.key)
        first = taken.setdefault(pair, row)
        found = self._known.items.get(pair)
        if first is not row:
            zh, en = f"编号与第 {first.row} 行重复", f"a key of its own; row {first.row} has it already"
            self._fault("duplicate_key", row, "key", row.key, zh, en)
        if identity.item_id is not None and found is None:
            zh, en = "本系统没有这个事项；新事项请另用编号", "an item of this system; a new one needs another key"
            self._fault("unknown_item", row, "key", row.key, zh, en)
        if found is not None and found[1] != row.kind:
            zh, en = f"该编号已属于另一类事项（{found[1]}）", f"a key of its own; a {found[1]} has it already"
            self._fault("other_kind", row, "key", row.key, zh, en)
        if row.project_key is not None:
            self._check_parent(row)
        for name in list_unkept(row, row.kind):
            zh, en = "此类事项没有该项，未导入", "nothing; this kind of item does not keep it"
            self._flag("not_kept", row, name, getattr(row, FIELDS[name].attribute), zh, en)
        if row.percent is not None and row.percent != round_pct(row.percent):
            zh, en = "已四舍五入为整数", "a whole percentage; it was rounded"
            self._flag("percent_rounded", row, "percent", row.percent, zh, en)

    def _check_parent(self, row: LedgerRow) -> None:
        is_above = row.project_key in self._known.projects or self._known.find_parent(row) is not None
        if row.kind == "project":
            zh, en = "项目不能从属于项目", "nothing; a project does not stand below another one"
            self._fault("project_below", row, "project_key", row.project_key, zh, en)
        elif not is_above:
            zh, en = "没有这个项目", "the key of a project in this file or in the system"
            self._fault("unknown_project", row, "project_key", row.project_key, zh, en)

    def _check_row(self, row: LedgerRow) -> None:
        if row.state is not None and row.state not in self._states[row.kind]:
            known = "、".join(sorted(self._states[row.kind]))
            self._fault("unknown_state", row, "state", row.state, f"应为下列之一：{known}", f"one of: {known}")
        if row.urgency is not None and row.urgency not in URGENCIES:
            known = "、".join(URGENCIES)
            self._fault("unknown_urgency", row, "urgency", row.urgency, f"应为下列之一：{known}", f"one of: {known}")
        if row.currency is not None and not _CURRENCY.fullmatch(row.currency):
            zh, en = "应为三个大写字母，如 CNY", "three capitals like CNY"
            self._fault("bad_currency", row, "currency", row.currency, zh, en)
        if row.due_on is not None and not is_due(row.due_on):
            zh, en = "超出可计时的年份，未采用为期限", "a year that can be counted in; not used as due date"
            self._flag("date_not_used", row, "due_on", row.due_on, zh, en)
        if row.as_of is not None and not is_due(row.as_of):
            zh, en = "报告日期应在 1991 至 2099 年间", "a reporting date from 1991 to 2099"
            self._fault("bad_report_date", row, "as_of", row.as_of, zh, en)
        for name, limit in _LIMITS.items():
            text = getattr(row, name)
            if text is not None and len(text) > limit:
                zh, en = f"最多 {limit} 个字符，现有 {len(text)} 个", f"at most {limit} characters, not {len(text)}"
                self._fault("too_long", row, name, text, zh, en)

    def _fault(self, code: str, row: LedgerRow, name: str, value: object, zh: str, en: str) -> None:
        self._add("fault", code, row, name, value, zh, en)

    def _flag(self, code: str, row: LedgerRow, name: str, value: object, zh: str, en: str) -> None:
        self._add("flag", code, row, name, value, zh, en)

    def _add(self, severity: Any, code: str, row: LedgerRow, name: str, value: object, zh: str, en: str) -> None:  # noqa: ANN401  # a literal
        column = self._ledger.columns.get(name, FIELDS[name].headings[0])
        self.findings.add(Finding(severity, code, zh, en, row.sheet, row.row, column, shorten(str(value))))


def group_items(ledger: Ledger, kind: str, size: int) -> Iterator[list[tuple[LedgerRow, ...]]]:
    """Yield the rows of the ledger's items of a kind, `size` items at a time."""
    found = [rows for (known, _), rows in ledger.snapshots.items() if known == kind]
    for start in range(0, len(found), size):
        yield found[start : start + size]
