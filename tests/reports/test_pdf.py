"""The renderer: what it opens, what it refuses, and what it says without its system libraries."""

import socket
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import NoReturn

import pytest
from markupsafe import Markup

from reports.pdf import Block, Piece, Sheet, Table, count_pages, render_pdf
from tests.reports.measure import list_active_parts, read_texts
from tests.reports.test_progress_pages import run_python

SHEET = Sheet(
    title="试排",
    lang="zh",
    style="progress.css",
    head_left="左",
    head_right="右",
    author="云州市",
    identifier="试1号",
    data_at=datetime(2026, 11, 2, 8, 30, tzinfo=timezone(timedelta(hours=8))),
)
PIXEL = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='9' height='9'%3E%3C/svg%3E"


def test_nothing_but_data_and_our_fonts_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P84: file:, http:, attachments, imports and SVG references are refused before any connection."""

    def refuse(*_args: object) -> NoReturn:
        pytest.fail("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text y="9">CANARY</text></svg>', encoding="utf-8")
    address = secret.as_uri()
    html = Markup(  # noqa: S704 - hostile on purpose
        f'<p>正文</p><img src="{address}"><link rel="attachment" href="{address}">'
        f'<a rel="attachment" href="{address}">x</a>'
        '<img src="http://169.254.169.254/"><style>@import url(http://127.0.0.1:5432)</style>'
        f'<object data="{address}"></object><embed src="{address}">'
        f'<svg width="9" height="9"><image xlink:href="{address}" width="9" height="9"/></svg><img src="{PIXEL}">'
    )
    pdf = render_pdf(SHEET, [Block(html)])
    whole = "".join(read_texts(pdf))
    assert "正文" in whole
    assert "CANARY" not in whole
    assert b"CANARY" not in pdf
    assert not any(part.startswith("attachment") for part in list_active_parts(pdf))


def test_a_row_higher_than_a_section_is_not_cut() -> None:
    """Rule: a section is never closed inside a row, however high the row is; no row is lost or printed twice."""
    high = Markup("<td>{}</td>").format("高" * 6000)
    rows = tuple(high if at == 40 else Markup("<td>第{}行</td>").format(at) for at in range(120))
    table = Table(Markup("<table><thead><tr><th>表头</th></tr></thead>"), rows)
    texts = read_texts(render_pdf(SHEET, [table], section_pages=1))
    whole = "".join(texts)
    assert all(whole.count(f"第{at}行") == (at != 40) for at in range(120))
    assert whole.count("高") == 6000
    assert texts == read_texts(render_pdf(SHEET, [table], section_pages=50))


def test_a_heading_takes_five_rows_with_it() -> None:
    """Rule: a table that would show fewer than five rows under its heading opens the next page, also when joined."""
    rows = tuple(Markup("<td>第{}行</td>").format(at) for at in range(60))
    table = Table(Markup("<table><thead><tr><th>表头</th></tr></thead>"), rows)
    pages = set()
    for height in range(150, 240, 6):
        filler = Block(Markup('<p style="height:{}mm">前文</p>').format(height))
        pieces: list[Piece] = [filler, Block(Markup("<h2>标题</h2>")), table]
        texts = read_texts(render_pdf(SHEET, pieces))
        page = next(at for at, text in enumerate(texts) if "标题" in text)
        assert texts[page].count("行") >= 5, height
        assert texts == read_texts(render_pdf(SHEET, pieces, section_pages=1))
        pages.add(page)
    assert pages == {0, 1}


@pytest.mark.parametrize("rows", range(30, 48))
def test_the_end_of_a_table_never_stands_alone(rows: int) -> None:
    """Rule: whatever the number of rows, the last three are on one page, the sum among them."""
    opening = Markup("<table><thead><tr><th>项</th></tr></thead>")
    lines = [Markup("<td>第{}行</td>").format(number) for number in range(rows - 1)] + [Markup("<td>合计</td>")]
    last = read_texts(render_pdf(SHEET, [Table(opening, tuple(lines))]))[-1]
    assert "合计" in last
    assert f"第{rows - 2}行" in last
    assert f"第{rows - 3}行" in last


def test_no_pieces_give_one_page() -> None:
    """Rule: a document without content is still a document."""
    assert count_pages(SHEET, []) == 1
    assert len(read_texts(render_pdf(SHEET, []))) == 1


def test_without_system_libraries_the_import_works_and_rendering_says_why(tmp_path: Path) -> None:
    """DEPENDENCIES: the application starts without Pango; a request for a PDF names the Debian packages."""
    stub = tmp_path / "weasyprint"
    stub.mkdir()
    (stub / "__init__.py").write_text("raise OSError('cannot load library libpango-1.0-0')\n", encoding="utf-8")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from reports.pdf import PdfUnavailable\n"
        "from reports.progress_pages import build\n"
        "from tests.reports.made_up import make_empty_city\n"
        "try:\n"
        "    build(make_empty_city(), 'en')\n"
        "except PdfUnavailable as error:\n"
        "    print(error)\n"
    )
    said = run_python(code)
    assert "libpango-1.0-0, libpangoft2-1.0-0 and libharfbuzz-subset0" in said
    assert said.count(".") == said.count("1.0-0") + 1
