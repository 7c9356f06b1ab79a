"""JSON lines: one object a line, each checked for what no database keeps; a fault names line and field."""

import json
from collections.abc import Iterator
from typing import Any

from app.core.text import has_control_characters
from app.ledger.encoding import decode
from app.ledger.findings import Finding, Findings, shorten
from app.ledger.reader import refuse_size
from app.ledger.sheet import ROWS_MAX, UnreadableError

LINE_MAX = 1_000_000
"""Characters of one line."""

DEPTH_MAX = 12
_INTEGER_MAX = 2**53


def read_json_lines(data: bytes, encoding: str, findings: Findings) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the objects of a file with their lines; what is no object goes to `findings`.

    UnreadableError for a file that is too large, empty or not text.
    """
    refuse_size(len(data))
    count = 0
    for number, line in enumerate(decode(data, encoding).text.split("\n"), 1):
        if not line.strip():
            continue
        count += 1
        if count > ROWS_MAX:
            raise UnreadableError("too_many_rows", f"最多 {ROWS_MAX} 行数据", f"at most {ROWS_MAX} rows of data")
        found = _read_line(line, number, findings)
        if found is not None:
            yield number, found


class _RefusedError(ValueError):
    """A line that cannot be taken: a code, the field, what stood there, what was expected."""

    def __init__(self, code: str, zh: str, en: str, column: str = "", value: str = "") -> None:
        super().__init__(code)
        self.code, self.zh, self.en, self.column, self.value = code, zh, en, column, value


def _read_line(line: str, number: int, findings: Findings) -> dict[str, Any] | None:
    try:
        return _parse(line)
    except _RefusedError as error:
        value = shorten(error.value)
        findings.add(Finding("fault", error.code, error.zh, error.en, row=number, column=error.column, value=value))
    return None


def _parse(line: str) -> dict[str, Any]:
    if len(line) > LINE_MAX:
        zh, en = f"一行最多 {LINE_MAX} 个字符，现有 {len(line)} 个", f"at most {LINE_MAX} characters, not {len(line)}"
        raise _RefusedError("line_too_long", zh, en)
    try:
        found = json.loads(line, parse_constant=_refuse_constant, object_pairs_hook=_read_pairs)
    except RecursionError as error:
        raise _RefusedError("too_deep", "嵌套过深", f"at most {DEPTH_MAX} levels") from error
    except json.JSONDecodeError as error:
        zh, en = f"第 {error.colno} 个字符处不是有效的 JSON", f"JSON (broken at character {error.colno}: {error.msg})"
        raise _RefusedError("bad_json", zh, en, value=line[-40:]) from error
    except ValueError as error:
        raise _RefusedError("bad_json", f"不是有效的 JSON（{error}）", f"JSON ({error})") from error
    if not isinstance(found, dict):
        raise _RefusedError("not_an_object", "每行应为一个 JSON 对象", "an object a line", value=line)
    unkept = next(_find_unkept(found, "", 0), None)
    if unkept is not None:
        place, (zh, en) = unkept
        raise _RefusedError("not_kept", zh, en, column=shorten(place))
    return found


def _refuse_constant(name: str) -> Any:  # noqa: ANN401  # never returns
    raise ValueError(f"{name} is no number of JSON")


def _read_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{shorten(twice)!r} stands twice in one object")
    return found


def _find_unkept(value: Any, place: str, depth: int) -> Iterator[tuple[str, tuple[str, str]]]:  # noqa: ANN401  # JSON
    """Yield places of what cannot be kept: too deep, control characters, half characters, numbers out of range."""
    if depth > DEPTH_MAX:
        yield place, ("嵌套过深", f"at most {DEPTH_MAX} levels")
    elif isinstance(value, dict):
        for name, inner in value.items():
            path = f"{place}.{name}" if place else name
            yield from _find_unkept(name, path, depth + 1)
            yield from _find_unkept(inner, path, depth + 1)
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            yield from _find_unkept(inner, f"{place}[{number}]", depth + 1)
    elif isinstance(value, str) and has_control_characters(value):
        yield shorten(place), ("含控制字符或不完整的字符", "text without control or half characters")
    elif isinstance(value, int) and abs(value) > _INTEGER_MAX:
        yield place, ("数字过大", "a number that is not that large")
