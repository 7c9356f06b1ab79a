"""The monthly report prints the last signed head of its time: PDF, Word and Excel the same, in both languages."""

import io
from datetime import timedelta

import docx
import openpyxl
import pytest

from app.edge.paperwork.catalogue import PAPERS
from app.edge.reporting import read_progress
from app.edge.seal.heads_file import read_outside
from app.edge.seal.passing import seal_log
from app.edge.seal.verifying import verify_log
from app.policy.people import OFFICE_READER
from reports.wording import Lang, say
from tests.client import Caller
from tests.reports.measure import read_texts
from tests.sweeping import local

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_report_names_the_head_of_its_time(caller: Caller) -> None:
    """A month tells the last head signed by the instant of its data, also later; before any there is no line."""
    city = caller.city
    city.do("office1", city.task("三月的任务"), "assign", now=local(2026, 3, 10))
    caller.clock.set(local(2026, 3, 10))
    first = seal_log(caller.context, is_full=True).head
    city.do("office1", city.task("四月的任务"), "assign", now=local(2026, 4, 10))
    caller.clock.set(local(2026, 4, 10))
    second = seal_log(caller.context, is_full=True).head
    caller.clock.set(local(2026, 5, 6))
    assert first is not None
    assert second is not None
    assert read_progress(caller.context, (OFFICE_READER,), 2026, 2).seal is None
    for month, head in ((3, first), (4, second)):
        seal = read_progress(caller.context, (OFFICE_READER,), 2026, month).seal
        assert seal is not None
        for lang in ("zh", "en"):
            told = say(seal.text, lang)
            assert head.root in told.replace(" ", "")
            assert head.key_id in told
            assert str(head.size) in told


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_three_endings_print_it(caller: Caller, lang: Lang) -> None:
    """One value in all three; what is printed is what `flask audit verify --head` takes."""
    city = caller.city
    city.do("office1", city.task(), "assign", now=local(2026, 3, 10))
    caller.clock.set(local(2026, 3, 10))
    head = seal_log(caller.context, is_full=True).head
    assert head is not None
    caller.clock.set(local(2026, 4, 10) + timedelta(minutes=1))
    report = read_progress(caller.context, (OFFICE_READER,), 2026, 3)
    assert report.seal is not None
    term = say(report.seal.term, lang)
    drawn = {ending: draw(report, lang, None) for ending, draw in PAPERS["progress"].draw.items()}
    page = "".join("".join(read_texts(drawn["pdf"])).split())
    word = " ".join(block.text for block in docx.Document(io.BytesIO(drawn["docx"])).paragraphs)
    sheet = openpyxl.load_workbook(io.BytesIO(drawn["xlsx"])).worksheets[0]
    cells = " ".join(str(row[0]) for row in sheet.iter_rows(values_only=True))
    for text in (page, "".join(word.split()), "".join(cells.split())):
        assert "".join(term.split()) in text
        assert head.root in text
        assert head.key_id in text
    root = " ".join(head.root[at : at + 16] for at in range(0, 64, 16))
    assert read_outside([f"{head.size}:{root}"])[0].root == head.root
    assert verify_log(caller.context, [f"{head.size}:{root}"], ()).lines() == []
