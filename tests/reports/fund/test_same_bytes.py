"""The same values are the same bytes: nothing of a document comes from the clock, the zone or the process."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from datetime import datetime

import docx
import pikepdf

from reports.fund.allocation import build_allocation_pdf
from reports.fund.allocation_docx import build_allocation_docx
from reports.fund.execution import build_execution_pdf
from reports.fund.execution_docx import build_execution_docx
from reports.fund.execution_xlsx import build_execution_xlsx
from reports.fund.order import build_order_pdf
from reports.fund.order_docx import build_order_docx
from tests.reports.fund.made_up import ALLOCATION, EXECUTION, ORDER
from tests.reports.test_progress_pages import run_python


def list_digests() -> Iterator[str]:
    """Yield the SHA-256 of each document."""
    for content in (
        build_allocation_pdf(ALLOCATION, "zh"), build_allocation_docx(ALLOCATION, "en"), build_order_pdf(ORDER, "zh"),
        build_order_docx(ORDER, "zh"), build_execution_pdf(EXECUTION, "en"), build_execution_docx(EXECUTION, "zh"),
        build_execution_xlsx(EXECUTION, "zh"),
    ):  # fmt: skip
        yield hashlib.sha256(content).hexdigest()


def test_the_same_values_are_the_same_bytes() -> None:
    """Issue 8 no. 5: equal bytes of all, in another process, zone and hash seed."""
    code = "from tests.reports.fund.test_same_bytes import list_digests\nprint(*list_digests())\n"
    told = run_python(code, TZ="America/New_York", PYTHONHASHSEED="7").split()
    assert told == list(list_digests())
    assert len(set(told)) == 7


def test_a_file_is_dated_by_its_data() -> None:
    """Issue 8 no. 5: title, author and dates stand in the file; the dates are the data time."""
    with pikepdf.open(io.BytesIO(build_allocation_pdf(ALLOCATION, "zh"))) as document:
        assert str(document.docinfo["/CreationDate"]).startswith("D:20260622")
        title = "云州市财政局关于下达2026年智慧城市联合建设专项资金的通知 云财联〔2026〕1号"
        assert str(document.docinfo["/Title"]) == title
    content = build_allocation_docx(ALLOCATION, "zh")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    about = docx.Document(io.BytesIO(content)).core_properties
    assert isinstance(about.created, datetime)
    assert about.created.isoformat().startswith("2026-06-22T01:30:00")
    assert about.author == "云州市财政局"
