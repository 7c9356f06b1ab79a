"""Names of files: case P100, marks of classification."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.attachment import ATTACHMENT_NAME_MAX
from app.services.attachment.naming import CLASSIFIED, clean_name, is_marked, read_extension


@pytest.mark.parametrize(("raw", "shown"), [
    ("../../etc/cron.d/x", "x"),
    ("..\\..\\x.bat", "x.bat"),
    ("C:\\x", "x"),
    ("a\x00.pdf", "a.pdf"),
    ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie_ x.pdf"),
    (".htaccess", "htaccess"),
    ("report.pdf.exe", "report.pdf.exe"),
    ("报告.pdf. . ", "报告.pdf"),
    ("…/会议纪要（终稿）.pdf", "会议纪要（终稿）.pdf"),
    ("nul.txt", "_nul.txt"),
    ("COM1", "_COM1"),
    ("nul .txt", "_nul .txt"),
    ("console.txt", "console.txt"),
    ('a<b>:"|?*.pdf', "a_b______.pdf"),
    ("e\u0301.pdf", "\u00e9.pdf"),
    ("gpj.\u202efdp.exe", "gpj.fdp.exe"),
    ("a\u200bb.pdf", "ab.pdf"),
    ("👩\u200d💻.pdf", "👩\u200d💻.pdf"),
    ("a／b.pdf", "b.pdf"),
])  # fmt: skip
def test_p100_names_are_cleaned(raw: str, shown: str) -> None:
    """P100: no path, no control characters or marks of direction, no reserved names, no dots at the ends; NFC."""
    assert clean_name(raw) == (shown, [])


@pytest.mark.parametrize("raw", ["", " ", "...", "///", "a/..", "\x00", "\u202e"])
def test_a_name_of_which_nothing_is_left_is_refused(raw: str) -> None:
    """What has no name at all is told so."""
    name, faults = clean_name(raw)
    assert name == ""
    assert [fault.field for fault in faults] == ["file"]


def test_p100_a_long_name_is_refused_with_its_length() -> None:
    """P100: 300 Chinese characters; the sentence names the limit and the length."""
    assert clean_name("报" * 196 + ".pdf")[1] == []
    (fault,) = clean_name("报" * 300 + ".pdf")[1]
    assert "最多200字，现为304字" in fault.sentence.zh
    assert "200" in fault.sentence.en


@pytest.mark.parametrize("name", [
    "绝密材料.pdf", "1号 机密★一年.pdf", "秘 密★.pdf", "（秘密）纪要.pdf", "会议（机密）.pdf", "【绝密·特急】.pdf",
    "机密级.pdf", "000123 机密★1年.pdf", "SECRET plan.pdf", "Secret-plan.pdf", "a-Top Secret.pdf", "x_SECRET.pdf",
    "[SECRET] x.pdf", "CONFIDENTIAL★.pdf", "ＳＥＣＲＥＴ.pdf", "机\u200b密★.pdf",
])  # fmt: skip
def test_a_marked_name_is_refused(name: str) -> None:
    """DESIGN 2: a name that carries a mark of classification is refused with the sentence that says why."""
    assert [fault.sentence for fault in clean_name(name)[1]] == [CLASSIFIED]


@pytest.mark.parametrize("name", [
    "关于秘密投票的办法.pdf", "机要通信.pdf", "secretary.pdf", "Secretariat list.pdf", "confidential.pdf",
    "保密制度.pdf", "商业秘密保护.pdf", "NSECRETX.pdf",
])  # fmt: skip
def test_a_name_that_only_speaks_of_secrets_is_taken(name: str) -> None:
    """The rule looks for marks, not for words."""
    assert not is_marked(name)


@given(raw=st.text(max_size=260))
def test_a_cleaned_name_is_safe_and_stays(raw: str) -> None:
    """P100: whatever is sent, the kept name has no separator or control character, is NFC, and stays when cleaned."""
    name, faults = clean_name(raw)
    if not name:
        assert faults
        return
    assert not set(name) & set('/\\<>:"|?*\x00\r\n')
    assert not any(unicodedata.category(char) in {"Cc", "Cs"} for char in name)
    assert name == unicodedata.normalize("NFC", name)
    assert name.strip(" .") == name
    assert faults or len(name) <= ATTACHMENT_NAME_MAX
    assert clean_name(name) == (name, faults)


@pytest.mark.parametrize(("name", "extension"), [
    ("a.PDF", "pdf"), ("a.b.Docx", "docx"), ("a", ""), ("a.", ""), ("a.é", ""), ("a.verylongending", ""), (".pdf", ""),
])  # fmt: skip
def test_the_ending_of_a_name(name: str, extension: str) -> None:
    """What stands behind the last dot, in small letters."""
    assert read_extension(name) == extension
