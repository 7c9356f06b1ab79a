"""Meetings that were held elsewhere: all of them come in, once, and set nothing in motion."""

import csv
import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core.errors import InvalidError
from app.edge.meeting.importing import SHIPPED
from app.ledger.meeting.mapping import load_meeting_mapping
from app.ledger.meeting.read import read_meetings
from app.ledger.meeting.rows import MeetingFile
from app.models.escalation import Episode
from app.models.item import Item, Support
from app.models.ledger import LedgerFlag, LedgerImport
from app.models.meeting import Meeting, MeetingParticipant
from app.models.organisation import Department
from app.models.record import Outbox
from app.models.topic import AgendaItem, Decision
from app.policy.access import compare
from app.services.act import Act
from app.services.meeting.importing.run import MeetingReport, import_meetings
from app.services.organisation.person import find_person
from app.services.recording import Acting
from tests.city import NOW, City
from tests.meeting import Bench

COUNCIL = load_meeting_mapping(SHIPPED / "nyc_council_meetings_2024_2025.toml")
OPENWIS = load_meeting_mapping(SHIPPED / "openwis_meetings.toml")


def _import(city: City, file: MeetingFile, **more: Any) -> MeetingReport:  # noqa: ANN401  # options of the import
    def work(session: Any) -> MeetingReport:  # noqa: ANN401  # a session
        person_id = find_person(session.connection(), "system-import")
        assert person_id is not None
        act = Act(session.connection(), Acting(person_id, "system"), NOW, date(2026, 3, 2), "test")
        return import_meetings(act, city.book, file, file_name="m.jsonl", sha256="0" * 64, **more)

    return city.database.write(work)


def _read_openwis(folder: Path) -> MeetingFile:
    return read_meetings(
        folder / "openwis_meetings.csv", OPENWIS, decisions=folder / "openwis_meeting_actions.csv",
        settled=folder / "openwis_actions_snapshots.csv",
    )  # fmt: skip


def _rows(city: City, *columns: Any) -> list[Any]:  # noqa: ANN401  # columns and rows of any table
    with city.database.reading() as session:
        return list(session.connection().execute(select(*columns)).all())


def test_the_councils_meetings_come_in_whole(city: City, real_data: Path) -> None:
    """Issue 7.11: 116 meetings, 1,020 items, 14 deferred; twice changes nothing; nothing is escalated or sent."""
    path = real_data / "nyc_council_meetings_2024_2025.jsonl"
    plain = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    report = _import(city, read_meetings(path, COUNCIL))
    assert (report.refused, report.created, report.known) == (False, 1136, 0)
    states = Counter((row.kind, row.state) for row in _rows(city, Item.kind, Item.state))
    deferred = [one for one in plain if one["AgendaStatusName"] == "Deferred"]
    withdrawn = sum(len(one["Items"]) for one in deferred)
    assert states == {
        ("meeting", "closed"): 102, ("meeting", "cancelled"): 14, ("agenda_item", "concluded"): 1020 - withdrawn,
        ("agenda_item", "withdrawn"): withdrawn,
    }  # fmt: skip
    kept = {row.raw["ID"]: row.raw for row in _rows(city, AgendaItem.raw)}
    assert kept == {item["ID"]: item for one in plain for item in one["Items"]}
    outcomes = Counter(row.outcome for row in _rows(city, AgendaItem.outcome))
    held = Counter(item.get("ActionName") for one in plain if one not in deferred for item in one["Items"])
    assert outcomes["agreed"] == held["Approved by Committee"] + held["P-C Item Approved by Comm"]
    assert outcomes["agreed_with_changes"] == held["Amended by Committee"]
    assert sum(row.joint_with is not None for row in _rows(city, Meeting.joint_with)) == 23
    people = {
        (one["ID"], vote["FullName"]) for one in plain for item in one["Items"] for vote in item.get("RollCall", ())
    }
    assert len(_rows(city, MeetingParticipant.id)) == len(people)
    assert (_rows(city, Episode.id), _rows(city, Outbox.id)) == ([], [])
    again = _import(city, read_meetings(path, COUNCIL))
    assert (again.created, again.known, again.attendances) == (0, 1136, 0)
    assert len(_rows(city, LedgerImport.id)) == 1
    with city.database.reading() as session:
        assert compare(session.connection()) == []


def test_the_action_lines_become_decisions_with_flags(city: City, real_data: Path) -> None:
    """Issue 7.11: 49 meetings, 530 decisions; one agency leads, of several none; what lacks is flagged."""
    file = _read_openwis(real_data)
    report = _import(city, file)
    assert (report.refused, report.created) == (False, 579)
    with (real_data / "openwis_meeting_actions.csv").open(encoding="utf-8", newline="") as opened:
        plain = list(csv.DictReader(opened))
    rows = _rows(city, Decision.item_id, Decision.flags, Decision.raw, Decision.text)
    assert sorted(json.dumps(row.raw, sort_keys=True) for row in rows) == sorted(
        json.dumps(one, sort_keys=True) for one in plain
    )
    owners = {row.id: row.owner_department_id for row in _rows(city, Item.id, Item.owner_department_id)}
    codes = {row.id: row.code for row in _rows(city, Department.id, Department.code)}
    supports: dict[int, set[str]] = {}
    for item_id, department_id in _rows(city, Support.item_id, Support.department_id):
        supports.setdefault(item_id, set()).add(codes[department_id].upper())
    for row in rows:
        named = {one.upper() for one in row.raw["agencies"].split(";") if one}
        lead = owners[row.item_id]
        assert (lead is not None) == (len(named) == 1) == ("no_owner" not in row.flags)
        assert supports.get(row.item_id, set()) | ({codes[lead].upper()} if lead else set()) == named
        assert len(named) < 2 or "many_owners" in row.flags
        assert row.raw["due_text"] or "no_date" in row.flags
    found = Counter(flag for row in rows for flag in row.flags)
    assert found["no_date"] == 530 - 16
    assert found["date_text"] == 3
    assert found["no_owner"] == 197 + sum(";" in one["agencies"] for one in plain)
    done = sum(row.state == "done" for row in _rows(city, Item.state))
    assert done == 47
    assert Counter(row.code for row in _rows(city, LedgerFlag.code)) == {"date_text": 3, "doubled_line": 3}
    assert all(row.item_id for row in _rows(city, LedgerFlag.item_id))
    again = _import(city, _read_openwis(real_data))
    assert (again.created, again.known) == (0, 579)


def test_a_dry_run_counts_and_writes_nothing(city: City, real_data: Path) -> None:
    """--dry-run says what would be."""
    before = _rows(city, func.count(Item.id), select(func.count(Department.id)).scalar_subquery())
    report = _import(city, _read_openwis(real_data), dry_run=True)
    assert (report.created, report.decisions, len(report.departments_created)) == (579, 530, 11)
    assert _rows(city, func.count(Item.id), select(func.count(Department.id)).scalar_subquery()) == before


def _write(folder: Path, meetings: str, decisions: str) -> MeetingFile:
    (folder / "m.csv").write_text(
        f"meeting_date,body,mode,agencies_named\n{meetings}", encoding="utf-8",
    )  # fmt: skip
    (folder / "d.csv").write_text(
        f"meeting_date,body,tracker_issue,agencies,due_text,text\n{decisions}", encoding="utf-8"
    )
    return read_meetings(folder / "m.csv", OPENWIS, decisions=folder / "d.csv")


def test_a_line_without_its_meeting_is_kept_under_one_made_for_it(city: City, tmp_path: Path) -> None:
    """Issue 7.11: nothing is dropped; the meeting is made and the lines are flagged. Again: nothing new."""
    lines = "2024-05-01,board,9,MF,June,A\n2024-05-01,board,,,,B\n2024-05-02,board,,MF,,C\n"
    report = _import(city, _write(tmp_path, "2024-05-02,board,remote,MF\n", lines))
    assert (report.meetings, report.decisions, report.findings.codes["meeting_missing"]) == (2, 3, 2)
    rows = {row.text: row for row in _rows(city, Decision.text, Decision.meeting_id, Decision.seq)}
    assert rows["A"].meeting_id == rows["B"].meeting_id != rows["C"].meeting_id
    assert [rows[text].seq for text in "ABC"] == [1, 2, 1]
    again = _import(city, _write(tmp_path, "2024-05-02,board,remote,MF\n", f"2024-05-01,board,,,,D\n{lines}"))
    assert (again.created, again.known) == (1, 5)
    assert {row.text: row.seq for row in _rows(city, Decision.text, Decision.seq)}["D"] == 3


def test_what_the_source_says_otherwise_later_is_told_and_left(city: City, tmp_path: Path) -> None:
    """A second import changes nothing that is there: a line that reads otherwise by now is a warning."""
    meeting = "2024-05-02,board,remote,MF\n"
    _import(city, _write(tmp_path, meeting, "2024-05-02,board,9,MF,,C\n"))
    report = _import(city, _write(tmp_path, meeting, "2024-05-02,board,9,MF,,Changed\n"))
    assert (report.created, report.findings.codes["changed_since"]) == (0, 1)
    assert _rows(city, Decision.text) == [("C",)]


def test_a_faulty_file_leaves_nothing(city: City, tmp_path: Path) -> None:
    """All or nothing: one bad line refuses everything, also what was read well."""
    before = _rows(city, func.count(Item.id))
    report = _import(city, _write(tmp_path, "2024-05-02,board,remote,MF\n", "2024-13-02,board,,MF,,C\n"))
    assert report.refused
    (fault,) = report.findings.faults
    assert (fault.sheet, fault.row, fault.column) == ("d.csv", 2, "meeting_date")
    assert _rows(city, func.count(Item.id)) == before


def test_unknown_departments_refuse_when_the_mapping_makes_none(city: City, tmp_path: Path) -> None:
    """`departments = "match"`: a name that the city does not know is a fault with its line."""
    file = _write(tmp_path, "2024-05-02,board,remote,TRA;XX\n", "2024-05-02,board,,TRA,,C\n")
    file.creates_departments = False
    report = _import(city, file)
    assert [(fault.code, fault.row, fault.value) for fault in report.findings.faults] == [
        ("unknown_department", 2, "XX")
    ]


def test_meetings_may_be_those_of_a_group(city: City, tmp_path: Path) -> None:
    """--group: they stand below it and its members read them; what is no group is refused."""
    bench = Bench.found(city)
    file = _write(tmp_path, "2024-05-02,board,remote,\n", "")
    assert _import(city, file, group_id=bench.group_id).created == 1
    assert _rows(city, Meeting.group_id) == [(bench.group_id,)]
    with pytest.raises(InvalidError):
        _import(city, file, group_id=bench.group_id + 1)


def test_the_office_completes_what_an_import_could_not_read(city: City, tmp_path: Path) -> None:
    """The list for the office: once lead and date are filled in no flag is left, and the line still stands."""
    bench = Bench.found(city)
    lines = "2024-05-02,board,,TRA;ENE,soon,ACTION - All to reply\n"
    _import(city, _write(tmp_path, "2024-05-02,board,remote,\n", lines))
    ((decision_id, flags),) = _rows(city, Decision.item_id, Decision.flags)
    assert flags == ["no_owner", "many_owners", "no_date", "date_text"]
    bench.do(
        "office1", decision_id, "complete_details", department=city.departments["TRA"], new_due_on="2026-04-01",
        reason="经核实",
    )  # fmt: skip
    ((flags, raw),) = _rows(city, Decision.flags, Decision.raw)
    assert (flags, raw["due_text"]) == ([], "soon")
