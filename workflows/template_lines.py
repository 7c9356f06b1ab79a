"""Tells on which line of a TOML text each table and key stands, so that a fault can name it.

The parser of the standard library keeps no lines. The text is one that it has accepted; what is not found (a key
inside an inline table) takes the line of the table around it.
"""

import re
from collections.abc import Mapping

_HEADER = re.compile(r"^\s*\[(\[)?\s*([A-Za-z0-9_.\- ]+?)\s*\]")
_KEY = re.compile(r"^\s*([A-Za-z0-9_-]+(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*=")
_FENCE = re.compile('"""|' + "'''")
#: What of a line is looked at: the name of a table or a key stands at its beginning.
_LOOKED_AT = 200


def map_lines(text: str) -> dict[str, int]:
    """Return the line of each place: `task[2]` its header, `task[2].lead` its key; lines count from 1."""
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    table = ""
    fence: str | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if fence is None:
            header, key = _HEADER.match(line[:_LOOKED_AT]), _KEY.match(line[:_LOOKED_AT])
            if header is not None:
                table = _open(header[2].replace(" ", ""), counts, is_array=header[1] is not None)
                found.setdefault(table, number)
            elif key is not None:
                name = re.sub(r"\s", "", key[1])
                found.setdefault(f"{table}.{name}" if table else name, number)
        for mark in _FENCE.findall(line):
            fence = mark if fence is None else (None if fence == mark else fence)
    return found


def _open(name: str, counts: dict[str, int], *, is_array: bool) -> str:
    """Return the place of a header: its parents with the numbers that they have now."""
    head, _, last = name.rpartition(".")
    parent = _number(head, counts)
    place = f"{parent}.{last}" if parent else last
    if not is_array:
        return place
    counts[place] = counts.get(place, 0) + 1
    return f"{place}[{counts[place]}]"


def _number(name: str, counts: Mapping[str, int]) -> str:
    place = ""
    for part in filter(None, name.split(".")):
        place = f"{place}.{part}" if place else part
        if place in counts:
            place = f"{place}[{counts[place]}]"
    return place


def find_line(lines: Mapping[str, int], place: str) -> int | None:
    """Return the line of a place, else that of the nearest one around it."""
    while place:
        if place in lines:
            return lines[place]
        place = place[: max(place.rfind("."), place.rfind("["), 0)]
    return None
