"""The monthly progress report as a PDF, measured on the PDF itself."""

import functools
import hashlib
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from reports import progress_pages
from reports.glyphs import list_drawable
from reports.pdf import render_pdf
from reports.progress import Figure, Lang, Light
from reports.progress_pages import build
from tests.reports.made_up import (
    make_city,
    make_department,
    make_empty_city,
    make_funds,
    make_project,
    make_stalled,
)
from tests.reports.measure import (
    find_outside,
    find_overlaps,
    list_active_parts,
    list_bookmarks,
    list_fonts,
    read_glyphs,
    read_texts,
)

ROOT = Path(__file__).parents[2]
OUR_FONTS = {"Lianban-Sans", "Lianban-Song"}
LANGS: tuple[Lang, ...] = ("zh", "en")
SECTIONS = {
    "zh": (
        "一、变化情况",
        "二、项目进展",
        "三、部门承办情况",
        "四、专项资金执行",
        "五、停滞事项",
        "六、会议议定事项落实",
        "七、风险提示",
        "八、附注",
    ),
    "en": (
        "1. What changed",
        "2. Projects",
        "3. Departments",
        "4. Special funds",
        "5. Stalled items",
        "6. Decisions of meetings",
        "7. Points of risk",
        "8. Notes",
    ),
}
PROJECT_HEAD = {"zh": "灯色及依据", "en": "Lightandrule"}


@functools.cache
def build_city(lang: Lang) -> bytes:
    """Return the made-up city's report, built once."""
    return build(make_city(), lang)


def squeeze(text: str) -> str:
    """Return the text without white space, as `read_texts` gives it."""
    return "".join(text.split())


def assert_well_set(pdf: bytes) -> None:
    """No glyph passes the margins and none lies on another, on any page."""
    for number, glyphs in enumerate(read_glyphs(pdf), 1):
        assert find_outside(glyphs) == [], f"page {number}"
        assert find_overlaps(glyphs) == [], f"page {number}"


def run_python(code: str, *, timeout: float = 120, **env: str) -> str:
    """Return what the code prints in another process."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **env},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("lang", LANGS)
def test_only_the_shipped_fonts_are_embedded(lang: Lang) -> None:
    """DEPENDENCIES trap 1: a missing font gives boxes without an error, so the embedded names are checked."""
    assert list_fonts(build_city(lang)) == dict.fromkeys(OUR_FONTS, True)


@pytest.mark.parametrize("lang", LANGS)
def test_page_one_holds_the_brief_only(lang: Lang) -> None:
    """Rule: the brief ends on page one; the next section begins on page two; the order of sections holds."""
    texts = read_texts(build_city(lang))
    assert not any(squeeze(title) in texts[0] for title in SECTIONS[lang])
    whole = "".join(texts[1:])
    places = [whole.index(squeeze(title)) for title in SECTIONS[lang]]
    assert places == sorted(places)


@pytest.mark.parametrize("lang", LANGS)
def test_figures_stand_with_their_bases(lang: Lang) -> None:
    """Rule: every figure travels with its denominator; unknown is a dash, never 0; money is exact."""
    texts = read_texts(build_city(lang))
    first = texts[0]
    assert "211/309" in first
    assert "17/181" in first
    first += texts[1]
    days = {"zh": "716.2天211", "en": "716.2days211"}
    assert days[lang] in first
    assert "31,974,750,591.36USD284" in first
    unknown = {"zh": "未报送的数据———", "en": "Figuresnotdelivered———"}
    assert unknown[lang] in first


@pytest.mark.parametrize("lang", LANGS)
def test_pages_are_well_set(lang: Lang) -> None:
    """Rule: nothing passes the margins and no two glyphs lie on each other."""
    assert_well_set(build_city(lang))


@pytest.mark.parametrize("lang", LANGS)
def test_changes_name_the_date_compared_with(lang: Lang) -> None:
    """Import of the past: the report compares with the last day before the month and names its date."""
    words = {"zh": "对照时点：2026年9月30日日终", "en": "Comparedwiththeendof30September2026"}
    assert words[lang] in "".join(read_texts(build_city(lang))[1:])


@pytest.mark.parametrize("lang", LANGS)
def test_an_empty_city_says_so(lang: Lang) -> None:
    """Rule: empty sections say so in a sentence, and the report is still well set."""
    pdf = build(make_empty_city(), lang)
    whole = "".join(read_texts(pdf))
    sentences = {
        "zh": (
            "没有等待领导小组决定的事项。",
            "本报告的读者无权查看专项资金。",
            "没有会议议定事项。",
            "按现有数据没有需要提示的风险。",
            "本期没有登记的联合项目。",
            "此前没有数据快照，本期不作对比。",
            "没有停滞事项。",
            "本期没有部门承办事项。",
        ),
        "en": (
            "Nothing waits for the leadership group.",
            "Special funds are not for the readers of this report.",
            "There are no decisions of meetings.",
            "The data point to no risk.",
            "No joint project is registered this month.",
            "There is no earlier snapshot to compare with.",
            "No item is stalled.",
            "No department holds an item this month.",
        ),
    }
    for sentence in sentences[lang]:
        assert squeeze(sentence) in whole
    assert_well_set(pdf)


def test_nothing_changed_says_so() -> None:
    """Rule: each empty list of changes says so."""
    quiet = replace(make_city(), light_changes=(), forecast_moves=(), budget_changes=(), flows=())
    whole = "".join(read_texts(build(quiet, "zh")))
    for sentence in (
        "没有项目的灯色发生变化。",
        "没有项目调整预测完成日期。",
        "没有项目调整预算。",
        "没有事项增减的数据。",
    ):
        assert sentence in whole


def test_projects_are_sorted_red_yellow_green_grey() -> None:
    """Rule: red, yellow, green, grey; within a light the latest first; unknown dates and amounts are dashes."""
    city = make_city()
    whole = "".join(read_texts(build_city("zh")))
    table = whole[whole.index("二、项目进展") : whole.index("三、部门承办情况")]
    order = {light: place for place, light in enumerate(Light)}
    expected = sorted(
        city.projects, key=lambda line: (order[line.light], line.slip_days is None, -(line.slip_days or 0), line.code)
    )
    places = [table.index(line.code) for line in expected]
    assert places == sorted(places)


def test_a_long_first_page_is_shortened_and_continued() -> None:
    """Rule: the brief ends on page one whatever the data; figures left out stand on page two."""
    long = "联合项目推进情况" * 25
    city = make_city()
    many = tuple(Figure(f"f{at}", f"指标{at}：{long}", at, 378, note=long) for at in range(30))
    hard = replace(
        city,
        city=long,
        office=long,
        figures=many,
        projects=tuple(replace(make_project(6), title=long, lead=long, code=f"P{at}") for at in range(12)),
        stalled=tuple(replace(make_stalled(6), title=long, department=long) for _ in range(12)),
    )
    for lang in LANGS:
        pdf = build(hard, lang)
        texts = read_texts(pdf)
        assert squeeze(SECTIONS[lang][0]) not in texts[0]
        assert {"zh": "本月主要指标", "en": "Themonthinfigures"}[lang] in "".join(texts[1:])
        assert "指标29：" in "".join(texts[1:])
        assert_well_set(pdf)


def test_p80_unbreakable_texts_stay_in_their_columns() -> None:
    """P80: a 300-character address, 200 Chinese characters, a 120-character department: no character is lost."""
    url = "https://example.invalid/" + "a1b2c3d4e5" * 28
    chinese = "".join(chr(0x4E00 + at * 7) for at in range(200))
    department = "云州市" + "联合推进综合协调办公" * 11 + "办公室一二三四"
    city = make_city(6, 3)
    titles = (url[:300], chinese)
    hard = replace(
        city,
        projects=tuple(
            replace(line, title=titles[at % 2], lead=department, phase=chinese[:60], light_rule=url)
            for at, line in enumerate(city.projects)
        ),
        stalled=tuple(replace(line, title=url, department=department, kind=chinese) for line in city.stalled),
        departments=(replace(make_department(0), name=department), replace(make_department(1), name=url)),
    )
    for lang in LANGS:
        pdf = build(hard, lang)
        assert_well_set(pdf)
        whole = "".join(read_texts(pdf))
        for char in set(chinese):
            assert whole.count(char) >= 3
        assert whole.count("d4e5") >= 28 * 6


def test_p79_rare_characters_are_drawn_or_named() -> None:
    """P79: characters of the fonts come back from the PDF; those that no font has get 〓 and are named."""
    city = make_city(3, 1)
    names = tuple(replace(line, title="王𬭚、李㛃、梁𡃁、䶮、吉𠮷") for line in city.projects)
    rare = replace(city, projects=names, light_changes=(replace(city.light_changes[0], title="𬭚𡃁"),))
    for lang in LANGS:
        pdf = build(rare, lang)
        whole = "".join(read_texts(pdf))
        assert "王𬭚、李㛃、梁〓、䶮、吉〓" in whole
        assert "U+210C1" in whole
        assert "U+20BB7" in whole
        assert "U+2CB5A" not in whole
        assert list_fonts(pdf) == dict.fromkeys(OUR_FONTS, True)


def test_emoji_end_in_time() -> None:
    """P85: emoji give a visible substitute within 20 CPU seconds, never a hang; a joined family is one."""
    code = (
        "import time\n"
        "from dataclasses import replace\n"
        "from reports.progress_pages import build\n"
        "from tests.reports.made_up import make_city, make_project\n"
        "from tests.reports.measure import read_texts, list_fonts\n"
        "lines = [replace(make_project(at), title=text) for at, text in"
        " enumerate(('完成✅', '🔔提醒', '👨\\u200d👩\\u200d👧', '❤\\ufe0f'))]\n"
        "pdf = build(replace(make_city(), projects=tuple(lines)), 'zh')\n"
        "assert time.process_time() < 20\n"
        "print(ascii(''.join(read_texts(pdf))), sorted(list_fonts(pdf)))\n"
    )
    out = run_python(code, timeout=90)
    whole = out.encode("ascii").decode("unicode_escape")
    assert "完成〓" in whole
    assert "〓提醒" in whole
    assert "〓〓" not in whole
    assert "U+1F514" in whole
    assert "['Lianban-Sans', 'Lianban-Song']" in whole


def test_hostile_texts_are_literal() -> None:
    """P84, P113: markup in any text is printed as it stands; nothing is attached, linked or opened."""
    attacks = (
        '"><img src=x onerror=alert(1)>',
        "<link rel=attachment href=file:///etc/passwd>",
        "<style>@import url(http://127.0.0.1:5432)</style>",
        "{{ 7 * 7 }}{% raw %}",
        "</td></tr></table><h2>x",
    )
    city = make_city(5, 5)
    bad = replace(
        city,
        city=attacks[0],
        office=attacks[0],
        issue=attacks[2],
        figures=tuple(Figure(str(at), text, at, 9, note=text, headline=at < 2) for at, text in enumerate(attacks)),
        projects=tuple(
            replace(line, title=text, lead=text, code=text, phase=text, light_rule=text)
            for line, text in zip(city.projects, attacks, strict=True)
        ),
        stalled=tuple(
            replace(line, title=text, kind=text, department=text)
            for line, text in zip(city.stalled, attacks, strict=True)
        ),
        departments=tuple(replace(make_department(at), name=text) for at, text in enumerate(attacks)),
        matters=tuple(
            replace(line, title=text, facts=text, proposal=text, who=text)
            for line, text in zip(city.matters, attacks, strict=False)
        ),
        date_moves=tuple(replace(city.date_moves[0], title=text, approved_by=text, basis=text) for text in attacks),
        funds=tuple(replace(make_funds()[0], name=text, code=text) for text in attacks),
    )
    for lang in LANGS:
        pdf = build(bad, lang)
        whole = "".join(read_texts(pdf))
        for text in attacks:
            assert whole.count(squeeze(text)) >= 2, text
        assert list_active_parts(pdf) == []
        assert_well_set(pdf)


JOINED = (
    "import functools, hashlib\n"
    "from reports import progress_pages\n"
    "from tests.reports.made_up import make_city\n"
    "progress_pages.render_pdf = functools.partial(progress_pages.render_pdf, section_pages={pages})\n"
    "print(hashlib.sha256(progress_pages.build(make_city(60, 40), '{lang}')).hexdigest())\n"
)


@pytest.mark.parametrize(("lang", "pages"), [("zh", 25), ("en", 3)])
def test_same_data_same_bytes(lang: Lang, pages: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """DESIGN §5: the same bytes in another process, another time zone and hash seed, in one section and joined."""
    monkeypatch.setattr(progress_pages, "render_pdf", functools.partial(render_pdf, section_pages=pages))
    here = hashlib.sha256(build(make_city(60, 40), lang)).hexdigest()
    code = JOINED.format(pages=pages, lang=lang)
    assert run_python(code, TZ="America/New_York", PYTHONHASHSEED="77") == here


@pytest.mark.parametrize("lang", LANGS)
def test_joined_sections_read_as_one(lang: Lang, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule: joined sections give the same pages, numbers, repeated heads and outline as one flow."""
    city = make_city(70, 30)
    whole = build(city, lang)
    monkeypatch.setattr(progress_pages, "render_pdf", functools.partial(render_pdf, section_pages=2))
    joined = build(city, lang)
    texts = read_texts(joined)
    assert texts == read_texts(whole)
    assert list_bookmarks(joined) == list_bookmarks(whole)
    found = dict(list_bookmarks(joined))
    assert list(found)[-len(SECTIONS[lang]) :] == list(SECTIONS[lang])
    for number, (text, glyphs) in enumerate(zip(texts, read_glyphs(joined), strict=True), 1):
        assert f"—{number}—" in text
        foot = [glyph for glyph in glyphs if glyph.top < 60]
        assert "".join(glyph.char for glyph in sorted(foot, key=lambda glyph: glyph.left)) == f"—{number}—"
        assert (min(glyph.left for glyph in foot) > 300) == (number % 2 == 1)
    with_projects = [
        at
        for at, text in enumerate(texts)
        if "YZ-00" in text and found[SECTIONS[lang][1]] < at < found[SECTIONS[lang][2]]
    ]
    assert with_projects
    assert all(PROJECT_HEAD[lang] in texts[at] for at in with_projects[:-1])
    assert list_fonts(joined) == dict.fromkeys(OUR_FONTS, True)


def test_p82_two_thousand_items() -> None:
    """P82, PERFORMANCE: 2,000 items, each printed once, head on every page, well set, in bounded time.

    The limit is wide, since tests share their machine.
    """
    city = make_city(1500, 500)
    start = time.process_time()
    pdf = build(city, "zh")
    assert time.process_time() - start < 150
    texts = read_texts(pdf)
    marks = dict(list_bookmarks(pdf))
    projects, departments = marks[SECTIONS["zh"][1]], marks[SECTIONS["zh"][2]]
    assert all(PROJECT_HEAD["zh"] in text for text in texts[projects + 1 : departments])
    table = "".join(texts[projects:])
    assert all(f"YZ-{at + 1:04d}" in table for at in range(1500))
    assert all(f"第{at + 1}项联调" in table for at in range(500))
    assert_well_set(pdf)


def test_our_own_words_are_drawable() -> None:
    """P79: every character of the templates and of the words of both languages is in the shipped fonts."""
    files = [*(ROOT / "reports" / "templates").rglob("*.html"), *(ROOT / "reports").glob("*.py")]
    assert files
    for file in files:
        if file.name != "glyphs.py":
            visible = {char for char in file.read_text(encoding="utf-8") if not char.isspace()}
            assert visible <= list_drawable(), (file.name, visible - list_drawable())
