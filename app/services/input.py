"""Checks what a step asks for: every fault at once, each with the field and what was expected."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from app.core.errors import Fault, InvalidError, Sentence
from app.core.money import AmountError, parse_amount
from app.core.text import TEXT_MAX, TITLE_MAX, clean
from app.core.typed import is_usable_day, read_day, read_percent
from app.services.on_item.evidence import ANSWER_FILES, read_files_of
from workflows.facts import Facts
from workflows.interpreter import AskedField, CompiledStep

_PARTS_MIN, _PARTS_MAX = 2, 200
_PART_FIELDS = ("title", "department", "due_on", "requirement")


def read_fields(step: CompiledStep, given: Mapping[str, Any], facts: Facts) -> dict[str, Any]:
    """Return the typed values of what `step` asks for; InvalidError lists every fault.

    Texts are cleaned, dates and percents (0 to 100) read as people type them, persons are ids, answers {seq: text};
    files that prove answers stand beside them as `answer_files` {seq: ids}.
    """
    faults: list[Fault] = []
    known = {ask.name for ask in step.asks}
    for name in given:
        if name not in known:
            allowed = ", ".join(sorted(known)) or "—"
            faults.append(
                Fault(name, Sentence(f"此操作不含该项，可填：{allowed}。", f"Not asked for; known fields: {allowed}."))
            )
    values: dict[str, Any] = {}
    for ask in step.asks:
        raw = given.get(ask.name)
        if raw is None or (isinstance(raw, str) and not clean(raw)):
            if ask.required or (ask.required_if is not None and ask.required_if.holds(facts)):
                faults.append(Fault(ask.name, Sentence(f"请填写{ask.label.zh}。", f"Fill in: {ask.label.en}.")))
            continue
        if ask.kind == "state":
            if raw in facts.earlier_states:
                values[ask.name] = raw
            else:
                known_states = ", ".join(facts.earlier_states)
                said = Sentence(f"应为{known_states}之一。", f"expected one of {known_states}.")
                faults.append(Fault(ask.name, said))
            continue
        if ask.kind == "parts":
            values[ask.name] = _read_parts(ask.name, raw, faults)
            continue
        try:
            values[ask.name] = _read(ask, raw)
        except ValueError as error:
            zh, en = error.args
            faults.append(Fault(ask.name, Sentence(f"{ask.label.zh}：{zh}", f"{ask.label.en}: {en}")))
            continue
        if ask.kind == "answers":
            values[ask.name], files = values[ask.name]
            values |= {ANSWER_FILES: files} if files else {}
    if faults:
        raise InvalidError(faults)
    return values


def _read(ask: AskedField, raw: Any) -> Any:  # noqa: ANN401  # the field's own type
    if ask.kind == "choice":
        if raw not in ask.choices:
            raise ValueError(f"应为{'、'.join(ask.choices)}之一。", f"expected one of {', '.join(ask.choices)}.")
        return raw
    return _READERS[ask.kind](raw)


def _read_text(raw: Any) -> str:  # noqa: ANN401  # outside input
    if not isinstance(raw, str):
        raise ValueError("应为文字。", "expected text.")  # noqa: TRY004  # a fault of the input, not of the program
    text = clean(raw, newlines=True)
    if len(text) > TEXT_MAX:
        raise ValueError(f"最多{TEXT_MAX}字，现为{len(text)}字。", f"at most {TEXT_MAX} characters, got {len(text)}.")
    return text


def _read_date(raw: Any) -> date:  # noqa: ANN401  # outside input
    found = raw if isinstance(raw, date) else read_day(str(raw))
    if found is None or not is_usable_day(found):
        raise ValueError(
            "应为2000年至2099年间的日期，如2026-03-05。", "expected a date from 2000 to 2099, e.g. 2026-03-05."
        )
    return found


def _read_percent(raw: Any) -> int:  # noqa: ANN401  # outside input
    found = None if isinstance(raw, bool) else read_percent(str(raw))
    if found is None:
        raise ValueError("应为0至100的整数。", "expected a whole number from 0 to 100.")
    return found


def _read_amount(raw: Any) -> int:  # noqa: ANN401  # outside input
    """Return fen above zero."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal):
        raise ValueError("应为金额，如1234.56。", "expected an amount like 1234.56.")  # noqa: TRY004  # as above
    try:
        fen = parse_amount(raw)
    except AmountError as error:
        raise ValueError(f"应为：{error.zh}。", f"expected {error.en}.") from error
    if fen <= 0:
        raise ValueError("金额须大于零。", "expected an amount above zero.")
    return fen


def _read_id(raw: Any) -> int:  # noqa: ANN401  # outside input
    text = str(raw)
    if isinstance(raw, bool) or not text.isascii() or not text.isdigit() or len(text) > 18:  # noqa: PLR2004  # a BIGINT
        raise ValueError("应为编号。", "expected an id.")
    return int(text)


def _read_answers(raw: Any) -> tuple[dict[str, str], dict[str, list[int]]]:  # noqa: ANN401  # outside input
    """Return the texts by number, and the files of those answers that name some."""
    if not isinstance(raw, Mapping):
        raise ValueError("应为“序号：答复”的对照。", "expected an object {number: answer}.")  # noqa: TRY004  # as above
    texts: dict[str, str] = {}
    files: dict[str, list[int]] = {}
    for key, value in raw.items():
        seq, named = str(_read_id(key)), read_files_of(value)
        texts[seq] = _read_text(value.get("text", "") if isinstance(value, Mapping) else value)
        if named is not None:
            files[seq] = named
    return texts, files


def _read_parts(name: str, raw: Any, faults: list[Fault]) -> list[dict[str, Any]]:  # noqa: ANN401  # outside input
    """Return the rows of a list of tasks-to-be: {title, department, due_on, requirement}; each fault names its row."""
    if (
        not isinstance(raw, list)
        or not _PARTS_MIN <= len(raw) <= _PARTS_MAX
        or not all(isinstance(r, Mapping) for r in raw)
    ):
        said = Sentence(f"请填写2至{_PARTS_MAX}项任务。", f"Give 2 to {_PARTS_MAX} tasks.")
        faults.append(Fault(name, said))
        return []
    return [_read_part(f"{name}[{number}]", row, faults) for number, row in enumerate(raw, 1)]


def _read_part(place: str, row: Mapping[str, Any], faults: list[Fault]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for unknown in sorted(set(row) - set(_PART_FIELDS)):
        known = ", ".join(_PART_FIELDS)
        faults.append(Fault(f"{place}.{unknown}", Sentence(f"没有此项，可填：{known}。", f"Known fields: {known}.")))
    readers: dict[str, Any] = {"title": _read_title, "department": _read_id, "due_on": _read_date}
    for field, read in readers.items():
        try:
            found[field] = read(row.get(field, ""))
        except ValueError as error:
            faults.append(Fault(f"{place}.{field}", Sentence(*error.args)))
    if row.get("requirement"):
        try:
            found["requirement"] = _read_text(row["requirement"])
        except ValueError as error:
            faults.append(Fault(f"{place}.requirement", Sentence(*error.args)))
    return found


def _read_title(raw: Any) -> str:  # noqa: ANN401  # outside input
    text = clean(raw) if isinstance(raw, str) else ""
    if not 1 <= len(text) <= TITLE_MAX:
        raise ValueError(f"应为1至{TITLE_MAX}字的标题。", f"expected a title of 1 to {TITLE_MAX} characters.")
    return text


_READERS: dict[str, Callable[[Any], Any]] = {
    "text": _read_text, "date": _read_date, "percent": _read_percent, "person": _read_id, "department": _read_id,
    "section": _read_id, "item": _read_id, "answers": _read_answers, "amount": _read_amount, "number": _read_id,
    "post": _read_id,
}  # fmt: skip
