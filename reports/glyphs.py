"""Characters that the faces can draw, and a visible substitute for those that they cannot.

Without this a renderer takes the server's chance fonts or prints empty boxes that still copy as text. The substitute
is 〓, the compositor's turned sort; the report's last page names what it stands for.
"""

import functools
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from typing import TypeVar

from reports.faces import Faces, current_faces, list_characters

SUBSTITUTE = "〓"
_JOINER = "\u200d"
_SKIN_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))
_EXAMPLE_CELLS = 12

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Missing:
    """A character that no face has: its code point, its Unicode name, a text in which it occurred."""

    code: str
    name: str
    example: str


def list_drawable() -> frozenset[str]:
    """Return every visible character that one of this process's faces draws; read once a process."""
    return _keep_visible(current_faces())


@functools.lru_cache(maxsize=8)
def _keep_visible(faces: Faces) -> frozenset[str]:
    return frozenset(char for char in list_characters(faces) if unicodedata.category(char) not in {"Cc", "Cf"})


def cover(value: _Value) -> tuple[_Value, tuple[Missing, ...]]:
    """Return the dataclass with every text made drawable, and what is missing, sorted by code point.

    Walks nested dataclasses and tuples; enumerations stay. Invisible format characters go, line breaks become
    spaces, a joined emoji sequence becomes one substitute.
    """
    found: dict[str, str] = {}
    covered = _walk(value, functools.partial(_cover_text, found=found))
    missing = tuple(
        Missing(f"U+{ord(char):04X}", unicodedata.name(char, ""), example) for char, example in sorted(found.items())
    )
    return covered, missing


def _walk(value: _Value, change: Callable[[str], str]) -> _Value:
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return change(value)  # type: ignore[return-value] # a str for a str
    if isinstance(value, tuple):
        return tuple(_walk(part, change) for part in value)  # type: ignore[return-value] # a tuple for a tuple
    if is_dataclass(value) and not isinstance(value, type):
        old = {field.name: getattr(value, field.name) for field in fields(value)}
        new = {name: _walk(part, change) for name, part in old.items()}
        changed = {name: part for name, part in new.items() if part is not old[name]}
        return replace(value, **changed) if changed else value
    return value


def _cover_text(text: str, found: dict[str, str]) -> str:
    known = list_drawable()
    if known.issuperset(text):
        return text
    parts: list[str] = []
    missing: list[str] = []
    joined = False
    for char in unicodedata.normalize("NFC", text):
        if char in known:
            parts.append(char)
        elif char == _JOINER:
            joined = bool(parts) and parts[-1] == SUBSTITUTE
            continue
        elif _is_invisible(char):
            continue
        elif char.isspace():
            parts.append(" ")
        else:
            missing.append(char)
            if not (joined or (char in _SKIN_TONES and parts and parts[-1] == SUBSTITUTE)):
                parts.append(SUBSTITUTE)
        joined = False
    covered = "".join(parts)
    for char in missing:
        found.setdefault(char, _quote(covered))
    return covered


def _is_invisible(char: str) -> bool:
    if char.isspace():
        return False
    return unicodedata.category(char) in {"Cc", "Cf"} or "\ufe00" <= char <= "\ufe0f"


def _quote(text: str) -> str:
    at = text.find(SUBSTITUTE)
    start = max(0, at - _EXAMPLE_CELLS // 2)
    piece = text[start : start + _EXAMPLE_CELLS]
    return ("…" if start else "") + piece + ("…" if start + _EXAMPLE_CELLS < len(text) else "")
