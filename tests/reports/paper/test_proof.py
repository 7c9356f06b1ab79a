"""The mark of an issued paper: a code that reads back from the page, the same words everywhere, an archive's PDF."""

import hashlib
import io
import os
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pikepdf
import pypdfium2
import pytest

from reports.fund.execution_xlsx import build_execution_xlsx
from reports.fund.order_docx import build_order_docx
from reports.paper.words import clean
from reports.proof import Proof
from reports.proof_html import QR_MM
from reports.proof_qr import QUIET, make_qr
from reports.proof_text import group_code, list_proof_lines
from reports.slip import build
from reports.wording import Lang, Text
from tests.reports.fund.made_up import EXECUTION, ORDER
from tests.reports.measure import read_texts
from tests.reports.test_slip import LONG, RED

_ZONE = timezone(timedelta(hours=8))
PROOF = Proof(
    number="督〔2026〕17号",
    version=2,
    code="7K3MQ9ZT2B8XWH4C6RVD",
    address="https://lianban.example.gov/verify/7K3MQ9ZT2B8XWH4C6RVD",
    issued_at=datetime(2026, 10, 26, 9, 0, tzinfo=_ZONE),
    data_at=datetime(2026, 10, 26, 8, 30, tzinfo=_ZONE),
    rules="3 (2026-03-01)",
    template="1",
    replaces=Text("督〔2026〕17号第1版（2026年10月20日签发）", "督〔2026〕17号, version 1 of 20 October 2026"),
)
_ROOT = Path(__file__).resolve().parents[3]
#: Pixels a module, when the page is drawn for reading back; and what counts as dark there.
_PIXELS = 6
_DARK = 128


def _squeeze(text: str) -> str:
    """Return a text as it can be compared: without spaces, its brackets narrow."""
    return "".join(unicodedata.normalize("NFKC", text).split())


@pytest.fixture(scope="module")
def papers() -> dict[Lang, bytes]:
    """Give one issued slip in both languages."""
    return {lang: build(RED, lang, PROOF) for lang in ("zh", "en")}


def _read_codes(page: pypdfium2.PdfPage, modules: int) -> Iterator[tuple[bytes, ...]]:
    """Yield what stands on a page where a QR code of so many modules may begin, as it is seen when it is drawn."""
    image = page.render(scale=modules * _PIXELS / (QR_MM / 25.4 * 72)).to_pil().convert("L")
    span = range(QUIET, modules - QUIET)
    half = _PIXELS // 2
    for left, top in _locate(image, modules):
        yield tuple(
            bytes(image.getpixel((left + x * _PIXELS + half, top + y * _PIXELS + half)) < _DARK for x in span)
            for y in span
        )


def _locate(image: Any, modules: int) -> Iterator[tuple[int, int]]:  # noqa: ANN401  # a picture
    """Yield where a code may begin: seven dark modules across and down, the finder pattern's corner."""
    wide, high = image.size
    pixels = image.load()
    side = range(0, 7 * _PIXELS - 2, 3)
    for y in range(high - modules * _PIXELS):
        for x in range(wide - modules * _PIXELS):
            if pixels[x, y] >= _DARK or pixels[x - 1, y] < _DARK or pixels[x, y - 1] < _DARK:
                continue
            if all(pixels[x + step, y] < _DARK and pixels[x, y + step] < _DARK for step in side):
                yield x - QUIET * _PIXELS, y - QUIET * _PIXELS


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_code_reads_back_from_the_page(papers: dict[Lang, bytes], lang: Lang) -> None:
    """Issue 8.5: the QR code on paper leads to the page that checks it; each module is where it belongs."""
    wanted = make_qr(PROOF.address)
    page = pypdfium2.PdfDocument(papers[lang])[0]
    assert wanted in _read_codes(page, len(wanted) + 2 * QUIET)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_mark_says_all_and_the_paper_keeps_to_its_page(papers: dict[Lang, bytes], lang: Lang) -> None:
    """Number, version, code in groups, address, times, versions of rules and form, and what it replaces."""
    assert len(pypdfium2.PdfDocument(papers[lang])) == 1
    seen = _squeeze("".join(read_texts(papers[lang])))
    for line in list_proof_lines(PROOF, lang):
        assert _squeeze(line) in seen
    assert "7K3MQ9ZT2B8XWH4C6RVD" in seen
    assert group_code(PROOF.code) == "7K3M Q9ZT 2B8X WH4C 6RVD"


def test_the_longest_paper_has_room_for_it() -> None:
    """A slip of 18,000 characters still is one page with its mark."""
    assert len(pypdfium2.PdfDocument(build(LONG, "en", PROOF))) == 1


def test_an_issued_pdf_is_made_for_the_archive(papers: dict[Lang, bytes]) -> None:
    """PDF/A-2b: it says so, brings its colour profile and fonts, and nothing that runs or is fetched."""
    with pikepdf.open(io.BytesIO(papers["zh"])) as pdf:
        told = pdf.open_metadata()
        assert (told.get("pdfaid:part"), told.get("pdfaid:conformance")) == ("2", "B")
        assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
        assert "/OpenAction" not in pdf.Root
        assert not pdf.is_encrypted


def test_the_same_paper_is_the_same_bytes_in_another_process_and_zone(papers: dict[Lang, bytes]) -> None:
    """Issue 8.5: the same data and mark give the same bytes, also under another time zone in another process."""
    script = (
        "import hashlib\nfrom reports.slip import build\nfrom tests.reports.paper.test_proof import PROOF\n"
        "from tests.reports.test_slip import RED\nprint(hashlib.sha256(build(RED, 'zh', PROOF)).hexdigest())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=_ROOT,
        env={**os.environ, "TZ": "America/New_York"},
    )  # fmt: skip
    here = hashlib.sha256(papers["zh"]).hexdigest()
    assert done.stdout.strip() == here


def test_a_working_copy_has_no_mark_and_another_mark_other_bytes() -> None:
    """What is not issued cannot be taken for it."""
    plain = "".join(read_texts(build(RED, "zh")))
    assert "验证码" not in plain
    one, other = (build_order_docx(ORDER, "zh", replace(PROOF, code=code)) for code in ("0" * 20, "1" * 20))
    assert one != other
    assert one == build_order_docx(ORDER, "zh", replace(PROOF, code="0" * 20))


def test_word_and_excel_carry_the_lines_too() -> None:
    """The same words in every ending; Word has the code as a picture."""
    for lang in ("zh", "en"):
        content = build_order_docx(ORDER, lang, PROOF)
        cells = [cell.text for table in docx.Document(io.BytesIO(content)).tables for cell in table._cells]  # noqa: SLF001
        for line in list_proof_lines(PROOF, lang):
            assert any(clean(line) in cell for cell in cells)
        assert any(name.startswith("word/media/") for name in zipfile.ZipFile(io.BytesIO(content)).namelist())
        book = openpyxl.load_workbook(io.BytesIO(build_execution_xlsx(EXECUTION, lang, PROOF)))
        texts = {row[0] for row in book.worksheets[0].iter_rows(values_only=True)}
        assert {clean(line) for line in list_proof_lines(PROOF, lang)} <= texts
