"""The bundle of papers: contents with numbers and links, every kind of paper, hostile files, bounds, the same bytes."""

import io
from collections.abc import Callable
from dataclasses import replace

import pikepdf
import pypdfium2
import pytest

from reports.meeting import papers as making
from reports.meeting.bundle import build_bundle
from reports.meeting.inputs import BundleInput, Paper
from tests.reports.measure import MM, find_overlaps, list_bookmarks, list_fonts, read_glyphs, read_texts
from tests.reports.meeting.hostile_files import (
    LOOP,
    XLSX,
    arm,
    flatten,
    inherit,
    lock,
    make_paper,
    make_pdf,
    make_picture,
    stamp,
    strip_resources,
    turn,
)
from tests.reports.meeting.made_up import AGENDA_EN, ENDLESS, HOSTILE, make_bundle

SOUND = (
    make_paper("进展汇报", make_pdf("ALPHA", "BETA"), agenda_number="一", unit="领导小组办公室"),
    make_paper("宽幅图表", make_pdf("GAMMA", size=(842, 595))),
    make_paper("现场照片", make_picture(), "image/png"),
    make_paper("会议说明", "第一段。\n\n  第二段 <b>不是标记</b>。".encode(), "text/plain"),
    make_paper("预算表", b"PK\x03\x04", XLSX, unit="市财政局"),
)


@pytest.fixture(scope="module")
def sound() -> bytes:
    return build_bundle(make_bundle(*SOUND))


def test_every_paper_is_in_its_place(sound: bytes) -> None:
    """Issue 7.4: cover, contents, agenda, then each paper in its order; what cannot be printed is named."""
    texts = read_texts(sound)
    assert len(texts) == 9
    for at, piece in enumerate(("市公安局何伟局长", "目录", "会议议程", "ALPHA", "BETA", "GAMMA", "材料3现场照片",
                                "第二段<b>不是标记</b>。", "此类文件不能印入本册")):  # fmt: skip
        assert piece in texts[at], piece
    assert "预算表.bin" in texts[8]
    assert "未印入本册，见附件：预算表.bin" in texts[1]


def test_numbers_go_on_through_foreign_pages(sound: bytes) -> None:
    """Rule: every page has its number, also those of foreign files, at the outer side."""
    for at, text in enumerate(read_texts(sound), 1):
        assert f"—{at}—" in text
    for at, page in enumerate(read_glyphs(sound), 1):
        dash = [glyph for glyph in page if glyph.char == "—" and glyph.bottom < 20 * MM]
        middle = (dash[0].left + dash[-1].right) / 2
        wide = 297 if at == 6 else 210
        assert (middle > wide / 2 * MM) == (at % 2 == 1), at


def test_the_contents_lead_to_the_pages(sound: bytes) -> None:
    """Issue 7.4: the contents give the number of a paper's first page and lead there; so do bookmarks."""
    contents = read_texts(sound)[1]
    for at, title, page in (
        (1, "进展汇报", 4),
        (2, "宽幅图表", 6),
        (3, "现场照片", 7),
        (4, "会议说明", 8),
        (5, "预算表", 9),
    ):
        assert f"材料{at}{title}" in contents
        assert f"{page}" in contents.partition(f"材料{at}{title}")[2]
    marks = dict(list_bookmarks(sound))
    assert list(marks.values()) == [1, 2, 3, 5, 6, 7, 8]
    assert marks["材料2\u3000宽幅图表"] == 5
    with pikepdf.open(io.BytesIO(sound)) as document:
        pages = [page.obj.objgen for page in document.pages]
        notes = list(document.pages[1].obj["/Annots"])
        aims = sorted({pages.index(note["/Dest"][0].objgen) for note in notes})
        assert aims == [3, 5, 6, 7, 8]
        assert not any("/A" in note for note in notes)
        assert not any("/Annots" in page for at, page in enumerate(document.pages) if at != 1)


def test_foreign_pages_stay_above_the_foot(sound: bytes) -> None:
    """Rule: a foreign page is set a little smaller, so that its foot and ours do not meet; a wide one lies across."""
    document = pypdfium2.PdfDocument(sound)
    sizes = [tuple(round(side / MM) for side in document[at].get_size()) for at in (3, 5)]
    assert sizes == [(210, 297), (297, 210)]
    for page in read_glyphs(sound):
        assert not find_overlaps(page)
    assert all(embedded for name, embedded in list_fonts(sound).items() if name.startswith("Lianban"))


def test_a_turned_page_lies_as_it_did() -> None:
    """Rule: a page with /Rotate is set as a reader shows it."""
    pdf = build_bundle(make_bundle(make_paper("转向", make_pdf("TURNED", change=turn))))
    document = pypdfium2.PdfDocument(pdf)
    assert [round(side / MM) for side in document[3].get_size()] == [297, 210]
    glyphs = [glyph for glyph in read_glyphs(pdf)[3] if glyph.char in "TURNED" and glyph.bottom > 20 * MM]
    assert max(glyph.right for glyph in glyphs) - min(glyph.left for glyph in glyphs) < 10 * MM


def test_a_page_without_resources_is_taken() -> None:
    """Rule: a page that draws lines only and names no fonts is a page."""
    texts = read_texts(build_bundle(make_bundle(make_paper("白页", make_pdf("BARE", change=strip_resources)))))
    assert "—4—" in texts[3]
    assert "损坏" not in texts[3]


def test_a_seal_drawn_by_an_annotation_stays_on_the_page() -> None:
    """Rule: stamps and form fields are drawn into the page, the annotation itself goes."""
    pdf = build_bundle(make_bundle(make_paper("盖章件", make_pdf("DEED", change=stamp))))
    assert "SEAL" in read_texts(pdf)[3]
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert "/Annots" not in document.pages[3]


@pytest.mark.parametrize("change", [arm, inherit])
def test_nothing_that_acts_is_carried_over(change: Callable[[pikepdf.Pdf], None]) -> None:
    """P84: scripts, actions, launches, attachments and links of a paper do not come into the bundle."""
    pdf = build_bundle(make_bundle(make_paper("带脚本", make_pdf("ARMED", change=change))))
    assert "ARMED" in read_texts(pdf)[3]
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert not document.attachments
        assert not {"/OpenAction", "/AA", "/AcroForm", "/Names"} & set(document.Root.keys())
        out = io.BytesIO()
        document.save(out, qdf=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert b"CANARY" not in out.getvalue()
    assert b"JavaScript" not in out.getvalue()


BAD = {
    "locked": (lock(make_pdf("SECRET"), user="secret"), "密码"),
    "restricted": (lock(make_pdf("SECRET")), "密码或限制"),
    "nonsense": (b"%PDF-1.7\nnonsense", "损坏"),
    "cut": (make_pdf("CUT", "CUT")[:300], "损坏"),
    "html": (b"<html><script>alert(1)</script></html>", "损坏"),
    "empty": (b"", "没有内容"),
    "faceless": (make_pdf("FLAT", change=flatten), "损坏"),
    "deep": (b"%PDF-1.4\n1 0 obj\n" + b"[" * 100_000 + b"\nendobj\ntrailer<</Root 1 0 R>>", "损坏"),
    "loop": (LOOP, "损坏"),
    "leafless": (LOOP.replace(b"[2 0 R]/Count 1", b"[]/Count 0"), "损坏"),
}  # fmt: skip


def test_a_bad_file_becomes_a_page_that_says_so() -> None:
    """Rule: encrypted, cut, looped or nonsense files never break the bundle; the other papers are there."""
    bad = [make_paper(name, content) for name, (content, _) in BAD.items()]
    texts = read_texts(build_bundle(make_bundle(*bad, make_paper("好文件", make_pdf("FINE")))))
    assert len(texts) == 3 + len(BAD) + 1
    for at, (name, (_, reason)) in enumerate(BAD.items()):
        assert name in texts[3 + at], name
        assert reason in texts[3 + at], name
    assert "FINE" in texts[-1]
    assert not any("SECRET" in text for text in texts)


def test_bad_pictures_and_texts_say_so() -> None:
    """Rule: a picture that is none, one of too many pixels and a text in no known code become pages that say so."""
    bad = (
        make_paper("假图", b"\x89PNG\r\n\x1a\nnonsense", "image/png"),
        make_paper("假扩展名", b"GIF89a", "image/jpeg"),
        make_paper("断图", make_picture("JPEG")[:400], "image/jpeg"),
        make_paper("乱码", b"\xff\xfe\x00\x81\x20\xff", "text/plain"),
        make_paper("空白", b"  \n ", "text/plain"),
        make_paper("巨文", b"x" * (making.MOST_TEXT + 1), "text/plain"),
    )
    texts = read_texts(build_bundle(make_bundle(*bad)))[3:]
    assert [next(word for word in ("损坏", "没有内容", "过大") if word in text) for text in texts] == [
        "损坏", "损坏", "损坏", "损坏", "没有内容", "过大",
    ]  # fmt: skip


def test_a_picture_of_too_many_pixels_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule: memory is bounded: pixels are counted before a picture is unpacked; so are bytes and objects."""
    monkeypatch.setattr(making, "MOST_PIXELS", 100)
    monkeypatch.setattr(making, "MOST_OBJECTS", 2)
    pdf, picture = make_paper("表", make_pdf("A")), make_paper("图", make_picture(), "image/png")
    texts = read_texts(build_bundle(make_bundle(picture, pdf)))
    assert "过大" in texts[3]
    assert "过大" in texts[4]
    monkeypatch.setattr(making, "MOST_PAGES", 0)
    assert "过大" in read_texts(build_bundle(make_bundle(pdf)))[3]
    monkeypatch.setattr(making, "MOST_BYTES", 10)
    assert "过大" in read_texts(build_bundle(make_bundle(pdf)))[3]


def test_a_text_in_an_old_code_is_read() -> None:
    """Rule: a text in GB 18030 is read as one in UTF-8 is."""
    text = "关于归集的说明"
    assert text in read_texts(build_bundle(make_bundle(make_paper("旧", text.encode("gb18030"), "text/plain"))))[3]


def test_pages_are_capped_with_a_note() -> None:
    """Rule: a paper that passes the cap is named and left to the attachment; smaller ones behind it still come in."""
    long, short = make_paper("长材料", make_pdf(*"ABCDEF")), make_paper("短材料", make_pdf("SHORT"))
    text = make_paper("长文", ("一行\n" * 200).encode(), "text/plain")
    texts = read_texts(build_bundle(replace(make_bundle(long, text, short), page_cap=2)))
    assert len(texts) == 6
    assert "页数已达上限" in texts[3]
    assert "页数已达上限" in texts[4]
    assert "SHORT" in texts[5]
    assert "页数已达上限" in read_texts(build_bundle(replace(make_bundle(short), page_cap=0)))[3]


def test_a_paper_is_read_once() -> None:
    """Rule: files are read one after another and once; what cannot be printed is not read at all."""
    reads: list[str] = []

    def read() -> bytes:
        reads.append("pdf")
        return make_pdf("ONCE")

    def refuse() -> bytes:
        pytest.fail("a file that is not printed was read")

    build_bundle(
        make_bundle(Paper("一", "a.pdf", "application/pdf", read), Paper("二", "b.zip", "application/zip", refuse))
    )
    assert reads == ["pdf"]


def test_many_papers_keep_their_numbers() -> None:
    """Rule: contents of several pages, and papers laid out in several sections, still agree about the numbers."""
    papers = [make_paper(f"第{at}号材料", make_pdf(f"MARK{at}X", "MORE")) for at in range(40)]
    pdf = build_bundle(make_bundle(*papers))
    texts = read_texts(pdf)
    marks = [(title, page) for title, page in list_bookmarks(pdf) if title.startswith("材料")]
    assert len(marks) == 40
    for at, (_, page) in enumerate(marks):
        assert f"MARK{at}X" in texts[page]
        assert f"—{page + 1}—" in texts[page]
    contents = "".join(texts[1 : marks[0][1]])
    assert all(f"第{at}号材料{page + 1}" in contents.replace("—2—", "") for at, (_, page) in enumerate(marks[:20]))


def test_an_english_bundle_speaks_english() -> None:
    """The same in English, with what was held back counted."""
    bundle = replace(
        make_bundle(make_paper("Report", make_pdf("ALPHA"), agenda_number="1"), make_paper("Budget", b"x", XLSX)),
        lang="en", meeting="Tenth meeting of the leadership group", unit="Police Bureau", name="He Wei",
        post="Director", place="Meeting Room 1", chair="Mayor Chen", issuer="Office of the group",
        agenda=AGENDA_EN, held_back=2,
    )  # fmt: skip
    texts = read_texts(build_bundle(bundle))
    for at, piece in ((0, "PapersofthemeetingForthepersonaluseofPoliceBureauHeWeiDirector"), (1, "Contents"),
                      (1, "notprinted,seetheattachment:Budget.bin"), (1, "Notinthisbundle,sentapart:2."),
                      (2, "Presentedby"), (3, "Paper1:Report"), (4, "Thiskindoffilecannotbeprinted")):  # fmt: skip
        assert piece in texts[at], piece


def test_no_papers_make_a_bundle_all_the_same() -> None:
    """Rule: a meeting without papers and agenda has a cover and says that there are none."""
    texts = read_texts(build_bundle(replace(make_bundle(), agenda=())))
    assert len(texts) == 2
    assert "本次会议没有书面材料" in texts[1]


def make_hostile(text: str) -> BundleInput:
    """Return a bundle whose every text is this one."""
    papers = (
        Paper(text, text, "application/pdf", lambda: make_pdf("FINE"), 5, text, text),
        Paper(text, text, "application/zip", lambda: b"", 5, text, text),
        Paper(text, text, "text/plain", text.encode, 5, text, text),
    )
    return replace(
        make_bundle(*papers), meeting=text, unit=text, name=text, post=text, place=text, issuer=text, chair=text,
        agenda=(replace(AGENDA_EN[0], number=text[:40], title=text, presenter=text[:90], sought=text),),
    )  # fmt: skip


@pytest.mark.parametrize("text", [HOSTILE, ENDLESS], ids=["hostile", "endless"])
def test_hostile_text_is_text(text: str) -> None:
    """P84: titles, names and texts are shown as text and fit; each note takes one page, so that numbers stay right."""
    pdf = build_bundle(make_hostile(text))
    whole = read_texts(pdf)
    for title, page in list_bookmarks(pdf):
        if title.startswith("材料"):
            assert f"—{page + 1}—" in whole[page]
    assert "FINE" in whole[dict(list_bookmarks(pdf))[next(t for t, _ in list_bookmarks(pdf) if t.startswith("材料1"))]]
    if text is HOSTILE:
        assert "<script>alert(1)</script>" in "".join(whole)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert not document.attachments
    assert not any(glyph.right > 206 * MM for page in read_glyphs(pdf) for glyph in page)


def test_the_same_bundle_is_the_same_bytes(sound: bytes) -> None:
    """Rule: the same data and files, the same bytes."""
    assert build_bundle(make_bundle(*SOUND)) == sound
