"""Rows of a batch as they come (JSON, a form, a file) into typed rows; every fault is kept with its row and field.

A text that a person types may be given wherever JSON has a structure: supporters as `能源局：负荷数据（2026-05-20）`,
one a line or with semicolons between them, criteria one a line, choices by their words in either language.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core.errors import Fault, InvalidError, Sentence
from app.core.text import TEXT_MAX, TITLE_MAX, clean, fold
from app.core.typed import DAY_UNITS, is_usable_day, read_count, read_day, split_names
from app.ledger.batch_sheet import ANSWERS, LABELS, RHYTHMS, SOURCES, URGENCIES, SheetRow, read_batch_sheet
from app.ledger.sheet import UnreadableError

FIELDS = tuple(LABELS)
LIMIT_MAX = 1000
CRITERIA_MAX = 50
SUPPORTS_MAX = 50
_SUPPORT_FIELDS = ("department", "owes", "due_on")
_ID_DIGITS = 18
_SPLIT = re.compile(r"[;；\n]")
#: 能源局：负荷数据（2026-05-20）
_PART = re.compile(
    r"(?P<name>[^:：]+?)\s*(?:[:：]\s*(?P<owes>.*?))?\s*(?:[(（]\s*(?P<due>\d{4}[-/.年]\d[^()（）]*)[)）])?"
)
_PART_MAX = 2 * TITLE_MAX
_BLANKS = re.compile(r"\s+")
_SHOWN_MAX = 40
_PROJECT = re.compile(r"(?:项目|project|#)?\s*(\d{1,18})", re.IGNORECASE)
_MORE_WORDS = {
    "urgency": {"一般": "normal", "普通": "normal", "加急": "urgent", "紧急": "urgent", "特急": "very_urgent"},
    "confidential": {"true": "yes", "false": "no", "1": "yes", "0": "no", "y": "yes", "n": "no"},
}


@dataclass(frozen=True, slots=True)
class RowFault:
    """A sentence about a field of a row; `field` empty: the row as a whole, `row` 0: a single task or the batch."""

    row: int
    field: str
    sentence: Sentence

    def as_fault(self) -> Fault:
        """Return it with its place in words (第7行，牵头单位：…)."""
        if not self.row:
            return Fault(self.field, self.sentence)
        zh, en = LABELS.get(self.field, ("", ""))
        place_zh = f"第{self.row}行，{zh}" if zh else f"第{self.row}行"
        place_en = f"row {self.row}, {en.lower()}" if en else f"row {self.row}"
        path = f"rows[{self.row}].{self.field}" if self.field else f"rows[{self.row}]"
        said = Sentence(f"{place_zh}：{self.sentence.zh}", f"{place_en}: {self.sentence.en}")
        return Fault(path, said)


@dataclass(frozen=True, slots=True)
class SupportPart:
    """A supporting department (an id, or a name or code), what it owes, by when (None: with the task)."""

    department: int | str
    owes: str | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A task to be. What could not be read is None and stands in `faults`; `number` is the row's place for people."""

    number: int
    title: str | None = None
    department: int | str | None = None
    supports: tuple[SupportPart, ...] = ()
    due_on: date | None = None
    limit_workdays: int | None = None
    urgency: str | None = None
    requirement: str | None = None
    criteria: tuple[str, ...] = ()
    parent_id: int | str | None = None
    report_rhythm: str | None = None
    source_kind: str | None = None
    source_reference: str | None = None
    confidential: bool = False
    faults: tuple[RowFault, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchFile:
    """A file of rows as it was read, with its SHA-256 and what its reader should know."""

    name: str
    sha256: str
    rows: tuple[BatchRow, ...]
    notices: tuple[Sentence, ...] = ()
    values: tuple[Mapping[str, object], ...] = ()


def read_file(name: str, data: bytes) -> BatchFile:
    """Return the rows of a CSV or XLSX file; InvalidError when the file as a whole cannot be read."""
    try:
        sheet = read_batch_sheet(data)
    except UnreadableError as error:
        raise InvalidError([Fault("file", _tell_unreadable(name, error))], code=error.code) from None
    notices = tuple(Sentence(f"{flag.render('zh')}。", f"{flag.render('en')}.") for flag in sheet.flags)
    rows = tuple(read_row(row.number, row.values, _cell_faults(row)) for row in sheet.rows)
    digest = hashlib.sha256(data).hexdigest()
    return BatchFile(name, digest, rows, notices, tuple(row.values for row in sheet.rows))


def _tell_unreadable(name: str, error: UnreadableError) -> Sentence:
    place = (f"{name}，第{error.row}行", f"{name}, row {error.row}") if error.row else (name, name)
    return Sentence(f"{place[0]}：{error.zh}。", f"{place[1]}: expected {error.en}.")


def _cell_faults(row: SheetRow) -> list[RowFault]:
    return [RowFault(row.number, fault.field, Sentence(fault.zh, fault.en)) for fault in row.faults]


def read_row(number: int, given: object, found: Sequence[RowFault] = ()) -> BatchRow:
    """Return a row typed; `found` are faults that its reader knows already, whose fields are not read."""
    faults = list(found)
    if not isinstance(given, Mapping):
        said = Sentence("应为JSON对象。", "expected a JSON object.")
        return BatchRow(number, faults=(*faults, RowFault(number, "", said)))
    skipped = {fault.field for fault in faults}
    values: dict[str, Any] = {}
    for name in given:
        if name not in FIELDS:
            known = ", ".join(FIELDS)
            said = Sentence(f"不认识“{name}”，可填：{known}。", f"{name!r} is not known here; known are: {known}.")
            faults.append(RowFault(number, str(name)[:_SHOWN_MAX], said))
    for name, read in _READERS.items():
        raw = given.get(name)
        if name in skipped or raw is None or (isinstance(raw, str) and not clean(raw)):
            continue
        try:
            values[name] = read(raw)
        except _WrongError as error:
            faults.append(RowFault(number, name, error.sentence))
    return BatchRow(number, **values, faults=tuple(faults))


class _WrongError(ValueError):
    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.sentence = Sentence(zh, en)


def _read_text(limit: int, *, lines: bool = False) -> Callable[[object], str]:
    def read(raw: object) -> str:
        if not isinstance(raw, str):
            raise _WrongError("应为文字。", "expected text.")
        text = clean(raw, newlines=lines)
        if len(text) > limit:
            raise _WrongError(f"最多{limit}字，现为{len(text)}字。", f"at most {limit} characters, got {len(text)}.")
        return text

    return read


_read_title = _read_text(TITLE_MAX)


def _read_department(raw: object) -> int | str:
    if isinstance(raw, int) and not isinstance(raw, bool) and 0 < raw < 10**_ID_DIGITS:
        return raw
    if isinstance(raw, str):
        return _read_title(raw)
    raise _WrongError("应为部门的名称、代码或编号。", "expected a department's name, code or id.")


def _read_date(raw: object) -> date:
    found = raw if isinstance(raw, date) else None
    if isinstance(raw, str):
        found = read_day(raw)
    if found is None or not is_usable_day(found):
        raise _WrongError(
            "应为2000年至2099年间的日期，如2026-03-05。", "expected a date from 2000 to 2099, e.g. 2026-03-05."
        )
    return found


def _read_limit(raw: object) -> int:
    text = read_count(raw, DAY_UNITS) if isinstance(raw, str) else raw
    if not isinstance(text, int) or isinstance(text, bool) or not 1 <= text <= LIMIT_MAX:
        raise _WrongError(f"应为1至{LIMIT_MAX}的整数。", f"expected a whole number from 1 to {LIMIT_MAX}.")
    return text


def _read_choice(name: str, table: Mapping[str, tuple[str, str]]) -> Callable[[object], str]:
    words = {fold(word): value for value, (zh, en) in table.items() for word in (value, zh, en, f"{zh} {en}")}
    words |= {fold(word): value for word, value in _MORE_WORDS.get(name, {}).items()}
    zh, en = "、".join(pair[0] for pair in table.values()), ", ".join(table)

    def read(raw: object) -> str:
        found = words.get(fold(raw)) if isinstance(raw, str) else None
        if found is None:
            raise _WrongError(f"应为下列之一：{zh}。", f"expected one of {en}.")
        return found

    return read


_read_answer = _read_choice("confidential", ANSWERS)


def _read_flag(raw: object) -> bool:
    return raw if isinstance(raw, bool) else _read_answer(raw) == "yes"


_read_rhythm_word = _read_choice("report_rhythm", RHYTHMS)


def _read_rhythm(raw: object) -> str | None:
    found = _read_rhythm_word(raw)
    return None if found == "none" else found


def _read_criteria(raw: object) -> tuple[str, ...]:
    lines = raw.replace("\r\n", "\n").split("\n") if isinstance(raw, str) else raw
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise _WrongError("应为文字的列表。", "expected a list of texts.")
    found = tuple(text for line in lines if (text := clean(line)))
    if len(found) > CRITERIA_MAX:
        raise _WrongError(f"最多{CRITERIA_MAX}条。", f"at most {CRITERIA_MAX} of them.")
    if any(len(text) > TITLE_MAX for text in found):
        raise _WrongError(f"每条最多{TITLE_MAX}字。", f"at most {TITLE_MAX} characters each.")
    return found


def _read_supports(raw: object) -> tuple[SupportPart, ...]:
    if isinstance(raw, str):
        texts = _SPLIT.split(raw) if re.search("[:：]", raw) else split_names(raw)
        parts = [_read_part_text(text) for part in texts if (text := clean(part))]
    elif isinstance(raw, list):
        parts = [_read_part(part) for part in raw]
    else:
        raise _WrongError("应为配合单位的列表。", "expected a list of supporting departments.")
    if len(parts) > SUPPORTS_MAX:
        raise _WrongError(f"最多{SUPPORTS_MAX}家。", f"at most {SUPPORTS_MAX} of them.")
    return tuple(parts)


def _read_part_text(text: str) -> SupportPart:
    # Runs of blanks would be tried in every division: time with the third power of their length.
    match = _PART.fullmatch(_BLANKS.sub(" ", text)) if len(text) <= _PART_MAX else None
    if match is None:
        shown = text if len(text) <= _SHOWN_MAX else f"{text[: _SHOWN_MAX - 1]}…"
        raise _WrongError(
            f"“{shown}”应写成“单位：分工（2026-05-20）”。",
            f"{shown!r}: expected “department: what it owes (2026-05-20)”.",
        )
    due = match["due"]
    owes = clean(match["owes"] or "")
    return SupportPart(
        _read_title(match["name"]), _read_title(owes) if owes else None, None if due is None else _read_date(due)
    )


def _read_part(raw: object) -> SupportPart:
    if not isinstance(raw, Mapping):
        return SupportPart(_read_department(raw))
    unknown = sorted(str(name) for name in raw if name not in _SUPPORT_FIELDS)
    if unknown or raw.get("department") in (None, ""):
        known = ", ".join(_SUPPORT_FIELDS)
        raise _WrongError(f"每家应含：{known}。", f"each has: {known}.")
    owes, due = raw.get("owes"), raw.get("due_on")
    return SupportPart(
        _read_department(raw["department"]),
        None if owes in (None, "") else _read_title(owes),
        None if due in (None, "") else _read_date(due),
    )


def _read_project(raw: object) -> int | str:
    if isinstance(raw, int) and not isinstance(raw, bool) and 0 < raw < 10**_ID_DIGITS:
        return raw
    if isinstance(raw, str):
        match = _PROJECT.fullmatch(clean(raw))
        return int(match[1]) if match else _read_title(raw)
    raise _WrongError("应为项目的编号。", "expected a project's id or number.")


_READERS: dict[str, Callable[[Any], Any]] = {
    "title": _read_title,
    "department": _read_department,
    "supports": _read_supports,
    "due_on": _read_date,
    "limit_workdays": _read_limit,
    "urgency": _read_choice("urgency", URGENCIES),
    "requirement": _read_text(TEXT_MAX, lines=True),
    "criteria": _read_criteria,
    "parent_id": _read_project,
    "report_rhythm": _read_rhythm,
    "source_kind": _read_choice("source_kind", SOURCES),
    "source_reference": _read_title,
    "confidential": _read_flag,
}
