"""Files of meetings read under their mappings: nothing is left out, what is wrong is named."""

import csv
import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from app.edge.meeting.importing import SHIPPED
from app.ledger.meeting.mapping import MeetingMapping, load_meeting_mapping
from app.ledger.meeting.read import read_meetings
from app.ledger.meeting.rows import MeetingFile

COUNCIL = load_meeting_mapping(SHIPPED / "nyc_council_meetings_2024_2025.toml")
OPENWIS = load_meeting_mapping(SHIPPED / "openwis_meetings.toml")
MEETING = {
    "ID": 7, "BodyName": "Committee on Technology", "Date": "2024-02-12T23:30:00-05:00", "AgendaStatusName": "Final",
    "Items": [{"ID": 70, "Title": "A", "AgendaSequence": 0, "MinutesSequence": 2, "MatterFile": "T1",
               "ActionName": "Laid Over by Committee"}],
}  # fmt: skip


def _read(folder: Path, *meetings: Any, mapping: MeetingMapping = COUNCIL) -> MeetingFile:  # noqa: ANN401  # JSON
    path = folder / "m.jsonl"
    path.write_text("\n".join(json.dumps(one) for one in meetings), encoding="utf-8")
    return read_meetings(path, mapping)


def _faults(file: MeetingFile) -> list[tuple[str, int | None, str]]:
    return [(one.code, one.row, one.column) for one in file.findings if one.severity == "fault"]


def test_every_meeting_and_item_of_the_council_is_read(real_data: Path) -> None:
    """Issue 7.11: 116 meetings, 1,020 items, 14 deferred, 23 held jointly; counted by a plain reader."""
    path = real_data / "nyc_council_meetings_2024_2025.jsonl"
    plain = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    file = read_meetings(path, COUNCIL)
    assert list(file.findings) == []
    assert len(file.meetings) == len(plain) == 116
    assert sum(len(row.topics) for row in file.meetings) == sum(len(one["Items"]) for one in plain) == 1020
    assert Counter(row.body for row in file.meetings) == Counter(one["BodyName"] for one in plain)
    assert sum(row.state == "cancelled" for row in file.meetings) == 14
    joint = sum("Jointly with" in one.get("Comment", "") for one in plain)
    assert sum(row.joint_with is not None for row in file.meetings) == joint == 23
    assert not any((row.joint_with or "the").startswith("Jointly") for row in file.meetings)
    read = {topic.key: topic for row in file.meetings for topic in row.topics}
    for one in (item for meeting in plain for item in meeting["Items"]):
        topic = read[str(one["ID"])]
        assert topic.raw == one
        assert topic.action == one.get("ActionName")
        assert topic.is_procedural == ("ActionName" not in one and "MatterFile" not in one)
        texts = [" ".join(one[name].split()) for name in ("MatterName", "Title") if one.get(name, "").strip()]
        assert not texts or topic.title == texts[0]
    assert sum(topic.action is None for topic in read.values()) == 231
    votes = sum(len(one.get("RollCall", ())) for meeting in plain for one in meeting["Items"])
    assert sum(len(topic.attendance) for topic in read.values()) == votes == 803


def test_every_action_line_is_read(real_data: Path) -> None:
    """Issue 7.11: 49 meetings, 530 lines, 19 with a due text of which 16 are certain; owners are not guessed."""
    lines = real_data / "openwis_meeting_actions.csv"
    file = read_meetings(
        real_data / "openwis_meetings.csv",
        OPENWIS,
        decisions=lines,
        settled=real_data / "openwis_actions_snapshots.csv",
    )
    with lines.open(encoding="utf-8", newline="") as opened:
        plain = list(csv.DictReader(opened))
    assert not file.findings.refused
    assert len(file.meetings) == 49
    assert [row.raw for row in file.decisions] == plain
    assert len({row.key for row in file.decisions}) == 530
    assert sum(bool(row.due_text) for row in file.decisions) == 19
    assert Counter(row.due_on is not None for row in file.decisions if row.due_text) == {True: 16, False: 3}
    assert file.findings.codes == {"date_text": 3, "doubled_line": 3}
    assert Counter(";".join(row.agencies) for row in file.decisions) == Counter(one["agencies"] for one in plain)
    said = {row.text for row in file.decisions if row.is_collective}
    assert (
        "ACTION – All to feedback proposal to change Association by-laws in time for agreement in September 2020"
        in said
    )
    assert not any("ACTION SC-2018-36" in text for text in said)
    settled = [row for row in file.decisions if row.identity in file.settled_on]
    assert settled
    assert all(row.identity in row.text for row in settled)


def test_a_local_time_is_one_instant_and_keeps_its_day(tmp_path: Path) -> None:
    """Issue 7.11: times in local offset; the day is the one of the place."""
    (row,) = _read(tmp_path, MEETING).meetings
    assert row.starts_at is not None
    assert row.starts_at.astimezone(UTC) == datetime(2024, 2, 13, 4, 30, tzinfo=UTC)
    assert row.held_on == date(2024, 2, 12)


def test_what_has_the_wrong_type_is_named_by_line_and_field(tmp_path: Path) -> None:
    """Hostile input: every fault of every line at once."""
    item = MEETING["Items"][0]  # type: ignore[index]
    file = _read(
        tmp_path, MEETING, MEETING | {"ID": True}, MEETING | {"ID": 8, "Items": "none"},
        MEETING | {"ID": 9, "Date": "12/02/2024", "BodyName": ["x"]},
        MEETING | {"ID": 10, "Items": [3, item | {"ID": 71, "Title": 5, "MinutesSequence": "1"}]},
        MEETING | {"ID": 11, "Date": "0001-01-01T00:00:00-05:00", "Items": []},
        MEETING | {"ID": 12, "Items": [item | {"ID": 72, "RollCall": [{"Value": "Present"}]}]},
    )  # fmt: skip
    assert _faults(file) == [
        ("wrong_type", 2, "ID"), ("bad_key", 2, "ID"), ("duplicate_key", 2, "Items[1].ID"),
        ("wrong_type", 3, "Items"),
        ("wrong_type", 4, "BodyName"), ("no_body", 4, "BodyName"), ("bad_date", 4, "Date"),
        ("duplicate_key", 4, "Items[1].ID"),
        ("wrong_type", 5, "Items[1]"), ("wrong_type", 5, "Items[2].Title"),
        ("wrong_type", 5, "Items[2].MinutesSequence"),
        ("bad_date", 6, "Date"),
        ("no_name", 7, "Items[1].RollCall[1].FullName"),
    ]  # fmt: skip


def test_ids_that_stand_twice_refuse_the_file(tmp_path: Path) -> None:
    """Hostile input: a meeting or an item twice is a fault that names the first line."""
    file = _read(tmp_path, MEETING, MEETING)
    assert _faults(file) == [("duplicate_key", 2, "Items[1].ID"), ("duplicate_key", 2, "ID")]
    assert "row 1" in next(iter(file.findings)).render("en")


def test_long_titles_are_cut_and_kept_whole(tmp_path: Path) -> None:
    """Names beyond the limit of titles: the whole text stands in the brief; unknown words are flagged, not lost."""
    long = "长" * 400
    item = {"ID": 1, "Title": long, "ActionName": "Danced About", "MatterFile": "x", "RollCall": [
        {"FullName": "Member-1", "Value": "Parental "}, {"FullName": "Member-2", "Value": "Elsewhere"},
    ]}  # fmt: skip
    nameless = {"ID": 2, "Title": " "}
    file = _read(tmp_path, MEETING | {"Items": [item, nameless], "AgendaStatusName": "Odd"})
    first, second = file.meetings[0].topics
    assert (len(first.title), first.brief, first.outcome, first.conclusion) == (300, long, "noted", "Danced About")
    assert [one.attendance for one in first.attendance] == ["leave", "absent"]
    assert second.title == "（Items[2]）"
    assert file.findings.codes == {
        "title_cut": 1, "unknown_action": 1, "unknown_answer": 1, "no_title": 1, "unknown_status": 1,
    }  # fmt: skip


def test_both_halves_of_a_joint_meeting_stay_and_are_flagged(tmp_path: Path) -> None:
    """Issue 7.11: some are held jointly; when both bodies have a row, both stay and one says so."""
    other = MEETING | {"ID": 8, "BodyName": "Committee on Contracts", "Items": [],
                       "Comment": "Jointly with the Committee on Technology."}  # fmt: skip
    file = _read(tmp_path, MEETING, other)
    assert len(file.meetings) == 2
    (flag,) = file.findings
    assert (flag.code, flag.row, flag.severity) == ("joint_twice", 2, "flag")


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"meeting_date,body\n2024-01-01,x\n", b"\x00\x01"])
def test_a_table_that_is_none_is_refused(tmp_path: Path, data: bytes) -> None:
    """A wrong file, or one without its columns, is refused as a whole."""
    path = tmp_path / "m.csv"
    path.write_bytes(data)
    file = read_meetings(path, OPENWIS)
    assert file.findings.refused
    assert file.meetings == []


def test_a_file_that_the_mapping_does_not_know_is_refused(tmp_path: Path, real_data: Path) -> None:
    """Decisions without a word in the mapping how to read them; a file that went away."""
    plain = replace(OPENWIS, decision={}, settled={})
    path = real_data / "openwis_meetings.csv"
    file = read_meetings(
        path, plain, decisions=real_data / "openwis_meeting_actions.csv", settled=tmp_path / "gone.csv"
    )
    assert [one.code for one in file.findings.faults] == ["not_mapped", "not_mapped"]
    assert _faults(read_meetings(tmp_path / "gone.csv", OPENWIS)) == [("unreadable_file", None, "")]
