"""Reads a file of meetings, and the tables of decisions that go with it, under a mapping; nothing is left out."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from app.core.text import TEXT_MAX, clean, fold
from app.ledger.cells import show_raw
from app.ledger.findings import Finding, Findings, shorten
from app.ledger.meeting.decisions import DecisionReader, read_settled
from app.ledger.meeting.json_lines import read_json_lines
from app.ledger.meeting.mapping import MeetingMapping
from app.ledger.meeting.rows import MeetingFile, MeetingRow
from app.ledger.meeting.topics import read_topics
from app.ledger.meeting.value import Reader
from app.ledger.reader import open_grid
from app.ledger.sheet import ROWS_MAX, UnreadableError

KEY_MAX = 100
_SEARCHED = 20
_PLACE_MAX = 300
_JOINT_MAX = 300


def read_meetings(
    path: Path, mapping: MeetingMapping, *, decisions: Path | None = None, settled: Path | None = None
) -> MeetingFile:
    """Return what the files hold; whatever keeps them from being imported is a fault in `findings`."""
    file = MeetingFile(
        mapping.name, mapping.external_source, mapping.creates_departments, mapping.duration_minutes, mapping.clock,
        Findings(), bodies=mapping.bodies,
    )  # fmt: skip
    for given, table, read in (
        (path, mapping.meeting, _read_meetings), (decisions, mapping.decision, _read_decisions),
        (settled, mapping.settled, _read_settled),
    ):  # fmt: skip
        if given is None:
            continue
        sheet = "" if given is path else given.name
        if not table:
            zh, en = "映射没有说明怎样读这个文件", "a mapping that says how this file is read"
            file.findings.add(Finding("fault", "not_mapped", zh, en, sheet))
            continue
        try:
            read(given, mapping, file, sheet)
        except OSError:
            file.findings.add(Finding("fault", "unreadable_file", "无法读取文件", "a file that can be read", sheet))
        except UnreadableError as error:
            file.findings.add(Finding("fault", error.code, error.zh, error.en, sheet, error.row, "", error.value))
    return file


def _read_meetings(path: Path, mapping: MeetingMapping, file: MeetingFile, sheet: str) -> None:
    given: Iterator[tuple[int, dict[str, Any]]]
    if mapping.format == "jsonl":
        given = read_json_lines(path.read_bytes(), mapping.encoding, file.findings)
    else:
        meeting = mapping.meeting
        heads = [*meeting["key"], *(meeting[name] for name in _COLUMNS if name in meeting)]
        given = read_table(path, heads, mapping.encoding, mapping.delimiter, sheet, file.findings)
    seen: dict[str, int] = {}
    topics: dict[str, int] = {}
    for line, raw in given:
        found = _read_meeting(Reader(raw, line, sheet, file.findings), mapping, topics)
        if found is None:
            continue
        if found.key in seen:
            zh, en = f"编号与第 {seen[found.key]} 行重复", f"a key of its own; row {seen[found.key]} has it already"
            place = ", ".join(mapping.meeting["key"])
            file.findings.add(Finding("fault", "duplicate_key", zh, en, sheet, line, place, shorten(found.key)))
        seen.setdefault(found.key, line)
        file.meetings.append(found)
    if not file.meetings and not file.findings.refused:
        file.findings.add(Finding("fault", "no_rows", "文件中没有会议", "at least one meeting", sheet))
    _flag_twice(file)


_COLUMNS = ("body", "date", "place", "joint", "status", "agencies")


def _read_meeting(given: Reader, mapping: MeetingMapping, topic_lines: dict[str, int]) -> MeetingRow | None:
    names = mapping.meeting
    parts = [given.label(name) for name in names["key"]]
    key = "/".join(parts)
    if not all(parts) or len(key) > KEY_MAX:
        given.fault("bad_key", names["key"][0], key, "编号必填且不能过长", f"a key of at most {KEY_MAX} characters")
    body = given.text(names["body"], 200)
    if not body:
        given.fault("no_body", names["body"], "", "须写明是什么会议", "which body met")
    moment = read_moment(given, names["date"])
    topics = read_topics(given, mapping, topic_lines)
    status = given.text(names.get("status"), 100)
    state = mapping.states.get(status, "held")
    if status and mapping.states and status not in mapping.states:
        given.flag(
            "unknown_status", names["status"], status, "映射未列出，按已召开导入", "a status of the mapping; held"
        )
    if moment is None or not body:
        return None
    held_on, starts_at = moment
    named = mapping.bodies.get(body, body)
    agencies = split(given.text(names.get("agencies"), TEXT_MAX), names.get("separator", ";"))
    joint = given.text(names.get("joint"), TEXT_MAX)
    prefix = names.get("joint_prefix", "")
    return MeetingRow(
        line=given.line, key=key, body=body, title=f"{named} {held_on.isoformat()}", held_on=held_on,
        starts_at=starts_at, place=given.text(names.get("place"), _PLACE_MAX) or None,
        joint_with=joint.removeprefix(prefix).strip(" .")[:_JOINT_MAX] if joint.startswith(prefix) and joint else None,
        state=state, status=status, agencies=agencies, topics=topics,
        raw=given.plain(without=mapping.topic.get("list")),
    )  # fmt: skip


def read_moment(given: Reader, name: str) -> tuple[date, datetime | None] | None:
    """Return the day where it was, and the instant when an offset tells it; None and a fault for anything else."""
    text = given.text(name, 40)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or not _FIRST <= moment.date() <= _LAST:
        zh, en = "应为日期或带时区的时间，1991 至 2099 年", "a day, or an instant with its offset, from 1991 to 2099"
        given.fault("bad_date", name, text, zh, en)
        return None
    has_offset = moment.tzinfo is not None
    return moment.date(), moment if has_offset else None


#: Days that the city can count in.
_FIRST, _LAST = date(1991, 1, 2), date(2099, 12, 30)


def split(text: str, separator: str) -> tuple[str, ...]:
    """Return the names in a cell, each once, in their order."""
    return tuple(dict.fromkeys(one for part in text.split(separator) if (one := clean(part))))


def _flag_twice(file: MeetingFile) -> None:
    """Flag two meetings of one moment where one says that it was held with the body of the other: both are kept."""
    by_moment: dict[datetime, list[MeetingRow]] = {}
    for row in file.meetings:
        if row.starts_at is not None:
            by_moment.setdefault(row.starts_at, []).append(row)
    for rows in by_moment.values():
        for row in rows:
            others = [
                one for one in rows if one is not row and row.joint_with and fold(one.body) in fold(row.joint_with)
            ]
            for other in others:
                zh, en = (
                    f"与第 {other.line} 行是同一次联席会议",
                    f"one meeting; row {other.line} is the same, held jointly",
                )
                found = Finding("flag", "joint_twice", zh, en, row=row.line, value=shorten(row.joint_with or ""))
                file.findings.add(found)


def _read_decisions(path: Path, mapping: MeetingMapping, file: MeetingFile, sheet: str) -> None:
    names = mapping.decision
    heads = [names[name] for name in ("date", "body", "text", "agencies", "due", "reference") if name in names]
    rows = read_table(path, heads, names.get("encoding", ""), names.get("delimiter", ""), sheet, file.findings)
    reader = DecisionReader(mapping, file.findings)
    for line, raw in rows:
        given = Reader(raw, line, sheet, file.findings)
        moment = read_moment(given, names["date"])
        if moment is not None:
            file.decisions.append(reader.read(given, moment[0]))


def _read_settled(path: Path, mapping: MeetingMapping, file: MeetingFile, sheet: str) -> None:
    names = mapping.settled
    heads = [names["identity"], names["date"], names["status"]]
    rows = read_table(path, heads, names.get("encoding", ""), names.get("delimiter", ""), sheet, file.findings)
    given = [Reader(raw, line, sheet, file.findings) for line, raw in rows]
    dated = [(one, moment[0]) for one in given if (moment := read_moment(one, names["date"])) is not None]
    file.settled_on = read_settled(dated, mapping)


def read_table(
    path: Path, heads: list[str], encoding: str, delimiter: str, sheet: str, findings: Findings
) -> Iterator[tuple[int, dict[str, Any]]]:  # fmt: skip
    """Yield the rows of a table as {heading: text} with their numbers; UnreadableError names missing columns."""
    grid = open_grid(path.read_bytes(), encoding=encoding, delimiter=delimiter)
    header: dict[int, str] = {}
    best = heads
    for row in islice(grid.rows, _SEARCHED):
        found = {fold(clean(show_raw(cell))): clean(show_raw(cell)) for cell in row.cells}
        missing = [name for name in heads if fold(name) not in found]
        if not missing:
            wanted = {fold(name): name for name in heads}
            named = {at: clean(show_raw(cell)) for at, cell in enumerate(row.cells)}
            header = {at: wanted.get(fold(name), name) for at, name in named.items() if name}
            break
        best = min(best, missing, key=len)
    if not header:
        listed = best[:6]
        raise UnreadableError("missing_columns", f"缺少列：{'、'.join(listed)}", f"these columns: {', '.join(listed)}")
    for count, row in enumerate(grid.rows, 1):
        if count > ROWS_MAX:
            raise UnreadableError("too_many_rows", f"最多 {ROWS_MAX} 行数据", f"at most {ROWS_MAX} rows of data")
        texts = [show_raw(cell) for cell in row.cells]
        if any(text.strip() for text in texts):
            yield row.number, {name: texts[at] if at < len(texts) else "" for at, name in header.items()}
    for finding in grid.findings:
        findings.add(_place(finding, sheet))


def _place(finding: Finding, sheet: str) -> Finding:
    return Finding(
        finding.severity, finding.code, finding.expected_zh, finding.expected_en, sheet, finding.row, finding.column,
        finding.value,
    )  # fmt: skip
