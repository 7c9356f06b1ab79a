"""Reads the story of the leadership group and its meetings from app/demo/meetings.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from app.services.demo.story import FOLDER

FILE = FOLDER / "meetings.toml"

#: A table of the file.
Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TopicStory:
    """A topic: who proposes what, how it fares, what is decided on it. `told` is the file's own table."""

    key: str
    by: str
    title: str
    concerned: tuple[str, ...]
    told: Table


@dataclass(frozen=True, slots=True)
class MeetingStory:
    """What is told of one meeting; one of which nothing is told goes its usual way without topics of its own."""

    told: Table = field(default_factory=dict)
    topics: tuple[TopicStory, ...] = ()


@dataclass(frozen=True, slots=True)
class MeetingsStory:
    """The whole story; `meetings` by (series, how many meetings come after it)."""

    group: Table
    working: tuple[Table, ...]
    changes: tuple[Table, ...]
    series: tuple[Table, ...]
    meetings: Mapping[tuple[str, int], MeetingStory]
    leaders: tuple[Table, ...]
    specials: tuple[MeetingStory, ...]
    words: Mapping[str, tuple[str, ...]]


@cache
def read_meetings() -> MeetingsStory:
    """Return the story of app/demo/meetings.toml."""
    raw = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return MeetingsStory(
        group=raw["group"],
        working=tuple(raw["working"]),
        changes=tuple(raw["change"]),
        series=tuple(raw["series"]),
        meetings={(one["series"], one["back"]): _read_meeting(one) for one in raw["meeting"]},
        leaders=tuple(raw["leaders"]),
        specials=tuple(_read_meeting(one) for one in raw["special"]),
        words={name: tuple(lines) for name, lines in raw["words"].items()},
    )


def _read_meeting(raw: Table) -> MeetingStory:
    return MeetingStory(raw, tuple(read_topic(one, one["key"]) for one in raw.get("topic", ())))


def read_topic(raw: Table, key: str) -> TopicStory:
    """Return a topic under a key of its own."""
    return TopicStory(key, raw["by"], raw["title"], tuple(raw["concerned"]), raw)
