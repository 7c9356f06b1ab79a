"""Long documents: parts laid out side by side are one document, the same wherever they were made."""

import hashlib
import io
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from markupsafe import Markup

from app.core.errors import UnavailableError
from app.edge.reporting import render_pdf as render_safely
from reports.pdf import Block, Piece, RenderError, Sheet, Table, choose_workers, close_pool, page_number, render_pdf
from reports.pdf.pool import Pool, current_pool
from reports.pdf.units import divide, flatten
from tests.reports.measure import list_bookmarks, list_fonts, read_glyphs, read_texts
from tests.reports.test_pdf import SHEET
from tests.reports.test_progress_pages import run_python

CHAPTERS, ROWS = 3, 60
MIDDLE = 105 * 72 / 25.4


def make_pieces() -> list[Piece]:
    """Return a contents with page numbers and links, then chapters with a long table each."""
    opening = Markup("<table><thead><tr><th>章名</th><th>页码</th></tr></thead>")
    contents = Table(
        opening,
        tuple(
            Markup('<td><a href="#c{}">见第{}章</a></td><td class="n">第{}页</td>').format(
                at, at, page_number(f"c{at}")
            )
            for at in range(CHAPTERS)
        ),
    )
    pieces: list[Piece] = [Block(Markup("<h2>目录</h2>")), contents]
    for at in range(CHAPTERS):
        rows = tuple(
            Markup('<td>第{}章第{}行{}</td><td><a href="#c0">回到首章</a></td>').format(at, row, "内容" * (row % 7))
            for row in range(ROWS)
        )
        pieces.append(Block(Markup('<h2 id="c{}">章{}</h2>').format(at, at)))
        pieces.append(Table(Markup("<table><thead><tr><th>表头{}</th><th>二</th></tr></thead>").format(at), rows))
    return pieces


def render(sheet: Sheet = SHEET) -> bytes:
    """Return the document in many parts of few pages."""
    return render_pdf(sheet, make_pieces(), section_pages=1, part_pages=1.5)


@pytest.fixture(scope="module", autouse=True)
def _workers() -> Iterator[None]:
    choose_workers(2)
    yield
    choose_workers(2)


@pytest.fixture(scope="module")
def joined() -> bytes:
    """Return the document as the render processes made it."""
    return render()


def test_the_parts_are_one_document(joined: bytes) -> None:
    """Rule: no row is lost, doubled or moved; each page of a table has its head; numbers go on at the outer side."""
    assert len(divide(flatten(make_pieces()), 1.5, 1.5)) >= 3
    texts = read_texts(joined)
    whole = "".join(texts)
    places = [whole.find(f"第{at}章第{row}行") for at in range(CHAPTERS) for row in range(ROWS)]
    assert -1 not in places
    assert places == sorted(places)
    assert all(whole.count(f"第{at}章第{row}行") == 1 for at in range(CHAPTERS) for row in range(ROWS))
    for number, (text, glyphs) in enumerate(zip(texts, read_glyphs(joined), strict=True), 1):
        assert f"—{number}—" in text
        dash = min((glyph for glyph in glyphs if glyph.char == "—"), key=lambda glyph: glyph.bottom)
        assert (dash.left > MIDDLE) == (number % 2 == 1), number
        assert "回到首章" not in text or "表头" in text
    assert all(list_fonts(joined).values())
    assert all(name.startswith("Lianban-") for name in list_fonts(joined))


def test_contents_links_and_outline_hold_across_the_joins(joined: bytes) -> None:
    """Rule: a contents names the page on which its chapter begins, and links and outline lead there."""
    texts = read_texts(joined)
    begins = {at: next(page for page, text in enumerate(texts) if f"章{at}表头{at}" in text) for at in range(CHAPTERS)}
    assert all(f"见第{at}章第{page + 1}页" in texts[0] for at, page in begins.items())
    assert list_bookmarks(joined) == [("目录", 0), *((f"章{at}", page) for at, page in begins.items())]
    with pikepdf.open(io.BytesIO(joined)) as document:
        pages = {page.obj.objgen: page.index for page in document.pages}
        led = [pages[note.Dest[0].objgen] for note in document.pages[0].obj["/Annots"]]
        assert led[:CHAPTERS] == list(begins.values())
        last = document.pages[-1].obj["/Annots"]
        assert {pages[note.Dest[0].objgen] for note in last} == {begins[0]}


def test_the_same_bytes_wherever_it_is_made(joined: bytes) -> None:
    """Issue 8, 5: by render processes or in one process, in another process, zone and order of hashing."""
    code = (
        "import hashlib\n"
        "from reports.pdf import choose_workers\n"
        "from tests.reports.test_pdf_parts import render\n"
        "choose_workers(0)\n"
        "print(hashlib.sha256(render()).hexdigest())\n"
    )
    said = run_python(code, TZ="America/Lima", PYTHONHASHSEED="77", timeout=600)
    assert said.strip() == hashlib.sha256(joined).hexdigest()


def test_what_is_heard_can_end_the_rendering() -> None:
    """Rule: progress is told in pages; what it raises ends the document and leaves the processes fit for the next."""
    heard: list[int] = []

    def stop(pages: int) -> None:
        heard.append(pages)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render_pdf(SHEET, make_pieces(), section_pages=1, part_pages=1.5, tell=stop)
    assert heard
    assert read_texts(render_pdf(SHEET, make_pieces()[:2], section_pages=1, part_pages=1.5))


@pytest.fixture(scope="module")
def archived() -> bytes:
    """Return the document for the archive."""
    return render(replace(SHEET, archive=True))


def test_an_archived_document_is_pdf_a_2b(archived: bytes) -> None:
    """Issue 8, 5: joined or not, an archived document keeps what PDF/A-2b asks for."""
    single = render_pdf(replace(SHEET, archive=True), make_pieces()[:2])
    assert [find_archive_faults(pdf) for pdf in (archived, single)] == [[], []]
    assert find_archive_faults(render_pdf(SHEET, make_pieces()[:1])) != []


def find_archive_faults(pdf: bytes) -> list[str]:
    """Return what keeps a document from being PDF/A-2b, as far as can be seen without a validator.

    ISO 19005-2: identification in XMP, one output intent with its profile, embedded fonts with a way back to
    Unicode, a file identifier, no encryption, no script, no outside reference, printed annotations.
    """
    faults = []
    with pikepdf.open(io.BytesIO(pdf)) as document:
        root = document.Root
        with document.open_metadata() as xmp:
            if (xmp.get("pdfaid:part"), xmp.get("pdfaid:conformance")) != ("2", "B"):
                faults.append("XMP")
            if document.docinfo.get("/Title") is not None and str(document.docinfo["/Title"]) != xmp.get("dc:title"):
                faults.append("XMP title")
        intents = list(root.get("/OutputIntents", []))
        if len(intents) != 1 or intents[0].S != "/GTS_PDFA1" or "/DestOutputProfile" not in intents[0]:
            faults.append("output intent")
        if "/ID" not in document.trailer or document.is_encrypted:
            faults.append("identifier or encryption")
        faults += [key for key in ("/OpenAction", "/AA", "/AcroForm") if key in root]
        for item in document.objects:
            if not isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
                continue
            faults += [str(item.S) for key in ("/S",) if str(item.get(key)) in {"/JavaScript", "/Launch", "/URI"}]
            if item.get("/Type") == "/Font" and item.get("/Subtype") == "/Type0" and "/ToUnicode" not in item:
                faults.append("ToUnicode")
            if item.get("/Type") == "/FontDescriptor" and not {"/FontFile", "/FontFile2", "/FontFile3"} & set(
                item.keys()
            ):
                faults.append("font file")
            if item.get("/Subtype") == "/Link" and not int(item.get("/F", 0)) & 4:
                faults.append("annotation not printed")
    return faults


def test_a_process_that_dies_is_replaced_and_one_that_dies_again_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 8, 7: the section is tried once more; then a clear error, and no process is left."""
    pool = current_pool()
    assert pool is not None
    text = read_texts(render())
    victims = pool.list_idle()
    assert victims
    for victim in victims:
        os.kill(victim, 9)
    assert read_texts(render()) == text
    assert not set(pool.list_idle()) & set(victims)
    impatient = Pool(1, section_seconds=0.0)
    monkeypatch.setattr("reports.pdf.render.current_pool", lambda: impatient)
    with pytest.raises(RenderError, match=r"page 1 of '试1号'.*no answer within 0 seconds"):
        render()
    assert impatient.list_idle() == []


def test_idle_processes_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule: processes that nobody asks end by themselves, those of a closed pool at once; none is left as a zombie."""
    short = Pool(2, idle_seconds=2)
    monkeypatch.setattr("reports.pdf.render.current_pool", lambda: short)
    render_pdf(SHEET, make_pieces()[:4], section_pages=1, part_pages=1)
    idle = short.list_idle()
    assert idle
    assert wait_until_gone(idle)
    assert short.list_idle() == []
    monkeypatch.undo()
    render()
    pool = current_pool()
    assert pool is not None
    running = pool.list_idle()
    assert running
    close_pool()
    assert wait_until_gone(running)


def wait_until_gone(pids: list[int]) -> bool:
    """Whether all of these processes are gone, zombies too, within ten seconds."""
    edge = datetime.now(tz=UTC) + timedelta(seconds=10)
    while datetime.now(tz=UTC) < edge:
        if not [pid for pid in pids if Path(f"/proc/{pid}").exists()]:
            return True
        time.sleep(0.05)
    return False


def test_processes_end_with_a_parent_that_was_killed() -> None:
    """Rule: a process of the product that is killed leaves no render process behind."""
    code = (
        "import os, signal\n"
        "from reports.pdf.pool import current_pool\n"
        "from tests.reports.test_pdf_parts import make_pieces, render_pdf, SHEET\n"
        "render_pdf(SHEET, make_pieces()[:4], section_pages=1, part_pages=1)\n"
        "print(*current_pool().list_idle(), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    pids = [int(pid) for pid in done.stdout.split()]
    assert pids
    assert wait_until_gone(pids)


def test_a_failed_rendering_is_told_in_words() -> None:
    """Issue 8, 6: what failed twice is said, and that it may be tried again."""

    def fail() -> bytes:
        raise RenderError("ValueError: no such glyph", 17)

    with pytest.raises(UnavailableError) as told:
        render_safely(fail)
    assert told.value.code == "pdf_failed"
    assert "第17页" in told.value.sentence.zh
    assert "glyph" not in told.value.sentence.zh, "what only programmers read goes to the log"
