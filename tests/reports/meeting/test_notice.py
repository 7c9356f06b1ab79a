"""Notice of a meeting 会议通知: the same on paper and in the mail, its kinds, hostile texts, the same bytes."""

import hashlib
from dataclasses import replace

import pytest

from reports.meeting.inputs import AgendaLine, Contact, Invited, NoticeInput
from reports.meeting.notice import build_notice_pdf, notice_lines
from tests.reports.measure import MM, find_overlaps, list_active_parts, list_fonts, read_glyphs, read_texts
from tests.reports.meeting.made_up import CHANGES, ENDLESS, HOSTILE, NOTICE, NOTICE_EN
from tests.reports.meeting.measure_grid import read_rows
from tests.reports.test_progress_pages import run_python

CHANGED = replace(NOTICE, kind="changed", changes=CHANGES, reason="市政府主要领导公务安排调整")
CANCELLED = replace(NOTICE, kind="cancelled", reason="市政府主要领导公务安排调整")


@pytest.fixture(scope="module")
def chinese() -> bytes:
    return build_notice_pdf(NOTICE)


@pytest.fixture(scope="module")
def english() -> bytes:
    return build_notice_pdf(NOTICE_EN)


def _squeeze(text: str) -> str:
    return "".join(text.split())


def test_the_paper_says_what_the_mail_says(chinese: bytes, english: bytes) -> None:
    """Rule: whoever reads only the mail knows all that stands on the paper."""
    for notice, pdf in ((NOTICE, chinese), (NOTICE_EN, english)):
        whole = "".join(read_texts(pdf)).replace("—1—", "").replace("—2—", "")
        for line in notice_lines(notice):
            assert _squeeze(line) in whole, line


def test_what_stands_in_the_notice() -> None:
    """Issue 7.4: when, where, who is asked, agenda with times, papers, how to reply and until when, contact."""
    lines = notice_lines(NOTICE)
    whole = "\n".join(lines)
    assert lines[0] == "关于召开云州市智慧城市领导小组2026年第10次会议的通知"
    for piece in (
        "各成员单位：", "时间：2026年10月22日上午9:00至11:30", "地点：市政府第一会议室", "主持：陈志远",
        "出席：市公安局何伟，市财政局吴芳", "列席：市审计局罗勇，市民政局谢琳。",
        "（二）审议“一网统管”平台二期验收时限调整（09:20—10:00；汇报：市城市管理局；提请：同意验收时限调整至2026年12月18日；列席：市审计局）",
        "1. 前三季度工作进展汇报", "请于2026年10月20日下午5:30前回复参会人员。", "联系人：黄蓉；电话：0000-12345678",
        "云州市智慧城市领导小组办公室\n2026年10月15日",
    ):  # fmt: skip
        assert piece in whole, piece


def test_what_stands_in_the_english_notice() -> None:
    """The same in English."""
    whole = "\n".join(notice_lines(NOTICE_EN))
    for piece in (
        "When: 22 October 2026, 09:00–11:30", "Members: He Wei, Police Bureau.", "Observers: Luo Yong, Audit Bureau.",
        "(2) Phase two of the platform: date of acceptance (09:20–10:00; presented by City Management Bureau; sought:",
        "Please reply by 20 October 2026, 17:30.", "Contact: Huang Rong, telephone 0000-12345678",
    ):  # fmt: skip
        assert piece in whole, piece


def test_what_is_not_there_leaves_no_heading() -> None:
    """Rule: without papers, reply or remarks their headings are left out and the numbers close up."""
    bare = replace(NOTICE, papers=(), reply_by=None, remarks=(), contact=None, invited=(), chair="", number="")
    headings = [line for line in notice_lines(bare) if line[1:2] == "、"]
    assert headings == ["一、时间、地点", "二、会议议程"]


def test_a_changed_notice_says_what_changed() -> None:
    """P86: a meeting moved after the notice: old and new value of each change, and why."""
    whole = "\n".join(notice_lines(CHANGED))
    assert "关于调整云州市智慧城市领导小组2026年第10次会议安排的通知" in whole
    assert "因市政府主要领导公务安排调整，" in whole
    assert "地点：由市政府第一会议室调整为市政府第二会议室。" in whole
    assert "(was " in "\n".join(notice_lines(replace(CHANGED, lang="en")))


def test_a_cancelled_meeting_asks_for_nothing() -> None:
    """Rule: the notice of a cancellation has the reason and neither agenda nor reply."""
    whole = "\n".join(notice_lines(CANCELLED))
    assert "因市政府主要领导公务安排调整，原定2026年10月22日上午9:00至11:30召开的" in whole
    assert "取消" in whole
    assert "议程" not in whole
    assert "回复" not in whole
    english = "\n".join(notice_lines(replace(NOTICE_EN, kind="cancelled", reason="Flood alert")))
    assert "is cancelled. Reason: Flood alert." in english


def test_items_held_back_are_counted() -> None:
    """Rule: what the reader may not know of is counted, not named."""
    assert "另有2项涉密议题" in "\n".join(notice_lines(replace(NOTICE, held_back=2)))
    assert "confidential: 1 item." in "\n".join(notice_lines(replace(NOTICE_EN, held_back=1)))


def test_the_signature_stands_as_without_a_seal(chinese: bytes) -> None:
    """GB/T 9704-2012 7.3.5.2: the date begins two characters behind the signature's begin."""
    rows = read_rows(chinese)[-1]
    sign = next(row for row in rows if row.text == NOTICE.issuer)
    day = next(row for row in rows if row.text == "2026年10月15日")
    assert abs((day.chars[0][0] - sign.chars[0][0]) / (156 * MM / 28) - 2) < 0.1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_lies_on_anything_else(language: str, chinese: bytes, english: bytes) -> None:
    """Rule: no two characters cover each other; the shipped faces only; nothing active."""
    pdf = chinese if language == "zh" else english
    assert not any(find_overlaps(page) for page in read_glyphs(pdf))
    assert set(list_fonts(pdf)) == {"Lianban-Song", "Lianban-Sans"}
    assert list_active_parts(pdf) == []


@pytest.mark.parametrize("notice", [NOTICE, NOTICE_EN], ids=["zh", "en"])
def test_hostile_text_is_text(notice: NoticeInput) -> None:
    """P84: hostile and endless texts are shown as text, on the page."""
    bad = replace(
        notice, issuer=HOSTILE, number=HOSTILE, meeting=HOSTILE, addressee=HOSTILE, place=ENDLESS, chair=HOSTILE,
        agenda=(AgendaLine(HOSTILE, HOSTILE, notice.starts_at, 20, HOSTILE, (HOSTILE,), HOSTILE),),
        invited=(Invited(HOSTILE, HOSTILE),), reply_how=HOSTILE, papers=(HOSTILE,), remarks=(HOSTILE,),
        contact=Contact(HOSTILE, HOSTILE, HOSTILE),
    )  # fmt: skip
    pdf = build_notice_pdf(bad)
    whole = "".join(read_texts(pdf))
    assert "<script>alert(1)</script>" in whole
    assert whole.count("x") >= 2500
    assert list_active_parts(pdf) == []
    assert not any(glyph.right > 190 * MM for page in read_glyphs(pdf) for glyph in page)
    assert not set("\x00\x07\x1b\r\n\u202e") & set("".join(notice_lines(bad)))


def test_the_same_notice_is_the_same_bytes(chinese: bytes) -> None:
    """Rule: the same data, the same bytes, in another process and zone too."""
    code = (
        "import hashlib\nfrom reports.meeting.notice import build_notice_pdf\n"
        "from tests.reports.meeting.made_up import NOTICE\n"
        "print(hashlib.sha256(build_notice_pdf(NOTICE)).hexdigest())\n"
    )
    assert run_python(code, TZ="America/New_York", PYTHONHASHSEED="7") == hashlib.sha256(chinese).hexdigest()
