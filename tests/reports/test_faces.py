"""Faces by role: the city's own are used and named as ours, what is no face is refused, rare characters are drawn."""

import importlib.resources
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from reports.faces import FANG, KAI, ROLES, TITLE, FaceError, check_face, choose_faces, current_faces, read_advances
from reports.glyphs import cover, list_drawable
from reports.meeting.minutes import build_minutes_pdf
from reports.paper.grid import measure
from tests.reports.measure import list_fonts, read_texts
from tests.reports.meeting.made_up import MINUTES

RARE_CHARS = "𠮷👨"


@pytest.fixture(autouse=True)
def _shipped_again() -> Iterator[None]:
    yield
    choose_faces({})


def make_face(path: Path, chars: str, width: int = 1000) -> Path:
    """Write a face that draws each of the characters as a square."""
    pen = TTGlyphPen(None)
    for step in ((100, 0), (100, 800), (900, 800), (900, 0)):
        (pen.moveTo if step == (100, 0) else pen.lineTo)(step)
    pen.closePath()
    square = pen.glyph()
    names = [".notdef", *(f"u{ord(char):X}" for char in chars)]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(char): f"u{ord(char):X}" for char in chars})
    builder.setupGlyf(dict.fromkeys(names, square))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (width, 100)))
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": "Made Up", "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120, usWinAscent=880, usWinDescent=120)
    builder.setupPost()
    builder.save(path)
    return path


def test_a_city_brings_its_faces_by_role(tmp_path: Path) -> None:
    """GB/T 9704: title, body and 楷体 come from the city's files; all embedded names are ours; lengths follow them."""
    serif = importlib.resources.files("pylopdf_fonts_zh_cn") / "NotoSerifSC-Regular.otf"
    before = read_texts(build_minutes_pdf(MINUTES))
    narrow = make_face(tmp_path / "kai.ttf", "年月日一的国0123456789", 400)
    with importlib.resources.as_file(serif) as file:
        choose_faces({"TITLE": file, "FANG": file, "KAI": narrow})
        pdf = build_minutes_pdf(MINUTES)
        names = list_fonts(pdf)
        assert {"Lianban-Title", "Lianban-Fang", "Lianban-Kai"} <= set(names)
        assert all(name.startswith("Lianban-") and is_embedded for name, is_embedded in names.items())
        assert sorted("".join(read_texts(pdf))) == sorted("".join(before))
        assert current_faces().chain(FANG) == (FANG, "Lianban Song", "Lianban Sans")
        assert measure("0", KAI) == 0.4 != measure("0", FANG)
        assert read_advances(TITLE)["—"] == 1.0
    choose_faces({})
    assert set(list_fonts(build_minutes_pdf(MINUTES))) == {"Lianban-Song", "Lianban-Sans"}


def test_rare_characters_are_drawn_where_a_face_has_them(tmp_path: Path) -> None:
    """P84: 𠮷 is 〓 and named on the last page, unless a face has it; then it stands as it was written."""
    named = replace(MINUTES, title=f"关于{RARE_CHARS[0]}家村的会议纪要")
    assert not set(RARE_CHARS) & list_drawable()
    assert [missing.code for missing in cover(named)[1]] == ["U+20BB7"]
    without = "".join(read_texts(build_minutes_pdf(named)))
    assert "U+20BB7" in without
    assert "〓家村" in without
    choose_faces({"RARE": make_face(tmp_path / "rare.ttf", RARE_CHARS)})
    pdf = build_minutes_pdf(named)
    assert "U+20BB7" not in "".join(read_texts(pdf))
    assert "〓" not in "".join(read_texts(pdf))
    assert "Lianban-Rare" in list_fonts(pdf)


def test_what_is_no_face_is_refused(tmp_path: Path) -> None:
    """Rule: a missing file, a file of another kind and a face without Chinese are refused with the reason."""
    text = tmp_path / "text.ttf"
    text.write_text("no font", encoding="utf-8")
    latin = make_face(tmp_path / "latin.ttf", "abc")
    for path, reason in ((tmp_path / "none.ttf", "no such file"), (text, "no TrueType"), (latin, "no Chinese")):
        with pytest.raises(FaceError, match=reason):
            check_face(path, "FANG")
    check_face(latin, "RARE")
    assert set(ROLES) == {"TITLE", "FANG", "KAI", "HEI", "SONG", "RARE"}
