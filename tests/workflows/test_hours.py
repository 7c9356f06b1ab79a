"""The working spans of a day: DESIGN.md "Time", case P30."""

from datetime import UTC, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.hours import DAY_MINUTES, Hours

BREAK = Hours(((time(9), time(12)), (time(13, 30), time(17, 30))))


def test_default_is_one_span_without_a_break() -> None:
    """DESIGN "Time": 09:00-17:30 unless the city says otherwise."""
    assert Hours().minutes == ((9 * 60, 17 * 60 + 30),)
    assert str(Hours()) == "09:00-17:30"


def test_p30_the_whole_day_ends_with_minute_1440() -> None:
    """P30: a day of 00:00-24:00 loses no minute at midnight."""
    whole = Hours(((time(0), time(0)),))
    assert whole.minutes == ((0, DAY_MINUTES),)
    assert whole == Hours.parse("00:00-24:00")
    assert str(whole) == "00:00-24:00"


def test_a_break_is_the_gap_between_two_spans() -> None:
    """DESIGN "Time": a lunch break is no working time."""
    assert Hours.parse("09:00-12:00, 13:30-17:30") == BREAK
    assert str(BREAK) == "09:00-12:00,13:30-17:30"
    assert Hours.parse("09:00-12:00,12:00-17:30").minutes[1][0] == 12 * 60


@given(st.lists(st.integers(0, DAY_MINUTES), min_size=2, max_size=8, unique=True).map(sorted))
def test_text_reads_back(edges: list[int]) -> None:
    """DESIGN "Time": the setting that is shown is the setting that holds."""
    text = ",".join(
        f"{begin // 60:02}:{begin % 60:02}-{end // 60:02}:{end % 60:02}"
        for begin, end in zip(edges[::2], edges[1::2], strict=False)
    )
    assert str(Hours.parse(text)) == text


@pytest.mark.parametrize(
    ("spans", "sentence"),
    [
        ((), "at least one span"),
        (((time(9), time(9)),), "09:00-09:00 does not end after it begins"),
        (((time(9), time(12)), (time(17), time(13))), "17:00-13:00 does not end after it begins"),
        (((time(9), time(12)), (time(11, 59), time(17))), "overlap or are out of order"),
        (((time(13), time(17)), (time(9), time(12))), "overlap or are out of order"),
        (((time(0), time(0)), (time(9), time(12))), "overlap or are out of order"),
        (((time(9), time(17, 30, 1)),), "to the minute"),
        (((time(9, 0, 0, 5), time(17)),), "to the minute"),
        (((time(9, tzinfo=UTC), time(17)),), "no wall-clock time"),
    ],
)
def test_wrong_spans_are_refused(spans: tuple[tuple[time, time], ...], sentence: str) -> None:
    """STYLE "a wrong table does not import": hours that cannot be worked are refused with the place."""
    with pytest.raises(ValueError, match=sentence):
        Hours(spans)


@pytest.mark.parametrize("text", ["", "9:00-17:30", "09:00-24:01", "24:00-24:00", "09:00", "09:00-12:00,", "九-十"])
def test_wrong_texts_are_refused(text: str) -> None:
    """STYLE "a refusal has a sentence": it names the form that is expected."""
    with pytest.raises(ValueError, match="expected HH:MM-HH:MM"):
        Hours.parse(text)
