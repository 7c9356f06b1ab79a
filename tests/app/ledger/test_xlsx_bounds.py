"""Workbooks that mean one place to one reader and another to the next: refused before anybody makes room for them."""

import pytest

from app.ledger import xlsx_package, xlsx_scan
from app.ledger.read import read_ledger_bytes
from app.ledger.rows import Ledger
from tests.app.ledger.workbooks import build_rows, places, read_part, replace_parts, tasks

SHEET, OTHER = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet9.xml"
TEXTS, STYLES = "xl/sharedStrings.xml", "xl/styles.xml"
ROWS = (("编号", "任务名称"), ("1", "道路排水"))
#: A place that only the reader of values understands, and what it makes of it: 549,755,813,888 bytes were asked for.
FAR = "XFD1048576"


def _read(*cells: bytes, before: bytes = b"</sheetData>", **parts: bytes) -> Ledger:
    made = build_rows(ROWS)
    sheet = read_part(made, SHEET).replace(before, b"".join(cells) + before)
    return read_ledger_bytes(replace_parts(made, {SHEET: sheet, **parts}), tasks())


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (f'<row r="3"><c r="{FAR.lower()}"><v>1</v></c></row>', "damaged_file"),
        (f'<row r="3"><c r="${FAR}"><v>1</v></c></row>', "damaged_file"),
        (f'<row r="3"><c r="{FAR}" t="str"><v></v></c></row>', "too_many_rows"),
        (f'<row r="3"><c r="{FAR}" t="inlineStr"><is><t></t></is></c></row>', "too_many_rows"),
        (f'<row r="3"><a-b:c\tr="{FAR}"><v>1</v></a-b:c></row>', "too_many_rows"),
        ('<row r="100500"><c r="ALL100500"><v>1</v></c></row>', "too_many_cells"),
    ],
)
def test_a_cell_far_away_is_refused_however_it_is_spelled(cell: str, code: str) -> None:
    """Both readers must see a cell in one place; what spans a huge rectangle is refused with the limit."""
    ledger = _read(cell.encode())
    assert [found.code for found in ledger.findings.faults] == [code]
    assert ledger.rows == ()


def test_a_second_list_of_sheets_leads_to_no_other_part() -> None:
    """What is read is the part that was looked at, whatever else the workbook's own lists say."""
    made = build_rows(ROWS)
    lists = read_part(made, "xl/workbook.xml").replace(b' r:id="', b' xmlns:y="y" y:id="rId1" r:id="other" was="', 1)
    relations = read_part(made, "xl/_rels/workbook.xml.rels").replace(
        b"</Relationships>",
        b'<Relationship Id="other" Type="x/worksheet" Target="worksheets/sheet9.xml"/></Relationships>',
    )
    far = f'<worksheet><sheetData><row r="1"><c r="{FAR}"><v>1</v></c></row></sheetData></worksheet>'
    changed = {"xl/workbook.xml": lists, "xl/_rels/workbook.xml.rels": relations, OTHER: far.encode()}
    ledger = read_ledger_bytes(replace_parts(made, changed), tasks())
    assert [row.title for row in ledger.rows] == ["道路排水"]


@pytest.mark.parametrize(("part", "piece"), [(TEXTS, b"<si><t>a</t></si>"), (STYLES, b'<xf numFmtId="1"/>')])
def test_texts_and_formats_are_counted(part: str, piece: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each makes something in memory, used or not; their number is bounded before anything is made."""
    assert xlsx_package.COUNTED_MAX[part][1] <= 2_000_000
    monkeypatch.setitem(xlsx_package.COUNTED_MAX, part, (piece[:3], 1_000))
    refused = _read(**{part: b"<x>" + piece * 1_001 + b"</x>"})
    assert [(found.code, "1000" in found.expected_en) for found in refused.findings.faults] == [("zip_bomb", True)]


def test_cells_and_formulas_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet of millions of cells in one place is no table, and is not walked through."""
    cells = b"".join(b'<c r="A%d"><f>1</f><v>1</v></c>' % (number % 10 + 3) for number in range(1_001))
    for limit in ("CELLS_MAX", "_FORMULAS_MAX"):
        with monkeypatch.context() as patch:
            patch.setattr(xlsx_scan, limit, 1_000)
            refused = _read(b'<row r="3">' + cells + b"</row>")
        assert [found.code for found in refused.findings.faults] == ["too_many_cells"]


def test_a_full_rectangle_below_the_limit_is_read() -> None:
    """The limit does not touch what people keep: a value in row 100,000 beside a narrow table."""
    ledger = _read(b'<row r="100000"><c r="A100000" t="str"><v>9</v></c><c r="B100000" t="str"><v>x</v></c></row>')
    assert [row.row for row in ledger.rows] == [2, 100_000]
    assert not places(ledger, "too_many_cells")
