"""A mapping of meetings: all its faults at once, each with its place."""

from pathlib import Path

import pytest

from app.edge.meeting.importing import SHIPPED
from app.ledger.mapping_file import MappingError
from app.ledger.meeting.mapping import load_meeting_mapping, parse_meeting_mapping

LEAST = """
[source]
name = "n"
external_source = "s"
format = "table"
[meeting]
key = ["k"]
body = "b"
date = "d"
"""


def _places(text: str) -> set[str]:
    with pytest.raises(MappingError) as caught:
        parse_meeting_mapping(text)
    return {fault.place for fault in caught.value.faults}


def test_the_least_mapping_has_defaults() -> None:
    """What is left out has a stated value."""
    mapping = parse_meeting_mapping(LEAST)
    assert (mapping.duration_minutes, mapping.clock, mapping.creates_departments) == (120, "09:00", False)
    assert (mapping.topic, mapping.decision, mapping.states) == ({}, {}, {})


def test_the_shipped_mappings_are_valid() -> None:
    """docs/mappings/meetings: each reads."""
    assert {path.stem for path in SHIPPED.glob("*.toml")} == {
        load_meeting_mapping(path) and path.stem for path in SHIPPED.glob("*.toml")
    }
    assert len(list(SHIPPED.glob("*.toml"))) == 2


def test_every_fault_is_told_at_once() -> None:
    """A wrong mapping is mended in one go."""
    assert _places("x = 1") == {"x", "source", "meeting"}
    wrong = LEAST.replace('"table"', '"xml"').replace('["k"]', "[]") + '\n[topic]\nlist = 3\n[state]\nFinal = "done"\n'
    assert _places(wrong) == {"source.format", "meeting.key", "topic.list", "topic.key", "topic.title", "state.Final"}
    more = LEAST.replace(
        'name = "n"', 'name = ""\nclock = "25:00"\nduration_minutes = true\nencoding = "x-none"\ndelimiter = ";;"'
    )
    assert _places(more) == {
        "source.name", "source.clock", "source.duration_minutes", "source.encoding", "source.delimiter",
    }  # fmt: skip
    rest = (
        LEAST + '[topic]\nlist = "i"\nkey = "k"\ntitle = ["t"]\n[settled]\nidentity = "i"\ndate = "d"\nstatus = "s"\n'
    )
    assert _places(rest + 'done = ["x"]\nmore = "y"\n') == {"topic", "settled", "settled.more"}
    assert _places(f"{LEAST}[decision]\ndate = 'd'\nbody = 'b'\ntext = 't'\nidentity = '['\n") == {"decision.identity"}
    assert _places("= x") == {"TOML"}
    assert _places(f"state = 3\n{LEAST}") == {"state"}


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """No trace for a file that is not there or not text."""
    (tmp_path / "a.toml").write_bytes(b"\xff\xfe\xff")
    for name in ("a.toml", "none.toml"):
        with pytest.raises(MappingError) as caught:
            load_meeting_mapping(tmp_path / name)
        assert caught.value.faults[0].place == name
