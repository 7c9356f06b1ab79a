"""Filters of an address that were not understood: noted where they are read, told above the page.

A page never fails for a bookmark of last year; but it does not pass an unrestricted list off as a filtered one either.
"""

from flask import g

_VALUE_MAX = 40
_TOLD_MAX = 5


def note_dropped(name: str, value: str | None) -> None:
    """Note that the value of a filter was left out; an empty one asks for nothing and is not noted."""
    if value and value.strip():
        found: list[str] = g.setdefault("dropped_filters", [])
        told = f"{name}={value.strip()[:_VALUE_MAX]}"
        if told not in found:
            found.append(told)


def tell_dropped() -> list[str]:
    """Return what was left out in this request, as it stood in the address; at most five."""
    found: list[str] = g.get("dropped_filters", [])
    return found[:_TOLD_MAX]
