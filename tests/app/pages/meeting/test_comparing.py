"""Two texts compared: pieces that make both of them, by words and by characters, within a bound of time."""

import time

from hypothesis import given
from hypothesis import strategies as st

from app.pages.meeting.live.comparing import compare


def _rebuild(old: str, new: str) -> tuple[str, str]:
    pieces = compare(old, new)
    before = "".join(piece.text for piece in pieces if piece.kind != "ins")
    return before, "".join(piece.text for piece in pieces if piece.kind != "del")


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_pieces_make_both_texts(old: str, new: str) -> None:
    """Whatever was written, nothing is lost or made up."""
    assert _rebuild(old, new) == (old, new)


def test_words_in_latin_script_characters_in_chinese() -> None:
    """Peers 55: what changed is shown as people see it."""
    assert [(one.kind, one.text) for one in compare("the old bridge", "the new bridge")] == [
        ("same", "the "), ("del", "old"), ("ins", "new"), ("same", " bridge"),
    ]  # fmt: skip
    assert [(one.kind, one.text) for one in compare("九月底前完成", "十月底前完成")] == [
        ("del", "九"), ("ins", "十"), ("same", "月底前完成"),
    ]  # fmt: skip


def test_the_longest_texts_are_compared_in_time() -> None:
    """Two texts of 20,000 characters that share little do not hold up the page."""
    old, new = "甲乙" * 10_000, "乙丙" * 10_000
    begun = time.monotonic()
    assert _rebuild(old, new) == (old, new)
    lines = "\n".join("x" for _ in range(10_000)), "\n".join("y" for _ in range(10_000))
    assert _rebuild(*lines) == lines
    assert time.monotonic() - begun < 5
