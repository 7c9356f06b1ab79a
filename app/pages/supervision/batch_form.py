"""The form of a batch of tasks: what was typed, row by row, as it was typed; and how it is shown again with faults."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from app.core.errors import Fault, InvalidError
from app.ledger.batch_sheet import ANSWERS, BATCH_MAX, LABELS, RHYTHMS, SOURCES, URGENCIES
from app.pages.department_order import order_departments
from app.pages.items.form import BROKEN, KEY_FIELD, make_key, read_number
from app.pages.items.item_row import name_department, name_running
from app.pages.show import say_label
from app.pages.words import current_lang
from app.queries.city.board import PROJECTS_MAX
from app.queries.department import DepartmentRow
from app.services.batch.checking import PlannedTask
from app.services.batch.reading import FIELDS, BatchFile, BatchRow, read_row
from app.services.supervision.batch import BatchPlan

ROWS_FIRST = 5
ROWS_MORE = 5
#: A department chosen from the list; anything else is a name or code that a file gave.
_ID_MARK = "id:"
_TEXT_MAX = 64 * 1024
_SHA_LENGTH = 64
#: The rows that a sheet has.
_ROW_MAX = 2_000_000


@dataclass(frozen=True, slots=True)
class FormRow:
    """A row as it was typed, with its number for people; `original` are values that a file gave."""

    number: int
    values: Mapping[str, str]

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed."""
        return not any(text.strip() for text in self.values.values())

    def read(self) -> BatchRow:
        """Return the row as the service takes it."""
        given: dict[str, object] = dict(self.values)
        department = self.values.get("department", "")
        if department.startswith(_ID_MARK):
            given["department"] = read_number(department.removeprefix(_ID_MARK)) or department
        return read_row(self.number, given)


@dataclass(frozen=True, slots=True)
class BatchForm:
    """The whole form. `file` and `sha256` when a file filled it; `seen` marks the warnings that were shown."""

    rows: tuple[FormRow, ...]
    key: str = field(default_factory=make_key)
    draft: bool = False
    again: bool = False
    file: str = ""
    sha256: str = ""
    seen: str = ""

    def typed(self) -> list[BatchRow]:
        """Return the rows that hold something, as the service takes them."""
        return [row.read() for row in self.rows if not row.is_blank]

    def batch_file(self) -> BatchFile | None:
        """Return the file behind the rows, if there is one."""
        return BatchFile(self.file, self.sha256, ()) if self.sha256 else None

    def require_key(self) -> str:
        """Return the key that the form carries; InvalidError when it is none of ours."""
        if not (self.key and self.key.isascii() and self.key.isprintable()):
            raise InvalidError([Fault(KEY_FIELD, BROKEN)])
        return self.key


def make_empty(count: int = ROWS_FIRST) -> BatchForm:
    """Return a form with empty rows."""
    return BatchForm(tuple(FormRow(number, {}) for number in range(1, count + 1)))


def read_batch_form(form: MultiDict[str, str]) -> BatchForm:
    """Read a sent form: rows named `r<number>.<field>`, or all of them as one JSON text (`rows`, from a preview)."""
    rows = _read_packed(form["rows"]) if "rows" in form else _read_typed(form)
    sha256 = form.get("sha256", "")
    is_hash = len(sha256) == _SHA_LENGTH and all(char in "0123456789abcdef" for char in sha256)
    return BatchForm(
        rows, form.get("key", ""), draft=form.get("draft") == "1", again=form.get("again") == "1",
        file=form.get("file", "")[:120] if is_hash else "", sha256=sha256 if is_hash else "",
        seen=form.get("seen", ""),
    )  # fmt: skip


def _read_typed(form: MultiDict[str, str]) -> tuple[FormRow, ...]:
    found: dict[int, dict[str, str]] = {}
    for name, text in form.items():
        head, _, rest = name.partition(".")
        number = read_number(head[1:]) if head.startswith("r") and rest in FIELDS else None
        if number is not None and number <= _ROW_MAX and len(found) <= BATCH_MAX:
            found.setdefault(number, {})[rest] = text[:_TEXT_MAX].replace("\r\n", "\n")
    return tuple(FormRow(number, found[number]) for number in sorted(found))


def _read_packed(text: str) -> tuple[FormRow, ...]:
    try:
        given = json.loads(text)
        return tuple(
            FormRow(_read_place(row["n"]), {str(k): str(v) for k, v in row["v"].items() if k in FIELDS})
            for row in given[: BATCH_MAX + 1]
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
        raise InvalidError([Fault(KEY_FIELD, BROKEN)]) from None


def _read_place(number: object) -> int:
    """Return a row's number as a preview carries it; ValueError for anything that a sheet has not."""
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= _ROW_MAX:
        raise ValueError(number)
    return number


def pack(form: BatchForm) -> str:
    """Return the rows as one text, for a preview to carry."""
    return json.dumps([{"n": row.number, "v": dict(row.values)} for row in form.rows], ensure_ascii=False)


def fill_from_file(file: BatchFile) -> BatchForm:
    """Return the form that a file fills."""
    rows = tuple(
        FormRow(row.number, {name: _as_text(value) for name, value in values.items()})
        for row, values in zip(file.rows, file.values, strict=True)
    )
    return BatchForm(rows, file=file.name, sha256=file.sha256)


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def add_rows(form: BatchForm) -> tuple[FormRow, ...]:
    """Return the rows with more empty ones behind them, up to the most that a batch has."""
    last = max((row.number for row in form.rows), default=0)
    count = min(ROWS_MORE, max(0, BATCH_MAX - len(form.rows)))
    return (*form.rows, *(FormRow(last + place, {}) for place in range(1, count + 1)))


def mark_warnings(plan: BatchPlan) -> str:
    """Return a mark of the warnings, empty without any: shown once, they stop nothing."""
    told = [(one.row, one.field, one.sentence.en) for one in plan.warnings]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16] if told else ""


@dataclass(frozen=True, slots=True)
class RowView:
    """A row to be shown: what was typed, the sentences by field, what it becomes."""

    number: int
    values: Mapping[str, str]
    faults: Mapping[str, str]
    warnings: Mapping[str, str]
    department: str
    department_id: int | None
    due_on: date | None
    is_counted: bool

    @property
    def has_more(self) -> bool:
        """Whether one of the fields behind "more" holds something or is at fault."""
        return any(self.values.get(name) or name in self.faults for name in MORE_FIELDS)


#: Fields that few rows need.
MORE_FIELDS = ("limit_workdays", "criteria", "parent_id", "report_rhythm", "source_reference", "confidential")


def view_rows(form: BatchForm, plan: BatchPlan | None) -> list[RowView]:
    """Return the rows for the template."""
    tasks = {task.row.number: task for task in plan.tasks} if plan else {}
    faults = _gather(plan.faults if plan else ())
    warnings = _gather(plan.warnings if plan else ())
    return [_view(row, tasks.get(row.number), faults, warnings) for row in form.rows]


def _gather(found: Sequence[Any]) -> dict[int, dict[str, str]]:
    said: dict[int, dict[str, str]] = {}
    for one in found:
        row = said.setdefault(one.row, {})
        text = say_label(one.sentence)
        row[one.field] = f"{row[one.field]} {text}" if one.field in row else text
    return said


def _view(
    row: FormRow, task: PlannedTask | None, faults: dict[int, dict[str, str]], warnings: dict[int, dict[str, str]]
) -> RowView:
    typed = row.values.get("department", "")
    chosen = read_number(typed.removeprefix(_ID_MARK)) if typed.startswith(_ID_MARK) else None
    name = name_department(task.department_name, task.department_name_en) if task else ""
    return RowView(
        row.number, row.values, faults.get(row.number, {}), warnings.get(row.number, {}),
        department=name or ("" if chosen else typed),
        department_id=task.department_id if task and task.department_id else chosen,
        due_on=task.due_on if task else None,
        is_counted=task is not None and task.due_basis is not None,
    )  # fmt: skip


def list_choices(
    departments: Sequence[DepartmentRow], projects: Sequence[tuple[int, str]]
) -> dict[str, list[tuple[str, str]]]:
    """Return the lists to choose from, (value, words) in the present language.

    Projects are listed unless there are so many that the list is not whole: then their number is typed.
    """
    place = 1 if current_lang() == "en" else 0
    found = {
        name: [(value, words[place]) for value, words in table.items()]
        for name, table in (("urgency", URGENCIES), ("report_rhythm", RHYTHMS), ("source_kind", SOURCES),
                            ("confidential", ANSWERS))
    }  # fmt: skip
    found["department"] = [(str(row.id), label) for row, label in order_departments(departments)]
    if len(projects) < PROJECTS_MAX:
        found["parent_id"] = [(str(one), f"{name_running('project', one)} {title}") for one, title in projects]
    return found


def name_fields() -> dict[str, str]:
    """Return the fields' words in the present language."""
    place = 1 if current_lang() == "en" else 0
    return {name: words[place] for name, words in LABELS.items()}
