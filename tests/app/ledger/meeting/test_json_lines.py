"""JSON lines from strangers: each fault names its line and field, none ends in a trace."""

import json
from pathlib import Path

import pytest

from app.ledger.findings import Findings
from app.ledger.meeting.json_lines import DEPTH_MAX, LINE_MAX, read_json_lines
from app.ledger.sheet import UnreadableError

GOOD = '{"ID": 1}'


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [
        ('{"ID": 2, "Date": "2024-', "bad_json", ""),
        ('{"ID": NaN}', "bad_json", ""),
        ('{"ID": 1, "ID": 2}', "bad_json", ""),
        ("[1, 2]", "not_an_object", ""),
        ("null", "not_an_object", ""),
        ("[" * 100_000, "too_deep", ""),
        ('{"a":' * (DEPTH_MAX + 1) + "1" + "}" * (DEPTH_MAX + 1), "not_kept", ".".join("a" * (DEPTH_MAX + 1))),
        ('{"Items": [{"Title": "a\\u0000b"}]}', "not_kept", "Items[1].Title"),
        ('{"Title": "\\ud800"}', "not_kept", "Title"),
        ('{"ID": 99999999999999999999}', "not_kept", "ID"),
        (f'{{"ID": {"9" * 5000}}}', "bad_json", ""),
        ("x" * (LINE_MAX + 1), "line_too_long", ""),
    ],
)
def test_a_broken_line_is_named(line: str, code: str, column: str) -> None:
    """Issue 7.11, hostile input: a truncated, huge, deep or wrong line is told by its number; the others are read."""
    findings = Findings()
    text = f"{GOOD}\n\n{line}\n{GOOD}\n"
    read = list(read_json_lines(text.encode(), "utf-8", findings))
    assert [number for number, _ in read] == [1, 4]
    (found,) = findings
    assert (found.severity, found.code, found.row, found.column) == ("fault", code, 3, column)
    assert len(found.render("en")) < 400


def test_what_is_no_text_is_refused() -> None:
    """Bytes that are no UTF-8 are told by their line; an empty file is none."""
    with pytest.raises(UnreadableError) as broken:
        list(read_json_lines(b'{"ID": 1}\n{"ID": "\xff"}\n', "utf-8", Findings()))
    assert broken.value.code == "broken_encoding"
    assert "line 2" in broken.value.en
    with pytest.raises(UnreadableError):
        list(read_json_lines(b"  \n", "", Findings()))


def test_the_real_file_reads_like_a_plain_reader(real_data: Path) -> None:
    """Issue 7.11: counted independently, every line of the council's file is there."""
    path = real_data / "nyc_council_meetings_2024_2025.jsonl"
    findings = Findings()
    read = [found for _, found in read_json_lines(path.read_bytes(), "", findings)]
    assert list(findings) == []
    assert read == [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
