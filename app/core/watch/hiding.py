"""What no log may hold: passwords, tokens, cookies, keys; and what lets a value pretend to be a line."""

import json
import re
import traceback
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import TracebackType
from typing import Any

HIDDEN = "[hidden]"
_NAMES = re.compile(
    r"passw|secret|token|cookie|authorization|pepper|api[-_]?key|private|csrf|session_?(id|key)|credential",
    re.IGNORECASE,
)
_PATTERNS = (
    (re.compile(r"\b(bearer|basic)\s+[^\s\"',;]+", re.IGNORECASE), r"\1 " + HIDDEN),
    (re.compile(r"\blb_[A-Za-z0-9_-]{8,}"), HIDDEN),
    (re.compile(r"(://)[^/\s@]*:[^/\s@]*@"), rf"\1{HIDDEN}@"),
    (re.compile(r"\b((?:set-)?cookie\s*[:=])[^\r\n]*", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (re.compile(r"((?:password|passwd|secret|token|pepper)[\"']?\s*[:=]\s*)(?!\[hidden)[^\s,;}]+", re.IGNORECASE),
     rf"\1{HIDDEN}"),
)  # fmt: skip
#: Without one of these no pattern finds anything: most values are looked at once.
_SIGNS = re.compile(r"bearer|basic|lb_|://|cookie|passw|secret|token|pepper", re.IGNORECASE)
#: Values that the product makes itself, in every line.
_OWN = frozenset({"at", "level", "id", "route", "method"})
#: What a database says of a refused row: its values.
_DETAIL = re.compile(r"^(DETAIL|CONTEXT|HINT|\[parameters).*$", re.MULTILINE)
_SHORTEST = 6
_kept: list[str] = []


def hide_values(secrets: Iterable[str]) -> None:
    """Let this process's log hide these values wherever they turn up; very short ones are no secrets."""
    _kept[:] = sorted({one for one in secrets if len(one) >= _SHORTEST}, key=len, reverse=True)


def hide(text: str) -> str:
    """Return `text` without secrets."""
    for value in _kept:
        text = text.replace(value, HIDDEN)
    if not _SIGNS.search(text):
        return text
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text


def escape(text: str) -> str:
    r"""Return `text` with every character that is no plain one written out (\u000a): nothing ends a line in it."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text)


def hide_event(_logger: object, _method: str, event: Any) -> Any:  # noqa: ANN401  # a processor of structlog
    """Take the secrets out of a log event: by the names of its values and by what they look like."""
    return {name: value if name in _OWN else _hide_named(name, value) for name, value in event.items()}


@lru_cache(maxsize=1000)
def _is_telling(name: str) -> bool:
    return _NAMES.search(name) is not None


def _hide_named(name: str, value: object) -> object:
    return HIDDEN if _is_telling(name) else _hide_any(value)


def _hide_any(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, Mapping):
        return {str(name): _hide_named(str(name), one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_hide_any(one) for one in value]
    return hide(str(value))


def tell_error(kind: type[BaseException], error: BaseException, trail: TracebackType | None) -> str:
    """Return a trace without values: places and source lines, and of what a database said the first line only."""
    told = "".join(traceback.format_exception(kind, error, trail))
    return _DETAIL.sub("", told).rstrip()
