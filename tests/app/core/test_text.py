"""Text: cleaning, comparing, sorting, guarding."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.text import (
    SORT_KEY_MAX,
    TITLE_MAX,
    TextTooLongError,
    check_length,
    clean,
    fold,
    guard_formula,
    has_control_characters,
    sort_key,
    unguard_formula,
)

_DANGEROUS = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    '=HYPERLINK("http://x","点此")',
    " =1",
    "'=1",
    "''=1",
    "+86 10 1234 5678",
]


@pytest.mark.parametrize("text", ["任务名称 ", "　任务名称", "任务名称\u00a0", "任务\u200b名称", "\ufeff任务名称\t"])
def test_p66_blanks_around_and_invisible_marks_inside(text: str) -> None:
    """P66: outer blanks of every width and zero-width marks do not make another name."""
    assert clean(text) == "任务名称"


def test_p66_what_was_typed_inside_stays() -> None:
    """P66, P67: full-width digits and blanks inside free text stay as typed."""
    assert clean("第３，５，７条　附件") == "第３，５，７条　附件"
    assert clean("a\r\nb \n\n c", newlines=True) == "a\nb\n\n c"
    assert clean("a\r\nb") == "a b"


@pytest.mark.parametrize("text", ["=1", *_DANGEROUS])
def test_p70_guarded_text_is_no_formula_and_comes_back(text: str) -> None:
    """P70: what starts like a formula gets an apostrophe, and loses exactly this one on reading."""
    guarded = guard_formula(text)
    assert guarded == f"'{text}"
    assert unguard_formula(guarded) == text


@settings(deadline=None)
@given(st.text())
def test_p70_guarding_loses_nothing(text: str) -> None:
    """P70: the guard can be taken off again, whatever the text."""
    assert unguard_formula(guard_formula(text)) == text


def test_p76_control_characters_and_surrogates_go() -> None:
    """P76: what XML cannot hold is dropped at entry, so that no export can fail on it."""
    assert clean("共 4\x16 项\x00") == "共 4 项"
    assert clean("a\ud83d\uffffb\x0bc") == "ab c"
    assert has_control_characters("共 4\x16 项")
    assert has_control_characters("a\ud800")
    assert not has_control_characters("甲\n乙\t丙")


def test_p87_surnames_sort_by_their_own_reading() -> None:
    """P87: 仇 is qiú, 沈 shěn, 解 xiè, 曾 zēng; digits first, Latin in the pinyin's alphabet."""
    names = ["曾某", "沈某", "仇某", "解某", "安某", "周某", "Zhang", "2组", "10组", "尉迟某", "单某"]
    ordered = sorted(names, key=lambda name: sort_key(name, surname=True))
    assert ordered == ["2组", "10组", "安某", "仇某", "单某", "沈某", "解某", "尉迟某", "曾某", "Zhang", "周某"]
    assert sort_key("单位").startswith("dan-wei")


def test_p87_syllables_tones_and_the_rest() -> None:
    """P87: a stated rule for everything: syllable by syllable, then tone, unreadable characters last."""
    words = ["县", "先", "西安", "现", "Éclair", "eclipse", "𠮷\U000e0100", "🙂", "007", "00"]
    keys = [sort_key(word) for word in words]
    assert sorted(words, key=sort_key)[:6] == ["00", "007", "Éclair", "eclipse", "西安", "先"]
    assert all(key.isascii() and len(key) <= SORT_KEY_MAX for key in [*keys, sort_key("长" * 300), sort_key("9" * 500)])
    assert len(set(keys)) == len(keys)


def test_p89_look_alikes_fold_together() -> None:
    """P89: width, case, invisible marks and outer blanks do not tell names apart."""
    assert fold("发改委（能源处）") == fold("发改委(能源处)")
    assert fold("ＡＢ") == fold("ab")
    assert fold("财政\u200b局　") == fold("财政局")
    assert fold("财政\u200d局") == fold("财政局")
    assert fold("a  b\tc") == "a b c"
    assert fold("Straße") == fold("STRASSE")


def test_p107_one_limit_in_characters() -> None:
    """P107: the limit counts characters, names the field and never cuts."""
    assert check_length("字" * TITLE_MAX, TITLE_MAX, "名称") == "字" * TITLE_MAX
    with pytest.raises(TextTooLongError, match=r"名称.*300.*301") as caught:
        check_length("字" * (TITLE_MAX + 1), TITLE_MAX, "名称")
    assert (caught.value.field, caught.value.limit, caught.value.length) == ("名称", 300, 301)
