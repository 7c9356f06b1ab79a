"""A mapping for files of meetings, in TOML: which fields are what, in JSON lines or in tables; every fault at once."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from app.ledger.encoding import is_known_encoding
from app.ledger.mapping_file import MappingError, MappingFault, parse_toml

#: What a source's words for a meeting, an outcome, an attendance may stand for.
STATES = ("held", "cancelled", "postponed")
OUTCOMES = ("agreed", "agreed_with_changes", "not_agreed", "noted")
ATTENDANCES = ("present", "absent", "leave")
_MINUTES_MAX = 1440

#: Table -> key -> what it holds; "!" before it: is required when the table is there.
_TABLES: dict[str, dict[str, str]] = {
    "source": {"name": "!text", "external_source": "!text", "format": "!format", "encoding": "encoding",
               "delimiter": "delimiter", "departments": "departments", "duration_minutes": "minutes", "clock": "clock"},
    "meeting": {"key": "!list", "body": "!text", "date": "!text", "place": "text", "joint": "text",
                "joint_prefix": "text", "status": "text", "agencies": "text", "separator": "text"},
    "topic": {"list": "!text", "key": "!text", "title": "!list", "text": "text", "order": "list", "action": "text",
              "conclusion": "text", "matter": "text", "attendance": "text", "person": "text", "answer": "text"},
    "decision": {"date": "!text", "body": "!text", "text": "!text", "agencies": "text", "separator": "text",
                 "collective": "list", "due": "text", "reference": "text", "identity": "pattern",
                 "encoding": "encoding", "delimiter": "delimiter"},
    "settled": {"identity": "!text", "date": "!text", "status": "!text", "done": "!list", "encoding": "encoding",
                "delimiter": "delimiter"},
    "state": {"*": "state"},
    "outcome": {"*": "outcome"},
    "attendance": {"*": "attendance"},
    "bodies": {"*": "text"},
}  # fmt: skip
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_CHOICES = {
    "format": ("jsonl", "table"), "departments": ("create", "match"), "state": STATES, "outcome": OUTCOMES,
    "attendance": ATTENDANCES,
}  # fmt: skip


@dataclass(frozen=True)
class MeetingMapping:
    """A mapping, checked. The tables are the file's own; what is left out of them is left out of the import.

    `format` is that of the file of meetings; decisions and what became of them come in tables.
    """

    name: str
    external_source: str
    format: Literal["jsonl", "table"]
    encoding: str
    delimiter: str
    creates_departments: bool
    duration_minutes: int
    clock: str
    meeting: Mapping[str, Any]
    topic: Mapping[str, Any] = field(default_factory=dict)
    decision: Mapping[str, Any] = field(default_factory=dict)
    settled: Mapping[str, Any] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)
    outcomes: Mapping[str, str] = field(default_factory=dict)
    attendances: Mapping[str, str] = field(default_factory=dict)
    bodies: Mapping[str, str] = field(default_factory=dict)


def load_meeting_mapping(path: Path) -> MeetingMapping:
    """Return the mapping in a TOML file; raises MappingError with every fault."""
    try:
        return parse_meeting_mapping(path.read_bytes().decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError([MappingFault(path.name, "无法读取文件", "the file cannot be read")]) from error


def parse_meeting_mapping(text: str) -> MeetingMapping:
    """Return the mapping written in TOML; raises MappingError with every fault."""
    document = parse_toml(text)
    faults = list(_find_faults(document))
    if faults:
        raise MappingError(faults)
    source = document["source"]
    return MeetingMapping(
        name=source["name"],
        external_source=source["external_source"],
        format=source["format"],
        encoding=source.get("encoding", ""),
        delimiter=source.get("delimiter", ""),
        creates_departments=source.get("departments", "match") == "create",
        duration_minutes=source.get("duration_minutes", 120),
        clock=source.get("clock", "09:00"),
        meeting=document["meeting"],
        topic=document.get("topic", {}),
        decision=document.get("decision", {}),
        settled=document.get("settled", {}),
        states=_clean_keys(document.get("state", {})),
        outcomes=_clean_keys(document.get("outcome", {})),
        attendances=_clean_keys(document.get("attendance", {})),
        bodies=document.get("bodies", {}),
    )


def _clean_keys(table: Mapping[str, str]) -> dict[str, str]:
    return {name.strip(): value for name, value in table.items()}


def _find_faults(document: Mapping[str, Any]) -> Iterator[MappingFault]:
    for name in document:
        if name not in _TABLES:
            yield MappingFault(
                name, f"未知的键，可用：{'、'.join(_TABLES)}", f"unknown, known are {', '.join(_TABLES)}"
            )
    for name, keys in _TABLES.items():
        if name in document:
            yield from _check_table(name, document[name], keys)
        elif name in ("source", "meeting"):
            yield MappingFault(name, "必填", "is required")
    source = document.get("source")
    if "topic" in document and isinstance(source, dict) and source.get("format") == "table":
        yield MappingFault("topic", "表格中没有议题", "a table of meetings has no topics; JSON lines have")
    if "settled" in document and "decision" not in document:
        yield MappingFault("settled", "须有 decision", "needs decisions")


def _check_table(place: str, table: object, keys: Mapping[str, str]) -> Iterator[MappingFault]:
    if not isinstance(table, dict):
        yield MappingFault(place, "应为表", "a table expected")
        return
    for name, value in table.items():
        kind = keys.get(name, keys.get("*"))
        if kind is None:
            yield MappingFault(f"{place}.{name}", f"未知的键，可用：{'、'.join(keys)}", f"unknown: {', '.join(keys)}")
        else:
            yield from _check_value(f"{place}.{name}", value, kind.removeprefix("!"))
    for name, kind in keys.items():
        if kind.startswith("!") and name not in table:
            yield MappingFault(f"{place}.{name}", "必填", "is required")


def _check_value(place: str, value: object, kind: str) -> Iterator[MappingFault]:
    if kind == "list":
        if not isinstance(value, list) or not value or not all(isinstance(one, str) and one for one in value):
            yield MappingFault(place, "应为文字的列表", "a list of texts expected")
    elif kind == "minutes":
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _MINUTES_MAX:
            yield MappingFault(place, f"应为1至{_MINUTES_MAX}", f"a whole number from 1 to {_MINUTES_MAX}")
    elif not isinstance(value, str) or not value:
        yield MappingFault(place, "应为文字", "a text expected")
    elif kind in _CHOICES and value not in _CHOICES[kind]:
        listed = _CHOICES[kind]
        yield MappingFault(place, f"应为 {'、'.join(listed)} 之一", f"one of {', '.join(listed)}")
    elif kind == "encoding" and not is_known_encoding(value):
        yield MappingFault(place, "未知的编码", "unknown encoding")
    elif kind == "delimiter" and (len(value) != 1 or value in '"\n\r'):
        yield MappingFault(place, "应为一个字符", "must be one character")
    elif kind == "clock" and not _CLOCK.fullmatch(value):
        yield MappingFault(place, "应为时:分，如09:30", "hour and minute, as 09:30")
    elif kind == "pattern" and not _is_pattern(value):
        yield MappingFault(place, "不是有效的正则表达式", "not a regular expression")


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True
