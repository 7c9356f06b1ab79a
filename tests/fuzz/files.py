"""Targets that read files: ledgers, plans, paid lists, batch forms, meetings, attachments, papers of a meeting."""

import io
import os
import tempfile
import zipfile
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from app.core.errors import InvalidError
from app.edge.meeting.importing import SHIPPED as MEETINGS
from app.edge.meeting.reply import read_reply
from app.ledger.mapping import LedgerMapping
from app.ledger.mapping_file import load_mapping
from app.ledger.meeting.mapping import load_meeting_mapping
from app.ledger.meeting.read import read_meetings
from app.ledger.own import own_mapping
from app.ledger.paid_list import read_paid_list
from app.ledger.plan import read_plan_bytes
from app.ledger.plan_mapping import load_plan_mapping
from app.ledger.read import read_ledger_bytes
from app.ledger.sheet import UnreadableError
from app.services.attachment.content import find_type
from app.services.attachment.naming import clean_name
from app.services.attachment.types import EXTENSIONS
from app.services.batch.reading import read_file
from reports.meeting.inputs import Paper
from reports.meeting.papers import prepare
from tests.app.ledger.workbooks import build_rows
from tests.app.services.attachment.files import make_compound, make_docx
from tests.fuzz.food import NASTY, mutate, mutate_package, texts, write_package
from tests.fuzz.target import Target
from tests.reports.meeting.hostile_files import LOOP, arm, inherit, make_pdf, make_picture, stamp

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("LIANBAN_TEST_DATA") or ROOT / ".." / "shared" / "data").resolve()
MAPPINGS = ROOT / "docs" / "mappings"
_HEAD_BYTES = 6_000
_PLACE = Path(tempfile.gettempdir())


def _head(name: str, size: int = _HEAD_BYTES) -> bytes:
    """Return the beginning of a real file, whole lines only."""
    with (DATA / name).open("rb") as file:
        return file.read(size).rpartition(b"\n")[0] + b"\n"


@cache
def _mapping(name: str) -> LedgerMapping:
    return load_mapping(MAPPINGS / f"{name}.toml")


def _ledger(name: str) -> Target:
    return Target(
        f"ledger-{name}", mutate([_head(f"{name}.csv")]), lambda data: read_ledger_bytes(data, _mapping(name))
    )


_ROWS = (
    ("编号", "任务名称", "责任单位", "截止日期"),
    ("1", "道路排水", "交通局", "2026-06-01"),
    ("2", "=1+1", "能源局", 46_000),
)
_BATCH = (("任务名称", "牵头单位", "完成期限", "验收标准"), ("道路排水", "交通局", "2026-06-01", "验收"))
_PAID = (("支付令编号", "交易金额（元）", "流水号", "付款日期"), ("付〔2026〕1号", 1234.5, "A1", "2026-03-01"))
#: What two readers of XML understand differently: places, kinds, prefixes, counts.
_CELLS = (
    b'<c r="xfd1048576"><v>1</v></c>',
    b'<c r="XFD1048576" t="str"><v></v></c>',
    b'<c r="A0"><v>1</v></c>',
    b'<x:c\tr="XFD1048576"><x:v>1</x:v></x:c>',
    b'<row r="1048576"><c><v>1</v></c></row>',
    b'<c t="d"><v>9</v></c>',
    b'<c r="$A$1"><v>1e308</v></c>',
    b'<c r="A1" t="s"><v>999999999</v></c>',
    b'<c r="A1" t="inlineStr"><is/></c>',
    b'<row r="-1"/>',
    b'<mergeCell ref="A1:XFD1048576"/>',
    b"<f>1/0</f>",
    b"_x0000_",
    b"&#0;",
    b"<!---->",
    b'r="ZZZ9"',
    b'<row r="' + b"9" * 5000 + b'"/>',
    b'<dimension ref="A1:XFD1048576"/>',
)
_STYLES = (b'<xf numFmtId="' + b"9" * 5000 + b'"/>', b'<numFmt numFmtId="x" formatCode="%"/>', b"<cellXfs>")
_LISTS = (
    b'<sheet name="" r:id=""/>',
    b'state="hidden"',
    b'date1904="1"',
    b'Target="../../../etc/passwd"',
    b'Target="http://example.com/x.xml"',
    b'Target="xl/sharedStrings.xml"',
    b'Id="rId1"',
)


def _workbooks(rows: tuple[tuple[object, ...], ...]) -> st.SearchStrategy[bytes]:
    made = build_rows(rows)
    pieces = {
        "xl/worksheets/sheet1.xml": _CELLS,
        "xl/styles.xml": _STYLES,
        "xl/workbook.xml": _LISTS,
        "xl/_rels/workbook.xml.rels": _LISTS,
    }
    return st.one_of(mutate_package(made, pieces), mutate([made]))


def _bomb(part: str, piece: bytes, count: int) -> bytes:
    """Return a workbook of which one part is `piece` many times over."""
    with zipfile.ZipFile(io.BytesIO(build_rows(_ROWS))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    content = parts.get(part, b"<sst></sst>")
    at = content.rfind(b"</")
    return write_package({**parts, part: content[:at] + piece * count + content[at:]})


#: Files that are small and want to become large; each is made when it is fed.
_BOMBS = {
    "cells": ("xl/worksheets/sheet1.xml", b'<row r="3"><c r="A3"/></row>', 400_000),
    "far": ("xl/worksheets/sheet1.xml", b'<row r="100999"><c r="ALL100999"><v>1</v></c></row>', 1),
    "texts": ("xl/sharedStrings.xml", b"<si><t>a</t></si>", 500_000),
    "merges": ("xl/worksheets/sheet1.xml", b'<mergeCell ref="A1:XFD1048576"/>', 30_000),
    "deep": ("xl/worksheets/sheet1.xml", b"<row>", 200_000),
    "zeros": ("xl/media/a.bin", b"\0" * 1024, 20_000),
    "many": ("xl/worksheets/sheet1.xml", b"<row/>", 300_000),
}
_OWN = own_mapping()
_COUNCIL = load_meeting_mapping(MEETINGS / "nyc_council_meetings_2024_2025.toml")
_TABLED = load_meeting_mapping(MEETINGS / "openwis_meetings.toml")
_PLAN = load_plan_mapping(MAPPINGS / "plans" / "nyc_capital_project_detail_fy2021.toml")
_REPLY = (
    b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:a@b\r\nSEQUENCE:1\r\nDTSTAMP:20260301T010203Z\r\n"
    b"ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.gov\r\nCOMMENT:yes\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
_DATES = (
    b"DTSTAMP;TZID=Asia/Shanghai:00010101T000000\r\n",
    b"DTSTAMP:99991231T235959Z\r\n",
    b"SEQUENCE:" + b"9" * 5000,
    b"RRULE:FREQ=SECONDLY\r\n",
    b"BEGIN:VALARM\r\n",
    b";X=" + b"a" * 500,
    b"ATTENDEE:mailto:\r\n",
)


def _read_file_of(data: bytes, suffix: str, *, tabled: bool) -> object:
    with tempfile.NamedTemporaryFile(suffix=suffix) as file:
        file.write(data)
        file.flush()
        path = Path(file.name)
        return read_meetings(path, _TABLED if tabled else _COUNCIL)


def _sniff(given: tuple[str, bytes]) -> object:
    extension, data = given
    return find_type(io.BytesIO(data), extension)


def _name(text: str) -> object:
    name, faults = clean_name(text)
    if faults:
        raise InvalidError(faults)
    return name


def _prepare(given: tuple[str, bytes]) -> object:
    media_type, data = given
    with tempfile.TemporaryDirectory() as folder:
        ready = prepare(Paper("t", "t.bin", media_type, lambda: data, len(data)), 20, Path(folder) / "p.pdf")
    return (ready.kind, ready.text)


def _read_bomb(name: str) -> object:
    return read_ledger_bytes(_bomb(*_BOMBS[name]), _OWN)


_PDFS = (
    make_pdf("one", "two"),
    make_pdf("a", change=arm),
    make_pdf("b", change=inherit),
    make_pdf("c", change=stamp),
    LOOP,
)
_PICTURES = (make_picture(), make_picture("JPEG"))
_FILES = (
    *_PDFS[:2],
    *_PICTURES,
    make_docx(),
    make_compound("WordDocument"),
    make_compound("Workbook"),
    b"a,b\n1,2\n",
    build_rows(_ROWS),
)
_UNREADABLE = (InvalidError, UnreadableError)

FILES = (
    _ledger("nyc_capital_project_detail_fy2021"),
    _ledger("nyc_capital_projects_history_dirty_latin1"),
    _ledger("openwis_actions_snapshots"),
    _ledger("uk_gmpp_2023"),
    Target("ledger-own-xlsx", _workbooks(_ROWS), lambda data: read_ledger_bytes(data, _OWN)),
    Target(
        "ledger-own-csv",
        mutate(["编号,任务名称,截止日期\n1,甲,2026-06-01\n".encode(), "编号;名称\n1;乙\n".encode("gb18030")]),
        lambda data: read_ledger_bytes(data, _OWN),
    ),
    Target("ledger-bombs", st.sampled_from(sorted(_BOMBS)), _read_bomb),
    Target("plan", mutate([_head("nyc_capital_project_detail_fy2021.csv")]), lambda data: read_plan_bytes(data, _PLAN)),
    Target(
        "paid-list",
        st.one_of(_workbooks(_PAID), mutate(["支付令编号,金额,凭证号\nA,1.00,v\n".encode()])),
        read_paid_list,
        _UNREADABLE,
    ),
    Target(
        "batch-file",
        st.one_of(_workbooks(_BATCH), mutate(["任务名称,牵头单位\n甲,交通局\n".encode()])),
        lambda data: read_file("x.xlsx", data),
    ),
    Target(
        "meetings-lines",
        mutate([_head("nyc_council_meetings_2024_2025.jsonl", 20_000)]),
        lambda data: _read_file_of(data, ".jsonl", tabled=False),
    ),
    Target(
        "meetings-table", mutate([_head("openwis_meetings.csv")]), lambda data: _read_file_of(data, ".csv", tabled=True)
    ),
    Target(
        "attachment", st.tuples(st.sampled_from(EXTENSIONS), mutate(_FILES, b"PK\x05\x06", b"%PDF-1.4", b"MZ")), _sniff
    ),
    Target("attachment-package", st.tuples(st.just("docx"), mutate_package(make_docx(), {})), _sniff),
    Target("file-name", st.one_of(texts, st.sampled_from([f"{one}.pdf" for one in NASTY])), _name),
    Target(
        "paper-pdf",
        st.tuples(st.just("application/pdf"), mutate(_PDFS, b"/Kids[2 0 R]", b"/Length 999999999")),
        _prepare,
    ),
    Target("paper-picture", st.tuples(st.sampled_from(["image/png", "image/jpeg"]), mutate(_PICTURES)), _prepare),
    Target("paper-text", st.tuples(st.just("text/plain"), st.binary(max_size=200)), _prepare, is_kept=False),
    Target("reply", mutate([_REPLY], *_DATES), read_reply),
)
