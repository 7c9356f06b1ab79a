"""The monthly report as Excel and Word: the same values, safe cells, the same bytes again."""

import hashlib
import io
from dataclasses import replace
from datetime import datetime

import docx
import openpyxl
import pytest

from reports.monthly.tables import list_tables
from reports.monthly.word import build_progress_docx
from reports.monthly.workbook import build_progress_xlsx
from reports.progress import Lang
from reports.proof import Proof
from reports.wording import Money, say
from tests.reports.made_up import DATA_AT, make_city, make_empty_city, make_matter
from tests.reports.test_progress_pages import run_python

LANGS: tuple[Lang, ...] = ("zh", "en")
PROOF = Proof(
    "月报〔2026〕10号", 1, "ABCD2345", "https://example.invalid/papers/ABCD2345", DATA_AT, DATA_AT, "2026.1", "2"
)  # fmt: skip
FORMULAS = ('=cmd|"/c calc"!A1', "+1+1", "-2+3", "@SUM(A1)")


def read_docx(content: bytes) -> str:
    """Return all text of a Word file, cells included."""
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(block.text for block in document.paragraphs), *cells])


@pytest.mark.parametrize("lang", LANGS)
def test_each_list_is_a_sheet_with_its_rows(lang: Lang) -> None:
    """One document model: a sheet a list, a row a line, numbers as numbers and unknown ones left empty."""
    report = make_city()
    book = openpyxl.load_workbook(io.BytesIO(build_progress_xlsx(report, lang, PROOF)))
    tables = list_tables(report, lang)
    assert book.sheetnames[1:] == [table.name for table in tables]
    for table in tables:
        assert book[table.name].max_row == len(table.rows) + 1
    projects = book["项目" if lang == "zh" else "Projects"]
    heads = [cell.value for cell in projects[1]]
    lines = {row[0]: dict(zip(heads, row, strict=True)) for row in projects.iter_rows(min_row=2, values_only=True)}
    for line in report.projects:
        found = lines[line.code]
        budget = found["预算" if lang == "zh" else "Budget"]
        assert budget == (None if line.budget is None else line.budget.minor / 100)
        done = found["完成比例" if lang == "zh" else "Done"]
        assert done == (None if line.done_pct is None else pytest.approx(float(line.done_pct) / 100))
        due = found["计划完成" if lang == "zh" else "Planned finish"]
        expected = line.planned_finish_on
        assert due == (None if expected is None else datetime(expected.year, expected.month, expected.day))  # noqa: DTZ001
    about = [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
    assert any(text and "月报〔2026〕10号" in str(text) for text in about)


def test_texts_that_look_like_formulas_stay_texts() -> None:
    """Issue 8.8: cells that begin with = + - @ are neutralised: texts with Excel's quote mark, no formula anywhere."""
    city = make_city(4, 4)
    bad = replace(
        city,
        matters=tuple(replace(make_matter(at), title=text) for at, text in enumerate(FORMULAS)),
        projects=tuple(replace(line, title=text) for line, text in zip(city.projects, FORMULAS, strict=True)),
    )
    book = openpyxl.load_workbook(io.BytesIO(build_progress_xlsx(bad, "zh")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value in FORMULAS]
    assert {cell.value for cell in cells} == set(FORMULAS)
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in cells)
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


@pytest.mark.parametrize("lang", LANGS)
def test_word_has_the_brief_with_its_figures(lang: Lang) -> None:
    """The brief in Word: headline figures, five matters, dates, funds, what is late, risks; the mark when issued."""
    report = make_city()
    text = read_docx(build_progress_docx(report, lang, PROOF))
    assert "ABCD 2345" in text
    for at, matter in enumerate(report.matters):
        assert (say(matter.title, lang) in text) == (at < 5)
    for figure in report.figures:
        if figure.headline and not isinstance(figure.value, Money):
            assert f"{figure.value}" in text.replace(",", "")
    for line in report.funds or ():
        assert f"{line.rate_pct}%" in text
    assert {"zh": "未批准（预测）", "en": "not approved (forecast)"}[lang] in text
    nothing = read_docx(build_progress_docx(make_empty_city(), lang))
    assert "ABCD" not in nothing
    assert {"zh": "专项资金执行", "en": "Special funds"}[lang] not in nothing


def test_the_same_report_gives_the_same_bytes_elsewhere() -> None:
    """Issue 8.5: the same bytes in another process, time zone and hash seed, in Word and Excel."""
    makers = (build_progress_docx, build_progress_xlsx)
    here = " ".join(hashlib.sha256(make(make_city(), "zh")).hexdigest() for make in makers)
    code = (
        "import hashlib\n"
        "from reports.monthly.word import build_progress_docx\n"
        "from reports.monthly.workbook import build_progress_xlsx\n"
        "from tests.reports.made_up import make_city\n"
        "makers = (build_progress_docx, build_progress_xlsx)\n"
        "print(*(hashlib.sha256(make(make_city(), 'zh')).hexdigest() for make in makers))\n"
    )
    assert run_python(code, TZ="America/New_York", PYTHONHASHSEED="77") == here
